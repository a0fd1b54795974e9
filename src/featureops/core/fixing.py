"""What a flag is fixed at, and what that makes of each place that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from featureops.core.asked import Read
from featureops.core.fold.values import Known, Record, Scalar
from featureops.core.model import Json
from featureops.core.pack import VariantForm

__all__ = ["Fixing"]

_HOUSE: Final = "house"
_NOT_ON: Final = "whether the flag is on does not follow from having no variant"


@dataclass(frozen=True, slots=True)
class Fixing:
    """A flag that stays on or off (`keep`), gives the variant of a name, or gives a JSON value (`has_value`)."""

    keep: bool = True
    variant: str | None = None
    value: Json = None
    has_value: bool = False

    def of(self, read: Read) -> Known | None:
        """What a read gives; None where fixing the flag does not fix that."""
        if read.proof == "unproven" or not read.is_exact:
            return None
        if read.value == "gate":
            return self.shows(read)
        if read.value == "details":
            return self._details(read)
        if self.has_value:
            return self._valued(read)
        if read.value == "variant":
            return self._variant(read) if self.variant is not None else None
        if read.value != "boolean" or (self.variant is not None and self.variant == _form(read).none):
            return None
        return self.keep is (read.when == "enabled")

    def shows(self, read: Read) -> bool | None:
        """Whether a gate lets through what it holds; None where what the flag is fixed at does not tell."""
        if self.has_value and not isinstance(self.value, bool):
            return None
        if self.variant is not None and self.variant == _form(read).none:
            return None
        return self.keep is (read.when == "enabled")

    @property
    def is_switch(self) -> bool:
        """Whether that is on or off and no more."""
        return self.variant is None and (not self.has_value or isinstance(self.value, bool))

    def clash(self, read: Read) -> str | None:
        """Why what the flag is fixed at is not for a read, where that is the reason."""
        if self.has_value and read.value in ("boolean", "string", "number", "object"):
            return f"it is read as {_named(read.value)}: {self.kind} is not one"
        return _NOT_ON if self.variant is not None and read.value == "boolean" else None

    @property
    def kind(self) -> str:
        """What sort of JSON value the flag is fixed at."""
        if isinstance(self.value, bool):
            return _named("boolean")
        if isinstance(self.value, str):
            return _named("string")
        return _named("number" if isinstance(self.value, int | float) else "object")

    def _valued(self, read: Read) -> Known | None:
        value, wanted = self.value, read.value
        if isinstance(value, bool):
            return (value is (read.when == "enabled")) if wanted == "boolean" else None
        # What the house declares as its own way of asking may give anything.
        is_any = read.sdk == _HOUSE and wanted == "boolean"
        if isinstance(value, str):
            return Scalar(value, _quote(read), read.spelt) if is_any or wanted == "string" else None
        if isinstance(value, int | float):
            return Scalar(value, spelt=read.spelt) if is_any or wanted == "number" else None
        return _record(value, _quote(read)) if is_any or wanted == "object" else None

    def _details(self, read: Read) -> Known | None:
        """What holds the value in a member, and the name of the variant in another."""
        inner = self.of(replace(read, value=read.within)) if read.pinned and self.variant is None else None
        names = _form(read).name if read.pinned else ()
        members: list[tuple[str, Known]] = [(label, inner) for label in read.pinned if inner is not None]
        if self.variant is not None:
            members += [(label, Scalar(self.variant, _quote(read))) for label in names]
        return Record(tuple(members)) if members else None

    def _variant(self, read: Read) -> Known | None:
        form, name = _form(read), self.variant
        if name is None or not form.name:
            return None
        is_none = name == form.none
        members: list[tuple[str, Known]] = [(label, Scalar(name, _quote(read))) for label in form.name]
        members += [(label, not is_none) for label in form.enabled]
        members += [(label, True) for label in form.feature if not is_none]
        return Record(tuple(members))


def _named(kind: str) -> str:
    return f"{'an' if kind == 'object' else 'a'} {kind}"


def _form(read: Read) -> VariantForm:
    """What the SDK that is asked gives for a variant."""
    return next((sdk.variant for sdk in read.node.file.pack.sdks if sdk.id == read.sdk), VariantForm())


def _record(value: Json, quote: str) -> Known | None:
    """An object with the members that can be put in for it."""
    if not isinstance(value, dict):
        return Record(is_entries=True)
    return Record(tuple(_members(value, quote)), is_entries=True)


def _members(value: dict[str, Json], quote: str) -> Iterator[tuple[str, Known]]:
    for name, inner in value.items():
        if isinstance(inner, bool):
            yield name, inner
        elif isinstance(inner, str | int | float):
            yield name, Scalar(inner, quote)
        elif isinstance(inner, dict):
            yield name, Record(tuple(_members(inner, quote)), is_entries=True)


def _quote(read: Read) -> str:
    """How texts are quoted where the flag is asked for: as the last text that the call is given."""
    arguments = read.call.role("arguments") if read.call.shape == "call" else None
    texts = [part for part in (arguments.walk() if arguments is not None else ()) if part.shape == "string"]
    return texts[-1].text[-1] if texts else read.node.file.pack.text.quotes[0]
