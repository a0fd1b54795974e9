"""What shows that something is an SDK's: a name that is imported or written out in full, a class that is looked up,
a type that the code declares."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.given import argument, called_name
from featureops.core.mentions import mentions_of
from featureops.core.origins import by_name, is_client_import
from featureops.core.pack import SdkPack
from featureops.core.packages import member_binding, packages_of
from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node

__all__ = [
    "declared_type",
    "is_client_name",
    "is_other_type",
    "located_class",
    "member_of_class",
    "names_client",
    "own_field",
    "results",
    "settings_put",
    "type_mentions",
    "written_out",
]


def written_out(names: Names, node: Node) -> tuple[str, str] | None:
    """(module, name) of a name that is written with its module, as far as no name of the file is at its head."""
    separator = node.file.pack.modules.separator
    if not separator or node.type not in node.file.pack.index.qualified:
        return None
    text = "".join(node.text.split())
    parts = [part for part in text.split(separator) if part]
    binding = names.lookup(parts[0], node) if not text.startswith(separator) else None
    entry = binding.imported if binding is not None else None
    if binding is not None and entry is None:
        return None
    head = [entry.module, entry.imported, *parts[1:]] if entry is not None else parts
    return (separator.join(head[:-1]), head[-1]) if len(head) > 1 else None


def is_client_name(names: Names, node: Node, sdk: SdkPack) -> bool:
    """Whether the node names the SDK's client or its factory, by an import or in full."""
    binding = names.of.get(node)
    entry = binding.imported if binding else None
    place = (entry.module, entry.imported) if entry is not None else written_out(names, node)
    return place is not None and is_client_import(*place, sdk)


def located_class(call: Node) -> Node | None:
    """The class whose instance a call gives: `get(Client::class)`."""
    callee = call.role("function")
    name = callee.role("property") if callee is not None and callee.shape == "member" else callee
    if name is None or name.text not in name.file.pack.index.locators:
        return None
    asked = argument(call, 0)
    is_name = asked is not None and asked.type in asked.file.pack.index.identifiers
    return asked if asked is None or is_name else asked.role("object") if asked.shape == "member" else None


def declared_type(definition: Node | None) -> Node | None:
    """The type that is written at a definition, also where one type stands before several names."""
    if definition is None:
        return None
    own = definition.role("type")
    parent = definition.parent
    return parent.role("type") if own is None and parent is not None and parent.shape == "declaration" else own


def results(function: Node) -> Iterator[Node]:
    """What a function gives back, as far as it says so: what it returns or yields and, by its language's rule, its last
    value."""
    for node in function.walk():
        value = node.role("value") if node.shape in ("return", "yield") else None
        if value is not None:
            yield value
    body = function.role("body")
    is_last = body is not None and function.shape != "lambda" and body.type in body.file.pack.index.implicit_returns
    if body is not None and function.shape in ("function", "lambda") and body.shape != "block" and not is_last:
        yield body
    elif body is not None and body.type in body.file.pack.index.implicit_returns and body.items:
        last = body.items[-1]
        yield last.role("value") or last.role("right") or last


def names_client(project: Project, path: str, annotation: Node, sdk: SdkPack) -> bool:
    """Whether a type speaks of the SDK's client: by an import, by a whole package, or by its full name."""
    if any(_means_client(project, path, node, sdk) for node in annotation.walk()):
        return True
    separator = annotation.file.pack.modules.separator or "."
    full = {f"{item.module}{separator}{client}" for item in sdk.imports for client in item.clients}
    return any("".join(node.text.split()).rstrip("?!") in full for node in annotation.walk() if node.named)


