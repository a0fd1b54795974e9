"""Bring a name into a file: into an import that is there already, or with a statement of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from featureops.core.model import Edit, Span
from featureops.core.pack import LanguagePack
from featureops.core.project import Project
from featureops.core.scopes import Binding, ImportEntry, Names, string_value
from featureops.core.syntax import Node, SourceFile, parse
from featureops.core.wrap.boxes import Box, owner_of, root_box
from featureops.core.wrap.judge import is_docstring
from featureops.core.wrap.layout import Style, style_of
from featureops.core.wrap.values import Need

__all__ = ["added", "import_text", "module_for", "module_of", "need_of", "statement_for", "together"]

_FEW = 2


def statement_for(file: SourceFile, style: Style, module: str, name: str) -> str:
    form = file.pack.wrap.import_call if style.calls else file.pack.wrap.import_name
    form = form if module else form.replace("{module}" + (file.pack.modules.separator or "."), "")
    text = form.format(module=module, name=name, quote=style.quote)
    return text if style.semicolons else text.rstrip(";")


def need_of(file: SourceFile, style: Style, binding: Binding, module: str | None = None) -> Need | None:
    """What imports the same name again, from `module` if that must be spelled in another way; None if that can't be
    told from the statement."""
    entry = binding.imported
    if entry is None:
        return None
    where = module or entry.module
    if entry.statement.role("path") is not None and where == entry.module:
        return Need(binding.name, where, entry.imported, entry.statement.text)
    if entry.imported not in ("*", "default") and _is_listed(entry):
        return Need(binding.name, where, entry.imported, statement_for(file, style, where, entry.entry.text))
    if file.pack.modules.implied is not None and entry.entry.role("alias") is None:
        plain = file.pack.wrap.import_name.replace("{name} ", "").format(module=where)
        return Need(binding.name, where, entry.imported, plain)
    if file.pack.modules.implied is not None:
        return Need(binding.name, where, entry.imported, statement_for(file, style, where, binding.name))
    names = [part for part in entry.statement.walk() if part.type in file.pack.index.identifiers]
    if not _is_listed(entry) and entry.imported not in ("*", "default"):
        return Need(binding.name, where, entry.imported, entry.statement.text.replace(entry.module, where, 1))
    if len({part.text for part in names}) > 2 and module is not None:
        return None
    text = entry.statement.text
    return Need(binding.name, where, entry.imported, text.replace(entry.module, where, 1) if module else text)


def _is_listed(entry: ImportEntry) -> bool:
    """Whether a name stands by itself in its import, and not as the end of a path."""
    return entry.imported in entry.entry.text.split()


def added(file: SourceFile, imports: list[ImportEntry], need: Need, style: Style, *, merge: bool) -> Edit:
    """The edit that imports the name."""
    if merge and not file.pack.wrap.single_imports and need.imported not in ("*", "default"):
        entries = _entries(file, imports, need)
        following = next((e for name in need.before for e in entries if e.imported == name), None)
        if following is not None:
            return _ahead(following.entry, need, style)
        if entries:
            return _behind(max((entry.entry for entry in entries), key=lambda node: node.start), need, style)
    listed = _in_group(file, imports, need) if merge else None
    return listed or _own_line(file, imports, need, style)


def _in_group(file: SourceFile, imports: list[ImportEntry], need: Need) -> Edit | None:
    """A line among those of one statement that brings in several modules, where these are in order."""
    word, _, text = need.statement.partition(" ")
    lines = [entry for entry in imports if _owns_line(entry.statement) and entry.statement.parent is not file.root]
    if not lines or not text or file.slice(lines[0].statement.start, lines[0].statement.end).startswith(word):
        return None
    blocks: list[list[ImportEntry]] = []
    for entry in sorted(lines, key=lambda entry: entry.statement.start):
        follows = blocks and file.line_of(blocks[-1][-1].statement.start) + 1 == file.line_of(entry.statement.start)
        if follows:
            blocks[-1].append(entry)
        else:
            blocks.append([entry])
    alike = [block for block in blocks if _is_hosted(block[0].module) == _is_hosted(need.module)]
    block = max(alike or blocks[-1:], key=lambda block: _shared(block, need.module))
    following = next((entry for entry in block if entry.module > need.module), None)
    anchor = (following or block[-1]).statement
    indent = file.data[file.line_start(anchor.start) : anchor.start]
    at = file.line_start(anchor.start) if following is not None else file.line_end(anchor.end - 1)
    return Edit(Span(at, at), indent + text.encode("utf-8", "surrogateescape") + file.eol)


def _owns_line(statement: Node) -> bool:
    return not statement.file.data[statement.file.line_start(statement.start) : statement.start].strip()


def _is_hosted(module: str) -> bool:
    """Whether a module's path begins with a host, as those do that are not of the language itself."""
    return "." in module.split("/", maxsplit=1)[0]


