"""The inventory with an index: what nothing touched is not read again, and what it says is what a fresh scan says."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from featureops.adapters.forks import Forks
from featureops.adapters.git import GitChanges
from featureops.adapters.index import FileIndex
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app import detect
from featureops.app.code import Code
from featureops.app.deps import Deps
from featureops.core.config import Config
from featureops.core.model import Json, Usage
from featureops.languages import packs
from featureops.ports import Hit
from tests.trees import git, repository, write

CLIENT = 'from UnleashClient import UnleashClient\n\nclient = UnleashClient(url="http://localhost", app_name="shop")\n'
KEYS = 'CHECKOUT = "new-checkout"\n'
USES = "from client import client\nfrom keys import CHECKOUT\n\nif client.is_enabled(CHECKOUT):\n    print(1)\n"
PLAIN = 'from client import client\n\nif client.is_enabled("plain-flag"):\n    print(1)\n'


class Watched(LocalWorkspace):
    """`searched` are the paths that were looked into."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.searched: list[str] = []

    def scan(self, wanted: Mapping[str, Sequence[bytes]]) -> Iterator[Hit]:
        self.searched.extend(wanted)
        return super().scan(wanted)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(
        tmp_path / "root",
        client_dot_py=CLIENT,
        keys_dot_py=KEYS,
        uses_dot_py=USES,
        plain_dot_py=PLAIN,
        none_dot_py="x = 1\n",
    )


def scan(root: Path, cache: Path | None) -> tuple[list[str], dict[str, Json]]:
    workspace = Watched(root)
    deps = Deps(
        workspace, GitChanges(root), FileJournal(root.parent / "state", time.time), packs(), Config(), lambda: 0.0
    )
    if cache is not None:
        deps = Deps(
            workspace,
            deps.changes,
            deps.journal,
            deps.packs,
            deps.config,
            deps.clock,
            index=FileIndex(cache, str(root)),
        )
    answer = detect.inventory(deps)
    return sorted(workspace.searched), answer


def again(root: Path, cache: Path) -> list[str]:
    """Which files a scan with the index looks into; what it says is checked against one without."""
    searched, answer = scan(root, cache)
    assert answer == scan(root, None)[1]
    return searched


ALL = ["client.py", "keys.py", "none.py", "plain.py", "uses.py"]


def test_nothing_is_read_again_when_nothing_changed(root: Path, tmp_path: Path) -> None:
    assert again(root, tmp_path / "cache") == ALL
    assert again(root, tmp_path / "cache") == []
    git(root, "commit", "--allow-empty", "-q", "-m", "Nothing")
    assert again(root, tmp_path / "cache") == []


def test_a_changed_file_is_read_and_no_other(root: Path, tmp_path: Path) -> None:
    again(root, tmp_path / "cache")
    write(root, none_dot_py=PLAIN)
    assert again(root, tmp_path / "cache") == ["none.py"]
    write(root, plain_dot_py="x = 2\n")
    assert again(root, tmp_path / "cache") == ["plain.py"]
    git(root, "add", "-A")
    assert again(root, tmp_path / "cache") == ["none.py", "plain.py"]  # the same content, now known by its blob


def test_of_files_that_declare_names_for_all_those_that_ask_for_one_are_read_with_it(tmp_path: Path) -> None:
    asks = "using Unleash;\nclass {0}\n{{\n    bool New(IUnleash unleash) => unleash.IsEnabled({1}.Menu);\n}}\n"
    keys = 'static class {}\n{{\n    public const string Menu = "{}";\n}}\n'
    root = repository(
        tmp_path / "shop",
        A_dot_cs=asks.format("A", "Keys"),
        B_dot_cs=asks.format("B", "OtherKeys"),
        Keys_dot_cs=keys.format("Keys", "new-menu"),
        More_dot_cs=keys.format("OtherKeys", "other-menu"),
        Plain_dot_cs="class Plain { }\n",
    )
    cache = tmp_path / "cache"
    again(root, cache)
    write(root, Plain_dot_cs="class Plain { int size; }\n")
    assert again(root, cache) == ["Plain.cs"]
    write(root, Keys_dot_cs=keys.format("Keys", "old-menu"))
    assert again(root, cache) == ["A.cs", "Keys.cs"]
    write(root, Plain_dot_cs=keys.format("Keys", "nearer-menu"))
    assert "A.cs" in again(root, cache)


