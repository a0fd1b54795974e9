"""Whether code makes objects of a class by itself: its constructor can't change then without that code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["is_made_in"]

_NEAR = 3
_CHAINED = re.compile(rb"\bthis\s*\(")


def is_made_in(project: Project, paths: Iterable[str], name: str) -> bool:
    """Whether one of the files calls the constructor, hands it on, calls it from another one, or inherits."""
    files = (project.file(path) for path in paths)
    return any(_makes(node) for file in files if file is not None for node in mentions_of(file, name))


def _makes(mention: Node) -> bool:
    for at, outer in enumerate(mention.ancestors()):
        callee = outer.role("function") if outer.shape == "call" else None
        if callee is not None and callee.span.holds(mention.span) and at < _NEAR:
            return True
        if outer.has_token("::"):
            return True
        if outer.shape == "class":
            name, body = outer.role("name"), outer.role("body")
            if name is mention:
                return _chains(outer)
            return body is None or not body.span.holds(mention.span)
        if outer.shape in ("block", "function", "parameter", "import"):
            return False
    return False


def _chains(owner: Node) -> bool:
    """Whether one constructor of the class calls another one."""
    if _CHAINED.search(owner.file.data, owner.start, owner.end) is None:
        return False
    calls = (node for node in owner.walk() if node.shape in ("call", "chained"))
    callees = (node.role("function") for node in calls)
    return any(callee is not None and callee.text == "this" for callee in callees)
