"""What a receiver is, by the types that the code declares and by the names of its package."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.pack import SdkPack
from featureops.core.packages import member_binding
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = [
    "declared_type",
    "is_client_import",
    "is_other_type",
    "lazy_value",
    "member_of_class",
    "names_client",
    "names_decorator",
    "own_field",
    "type_mentions",
]


def is_client_import(module: str, imported: str, sdk: SdkPack) -> bool:
    return any(
        item.module == module
        and (imported in item.clients or imported in ("*", "default") or imported in item.functions)
        for item in sdk.imports
    ) or any(item.module == f"{module}.{imported}" for item in sdk.imports)


def declared_type(definition: Node | None) -> Node | None:
    """The type that is written at a definition, also where one type stands before several names."""
    if definition is None:
        return None
    own = definition.role("type")
    parent = definition.parent
    return parent.role("type") if own is None and parent is not None and parent.shape == "declaration" else own


def names_client(project: Project, path: str, annotation: Node, sdk: SdkPack) -> bool:
    """Whether a type speaks of the SDK's client: by an import, by a whole package, or by its full name."""
    names, index = project.names(path), annotation.file.pack.index
    for node in annotation.walk():
        binding = names.of.get(node)
        entry = binding.imported if binding else None
        if entry is not None and is_client_import(entry.module, entry.imported, sdk):
            return True
        if binding is None and names.wildcards and node.type in index.identifiers:
            clients = (item for item in sdk.imports if item.module in names.wildcards)
            if any(node.text in item.clients for item in clients) and project.meaning(path, node) is None:
                return True
    full = {f"{item.module}.{client}" for item in sdk.imports for client in item.clients}
    return any("".join(node.text.split()).rstrip("?!") in full for node in annotation.walk() if node.named)


def names_decorator(project: Project, path: str, call: Node, name: str, sdk: SdkPack) -> bool:
    """Whether a decorator is the SDK's of this name, however it was imported."""
    callee = call.role("function") or call
    modules = [item.module for item in sdk.imports if name in item.decorators]
    text = "".join(callee.text.split())
    if text in {f"{module}.{name}" for module in modules}:
        return True
    names, kinds = project.names(path), callee.file.pack.index.identifiers
    leaf = next((node for node in callee.walk() if node.type in kinds), None)
    if leaf is None or leaf.text != text:
        return False
    binding = names.of.get(leaf)
    entry = binding.imported if binding is not None else None
    if entry is not None:
        return entry.imported == name and entry.module in modules
    return binding is None and text == name and not set(modules).isdisjoint(names.wildcards)


def is_other_type(project: Project, path: str, definition: Node | None, sdk: SdkPack) -> bool:
    """Whether a definition's type is known to be something else than the SDK's client."""
    annotation = declared_type(definition)
    if annotation is None or names_client(project, path, annotation, sdk):
        return False
    kinds, names = annotation.file.pack.index.identifiers, project.names(path)
    parts = [node for node in (annotation, *annotation.walk()) if node.type in kinds]
    known = (names.of.get(node) is not None or project.meaning(path, node) is not None for node in parts)
    return any(known)


def own_field(project: Project, path: str, owner: Node, name: str) -> Binding | None:
    """What `this.name` means where members are names of their class's scope."""
    index = owner.file.pack.index
    holder = next((node for node in owner.ancestors() if node.type in index.open_classes), None)
    return project.names(path).in_scope(holder).get(name) if holder is not None else None


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
        arguments = call.role("arguments")
        inside = (*call.children, *(arguments.items if arguments is not None else ()))
        yield from (node for node in inside if node.type in kinds)


def lazy_value(node: Node) -> Node | None:
    """The last expression of the function that a call evaluates later (`by lazy { ... }`)."""
    callee = node.role("function") if node.shape == "call" else None
    if callee is None or callee.text not in node.file.pack.index.lazy_calls:
        return None
    function = next((part for part in node.walk() if part.type in part.file.pack.index.function_scopes), None)
    body = function.role("body") or function if function is not None else None
    return body.items[-1] if body is not None and body.items else None
