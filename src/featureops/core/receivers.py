"""What shows that something is an SDK's: a name that is imported or written out in full, a class that is looked up."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.given import argument
from featureops.core.origins import is_client_import
from featureops.core.pack import SdkPack
from featureops.core.scopes import Names
from featureops.core.syntax import Node

__all__ = ["declared_type", "is_client_name", "located_class", "results", "written_out"]


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
    return asked.role("object") if asked is not None and asked.shape == "member" else None


def declared_type(definition: Node) -> Node | None:
    """The type of a variable, which some languages write once for several."""
    own, outer = definition.role("type"), definition.parent
    return own if own is not None or outer is None or outer.shape != "declaration" else outer.role("type")


def results(function: Node) -> Iterator[Node]:
    """What a function gives back, as far as it says so: returned values and, by its language's rule, its last one."""
    for node in function.walk():
        value = node.role("value") if node.shape == "return" else None
        if value is not None:
            yield value
    body = function.role("body")
    if body is not None and body.type in body.file.pack.index.implicit_returns and body.items:
        last = body.items[-1]
        yield last.role("value") or last.role("right") or last
