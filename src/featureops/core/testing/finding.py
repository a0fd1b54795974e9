"""The places of a test file that speak of a flag, sorted into set-ups and others; and what follows for the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from featureops.core.asked import Read
from featureops.core.config import HouseRead
from featureops.core.detect.places import is_test_path
from featureops.core.mentions import mentions_of
from featureops.core.model import Leftover, Span
from featureops.core.project import Project
from featureops.core.registries import keys_in
from featureops.core.syntax import Node, SourceFile
from featureops.core.testing.plan import FilePlan, Said, plan_file
from featureops.core.testing.setups import Setting, SetUp, asked_name
from featureops.core.testing.unkeyed import unkeyed

__all__ = ["explained", "is_for_tests_only", "is_test_file", "setting_of", "test_plans"]


def is_test_file(project: Project, path: str) -> bool:
    """Whether a file holds tests or what they use, by its path."""
    return is_test_path(project.packs.for_path(path), path)


def is_for_tests_only(project: Project, asking: Iterable[str], left: Iterable[Leftover]) -> bool:
    """Whether other code than tests asked for the flag and does not any more. `asking` are the files where that was
    so, `left` the places where it still is."""
    asked = any(not is_test_file(project, path) for path in asking)
    return asked and all(is_test_file(project, item.path) or _is_inside(project, item) for item in left)


def _is_inside(project: Project, item: Leftover) -> bool:
    """Whether a place lies among tests in a file that holds other code as well."""
    file = project.file(item.path)
    parts = _test_parts(file) if file is not None and item.line else []
    return any(file is not None and file.line_of(part.start) <= item.line <= file.line_of(part.end) for part in parts)


def _test_parts(file: SourceFile) -> list[Span]:
    """Where tests lie in a file that holds other code as well."""
    pattern = file.pack.tests.inside if file.pack.tests is not None else ""
    found = re.finditer(pattern.encode(), file.data) if pattern else ()
    blocks = (file.node_at(match.end() - 1).parent for match in found)
    return [block.span for block in blocks if block is not None and block.parent is not None]


def test_plans(
    project: Project,
    flag: str,
    names: Collection[str],
    reads: Mapping[str, Sequence[Read]],
    is_named_beside: Callable[[str, str], bool],
    is_in_code: Callable[[str], bool],
    *,
    keep: bool,
) -> dict[str, FilePlan]:
    """What goes of the test files that set the flag. `names` are those of constants that hold the key, `reads` all of
    each file; `is_named_beside` tells whether another file than this path has a name, `is_in_code`
    whether one that holds no tests has."""
    plans: dict[str, FilePlan] = {}
    own = [read for found in reads.values() for read in found if read.flag == flag]
    askers = _askers(own), _askers(read for read in own if read.key is None)
    asked = {asked_name(read.call) for read in own if not is_test_file(project, read.node.file.path)} - {""}
    mute = frozenset(name for name in asked if not is_in_code(name))
    for path, found in reads.items():
        file = project.file(path)
        parts = None if is_test_file(project, path) else _test_parts(file) if file is not None else []
        if parts is None or parts:
            is_mute = file is not None and parts is None
            others = unkeyed(file, mute, is_in_code, keep=keep) if file is not None and is_mute else ([], [])
            is_used, is_last = partial(is_named_beside, path), bool(asked) and mute == asked
            inside = [read for read in found if parts is None or _lies_in(read.node, parts)]
            asking = _Asking(*askers, parts)
            plan = _plan(project, path, flag, names, inside, asking, others, is_used, is_last=is_last, keep=keep)
            if plan is not None:
                plans[path] = plan
    return plans


@dataclass(frozen=True, slots=True)
class _Asking:
    """The names of what is asked, of what is the flag itself, and where in the file tests lie; None for anywhere."""

    askers: frozenset[str]
    gates: frozenset[str]
    parts: list[Span] | None


def _lies_in(node: Node, parts: Iterable[Span]) -> bool:
    return any(part.holds(node.span) for part in parts)


def _plan(
    project: Project,
    path: str,
    flag: str,
    names: Collection[str],
    reads: Sequence[Read],
    asking: _Asking,
    others: tuple[list[SetUp], list[Node]],
    is_used_elsewhere: Callable[[str], bool],
    *,
    is_last: bool,
    keep: bool,
) -> FilePlan | None:
    file = project.file(path)
    setting = setting_of(project, file, flag, asking.askers, is_last=is_last) if file is not None else None
    if file is None or setting is None or file.pack.tests is None or file.pack.regions is not None:
        return None
    asked = {read.key: read.when == "enabled" for read in reads if read.key is not None and read.flag == flag}
    setups: list[SetUp] = []
    spoken: list[Node] = []
    keys = {*_keys(project, file, flag, names, setting.named, asked), *_keys_of_gates(file, asking.gates)}
    keys = {key for key in keys if asking.parts is None or _lies_in(key, asking.parts)}
    keys -= {key for key in keys if any(outer in keys for outer in key.ancestors())}
    for key in sorted(keys, key=lambda node: node.start):
        setup = None if file.error_near(key.span) else setting.at(key, asked.get(key))
        if setup is not None:
            setups.append(setup)
        elif (
            key.type in file.pack.index.strings or key.shape in ("member", "call") or key in asked or key.text in names
        ):
            spoken.append(key)
    spoken.extend(read.node for read in reads if read.key is None and read.flag == flag)
    keyed = {part for setup in setups for part in (setup.part, setup.at)}
    setups.extend(setup for setup in others[0] if setup.part not in keyed)
    spoken.extend(node for node in others[1] if not any(part and part.span.holds(node.span) for part in keyed))
    said = Said(file, file.pack.tests, _without_doubles(setups), tuple(spoken), project.names(path))
    return plan_file(said, is_used_elsewhere, keep=keep) if setups else None


def _askers(reads: Iterable[Read]) -> frozenset[str]:
    """The names of what is asked: `Flags` of `Flags.isOn(X)`."""
    callees = (read.call.role("function") for read in reads if read.call.shape == "call")
    owners = (callee.role("object") for callee in callees if callee is not None)
    return frozenset(owner.text.rpartition(".")[2] for owner in owners if owner is not None)


def setting_of(
    project: Project, file: SourceFile, flag: str, askers: frozenset[str] = frozenset(), *, is_last: bool = False
) -> Setting | None:
    """What finds the set-ups of a file. `askers` are names of what the code asks; `is_last`: it asks for no flag."""
    rules = file.pack.tests
    if rules is None:
        return None
    asks: dict[str, bool] = {}
    for sdk in file.pack.sdks:
        for form in sdk.calls:
            if form.value == "boolean":
                asks.update({name: form.when == "enabled" for name in (form.method, form.function) if name})
    house = [read for read in project.config.reads if read.language in (None, file.pack.id)]
    asks.update({read.target.rpartition(".")[2]: read.when == "enabled" for read in house if read.form == "call"})
    asks.update(_asked_in(house, flag))
    forms = tuple(form for sdk in file.pack.sdks for form in sdk.setups)
    tests = tuple(read for read in house if read.form == "test")
    return Setting(rules, forms, tests, asks, _named(house, flag), askers, is_last)


def _named(house: Iterable[HouseRead], flag: str) -> dict[str, tuple[str, bool]]:
    """The house's names that are the flag: each with its owner, and whether true means on."""
    found: dict[str, tuple[str, bool]] = {}
    for read in house:
        if read.name == flag and read.form in ("call", "expression"):
            owner, _, name = re.sub(r"\(.*", "", read.target).rpartition(".")
            found[name] = owner.lstrip("*"), read.when == "enabled"
    return found


