"""The calls of a function of the repository, where everything that is said of its name can be read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from featureops.core.fold.unused import is_private, statement_of
from featureops.core.given import call_of, is_readable
from featureops.core.mentions import mentions_of
from featureops.core.project import Project
from featureops.core.scopes import Binding
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node, SourceFile

__all__ = ["callers_of", "has_other_name", "only_names"]

_DEFAULT_AS = re.compile(rb"\bdefault\s+as\s+(\w+)")


def callers_of(
    project: Project, path: str, function: Node, files_with: Callable[[str], Sequence[str]]
) -> list[Node] | None:
    """Every call of a function, or of a method that its class keeps to itself; None where something else is done with
    it, where it is marked for others to find, or where it can't be told which function a mention means.
    """
    name = function.role("name")
    binding = project.names(path).of.get(name) if name is not None else None
    if name is None or binding is None or not binding.is_single or _is_marked(function):
        return None
    is_member = binding.scope.type in name.file.pack.index.class_scopes
    if not is_member and has_other_name(project, path, binding, files_with):
        return None
    if function.roles("receiver") or (is_member and not _is_kept_private(binding)):
        return None
    calls: list[Node] = []
    for node in _mentions(project, [path] if is_member else files_with(name.text), name.text):
        if node is name or only_names(node):
            continue
        call = call_of(node)
        if call is None or not is_readable(call) or not _means(project, call, (path, binding), is_member=is_member):
            return None
        calls.append(call)
    return calls


def has_other_name(project: Project, path: str, binding: Binding, files_with: Callable[[str], Sequence[str]]) -> bool:
    """Whether a file uses what a binding stands for under another name: a mention of the name is not all then."""
    given = project.exported(path, "default")
    is_default = given is not None and given[1] is binding
    # Only what a file gives away without a name is used where the name does not stand.
    beside = files_with(_module_word(binding.scope.file, path)) if is_default else ()
    for other in {*files_with(binding.name), *beside}:
        for entry in project.names(other).imports if project.file(other) is not None else ():
            origin = project.origin(other, entry) if entry.name != binding.name else None
            if origin is not None and origin[1] is binding:
                return True
        text = project.contents.text(other) or b""
        if is_default and any(name != binding.name.encode() for name in _DEFAULT_AS.findall(text)):
            return True
    return any(_is_passed_on(node) for node in _mentions(project, files_with(binding.name), binding.name))


def _module_word(file: SourceFile, path: str) -> str:
    """The word by which other files name this one."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return posixpath.basename(posixpath.dirname(path)) if stem in file.pack.modules.indexes else stem


def _is_passed_on(node: Node) -> bool:
    """Whether an export gives what a mention names away under another name."""
    entry = node.parent
    if entry is None or len(entry.items) != 2 or entry.items[0] is not node:
        return False
    outer = next((each for each in entry.ancestors() if each.shape), None)
    return outer is not None and outer.shape == "export" and outer.role("declaration") is None


def _mentions(project: Project, paths: Sequence[str], name: str) -> Iterator[Node]:
    for path in paths:
        file = project.file(path)
        if file is not None:
            yield from mentions_of(file, name)


def _means(project: Project, call: Node, meant: tuple[str, Binding], *, is_member: bool) -> bool:
    """Whether a call runs the function of a name in a file."""
    path, callee = call.file.path, call.role("function")
    owner = callee.role("object") if callee is not None else None
    if callee is None:
        return False
    if owner is None:
        bound = project.meaning(path, callee)
        found = project.origin(*bound) if bound is not None else None
    elif is_member:
        return _is_own(project, owner, meant[1].scope)
    else:
        place = project.container(path, owner)
        name = callee.role("property")
        is_module = place is not None and isinstance(place[1], str) and name is not None
        found = project.exported(str(place[1]), name.text) if is_module and place and name else None
    return found is not None and found[0] == meant[0] and found[1] is meant[1]


def _is_own(project: Project, owner: Node, holder: Node) -> bool:
    """Whether an owner is the object of a class itself, also where an extension adds to the class."""
    around = holder_meant(owner) if owner.text in owner.file.pack.index.self_names else None
    whole = project.extended(owner.file.path, around) if around is not None else None
    return around is holder or (whole is not None and whole[1] is holder)


def _is_kept_private(binding: Binding) -> bool:
    """Whether only the file can use a member: it is private, and its class is not spread over files."""
    index = binding.scope.file.pack.index
    holder = binding.scope if binding.scope.shape == "class" else binding.scope.parent
    words = index.partial_words
    return is_private(binding) and not (holder is not None and any(map(holder.has_token, words)))


def _is_marked(function: Node) -> bool:
    """Whether a decorator, an annotation or an attribute stands at the function: others may call it by that."""
    statement = statement_of(function)
    if any(part.shape == "decorator" for outer in (statement, function) for part in _before_body(outer)):
        return True
    index, above = function.file.pack.index, statement.previous()
    while above is not None and (above.is_comment or above.type in index.modifiers):
        if any(part.shape == "decorator" for part in above.walk()):
            return True
        above = above.previous()
    return False


def _before_body(outer: Node) -> Iterator[Node]:
    body = outer.role("body")
    for child in outer.children:
        if body is not None and child.start >= body.start:
            return
        if child.shape not in ("function", "block"):
            yield from child.walk()


def only_names(node: Node) -> bool:
    """Whether a mention only brings the name in or says a type."""
    around = [node, *node.ancestors()]
    for outer in around:
        if outer.shape in ("import", "export") and outer.role("declaration") is None:
            return True
        if outer.shape == "assign":
            target = outer.role("left")
            return target is not None and target.text in node.file.pack.wrap.export_lists
        if outer.shape in ("block", "call"):
            return False
        if outer.field in ("type", "return_type"):
            return True
    return False
