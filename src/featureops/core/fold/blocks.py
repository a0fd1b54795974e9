"""Taking statements and list items out of a file so that it looks as if they had never been there."""

from __future__ import annotations

from collections.abc import Callable, Container

from featureops.core.fold.chains import inside, statements
from featureops.core.fold.editor import Editor
from featureops.core.fold.layout import blank_lines_after, blank_lines_before, full_end, leading_comments
from featureops.core.mentions import asks_to_remove
from featureops.core.syntax import Node

__all__ = ["Blocks"]

_ENTRIES = frozenset({"enum-member", "declarator"})
_OPEN_ENDED = frozenset({"expression", "declaration", "return", "raise", "break", "continue"})


class Blocks:
    """`mentions` tells whether a comment speaks of the flag: then it goes with the statement below it."""

    def __init__(self, editor: Editor, mentions: Callable[[str], bool]) -> None:
        self.editor = editor
        self.mentions = mentions

    def remove(self, block: Node, gone: set[Node]) -> None:
        """Take the gone statements out of a block, in runs of neighbours, with their lines and blank lines."""
        run: list[Node] = []
        last: Node | None = None
        survivors_before = False
        parts = inside(block)
        gone = gone | _marks_of(parts, gone)
        for at, part in enumerate(parts):
            if part in gone:
                run.append(part)
                continue
            if part.is_comment and run:
                trails = block.file.line_of(run[-1].end) == block.file.line_of(part.start)
                if trails or self._between(part, parts[at + 1 :], gone):
                    continue
            if run:
                is_end = part.type in block.file.pack.index.handlers
                self._remove_run(block, run, first=not survivors_before, last=is_end)
                self.keep_apart(last, part)
                run = []
            if not self._is_spoken_comment(part, gone):
                survivors_before = True
            last = last if part.is_comment else part
        if run:
            self._remove_run(block, run, first=not survivors_before, last=True)

    def keep_apart(self, before: Node | None, after: Node | None) -> None:
        """End a statement that only the end of its line, and what stood below it, has ended so far."""
        if before is None or after is None or before.shape not in _OPEN_ENDED or before.text.endswith(";"):
            return
        if after.text.startswith(tuple(after.file.pack.text.continuing)):
            self.editor.insert(after.start, b";")

    def _between(self, comment: Node, rest: list[Node], gone: set[Node]) -> bool:
        """A comment that leads the next statement, which goes and takes it along."""
        following = next((part for part in rest if not part.is_comment), None)
        return following is not None and following in gone and self._is_spoken_comment(comment, gone)

    def _is_spoken_comment(self, part: Node, gone: set[Node]) -> bool:
        if not part.is_comment:
            return False
        below = part.next()
        while below is not None and below.is_comment:
            below = below.next()
        return below is not None and below in gone and part in self._own_comments(below)

    def _own_comments(self, statement: Node) -> list[Node]:
        comments = leading_comments(statement)
        if _defines(statement) and all(comment.start > 0 for comment in comments):
            return comments
        if _is_local_import(statement) or any(self.mentions(comment.text) for comment in comments):
            return comments
        lonely = _stands_before_nothing(statement) and all(comment.start > 0 for comment in comments)
        return comments if lonely else []

    def remove_label(self, statement: Node) -> None:
        """Take the line of comment away that says when the statement is done, once it always is."""
        comments = leading_comments(statement)
        if len(comments) == 1 and "\n" not in comments[0].text and self.mentions(comments[0].text):
            file = statement.file
            self.editor.delete(file.line_start(comments[0].start), file.line_end(comments[0].end - 1))

    def remove_request(self, statement: Node) -> None:
        """Take the line of comment away that asks to take the flag out of the statement below it, once it is."""
        nearest = next(iter(leading_comments(statement)), None)
        if nearest is not None and "\n" not in nearest.text.rstrip() and asks_to_remove(nearest.text):
            file = statement.file
            self.editor.delete(file.line_start(nearest.start), file.line_end(nearest.end - 1))

    def _remove_run(self, block: Node, run: list[Node], *, first: bool, last: bool) -> None:
        file = block.file
        comments = self._own_comments(run[0])
        start = min([run[0].start, *(comment.start for comment in comments)])
        end = max(full_end(part) for part in run)
        line_start, line_end = file.line_start(start), file.line_end(end - 1)
        line = file.line_of
        crowded: list[Node] = []
        if file.data[line_start:start].strip():
            crowded = [part for part in run if line(part.start) == line(start)]
        elif file.data[end:line_end].strip(b" \t\r\n;"):
            crowded = [part for part in run if line(part.end) == line(run[-1].end)]
        if crowded:
            self._remove_inside_line(crowded)
            rest = [part for part in run if part not in crowded]
            if rest:
                self._remove_run(block, rest, first=first and crowded[0] is not run[0], last=last)
            return
        above, below = blank_lines_before(file, line_start), blank_lines_after(file, line_end)
        if first and last:
            self.editor.delete(line_start, line_end)
        elif first:
            self.editor.delete(line_start, below)
        elif last:
            self.editor.delete(above, line_end)
        elif line_end < below and above < line_start:
            wide = below - line_end <= line_start - above
            self.editor.delete(line_start if wide else above, below if wide else line_end)
        else:
            self.editor.delete(line_start, line_end)

    def _remove_inside_line(self, run: list[Node]) -> None:
        """`a(); b();` on one line: only the statement goes, with the separator and the space after it."""
        data = run[0].file.data
        for part in run:
            end = part.end
            while data[end : end + 1] in (b" ", b"\t", b";") and data[end : end + 1]:
                end += 1
            start = part.start
            if data[end : end + 1] in (b"\r", b"\n", b""):
                while start > 0 and data[start - 1 : start] in (b" ", b"\t", b";"):
                    start -= 1
            self.editor.delete(start, end)

    def add_last(self, body: Node, text: str) -> None:
        """Put a statement behind the last one of a block."""
        file, last = body.file, body.items[-1]
        stop = file.line_end(full_end(last) - 1)
        indent = file.data[file.line_start(last.start) : last.start]
        is_last = body.end == last.end
        if indent.strip() or (stop > body.end and not is_last):
            self.editor.insert(last.end, f" {text}".encode())
        elif file.data[:stop].endswith(b"\n"):
            self.editor.insert_line(stop, indent + text.encode() + file.eol)
        else:
            self.editor.insert(stop, file.eol + indent + text.encode())

    def fill(self, body: Node, text: str = "") -> None:
        """Put the language's empty statement, or another one, into a body that nothing is left of."""
        words, items = body.file.pack.text, statements(body)
        text = text or (words.empty_case if body.shape == "case" else words.empty)
        if body.shape not in ("block", "case"):
            self.editor.replace(body.start, body.end, text or "{}")
            return
        if not text or not items:
            return
        file, first = body.file, items[0]
        line_start = file.line_start(first.start)
        indent = file.data[line_start : first.start]
        if indent.strip():
            self.editor.insert(first.start, text.encode())
        else:
            # The comments that go with the first statement go from where they begin: the line stands before them.
            top = min([first.start, *(comment.start for comment in self._own_comments(first))])
            self.editor.insert_line(file.line_start(top), indent + text.encode() + file.eol)

    def remove_inline(self, node: Node) -> None:
        """Take a node out of markup: its whole line if it stands alone."""
        file = node.file
        line_start, line_end = file.line_start(node.start), file.line_end(node.end - 1)
        alone = not file.data[line_start : node.start].strip() and not file.data[node.end : line_end].strip()
        self.editor.delete(line_start if alone else node.start, line_end if alone else node.end)

    def remove_decorator(self, node: Node) -> None:
        """Take out what stands before a definition: its brackets too, and its line where it stands alone on it."""
        file, before, after = node.file, node.previous(), node.next()
        start, end = node.start, node.end
        if after is not None and after.text == ",":
            following = after.next()
            self.editor.delete(start, following.start if following is not None else after.end)
            return
        if before is not None and before.text == ",":
            self.editor.delete(before.start, end)
            return
        if before is not None and after is not None and (before.text, after.text) == ("[", "]"):
            start, end = before.start, after.end
        line_start, line_end = file.line_start(start), file.line_end(end - 1)
        if not file.data[line_start:start].strip() and not file.data[end:line_end].strip():
            self.editor.delete(line_start, line_end)
            return
        while file.data[end : end + 1] in (b" ", b"\t") and end < len(file.data):
            end += 1
        self.editor.delete(start, end)

    def remove_items(self, holder: Node, gone: Container[Node]) -> None:
        """Take items out of a comma-separated list; the commas of those that stay are kept as they were."""
        items = [item for item in holder.items if item.shape == "enum-member"] or holder.items
        kept = [item for item in items if item not in gone]
        if len(kept) == len(items):
            return
        if not kept:
            self.editor.delete(items[0].start, self._after_comma(items[-1]))
            return
        # One thing in parentheses is a list only with a comma behind it.
        is_bare = len(kept) == 1 and holder.shape == "list" and holder.text[:1] == "(" and not _has_comma(items[-1])
        if is_bare and kept[0] is items[-1]:
            self.editor.insert(items[-1].end, b",")
        for at, item in enumerate(items):
            if item not in gone:
                continue
            following = next((other for other in items[at + 1 :]), None)
            if any(other not in gone for other in items[at + 1 :]) and following is not None:
                self._remove_item(item, following)
            else:
                before = next(other for other in reversed(items[:at]) if other not in gone)
                self.editor.replace(before.end, items[-1].end, "," if is_bare else "")
                return

    def _remove_item(self, item: Node, following: Node) -> None:
        file = item.file
        line_start, end = file.line_start(item.start), self._after_comma(item)
        alone = not file.data[line_start : item.start].strip() and not file.data[end : file.line_end(end - 1)].strip()
        if alone:
            # With a blank line below it, or the name in it, a comment above spoke of the entry alone.
            stop, notes = file.line_end(end - 1), leading_comments(item) if item.shape in _ENTRIES else []
            after = blank_lines_after(file, stop)
            if notes and (after > stop or any(self.mentions(note.text) for note in notes)):
                self.editor.delete(file.line_start(notes[-1].start), after)
            else:
                self.editor.delete(line_start, stop)
        else:
            self.editor.delete(item.start, following.start)

    def _after_comma(self, item: Node) -> int:
        after = item.next()
        return after.end if after is not None and after.text == "," else item.end