def _asked_in(house: Iterable[HouseRead], flag: str) -> Iterator[tuple[str, bool]]:
    """The functions that the house's expressions give the key to, where nothing turns what they say around."""
    for read in house:
        if read.form == "expression" and read.name == flag and not re.search(r"!|\bnot\b|\bunless\b", read.target):
            for match in re.finditer(rf"([\w$]+\??)\(\s*['\"]{re.escape(flag)}['\"]\s*\)", read.target):
                yield match[1], read.when == "enabled"


def _keys(
    project: Project,
    file: SourceFile,
    flag: str,
    names: Collection[str],
    named: Collection[str],
    asked: Mapping[Node, bool],
) -> Iterator[Node]:
    """Expressions that are the key, in document order: texts, names of constants, names of entries."""
    found: dict[Node, None] = dict.fromkeys(asked)
    for node in mentions_of(file, flag):
        found[_whole_text(node)] = None
    for text in (flag, *named):
        found.update(dict.fromkeys(keys_in(file, text)))
    for name in names:
        for node in mentions_of(file, name):
            whole = _whole_name(node)
            constant = project.constant(file.path, whole)
            if constant is not None and constant.value == flag and not _is_definition(whole):
                found[whole] = None
    inner = {node for node in found if any(outer in found for outer in node.ancestors())}
    return iter(sorted((node for node in found if node not in inner), key=lambda node: node.start))


