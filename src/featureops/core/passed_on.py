"""What names are that files of the repository pass on from packages outside it."""

from __future__ import annotations

from collections.abc import Callable

from featureops.core.contents import Contents, Memo
from featureops.core.modules import given_name, re_exports
from featureops.core.scopes import Names
from featureops.core.syntax import SourceFile

__all__ = ["PassedOn"]

_Place = tuple[str, str]


class PassedOn:
    """`module_path` gives the repository's file of an import, `giving` a file that may give away a name."""

    def __init__(
        self,
        contents: Contents,
        module_path: Callable[[str, str], str | None],
        giving: Callable[[str, str], SourceFile | None],
        names: Callable[[str], Names],
    ) -> None:
        self._module_path, self._giving, self._names = module_path, giving, names
        self._known: Memo[_Place, _Place | None] = Memo(contents)

    def forget(self) -> None:
        self._known.forget()

    def outside(self, path: str, module: str, name: str) -> _Place | None:
        """(module, name) of the package outside the repository from which an import in `path` finally comes."""
        target = self._module_path(path, module)
        if target is None:
            return module, name
        return self._known.of((target, name), lambda: self._brought_by(target, name), None)

    def _brought_by(self, target: str, name: str) -> _Place | None:
        file = self._giving(target, name) if name != "*" else None
        if file is None:
            return None
        binding = given_name(self._names(target), name)
        entry = binding.imported if binding is not None else None
        if entry is not None:
            return self.outside(target, entry.module, entry.imported)
        passed = re_exports(file, name) if binding is None else ()
        found = (self.outside(target, other, there) for other, there in passed)
        return next((place for place in found if place is not None), None)