def _shared(block: list[ImportEntry], module: str) -> int:
    """How much of the path the nearest module of a block has in common."""
    return max(len(posixpath.commonprefix([entry.module, module])) for entry in block)


def _entries(file: SourceFile, imports: list[ImportEntry], need: Need) -> list[ImportEntry]:
    """The names of the first statement that imports plain names from the same module."""
    for entry in imports:
        statement = entry.statement
        if statement.parent is not file.root or entry.module != need.module or not _is_listed(entry):
            continue
        if entry.imported in ("*", "default") or statement.has_token("type") != need.statement.startswith(
            "import type"
        ):
            continue
        return [other for other in imports if other.statement is statement]
    return []


def _ahead(entry: Node, need: Need, style: Style) -> Edit:
    start = entry.file.line_start(entry.start)
    indent = entry.file.data[start : entry.start]
    if indent.strip():
        return Edit(Span(entry.start, entry.start), f"{_entry_text(need)}, ".encode())
    return Edit(Span(start, start), indent + f"{_entry_text(need)},".encode() + style.eol)


def _behind(last: Node, need: Need, style: Style) -> Edit:
    file = last.file
    start = file.line_start(last.start)
    alone = file.line_of(last.start) != file.line_of(last.parent.start if last.parent else last.start)
    indent = file.data[start : last.start]
    name = _entry_text(need)
    if alone and not indent.strip():
        return Edit(Span(last.end, last.end), b"," + style.eol + indent + name.encode())
    return Edit(Span(last.end, last.end), f", {name}".encode())


def _entry_text(need: Need) -> str:
    return need.name if need.imported == need.name else f"{need.imported} as {need.name}"


def _own_line(file: SourceFile, imports: list[ImportEntry], need: Need, style: Style) -> Edit:
    line = need.statement.encode("utf-8", "surrogateescape") + style.eol
    box = root_box(file)
    keys = {
        _top(entry.statement): (entry.module, _plain(entry.imported))
        for entry in reversed(imports)
        if owner_of(entry.statement) is None
    }
    statements = {
        index: keys.get(item.node) or (_module_text(item.node), "")
        for index, item in enumerate(box.items)
        if item.node.shape == "import" or item.node in keys
    }
    if statements:
        by_path = [index for index in statements if box.items[index].node.role("path") is not None]
        at = _sorted_place(box, by_path, need) if by_path else _place(statements, need)
        end = file.line_end(box.items[at].end)
        lead = b"" if file.data[:end].endswith(b"\n") else style.eol
        return Edit(Span(end, end), lead + line)
    first = next((i for i in box.items if not (i.is_comment or is_docstring(i) or _is_header(i.node))), None)
    if first is None:
        return Edit(Span(len(file.data), len(file.data)), line)
    at = box.items.index(first)
    while (
        at > 0 and box.items[at - 1].is_comment and file.line_of(box.items[at - 1].end) + 1 == file.line_of(first.start)
    ):
        at -= 1
        first = box.items[at]
    start = file.line_start(first.start)
    if at == 0:
        return Edit(Span(start, start), line + style.eol * _usual_gap(box))
    before = box.before(at)
    gap = file.data[before:start].count(b"\n")
    return Edit(Span(before, before), style.eol * min(1, gap) + line + (b"" if gap else style.eol))


def _is_header(node: Node) -> bool:
    return node.shape == "package" or node.type in node.file.pack.index.headers


def together(file: SourceFile, needs: Iterable[Need], style: Style) -> list[Need]:
    """The imports as a person would write them: names of one module in one statement, and in a file that has no import
    yet all of them in one block."""
    ordered = sorted(needs, key=lambda need: need.statement)
    if any(item.shape == "import" for item in file.root.items) or style.calls:
        return ordered
    joined: list[Need] = []
    for need in ordered:
        both = _both(file, joined[-1], need, style) if joined else None
        joined[-1:] = [both] if both is not None else [*joined[-1:], need]
    if len(joined) < _FEW:
        return joined
    text = style.eol.decode().join(need.statement for need in joined)
    return [Need(joined[0].name, joined[0].module, "*", text)]


def _both(file: SourceFile, first: Need, second: Need, style: Style) -> Need | None:
    """One statement for the names of two, where the language has one."""
    if first.module != second.module or "*" in (first.imported, second.imported):
        return None
    name = f"{first.name}, {second.name}"
    statement = statement_for(file, style, first.module, name)
    parsed = parse(file.path, statement.encode("utf-8", "surrogateescape"), file.pack)
    bound = Names(parsed).top(second.name)
    known = not parsed.errors() and bound is not None and bound.imported is not None
    return Need(name, first.module, name, statement) if known else None


def _usual_gap(box: Box) -> int:
    """Blank lines between the first statements of the file: one or two."""
    data = box.file.data
    rooms = (data[box.items[index - 1].end : box.after(index)] for index in range(1, min(4, len(box.items))))
    usual = 2 if box.file.pack.text.blocks == "indent" else 1
    return min(2, max((room.count(b"\n") - 1 for room in rooms if not room.strip()), default=usual) or 1)