def _has_comma(item: Node) -> bool:
    after = item.next()
    return after is not None and after.text == ","


def _defines(statement: Node) -> bool:
    """Whether the statement defines something that the comment above it describes."""
    inner: Node | None = statement
    while inner is not None and (inner.type in inner.file.pack.index.modifiers or inner.is_comment):
        inner = inner.next()
    while inner is not None and inner.shape in ("export", "decorated"):
        inner = inner.role("declaration") or inner.role("definition") or inner.items[-1]
        if inner.shape == "":
            return False
    return inner is not None and inner.shape in ("function", "class", "enum", "type-definition")


def _is_local_import(statement: Node) -> bool:
    """Whether it brings names into a function, and no other import below shares the comment above it."""
    following = statement.next()
    is_last = following is None or following.shape != "import"
    return statement.shape == "import" and is_last and any(outer.shape == "function" for outer in statement.ancestors())


def _marks_of(parts: list[Node], gone: set[Node]) -> set[Node]:
    """The marks that stand as nodes of their own before statements that go: attributes of a function."""
    found: set[Node] = set()
    belongs = False
    for part in reversed(parts):
        if part.type in part.file.pack.index.modifiers:
            found.update({part} if belongs else ())
        elif not part.is_comment:
            belongs = part in gone
    return found


def _stands_before_nothing(statement: Node) -> bool:
    """Whether a blank line or the end of the block follows: a comment above it then spoke of it alone."""
    file = statement.file
    after = file.line_end(full_end(statement) - 1)
    following = statement.next()
    ends = following is None or not following.named
    return ends or not file.data[after : file.line_end(after) if after < len(file.data) else after].strip()
