"""Byte strings to look for before anything is parsed: spellings of a flag, and the names of all ways of asking."""

from __future__ import annotations

import re
from collections.abc import Iterable

from featureops.core.config import Config
from featureops.core.house import name_parts
from featureops.core.pack import Packs

__all__ = ["Asking", "flag_needles", "is_bare", "spellings"]

_INSIDE = re.compile(rb"[\w$]")
# Behind a name: arguments (also behind `?.`, `!` and type arguments), or a text or symbol without parentheses.
_CALLED = re.compile(rb"[?!]?\s*(?:\?\.\s*|::)?(?:<[^>]{0,300}>)?\s*\(|[?!]?\s+[\"':]")
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
        parts[0] + pascal[len(parts[0]) :],
        pascal,
    )
    return tuple(dict.fromkeys(forms))


def is_bare(flag: str) -> bool:
    """A name of one plain word, such as `checkout`: it occurs everywhere, so only a quoted one speaks of the flag."""
    return re.fullmatch(r"[a-z]+|[A-Z]?[a-z]+", flag) is not None


def flag_needles(flag: str, config: Config) -> tuple[bytes, ...]:
    """What a file must hold to speak of the flag: its name, the names that stand for it, and its case variants where a
    house reads flags as members.
    """
    wanted = list(spellings(flag)) if any(read.form == "member" for read in config.reads) else [flag]
    wanted.extend(_last_name(alias) for alias in config.aliases.get(flag, ()))
    wanted.extend(_last_name(read.target) for read in config.reads if read.name == flag)
    return tuple(dict.fromkeys(name.encode() for name in wanted if name))


class Asking:
    """The names of all ways of asking for a flag. `needles` is what a file must hold one of."""

    def __init__(self, packs: Packs, config: Config) -> None:
        forms = [form for sdk in packs.sdks() for form in sdk.calls]
        self._called = _encoded(name for form in forms for name in (form.method, form.function))
        self._house = _encoded(_last_name(read.target.partition("{flag}")[0]) for read in config.reads)
        self.needles = tuple(dict.fromkeys((*self._called, *self._house)))
        longest_first = sorted(self.needles, key=len, reverse=True)
        self._any = re.compile(b"|".join(map(re.escape, longest_first)) or rb"(?!)")
        self._by_first: dict[int, list[bytes]] = {}
        for name in self._called:
            self._by_first.setdefault(name[0], []).append(name)

    def near(self, data: bytes) -> list[int] | None:
        """The offsets in a file that may be reads; None: look everywhere."""
        if self._house:
            return None
        return self.places(data, (found.start() for found in self._any.finditer(data)))

    def places(self, data: bytes, offsets: Iterable[int]) -> list[int] | None:
        """Of the offsets where a needle starts those that may be a read: a whole name that is called.

        None where a name is imported under another one: the calls are then anywhere in the file.
        """
        found = []
        for offset in offsets:
            if offset and _INSIDE.match(data, offset - 1):
                continue
            names = [name for name in self._by_first.get(data[offset], ()) if data.startswith(name, offset)]
            if any(_ALIASED.match(data, offset + len(name)) for name in names):
                return None
            if any(_CALLED.match(data, offset + len(name)) for name in names) or data.startswith(self._house, offset):
                found.append(offset)
        return found


def _encoded(names: Iterable[str | None]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(name.encode() for name in names if name))


def _last_name(target: str) -> str:
    found = _LAST_NAME.search(target)
    return found.group() if found else target
