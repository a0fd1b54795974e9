"""Where statements begin and end as people see them: their lines, their comments, the blank lines around them."""

from __future__ import annotations

from collections.abc import Container

from featureops.core.fold.chains import inside, is_label
from featureops.core.syntax import Node, SourceFile

__all__ = ["blank_lines_after", "blank_lines_before", "column", "content", "full_end", "is_alone", "leading_comments"]


def column(node: Node) -> int:
    """Bytes between the start of the line and the node."""
    return node.start - node.file.line_start(node.start)


def is_alone(node: Node, end: int) -> bool:
    """Whether only white space stands before the node on its first line and after `end` on its last."""
    file = node.file
    before = file.data[file.line_start(node.start) : node.start]
    after = file.data[end : file.line_end(max(end - 1, node.start))]
    return not before.strip() and not after.strip()


def full_end(node: Node) -> int:
    """The end of a statement, of a field with the comma behind it, with the comment that follows on its last line and,
    where indentation makes blocks, the comment lines after it that are indented deeper than it (they belong to its last
    block)."""
    after = node.next() if node.shape == "field" else None
    end = _with_line_comment(node.file, after.end if after is not None and after.text == "," else node.end)
    if node.file.pack.text.blocks != "indent":
        return end
    last_block = _last_block(node)
    return end if last_block is None else _deeper_comments(node.file, end, column(node))


def _last_block(node: Node) -> Node | None:
    last = node
    while last.items:
        last = last.items[-1]
        if last.shape == "block":
            return last
    return None


def _with_line_comment(file: SourceFile, end: int) -> int:
    while file.data[end - 1 : end] == b"\r":  # some grammars count it to the comment at the end of a line
        end -= 1
    stop = file.line_end(end - 1) if end else 0
    rest = file.slice(end, stop)
    if rest.strip().startswith(file.pack.text.line_comment):
        return end + len(rest.rstrip("\r\n").encode("utf-8", "surrogateescape"))
    return end


def _deeper_comments(file: SourceFile, end: int, outer: int) -> int:
    """Take in comment lines that stand deeper than `outer` columns."""
    mark = file.pack.text.line_comment.encode()
    at, kept = file.line_end(end - 1) if end else 0, end
    while at < len(file.data):
        stop = file.line_end(at)
        line = file.data[at:stop]
        text = line.strip()
        if text and not (text.startswith(mark) and len(line) - len(line.lstrip()) > outer):
            break
        if text:
            kept = at + len(line.rstrip())
        at = stop
    return kept


def content(body: Node, owner: Node, gone: Container[Node] = ()) -> tuple[int, int] | None:
    """From the first statement or comment of a body to the end of its last; None for an empty one.

    A comment on the header's own line is not part of it. `owner` is the statement that the body belongs to; what is
    `gone` does not count.
    """
    if body.shape not in ("block", "case"):
        return body.start, _with_line_comment(body.file, body.end)
    parts = [child for child in inside(body) if child not in gone and not is_label(child, body)]
    parts = [child for child in parts if not _trails(child, gone)]
    if not parts:
        return None
    start, end = parts[0].start, _with_line_comment(body.file, parts[-1].end)
    if body.file.pack.text.blocks != "indent":
        header_line = body.file.line_of(body.start)
        parts = [part for part in parts if not (part.is_comment and body.file.line_of(part.start) == header_line)]
        if not parts:
            return None
        leads = _is_unmarked(body) and bool(body.items) and body.items[0] not in gone
        return _comments_above(body, parts[0].start) if leads else parts[0].start, max(end, parts[-1].end)
    first_stays = body.items[0] not in gone
    return _comments_above(body, start) if first_stays else start, _deeper_comments(body.file, end, column(owner))


def _is_unmarked(body: Node) -> bool:
    """Whether a block begins with its first statement: comments before that lie outside it."""
    if body.shape != "block" or body.file.pack.text.blocks == "indent":
        return False
    return body.file.data[body.start : body.start + 1] not in (b"{", b":")


def _trails(comment: Node, gone: Container[Node]) -> bool:
    """Whether a comment stands behind something that goes, on its line."""
    before = comment.previous() if comment.is_comment else None
    return (
        before is not None
        and before in gone
        and comment.file.line_of(before.end) == comment.file.line_of(comment.start)
    )


def _comments_above(body: Node, start: int) -> int:
    """Where indentation makes blocks, comments between the header and the first statement lie outside the block."""
    previous = body.previous()
    while previous is not None and previous.is_comment:
        file = body.file
        if file.data[file.line_start(previous.start) : previous.start].strip():
            break
        start = previous.start
        previous = previous.previous()
    return start


def leading_comments(node: Node) -> list[Node]:
    """Comment lines directly above, with no blank line in between, nearest first."""
    found: list[Node] = []
    below, previous = node, _above(node)
    while previous is not None and previous.is_comment:
        file = node.file
        # Some grammars count the end of the line to the comment.
        if file.line_of(previous.start + len(file.data[previous.start : previous.end].rstrip())) + 1 != (
            file.line_of(below.start)
        ):
            break
        if file.data[file.line_start(previous.start) : previous.start].strip():
            break
        found.append(previous)
        below, previous = previous, _above(previous)
    return found


def _above(node: Node) -> Node | None:
    """What stands before a node; before the first of a block that nothing opens, what stands before the block."""
    previous = node.previous()
    block = node.parent
    if previous is not None or block is None or block.shape != "block":
        return previous
    if block.start == node.start or _is_unmarked(block):
        return block.previous()
    return previous


def blank_lines_before(file: SourceFile, line_start: int) -> int:
    """Where the run of blank lines that ends at `line_start` begins."""
    at = line_start
    while at > 0:
        previous = file.line_start(at - 1)
        if previous >= at or file.data[previous:at].strip():
            return at
        at = previous
    return at


def blank_lines_after(file: SourceFile, line_end: int) -> int:
    """Where the run of blank lines that begins at `line_end` ends."""
    at = line_end
    while at < len(file.data):
        stop = file.line_end(at)
        if file.data[at:stop].strip():
            return at
        at = stop
    return at
