"""Programs for the tests of the core: files given as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import dedent

from featureops.core.config import Config
from featureops.core.detect.needles import Needles, offsets_of
from featureops.core.detect.usages import Grep
from featureops.core.project import Project
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile
from featureops.languages import packs

__all__ = ["find", "grep_of", "only_file", "program", "source"]


def program(files: Mapping[str, str], config: Config | None = None) -> Project:
    """A project of the given files; their text may be indented."""
    contents = {path: dedent(text).lstrip("\n").encode() for path, text in files.items()}
    return Project(contents, contents.get, packs(), config)


def grep_of(files: Mapping[str, bytes]) -> Grep:
    """A search in files that are given as bytes."""

    def grep(needles: Sequence[bytes], by_language: Needles | None = None, /) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for path, data in files.items():
            pack = packs().reading(path)
            own = (by_language or {}).get(pack.id, ()) if pack is not None else ()
            if offsets := offsets_of(data, (*needles, *own)):
                found[path] = tuple(offsets)
        return found

    return grep


def source(path: str, text: str) -> SourceFile:
    file = program({path: text}).file(path)
    assert file is not None
    return file


def only_file(path: str, text: str) -> tuple[SourceFile, Names]:
    project = program({path: text})
    file = project.file(path)
    assert file is not None
    return file, project.names(path)


def find(file: SourceFile, text: str, occurrence: int = 1) -> Node:
    """The smallest node over the n-th occurrence of a text."""
    at = -1
    for _ in range(occurrence):
        at = file.data.index(text.encode(), at + 1)
    return file.node_at(at, at + len(text.encode()))
