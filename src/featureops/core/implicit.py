"""Objects whose members are named without them: what a block is run on (`with(x) { .. }`), what a function extends."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.given import argument, run_by
from featureops.core.instances import Holder, above, classes_of, declares, named_in
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.syntax import Node

__all__ = ["classes_meant", "is_bound_inside", "is_hidden", "may_answer", "receivers_around"]


def is_hidden(project: Project, path: str, use: Node, scope: Node) -> bool:
    """Whether a name that a class or a file binds may be that of a member of an object in between."""
    index = use.file.pack.index
    if scope.parent is not None and scope.type not in index.class_scopes:
        return False  # what a function binds comes before all members
    owner = use.parent.role("object") if use.parent is not None and use.parent.shape == "member" else None
    if owner is not None and owner.text not in index.self_names:
        return False
    return any(may_answer(project, path, receiver, use.text) for receiver in receivers_around(use, scope))


def classes_meant(project: Project, path: str, callee: Node) -> list[Holder] | None:
    """The classes of the object whose member a name that stands alone is; empty where that can't be told, None where
    it is of no such object."""
    name = callee.role("property") or callee
    for receiver in receivers_around(callee, None):
        classes = _classes(project, path, receiver)
        members = [node for each in classes for _, node in above(project, each) if declares(node, name.text)]
        if not classes or members:
            return classes
        if any(_may_have(project, holder, name.text) for holder in classes):
            return []
    return None


def receivers_around(node: Node, scope: Node | None) -> Iterator[Node]:
    """The objects, or for functions their types, the nearest first, up to the class around or to the scope."""
    index = node.file.pack.index
    for outer in node.ancestors() if index.receiver_calls else ():
        if outer is scope or outer.type in index.class_scopes:
            return
        found = outer.role("extends") if outer.shape in ("function", "declarator") else _run_on(outer)
        if found is not None:
            yield found


def _run_on(block: Node) -> Node | None:
    """The object that a block is run on."""
    callee = run_by(block)
    words = block.file.pack.index.receiver_calls
    if callee is not None and callee.shape == "call":
        inner = callee.role("function")
        return argument(callee, 0) if inner is not None and inner.text in words else None
    name = callee.role("property") if callee is not None and callee.shape == "member" else None
    return callee.role("object") if callee is not None and name is not None and name.text in words else None


def is_bound_inside(binding: Binding) -> bool:
    """Whether a function, or a block, binds a name: that comes before all members."""
    index = binding.scope.file.pack.index
    return binding.scope.parent is not None and binding.scope.type in index.function_scopes | index.block_scopes


def may_answer(project: Project, path: str, receiver: Node, name: str) -> bool:
    """Whether a name that stands alone may be a member of one of the `receivers_around` it."""
    classes = _classes(project, path, receiver)
    return not classes or any(_may_have(project, holder, name) for holder in classes)


def _classes(project: Project, path: str, receiver: Node) -> list[Holder]:
    around = receiver.parent
    is_type = around is not None and around.role("extends") is receiver
    return list(named_in(project, path, receiver) if is_type else classes_of(project, path, receiver))


def _may_have(project: Project, holder: Holder, name: str) -> bool:
    """Whether a class has a member of a name, or has members from a class that is not known."""
    known = above(project, holder)
    if any(declares(node, name) or _takes(node, name) for _, node in known):
        return True
    named = {label.text for _, node in known if (label := node.role("name")) is not None}
    return any(_bases(node) - named for _, node in known)


def _takes(holder: Node, name: str) -> bool:
    """Whether the head of a class speaks of a parameter of a name."""
    body, kinds = holder.role("body"), holder.file.pack.index.identifiers
    parts = [part for part in holder.children if part is not body]
    return any(node.text == name for part in parts for node in part.walk() if node.type in kinds)


def _bases(holder: Node) -> set[str]:
    """The names of the types that the head of a class says it is one of."""
    kinds = holder.file.pack.index.identifiers
    heads = holder.roles("bases")
    return {node.text for head in heads for item in head.items for node in list(item.walk())[:4] if node.type in kinds}
