"""The type of a name that is declared by what it is given: as far as the value's text, the functions of the folder, or
the language's data tell it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cached_property

from featureops.core.declaring import Declaration
from featureops.core.project import Project
from featureops.core.syntax import Node, SourceFile
from featureops.core.wrap.kinds import Kinds

__all__ = ["Types"]

_MOST_FILES = 60


class Types:
    """Types of names in one file; `side` is its text before or after the change."""

    def __init__(self, project: Project, path: str) -> None:
        self._project = project
        self._path = path
        self._kinds = Kinds(project, path)

    def of(self, declaration: Declaration, at: int) -> str | None:
        """The type of the name at a place of the declaration, as it is written; None if it can't be told."""
        value = declaration.value
        if value is None:
            return None
        rules = value.file.pack.wrap.types
        values = value.items if value.type in rules.several else [value]
        if len(values) == len(declaration.names):
            return self._told(values[at])
        told = self._results(values[0]) if len(values) == 1 else []
        return (told[at] or None) if len(told) == len(declaration.names) else None

    def _told(self, value: Node) -> str | None:
        rules = value.file.pack.wrap.types.values
        for rule in (*rules.get(value.type, ()), *rules.get(value.shape, ())):
            told = self._by_rule(value, rule)
            if told is not None:
                return told
        results = self._results(value)
        return (results[0] or None) if len(results) == 1 else None

    def _by_rule(self, value: Node, rule: str) -> str | None:
        start, _, form = rule.rpartition(" => ")
        if start and not value.text.startswith(start):
            return None
        before, brace, rest = form.partition("{")
        place, _, after = rest.partition("}")
        path, _, typed = place.partition(":")
        if not brace:
            return form
        part = _part(value, path)
        inner = (self._told(part) if typed else part.text) if part is not None else None
        return f"{before}{inner}{after}" if inner else None

    # -------------------------------------------------------------- functions

    def _results(self, call: Node) -> Sequence[str]:
        """What a call gives back."""
        callee = call.role("function") if call.shape == "call" else None
        if callee is None:
            return ()
        known = call.file.pack.wrap.types.results.get(callee.text)
        if known is not None:
            return known
        told = [self._kinds.spelled(kind) for kind in self._kinds.results(self._path, call)]
        if told:
            return [each or "" for each in told]
        name = callee.role("property") if callee.shape == "member" else callee
        if name is None or (callee.shape == "member" and self._is_module(callee)):
            return ()
        found = self._declared.get((name.text, callee.shape == "member"), set())
        return next(iter(found)) if len(found) == 1 else ()

    def _is_module(self, callee: Node) -> bool:
        owner = callee.role("object")
        binding = self._project.names(self._path).lookup(owner.text, callee) if owner is not None else None
        return binding is not None and binding.imported is not None

    @cached_property
    def _declared(self) -> dict[tuple[str, bool], set[tuple[str, ...]]]:
        """The results of the functions of the folder, by name and whether they are methods."""
        folder, ending = posixpath.dirname(self._path), posixpath.splitext(self._path)[1]
        beside = [p for p in self._project.paths if posixpath.dirname(p) == folder and p.endswith(ending)]
        found: dict[tuple[str, bool], set[tuple[str, ...]]] = {}
        for path in sorted(beside)[:_MOST_FILES]:
            file = self._project.file(path)
            for name, is_method, results in _functions(file) if file is not None else ():
                found.setdefault((name, is_method), set()).add(results)
        return found


def _functions(file: SourceFile) -> list[tuple[str, bool, tuple[str, ...]]]:
    found: list[tuple[str, bool, tuple[str, ...]]] = []
    for item in file.root.items:
        name = item.role("name") if item.shape == "function" else None
        if name is not None:
            result = item.role("type")
            found.append((name.text, item.type in file.pack.wrap.types.methods, _listed(result)))
    return found


def _listed(result: Node | None) -> tuple[str, ...]:
    """The types of a result or of a list of results, which may have names."""
    if result is None:
        return ()
    listed = [part for part in result.items if part.shape == "parameter"]
    if not listed:
        return (result.text,)
    found: list[str] = []
    for part in listed:
        kind = part.role("type")
        names = [child for child in part.children if child.named and child != kind]
        found.extend([kind.text if kind is not None else ""] * max(1, len(names)))
    return tuple(found)


def _part(node: Node, path: str) -> Node | None:
    """The child at a path of numbers, such as 1.0: the first of the second's children."""
    found: Node | None = node
    for number in path.split("."):
        parts = [child for child in found.children if child.named] if found is not None else []
        found = parts[int(number)] if int(number) < len(parts) else None
    return found
