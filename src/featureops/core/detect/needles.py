"""Byte strings to look for before anything is parsed: spellings of a flag, and the names of all ways of asking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from featureops.core.config import Config
from featureops.core.house import name_parts
from featureops.core.pack import LanguagePack, Packs, SdkPack

__all__ = [
    "LONGEST_LINE",
    "Asking",
    "Needles",
    "by_first",
    "called_places",
    "camel",
    "flag_needles",
    "is_bare",
    "is_minified",
    "offsets_of",
    "places_of",
    "spellings",
    "whole_places",
]

_INSIDE = re.compile(rb"[\w$]")
_WORD = re.compile(rb"\w")
_FIRST_WORD = re.compile(rb"\w+")
# Behind a name: arguments, and not none (also behind `?.`, `!` and type arguments); or a text, symbol or constant.
_CALLED = re.compile(rb"[?!]?\s*(?:\?\.\s*|::)?(?:<[^>]{0,300}>)?\s*\((?!\s*\))|[?!]?\s+[\"':@A-Z]")
_CALLED_AT_ALL = re.compile(_CALLED.pattern.replace(rb"(?!\s*\))", b""))
# Behind a name that many things have.
_GIVEN = re.compile(rb"\s*\(\s*[^\s)]")
# The key is the first argument, and a plain string.
_WRITTEN = re.compile(rb"""[?!]?\s*(?:\?\.\s*|::)?(?:<[^>]{0,300}>)?\s*\(\s*(["'`])[\w.:/-]*\1\s*[,)]""")
# The same, also without parentheses and not first.
_KEYED = re.compile(_WRITTEN.pattern + rb"""|[?!]?\s+["':]|[?!]?\(:\w|[?!]?\s*\([^()"'`\n]{0,80},\s*["'`]""")
# The owner before the name that is called, and the first of what it is given.
_ASKED = re.compile(rb"[\w$.?!]{1,80}(?:\(\))?\s*[?!]?(?:\.|->|::)\s*\Z")
_KEY = re.compile(rb"[^(\n]{0,40}\(\s*[\w$.:]{1,80}|\s+[A-Z][\w:.]{1,80}")
_TELLING_OWNER = re.compile(rb"feature|flag|toggle|experiment", re.IGNORECASE)
# Parsers and printers have features too, and ask their mappers for them.
_TELLING_KEY = re.compile(rb"flag|toggle|experiment", re.IGNORECASE)
_NEAR = 100
_DOT = ord(".")
_ALONE = re.compile(rb"\(\s*\)")
# Behind a member that is handed to a call as a value.
_HANDED = re.compile(rb"\s*[,)]")
Needles = Mapping[str, tuple[bytes, ...]]
"""What to look for in files by the id of their language."""

LONGEST_LINE = 5_000
"""Bytes of a line that are worth reading."""
_LARGE = 50_000
_DENSE = 200
_ALIASED = re.compile(rb"\s+as\b")
_CALL_ENDS = (
    *(b"(", b" (", b",", b")", b"<", b"?.(", b"!(", b"::<", b" as ", b' "', b" '", b" :", b" @"),
    *(b" " + bytes([letter]) for letter in range(ord("A"), ord("Z") + 1)),
)
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


def flag_needles(flag: str, config: Config, packs: Packs | None = None) -> tuple[bytes, ...]:
    """What a file must hold to speak of the flag: its name, the names that stand for it, and its case variants where a
    house or an SDK of `packs` reads flags as members.
    """
    members = any(read.form == "member" for read in config.reads)
    wanted = list(spellings(flag)) if members else [flag]
    if packs is not None and any(form.members for sdk in packs.sdks() for form in sdk.calls):
        wanted.append(camel(flag))
    wanted.extend(_last_name(alias) for alias in config.aliases.get(flag, ()))
    wanted.extend(_last_name(read.target) for read in config.reads if read.name == flag)
    return tuple(dict.fromkeys(name.encode() for name in wanted if name))


class Asking:
    """The names of all ways of asking for a flag, or of those of one language. `needles`: a file must hold one."""

    def __init__(self, packs: Packs, config: Config, language: LanguagePack | None = None) -> None:
        sdks = list(packs.sdks() if language is None else language.sdks)
        forms = [form for sdk in sdks for form in sdk.calls]
        gates = [gate for sdk in sdks for gate in sdk.gates]
        house = [read for read in config.reads if language is None or read.language in (None, language.id)]
        self._called = _encoded(
            (
                *(name for form in forms if not form.common for name in (form.method, form.function)),
                *(name for gate in gates for name in (gate.decorator, gate.method)),
            )
        )
        self._members = _encoded(f".{form.method}" for form in forms if form.common and form.method)
        self._components = _encoded(gate.component for gate in gates)
        self._objects = frozenset(_encoded(form.method for sdk in sdks for form in sdk.objects))
        self._members_of = frozenset(_encoded(form.function for form in forms if form.members))
        self._house = _encoded(_last_name(read.target.partition("{flag}")[0]) for read in house)
        self._bare = (*self._components, *self._house)
        rest = (*self._members, *self._bare)
        called = (text for name in (*self._called, *self._objects) for text in _as_called(name))
        self.needles = tuple(dict.fromkeys((*called, *rest)))
        self._owners: dict[bytes, frozenset[str]] = {}
        for sdk in sdks:
            for name in _encoded((*_names_of(sdk),)):
                self._owners[name] = self._owners.get(name, frozenset()) | {sdk.id}
        self._by_first = by_first(dict.fromkeys((*self._called, *self._components, *self._objects)))
        self._owned_by_first = by_first(self._owners)

    @cached_property
    def _spoken(self) -> Mapping[bytes, list[bytes]]:
        """All the names, by the first word of each."""
        found: dict[bytes, list[bytes]] = {}
        for name in self._owners:
            word = _FIRST_WORD.search(name)
            found.setdefault(word.group() if word is not None else b"", []).append(name)
        return found

    def names(self, name: str) -> bool:
        """Whether this is the name of a way of asking."""
        return name.encode() in self._owners

    def spoken(self, data: bytes) -> list[int] | None:
        """The offsets at which any name of a way of asking stands, whatever is done with it; None: look everywhere."""
        if self._house:
            return None
        words = self._spoken.keys() & {*_FIRST_WORD.findall(data), b""}
        return places_of(data, [name for word in words for name in self._spoken[word]])

    def offsets(self, data: bytes) -> list[int]:
        """Where a needle starts."""
        return offsets_of(data, self.needles)

    def near(self, data: bytes) -> list[int] | None:
        """The offsets in a file that may be reads; None: look everywhere."""
        return None if self._house else self.places(data, self.offsets(data))

    def unwritten(self, data: bytes, offsets: Iterable[int] | None) -> list[int] | None:
        """Those of `near` whose key is not a plain string at the place; `offsets` of needles, if they are known."""
        known = self.offsets(data) if offsets is None else offsets
        return None if self._house else self.places(data, known, written=False, alone=True)

    def places(
        self, data: bytes, offsets: Iterable[int], *, written: bool = True, alone: bool | None = None
    ) -> list[int] | None:
        """Of the offsets where a needle starts those that may be a read: a whole name that is called.

        Without `written` only those whose key is not a plain string at the place; with `alone` also those that ask an
        object and are given nothing (by default as `written`). None where the reads are anywhere in the file: a name is
        imported under another one.
        """
        objects = self._objects if (written if alone is None else alone) else frozenset[bytes]()
        found = []
        for offset in offsets if not _is_dense(data) else ():
            if data[offset] == _DOT:
                names = [name for name in self._members if data.startswith(name, offset)]
                if any(_GIVEN.match(data, offset + len(name)) for name in names) and not _is_in_long_line(data, offset):
                    found.append(offset)
                continue
            if offset and _INSIDE.match(data, offset - 1):
                continue
            if _is_in_long_line(data, offset):
                continue
            names = [name for name in self._by_first.get(data[offset], ()) if data.startswith(name, offset)]
            if any(_ALIASED.match(data, offset + len(name)) for name in names):
                return None
            if not self._members_of.isdisjoint(names):
                found.append(offset)
                continue
            if any(name in objects and _ALONE.match(data, offset + len(name)) for name in names):
                found.append(offset)  # an object stands for the flag: what asks it is given nothing
                continue
            ends = (_CALLED, _HANDED) if offset and data[offset - 1] == _DOT else (_CALLED,)
            called = [name for name in names if any(end.match(data, offset + len(name)) for end in ends)]
            if not written and called and all(_WRITTEN.match(data, offset + len(name)) for name in called):
                continue
            if called or data.startswith(self._bare, offset):
                found.append(offset)
        return found

    def waits(self, data: bytes, offset: int, *, telling: bool = True) -> frozenset[str]:
        """For one of `places` the ids of the SDKs that have what is called there. None where the place tells something
        in itself: it is in the house's own form, its key is written there, or (with `telling`) a name beside it
        speaks of flags.
        """
        if data.startswith(self._house, offset):
            return frozenset()
        start = offset + 1 if data[offset] == _DOT else offset
        names = [name for name in self._owned_by_first.get(data[start], ()) if data.startswith(name, start)]
        if any(_KEYED.match(data, start + len(name)) for name in names):
            return frozenset()
        if telling and data[offset] != _DOT and any(_speaks_of_flags(data, start, start + len(name)) for name in names):
            return frozenset()
        return frozenset[str]().union(*(self._owners[name] for name in names))


def by_first(names: Iterable[bytes]) -> dict[int, list[bytes]]:
    """Names by their first byte."""
    found: dict[int, list[bytes]] = {}
    for name in names:
        found.setdefault(name[0], []).append(name)
    return found


def _speaks_of_flags(data: bytes, start: int, end: int) -> bool:
    """Whether what is asked, or the name of the key, has a telling name: `features.isEnabled(FlagKeys.MENU)`."""
    asked, given = _ASKED.search(data, max(0, start - _NEAR), start), _KEY.match(data, end)
    is_telling = asked is not None and _TELLING_OWNER.search(asked[0]) is not None
    return is_telling or (given is not None and _TELLING_KEY.search(given[0]) is not None)


def is_minified(data: bytes, offset: int) -> bool:
    """Whether no person wrote the place: its line is very long, or the lines of a large file are long on average."""
    return _is_in_long_line(data, offset) or _is_dense(data)


def _is_in_long_line(data: bytes, offset: int) -> bool:
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    return (end if end >= 0 else len(data)) - start > LONGEST_LINE


def _is_dense(data: bytes) -> bool:
    return len(data) > _LARGE and data.count(b"\n") * _DENSE < len(data)


def whole_places(data: bytes, offsets: Iterable[int], names: Iterable[bytes]) -> list[int]:
    """Of the offsets at which a name starts those where it is no part of a longer one, in lines that people write."""
    wanted = tuple(names)
    found = []
    for offset in offsets if not _is_dense(data) else ():
        # `$` stands before names in texts and templates: there it is no part of them.
        is_whole = not (offset and _WORD.match(data, offset - 1)) and any(
            data.startswith(name, offset) and not _INSIDE.match(data, offset + len(name)) for name in wanted
        )
        if is_whole and not _is_in_long_line(data, offset):
            found.append(offset)
    return found


def called_places(
    data: bytes, offsets: Iterable[int], names: Iterable[str], *, written: bool = True
) -> list[int] | None:
    """Of the offsets those where one of the names is called; None where one is imported under another name. Without
    `written` those only whose first argument is not a plain string.
    """
    wanted = [name.encode() for name in names]
    found = []
    for offset in offsets if not _is_dense(data) else ():
        if (offset and _INSIDE.match(data, offset - 1)) or _is_in_long_line(data, offset):
            continue
        ends = [offset + len(name) for name in wanted if data.startswith(name, offset)]
        if any(_ALIASED.match(data, end) for end in ends):
            return None
        called = [end for end in ends if _CALLED_AT_ALL.match(data, end)]
        if called and (written or not all(_WRITTEN.match(data, end) for end in called)):
            found.append(offset)
    return found


def _names_of(sdk: SdkPack) -> Iterator[str | None]:
    for form in sdk.calls:
        yield from (form.method, form.function)
    for gate in sdk.gates:
        yield from (gate.decorator, gate.method, gate.component)
    for held in sdk.objects:
        yield held.method


def offsets_of(data: bytes, needles: Iterable[bytes]) -> list[int]:
    """Where any of many byte strings starts: each is looked for by itself, which suits hundreds of them."""
    found: set[int] = set()
    for needle in needles:
        at = data.find(needle)
        while at >= 0:
            found.add(at)
            at = data.find(needle, at + 1)
    return sorted(found)


def places_of(data: bytes, needles: Iterable[bytes]) -> list[int]:
    """The offsets at which any of the byte strings starts."""
    wanted = b"|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    return [found.start() for found in re.finditer(wanted, data)] if wanted else []


def _as_called(name: bytes) -> Iterable[bytes]:
    """The name; for one that is a plain word, which files are full of, with what stands behind it in a call."""
    return [name + end for end in _CALL_ENDS] if re.fullmatch(rb"[A-Z]?[a-z]+", name) else [name]


def _encoded(names: Iterable[str | None]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(name.encode() for name in names if name))


def _last_name(target: str) -> str:
    found = _LAST_NAME.search(target)
    return found.group() if found else target
