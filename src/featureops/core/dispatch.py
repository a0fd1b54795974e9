"""Which method of the house a call may run: by the classes of what it is called on, those above them and below them."""

from __future__ import annotations

from itertools import takewhile

from featureops.core.detect.wrappers import method_of
from featureops.core.implicit import classes_meant, is_bound_inside
from featureops.core.instances import Holder, above, classes_of, declares, holder_of
from featureops.core.origins import Proof
from featureops.core.project import Project
from featureops.core.selves import has_own_object, holder_meant
from featureops.core.syntax import Node

__all__ = ["classes_asked", "may_run", "stands_beside"]


def classes_asked(project: Project, path: str, callee: Node, owner: Node | None) -> list[Holder]:
    """The classes whose method a callee may name, as far as the code says: those of the owner; where that is the object
    itself, or not written, the class around that knows such a method.
    """
    index = callee.file.pack.index
    if owner is not None and owner.text not in index.self_names:
        return list(classes_of(project, path, owner))
    if owner is None and not (callee.type in index.implicit_members or index.open_classes):
        return []
    local = project.names(path).of.get(callee) if owner is None else None
    if local is not None and is_bound_inside(local):
        return []
    meant = classes_meant(project, path, callee)
    if meant is not None:
        return meant
    name = (callee.role("property") or callee).text
    for holder in _around(callee, owner):
        around = project.extended(path, holder) or (path, holder)
        if any(method_of(project, node, name) is not None for _, node in above(project, around)):
            return [around]
    return []


def _around(callee: Node, own: Node | None) -> list[Node]:
    """The classes that a method may be one of, the nearest first: the one whose own name is said, or all around."""
    kinds = callee.file.pack.index.class_scopes
    meant = holder_meant(own) if own is not None else None
    if own is not None:
        return [meant] if meant is not None and meant.type in kinds else []
    reached = takewhile(lambda outer: not has_own_object(outer), callee.ancestors())
    return [outer for outer in reached if outer.type in kinds]


def may_run(project: Project, classes: list[Holder], path: str, function: Node, name: str) -> Proof:
    """Whether a method of the classes is the function: `proven` also where the function's class is below one of them,
    `likely` where that one has a method of its own.
    """
    own = holder_of(project, path, function)
    if own is None:
        return "unproven"
    over = {node for _, node in above(project, own)}
    below = [node for _, node in classes if node in over]
    if below:
        return "proven" if any(node is own[1] or _method(project, node, name) is None for node in below) else "likely"
    return "proven" if any(_inherits(project, each, own, function, name) for each in classes) else "unproven"


def _inherits(project: Project, holder: Holder, own: Holder, function: Node, name: str) -> bool:
    """Whether a class has the function from one above it, and no other of its name before that."""
    for _, node in above(project, holder):
        if node is own[1]:
            return True
        method = _method(project, node, name)
        if method is not None:
            return method is function
    return False


def _method(project: Project, holder: Node, name: str) -> Node | None:
    """A class's own method, if it does something."""
    method = method_of(project, holder, name)
    return method if method is not None and method.role("body") is not None else None


def stands_beside(project: Project, classes: list[Holder], path: str, function: Node, name: str) -> bool:
    """Whether a class is another one than the function's, but both answer to the same interface's method."""
    own = holder_of(project, path, function)
    over = {node for _, node in above(project, own) if node is not own[1]} if own is not None else set()
    answering = {node for node in over if declares(node, name) and _method(project, node, name) is None}
    return bool(answering) and any(node in answering for each in classes for _, node in above(project, each))
