"""Which flags decide already whether a place is reached: branches, early exits before it, conditional markup, gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from featureops.core.asked import Read, uses_of
from featureops.core.detect.following import follow_call
from featureops.core.detect.needles import called_places, places_of
from featureops.core.detect.wrappers import names_at, only_result
from featureops.core.fold.chains import is_inverted
from featureops.core.given import initializer
from featureops.core.learning import read_through
from featureops.core.model import Span
from featureops.core.project import Project
from featureops.core.reads import find_reads
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["Guard", "guard_finder", "guards"]

_DEPTH = 8
_CALLERS = 3
_CALLS = 20
_LEAVES = frozenset({"return", "raise", "break", "continue"})


@dataclass(frozen=True, slots=True)
class Guard:
    """The place is reached only when the flag is on (`enabled`) or off (`disabled`). `line` is where it is asked.

    `through` says when it is not the place itself that is guarded but every call of the function around it.
    """

    flag: str
    branch: Literal["enabled", "disabled"]
    line: int
    through: Literal["", "callers"] = ""


def guards(project: Project, path: str, span: Span) -> tuple[Guard, ...]:
    """The guards of a place within its file, innermost first, each flag and branch once.

    Only what must hold is told: a flag that is one of two ways to get there guards nothing.
    """
    return guard_finder(project)(path, span)


def guard_finder(
    project: Project, used_elsewhere: Callable[[str, str], bool] | None = None
) -> Callable[[str, Span], tuple[Guard, ...]]:
    """`guards` for many places of one project: the reads of a file are looked for once.

    `used_elsewhere` tells whether a file other than the given one may use a name: with it, callers are followed.
    """
    walk = _Walk(project, used_elsewhere)

    def find(path: str, span: Span) -> tuple[Guard, ...]:
        file = project.file(path)
        if file is None:
            return ()
        start, end = _trimmed(file.data, span)
        found: dict[tuple[str, str], Guard] = {}
        for guard in walk.around(file.node_at(start, end), start):
            found.setdefault((guard.flag, guard.branch), guard)
        return tuple(found.values())

    return find


def _trimmed(data: bytes, span: Span) -> tuple[int, int]:
    """The span without the white space at its ends, which belongs to no statement."""
    text = data[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    return start, max(start + 1, span.start + len(text.rstrip()))


class _Walk:
    def __init__(self, project: Project, used_elsewhere: Callable[[str, str], bool] | None) -> None:
        self.project = project
        self._used_elsewhere = used_elsewhere
        self._reads: dict[str, dict[Node, Read]] = {}
        self._gates: dict[str, list[Read]] = {}

    def around(self, place: Node, start: int, depth: int = 0) -> Iterator[Guard]:
        if place.shape == "block":
            yield from self._left_before(place, start)
        node = place
        while (parent := node.parent) is not None:
            yield from self._branch(parent, node)
            yield from self._gated(parent, node)
            if parent.shape == "block":
                yield from self._left_before(parent, node.start)
            if parent.shape in ("function", "lambda") and self._used_elsewhere is not None and depth < _CALLERS:
                yield from self._called_only_behind(parent, depth)
            node = parent

    def _called_only_behind(self, function: Node, depth: int) -> Iterator[Guard]:
        """What guards every call of a function that only its own file can call."""
        path = function.file.path
        binding = _named_function(function, self.project.names(path))
        if binding is None or not binding.is_single or self._used_elsewhere is None or _is_handed_out(function):
            return
        uses = [use for use in binding.uses if function not in use.ancestors()]
        calls = [use.parent for use in uses if use.parent is not None and use.parent.role("function") is use]
        if not 0 < len(calls) <= _CALLS or len(calls) != len(uses) or any(call.shape != "call" for call in calls):
            return
        if self._used_elsewhere(path, binding.name):
            return
        ways = [list(self.around(call, call.start, depth + 1)) for call in calls]
        shared = set.intersection(*({(guard.flag, guard.branch) for guard in way} for way in ways))
        for guard in ways[0]:
            if (guard.flag, guard.branch) in shared:
                yield replace(guard, through="callers")

    # -------------------------------------------------------------- constructs

    def _branch(self, parent: Node, node: Node) -> Iterator[Guard]:
        """`node` is a part of a construct that chooses."""
        shape = parent.shape
        if shape in ("and", "or"):
            left = parent.role("left")
            if left is not None and node is parent.role("right"):
                yield from self.known(left, shape == "and")
            return
        if shape not in ("if", "elif", "conditional", "while"):
            return
        condition = parent.role("condition")
        if condition is None or node is condition:
            return
        if node is parent.role("then") or node is parent.role("body"):
            yield from self.known(condition, truth=not is_inverted(parent))
            return
        for other in parent.roles("else"):
            if other is node:
                yield from self.known(condition, truth=is_inverted(parent))
                return
            earlier = other.role("condition") if other.shape == "elif" else None
            if earlier is not None:
                yield from self.known(earlier, truth=False)

    def _left_before(self, block: Node, start: int) -> Iterator[Guard]:
        """Earlier statements of the block that leave it: `if not flag: return`."""
        for statement in block.items:
            if statement.end > start:
                return
            condition = statement.role("condition") if statement.shape == "if" else None
            if condition is None:
                continue
            then, others = statement.role("then"), statement.roles("else")
            if then is not None and _leaves(then):
                if all(other.shape != "elif" for other in others):
                    yield from self.known(condition, truth=is_inverted(statement))
            elif len(others) == 1 and _leaves(others[0]):
                yield from self.known(condition, truth=not is_inverted(statement))

    def _gated(self, parent: Node, node: Node) -> Iterator[Guard]:
        """Decorators, gating components and gating entries of an object."""
        self.reads(parent.file.path)
        for read in self._gates[parent.file.path]:
            if read.value == "component":
                if read.node is parent and node is not parent.role("open"):
                    yield from _told(read, truth=True)
            elif read.node.parent is parent and read.node is not node and _sits_on(read, node):
                yield from _told(read, truth=True)

    # -------------------------------------------------------------- conditions

    def known(self, condition: Node, truth: bool, depth: int = 0) -> Iterator[Guard]:
        """What is certain about flags when the condition has the given truth."""
        if depth > _DEPTH:
            return
        read = self.reads(condition.file.path).get(condition)
        if read is not None:
            yield from _told(read, truth) if read.value == "boolean" else ()
            return
        shape = condition.shape
        if shape in ("paren", "cast", "await", "not"):
            inner = condition.role("operand")
            yield from self.known(inner, truth != (shape == "not"), depth) if inner is not None else ()
        elif shape == ("and" if truth else "or"):
            for side in (condition.role("left"), condition.role("right")):
                yield from self.known(side, truth, depth) if side is not None else ()
        elif shape in ("equal", "not-equal"):
            yield from self._compared(condition, truth == (shape == "equal"), depth)
        else:
            yield from self._followed(condition, truth, depth)

    def _compared(self, condition: Node, same: bool, depth: int) -> Iterator[Guard]:
        left, right = condition.role("left"), condition.role("right")
        if left is None or right is None:
            return
        if left.shape in ("true", "false"):
            left, right = right, left
        if right.shape in ("true", "false"):
            yield from self.known(left, same == (right.shape == "true"), depth)

    def _followed(self, node: Node, truth: bool, depth: int) -> Iterator[Guard]:
        """A variable that holds the flag, or a call of a function that gives nothing else."""
        path = node.file.path
        if node.shape == "call":
            follow_call(self.project, path, node)
            read = read_through(self.project, path, node)
            if read is not None and read.value == "boolean" and read.proof != "unproven":
                yield from _told(read, truth)
                return
            callee = node.role("function")
            name = callee.role("property") if callee is not None and callee.shape == "member" else callee
            function = names_at(self.project, path, name) if name is not None else None
            result = only_result(function) if isinstance(function, Node) else None
        elif node.type in node.file.pack.index.identifiers:
            binding = self.project.names(path).of.get(node)
            found = self.project.origin(path, binding) if binding is not None and binding.definitions else None
            result = initializer(found[1]) if found is not None and found[1].is_single else None
        else:
            result = None
        if result is None:
            return
        for guard in self.known(result, truth, depth + 1):
            yield Guard(guard.flag, guard.branch, node.file.line_of(node.start))

    def reads(self, path: str) -> dict[Node, Read]:
        if path not in self._reads:
            near = self._near(path)
            found = [read for read in find_reads(self.project, path, near) if read.proof != "unproven" and read.flag]
            names = self.project.names(path)
            self._reads[path] = {use.node: use for read in found for use in (read, *uses_of(read, names))}
            self._gates[path] = [read for read in found if read.value in ("decorator", "entry", "component")]
        return self._reads[path]

    def _near(self, path: str) -> list[int] | None:
        """The offsets at which a file may ask, told by its bytes; None: look everywhere."""
        project, file = self.project, self.project.file(path)
        if file is None:
            return []
        presence = project.parsed.presence(project.packs, project.config)
        near = presence.asking(file.pack).near(file.data)
        names = {reader.name for reader in project.readers}
        also = called_places(file.data, places_of(file.data, [name.encode() for name in names]), names)
        return [*near, *also] if near is not None and also is not None else None


def _sits_on(read: Read, node: Node) -> bool:
    """Whether a gate of the same parent decides over the node: in a list of members each one has its own decorators."""
    parent = read.node.parent
    if read.value != "decorator" or parent is None or parent.shape not in ("", "block"):
        return True
    between = [item for item in parent.items if read.node.start < item.start < node.start]
    return read.node.start < node.start and all(item.shape == "decorator" for item in between)


def _told(read: Read, truth: bool) -> Iterator[Guard]:
    if read.flag is not None:
        on = truth == (read.when == "enabled")
        yield Guard(read.flag, "enabled" if on else "disabled", read.node.file.line_of(read.node.start))


def _is_handed_out(function: Node) -> bool:
    """Whether something gets hold of the function without its name: a decorator, or a default export."""
    outer = function.parent
    while outer is not None and outer.shape in ("declarator", "declaration", "export", "decorated"):
        if outer.shape == "decorated" or (outer.shape == "export" and outer.has_token("default")):
            return True
        outer = outer.parent
    return False


def _named_function(function: Node, names: Names) -> Binding | None:
    """The one name that a function has: of its definition, or of the variable that it is the value of."""
    name, parent = function.role("name"), function.parent
    if name is None and parent is not None and parent.shape in ("declarator", "assign"):
        name = parent.role("name") or parent.role("left")
    return names.of.get(name) if name is not None else None


def _leaves(node: Node) -> bool:
    """Whether nothing behind the statement is reached."""
    if node.shape == "else":
        body = node.role("body")
        return body is not None and _leaves(body)
    if node.shape == "block":
        return bool(node.items) and _leaves(node.items[-1])
    if node.shape == "if":
        then, others = node.role("then"), node.roles("else")
        ways = [then, *others] if then is not None else []
        return bool(others) and others[-1].shape != "elif" and all(_leaves(_body(way)) for way in ways)
    return node.shape in _LEAVES


def _body(node: Node) -> Node:
    return node.role("then") or node if node.shape == "elif" else node
