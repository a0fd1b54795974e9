"""Which changes are trivial, by a rule that knows nothing of the assessment: what kind of file it is by customary
names, and whether the same tokens, or the same lines but for their blanks, are left on both sides."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from featureops.core.model import ChangedFile
from featureops.languages import packs

__all__ = ["why_trivial"]

_TESTS = re.compile(
    r"(?i)(^|/)(tests?|specs?|__tests__|__mocks__|testdata|e2e|cypress)/|(^|/)test_[^/]*\.py$"
    r"|[_.](test|spec)\.\w+$|(^|/)[^/]*(?-i:Test|Tests|Spec|IT)\.(java|kt|cs|php|swift|scala)$|(^|/)conftest\.py$"
)
_DOCS = re.compile(
    r"(?i)\.(md|mdx|rst|adoc|markdown)$|(^|/)(license|notice|authors|changelog|changes|contributing|readme)(\.txt)?$|^docs?/.*\.(txt|html)$"
)
_TRANSLATION = re.compile(
    r"(?i)\.(po|pot|xliff|xlf|arb|strings)$"
    r"|(^|/)(locales?|i18n|lang|translations?|l10n|messages)/.*\.(json|ya?ml|properties|php|ftl)$|(^|/)values-[\w-]+/[^/]*strings[^/]*\.xml$|(^|/)messages_\w+\.properties$"
)
_LOCK = re.compile(
    r"(^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|Gemfile\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|go\.sum"
    r"|Cargo\.lock|Package\.resolved|Podfile\.lock|packages\.lock\.json|gradle\.lockfile|bun\.lockb?|npm-shrinkwrap\.json)$"
)
_MANIFEST = re.compile(
    r"(^|/)(package\.json|pom\.xml|[^/]*\.gradle(\.kts)?|gradle\.properties|libs\.versions\.toml|go\.mod|Cargo\.toml|pyproject\.toml|setup\.(py|cfg)"
    r"|requirements[^/]*\.(txt|in)|Pipfile|Gemfile|[^/]*\.gemspec|composer\.json|[^/]*\.csproj|Directory\.(Packages|Build)\.props|Package\.swift|Podfile)$"
)
_VERSION = re.compile(r"\bv?\d+(\.\d+)+[\w.+-]*|\b[0-9a-f]{12,}\b|(?<=[\^~\"'=: ])\d+(?=[\"',\s]|$)")
_LINE_END = re.compile(rb"\s*\n\s*|")
# Where blanks at the start of a line say which block it is in.
_INDENTED = (".py", ".pyi", ".pyx", ".yml", ".yaml", ".haml", ".slim", ".pug", ".sass", ".coffee")


def why_trivial(changes: Sequence[ChangedFile]) -> str:
    """Names of what the files are (docs, tests, lockfile, bump, translation) or of what alone differs in them (layout,
    comments), with a + between several; "" where a file may be more."""
    found: set[str] = set()
    for change in changes:
        why = _why(change)
        if not why:
            return ""
        found.add(why)
    return "+".join(sorted(found))


def _why(change: ChangedFile) -> str:
    for name, pattern in (("tests", _TESTS), ("docs", _DOCS), ("translation", _TRANSLATION), ("lockfile", _LOCK)):
        if pattern.search(change.path):
            return name
    before, after = change.before, change.after
    if before is None or after is None:
        return ""
    if _MANIFEST.search(change.path) and _only_versions(before, after):
        return "bump"
    if not change.path.endswith(_INDENTED) and _squeezed(before) == _squeezed(after):
        return "layout"
    return "comments" if _same_tokens(change.path, before, after) else ""


def _only_versions(before: bytes, after: bytes) -> bool:
    return _VERSION.sub("0", before.decode("utf-8", "replace")) == _VERSION.sub("0", after.decode("utf-8", "replace"))


def _squeezed(text: bytes) -> list[bytes]:
    """The lines but for how many blanks stand where. Blanks that come where there were none may be in a text."""
    lines = (b" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]


def _same_tokens(path: str, before: bytes, after: bytes) -> bool:
    if path.endswith((".py", ".pyi")):
        return _same_python(before, after)
    if packs().for_path(path) is None or packs().host(path) is not None:
        return False
    pairs = zip_longest(_tokens(path, before), _tokens(path, after))
    return all(old is not None and old == new for old, new in pairs)


def _same_python(before: bytes, after: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            old, new = (ast.dump(ast.parse(text)) for text in (before, after))
        except (SyntaxError, ValueError, RecursionError):
            return False
    return old == new


def _tokens(path: str, text: bytes) -> Iterator[bytes | None]:
    """The leaves but for comments; None where the file has errors."""
    pack = packs().for_path(path)
    assert pack is not None
    tree = pack.parser(path[path.rfind(".") :].lower()).parse(text)
    if tree.root_node.has_error:
        yield None
        return
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if node.type in pack.index.comments:
            continue
        if node.child_count:
            stack.extend(reversed(node.children))
        elif not _LINE_END.fullmatch(leaf := text[node.start_byte : node.end_byte]):
            yield leaf
