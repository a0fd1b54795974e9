"""How one place of the change asks for the flag: in the first way that works there, with what that takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from featureops.core.house import house_name
from featureops.core.model import Edit
from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node
from featureops.core.wrap.boxes import owner_of
from featureops.core.wrap.forms import negated
from featureops.core.wrap.idiom import Idiom, Part, root_of
from featureops.core.wrap.injection import Held, Writes, handed, is_static
from featureops.core.wrap.keys import Entry, Keys
from featureops.core.wrap.known import DECLARED, known_in, qualified, unless_known
from featureops.core.wrap.layout import Style, quoted
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Ask, Need, No, Pair

__all__ = ["Where", "host_of", "rendered"]


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """The file that asks, and what the rest of the repository has to say to it."""

    pair: Pair
    project: Project
    style: Style
    keys: Keys
    files_with: Writes


def rendered(idioms: Sequence[Idiom], region: Region, where: Where) -> Ask | No:
    """How the first idiom that works at this place asks; why none does otherwise. Where the repository's own way does
    not work, the answer says so."""
    refusals: list[str] = []
    host = host_of(region)
    for idiom in idioms:
        if idiom.hook and host is None:
            refusals.append(
                f"{idiom.callee} may only be called in a component, and this code is outside of one: read the flag in"
                " the component and pass the answer on as an argument."
            )
            continue
        found = _ask(idiom, region, where, host if idiom.hook else None)
        if isinstance(found, Ask):
            is_other = bool(refusals) and not idiom.line and idioms[0].line > 0
            other = f"Not asked as in {idioms[0].place}: {refusals[0]}" if is_other else ""
            return replace(found, note=" ".join(note for note in (other, found.note) if note))
        refusals.append(found.reason)
    return No(refusals[0] if refusals else "No way of asking for a flag is known for this kind of file.")


def _ask(idiom: Idiom, region: Region, where: Where, host: Node | None) -> Ask | No:
    at = _inside(region, host)
    offset = at.start if host is not None else max(region.new_room.start, at.start)
    if region.new_items and host is None:
        offset = region.new_items[0].start
    client = _client(idiom, at, offset, where)
    if isinstance(client, No):
        return client
    owner = owner_of(region.new_box.node)
    if "await" in idiom.before and (owner is None or not owner.has_token("async")):
        return No(f"{idiom.callee} must be awaited, and this function isn't asynchronous.")
    parts = _usable(idiom.parts, where.pair.new_names, at, offset)
    if isinstance(parts, No):
        return parts
    key = _key(idiom, at, where)
    if isinstance(key, No):
        return key
    late = idiom.after if idiom.late and host is not None else ""
    text = idiom.condition(key.text, parts, client.callee).removesuffix(late)
    condition = negated(text, region.new_box.file.pack) if idiom.inverted else text
    own = key.entry is not None and key.entry.path == where.pair.path
    edits = (*client.edits, *((key.entry.edit,) if own and key.entry is not None and key.entry.edit else ()))
    needs = tuple(need for need in (*client.needs, key.need) if need is not None)
    keys = "" if own or not key.entry else key.entry.path
    asked = Ask(condition, idiom.place, needs, host, idiom.client, edits, keys, idiom.package, idiom.setup)
    return replace(asked, late=late, note=_lacking_member(idiom, key.text, where))


def _lacking_member(idiom: Idiom, name: str, where: Where) -> str:
    """What has to be added by hand where an object has flags as its members."""
    if not idiom.case or idiom.hook or any(True for _ in where.files_with(name)):
        return ""
    return f"{name} is new: add it where {idiom.callee.partition('{flag}')[0].rstrip('.[')} gets its members."


def _inside(region: Region, host: Node | None) -> Node:
    if host is not None:
        body = host.role("body") or host
        return body.items[0] if body.shape == "block" and body.items else body
    items = region.new_items or region.new_box.items
    return items[0].node if items else region.new_box.node


# ---------------------------------------------------------------- the client


@dataclass(frozen=True, slots=True, eq=False)
class _Client:
    callee: str
    needs: tuple[Need | None, ...] = ()
    edits: tuple[Edit, ...] = ()


def _client(idiom: Idiom, at: Node, offset: int, where: Where) -> _Client | No:
    """How this place calls what it asks, and what it takes that it can."""
    pair, names = where.pair, where.pair.new_names
    if idiom.need is not None and idiom.held is None:
        need = unless_known(idiom.need, idiom.root, pair)
        return need if isinstance(need, No) else _Client(idiom.callee, (need,))
    if idiom.line and idiom.path == pair.path and _reaches(idiom, names, at, offset) and not _is_lost(idiom, at):
        return _Client(idiom.callee)
    if idiom.held is not None:
        return _of_class(idiom, idiom.held, at, where)
    if idiom.path == pair.path:
        return No(f"{idiom.root} of {idiom.place} is not in scope here.")
    if idiom.root in pair.new.pack.index.self_names:
        return No(f"{idiom.callee} of {idiom.place} belongs to another class.")
    if idiom.start is None:
        return _Client(idiom.callee)
    need = known_in(pair, where.project, where.style, idiom.start)
    if isinstance(need, No):
        return need
    lead, need = qualified(need, pair)
    return _Client(lead + idiom.callee, (need,))


def _of_class(idiom: Idiom, held: Held, at: Node, where: Where) -> _Client | No:
    """The client that the class around has as well, or is handed from now on."""
    found = handed(held, at, where.project, where.files_with)
    if isinstance(found, No):
        return found
    needs, edits = list[Need | None](), found.edits
    for name, need in _types(held, where) if found.edits else ():
        if isinstance(need, No):
            return need
        lead, rest = qualified(need, where.pair)
        needs.append(rest)
        edits = tuple(replace(edit, text=_led(edit.text, name, lead)) for edit in edits)
    callee = re.sub(rf"(?<!\w){re.escape(held.name)}(?!\w)", found.name, idiom.callee, count=1)
    return _Client(callee, tuple(needs), edits)


def _types(held: Held, where: Where) -> Iterator[tuple[str, Need | No | None]]:
    """The names of a client's type, and what makes them known."""
    if held.type is None:
        yield held.kind, unless_known(held.need, held.kind, where.pair)
        return
    for part in held.type.walk():
        if part.type in part.file.pack.index.identifiers:
            yield part.text, known_in(where.pair, where.project, where.style, part)


