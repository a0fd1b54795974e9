"""Files that ask for a flag whose name they do not hold: the key is put together, or is a constant that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from featureops.core.detect.needles import Asking
from featureops.core.project import Project
from featureops.core.reads import find_reads

__all__ = ["files_that_build", "has_built_key"]


def has_built_key(project: Project, flag: str, asking: Asking, path: str, offsets: Iterable[int]) -> bool:
    """Whether one of the places where a file asks is for the flag, by a key that is not written there."""
    file = project.file(path)
    near = asking.places(file.data, offsets, written=False) if file is not None else []
    return near != [] and any(read.flag == flag for read in find_reads(project, path, near))


def files_that_build(
    project: Project, flag: str, paths: Iterable[str], read: Callable[[str], bytes | None]
) -> list[str]:
    """Of the paths those with such a place."""
    asking = Asking(project.packs, project.config)
    found: list[str] = []
    for path in paths:
        data = read(path) if project.packs.reading(path) is not None else None
        offsets = asking.offsets(data) if data is not None else []
        # Parsed only where the bytes alone leave a doubt.
        near = asking.places(data, offsets, written=False) if data is not None else []
        if near != [] and has_built_key(project, flag, asking, path, offsets):
            found.append(path)
    return found
