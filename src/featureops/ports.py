"""What the use cases need of the outside world. Nothing concrete, nothing but values in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from featureops.core.commits import PastCommit
from featureops.core.flagsearch import FlagPage, FlagQuery
from featureops.core.model import (
    ChangedFile,
    ChangeRequest,
    ContextField,
    Event,
    Flag,
    FlagChange,
    FlagType,
    Json,
    Naming,
    Plan,
    Segment,
    Strategy,
)

__all__ = [
    "AuditLog",
    "Change",
    "ChangeSource",
    "Clock",
    "FlagBackend",
    "FlagHistory",
    "Hit",
    "Journal",
    "Progress",
    "Runner",
    "ScanIndex",
    "SharedParts",
    "Snapshot",
    "Tree",
    "Workspace",
]


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a workspace at one moment, sorted. `keys` tell whether a file's content changed: equal keys, equal
    content. `fingerprint` stands for all of them. `skipped` maps what is no file to read to the reason."""

    files: tuple[str, ...]
    keys: Mapping[str, str]
    fingerprint: str
    skipped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A file that holds a needle: its content and the sorted offsets where a needle starts. With a `reason` it
    could not be searched."""

    path: str
    data: bytes = b""
    offsets: tuple[int, ...] = ()
    reason: str = ""


class Clock(Protocol):
    def __call__(self) -> float:
        """Seconds since the epoch."""
        ...


class Snapshot(Protocol):
    """The files of a workspace as one run sees them: each is read once, and the list is made once."""

    def files(self) -> Sequence[str]:
        """As `Workspace.files`."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content; None where `Workspace.read` has an error."""
        ...

    def find(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        """As `Workspace.grep`."""
        ...


class Workspace(Protocol):
    """The files under one root. Never leaves it: `..`, absolute paths and symbolic links that point outside raise
    OutsideWorkspace."""

    @property
    def root(self) -> str: ...

    def tree(self) -> Tree:
        """`files()` with what is needed to tell later whether anything changed."""
        ...

    def scan(self, wanted: Mapping[str, Sequence[bytes]]) -> Iterator[Hit]:
        """Of the given paths those that hold any of the byte strings that are looked for in them, those in which
        nothing is looked for, and those that can't be read: folder by folder, in the order in which the folders come.
        """
        ...

    def files(self) -> Sequence[str]:
        """Tracked and untracked files that are not ignored, sorted; outside a git repository every file but hidden and
        vendored folders. Names that are not UTF-8 carry surrogates (os.fsdecode)."""
        ...

    def read(self, path: str) -> bytes:
        """The content. Errors: BadArgument (no such file, a folder, a device), OutsideWorkspace."""
        ...

    def snapshot(self) -> Snapshot:
        """The files as they are from now on, for one run."""
        ...

    def size(self, path: str) -> int | None:
        """Bytes of a regular file inside the root (symbolic links inside the root are followed); None otherwise."""
        ...

    def grep(self, needles: Sequence[bytes]) -> Mapping[str, tuple[int, ...]]:
        """Which files hold any of the literal byte strings, with the offsets where a needle starts. Binary files and
        files over the size limit are left out; `skipped` tells them."""
        ...

    @property
    def skipped(self) -> Mapping[str, str]:
        """Files that the last scan passed over, each with the reason."""
        ...


class ScanIndex(Protocol):
    """What earlier scans of this root found. It is computed again when it is lost: nothing here raises."""

    def load(self, topic: str) -> Json:
        """What was kept under the topic by the same version with the same configuration; None if there is none."""
        ...

    def keep(self, topics: Mapping[str, Json]) -> None:
        """Keep the values, all together or none of them."""
        ...


class Progress(Protocol):
    def __call__(self, done: int, total: int, /) -> None:
        """`done` of `total` files were searched."""
        ...


class ChangeSource(Protocol):
    """The version control's view of the working tree."""

    def is_repository(self) -> bool: ...

    def changes(self, base: str | None = None, staged: bool = False) -> Sequence[ChangedFile]:
        """What the working tree (or the index, when staged) changes against `base` (default HEAD), untracked files
        included, sorted by path. Errors: BadArgument (no repository, no such ref)."""
        ...

    def branch(self) -> str | None: ...

    def is_merging(self) -> bool:
        """Whether a merge is begun and not committed: what differs from HEAD is the other side's work as well."""
        ...

    def fork_point(self) -> str | None:
        """The commit at which the checked-out branch left the default branch; None on that branch, outside a
        repository and where it can't be told (a shallow clone)."""
        ...

    def past(self, base: str | None = None) -> Sequence[PastCommit]:
        """The latest commits up to `base` (default HEAD), newest first, merges left out, at most
        `assess.past.LOOKED_BACK`; empty outside a repository."""
        ...

    def recent(self) -> Mapping[str, int]:
        """The files that lately changed, with how many whole days before the newest commit; empty outside a
        repository."""
        ...


class Change(Protocol):
    """An applied plan, as the journal remembers it."""

    @property
    def change_id(self) -> str: ...
    @property
    def plan_id(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def root(self) -> str: ...
    @property
    def created_at(self) -> float: ...
    @property
    def state(self) -> Literal["started", "applied", "undone"]: ...
    @property
    def paths(self) -> tuple[str, ...]: ...


class Journal(Protocol):
    """Plans and what became of them, in the user's state folder. Applying is all or nothing."""

    def save(self, plan: Plan) -> None: ...

    def load(self, plan_id: str) -> Plan:
        """Errors: BadArgument (no such plan; the hint lists the latest)."""
        ...

    def apply(self, plan: Plan) -> Change:
        """Check every hash, stage, write the entry, rename. Errors: MovedOn, Unwritable, OutsideWorkspace; nothing is
        written then."""
        ...

    def undo(self, change_id: str | None = None) -> Change:
        """Restore byte for byte the given or the latest applied change of this root. Errors: MovedOn, BadArgument."""
        ...

    def recover(self) -> Sequence[str]:
        """Finish or take back what a crash left half done; a sentence for each."""
        ...

    def history(self, limit: int = 20) -> Sequence[Change]: ...


class AuditLog(Protocol):
    """What was asked of the backend and what became of it, for people to read later."""

    def append(self, entry: Mapping[str, Json]) -> None:
        """Errors: Unwritable."""
        ...


class FlagHistory(Protocol):
    """The writes to the backend that were made from this root, to be taken back. Errors of all: Unwritable."""

    def add(self, change: FlagChange) -> FlagChange:
        """Keep it; the change with its id."""
        ...

    def undone(self, change_id: str) -> None:
        """It was taken back."""
        ...

    def latest(self, limit: int = 200) -> Sequence[FlagChange]:
        """The latest first."""
        ...


class Runner(Protocol):
    """Runs a command of the project, such as its tests."""

    async def run(self, command: str, folder: str, seconds: float) -> tuple[int, str]:
        """(exit code, the last of its output). A command that can't be started or does not end within so many seconds
        has a code other than 0. Whoever cancels it ends the command with everything that it started."""
        ...


class SharedParts(Protocol):
    """What all flags of a backend share, beyond what `FlagBackend` reads. Errors of all: as `FlagBackend`."""

    async def tag_types(self) -> Collection[str]: ...
    async def strategy_types(self) -> Collection[str]: ...
    async def add_segment(self, segment: Segment) -> Segment:
        """The segment with the id that it got."""
        ...

    async def add_context_field(self, field: ContextField) -> None: ...
    async def add_tag_type(self, name: str) -> None: ...


class FlagBackend(Protocol):
    """Unleash's model of flags. Reads and writes; who may write is decided in `app.gate`, not here.

    Errors: UnknownFlag (with the nearest names as a hint), BadArgument (environment, project, strategy, weights),
    Conflict (name taken), Unreachable.
    """

    @property
    def kind(self) -> str: ...

    def link(self, project: str, flag: str) -> Mapping[str, str]:
        """`ui` and `api` addresses of a flag."""
        ...

    async def projects(self) -> Sequence[Mapping[str, Json]]: ...
    async def environments(self) -> Sequence[str]: ...
    async def flags(self, project: str | None = None, archived: bool = False) -> Sequence[Flag]:
        """With their strategies, but maybe without links and dependencies."""
        ...

    async def flag(self, name: str, project: str | None = None) -> Flag: ...
    async def search(self, query: FlagQuery) -> FlagPage:
        """The flags of a project that fit, by name. Errors also: BadArgument (no such project or segment)."""
        ...

    async def segments(self) -> Sequence[Segment]: ...
    async def context_fields(self) -> Sequence[ContextField]: ...
    async def naming(self, project: str) -> Naming | None:
        """How the project wants its flags to be called; None: as one likes."""
        ...

    async def check(self, before: Flag | None, planned: Flag) -> None:
        """Whether the backend would make one of the other now, as far as it says so beforehand; reads at most.

        Errors: Denied (maintenance), BadArgument (more than it has room for)."""
        ...

    async def request_change(self, before: Flag, planned: Flag, environment: str | None) -> ChangeRequest | None:
        """Where the backend takes this change by request only: ask for it, once. None where it can be written; nothing
        was asked for then. Errors also: BadArgument (a change that is only partly one for a request)."""
        ...

    async def create(
        self, name: str, project: str, type: FlagType, description: str, impression_data: bool, by: str
    ) -> Flag: ...
    async def update(self, before: Flag, planned: Flag, by: str) -> Flag:
        """Write what differs in type, description, stale, impression data, tags, links and dependencies, and nothing
        else. A link that is to stay has its id. Errors also: MovedOn (the flag is not `before` any more)."""
        ...

    async def set_enabled(self, name: str, project: str, environment: str, enabled: bool, by: str) -> Flag:
        """Enabling an environment without an enabled strategy adds flexibleRollout 100 %, as Unleash does."""
        ...

    async def put_strategy(self, name: str, project: str, environment: str, strategy: Strategy, by: str) -> Flag:
        """Add (empty id) or replace (id of a strategy that is there) one strategy."""
        ...

    async def remove_strategy(self, name: str, project: str, environment: str, strategy_id: str, by: str) -> Flag:
        """Removing the last enabled strategy turns the environment off, as Unleash does."""
        ...

    async def archive(self, name: str, project: str, by: str) -> Flag: ...
    async def revive(self, name: str, project: str, by: str) -> Flag: ...
    async def events(self, flag: str | None = None, limit: int = 50) -> Sequence[Event]: ...
    async def evaluate(
        self, asked: Sequence[tuple[Flag, str]], contexts: Sequence[Mapping[str, str]]
    ) -> Sequence[Sequence[bool]]:
        """On or off for each flag in its environment and each context, of flags as they are or as they would be:
        nothing is written. The segments and parents that they refer to are read once."""
        ...

    async def close(self) -> None: ...
