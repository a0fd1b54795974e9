"""What a name holds: a function, a part of a pattern, a value that is worked out later, or what others may write."""

from __future__ import annotations

from featureops.core.given import lazy_value
from featureops.core.mentions import mentions_within
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["function_binding", "is_handed_over", "is_lazy", "is_pattern"]


def is_lazy(block: Node) -> bool:
    """Whether a block is one expression that gives a variable its value when that is asked for."""
    call = next((outer for outer in block.ancestors() if outer.shape != "arguments"), None)
    return call is not None and len(block.items) == 1 and lazy_value(call) is block.items[0]


def is_handed_over(binding: Binding) -> bool:
    """Whether what is called with the variable itself may write it, or a function that takes it in has its own one."""
    file = binding.definitions[0].file
    words = file.pack.index.handing_words
    spoken = mentions_within(file, binding.name, binding.scope) if "captures" in file.pack.shaped else ()
    if any(_is_taken_in(node) and node not in binding.uses for node in spoken):
        return True
    return bool(words) and any(use.parent is not None and use.parent.children[0].text in words for use in binding.uses)


def _is_taken_in(name: Node) -> bool:
    """Whether a name stands among those that a function takes from around it."""
    outer = name.parent
    around = (outer, outer.parent) if outer is not None else ()
    return any(node is not None and node.shape == "captures" for node in around)


def is_pattern(binding: Binding) -> bool:
    """Whether the name is taken out of a value by a pattern."""
    return any(node.shape == "destructuring" for node in binding.definitions[0].ancestors())


def function_binding(function: Node, names: Names) -> Binding | None:
    """What a function is called by: its own name, or the one that it is given to."""
    name = function.role("name")
    if name is not None:
        return names.of.get(name)
    parent = function.parent
    if parent is None or parent.shape not in ("declarator", "assign"):
        return None
    target = parent.role("name") or parent.role("left")
    return names.of.get(target) if target is not None else None
