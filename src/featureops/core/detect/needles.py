"""Byte strings to look for before anything is parsed: spellings of a flag, and the names of all ways of asking."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.config import Config
from featureops.core.house import name_parts
from featureops.core.pack import Packs

__all__ = ["Asking", "camel", "flag_needles", "is_bare", "spellings"]

_INSIDE = re.compile(rb"[\w$]")
# Behind a name: arguments (also behind `?.`, `!` and type arguments), or a text, symbol or constant without them.
_CALLED = re.compile(rb"[?!]?\s*(?:\?\.\s*|::)?(?:<[^>]{0,300}>)?\s*\(|[?!]?\s+[\"':@A-Z]")
# Behind a name that many things have: arguments, and not none.
_GIVEN = re.compile(rb"\s*\(\s*[^\s)]")
_DOT = ord(".")
_ALIASED = re.compile(rb"\s+as\b")
_LAST_NAME = re.compile(r"[A-Za-z_$][\w$]*(?=[^A-Za-z_$]*$)")


def spellings(flag: str) -> tuple[str, ...]:
    """The flag's name as kebab, snake, UPPER_SNAKE, camel and Pascal case, itself first."""
    parts = [part.lower() for part in name_parts(flag)]
    if not parts:
        return (flag,)
    pascal = "".join(part.capitalize() for part in parts)
    forms = (
        flag,
        "-".join(parts),
        "_".join(parts),
        "_".join(parts).upper(),
        camel(flag),
        pascal,
    )
    return tuple(dict.fromkeys(forms))


def camel(flag: str) -> str:
    """The flag's name in camel case."""
    parts = [part.lower() for part in name_parts(flag)] or [flag]
    return parts[0] + "".join(part.capitalize() for part in parts[1:])


def is_bare(flag: str) -> bool:
    """A name of one plain word, such as `checkout`: it occurs everywhere, so only a quoted one speaks of the flag."""
    return re.fullmatch(r"[a-z]+|[A-Z]?[a-z]+", flag) is not None


def flag_needles(flag: str, config: Config, *, bags: bool = False) -> tuple[bytes, ...]:
    """What a file must hold to speak of the flag: its name, the names that stand for it, and its case variants where a
    house reads flags as members; with `bags`, an SDK does.
    """
    wanted = list(spellings(flag)) if any(read.form == "member" for read in config.reads) else [flag]
    if bags:
        wanted.append(camel(flag))
    wanted.extend(_last_name(alias) for alias in config.aliases.get(flag, ()))
    wanted.extend(_last_name(read.target) for read in config.reads if read.name == flag)
    return tuple(dict.fromkeys(name.encode() for name in wanted if name))


class Asking:
    """The names of all ways of asking for a flag. `needles` is what a file must hold one of."""

    def __init__(self, packs: Packs, config: Config) -> None:
        forms = [form for sdk in packs.sdks() for form in sdk.calls]
        self._called = _encoded(
            name for form in forms for name in (form.method, form.function, form.decorator) if not form.common
        )
        self._members = _encoded(f".{form.method}" for form in forms if form.common and form.method)
        self._bags = _encoded(name for sdk in packs.sdks() for name in sdk.bags)
        self._gates = _encoded(
            name for sdk in packs.sdks() for gate in sdk.gates for name in (gate.component, gate.decorator)
        )
        self._house = _encoded(_last_name(read.target.partition("{flag}")[0]) for read in config.reads)
        self._bare = (*self._house, *self._gates)
        names = tuple(dict.fromkeys((*self._called, *self._bags, *self._gates, *self._house)))
        self.needles = (*names, *self._members)
        # A member and a plain name may overlap, two plain names can't.
        self._any = tuple(map(_one_of, (names, self._members)))
        self._by_first: dict[int, list[bytes]] = {}
        for name in self._called:
            self._by_first.setdefault(name[0], []).append(name)

    def near(self, data: bytes) -> list[int] | None:
        """The offsets in a file that may be reads; None: look everywhere."""
        if self._house:
            return None
        return self.places(data, (found.start() for some in self._any for found in some.finditer(data)))

    def places(self, data: bytes, offsets: Iterable[int]) -> list[int] | None:
        """Of the offsets where a needle starts those that may be a read: a whole name that is called.

        None where a name is imported under another one, or gives every flag at once: the reads are then anywhere in it.
        """
        found = []
        for offset in offsets:
            if data[offset] == _DOT:
                names = [name for name in self._members if data.startswith(name, offset)]
                if any(_GIVEN.match(data, offset + len(name)) for name in names):
                    found.append(offset)
                continue
            if offset and _INSIDE.match(data, offset - 1):
                continue
            if data.startswith(self._bags, offset):
                return None
            names = [name for name in self._by_first.get(data[offset], ()) if data.startswith(name, offset)]
            if any(_ALIASED.match(data, offset + len(name)) for name in names):
                return None
            if any(_CALLED.match(data, offset + len(name)) for name in names) or data.startswith(self._bare, offset):
                found.append(offset)
        return found


def _encoded(names: Iterable[str | None]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(name.encode() for name in names if name))


def _one_of(names: Iterable[bytes]) -> re.Pattern[bytes]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, longest_first)) or rb"(?!)")


def _last_name(target: str) -> str:
    found = _LAST_NAME.search(target)
    return found.group() if found else target
