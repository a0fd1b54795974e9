"""Frozen values that every layer shares. Standard library only.

Paths are POSIX, relative to the workspace root. Offsets are bytes; lines and columns count from 1 and columns count
bytes. Times are seconds since the epoch, UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "ChangeRequest",
    "ChangedFile",
    "Constraint",
    "ContextField",
    "Dependency",
    "Edit",
    "EnvironmentState",
    "Event",
    "FileEdit",
    "Flag",
    "FlagChange",
    "FlagType",
    "Json",
    "Leftover",
    "Link",
    "Naming",
    "Payload",
    "Plan",
    "Refused",
    "Rewritten",
    "Segment",
    "Span",
    "Strategy",
    "Tag",
    "Unchanged",
    "Usage",
    "Variant",
]

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
FlagType = Literal["release", "experiment", "operational", "kill-switch", "permission", "sunset"]


# ---------------------------------------------------------------- code


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` in the place of `span` of the original file."""

    span: Span
    text: bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """One place that uses a flag; the fields of design section 3.2. `inverted`: it is true when the flag is off."""

    flag: str
    path: str
    line: int
    column: int
    end_line: int
    language: str
    sdk: str
    kind: Literal["read", "definition", "wrapper", "test", "mention"]
    resolution: Literal["literal", "constant", "enum", "wrapper", "key-builder", "unproven"]
    shape: str
    text: str
    span: Span
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that a verb left in place on purpose, and why. `line` counts from 1; 0 is the whole file."""

    path: str
    line: int
    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """The whole content of a file before and after; None is "no such file"."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Rewritten:
    edits: tuple[Edit, ...]
    leftovers: tuple[Leftover, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str
    path: str
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs between a base and the working tree. Contents are None where that side has no file, and for
    files that are not read (`skipped` then says why: binary, too large, symbolic link, submodule)."""

    path: str
    status: Literal["added", "modified", "deleted", "renamed"]
    before: bytes | None
    after: bytes | None
    old_path: str | None = None
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Exact edits, ready to apply. `reads` maps every other path that was read for it to the SHA-256 of its content."""

    plan_id: str
    verb: str
    title: str
    root: str
    created_at: float
    edits: tuple[FileEdit, ...]
    reads: Mapping[str, str] = field(default_factory=dict)
    result: Mapping[str, Json] = field(default_factory=dict)


# ---------------------------------------------------------------- flags (Unleash's model)


@dataclass(frozen=True, slots=True)
class Constraint:
    context_name: str
    operator: str
    values: tuple[str, ...] = ()
    value: str | None = None
    inverted: bool = False
    case_insensitive: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    type: Literal["json", "csv", "string", "number"]
    value: str


@dataclass(frozen=True, slots=True)
class Variant:
    """`weight` is in thousandths; the weights of a strategy's variants sum up to 1000."""

    name: str
    weight: int
    weight_type: Literal["variable", "fix"] = "variable"
    stickiness: str = "default"
    payload: Payload | None = None


@dataclass(frozen=True, slots=True)
class Strategy:
    """`parameters` of flexibleRollout, all strings: rollout "0".."100", stickiness, groupId."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    title: str = ""
    disabled: bool = False
    sort_order: int = 0
    constraints: tuple[Constraint, ...] = ()
    variants: tuple[Variant, ...] = ()
    segments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    name: str
    enabled: bool
    type: str = "development"
    strategies: tuple[Strategy, ...] = ()
    last_seen_at: float | None = None
    yes: int = 0
    no: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where more is to be read: an issue, a pull request. The backend gives the id."""

    url: str
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Dependency:
    """The parent that a flag depends on must be on (or off, when not `enabled`), and give one of the variants if some
    are named."""

    feature: str
    enabled: bool = True
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Constraints under a name, for the strategies of any flag."""

    id: int
    name: str
    description: str = ""
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextField:
    """Something that applications tell of who asks; with `legal_values` nothing else may be compared with it."""

    name: str
    description: str = ""
    stickiness: bool = False
    legal_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Naming:
    """How flags of a project are called: a regular expression for the whole name, and what people say of it."""

    pattern: str
    example: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`version` is another one after every write to the flag: a plan that saw another one is refused. `children` are
    the flags that depend on it, by name. `stage` is where it is in its life, where the backend tells."""

    name: str
    project: str
    type: FlagType
    description: str
    created_at: float
    impression_data: bool = False
    archived: bool = False
    stale: bool = False
    environments: tuple[EnvironmentState, ...] = ()
    version: int = 0
    dependencies: tuple[Dependency, ...] = ()
    children: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    links: tuple[Link, ...] = ()
    stage: str = ""

    @property
    def parents(self) -> tuple[str, ...]:
        """The flags that it depends on, by name."""
        return tuple(each.feature for each in self.dependencies)


@dataclass(frozen=True, slots=True)
class Event:
    """One write to the backend; `before` and `after` hold the changed object as JSON."""

    id: int
    type: str
    flag: str
    environment: str | None
    created_at: float
    created_by: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change that the backend was asked for: people approve and apply it, at `url`. `state` is the backend's word."""

    id: int
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class FlagChange:
    """A write to the backend as it is remembered for taking it back: `before` is the flag as `flag_json` has it (None:
    it was created), `after` the fingerprint of what the write left, `address` the flag's in its backend."""

    change_id: str
    action: str
    flag: str
    project: str
    environment: str | None
    address: str
    created_at: float
    before: dict[str, Json] | None
    after: str
    state: Literal["applied", "undone"] = "applied"
