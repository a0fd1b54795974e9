"""What a file brings in and belongs to, by the statements outside of its functions and classes."""

from __future__ import annotations

from functools import cached_property

from featureops.core.importing import names_of_import, opened_by, package_name
from featureops.core.mentions import mentions_of
from featureops.core.syntax import Node, SourceFile

__all__ = ["TopImports"]

_TOP_LEVELS = 4
_OPEN = frozenset({"", "declaration", "block", "package"})


class TopImports:
    def __init__(self, file: SourceFile) -> None:
        self.file = file

    @cached_property
    def _top(self) -> list[Node]:
        """The imports and packages outside of functions and classes, in document order."""
        found, level = list[Node](), self.file.root.items
        for _ in range(_TOP_LEVELS):
            found += [node for node in level if node.shape in ("import", "package")]
            level = [inner for node in level if node.shape in _OPEN for inner in node.items]
        return sorted(found, key=lambda node: (node.start, node.depth))

    @cached_property
    def top_imports(self) -> list[Node]:
        """These may bind a name that they only hold a part of."""
        return [node for node in self._top if node.shape == "import"]

    @cached_property
    def import_text(self) -> str:
        """All import statements at the top: a name that does not stand there is imported by none of them."""
        return "\n".join(statement.text for statement in self.top_imports)

    @cached_property
    def modules(self) -> frozenset[str]:
        """The modules from which the file imports names at its top."""
        return frozenset(entry.module for statement in self.top_imports for _, entry, _ in names_of_import(statement))

    @cached_property
    def wildcards(self) -> list[str]:
        """The packages all of whose names are imported, in document order."""
        return [package for statement in self.top_imports for package in opened_by(statement)]

    @cached_property
    def packages(self) -> list[str]:
        """The packages that the file says it belongs to, in document order."""
        return [package_name(node) for node in self._top if node.shape == "package"]

    def extensions(self, name: str) -> list[Node]:
        """What adds members to the type of this name."""
        kinds, found = self.file.pack.index.identifiers, list[Node]()
        for mention in mentions_of(self.file, name):
            holder = next((outer for outer in mention.ancestors() if outer.shape == "extension"), None)
            extended = holder.role("name") if holder is not None else None
            leaves = (part for part in extended.walk() if part.type in kinds) if extended is not None else iter(())
            if holder is not None and next(leaves, extended) is mention:
                found.append(holder)
        return found
