"""Files that only the removed code used: imported before, named nowhere after (design section 2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from featureops.core.mentions import apart
from featureops.core.project import Project
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile, TooDeep, parse
from featureops.core.textdiff import only_in
from featureops.core.typefiles import is_emptied, packages, types_dropped

__all__ = ["emptied_files", "is_bare", "orphaned_files", "serving"]


def orphaned_files(
    project: Project,
    outputs: Mapping[str, bytes],
    files_with: Callable[[bytes], Iterable[str]],
    read: Callable[[str], bytes | None],
    may_drop: Callable[[str], bool],
) -> list[str]:
    """Paths to delete, sorted. `outputs` are the new contents of the edited files, of which those that `may_drop` may
    have served themselves of another file before.

    A file goes when an edited file imported it and does not any more, it is no entry point by its language's rule, and
    no other file so much as mentions its name. What only it imported goes with it. Where packages see each other's
    types without naming files, the type that a file is called by stands for it.
    """
    gone: set[str] = set()
    pending = sorted({target for path in filter(may_drop, outputs) for target in _unused(project, path, outputs[path])})
    while pending:
        target = pending.pop()
        is_edited = target in outputs and not is_emptied(project, target, outputs[target])
        if target in gone or is_edited or _is_entry(project, target, read):
            continue
        users = (path for path in files_with(_stem(project, target).encode()) if path not in gone and path != target)
        if any(_mentions(path, _stem(project, target), outputs, read) for path in users):
            continue
        if _is_last(
            project, target, (path for path in _around(project, target, files_with) if path not in gone), outputs
        ):
            continue
        gone.add(target)
        if project.file(target) is not None:
            imported = _targets(project, target, project.names(target).imports)
            pending.extend(sorted((*imported, *types_dropped(project, target, b""))))
    return sorted(gone)


def serving(project: Project, path: str, after: bytes) -> bool:
    """Whether a file names something of another file of the repository, or may, and does not as it is afterwards."""
    file = project.file(path)
    if file is None or file.data == after:
        return file is None
    gone = project.names(path).imported_in(only_in(file.data, after))
    is_inside = any(project.origin(path, each) is not None or _targets(project, path, [each]) for each in gone)
    return is_inside or bool(types_dropped(project, path, after))


def _unused(project: Project, path: str, after: bytes) -> set[str]:
    return _dropped(project, path, after) | types_dropped(project, path, after)


def _around(project: Project, target: str, files_with: Callable[[bytes], Iterable[str]]) -> Iterator[str]:
    """The files that speak of the packages of a file."""
    names = packages(project, target)
    yield from (path for name in names for path in files_with(name.encode()) if path != target)


def _is_last(project: Project, target: str, others: Iterable[str], outputs: Mapping[str, bytes]) -> bool:
    """Whether nothing would be left of a package that another file brings in as a whole."""
    wanted, is_open = set(packages(project, target)), False
    for path in others:
        file = project.file(path)
        if file is None:
            continue
        names = Names(parse(path, outputs[path], file.pack)) if path in outputs else project.names(path)
        if any(f"{package}.".startswith(f"{name}.") for package in names.packages for name in wanted):
            return False
        is_open = is_open or not wanted.isdisjoint(names.wildcards)
    return is_open


def emptied_files(
    project: Project,
    outputs: Mapping[str, bytes],
    files_with: Callable[[bytes], Iterable[str]],
    read: Callable[[str], bytes | None],
    bare: Callable[[str], bool],
) -> list[str]:
    """Paths to delete, sorted: edited files that are `bare` and that nothing names any more."""
    found: list[str] = []
    for path in sorted(outputs):
        if not bare(path) or _is_entry(project, path, read):
            continue
        folder = posixpath.dirname(path)
        if folder in project.folders:
            beside = [each for each in project.folders.holding(folder, "") if each != path and each not in found]
            word = posixpath.basename(folder) if not beside else ""
        else:
            word = _stem(project, path)
        users = (each for each in files_with(word.encode()) if each != path) if word else ()
        if not any(_mentions(each, word, outputs, read) for each in users):
            found.append(path)
    return found


def is_bare(file: SourceFile, after: SourceFile) -> bool:
    """Whether nothing but comments and what stands at the head of every file is left of one that had more."""
    return not any(map(_is_code, after.root.items)) and any(map(_is_code, file.root.items))


def _is_code(item: Node) -> bool:
    return item.shape != "package" and item.type not in item.file.pack.index.headers


def _dropped(project: Project, path: str, after: bytes) -> set[str]:
    file = project.file(path)
    if file is None:
        return set()
    dropped = _targets(project, path, project.names(path).imported_in(only_in(file.data, after)))
    if not dropped:
        return set()
    try:
        names = project.parsed.names(project.parsed.file(path, after, file.pack))
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
    return re.search(apart(stem, "").encode(), data) is not None
