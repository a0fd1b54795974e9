"""How a repository already asks for its flags, and how one place of the change asks in the same way."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from featureops.core.pack import LanguagePack
from featureops.core.project import Project
from featureops.core.reads import Read
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import owner_of
from featureops.core.wrap.forms import negated
from featureops.core.wrap.imports import module_for, module_of, need_of, statement_for
from featureops.core.wrap.layout import Style, quoted
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Ask, Need, No, Pair

__all__ = ["Idiom", "Part", "host_of", "idiom_of", "ranked", "rendered", "variable_name"]


@dataclass(frozen=True, slots=True)
class Part:
    """An argument. `names` must mean something at the new place; `key` is the flag's name itself."""

    text: str
    names: tuple[str, ...] = ()
    key: bool = False
    keyword: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Idiom:
    """One way of asking. `root` is the name that it starts from, `binding` what that is in the file at `path`;
    without one (a template) `need` imports it, from the module at `client` where it has to be made first. What does
    more than ask is not `is_exact`."""

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

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    def condition(self, key: str, parts: Iterable[Part] | None = None) -> str:
        chosen = self.parts if parts is None else parts
        texts = (f"{part.keyword}{key if part.key else part.text}" for part in chosen)
        return f"{self.before}{self.callee}({', '.join(texts)}){self.after}"


# ---------------------------------------------------------------- where idioms come from


def idiom_of(read: Read, names: Names) -> Idiom | None:
    """The idiom that a read shows; None for reads that ask for no boolean or hold no key."""
    callee, arguments = read.call.role("function"), read.call.role("arguments")
    if read.value != "boolean" or read.key is None or callee is None or arguments is None:
        return None
    root, file = _root(callee), read.call.file
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
    )


def _root(callee: Node) -> Node:
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
        return Part("", key=True, keyword=keyword)
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


# ---------------------------------------------------------------- at one place


def rendered(
    idioms: Sequence[Idiom], region: Region, pair: Pair, project: Project, flag: str, style: Style
) -> Ask | No:
    """How the first idiom that works at this place asks; why none does otherwise."""
    refusals: list[str] = []
    host = host_of(region)
    for idiom in idioms:
        if idiom.hook and host is None:
            refusals.append(
                f"{idiom.callee} may only be called in a component, and this code is outside of one: read the flag in"
                " the component and pass the answer on as an argument."
            )
            continue
        found = _ask(idiom, region, pair, project, quoted(flag, style.quote), style, host if idiom.hook else None)
        if isinstance(found, Ask):
            return found
        refusals.append(found.reason)
    return No(refusals[0] if refusals else "No way of asking for a flag is known for this kind of file.")


def _ask(
    idiom: Idiom, region: Region, pair: Pair, project: Project, key: str, style: Style, host: Node | None
) -> Ask | No:
    at = _inside(region, host)
    offset = at.start if host is not None else max(region.new_room.start, at.start)
    if region.new_items and host is None:
        offset = region.new_items[0].start
    need = _import(idiom, at, offset, pair, project, style)
    if isinstance(need, No):
        return need
    owner = owner_of(region.new_box.node)
    if "await" in idiom.before and (owner is None or not owner.has_token("async")):
        return No(f"{idiom.callee} must be awaited, and this function isn't asynchronous.")
    parts = _usable(idiom.parts, pair.new_names, at, offset)
    if isinstance(parts, No):
        return parts
    text = idiom.condition(key, parts)
    condition = negated(text, region.new_box.file.pack) if idiom.inverted else text
    return Ask(condition, idiom.place, (need,) if need else (), host, idiom.client)


def _inside(region: Region, host: Node | None) -> Node:
    if host is not None:
        body = host.role("body") or host
        return body.items[0] if body.shape == "block" and body.items else body
    items = region.new_items or region.new_box.items
    return items[0].node if items else region.new_box.node


