from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from featureops.adapters.embedded import EmbeddedBackend
from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app import detect
from featureops.app.code import KnownCode
from featureops.app.deps import Deps
from featureops.core.config import Config, HouseRead
from featureops.core.errors import BadArgument, Unreachable
from featureops.core.model import Flag, Json, Span
from featureops.languages import packs
from featureops.ports import FlagBackend
from tests.trees import repository, snapshot

Row = Mapping[str, Json]

CLIENT = 'from UnleashClient import UnleashClient\n\nclient = UnleashClient("u", "a")\n'
CHECKOUT = """from shop.flags import client


def pay(order, name):
    if client.is_enabled("new-checkout"):
        return 1
    if client.is_enabled("bank-transfer") or client.is_enabled("new-checkout"):
        return 2
    order.is_enabled("other-flag")
    return client.is_enabled("prefix-" + name)
"""
PANEL = """import { useFlag } from '@unleash/proxy-client-react';
export const Panel = () => (useFlag('new-checkout') ? <b /> : <i />);
"""
SHOP: dict[str, bytes | str] = {
    "shop__flags_dot_py": CLIENT,
    "shop__checkout_dot_py": CHECKOUT,
    "web__Panel_dot_tsx": PANEL,
    "README_dot_md": "Flags: `new-checkout`.\n",
}


