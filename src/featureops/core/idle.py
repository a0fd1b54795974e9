"""Parameters that nothing uses any more because of this change: they can go where every caller is known.

What the calls give for them must lose no effect. Where a parameter only helped to ask for the flag, an accessor that
is named like it may go too, as it does where it is given to the read itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from featureops.core.callers import callers_of
from featureops.core.detect.places import is_test_path
from featureops.core.fold.calls import is_method
from featureops.core.fold.values import is_pure
from featureops.core.given import item_given, listed_parameter, parameters_of
from featureops.core.house import name_parts
from featureops.core.parameters import parameter_at
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.settled import Settled
from featureops.core.syntax import Node
from featureops.core.testing.units import around

__all__ = ["idle_parameters"]


def idle_parameters(
    project: Project, idle: Iterable[Binding], reads: Container[Node], files_with: Callable[[str], Sequence[str]]
) -> Iterator[Settled]:
    """The parameters of `idle`, those without a use that stays, that can go. `reads` are the places that ask."""
    for binding in idle:
        function = binding.scope
        part = listed_parameter(binding, function)
        path = function.file.path
        listed = parameters_of(function, project.names(path))
        if part is None or len(part.roles("name")) > 1 or binding not in listed or not binding.is_single:
            continue
        calls, position = callers_of(project, path, function, files_with), listed.index(binding)
        context = all(any(outer in reads for outer in use.ancestors()) for use in binding.uses)
        names = parameter_at(function, binding, position).labels
        given = [item_given(call, position, names) for call in calls or ()]
        items = [item for item in given if item is not None]
        if (
            not any(map(_is_in_program, calls or ()))
            or not _is_quiet(part, function)
            or (len(items) < len(given) and part.role("value") is None)
        ):
            continue
        if all(_can_go(item, part, binding.name if context else "") for item in items):
            yield Settled(path, binding, part, None, tuple(items), ())


def _is_in_program(call: Node) -> bool:
    """Whether a call is none of a test: what only tests call may be called by a framework."""
    rules = call.file.pack.tests
    in_test = rules is not None and any(unit.kind in ("test", "hook") for unit in around(call, rules))
    return not in_test and not is_test_path(call.file.pack, call.file.path)


def _is_quiet(part: Node, function: Node) -> bool:
    """Whether nothing is lost with a parameter's default. A function of no class may be called on no object."""
    default, own = part.role("value"), part.file.pack.index.self_names
    if default is None:
        return True
    asks_object = any(each.type in own or each.text in own for each in default.walk())
    return is_pure(default, _nothing) and (not asks_object or is_method(function))


def _can_go(item: Node, part: Node, name: str) -> bool:
    """Whether an argument has no effect; an accessor of what the parameter is called has none."""
    roles = {"keyword-argument": "value", "argument": "operand"}
    value = item.role(roles[item.shape]) if item.shape in roles else item
    stated = part.role("type")
    kind = re.findall(r"\w+", stated.text)[-1:] if stated is not None else []
    named = [_plain(word) for word in (name, *kind) if word] if name else []
    return value is not None and is_pure(value, lambda node: _is_accessor(node, named))


def _is_accessor(node: Node, named: Container[str]) -> bool:
    callee, arguments = node.role("function"), node.role("arguments")
    if node.shape != "call" or callee is None or (arguments is not None and arguments.items):
        return False
    owner, name = callee.role("object"), callee.role("property") or callee
    is_named = _plain(name.text) in named
    return is_named and (owner is None or is_pure(owner, lambda inner: _is_accessor(inner, named)))


def _plain(name: str) -> str:
    """A name without its case and the word that says to get."""
    words = [word.lower() for word in name_parts(name)]
    return "".join(words[1:] if words[:1] == ["get"] else words)


def _nothing(_node: Node) -> bool:
    return False
