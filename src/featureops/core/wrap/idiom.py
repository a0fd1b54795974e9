"""How a repository already asks for its flags, and how one place of the change asks in the same way."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from featureops.core.project import Constant
from featureops.core.reads import Read
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.words import words_of
from featureops.core.wrap.injection import Held, held_by
from featureops.core.wrap.membership import Membership, membership_of
from featureops.core.wrap.spelt import spelt
from featureops.core.wrap.values import Need

__all__ = ["Idiom", "Part", "idiom_of", "ranked", "root_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """An argument. `names` must mean something at the new place; `key`: it holds the flag's name itself, between the
    texts `keyword` and `tail`."""

    text: str
    names: tuple[str, ...] = ()
    key: bool = False
    keyword: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Idiom:
    """One way of asking. `root` is the name that it starts from, `binding` what that is in the file at `path`;
    without one (a template) `need` imports it, from the module at `client` where it has to be made first. `start` is
    the node of that name, `held` the member of a class that it is; `key` and `constant` are the key that it asks
    for. Of a template, `package` has to be installed and `setup` written once; where it is
    `late`, what stands behind the call is asked of the call's result. What does more than ask is not `is_exact`. With a
    `case` the flag's name, written in that, stands for `{flag}` in `callee`, which is no call then."""

    sdk: str
    path: str
    line: int
    callee: str
    root: str
    parts: tuple[Part, ...]
    node: Node | None = None
    binding: Binding | None = None
    need: Need | None = None
    before: str = ""
    after: str = ""
    inverted: bool = False
    hook: bool = False
    client: str = ""
    is_exact: bool = True
    start: Node | None = None
    held: Held | None = None
    key: Node | None = None
    constant: Constant | None = None
    package: str = ""
    setup: str = ""
    late: bool = False
    case: str = ""

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    def member(self, flag: str) -> str:
        """The flag's name as that of a member."""
        return flag if self.case == "kebab" else spelt(words_of(flag), self.case)

    def condition(self, key: str, parts: Iterable[Part] | None = None, callee: str | None = None) -> str:
        if self.case:
            return (callee or self.callee).replace("{flag}", key)
        chosen = self.parts if parts is None else parts
        texts = (f"{part.keyword}{key if part.key else part.text}{part.tail}" for part in chosen)
        return f"{self.before}{callee or self.callee}({', '.join(texts)}){self.after}"


# ---------------------------------------------------------------- where idioms come from


def idiom_of(read: Read, names: Names) -> Idiom | None:
    """The idiom that a read shows; None for reads that ask for no boolean or hold no key."""
    callee, arguments = read.call.role("function"), read.call.role("arguments")
    if read.key is None and read.flag is not None and read.value in ("boolean", "name"):
        return _member_idiom(read, names)
    if read.value != "boolean" or read.key is None or callee is None or arguments is None:
        return None
    root, file = root_of(callee), read.call.file
    parts = tuple(_part(item, read.key) for item in arguments.items)
    if not any(part.key for part in parts):
        return None
    hooks = file.pack.wrap.hooks
    return Idiom(
        sdk=read.sdk,
        path=file.path,
        line=file.line_of(read.call.start),
        callee=callee.text,
        root=root.text,
        parts=parts,
        node=read.call,
        binding=names.of.get(root),
        before=file.slice(read.node.start, read.call.start) if read.node.start < read.call.start else "",
        after=file.slice(read.call.end, read.node.end) if read.node.end > read.call.end else "",
        inverted=read.when == "disabled",
        hook=hooks is not None and re.search(hooks, callee.text.split(".")[-1]) is not None,
        is_exact=read.is_exact,
        start=root,
        held=held_by(callee, root, names),
        key=read.key,
        constant=read.constant,
    )


def _member_idiom(read: Read, names: Names) -> Idiom | None:
    """The idiom of a read of a member that is called like its flag."""
    found: Membership | None = membership_of(read, names)
    if found is None:
        return None
    root, file = root_of(found.owner), read.node.file
    hooks = file.pack.wrap.hooks
    callee = found.owner.role("function") if found.owner.shape == "call" else None
    return Idiom(
        sdk=read.sdk,
        path=file.path,
        line=file.line_of(read.node.start),
        callee=found.text,
        root=root.text,
        parts=(),
        node=read.node,
        binding=names.of.get(root),
        inverted=read.when == "disabled",
        hook=hooks is not None and callee is not None and re.search(hooks, callee.text.split(".")[-1]) is not None,
        is_exact=read.is_exact,
        start=root,
        held=held_by(read.node, root, names) if found.owner is not root else None,
        constant=read.constant,
        case=found.case,
    )


def root_of(callee: Node) -> Node:
    node = callee
    while True:
        inner = node.role("object") or (node.role("function") if node.shape == "call" else None)
        if inner is None:
            return node
        node = inner


def _part(item: Node, key: Node) -> Part:
    keyword, value = "", item
    if item.shape == "keyword-argument":
        name, value = item.role("name"), item.role("value") or item
        keyword = item.file.slice(item.start, value.start) if name is not None else ""
    if value.start <= key.start and key.end <= value.end:
        lead, tail = item.file.slice(value.start, key.start), item.file.slice(key.end, value.end)
        return Part("", key=True, keyword=keyword + lead, tail=tail)
    index = item.file.pack.index
    said = item.file.pack.text
    names = tuple(part.text for part in value.walk() if part.type in index.identifiers and part.parent is not None
                  and part.text not in (said.true, said.false, said.null)
                  and f"{part.parent.type}.{part.field}" not in index.not_references)  # fmt: skip
    return Part(value.text, names, keyword=keyword)


def ranked(idioms: Iterable[Idiom], path: str) -> list[Idiom]:
    """The nearest first: the same file, the same kind of file, then by folders in between."""

    def far(idiom: Idiom) -> tuple[bool, bool, int, str, int]:
        extension = idiom.path.rpartition(".")[2] != path.rpartition(".")[2]
        return idiom.path != path, extension, _steps(idiom.path, path), idiom.path, idiom.line

    return sorted(idioms, key=far)


def _steps(first: str, second: str) -> int:
    there = posixpath.relpath(posixpath.dirname(first) or ".", posixpath.dirname(second) or ".")
    return 0 if there == "." else there.count("/") + 1