def _top(statement: Node) -> Node:
    """The statement of the file that a node is in."""
    node = statement
    while node.parent is not None and node.parent.parent is not None:
        node = node.parent
    return node


def _place(keys: dict[int, tuple[str, str]], need: Need) -> int:
    """The import to stand behind: the last smaller one from the same place (package or folder), else the last."""
    statements, head, key = list(keys), _head(need.module), (need.module, _plain(need.imported))
    near = [index for index in statements if head == _head(keys[index][0])]
    smaller = [index for index in near if keys[index] <= key]
    outside = [index for index in statements if _head(keys[index][0]) != "."] if head != "." else []
    return (smaller or near or outside or statements)[-1]


def _plain(imported: str) -> str:
    return "" if imported in ("*", "default") else imported


def _sorted_place(box: Box, statements: list[int], need: Need) -> int:
    """Where a statement brings in one name: behind the last smaller one of its kind and package, as they are sorted."""
    texts = {index: box.items[index].node.text for index in statements}
    kind, path = _kind_and_path(need.statement)
    alike = [index for index in statements if _kind_and_path(texts[index])[0] == kind] or statements
    near = [index for index in alike if _kind_and_path(texts[index])[1].split(".")[0] == path.split(".")[0]]
    smaller = [index for index in near or alike if _kind_and_path(texts[index])[1] <= path]
    return (smaller or near or alike)[-1]


def _kind_and_path(statement: str) -> tuple[list[str], str]:
    """The words in front of the path, and the path."""
    words = statement.rstrip(";").split()
    at = next((index for index, word in enumerate(words) if "." in word), len(words) - 1)
    return words[:at], words[at]


def _module_text(statement: Node) -> str:
    module = statement.role("module")
    return (string_value(module) or module.text) if module is not None else ""


def _head(module: str) -> str:
    return "." if module.startswith(".") else re.split(r"[/.:\\]", module, maxsplit=1)[0]


def module_for(project: Project, source: str, module: str, target: str) -> str:
    """How `target` spells the module that `source` calls `module`."""
    if source == target or not module.startswith("."):
        return module
    pack = project.packs.for_path(target)
    if pack is None or posixpath.dirname(source) == posixpath.dirname(target):
        return module
    if pack.modules.style == "path":
        return _relative(posixpath.normpath(posixpath.join(posixpath.dirname(source), module)), target)
    dots = len(module) - len(module.lstrip("."))
    folder = posixpath.dirname(source)
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    here = posixpath.relpath(folder or ".", posixpath.dirname(target) or ".")
    ups = here.split("/").count("..")
    downs = [part for part in here.split("/") if part not in ("..", ".")]
    return "." * (ups + 1) + ".".join([*downs, module.lstrip(".")] if module.lstrip(".") else downs)


def module_of(project: Project, path: str, target: str) -> str:
    """How `target` imports the file `path`."""
    pack = project.packs.for_path(path)
    stem = path.rpartition(".")[0]
    folder, name = posixpath.split(stem)
    if pack is None:
        return stem
    spelled = _spelled(project, path, target) if pack.modules.style == "dotted" else None
    if spelled is not None:
        return spelled
    indexed = name in pack.modules.indexes
    if pack.modules.style == "path":
        return _relative(folder if indexed else stem, target)
    folders = folder.split("/") if folder else []
    packages = [
        depth
        for depth in range(len(folders))
        for index in pack.modules.indexes
        if _index("/".join(folders[: depth + 1]), index, pack) in project.paths
    ]
    return ".".join([*(folders[packages[0] :] if packages else []), *([] if indexed else [name])])


def _spelled(project: Project, path: str, target: str) -> str | None:
    """How `target` spells the module of another file already."""
    entries = [binding.imported for binding in project.names(target).imports] if project.file(target) else []
    modules = (entry.module for entry in entries if entry is not None)
    return next((module for module in modules if project.module_path(target, module) == path), None)


def _index(folder: str, index: str, pack: LanguagePack) -> str:
    return f"{folder}/{index}{pack.extensions[0]}"


def _relative(path: str, target: str) -> str:
    text = posixpath.relpath(path, posixpath.dirname(target) or ".")
    return text if text.startswith(".") else f"./{text}"


def import_text(project: Project, binding: Binding | None, path: str, target: str) -> str:
    """The import that `target` needs for what `binding` is in `path`; "" for none."""
    file = project.file(path)
    if binding is None or file is None or binding.scope.parent is not None:
        return ""
    style = style_of(file)
    if binding.imported is None:
        return statement_for(file, style, module_of(project, path, target), binding.name)
    need = need_of(file, style, binding, module_for(project, path, binding.imported.module, target))
    return need.statement if need is not None else ""
