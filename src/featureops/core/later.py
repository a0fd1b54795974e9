"""Functions that are given a key and give back a function that asks for it: decorators, dependencies, middleware."""

from __future__ import annotations

from collections.abc import Iterable

from featureops.core.given import own_returns, unwrapped
from featureops.core.parameters import parameters_in
from featureops.core.project import Project
from featureops.core.readers import Parameter
from featureops.core.syntax import Node

__all__ = ["asked_later"]

_FUNCTIONS = ("function", "lambda")


def asked_later(
    project: Project, path: str, asking: Node, parts: Iterable[Node]
) -> tuple[Node, tuple[Parameter, ...]] | None:
    """The function around an expression that gives back what asks there, and those of its parameters that some parts
    of the key are made of.
    """
    listed, inner = list(parts), None
    for outer in asking.ancestors():
        if outer.shape not in _FUNCTIONS:
            continue
        parameters = tuple(parameters_in(project, path, outer, listed))
        if parameters:
            return (outer, parameters) if inner is not None and _gives(project, path, outer, inner) else None
        inner = outer
    return None


def _gives(project: Project, path: str, outer: Node, inner: Node) -> bool:
    """Whether a function gives back another one that stands in it, and nothing else."""
    body = outer.role("body")
    values = [each.role("value") for each in own_returns(outer)]
    given = [body] if body is not None and body.shape != "block" else values
    return bool(given) and all(value is not None and _is_same(project, path, value, inner) for value in given)


def _is_same(project: Project, path: str, value: Node, inner: Node) -> bool:
    value = unwrapped(value)
    if value is inner:
        return True
    binding = project.names(path).of.get(value)
    made = binding.definitions[0].parent if binding is not None and binding.is_single else None
    return made is not None and (made is inner or made.role("value") is inner)
