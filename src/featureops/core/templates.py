"""How an SDK is asked where the repository asks for no flag yet: data of the SDK packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ClientModule", "ManifestForm", "WrapTemplate"]


@dataclass(frozen=True, slots=True)
class ManifestForm:
    """A kind of file that lists packages: `files` are globs of its name, `add` is what adds a `{package}`, of
    which `{group}` and `{name}` are the parts before and after a colon."""

    files: tuple[str, ...]
    add: str


@dataclass(frozen=True, slots=True)
class ClientModule:
    """A new file that makes the client once. `file` is its name without the ending, `text` its content, `name` what
    other code uses of it.

    In `text`, `{app}` is the application's name as a text and `{package}` the package of the file that it stands
    beside; lines that name it go where there is none. `brings` is what other files need to use it (`{package}`,
    `{module}`: the path as this language's imports spell it, `{relative}`, `{name}`, `{quote}`); empty: the language's
    own import of one name. `seen` tells who uses it without: nobody else, its package, or all files. With `roots` it
    stands in the nearest folder that has a file of such a name, and the line `enter` joins it to that file's module.
    `folders` are places whose files are loaded by themselves: the first that the repository has is taken. `called` is
    the content where files bring in modules by calls. Where no manifest says `loader`, nothing loads the file
    by itself: a person has to write `load` (`{path}`) then.
    """

    file: str
    text: str
    name: str
    brings: str = ""
    seen: Literal["file", "package", "all"] = "file"
    roots: tuple[str, ...] = ()
    enter: str = ""
    folders: tuple[str, ...] = ()
    called: str = ""
    loader: str = ""
    load: str = ""


@dataclass(frozen=True, slots=True)
class WrapTemplate:
    """How code asks for a flag where the repository has no idiom yet. `{key}` and `{quote}` are filled in.

    `imports` is the statement for a name that the SDK itself gives; with a `client` the name comes from there. Where
    the repository's manifest names one of `frameworks`, this template comes before those for anything; it is
    for nothing else, unless `*` is among them. With `handed`,
    the name of a type, the client is a member of the class around, which is handed to it. `setup` is what a person has
    to write once so that it is there. `late`: what the call gives is kept, and what stands behind the call is asked of
    it where the answer is used.
    """

    name: str
    condition: str
    imports: str = ""
    client: ClientModule | None = None
    scope: Literal["anywhere", "component"] = "anywhere"
    usage: str = ""
    frameworks: tuple[str, ...] = ()
    package: str = ""
    handed: str = ""
    setup: str = ""
    late: bool = False
