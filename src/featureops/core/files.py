"""The parsed files of a repository, each parsed once until it is let go of."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from featureops.core.contents import Contents, Memo
from featureops.core.given import member_of, members_of
from featureops.core.pack import Packs
from featureops.core.parsed import Parsed
from featureops.core.readers import Readers
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile, TooDeep

__all__ = ["Files"]


class Files:
    """`paths` are all files; `read` gives the bytes of one, None if it can't be read. `readers` are the house's own
    functions that ask for flags, as far as they were learned; `parsed` may be what others go on with.
    """

    def __init__(
        self, paths: Iterable[str], read: Callable[[str], bytes | None], packs: Packs, parsed: Parsed | None = None
    ) -> None:
        self.parsed = parsed or Parsed()
        self.paths = frozenset(paths)
        self.packs = packs
        self.failed: dict[str, str] = {}
        self.readers = Readers()
        self.contents = Contents(read)
        self._files: dict[str, SourceFile | None] = {}
        self._names: dict[str, Names] = {}
        self._members: Memo[Node, Mapping[str, Node]] = Memo(self.contents)
        self._damaged: set[str] = set()
        self.tried: dict[Node, tuple[int, int]] = {}
        """Functions that turned out to be no readers: by how many readers were known, and from how deep."""
        self.present: frozenset[str] | None = None
        """The modules of SDKs that the repository names (see `origins.module_heads`); None where nobody looked."""
        self.held = 0
        """Bytes of the files that were parsed since `forget`."""

    @property
    def touched(self) -> set[str]:
        """The files that the answers since `begin` depend on."""
        return self.contents.touched

    def file(self, path: str) -> SourceFile | None:
        """The parsed file; None where no pack knows it, it can't be read or it nests too deep (`failed` says which)."""
        self.touched.add(path)
        if path not in self._files:
            self._files[path] = self._parse(path)
        return self._files[path]

    def _parse(self, path: str) -> SourceFile | None:
        pack = self.packs.reading(path)
        data = self.contents.text(path) if pack is not None else None
        if pack is None or data is None:
            return None
        try:
            file = self.parsed.file(path, data, pack)
            file.check_depth()
        except TooDeep:
            self.failed[path] = "nested too deep to be worked on"
            return None
        self._names[path] = self.parsed.names(file)
        self.held += len(data)
        if file.errors():
            self._damaged.add(path)
        return file

    def own_member(self, holder: Node, name: str) -> Node | None:
        """`member_of`; a class of keys is asked for hundreds of them."""
        if holder.shape == "call":
            return member_of(holder, name)
        return self._members.of(holder, lambda: members_of(holder), {}).get(name)

    def begin(self) -> None:
        """Clear `touched`, and find again what is known already."""
        self.touched.clear()

    def forget(self) -> None:
        """Let go of the parsed files but for those of the readers: nodes that were given out belong to no file any
        more.
        """
        self.begin()
        lasting = self.readers.paths
        for table in (self._files, self._names):
            for path in table.keys() - lasting:
                del table[path]
        self.contents.forget()
        self._members.forget()
        self.tried.clear()
        self.held = 0

    def names(self, path: str) -> Names:
        """The names of a file that `file` returned."""
        self.file(path)
        return self._names[path]

    @cached_property
    def stems(self) -> frozenset[bytes]:
        """The names of all files, without folder and ending."""
        return frozenset(posixpath.splitext(posixpath.basename(path))[0].encode() for path in self.paths)

    @cached_property
    def spells_members(self) -> bool:
        """Whether there are files in which a member's name in another case style may be a key."""
        endings = tuple(end for pack in self.packs.languages if pack.wire is not None for end in pack.extensions)
        return any(path.endswith(endings) for path in self.paths)

    def damaged(self) -> list[str]:
        """The files parsed so far that have syntax errors: reads within an error can be missed."""
        return sorted(self._damaged)
