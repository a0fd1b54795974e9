"""What a cleanup leaves behind, said for each place: nothing that names the flag is lost in silence (design law 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from featureops.core.fixing import Fixing
from featureops.core.fold.values import Known, Record
from featureops.core.mentions import apart
from featureops.core.model import Leftover
from featureops.core.pack import LanguagePack
from featureops.core.reads import Read
from featureops.core.settled import Settled
from featureops.core.syntax import Node, SourceFile, parse

__all__ = ["gate_of", "is_open", "leftovers_of", "mentions", "odd_arguments"]

_TEXT = 160
_HOSTED = "markup around the script may use what the read gives: edit this file by hand"
_UNFOLDED = "the read could not be folded safely"
_PARTLY = "it is used in a way that can't be settled (a payload, all of it, an open choice): put that in by hand"
_REASONS = {
    "variant": "a variant is read: fix it with --variant NAME",
    "string": "a string value is read: fix it with --value JSON",
    "number": "a number is read: fix it with --value JSON",
    "object": "an object is read: fix it with --value JSON",
    "promise": "the value is not awaited here: what follows takes the promise",
    "callback": "the value is given to a function: put its body in place by hand",
    "details": "the evaluation details are passed on as a whole",
    "decorator": "a decorator gates what it sits on",
    "block": "the call runs a block behind the flag: put the block in its place by hand",
    "component": "a component gates its children",
    "test": "a test sets the flag, or checks what it is",
    "definition": "a call makes the flag known, and something else may still ask for it",
    "name": "the name can't be followed: it is assigned anew, or taken together with the rest of the flags",
}


def leftovers_of(
    path: str,
    file: SourceFile | None,
    after: bytes,
    flag: str,
    fixing: Fixing,
    reads: Sequence[Read],
    unfolded: Mapping[Node, Known | None],
    refused: str | None,
    failed: str | None,
) -> list[Leftover]:
    """The leftovers of one file, in line order."""
    found: list[Leftover] = []
    if refused is not None:
        found.append(Leftover(path, 0, "refused", "", refused))
    if failed is not None:
        found.append(Leftover(path, 0, "refused", "", failed))
    if file is not None:
        found.extend(_read_leftover(path, file, read, fixing) for read in reads if _stays(read, flag, fixing))
        hosted = file.pack.regions is not None
        for node, value in unfolded.items():
            sentence = _HOSTED if hosted else _PARTLY if isinstance(value, Record) else _UNFOLDED
            found.append(_at(path, file, node, "not-foldable", sentence))
        sentence = "a syntax error stands at the read"
        found.extend(
            _at(path, file, read.node, "syntax-error", sentence)
            for read in reads
            if _is_broken(file, read, flag, fixing)
        )
    taken = {item.line for item in found}
    pack = file.pack if file is not None else None
    found.extend(item for item in mentions(path, after, flag, pack) if item.line not in taken or refused is None)
    return sorted(set(found), key=lambda item: (item.line, item.kind))


def odd_arguments(path: str, file: SourceFile | None, settled: Iterable[Settled]) -> list[Leftover]:
    """Tests of a file that gave a parameter which is gone another value than the program did."""
    found: list[Leftover] = []
    for each in settled:
        reason = f"the parameter {each.binding.name} is gone, and this gave it another value than the program does"
        odd = (node for node in each.odd if node.file.path == path)
        found.extend(_at(path, file, node, "test-argument", reason) for node in odd if file is not None)
    return found


def gate_of(read: Read, *, is_shown: bool) -> Read | None:
    """The read as a "gate", where fixing the flag opens or closes it for good: an element of markup that is given only
    the key and shows its children, or an entry that leaves its object as it would be without it.
    """
    if read.proof == "unproven" or not read.is_exact:
        return None
    if read.value == "entry" and is_shown:
        return replace(read, value="gate")
    if read.value == "component" and read.node.shape == "markup-element":
        opening = read.node.role("open") or read.node
        attributes = [item for item in opening.items if item.field != "name"]
        is_made = any(item.shape == "markup-expression" and _is_function(item) for item in read.node.items)
        return replace(read, value="gate") if len(attributes) == 1 and not is_made else None
    return None


def _is_function(expression: Node) -> bool:
    inner = expression.role("operand")
    return inner is not None and inner.shape in ("function", "lambda")


def is_open(read: Read, flag: str, fixing: Fixing) -> bool:
    """Whether the flag is still asked for after the cleanup; what tests say of it does not count."""
    return read.flag == flag and fixing.of(read) is None and read.value != "test"


def _is_broken(file: SourceFile, read: Read, flag: str, fixing: Fixing) -> bool:
    return read.flag == flag and fixing.of(read) is not None and file.error_near(read.node.span)


def _stays(read: Read, flag: str, fixing: Fixing) -> bool:
    if read.flag == flag:
        return fixing.of(read) is None
    return read.flag is None and read.proof == "proven"


def _read_leftover(path: str, file: SourceFile, read: Read, fixing: Fixing) -> Leftover:
    if read.flag is None:
        return _at(path, file, read.node, "dynamic-key", "the key is not known until run time: it may be this flag")
    if read.proof == "unproven":
        reason = "the receiver can't be shown to be a flag client: declare the call under [[reads]] in featureops.toml"
        return _at(path, file, read.node, "unproven", reason)
    if not read.is_exact:
        reason = f"{read.method} does more than ask for the flag: declare it under [[reads]] to treat it as the flag"
        return _at(path, file, read.node, "not-foldable", reason)
    reason = fixing.clash(read) or _REASONS.get(read.value, "the value is not a boolean")
    return _at(path, file, read.node, "not-foldable", reason)


def _at(path: str, file: SourceFile, node: Node, kind: str, reason: str) -> Leftover:
    return Leftover(path, file.line_of(node.start), kind, _clean(file.line_text(node.start)), reason)


def mentions(path: str, after: bytes, flag: str, pack: LanguagePack | None) -> list[Leftover]:
    """Lines of the result that still name the flag; line numbers are those of the result. In a known language only
    strings and comments count: an identifier of the same spelling is another thing."""
    word = re.compile(apart(flag, "-").encode())
    hits = [match.start() for match in word.finditer(after)]
    if hits and pack is not None:
        file = parse(path, after, pack)
        hits = [hit for hit in hits if _is_written(file.node_at(hit, hit + len(flag)))]
    found: list[Leftover] = []
    for hit in hits:
        start, end = after.rfind(b"\n", 0, hit) + 1, after.find(b"\n", hit)
        text = after[start : end if end >= 0 else len(after)].decode("utf-8", "replace")
        line = after.count(b"\n", 0, hit) + 1
        found.append(Leftover(path, line, "mention", _clean(text), "the name of the flag is still written here"))
    return found


def _is_written(node: Node) -> bool:
    kinds = node.file.pack.index
    return any(part.is_comment or part.type in kinds.strings or part.is_error for part in (node, *node.ancestors()))


def _clean(text: str) -> str:
    return "".join(character for character in text.strip() if character.isprintable())[:_TEXT]
