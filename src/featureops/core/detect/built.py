"""Files that ask for a flag whose name they do not hold: the key is put together, or spelt as a member's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from featureops.core.detect.needles import Asking, spellings
from featureops.core.detect.presence import Presence
from featureops.core.learning import learn
from featureops.core.project import Project
from featureops.core.reads import find_reads

__all__ = ["asks_openly", "files_that_build", "files_that_spell", "has_built_key"]


def has_built_key(project: Project, flag: str, asking: Asking, path: str, offsets: Iterable[int]) -> bool:
    """Whether one of the places where a file asks is for the flag, by a key that is not written there. What asks for
    whichever flag it is given is learned on the way.
    """
    file = project.file(path)
    near = asking.places(file.data, offsets, written=False) if file is not None else []
    found = find_reads(project, path, near) if near != [] else []
    for read in found:
        learn(project, path, read)
    return any(read.flag == flag for read in found)


def asks_openly(project: Project, flag: str, asking: Asking, path: str, offsets: Iterable[int]) -> bool:
    """Whether a file asks for the flag by a key that is not written there, or for whichever flag it is given."""
    known = len(project.readers)
    return has_built_key(project, flag, asking, path, offsets) or len(project.readers) > known


def files_that_build(
    project: Project,
    flag: str,
    grep: Callable[[Sequence[bytes]], Iterable[str]],
    read: Callable[[str], bytes | None],
    presence: Presence,
) -> list[str]:
    """The files with such a place."""
    needles = tuple(dict.fromkeys(needle for each in presence.needles.values() for needle in each))
    packs = ((path, project.packs.reading(path)) for path in grep(needles))
    askings = {path: presence.asking(pack) for path, pack in packs if pack is not None}
    texts = ((path, data) for path in askings if (data := read(path)) is not None)
    # Parsed only where the bytes alone leave a doubt.
    project.present, doubtful = presence.unwritten((path, data, presence.offsets(path, data)) for path, data in texts)
    return [path for path, offsets in doubtful.items() if has_built_key(project, flag, askings[path], path, offsets)]


def files_that_spell(project: Project, flag: str, grep: Callable[[Sequence[bytes]], Iterable[str]]) -> list[str]:
    """Files with the name in another case style, in languages where the name of a member gives the key."""
    spelt = [name.encode() for name in spellings(flag)] if project.spells_members else []
    found = ((path, project.packs.for_path(path)) for path in (grep(spelt) if spelt else ()))
    return [path for path, pack in found if pack is not None and pack.wire is not None]
