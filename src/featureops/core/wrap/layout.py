"""How a file is laid out: its unit of indentation, its quotes; and code moved one level deeper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from featureops.core.fold.editor import Frozen
from featureops.core.importing import imported_by_call
from featureops.core.model import Edit
from featureops.core.syntax import Node, SourceFile
from featureops.core.wrap.boxes import Item

__all__ = ["Style", "deeper", "deeper_value", "indent_of", "lines_of", "quoted", "style_of"]

_SAMPLE = 4000
_LONE_BRACE = re.compile(rb"^\s*\{", re.MULTILINE)


class Style:
    """`unit` is one level of indentation, `quote` the usual quote, `eol` the line ending; `calls` tells whether the
    file brings in modules by calls, `own_lines` whether the braces of a branch stand on lines of their own."""

    __slots__ = ("_frozen", "calls", "eol", "own_lines", "quote", "semicolons", "unit")

    def __init__(
        self, unit: bytes, quote: str, eol: bytes, *, semicolons: bool, calls: bool = False, own_lines: bool = False
    ) -> None:
        self.unit = unit
        self.quote = quote
        self.eol = eol
        self.semicolons = semicolons
        self.calls = calls
        self.own_lines = own_lines
        self._frozen: dict[int, Frozen] = {}

    def frozen(self, file: SourceFile) -> Frozen:
        """Lines that begin inside a multi-line string."""
        known = self._frozen.get(id(file))
        if known is None:
            known = self._frozen[id(file)] = Frozen(file)
        return known


def style_of(file: SourceFile, like: SourceFile | None = None) -> Style:
    """The style of a file; `like` another one for what it doesn't show."""
    ends = Counter(item.text.endswith(";") for item in file.root.items if item.shape in ("import", "declaration"))
    semicolons = ends[False] <= ends[True]
    own_lines = _own_lines(file)
    if own_lines is None and like is not None:
        own_lines = _own_lines(like)
    return Style(
        _unit(file),
        _quote(file, like),
        file.eol,
        semicolons=semicolons,
        calls=_imports_by_call(file),
        own_lines=file.pack.wrap.own_lines if own_lines is None else own_lines,
    )


def _own_lines(file: SourceFile) -> bool | None:
    """Whether most branches of a file begin their block on a line of its own; None if it has none."""
    if b"{" not in file.data or not file.pack.text.if_else.endswith("{"):
        return None
    branches = (node.role("then") for node in file.root.walk() if node.named and node.shape == "if")
    starts = (first.start for first in branches if first is not None and first.text.startswith("{"))
    if _LONE_BRACE.search(file.data) is None:
        return None if next(starts, None) is None else False
    alone = [not file.data[file.line_start(start) : start].strip() for start in starts]
    return alone.count(True) * 2 > len(alone) if alone else None


def _imports_by_call(file: SourceFile) -> bool:
    """Whether a file has no import or export of its own, but calls that bring in, or assignments that give away."""
    if not file.pack.wrap.import_call or any(item.shape in ("import", "export") for item in file.root.items):
        return False
    for item in file.root.items:
        inner = item.role("operand") if item.shape == "expression" else None
        target = inner.role("left") if inner is not None and inner.shape == "assign" else None
        if target is not None and not {target.text, target.text.rpartition(".")[0]}.isdisjoint(_targets(file)):
            return True
        values = (part.role("value") for part in item.items) if item.shape == "declaration" else ()
        if any(value is not None and imported_by_call(value) for value in values):
            return True
    return False


def _targets(file: SourceFile) -> frozenset[str]:
    return file.pack.index.export_targets


def _unit(file: SourceFile) -> bytes:
    steps: Counter[bytes] = Counter()
    last = b""
    for line in file.data.split(b"\n")[:_SAMPLE]:
        if not line.strip():
            continue
        indent = line[: len(line) - len(line.lstrip(b" \t"))]
        step = indent[len(last) :]
        if indent.startswith(last) and step and (step == b"\t" or 2 <= len(step) <= 8):
            steps[step] += 1
        last = indent
    return steps.most_common(1)[0][0] if steps else file.pack.text.indent.encode()


def _quote(file: SourceFile, like: SourceFile | None) -> str:
    marks = file.pack.text.quotes[:2]
    counts = {mark: file.data[: 64 * _SAMPLE].count(mark.encode()) for mark in marks}
    if like is not None and not any(counts.values()):
        return _quote(like, None)
    return max(marks, key=lambda mark: counts[mark])


def quoted(key: str, quote: str) -> str:
    return f"{quote}{key}{quote}"


def indent_of(item: Item) -> bytes:
    return item.file.data[item.file.line_start(item.start) : item.start].lstrip(b"\xef\xbb\xbf")


def lines_of(items: Sequence[Item]) -> tuple[int, int]:
    """The bytes of the whole lines of items that follow each other."""
    file = items[0].file
    return file.line_start(items[0].start), file.line_end(items[-1].end)


def deeper(items: Sequence[Item], style: Style, edits: Sequence[Edit] = ()) -> bytes:
    """The lines of the items one level deeper, with edits that lie within a line each: blank lines and lines inside
    multi-line strings stay."""
    file, (start, end) = items[0].file, lines_of(items)
    text = _shifted(file, start, end, style, style.unit, edits)
    return text if text.endswith(b"\n") else text + style.eol


def deeper_value(node: Node, style: Style, width: bytes) -> bytes:
    """The text of a value whose first line moves to the right by so much: so do the others."""
    file, following = node.file, node.file.line_end(node.start)
    if following >= node.end:
        return file.data[node.start : node.end]
    return file.data[node.start : following] + _shifted(file, following, node.end, style, width)


def _shifted(file: SourceFile, start: int, end: int, style: Style, width: bytes, edits: Sequence[Edit] = ()) -> bytes:
    frozen, parts, at = style.frozen(file), list[bytes](), start
    while at < end:
        stop = min(file.line_end(at), end)
        line = _edited(file.data[at:stop], at, edits)
        parts.append(line if at in frozen or not line.strip() else width + line)
        at = stop
    return b"".join(parts)


def _edited(line: bytes, start: int, edits: Sequence[Edit]) -> bytes:
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        at, end = edit.span.start - start, edit.span.end - start
        if at >= 0 and end <= len(line):
            line = line[:at] + edit.text + line[end:]
    return line