def _import(idiom: Idiom, at: Node, offset: int, pair: Pair, project: Project, style: Style) -> Need | No | None:
    binding, names, target = idiom.binding, pair.new_names, pair.path
    if idiom.need is None and idiom.path == target:
        return (
            None if _reaches(idiom, names, at, offset) else No(f"{idiom.root} of {idiom.place} is not in scope here.")
        )
    if idiom.need is not None:
        need: Need | None = idiom.need
    elif idiom.root in pair.new.pack.index.self_names:
        return No(f"{idiom.callee} of {idiom.place} belongs to another class.")
    elif binding is None:
        return None
    elif binding.scope.parent is not None:
        return No(f"{idiom.root} of {idiom.place} is local there and can't be imported.")
    elif binding.imported is not None:
        need = need_of(pair.new, style, binding, module_for(project, idiom.path, binding.imported.module, target))
    elif pair.new.pack.modules.style == "folder":
        same = posixpath.dirname(idiom.path) == posixpath.dirname(target)
        return None if same else No(f"{idiom.root} of {idiom.place} belongs to another package.")
    else:
        module = module_of(project, idiom.path, target)
        need = Need(idiom.root, module, idiom.root, statement_for(pair.new, style, module, idiom.root))
    present = names.top(idiom.root)
    if present is None or need is None:
        return need or No(f"The import of {idiom.root} in {idiom.path} can't be repeated here.")
    entry = present.imported
    if entry is not None and (entry.module, entry.imported) == (need.module, need.imported):
        return None
    return No(f"{idiom.root} already means something else in {target}.")


def _reaches(idiom: Idiom, names: Names, at: Node, offset: int) -> bool:
    """Whether the root of an idiom of the same file means the same at this place."""
    if idiom.root in at.file.pack.index.self_names and idiom.node is not None:
        return _class_of(at) is not None and _class_of(at) is _class_of(idiom.node)
    if idiom.binding is None:
        return names.lookup(idiom.root, at) is None
    return names.lookup(idiom.root, at) is idiom.binding and _bound_before(idiom.binding, offset)


def _class_of(node: Node) -> Node | None:
    return next((outer for outer in node.ancestors() if outer.shape in ("class", "extension", "enum")), None)


def _bound_before(binding: Binding, offset: int) -> bool:
    return binding.scope.parent is None or any(name.start < offset for name in binding.definitions)


def _usable(parts: Sequence[Part], names: Names, at: Node, offset: int) -> list[Part] | No:
    """The arguments, without those at the end (or by keyword) that mean nothing here."""

    def known(name: str) -> bool:
        binding = names.lookup(name, at)
        return binding is not None and _bound_before(binding, offset)

    kept: list[Part] = []
    missing: Part | None = None
    for part in parts:
        unknown = not part.key and not all(known(name) for name in part.names)
        if unknown and part.keyword:
            continue
        if unknown:
            missing = missing or part
        elif missing is not None and not part.keyword:
            return No(f"There is no {missing.text} in scope here, which asking for the flag needs: pass it in.")
        else:
            kept.append(part)
    return kept


# ---------------------------------------------------------------- components


def host_of(region: Region) -> Node | None:
    """The component that the code is part of: the outermost function whose name says so."""
    pattern = region.new_box.file.pack.wrap.components
    if pattern is None:
        return None
    found = None
    for outer in (region.new_box.node, *region.new_box.node.ancestors()):
        if outer.shape == "function" and re.search(pattern, _function_name(outer)):
            found = outer
    return found


def _function_name(function: Node) -> str:
    name = function.role("name")
    if name is not None:
        return name.text
    return next(_assigned_names(function), "")


def _assigned_names(function: Node) -> Iterator[str]:
    for outer in function.ancestors():
        if outer.shape == "declarator":
            name = outer.role("name")
            if name is not None:
                yield name.text
            return
        if outer.shape not in ("call", "arguments", "paren"):
            return


def variable_name(flag: str, pack: LanguagePack, taken: frozenset[str]) -> str:
    """A name for the answer: newCheckout or new_checkout, with a suffix where that is taken."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", flag)] or ["flag"]
    if words[0][0].isdigit():
        words.insert(0, "flag")
    for extra in ([], ["enabled"], ["flag", "enabled"], ["is", "enabled"]):
        chosen = [*words, *extra]
        camel = chosen[0] + "".join(word.capitalize() for word in chosen[1:])
        name = "_".join(chosen) if pack.wrap.variable == "snake" else camel
        if name not in taken and len(chosen) > 1:
            return name
    return f"{name}_2"