def deps(root: Path, backend: FlagBackend | None = None, config: Config | None = None) -> Deps:
    return Deps(
        workspace=LocalWorkspace(root),
        changes=GitChanges(root),
        journal=FileJournal(root.parent / "state", time.time),
        packs=packs(),
        config=config or Config(),
        clock=time.time,
        backend=backend,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", **SHOP)


def rows(answer: Row, key: str) -> list[Row]:
    return cast("list[Row]", answer[key])


def candidates(given: Deps, text: str, **more: object) -> dict[str, Json]:
    files = cast("tuple[str, ...]", more.get("files", ()))
    return asyncio.run(
        detect.candidates(given, text, files, str(more.get("code_context", "")), cast("int", more.get("limit", 5)))
    )


# ---------------------------------------------------------------- usages


def test_a_usage_has_every_field_of_the_contract(shop: Path) -> None:
    answer = detect.usages(deps(shop), "new-checkout")
    assert rows(answer, "usages")[1] == {
        "path": "shop/checkout.py",
        "line": 5,
        "column": 8,
        "endLine": 5,
        "language": "python",
        "sdk": "unleash",
        "kind": "read",
        "resolution": "literal",
        "shape": "if",
        "text": 'if client.is_enabled("new-checkout"):',
    }
    assert answer["filesScanned"] == 4
    assert isinstance(answer["elapsedMs"], int)
    assert "hint" not in answer


def test_usages_are_sorted_and_looking_changes_nothing(shop: Path) -> None:
    before = snapshot(shop)
    found = rows(detect.usages(deps(shop), " new-checkout "), "usages")
    places = [(str(row["path"]), row["line"]) for row in found]
    assert places == [("README.md", 1), ("shop/checkout.py", 5), ("shop/checkout.py", 7), ("web/Panel.tsx", 2)]
    assert snapshot(shop) == before


@pytest.mark.parametrize(
    ("flag", "said"),
    [("new-chekout", "new-checkout"), ("something-else-entirely", "2 flags")],
)
def test_a_flag_that_appears_nowhere_gets_a_hint(shop: Path, flag: str, said: str) -> None:
    answer = detect.usages(deps(shop), flag)
    assert answer["usages"] == []
    assert said in str(answer["hint"])


def test_without_any_flag_the_hint_says_so(tmp_path: Path) -> None:
    answer = detect.usages(deps(repository(tmp_path / "empty", a_dot_py="x = 1\n")), "x-y")
    assert "no flag is read in the code at all" in str(answer["hint"])


@pytest.mark.parametrize("flag", ["", "  ", "a\nb", "x" * 501])
def test_a_name_that_no_flag_can_have_is_refused(shop: Path, flag: str) -> None:
    with pytest.raises(BadArgument) as error:
        detect.usages(deps(shop), flag)
    assert "new-checkout" in error.value.hint


@pytest.mark.parametrize("flag", ["a.b", "(", "flag[0]", "*", "é-flag", "'quoted'"])
def test_names_with_special_characters_are_found_as_they_are(tmp_path: Path, flag: str) -> None:
    quote = '"'
    text = CLIENT + f"client.is_enabled({quote}{flag}{quote})\n"
    answer = detect.usages(deps(repository(tmp_path / "one", a_dot_py=text)), flag)
    assert [(row["line"], row["kind"]) for row in rows(answer, "usages")] == [(4, "read")]


def test_a_name_of_one_plain_word_is_mentioned_only_in_quotes(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "a_dot_py": CLIENT + 'def checkout():\n    return client.is_enabled("checkout")\n',
        "b_dot_md": "The checkout page has a flag `checkout`.\n",
    }
    found = rows(detect.usages(deps(repository(tmp_path / "one", **files)), "checkout"), "usages")
    assert [(row["path"], row["line"], row["kind"]) for row in found] == [
        ("a.py", 5, "wrapper"),
        ("b.md", 1, "mention"),
    ]


def test_wrappers_are_followed_through_many_files(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {"m0_dot_py": CLIENT + 'def f0():\n    return client.is_enabled("deep-flag")\n'}
    for n in range(1, 5):
        files[f"m{n}_dot_py"] = f"from m{n - 1} import f{n - 1}\n\ndef f{n}():\n    return f{n - 1}()\n"
    files["use_dot_py"] = "from m4 import f4\n\nif f4():\n    pass\n"
    found = rows(detect.usages(deps(repository(tmp_path / "deep", **files)), "deep-flag"), "usages")
    assert [(row["path"], row["kind"]) for row in found] == [
        *((f"m{n}.py", "wrapper") for n in range(5)),
        ("use.py", "read"),
    ]


def test_wrappers_that_call_each_other_end(tmp_path: Path) -> None:
    text = CLIENT + (
        'def a():\n    return client.is_enabled("x-y") if z else b()\n'
        "def b():\n    return a()\ndef c():\n    return c()\n"
    )
    answer = detect.usages(deps(repository(tmp_path / "loop", a_dot_py=text)), "x-y")
    assert [row["line"] for row in rows(answer, "usages")] == [5]


def test_files_that_cannot_be_read_are_told_and_the_rest_is_found(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "odd",
        a_dot_py=CLIENT + 'client.is_enabled("new-checkout")\n',
        binary_dot_py=b'\0client.is_enabled("new-checkout")',
        broken_dot_py=CLIENT + 'if client.is_enabled("new-checkout"\n\n\ndef (\n',
        deep_dot_py=CLIENT + "x = " + "(" * 500 + 'client.is_enabled("new-checkout")' + ")" * 500 + "\n",
        huge_dot_py=CLIENT + "# " + "x" * 5_000_000 + '\nclient.is_enabled("new-checkout")\n',
        latin_dot_py=CLIENT.encode() + b'# caf\xe9\nclient.is_enabled("new-checkout")\n',
    )
    (root / "link.py").symlink_to("/nonexistent/elsewhere.py")
    for n in range(30):
        (root / f"picture{n}.png").write_bytes(b"\0")
    answer = detect.usages(deps(root), "new-checkout")
    reads = {row["path"] for row in rows(answer, "usages") if row["kind"] == "read"}
    assert {"a.py", "latin.py"} <= reads
    skipped = {str(row["path"]): str(row["reason"]) for row in rows(answer, "skipped")}
    assert len(skipped) == 20
    assert cast("int", answer["skippedCount"]) >= 35
    assert "syntax error" in skipped["broken.py"]
    assert "deep" in skipped["deep.py"]
    assert "bytes" in skipped["huge.py"]
    assert "link" in skipped["link.py"]
    assert {row["path"] for row in rows(answer, "usages")} >= {"broken.py", "deep.py"}


def test_outside_a_repository_the_files_are_walked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CLIENT + 'client.is_enabled("new-checkout")\n')
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "b.py").write_text(CLIENT + 'client.is_enabled("new-checkout")\n')
    assert [row["path"] for row in rows(detect.usages(deps(tmp_path), "new-checkout"), "usages")] == ["a.py"]


# ---------------------------------------------------------------- inventory


def test_the_inventory_counts_reads_and_tells_what_it_cannot_know(shop: Path) -> None:
    answer = detect.inventory(deps(shop))
    assert answer["flags"] == [
        {"flagName": "bank-transfer", "usages": 1, "files": 1, "languages": ["python"], "sdks": ["unleash"]},
        {
            "flagName": "new-checkout",
            "usages": 3,
            "files": 2,
            "languages": ["python", "typescript"],
            "sdks": ["unleash"],
        },
    ]
    (dynamic,) = rows(answer, "dynamicReads")
    assert (dynamic["path"], dynamic["line"]) == ("shop/checkout.py", 10)
    assert '"prefix-" + name' in str(dynamic["reason"])
    (unproven,) = rows(answer, "unproven")
    assert (unproven["line"], unproven["flagName"]) == (9, "other-flag")


