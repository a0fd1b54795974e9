"""The same facts as `facts`, guessed from the text of changed lines: for files that no grammar reads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from featureops.core.assess.normal import is_log_call
from featureops.core.assess.tables import QUERY
from featureops.core.assess.values import SideFacts

__all__ = ["inert_lines", "same_text", "text_facts"]

_COMMENT = re.compile(r"^\s*(?://|#(?!\[)|--|/\*|\*|;|%|<!--|\"\"\"|''')")
_TRAILING = re.compile(r"\s(?://|#|--)\s.*$")
_STRINGS = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
_CALL = re.compile(r"([A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)*[!?]?)\s*\(")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_FUNCTION = re.compile(r"\b(?:def|func|fun|fn|function|sub|class|struct|interface|trait|impl|module)\s+(\w+)")
_MODULE = re.compile(r"^\s*(?:import|from|use|using|require|include|#include)\b")
_QUERY = re.compile(QUERY)
_BRANCH = frozenset({"if", "elif", "elsif", "unless", "case", "when", "switch", "match"})
_LOOP = frozenset({"for", "foreach", "while", "loop", "until"})
_HANDLER = frozenset({"catch", "except", "rescue", "finally", "ensure", "recover"})
_CONCURRENT = frozenset({"await", "synchronized", "spawn"})
_EXIT = re.compile(r"\b(?:return|raise|throw|panic!?|abort|die)\b")


def inert_lines(lines: Sequence[bytes]) -> bool:
    """Whether nothing but blank lines and comments is there."""
    return all(not line.strip() or _COMMENT.match(_text(line)) for line in lines)


def same_text(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether two texts differ only in blank lines and in blanks at the ends of lines."""
    return [line.rstrip() for line in before if line.strip()] == [line.rstrip() for line in after if line.strip()]


def text_facts(lines: Sequence[tuple[int, bytes]]) -> SideFacts:
    """Facts of numbered lines. Comments and the insides of strings are left out, queries excepted."""
    calls: list[tuple[str, int]] = []
    names: list[tuple[str, int]] = []
    modules: list[tuple[str, int]] = []
    functions: list[tuple[str, int]] = []
    queries: list[tuple[str, int]] = []
    guards = statements = 0
    keywords: list[str] = []
    for number, raw in lines:
        text = _text(raw)
        if not text.strip() or _COMMENT.match(text):
            continue
        statements += 1
        queries += [(item[1:81], number) for item in _STRINGS.findall(text) if _QUERY.match(item[1:-1])]
        code = _TRAILING.sub("", _STRINGS.sub('""', text))
        if _MODULE.match(text):
            modules.append((text.strip(), number))
            continue
        found = _NAME.findall(code)
        keywords += found
        guards += bool(_BRANCH.intersection(found) and _EXIT.search(code))
        functions += [(name, number) for name in _FUNCTION.findall(code)]
        calls += [(name, number) for name in _CALL.findall(code) if not is_log_call(name)]
        names += [(name, number) for name in found]
    return SideFacts(
        calls=tuple(calls),
        names=tuple(names),
        modules=tuple(modules),
        functions=tuple(functions),
        queries=tuple(queries),
        branches=sum(word in _BRANCH for word in keywords),
        loops=sum(word in _LOOP for word in keywords),
        handlers=sum(word in _HANDLER for word in keywords),
        guards=guards,
        statements=statements,
        concurrent=sum(word in _CONCURRENT for word in keywords),
    )


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
