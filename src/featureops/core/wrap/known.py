"""What a name of another file needs to mean the same in the changed one: nothing, or an import."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from featureops.core.pack import LanguagePack
from featureops.core.project import Project
from featureops.core.syntax import Node
from featureops.core.wrap.imports import module_for, module_of, need_of, statement_for
from featureops.core.wrap.layout import Style
from featureops.core.wrap.values import Need, No, Pair

__all__ = ["DECLARED", "known_in", "package_of", "qualified", "unless_known"]

DECLARED = frozenset({"package", "folder"})
"""Where files declare what they use, so that a name nobody declares is a member that a class inherits."""


def known_in(pair: Pair, project: Project, style: Style, name: Node, called: str = "") -> Need | No | None:
    """How the changed file gets to know a name. `called`: another one that stands beside it, got in the same way."""
    path, target, wanted = name.file.path, pair.path, called or name.text
    if path == target:
        return None
    binding = project.names(path).of.get(name)
    if binding is None:
        return unless_known(_elsewhere(pair, project, style, name, wanted), wanted, pair)
    if binding.scope.parent is not None:
        return No(f"{name.text} of {path} is local there and can't be imported.")
    if binding.imported is not None:
        module = module_for(project, path, binding.imported.module, target)
        need = need_of(pair.new, style, binding, module)
        if need is None:
            return No(f"The import of {name.text} in {path} can't be repeated here.")
        return unless_known(_renamed(need, name.text, wanted), wanted, pair)
    if pair.new.pack.modules.style == "folder":
        same = posixpath.dirname(path) == posixpath.dirname(target)
        return None if same else No(f"{name.text} of {path} belongs to another package.")
    if pair.new.pack.wrap.package is not None:
        return unless_known(_of_package(pair, project, style, path, wanted), wanted, pair)
    if not pair.new.pack.wrap.import_name:
        return None
    module = module_of(project, path, target)
    return unless_known(Need(wanted, module, wanted, statement_for(pair.new, style, module, wanted)), wanted, pair)


def unless_known(need: Need | No | None, name: str, pair: Pair) -> Need | No | None:
    """The import, unless the file has it; why not, where the name already means something else there."""
    present = pair.new_names.top(name)
    if not isinstance(need, Need):
        return need
    if present is None:
        return None if _stands(need, pair) else need
    entry = present.imported
    if entry is not None and (entry.module, entry.imported) == (need.module, need.imported):
        return None
    return No(f"{name} already means something else in {pair.path}.")


def qualified(need: Need | None, pair: Pair) -> tuple[str, Need | None]:
    """What stands before a name so that it needs no import, and the import that is still needed. An import of a whole
    package could not be taken out again: nothing tells what else needs it."""
    if need is None or need.imported != "*" or "{name}" in pair.new.pack.wrap.import_name:
        return "", need
    return f"{need.module}.", None


def package_of(pack: LanguagePack, data: bytes | None) -> str:
    """The package that a file says it belongs to; "" for none."""
    form = pack.wrap.package
    found = re.search(form.encode(), data or b"", re.MULTILINE) if form is not None else None
    return found.group(1).decode("utf-8", "replace") if found is not None else ""


def _stands(need: Need, pair: Pair) -> bool:
    lines = (line.strip() for line in pair.new.data.splitlines())
    return need.statement.strip().encode("utf-8", "surrogateescape") in lines


def _elsewhere(pair: Pair, project: Project, style: Style, name: Node, wanted: str) -> Need | No | None:
    """A name that its file sees without an import of it."""
    meant = project.meaning(name.file.path, name)
    if meant is not None:
        return _of_package(pair, project, style, meant[0], wanted)
    pack = pair.new.pack
    given = (item for sdk in pack.sdks for item in sdk.imports if name.text in item.clients)
    module = next((item.module for item in given if item.module.encode() in name.file.data), None)
    if module is None and pack.modules.style in DECLARED and not name.text[:1].isupper():
        return No(f"{name.text} of {name.file.path} comes from a class above it or from elsewhere: pass it in.")
    if module is None or "{name}" in pack.wrap.import_name:
        return None
    return Need(wanted, module, "*", statement_for(pair.new, style, module, wanted))


def _of_package(pair: Pair, project: Project, style: Style, path: str, name: str) -> Need | No | None:
    pack = pair.new.pack
    package, here = package_of(pack, project.contents.text(path)), package_of(pack, pair.new.data)
    separator = pack.modules.separator or "."
    if package == here or (pack.modules.around and here.startswith(package + separator)):
        return None
    if not package or not pack.wrap.import_name:
        return None
    statement = statement_for(pair.new, style, package, name)
    return Need(name, package, name if "{name}" in pack.wrap.import_name else "*", statement)


def _renamed(need: Need, name: str, wanted: str) -> Need:
    if name == wanted:
        return need
    statement = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", wanted, need.statement)
    imported = wanted if need.imported == name else need.imported
    return replace(need, name=wanted, imported=imported, statement=statement)