def test_the_inventory_counts_what_may_be_reads_and_shows_the_first(tmp_path: Path) -> None:
    asking = "".join(f"def f{number}(order, name):\n    order.is_enabled(name)\n" for number in range(12))
    answer = detect.inventory(deps(repository(tmp_path / "own", a_dot_py=asking, flags_dot_py=CLIENT)))
    assert (answer["flags"], answer["dynamicReads"], answer["unproven"]) == ([], [], [])
    assert answer["doubtfulReadCount"] == 12
    assert [row["line"] for row in rows(answer, "doubtfulReads")] == list(range(2, 22, 2))
    assert "name is made at run time" in str(rows(answer, "doubtfulReads")[0]["reason"])


RUBY = """CLIENT = Unleash::Client.new(url: "u")
def off?
  CLIENT.is_disabled?("new-pay")
end
sell if off?
sell if CLIENT.is_enabled?("new-pay")
"""


def test_a_usage_says_where_it_is_true_when_the_flag_is_off(tmp_path: Path) -> None:
    answer = detect.usages(deps(repository(tmp_path / "own", a_dot_rb=RUBY)), "new-pay")
    assert [(row["line"], row.get("inverted")) for row in rows(answer, "usages")] == [(3, True), (5, True), (6, None)]


def test_the_inventory_finds_the_house_s_own_reads(tmp_path: Path) -> None:
    root = repository(tmp_path / "own", a_dot_py="if features.new_pay and on('old-pay'):\n    pass\n")
    config = Config(reads=(HouseRead("member", "features.{flag}"), HouseRead("call", "on", flag=0)))
    assert [row["flagName"] for row in rows(detect.inventory(deps(root, None, config)), "flags")] == [
        "new-pay",
        "old-pay",
    ]


def test_an_empty_inventory_says_what_to_do(tmp_path: Path) -> None:
    answer = detect.inventory(deps(repository(tmp_path / "none", a_dot_py="x = 1\n")))
    assert answer["flags"] == []
    assert "[[reads]]" in str(answer["hint"])


def test_every_flag_of_the_inventory_has_as_many_direct_reads_among_its_usages(shop: Path) -> None:
    given = deps(shop)
    for flag in rows(detect.inventory(given), "flags"):
        found = rows(detect.usages(given, str(flag["flagName"])), "usages")
        reads = [row for row in found if row["kind"] in {"read", "wrapper", "test"} and row["sdk"]]
        assert len(reads) == flag["usages"]


# ---------------------------------------------------------------- candidates


def test_candidates_come_from_the_code_when_there_is_no_backend(shop: Path) -> None:
    answer = candidates(deps(shop), "pay the order by bank transfer", files=("shop/checkout.py",))
    first = rows(answer, "candidates")[0]
    assert (first["flagName"], first["location"], first["usages"]) == ("bank-transfer", "shop/checkout.py:7", 1)
    assert cast("float", first["score"]) >= 0.7
    assert first["inBackend"] is None
    assert answer["recommendation"] == "use_existing"
    assert answer["thresholds"] == {"use_existing": 0.7, "ask_user": 0.4}
    assert "No backend is configured" in str(answer["notes"])


def test_candidates_come_from_the_backend_too(shop: Path, tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "flags.db", time.time)

    async def ask(*texts: str) -> list[list[Row]]:
        await backend.create("night-colours", "default", "release", "Dark mode of the settings page", False, "me")
        await backend.create("new-checkout", "default", "release", "", False, "me")
        await backend.create("old-colours", "default", "release", "night colours", False, "me")
        await backend.archive("old-colours", "default", "me")
        found = [rows(await detect.candidates(deps(shop, backend), text), "candidates") for text in texts]
        await backend.close()
        return found

    dark, checkout = asyncio.run(ask("dark mode with night colours", "new checkout"))
    assert [dark[0][key] for key in ("flagName", "inBackend", "usages", "location")] == ["night-colours", True, 0, None]
    assert "old-colours" not in [row["flagName"] for row in dark]
    assert [checkout[0][key] for key in ("flagName", "inBackend", "usages")] == ["new-checkout", True, 3]


class _Silent(EmbeddedBackend):
    async def flags(self, project: str | None = None, archived: bool = False) -> list[Flag]:  # noqa: ARG002 - the port's
        message = "http://flags.example.com does not answer."
        raise Unreachable(message, "Try later.")


