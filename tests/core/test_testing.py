"""Cleanup of tests: which rules hold beyond the cases of fixtures/."""

from __future__ import annotations

from featureops.core.cleanup import CleanupResult, MappingSource, cleanup, cleanup_project
from featureops.core.config import Config, HouseRead
from featureops.languages import packs

_CODE = b"""def total(request, amount):
    if request.feature("k"):
        return amount - 1
    return amount
"""
_CONFIG = Config(
    reads=(
        HouseRead("call", "request.feature", flag=0),
        HouseRead("test", "turn_on", flag=0),
        HouseRead("test", "turn_off", flag=0, when="disabled"),
        HouseRead("test", "turn", flag=0, value=1),
    )
)


def _run(test: str, *, keep: bool = True, code: bytes = _CODE) -> tuple[str, CleanupResult]:
    files = {"shop.py": code, "test_shop.py": test.encode()}
    result = cleanup_project(files, "k", keep, packs(), _CONFIG)
    after = {edit.path: edit.after for edit in result.edits}
    return (after.get("test_shop.py") or test.encode()).decode(), result


_BOTH = """def test_on():
    turn_on("k")
    assert total() == 9


def test_off():
    turn_off("k")
    assert total() == 10
"""


def test_the_tests_of_the_removed_value_are_named() -> None:
    after, result = _run(_BOTH)
    assert result.tests == {"test_shop.py": ("test_off",)}
    assert after == "def test_on():\n    assert total() == 9\n"
    assert not result.leftovers


def test_the_other_value_takes_the_other_test() -> None:
    after, result = _run(_BOTH, keep=False)
    assert result.tests == {"test_shop.py": ("test_on",)}
    assert after == "def test_off():\n    assert total() == 10\n"


def test_the_last_tests_of_a_file_stay_with_a_reason() -> None:
    before = 'def test_off():\n    turn_off("k")\n    assert total() == 10\n'
    after, result = _run(before)
    assert after == before
    assert not result.tests
    assert any("nothing would be left" in item.reason for item in result.leftovers)


def test_nothing_goes_while_code_still_asks() -> None:
    code = _CODE + b"\n\n@gate('k')\ndef gated():\n    return 1\n"
    files = {"shop.py": code, "test_shop.py": _BOTH.encode()}
    reads = (*_CONFIG.reads, HouseRead("decorator", "gate", flag=0))
    result = cleanup_project(files, "k", False, packs(), Config(reads=reads))
    assert [edit.path for edit in result.edits] == ["shop.py"]
    assert result.verdict == "partial"


def test_tests_stay_where_only_some_files_may_be_edited() -> None:
    source = MappingSource({"shop.py": _CODE, "test_shop.py": _BOTH.encode()})
    result = cleanup(source, "k", True, packs(), _CONFIG, frozenset({"shop.py"}))
    assert [edit.path for edit in result.edits] == ["shop.py"]


def test_a_class_that_others_speak_of_stays() -> None:
    before = """class TestOff:
    def setup_method(self):
        turn_off("k")

    def test_a(self):
        assert total() == 10


class TestMore(TestOff):
    def test_b(self):
        assert total() == 10


def test_on():
    turn_on("k")
    assert total() == 9
"""
    after, result = _run(before)
    assert after == before.replace('    turn_on("k")\n', "")
    assert not result.tests


def test_a_value_that_is_an_argument_counts() -> None:
    after, result = _run(
        'def test_a():\n    turn("k", True)\n    go()\n\n\ndef test_b():\n    turn("k", False)\n    go()\n'
    )
    assert after == "def test_a():\n    go()\n"
    assert result.tests == {"test_shop.py": ("test_b",)}


def test_a_second_run_finds_nothing_more() -> None:
    after, first = _run(_BOTH)
    again = cleanup_project({edit.path: edit.after or b"" for edit in first.edits}, "k", True, packs(), _CONFIG)
    assert not again.edits
    assert after


def test_what_is_refused_is_told_and_no_test_of_it_counts_as_gone() -> None:
    before = _BOTH + "\n\nprint(test_off.__name__)\n"
    after, result = _run(before)
    assert after == before
    assert not result.tests
    assert "refused" in {item.kind for item in result.leftovers}


def test_what_an_expression_of_the_house_asks_is_told_its_answer() -> None:
    code = b"const on = useStore(store => store.isOn('k'));\nexport const total = n => (on ? n - 1 : n);\n"
    test = b"""describe('total', () => {
  it('takes one off', () => {
    fakeStore.isOn.withArgs('k').returns(true);
    expect(total(10)).toBe(9);
  });

  it('takes nothing off', () => {
    fakeStore.isOn.withArgs('k').returns(false);
    expect(total(10)).toBe(10);
  });
});
"""
    target = "useStore(store => store.isOn('k'))"
    reads = (HouseRead("expression", target, name="k"),)
    result = cleanup_project({"shop.js": code, "shop.test.js": test}, "k", True, packs(), Config(reads=reads))
    after = {edit.path: edit.after for edit in result.edits}
    assert b"takes nothing off" not in (after["shop.test.js"] or b"")
    assert b"withArgs" not in (after["shop.test.js"] or b"")
    turned = (HouseRead("expression", f"!{target}", name="k"),)
    result = cleanup_project({"shop.js": code, "shop.test.js": test}, "k", True, packs(), Config(reads=turned))
    assert all(edit.path == "shop.js" for edit in result.edits)
