"""Where other files use a name that one file defines."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from featureops.core.fold.calls import called
from featureops.core.fold.values import Known
from featureops.core.holders import free_uses, members_named
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["uses_in"]


def uses_in(
    project: Project, other: str, place: tuple[str, str], is_call: bool, known: Mapping[Node, Known]
) -> list[Node]:
    """The uses in the file `other` of what `place` (a file and a name in it) defines; of a function its calls."""
    path, name = place
    nodes: list[Node] = []
    names = project.names(other)
    for binding in names.imports:
        origin = project.origin(other, binding)
        if origin is not None and origin[0] == path and origin[1].name == name:
            nodes.extend(names.uses_of(binding))
        elif project.submodule(other, binding) in (path, posixpath.dirname(path)):
            nodes.extend(members_named(names.uses_of(binding), name))
    if path in project.folders.beside(other, name):
        nodes.extend(free_uses(names, name))
    if not is_call:
        return [node for node in nodes if node.parent is None or node.parent.shape != "export"]
    calls = [called(node, False, known) for node in nodes]
    return [call for call in calls if call is not None]