def test_a_backend_that_does_not_answer_is_a_note(shop: Path, tmp_path: Path) -> None:
    answer = candidates(deps(shop, _Silent(tmp_path / "flags.db", time.time)), "new checkout")
    assert "does not answer" in str(answer["notes"])
    assert rows(answer, "candidates")[0]["flagName"] == "new-checkout"


def test_the_exact_name_is_certain_and_the_same_question_gets_the_same_answer(shop: Path) -> None:
    given = deps(shop)
    first = candidates(given, "extend new-checkout")
    assert rows(first, "candidates")[0]["score"] == 1.0
    again = candidates(given, "extend new-checkout")
    assert {**first, "elapsedMs": 0} == {**again, "elapsedMs": 0}


def test_nothing_that_fits_means_to_create_one(shop: Path) -> None:
    answer = candidates(deps(shop), "send invoices by mail")
    assert (answer["candidates"], answer["recommendation"]) == ([], "create_new")
    assert "create" in str(answer["message"])


@pytest.mark.parametrize("text", ["", "   ", "the feature flag", "12 34"])
def test_a_description_without_words_is_refused(shop: Path, text: str) -> None:
    with pytest.raises(BadArgument) as error:
        candidates(deps(shop), text)
    assert "Say in a few words" in error.value.hint


# ---------------------------------------------------------------- for evaluate


def test_known_code_ranks_names_and_tells_guards(shop: Path) -> None:
    known = KnownCode(deps(shop))
    assert known.flags() == ("bank-transfer", "new-checkout")
    assert known.candidates("pay by bank transfer")[0][::2] == ("bank-transfer", "shop/checkout.py:7")
    assert detect.rank_known(deps(shop), "pay by bank transfer") == known.candidates("pay by bank transfer")
    content = (shop / "shop" / "checkout.py").read_bytes()
    at = content.index(b"return 1")
    assert known.guards("shop/checkout.py", content, Span(at, at + 8)) == ("new-checkout",)


def test_guards_look_at_the_content_that_they_are_given(shop: Path) -> None:
    known = KnownCode(deps(shop))
    content = b"from shop.flags import client\nif client.is_enabled('x-y'):\n    a()\nelse:\n    b()\n"
    for path in ("shop/checkout.py", "shop/brand_new.py"):
        on, off = content.index(b"a()"), content.index(b"b()")
        assert known.guards(path, content, Span(on, on + 3)) == ("x-y",)
        # What runs with the flag off is not protected by it.
        assert known.guards(path, content, Span(off, off + 3)) == ()


def test_several_questions_at_once_get_the_answers_of_one(shop: Path) -> None:
    given = deps(shop)
    alone = detect.usages(given, "new-checkout")["usages"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: detect.usages(deps(shop), "new-checkout")["usages"], range(24)))
    assert answers == [alone] * 24


def test_a_service_that_is_not_in_the_repository_is_listed_as_unproven_and_a_parser_is_not(tmp_path: Path) -> None:
    menu = """using Acme.Features;

    class Menu(IFeatureService featureService, JsonMapper mapper)
    {
        bool New() => featureService.IsEnabled(FlagKeys.NewMenu);
        bool Wrapped() => mapper.IsEnabled(ReadFeature.Wrap);
    }
    """
    keys = 'static class FlagKeys\n{\n    public const string NewMenu = "new-menu";\n}\n'
    answer = detect.inventory(deps(repository(tmp_path / "root", Menu_dot_cs=menu, Keys_dot_cs=keys)))
    assert answer["flags"] == []
    assert [(row["line"], row["flagName"]) for row in cast("list[Row]", answer["unproven"])] == [(5, "new-menu")]
    assert "doubtfulReads" not in answer
    assert 'call = "IsEnabled" and flag = 0' in cast("str", answer["hint"])


def test_an_object_that_stands_for_a_flag_is_in_the_inventory_and_another_with_the_same_method_is_not(
    tmp_path: Path,
) -> None:
    gates = """package gates

    import "go.opentelemetry.io/collector/featuregate"

    var NewMenu = featuregate.GlobalRegistry().MustRegister("shop.newMenu", featuregate.StageAlpha)
    """
    asks = """package shop

    import "example.com/shop/gates"

    func show(log Logger) bool { return log.IsEnabled() || gates.NewMenu.IsEnabled() }
    """
    tree = repository(tmp_path / "root", go_dot_mod="module example.com/shop\n", gates__a_dot_go=gates, b_dot_go=asks)
    answer = detect.inventory(deps(tree))
    assert [(row["flagName"], row["usages"]) for row in cast("list[Row]", answer["flags"])] == [("shop.newMenu", 1)]
    assert answer["unproven"] == answer["dynamicReads"] == []
    assert "doubtfulReads" not in answer
