"""Where a name of one file is used in another one."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from featureops.core.fold.folder import called
from featureops.core.holders import free_uses, members_named
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["uses_in"]


def uses_in(project: Project, other: str, path: str, name: str, known: Mapping[Node, bool] | None) -> list[Node]:
    """The uses in the file `other` of the top-level `name` of the file `path`. With `known` values of the other file,
    only the calls of a function of that name.
    """
    nodes: list[Node] = []
    for binding in project.names(other).imports:
        origin = project.origin(other, binding)
        if origin is not None and origin[0] == path and origin[1].name == name:
            nodes.extend(binding.uses)
        elif project.submodule(other, binding) in (path, posixpath.dirname(path)):
            nodes.extend(members_named(binding.uses, name))
    if path in project.folders.beside(other, name):
        nodes.extend(free_uses(project.names(other), name))
    if known is None:
        return [node for node in nodes if node.parent is None or node.parent.shape != "export"]
    calls = [called(node, False, known) for node in nodes]
    return [call for call in calls if call is not None]
