"""Values that the parts of wrapping hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from featureops.core.model import Edit
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["Ask", "Hunk", "Need", "No", "Pair", "Shape", "Stays"]

Shape = Literal["auto", "branch", "functions"]
"""How a whole replaced body is written: in one branch, or as two functions that the flag chooses between."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """What became of one change. Lines are those of the new file, from 1; `form` is empty unless it was wrapped.
    `statement` tells changes of code that runs from those of declarations and of whole files."""

    path: str
    start_line: int
    end_line: int
    outcome: Literal["wrapped", "left", "refused"]
    form: str
    reason: str
    statement: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A name that a file must import: `statement` is the whole import on its own, `before` are the names that stood
    behind it in the statement that it comes from."""

    name: str
    module: str
    imported: str
    statement: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """How to ask for the flag at one place. With `host`, a function, the answer is bound to a variable at its top.
    `client` is the path of the file that makes the client, where that has to be there first; `edits` are what else this
    file needs, `keys` is the file that lists the key. A `note` says what is unusual about it. With
    a host `late` is what is asked of the variable where it is used."""

    condition: str
    place: str
    needs: tuple[Need, ...] = ()
    host: Node | None = None
    client: str = ""
    edits: tuple[Edit, ...] = ()
    keys: str = ""
    package: str = ""
    setup: str = ""
    note: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class No:
    """A sentence that says why not, and what to do instead. With `inside` the code within may be wrapped even so."""

    reason: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Stays:
    """Left outside every branch, and why."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The two sides of a changed file."""

    old: SourceFile
    new: SourceFile
    old_names: Names
    new_names: Names

    @property
    def path(self) -> str:
        return self.new.path