def test_names_that_other_files_declare_are_found_for_many_files_as_for_few(tmp_path: Path) -> None:
    asks = "using Unleash;\nclass A{0}\n{{\n    bool New(IUnleash unleash) => unleash.IsEnabled(Keys{0}.Menu);\n}}\n"
    keys = 'static class Keys{0}\n{{\n    public const string Menu = "menu-{0}";\n}}\n'
    files = {f"A{n}_dot_cs": asks.format(n) for n in range(30)} | {f"K{n}_dot_cs": keys.format(n) for n in range(30)}
    rows = scan(repository(tmp_path / "shop", **files), None)[1]["flags"]
    assert isinstance(rows, list)
    assert {row["flagName"]: row["usages"] for row in rows if isinstance(row, dict)} == {
        f"menu-{n}": 1 for n in range(30)
    }


def test_what_imports_a_changed_file_is_read_with_it(root: Path, tmp_path: Path) -> None:
    again(root, tmp_path / "cache")
    write(root, keys_dot_py='CHECKOUT = "other-checkout"\n')
    assert again(root, tmp_path / "cache") == ["keys.py", "uses.py"]
    assert "other-checkout" in str(scan(root, tmp_path / "cache")[1])


def test_files_that_see_each_other_without_an_import_are_read_together(tmp_path: Path) -> None:
    asks = "package shop\n\nfunc {}() bool {{ return client.IsEnabled(checkout) }}\n"
    root = repository(
        tmp_path / "folder",
        go_dot_mod="module example.com/shop\n",
        client_dot_go='package shop\n\nimport "github.com/Unleash/unleash-go-sdk/v5"\n\nvar client *unleash.Client\n',
        keys_dot_go='package shop\n\nconst checkout = "new-checkout"\n',
        a_dot_go=asks.format("a"),
        b_dot_go=asks.format("b"),
    )
    again(root, tmp_path / "cache")
    write(root, keys_dot_go='package shop\n\nconst checkout = "other-checkout"\n')
    assert again(root, tmp_path / "cache") == ["a.go", "b.go", "keys.go"]
    assert "other-checkout" in str(scan(root, tmp_path / "cache")[1])


def test_an_answer_that_was_known_already_is_remembered_with_its_file(tmp_path: Path) -> None:
    asks = (
        "package shop;\nimport io.getunleash.Unleash;\nimport keys.Keys;\nclass {0} {{\n"
        "  boolean f(Unleash unleash) {{ return unleash.isEnabled(Keys.CHECKOUT); }}\n}}\n"
    )
    keys = 'package keys;\npublic class Keys {{\n  public static final String CHECKOUT = "{0}-checkout";\n}}\n'
    root = repository(tmp_path / "package", A_dot_java=asks.format("A"), B_dot_java=asks.format("B"))
    (root / "keys").mkdir()
    (root / "keys" / "Keys.java").write_text(keys.format("new"))
    again(root, tmp_path / "cache")
    assert "new-checkout" in str(scan(root, tmp_path / "cache")[1])
    (root / "keys" / "Keys.java").write_text(keys.format("other"))
    assert again(root, tmp_path / "cache") == ["A.java", "B.java", "keys/Keys.java"]


def test_a_new_file_may_be_what_an_import_means(root: Path, tmp_path: Path) -> None:
    again(root, tmp_path / "cache")
    write(root, more_dot_py="x = 1\n")
    assert again(root, tmp_path / "cache") == ["more.py", "plain.py", "uses.py"]
    (root / "keys.py").unlink()
    assert again(root, tmp_path / "cache") == ["plain.py", "uses.py"]
    assert "new-checkout" not in str(scan(root, tmp_path / "cache")[1])


def test_a_file_that_could_not_be_searched_is_told_every_time(root: Path, tmp_path: Path) -> None:
    write(root, image_dot_py=b"\0\0\0")
    assert "image.py" in again(root, tmp_path / "cache")
    assert again(root, tmp_path / "cache") == []
    assert "binary" in str(scan(root, tmp_path / "cache")[1]["skipped"])


class TwoForks(Forks):
    count = 2