def _keys_of_gates(file: SourceFile, gates: Iterable[str]) -> Iterator[Node]:
    """The calls that give the key of what is the flag itself."""
    ids = file.pack.tests.ids if file.pack.tests is not None else frozenset()
    for node in (node for gate in gates for node in mentions_of(file, gate)):
        access = _whole_name(node).parent
        name = access.role("property") if access is not None else None
        call = access.parent if access is not None and name is not None and name.text in ids else None
        if call is not None and call.shape == "call" and call.role("function") is access:
            yield call


def _whole_text(node: Node) -> Node:
    strings = node.file.pack.index.strings
    return next((part for part in (node, *node.ancestors()) if part.type in strings or part.shape == "string"), node)


def _whole_name(node: Node) -> Node:
    """`Flags.KEY.value` where the node is the KEY in it."""
    while (parent := node.parent) is not None and parent.shape == "member":
        is_key = parent.role("object") is node and (name := parent.role("property")) is not None
        is_key = is_key and name is not None and name.text in node.file.pack.index.key_members
        if parent.role("property") is not node and not is_key:
            break
        node = parent
    return node


def _is_definition(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.shape == "":
        parent = parent.parent
    return parent is not None and (
        parent.shape in ("import", "import-name", "import-group", "enum-member", "declarator", "field")
        and parent.role("value") is not node
    )


def _without_doubles(setups: Iterable[SetUp]) -> tuple[SetUp, ...]:
    """One place may be reached by two spellings of the key."""
    return tuple({setup.key: setup for setup in setups}.values())


def explained(project: Project, plans: Mapping[str, FilePlan], found: Iterable[Leftover]) -> list[Leftover]:
    """The leftovers, without those that lie in what goes, and with the reasons why set-ups stay."""
    kept: list[Leftover] = []
    found = list(found)
    # What was refused stays as it was.
    refused = {item.path for item in found if item.kind == "refused"}
    plans = {path: plan for path, plan in plans.items() if path not in refused}
    for item in found:
        plan, file = plans.get(item.path), project.file(item.path)
        told = plan is not None and any(other.line == item.line for other in plan.left)
        if (
            plan is None
            or file is None
            or item.kind == "mention"
            or item.line == 0
            or (
                not told and not any(file.line_of(start) <= item.line <= file.line_of(end) for start, end in plan.spans)
            )
        ):
            kept.append(item)
    kept.extend(item for plan in plans.values() for item in plan.left)
    return sorted(set(kept), key=lambda item: (item.path, item.line, item.kind))
