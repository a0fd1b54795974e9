"""Byte strings to look for before anything is parsed: spellings of a flag, and the names of all ways of asking."""

from __future__ import annotations

import re
from collections.abc import Iterator

from featureops.core.config import Config
from featureops.core.pack import Packs

__all__ = ["asking_needles", "flag_needles", "is_bare", "spellings"]

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LAST_NAME = re.compile(r"[A-Za-z_$][\w$]*(?=[^A-Za-z_$]*$)")


def spellings(flag: str) -> tuple[str, ...]:
    """The flag's name as kebab, snake, UPPER_SNAKE, camel and Pascal case, itself first."""
    parts = [part.lower() for part in _PIECES.findall(flag)]
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


def asking_needles(packs: Packs, config: Config) -> tuple[bytes, ...]:
    """What a file must hold to ask for any flag: the methods and functions of the SDKs and the house's own forms."""
    return tuple(dict.fromkeys(name.encode() for name in _asking(packs, config) if name))


def _asking(packs: Packs, config: Config) -> Iterator[str]:
    for sdk in packs.sdks():
        for form in sdk.calls:
            yield form.method or ""
            yield form.function or ""
    for read in config.reads:
        yield _last_name(read.target.partition("{flag}")[0])


def _last_name(target: str) -> str:
    found = _LAST_NAME.search(target)
    return found.group() if found else target
