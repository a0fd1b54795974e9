from __future__ import annotations

import pytest

from featureops.core.syntax import parse
from featureops.core.wrap.regions import Region, find_regions
from featureops.languages import packs


def regions(path: str, old: str, new: str) -> list[Region]:
    pack = packs().for_path(path)
    assert pack is not None
    return find_regions(parse(path, old.encode(), pack), parse(path, new.encode(), pack))


def shown(region: Region) -> tuple[str, list[str], list[str]]:
    return (
        region.new_box.kind,
        [item.text.decode() for item in region.old_items],
        [item.text.decode() for item in region.new_items],
    )


def test_the_innermost_block_that_holds_a_change_is_found() -> None:
    old = "def f(a):\n    for b in a:\n        if b:\n            one(b)\n        two(b)\n"
    found = regions("m.py", old, old.replace("one", "other"))
    assert [shown(region) for region in found] == [("block", ["one(b)"], ["other(b)"])]
    assert found[0].parent is not None
    assert found[0].lines() == (4, 4)


def test_a_changed_condition_is_a_change_of_the_whole_statement() -> None:
    found = regions("m.py", "def f(a):\n    if a:\n        b()\n", "def f(a):\n    if not a:\n        b()\n")
    assert [shown(region)[1] for region in found] == [["if a:\n        b()"]]


def test_equal_texts_are_no_regions() -> None:
    text = "import a\n\n\ndef f():\n    return a\n"
    assert regions("m.py", text, text) == []


def test_two_changes_with_hardly_anything_between_them_are_one_region() -> None:
    found = regions("m.py", "def f():\n    a(1)\n    b()\n    c(1)\n", "def f():\n    a(2)\n    b()\n    c(2)\n")
    assert [len(region.new_items) for region in found] == [3]


def test_among_equal_statements_the_one_whose_blank_lines_fit_is_the_new_one() -> None:
    old = "def f():\n    a()\n\n    say()\n    return 1\n"
    new = "def f():\n    a()\n    say()\n\n    say()\n    return 1\n"
    assert [region.lines() for region in regions("m.py", old, new)] == [(3, 3)]


def test_a_changed_child_of_an_element_is_found_in_the_markup() -> None:
    old = "export function A() {\n  return (\n    <p>\n      <b>1</b>\n      <i />\n    </p>\n  );\n}\n"
    found = regions("m.tsx", old, old.replace("<i />", "<u />"))
    assert [shown(region) for region in found] == [("markup", ["<i />"], ["<u />"])]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("m.py", "@a\ndef f(x):\n    return x\n", "@b\ndef f(x):\n    return x\n"),
        ("m.py", "def f(x):\n    return x\n", "def f(x, y):\n    return x\n"),
        (
            "m.ts",
            "export const f = (x: number) => {\n  g(x);\n};\n",
            "export const f = (x: string) => {\n  g(x);\n};\n",
        ),
    ],
)
def test_a_changed_header_is_marked_as_one(path: str, old: str, new: str) -> None:
    assert [region.kind for region in regions(path, old, new)] == ["header"]
