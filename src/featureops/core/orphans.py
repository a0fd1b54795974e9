"""Files that only the removed code used: imported before, named nowhere after (design section 2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping

from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import TooDeep, parse
from featureops.core.textdiff import only_in

__all__ = ["orphaned_files"]


def orphaned_files(
    project: Project,
    outputs: Mapping[str, bytes],
    files_with: Callable[[bytes], Iterable[str]],
    read: Callable[[str], bytes | None],
) -> list[str]:
    """Paths to delete, sorted. `outputs` are the new contents of the edited files.

    A file goes when an edited file imported it and does not any more, it is no entry point by its language's rule, and
    no other file so much as mentions its name. What only it imported goes with it.
    """
    gone: set[str] = set()
    pending = sorted({target for path in outputs for target in _dropped(project, path, outputs[path])})
    while pending:
        target = pending.pop()
        if target in gone or target in outputs or _is_entry(project, target, read):
            continue
        users = (path for path in files_with(_stem(project, target).encode()) if path not in gone and path != target)
        if any(_mentions(path, _stem(project, target), outputs, read) for path in users):
            continue
        gone.add(target)
        pending.extend(sorted(_targets(project, target, project.names(target).imports) if project.file(target) else ()))
    return sorted(gone)


def _dropped(project: Project, path: str, after: bytes) -> set[str]:
    file = project.file(path)
    if file is None:
        return set()
    touched = project.names(path).bound_in(only_in(file.data, after))
    dropped = _targets(project, path, (binding for binding in touched if binding.imported is not None))
    if not dropped:
        return set()
    try:
        names = Names(parse(path, after, file.pack))
    except TooDeep:
        return set()
    return dropped - _targets(project, path, names.imports)


def _targets(project: Project, path: str, imports: Iterable[Binding]) -> set[str]:
    found: set[str] = set()
    for binding in imports:
        entry = binding.imported
        module = project.module_path(path, entry.module) if entry is not None else None
        found.update(target for target in (module, project.submodule(path, binding)) if target is not None)
    return found - {path}


def _stem(project: Project, path: str) -> str:
    """The name by which others would speak of the file: its own, or its folder's where it stands for the folder."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    pack = project.packs.for_path(path)
    return posixpath.basename(posixpath.dirname(path)) if pack is not None and stem in pack.modules.indexes else stem


def _is_entry(project: Project, path: str, read: Callable[[str], bytes | None]) -> bool:
    pack, data = project.packs.for_path(path), read(path)
    if pack is None or data is None or not _stem(project, path):
        return True
    return pack.modules.entry is not None and re.search(pack.modules.entry.encode(), data) is not None


def _mentions(path: str, stem: str, outputs: Mapping[str, bytes], read: Callable[[str], bytes | None]) -> bool:
    data = outputs.get(path)
    if data is None:
        data = read(path) or b""
    return re.search(rf"(?<!\w){re.escape(stem)}(?!\w)".encode(), data) is not None
