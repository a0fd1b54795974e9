"""From a place that gives a key away to what is asked there: the function that is called, learned if it is a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from featureops.core.detect.needles import called_places, places_of
from featureops.core.detect.sifting import Spread, in_turn
from featureops.core.detect.wrappers import method_of, names_at
from featureops.core.given import called_name
from featureops.core.instances import classes_of
from featureops.core.learning import learn
from featureops.core.project import Project
from featureops.core.reads import find_reads
from featureops.core.syntax import Node

__all__ = ["follow_call", "learn_all", "learn_callers"]

_DEPTH = 5


def learn_callers(
    project: Project,
    grep: Callable[[Sequence[bytes]], Iterable[str]],
    text: Callable[[str], bytes | None],
    spread: Spread = in_turn,
) -> list[str]:
    """Learn what passes on to the readers that are known whichever flag it is given itself, to any depth. The files
    that call a reader by a key that is not written at the place.
    """
    holding: dict[str, set[str]] = {}
    places: dict[str, list[int] | None] = {}
    seen: set[Node] = set()
    while fresh := [reader for reader in project.readers if reader.function not in seen]:
        seen.update(reader.function for reader in fresh)
        new = sorted({reader.name for reader in fresh} - holding.keys())
        holding |= {name: set[str]() for name in new}
        for path in grep([name.encode() for name in new]) if new else ():
            data = text(path) if project.packs.reading(path) is not None else None
            wanted = [name.encode() for name in holding]
            near = called_places(data, places_of(data, wanted), holding, written=False) if data is not None else []
            if data is not None and near != []:
                places[path] = near
                for name in new:
                    holding[name].update([path] if name.encode() in data else [])
        asked = sorted({path for reader in fresh for path in holding[reader.name]})
        for path in spread(lambda path: learn_all(project, path, places[path]) or None, asked):
            learn_all(project, path, places[path])
    return sorted(places)


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
    readers, before = len(project.readers), project.tried.get(function)
    # A call of itself, and a second try from as deep or deeper while nothing was learned, says nothing new.
    if function in project.readers or (before is not None and before[0] == readers and before[1] <= depth):
        return False
    project.tried[function] = readers, depth
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
