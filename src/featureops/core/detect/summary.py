"""The inventory: every flag that the code asks for, by its reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from featureops.core.detect.places import clean, is_test_path
from featureops.core.learning import reader_of
from featureops.core.project import Project
from featureops.core.reads import Read, find_reads

__all__ = ["FlagInCode", "Inventory", "PlaceInCode", "most_called", "read_file", "take_inventory"]

_CALLED = re.compile(r"(?:\.|->|::)(\w+[?!]?)\(")


@dataclass(frozen=True, slots=True)
class PlaceInCode:
    """One read. `names` are the names of the functions and classes around it, innermost first; `at` is the offset
    where it begins, `line` that of the name of what is called. `asker` is the house's own function that asks here for
    whichever flag it is given.
    """

    path: str
    line: int
    text: str
    language: str
    sdk: str
    is_test: bool
    names: tuple[str, ...]
    flag: str | None = None
    reason: str = ""
    proven: bool = True
    at: int = 0
    asker: str = ""

    @property
    def where(self) -> str:
        """As path:line."""
        return f"{self.path}:{self.line}"


@dataclass(slots=True)
class FlagInCode:
    name: str
    places: list[PlaceInCode] = field(default_factory=list)


@dataclass(slots=True)
class Inventory:
    """`flags` by name; `dynamic` reads whose key is made at run time; `unproven` calls that only look like reads;
    `doubtful` those of them whose key is made at run time.
    """

    flags: dict[str, FlagInCode] = field(default_factory=dict)
    dynamic: list[PlaceInCode] = field(default_factory=list)
    unproven: list[PlaceInCode] = field(default_factory=list)
    doubtful: list[PlaceInCode] = field(default_factory=list)


def read_file(project: Project, path: str, near: Sequence[int] | None, *, through: bool = False) -> list[PlaceInCode]:
    """The reads of a file around the given offsets (None: everywhere); see `needles.Asking.places`. `through`: only
    those by way of the house's own functions, as far as the project learned them.
    """
    found = [read for read in find_reads(project, path, near) if read.through is not None or not through]
    return [_place(project, path, read) for read in found if not _says_nothing(read)]


def _says_nothing(read: Read) -> bool:
    """Whether a call is of a function of the house by no more than its name, and for no flag that is known."""
    return read.through is not None and read.proof == "unproven" and read.flag is None


def take_inventory(places: Iterable[PlaceInCode]) -> Inventory:
    """The reads of all files by flag; `places` sorted by path."""
    inventory = Inventory()
    for place in places:
        if not place.proven:
            (inventory.doubtful if place.flag is None else inventory.unproven).append(place)
        elif place.flag is None:
            inventory.dynamic.append(place)
        else:
            inventory.flags.setdefault(place.flag, FlagInCode(place.flag)).places.append(place)
    inventory.flags = dict(sorted(inventory.flags.items()))
    return inventory


def most_called(places: Iterable[PlaceInCode]) -> str:
    """The method that most of the places call; empty where none is called with parentheses."""
    counted = Counter(name for place in places for name in set(_CALLED.findall(place.text)))
    return max(counted, key=lambda name: (counted[name], name), default="")


def _place(project: Project, path: str, read: Read) -> PlaceInCode:
    node = read.node
    reader = reader_of(project, path, read)
    asker = reader.name if reader is not None else ""
    return PlaceInCode(
        path=path,
        line=node.file.line_of(read.shown),
        text=clean(node.file.line_text(read.shown)),
        language=node.file.pack.id,
        sdk=read.sdk,
        is_test=is_test_path(node.file.pack, path),
        names=tuple(_names_around(read)),
        flag=read.flag,
        reason="" if read.flag is not None else _why(read, asker),
        proven=read.proof != "unproven",
        at=node.start,
        asker=asker,
    )


def _why(read: Read, asker: str) -> str:
    key = clean(read.key.text) if read.key is not None else ""
    if asker:
        return f"the key {key} is what {clean(asker)} is given: its calls are listed as reads"
    return f"the key {key} is made at run time" if key else "the key is made at run time"


def _names_around(read: Read) -> Iterable[str]:
    for outer in read.node.ancestors():
        if outer.shape not in ("function", "class", "declarator"):
            continue
        name = outer.role("name")
        if name is not None and len(name.text) <= 80:
            yield name.text
