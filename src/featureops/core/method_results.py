"""Calls of a method that gives a known value now, in whatever file, where nothing else can be what they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from featureops.core.detect.places import is_test_path
from featureops.core.detect.wrappers import call_at, named_wrapper
from featureops.core.dispatch import classes_asked
from featureops.core.fold.values import is_pure
from featureops.core.instances import Holder, above, holder_of
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.syntax import Node

__all__ = ["calls_of_method"]


def calls_of_method(
    project: Project, function: Node, files_with: Callable[[str], Sequence[str]]
) -> Iterator[tuple[str, Node]]:
    """The calls, for a getter the members, each with its file. Tests are left out: they may tell a mock what to say."""
    if function.shape != "function":
        yield from _reads_of_field(project, function, files_with)
        return
    path = function.file.path
    wrapper, own = named_wrapper(path, function, inverted=False), holder_of(project, path, function)
    if wrapper is None or own is None:
        return
    mentions = list(_mentions(project, files_with(wrapper.name), wrapper.name))
    if any(_overrides(project, name, function, own) for name in mentions):
        return
    for name in mentions:
        where, whole = name.file.path, call_at(wrapper, name)
        if whole is None or is_test_path(name.file.pack, where) or not _is_quiet(whole):
            continue
        callee = (whole.role("function") if whole.shape == "call" else None) or whole
        classes = classes_asked(project, where, callee, callee.role("object"))
        if classes and all(holder is own[1] for _, holder in classes):
            yield where, whole


def _reads_of_field(
    project: Project, field: Node, files_with: Callable[[str], Sequence[str]]
) -> Iterator[tuple[str, Node]]:
    """Where other files read a field of a class that is known there."""
    label, own = field.role("name"), holder_of(project, field.file.path, field)
    mentions = list(_mentions(project, files_with(label.text), label.text)) if label is not None else []
    if own is None or any(_is_defined(name) for name in mentions if name is not label):
        return
    for name in mentions:
        where, member = name.file.path, name.parent
        owner = member.role("object") if member is not None and member.role("property") is name else None
        if member is None or owner is None or not is_pure(owner, lambda _: False) or _is_written(member):
            continue
        classes = classes_asked(project, where, member, owner)
        if classes and all(holder is own[1] for _, holder in classes):
            yield where, member


def _is_defined(name: Node) -> bool:
    return name.parent is not None and name.parent.role("name") is name and name.parent.shape != "keyword-argument"


def _is_written(member: Node) -> bool:
    return member.parent is not None and member.parent.role("left") is member


def _mentions(project: Project, paths: Sequence[str], name: str) -> Iterator[Node]:
    for path in paths:
        file = project.file(path)
        if file is not None and file.pack.regions is None:
            yield from mentions_of(file, name)


def _overrides(project: Project, name: Node, function: Node, own: Holder) -> bool:
    """Whether a name is that of another method, of a class that may stand in the place of the one that is known."""
    other = name.parent
    if other is None or other is function or other.shape != "function" or other.role("name") is not name:
        return False
    holder = holder_of(project, name.file.path, other)
    return holder is None or any(node is own[1] for _, node in above(project, holder))


def _is_quiet(whole: Node) -> bool:
    """Whether nothing is done by what is given, and by what makes the object that is asked."""
    arguments = whole.role("arguments") if whole.shape == "call" else None
    callee = (whole.role("function") if whole.shape == "call" else None) or whole
    owner = callee.role("object")
    parts = [*(arguments.items if arguments is not None else ()), *([owner] if owner is not None else ())]
    return all(is_pure(item, lambda _: False) for item in parts)
