"""The parameters of a function as calls fill them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from featureops.core.given import parameters_of
from featureops.core.project import Project
from featureops.core.readers import Parameter
from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = ["parameter_at", "parameters_in"]


def parameters_in(project: Project, path: str, function: Node, parts: Iterable[Node]) -> Iterator[Parameter]:
    """The parameters of the function that some expressions are made of."""
    names = project.names(path)
    listed = parameters_of(function, names)
    seen: set[Binding] = set()
    for node in (node for part in parts for node in part.walk()):
        binding = names.of.get(node)
        if binding is None or binding in seen or binding not in listed:
            continue
        seen.add(binding)
        yield parameter_at(function, binding, listed.index(binding))


def parameter_at(function: Node, binding: Binding, position: int) -> Parameter:
    """What a parameter is called by, and what it is given where a call leaves it out."""
    name = binding.definitions[0]
    whole = name
    while whole.parent is not None and whole.parent is not function and whole.shape != "parameter":
        whole = whole.parent
    holder = whole if whole.shape == "parameter" else name.parent
    first = holder.items[0] if holder is not None and holder.shape == "parameter" and holder.items else name
    label = name if holder is None or first is holder.role("type") else first
    default = holder.role("value") if holder is not None and holder.shape == "parameter" else None
    return Parameter(binding, position, tuple(dict.fromkeys((binding.name, label.text))), default)