def test_two_processes_say_what_one_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, **{f"more{n}_dot_py": PLAIN.replace("plain", f"flag{n}") for n in range(200)})
    alone = scan(root, None)[1]

    monkeypatch.setattr("featureops.app.searching.WORTH", 10)
    said: list[tuple[int, int]] = []
    deps = Deps(
        LocalWorkspace(root),
        GitChanges(root),
        FileJournal(root.parent / "state", time.time),
        packs(),
        Config(),
        lambda: 0.0,
        workers=TwoForks(),
        progress=lambda done, total: said.append((done, total)),
    )
    assert detect.inventory(deps) == alone
    assert said[-1] == (205, 205)
    assert said == sorted(said)


# -------------------------------------------------------------- the house's own functions

FLAGS = f"{CLIENT}\n\ndef is_on(name):\n    return client.is_enabled(name)\n"
PASSES = "from flags import is_on\n\n\ndef asks(key):\n    return is_on(key)\n"
CALLS = 'from passes import asks\n\nif asks("deep-flag"):\n    print(1)\n'


def flags(answer: dict[str, Json]) -> list[object]:
    rows = answer["flags"]
    assert isinstance(rows, list)
    return [row["flagName"] for row in rows if isinstance(row, dict)]


def test_a_read_by_way_of_functions_of_the_house_is_kept_and_found_again(root: Path, tmp_path: Path) -> None:
    write(root, flags_dot_py=FLAGS, passes_dot_py=PASSES, calls_dot_py=CALLS)
    fresh = scan(root, None)[1]
    assert "deep-flag" in flags(fresh)
    assert scan(root, tmp_path / "cache")[1] == fresh
    searched, answer = scan(root, tmp_path / "cache")
    assert (searched, flags(answer)) == ([], flags(fresh))


def test_a_function_that_asks_no_more_takes_its_reads_with_it(root: Path, tmp_path: Path) -> None:
    write(root, flags_dot_py=FLAGS, passes_dot_py=PASSES, calls_dot_py=CALLS)
    assert "deep-flag" in flags(scan(root, tmp_path / "cache")[1])
    write(root, passes_dot_py="def asks(key):\n    return key\n")
    changed = scan(root, tmp_path / "cache")[1]
    assert "deep-flag" not in flags(changed)
    write(root, passes_dot_py=PASSES, more_dot_py='from passes import asks\n\nasks("late-flag")\n')
    assert {"deep-flag", "late-flag"} <= set(flags(scan(root, tmp_path / "cache")[1]))


def test_a_minified_file_is_passed_over_with_the_reason(root: Path) -> None:
    line = "a=1;" * 2_000
    start = 'import { initialize } from "unleash-client";'
    write(root, bundle_dot_js=f'{start}{line}initialize({{}}).isEnabled("packed")\n')
    answer = scan(root, None)[1]
    assert "packed" not in flags(answer)
    assert "minified" in str(answer["skipped"])


def test_the_first_file_that_names_an_sdk_has_the_others_read(root: Path, tmp_path: Path) -> None:
    write(root, client_dot_py="from made import Maker\n\nclient = Maker()\n")
    again(root, tmp_path / "cache")
    assert "new-checkout" not in flags(scan(root, tmp_path / "cache")[1])
    write(root, client_dot_py=CLIENT)
    assert sorted(set(again(root, tmp_path / "cache"))) == ALL
    assert "new-checkout" in flags(scan(root, tmp_path / "cache")[1])
    write(root, client_dot_py="from made import Maker\n\nclient = Maker()\n")
    again(root, tmp_path / "cache")
    assert "new-checkout" not in flags(scan(root, tmp_path / "cache")[1])


def test_what_the_index_knows_spares_the_search_for_one_flag_files_and_changes_nothing(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "shop",
        client_dot_py=CLIENT,
        built_dot_py='from client import client\n\nKIND = "new"\non = client.is_enabled(f"{KIND}-menu")\n',
        other_dot_py='from client import client\n\nKIND = "old"\non = client.is_enabled(f"{KIND}-menu")\n',
        asks_dot_py="from client import client\n\n\ndef asks(key):\n    return client.is_enabled(key)\n",
        calls_dot_py='from asks import asks\n\nif asks("new-menu"):\n    pass\n',
    )

    def usages(index: FileIndex | None) -> tuple[tuple[Usage, ...], set[str]]:
        workspace = LocalWorkspace(root)
        journal = FileJournal(tmp_path / "state", time.time)
        deps = Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 0.0)
        code = Code(deps if index is None else replace(deps, index=index))
        found = code.usages("new-menu")
        return found, code.project.touched

    index = FileIndex(tmp_path / "cache", str(root))
    plain, touched = usages(index)
    assert "other.py" in touched
    scan(root, tmp_path / "cache")
    found, touched = usages(index)
    assert found == plain == usages(None)[0]
    assert {usage.path for usage in plain} == {"built.py", "calls.py"}
    assert "other.py" not in touched


