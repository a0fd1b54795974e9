"""Definitions that lose their last use by a cleanup of other files: what asked for the flag, what served its code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from featureops.core.asked import Read
from featureops.core.fold.layout import leading_comments
from featureops.core.fold.unused import statement_of
from featureops.core.fold.values import is_pure
from featureops.core.given import definition_of, initializer
from featureops.core.house import name_parts
from featureops.core.mentions import apart, mentions_of
from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, TooDeep
from featureops.core.textdiff import only_in

__all__ = ["asking_fields", "lost_functions", "lost_imports", "may_go", "stands_alone"]

_PLACES = frozenset({"function", "lambda", "class", "arguments"})
_NAME = re.compile(rb"[A-Za-z_]\w*")

_Output = Callable[[str], bytes]
"""What a file is by now."""


def asking_fields(
    project: Project, reads: Iterable[Read], holding: Callable[[str], Iterable[str]]
) -> dict[Node, tuple[str, str]]:
    """The fields that expressions of the configuration go through, `NewCheckout` of `config.NewCheckout.Enabled`: the
    only one of its name, with its path and the name. `holding` tells the files with a word.
    """
    own = [read for read in reads if read.sdk == "house" and read.key is None]
    names = sorted({name for read in own for name in _named(read, read.flag or "")})
    found: dict[Node, tuple[str, str]] = {}
    for name in names:
        places = [(path, node) for path in holding(name) for node in _definitions(project, path, name)]
        if len(places) == 1:
            found[places[0][1]] = (places[0][0], name)
    return found


def _named(read: Read, flag: str) -> set[str]:
    """The names in the asking expression that speak of the flag."""
    parts = [part for part in read.node.walk() if part.shape in ("call", "member")]
    callees = [(part.role("function") or part) if part.shape == "call" else part for part in parts]
    names = {(each.role("property") or each).text for each in callees}
    return {name for name in names if _speaks_of(name, flag)}


def _speaks_of(name: str, flag: str) -> bool:
    """Whether more than half of the words of a name are words of the flag, or begin like one."""
    known = [word.lower() for word in name_parts(flag)]
    words = [word.lower() for word in name_parts(name)]
    alike = [word for word in words if any(word.startswith(each) or each.startswith(word) for each in known)]
    return len(alike) * 2 > len(words)


def _definitions(project: Project, path: str, name: str) -> list[Node]:
    file = project.file(path)
    mentions = mentions_of(file, name) if file is not None else []
    return [holder for node in mentions if (holder := node.parent) is not None and _is_field(holder, node)]


def _is_field(holder: Node, name: Node) -> bool:
    """Whether a name is that of a field, or of an entry of an object that is made once."""
    if holder.shape == "pair":
        return holder.role("key") is name and not any(node.shape in _PLACES for node in holder.ancestors())
    return holder.shape == "field" and holder.role("name") is name


def may_go(definition: Node) -> bool:
    """Whether nothing is lost with what defines a name: an entry goes only where its value is nothing but a value."""
    value = definition.role("value") if definition.shape == "pair" else None
    return value is None or is_pure(value, lambda _: False)


def stands_alone(definition: Node, name: str, data: bytes, names: Names) -> bool:
    """Whether a file, as it is by now, has the name nowhere but where it is defined, in the comment above that and in
    what only gives it its value."""
    parts = [definition, *leading_comments(definition)] if definition.shape == "pair" else leading_comments(definition)
    texts = b"\n".join(part.text.encode("utf-8", "surrogateescape") for part in parts)
    binding = names.top(name) if definition.shape == "pair" else None
    feeds = binding is not None and all(definition.span.holds(use.span) for use in binding.uses)
    known = len(binding.definitions) if binding is not None and feeds else 0
    return _count(name, data) == known + (definition.shape != "pair") + _count(name, texts)


def _count(name: str, data: bytes) -> int:
    return len(re.findall(apart(name).encode(), data))


def lost_functions(
    project: Project, outputs: Mapping[str, bytes], output: _Output, holding: Callable[[str], Iterable[str]]
) -> dict[Node, str]:
    """Functions that only the files beside theirs can call, and that none of them does any more, with their paths."""
    found: dict[Node, str] = {}
    for path, after in sorted(outputs.items()):
        file = project.file(path)
        inside = file.pack.modules.inside if file is not None else None
        if file is None or inside is None or after == file.data:
            continue
        gone = set(_NAME.findall(file.data)) - set(_NAME.findall(after))
        for name in sorted(word.decode() for word in gone if re.match(inside, word.decode())):
            for other in project.folders.beside(path, name):
                node = _only_function(project, other, name)
                others = (each for each in holding(name) if each != other)
                if node is None or any(_count(name, output(each)) for each in others):
                    continue
                if stands_alone(node, name, output(other), project.names(other)):
                    found[node] = other
    return found


def _only_function(project: Project, path: str, name: str) -> Node | None:
    binding = project.names(path).top(name) if project.file(path) is not None else None
    holder = binding.definitions[0].parent if binding is not None and len(binding.definitions) == 1 else None
    return holder if holder is not None and holder.shape == "function" else None


def lost_imports(
    project: Project, outputs: Mapping[str, bytes], output: _Output, grep: Callable[[Sequence[bytes]], Iterable[str]]
) -> dict[Node, str]:
    """What files imported by its name, do not any more, and no other file so much as mentions; with the paths."""
    found: dict[Node, str] = {}
    for path, after in sorted(outputs.items()):
        for where, binding in _dropped(project, path, after):
            node, name = definition_of(binding), binding.name.encode()
            if node is None or node in found or where == path or not _serves_only(node, binding):
                continue
            if _is_bare(node, name, output(where)) and not any(
                _count(binding.name, output(each)) for each in grep([name]) if each != where
            ):
                found[node] = where
    return found


def _dropped(project: Project, path: str, after: bytes) -> list[tuple[str, Binding]]:
    """The definitions of other files that a file imported by name, and does not any more."""
    file = project.file(path)
    if file is None or after == file.data or file.pack.regions is not None:
        return []
    gone = project.names(path).imported_in(only_in(file.data, after))
    named = [each for each in gone if each.imported is not None and each.imported.imported not in ("*", "default")]
    found = ((each.name, project.origin(path, each)) for each in named)
    inside = [(name, each) for name, each in found if each is not None and each[1].imported is None]
    try:
        names = project.parsed.names(project.parsed.file(path, after, file.pack)) if inside else None
    except TooDeep:
        return []
    return [each for name, each in inside if names is not None and names.top(name) is None]


def _serves_only(node: Node, binding: Binding) -> bool:
    """Whether a definition does nothing but serve those who name it: nothing marks it, it is no class, which others may
    find, and no effect is lost with its value."""
    statement, name = statement_of(node), binding.definitions[0]
    is_top = binding.scope is node.file.root and len(binding.definitions) == 1 and not binding.writes
    if not is_top or _is_marked(statement, name):
        return False
    if node.shape in ("function", "type-definition"):
        return node.role("name") is name
    value = initializer(binding)
    return node.shape in ("declarator", "assign") and value is not None and is_pure(value, lambda _: False)


def _is_marked(statement: Node, name: Node) -> bool:
    """Whether something that stands before the name of a definition marks it."""
    return any(part.shape == "decorator" and part.start < name.start for part in statement.walk())


def _is_bare(node: Node, name: bytes, data: bytes) -> bool:
    """Whether a file, as it is by now, has a name nowhere but in its definition and the comments above that."""
    statement = statement_of(node)
    for part in (statement, *leading_comments(statement)):
        text = part.file.data[part.start : part.end]
        if text not in data:
            return False
        data = data.replace(text, b"", 1)
    return _count(name.decode(), data) == 0
