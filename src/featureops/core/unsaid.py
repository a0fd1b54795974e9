"""Whose method a call runs where that is not written before it: the block around is run on an object, the function
around extends a type, the class around is built on one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from featureops.core.detect.wrappers import method_of
from featureops.core.implicit import may_answer, receivers_around
from featureops.core.instances import above
from featureops.core.origins import Proof
from featureops.core.pack import SdkPack
from featureops.core.project import Project
from featureops.core.selves import has_own_object
from featureops.core.syntax import Node

__all__ = ["Judge", "proof_unsaid"]


class Judge(Protocol):
    """What tells whether a value, or a type, is an SDK's client."""

    @property
    def project(self) -> Project: ...

    @property
    def path(self) -> str: ...

    def proof(self, owner: Node, sdk: SdkPack) -> Proof: ...

    def annotated(self, annotation: Node, sdk: SdkPack) -> bool: ...


def proof_unsaid(judge: Judge, callee: Node, sdk: SdkPack) -> Proof:
    """Whether a callee that is a method's name alone, or behind a name for the object itself, is the client's."""
    name = callee.role("property") or callee
    project, path = judge.project, judge.path
    for receiver in receivers_around(callee, None) if not _is_above(callee) else ():
        around = receiver.parent
        is_type = around is not None and around.role("extends") is receiver
        if is_type and judge.annotated(receiver, sdk):
            return "proven"
        proof: Proof = judge.proof(receiver, sdk) if not is_type else "unproven"
        if proof != "unproven" or may_answer(project, path, receiver, name.text):
            return proof
    for holder in _classes_around(callee):
        proof = _built_on(judge, callee, holder, name.text, sdk)
        if proof != "unproven" or callee is not name:
            return proof
    return "unproven"


def _is_above(callee: Node) -> bool:
    owner = callee.role("object")
    return owner is not None and owner.text in callee.file.pack.index.above_names


def _classes_around(callee: Node) -> Iterator[Node]:
    """The classes whose member a name may be, the nearest first."""
    for outer in callee.ancestors():
        if has_own_object(outer):
            return
        if outer.type in outer.file.pack.index.class_scopes:
            yield outer


def _built_on(judge: Judge, callee: Node, holder: Node, name: str, sdk: SdkPack) -> Proof:
    """Whether a class has a method from the client that it is built on, and none of its own, or from another class."""
    project, is_above = judge.project, _is_above(callee)
    if not is_above and method_of(project, holder, name) is not None:
        return "unproven"
    if holder.shape == "extension":
        extended = holder.role("name")
        return "proven" if extended is not None and judge.annotated(extended, sdk) else "unproven"
    others = [node for _, node in above(project, (judge.path, holder)) if node is not holder]
    if any(method_of(project, node, name) is not None for node in others):
        return "unproven"
    return "proven" if any(judge.annotated(base, sdk) for base in holder.roles("above")) else "unproven"