def test_word_of_how_far_a_search_is_never_goes_back(tmp_path: Path) -> None:
    asks = 'import { useFlag } from "@unleash/proxy-client-react";\nexport const on = useFlag("a");\n'
    files = {f"f{n}_dot_{'ts' if n % 2 else 'py'}": asks if n % 2 else PLAIN for n in range(40)}
    root, said = repository(tmp_path / "shop", client_dot_py=CLIENT, **files), list[tuple[int, int]]()
    workspace, journal = LocalWorkspace(root), FileJournal(tmp_path / "state", time.time)
    deps = Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 0.0)
    Code(replace(deps, progress=lambda done, total: said.append((done, total)))).grep([b"client"])
    assert len(said) > 2
    assert said == sorted(said)


def test_a_search_that_finds_no_flag_names_others_without_a_second_search(root: Path, tmp_path: Path) -> None:
    write(root, big_dot_py="x = 1\n" * 1_000_000, min_dot_ts='useFlag("a")' + ";" * 6_000)
    workspace, journal = Watched(root), FileJournal(tmp_path / "state", time.time)
    deps = Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 0.0, index=FileIndex(tmp_path, "r"))
    answer = detect.usages(deps, "new-chekout")
    assert answer["hint"] == "Nothing uses 'new-chekout'. Flags with a similar name: new-checkout."
    assert len(workspace.searched) == len(set(workspace.searched))
    assert detect.inventory(deps) == scan(root, None)[1]  # now from the index


def test_files_looked_at_by_several_processes_say_the_same(tmp_path: Path) -> None:
    wraps = 'from client import client\n\n\ndef {name}():\n    return client.is_enabled("new-menu")\n'
    learns = 'from client import client\n\n\ndef asks(key="new-menu"):\n    return client.is_enabled(key)\n'
    files = {
        "wraps_dot_py": wraps.format(name="wrapped"),
        "calls_dot_py": "from wraps import wrapped\n\nif wrapped():\n    pass\n",
        "learns_dot_py": learns,
        "learned_dot_py": 'from learns import asks\n\nif asks("new-menu"):\n    print("new-menu")\n',
        "broken_dot_py": PLAIN.replace("plain-flag", "new-menu") + "def (:\n",
        "keys_dot_py": 'MENU = "new-menu"\n',
        "uses_dot_py": USES.replace("CHECKOUT", "MENU"),
        "mail_dot_json": '{"flag": "new-menu"}\n',
    }
    files |= {f"read{number}_dot_py": PLAIN.replace("plain-flag", "new-menu") for number in range(20)}
    files |= {f"said{number}_dot_py": 'print("new-menu")\n' for number in range(20)}
    root = repository(tmp_path / "shop", client_dot_py=CLIENT, **files)
    workspace, journal = LocalWorkspace(root), FileJournal(tmp_path / "state", time.time)
    deps = Deps(workspace, GitChanges(root), journal, packs(), Config(), lambda: 0.0)
    alone = detect.usages(deps, "new-menu")
    together = detect.usages(replace(deps, workers=TwoForks()), "new-menu")
    assert alone == together
    assert [row["path"] for row in rows_of(together, "skipped")] == ["broken.py"]
    kinds = {str(row["path"]): row["kind"] for row in rows_of(together, "usages")}
    assert len(kinds) == 48
    assert (kinds["wraps.py"], kinds["calls.py"], kinds["learned.py"]) == ("wrapper", "read", "mention")
    assert (kinds["read7.py"], kinds["said7.py"], kinds["mail.json"]) == ("read", "mention", "mention")


def rows_of(answer: Mapping[str, Json], key: str) -> list[Mapping[str, Json]]:
    rows = answer[key]
    assert isinstance(rows, list)
    return [row for row in rows if isinstance(row, dict)]
