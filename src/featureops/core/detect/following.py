"""From a place that gives a key away to what is asked there: the function that is called, learned if it is a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from featureops.core.detect.needles import called_places
from featureops.core.detect.wrappers import method_of, names_at
from featureops.core.given import called_name
from featureops.core.instances import classes_of
from featureops.core.learning import learn
from featureops.core.project import Project
from featureops.core.reads import find_reads
from featureops.core.syntax import Node

__all__ = ["follow_call", "follow_places", "learn_all", "learn_callers", "places_of"]

_DEPTH = 5
_CLIMB = 6


def follow_places(project: Project, path: str, offsets: Iterable[int]) -> bool:
    """Follow the calls that get what stands at the offsets as an argument; whether anything was learned."""
    file = project.file(path)
    if file is None:
        return False
    calls = dict.fromkeys(call for offset in offsets if (call := _call_with(file.node_at(offset))) is not None)
    learned = [follow_call(project, path, call) for call in calls]
    return any(learned)


def learn_callers(
    project: Project, grep: Callable[[Sequence[bytes]], Iterable[str]], text: Callable[[str], bytes | None]
) -> list[str]:
    """Learn what passes on to the readers that are known whichever flag it is given itself, to any depth. The files
    that call a reader by a key that is not written at the place.
    """
    done: set[str] = set()
    places: dict[str, list[int] | None] = {}
    count = -1
    while count != len(project.readers):
        count = len(project.readers)
        names = {reader.name for reader in project.readers} - done
        done |= names
        for path in grep([name.encode() for name in sorted(names)]) if names else ():
            data = text(path) if project.packs.reading(path) is not None else None
            wanted = [name.encode() for name in done]
            near = called_places(data, places_of(data, wanted), done, written=False) if data is not None else []
            if near != []:
                places[path] = near
        for path, near in places.items():
            learn_all(project, path, near)
    return sorted(places)


def places_of(data: bytes, needles: Iterable[bytes]) -> list[int]:
    """The offsets at which any of the byte strings starts."""
    wanted = b"|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    return [found.start() for found in re.finditer(wanted, data)] if wanted else []


def _call_with(node: Node) -> Node | None:
    """The call that has a node among its arguments."""
    for _ in range(_CLIMB):
        parent = node.parent
        if parent is None:
            return None
        if node.shape == "arguments":
            return parent if parent.shape == "call" else None
        node = parent
    return None


def follow_call(project: Project, path: str, call: Node, depth: int = 0) -> bool:
    """Learn the function that a call runs, where it asks for a flag that it is given; whether it is new."""
    if depth > _DEPTH:
        return False
    learned = [_learn_function(project, *place, depth) for place in _called(project, path, call)]
    return any(learned)


def _called(project: Project, path: str, call: Node) -> Iterator[tuple[str, Node]]:
    """The functions of the repository that a call may run, with their files."""
    callee, name = call.role("function"), called_name(call)
    if callee is None or name is None:
        return
    meant = names_at(project, path, name)
    if isinstance(meant, Node):
        yield meant.file.path, meant
        return
    owner = callee.role("object")
    for where, holder in classes_of(project, path, owner) if owner is not None else ():
        method = method_of(project, holder, name.text)
        if method is not None:
            yield where, method


def _learn_function(project: Project, path: str, function: Node, depth: int) -> bool:
    if function in project.readers:
        return False
    inside = [node for node in function.walk() if node.shape == "call"]
    found = learn_all(project, path, [node.start for node in inside])
    if found or depth >= _DEPTH:
        return found
    deeper = [follow_call(project, path, node, depth + 1) for node in inside]
    return any(deeper) and learn_all(project, path, [node.start for node in inside])


def learn_all(project: Project, path: str, near: Iterable[int] | None = None) -> bool:
    """Learn from the reads of a file, or of those at some offsets; whether anything was."""
    learned = [learn(project, path, read) for read in find_reads(project, path, near)]
    return any(reader is not None for reader in learned)