def _led(text: bytes, name: str, lead: str) -> bytes:
    return re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)".encode(), f"{lead}{name}".encode(), text)


# ---------------------------------------------------------------- the key


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    text: str
    need: Need | None = None
    entry: Entry | None = None


def _key(idiom: Idiom, at: Node, where: Where) -> _Key | No:
    """The flag's key as this idiom writes keys: as a text, or as an entry where the repository lists them."""
    if idiom.case:
        return _named(idiom, where)
    literal = _Key(quoted(where.keys.flag, where.style.quote))
    constant, key = idiom.constant, idiom.key
    if constant is None or key is None or not constant.name:
        return literal
    is_typed = constant.resolution == "enum"
    entry, root = where.keys.entry(constant), root_of(key)
    name = re.compile(rf"(?<![\w$]){re.escape(constant.name)}(?!\w)")
    if isinstance(entry, No) or entry is None or len(name.findall(key.text)) != 1:
        return entry if is_typed and isinstance(entry, No) else literal
    own = root.text in key.file.pack.index.self_names and (_class_of(at) is not _class_of(key))
    plain = _plain_name(root, constant.name)
    need = No("") if own else known_in(where.pair, where.project, where.style, root, entry.name if plain else "")
    if isinstance(need, No):
        return need if is_typed else literal
    lead, need = qualified(need, where.pair)
    return _Key(lead + name.sub(entry.name, key.text), need, entry)


def _named(idiom: Idiom, where: Where) -> _Key | No:
    """The flag's name as that of a member."""
    flag = where.keys.flag
    name = idiom.member(flag)
    if house_name(name) == flag or name == flag:
        return _Key(name)
    return No(f"{idiom.place} reads flags as members, and {name} would be read as {house_name(name)}, not as {flag}.")


def _plain_name(root: Node, name: str) -> bool:
    """Whether a key is asked for by its own name alone."""
    return root.text == name


# ---------------------------------------------------------------- what means the same here


def _reaches(idiom: Idiom, names: Names, at: Node, offset: int) -> bool:
    """Whether the root of an idiom of the same file means the same at this place."""
    if idiom.root in at.file.pack.index.self_names and idiom.node is not None:
        return _class_of(at) is not None and _class_of(at) is _class_of(idiom.node)
    if idiom.binding is None:
        same = idiom.node is None or _class_of(at) is _class_of(idiom.node) or idiom.root[:1].isupper()
        return names.lookup(idiom.root, at) is None and (same or at.file.pack.modules.style not in DECLARED)
    return names.lookup(idiom.root, at) is idiom.binding and _bound_before(idiom.binding, offset)


def _is_lost(idiom: Idiom, at: Node) -> bool:
    """Whether a function of the class itself can't ask what objects of it hold."""
    here = owner_of(at)
    there = owner_of(idiom.node) if idiom.node is not None else None
    is_shared = here is not None and is_static(here) and not (there is not None and is_static(there))
    return idiom.held is not None and is_shared


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
        is_async = outer.has_token("async")  # such a component is rendered elsewhere, where no hook may be called
        if outer.shape == "function" and not is_async and re.search(pattern, _function_name(outer)):
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