def _means_client(project: Project, path: str, node: Node, sdk: SdkPack) -> bool:
    names = project.names(path)
    meant = project.meaning(path, node)
    entry = meant[1].imported if meant is not None else None
    place = (entry.module, entry.imported) if entry is not None else written_out(names, node)
    if place is not None and is_client_import(*place, sdk):
        outer = node.parent
        part = outer.role("property") if outer is not None and outer.shape == "member" else None
        return part is None or part is node or is_client_import(place[0], part.text, sdk)
    if meant is not None or node.type not in node.file.pack.index.identifiers:
        return False
    opened = (*names.wildcards, *packages_of(names))
    return any(node.text in item.clients for item in sdk.imports if item.module in opened)


def is_other_type(project: Project, path: str, definition: Node | None, sdk: SdkPack) -> bool:
    """Whether a definition's type is known to be something else than the SDK's client."""
    annotation = declared_type(definition)
    if annotation is None or names_client(project, path, annotation, sdk):
        return False
    kinds, names = annotation.file.pack.index.identifiers, project.names(path)
    parts = [node for node in (annotation, *annotation.walk()) if node.type in kinds]
    known = [found for node in parts if (found := _binding_of(project, path, names, node)) is not None]
    return bool(known) and not any(_sounds_like(project, *found, sdk) for found in known)


def _binding_of(project: Project, path: str, names: Names, node: Node) -> tuple[str, Binding] | None:
    binding = names.of.get(node)
    return (path, binding) if binding is not None else project.meaning(path, node)


def _sounds_like(project: Project, path: str, binding: Binding, sdk: SdkPack) -> bool:
    """Whether a type from outside the repository is, by its name, made around the SDK's client."""
    origin = project.origin(path, binding)
    place = project.outside(path, binding) if origin is None or origin[1].imported is not None else None
    return place is not None and "likely" in (by_name(place[1], sdk), by_name(place[0].rpartition(".")[2], sdk))


def own_field(project: Project, path: str, owner: Node, name: str) -> Binding | None:
    """What `this.name` means where members are names of their class's scope."""
    holder = holder_meant(owner.role("object") or owner)
    is_open = holder is not None and holder.type in holder.file.pack.index.open_classes
    return project.names(path).member(holder, name) if holder is not None and is_open else None


def member_of_class(project: Project, path: str, base: Node, name: str) -> tuple[str, Binding] | None:
    """`Holder.name` for a class or object of the repository."""
    place = project.container(path, base)
    if place is None or isinstance(place[1], str) or not place[1].file.pack.index.open_classes:
        return None
    binding = member_binding(project.names(place[0]), place[1], name)
    return (place[0], binding) if binding is not None else None


def type_mentions(call: Node) -> Iterator[Node]:
    """Types that say what an expression gives: `get(Client.class)`, `get<Client>()`, casts around it."""
    while call.shape in ("paren", "cast") and (inner := call.role("operand")) is not None:
        yield from call.roles("type")
        call = inner
    kinds = call.file.pack.index.type_mentions
    if kinds:
        arguments, callee = call.role("arguments"), call.role("function")
        named = called_name(call)
        inside = [*call.children, *(arguments.items if arguments is not None else ())]
        inside += [*(callee.children if callee is not None else ()), *(named.children if named is not None else ())]
        yield from (node for node in inside if node.type in kinds)


def settings_put(project: Project, owner: Node) -> Iterator[tuple[str, Node]]:
    """What files that all others see put into this member of the program's one object of settings, with the file."""
    words, text = owner.file.pack.index.settings, "".join(owner.text.split())
    tail = next((text[len(word) :] for word in sorted(words, reverse=True) if text.startswith(f"{word}.")), "")
    name = owner.role("property")
    if not tail or name is None:
        return
    for path in (path for glob in owner.file.pack.modules.shared for path in project.folders.matching(glob)):
        file = project.file(path) if name.text.encode() in (project.contents.text(path) or b"") else None
        for mention in mentions_of(file, name.text) if file is not None else ():
            target = mention.parent
            holder = target.parent if target is not None else None
            value = holder.role("right") if holder is not None and holder.role("left") is target else None
            put = "".join(target.text.split()) if target is not None else ""
            if value is not None and any(put == f"{word}{tail}" for word in words):
                yield path, value
