"""Which flags decide already whether a place is reached: branches, early exits before it, conditional markup, gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from featureops.core.detect.following import follow_call
from featureops.core.detect.wrappers import names_at, only_result
from featureops.core.fold.chains import is_inverted
from featureops.core.given import initializer
from featureops.core.learning import read_through
from featureops.core.model import Span
from featureops.core.project import Project
from featureops.core.reads import Read, find_reads
from featureops.core.syntax import Node

__all__ = ["Guard", "guard_finder", "guards"]

_DEPTH = 8
_LEAVES = frozenset({"return", "raise", "break", "continue"})


@dataclass(frozen=True, slots=True)
class Guard:
    """The place is reached only when the flag is on (`enabled`) or off (`disabled`). `line` is where it is asked."""

    flag: str
    branch: Literal["enabled", "disabled"]
    line: int


def guards(project: Project, path: str, span: Span) -> tuple[Guard, ...]:
    """The guards of a place within its file, innermost first, each flag and branch once.

    Only what must hold is told: a flag that is one of two ways to get there guards nothing.
    """
    return guard_finder(project)(path, span)


def guard_finder(project: Project) -> Callable[[str, Span], tuple[Guard, ...]]:
    """`guards` for many places of one project: the reads of a file are looked for once."""
    walk = _Walk(project)

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
    def __init__(self, project: Project) -> None:
        self.project = project
        self._reads: dict[str, dict[Node, Read]] = {}

    def around(self, place: Node, start: int) -> Iterator[Guard]:
        if place.shape == "block":
            yield from self._left_before(place, start)
        node = place
        while (parent := node.parent) is not None:
            yield from self._branch(parent, node)
            yield from self._gated(parent, node)
            if parent.shape == "block":
                yield from self._left_before(parent, node.start)
            node = parent

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
        reads = self.reads(parent.file.path)
        for item in parent.items:
            read = reads.get(item)
            if read is not None and item is not node and read.value in ("decorator", "entry"):
                yield from _told(read, truth=True)
        read = reads.get(parent)
        if read is not None and read.value == "component":
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
            self._reads[path] = {
                read.node: read for read in find_reads(self.project, path) if read.proof != "unproven" and read.flag
            }
        return self._reads[path]


def _told(read: Read, truth: bool) -> Iterator[Guard]:
    if read.flag is not None:
        on = truth == (read.when == "enabled")
        yield Guard(read.flag, "enabled" if on else "disabled", read.node.file.line_of(read.node.start))


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
