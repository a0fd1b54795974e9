"""Post-conditions of a rewrite, checked before it is offered (design section 2): a failed check is a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from featureops.core.markup.uses import names_outside
from featureops.core.mentions import leaves_in, mentions_of
from featureops.core.scopes import Names
from featureops.core.syntax import Node, SourceFile, TooDeep
from featureops.core.textdiff import only_in

__all__ = ["fault"]


def fault(names: Names, after: Names) -> str | None:
    """Why the new content, with the names `after`, may not stand; None when it may.

    It must parse with no error that the original has not, satisfy the language's judge where the original did, and
    use no name that has lost its definition.
    """
    before, result = names.file, after.file
    try:
        fresh = result.errors() - before.errors()
        if fresh:
            return f"the result would not parse: {min(fresh)[1][:60]!r}"
        result.check_depth()
        texts = _doubtful(names, result)
        lost = _undefined(after, texts)
        lost -= {before.pack.text.own_block.strip(), *_undefined(names, lost)}
        lost |= _lost_in_markup(names, after)
    except TooDeep:
        return "the result nests too deep to be checked"
    if lost:
        return f"the result would use a name without its definition: {', '.join(sorted(lost)[:3])}"
    judge = _JUDGES.get(before.pack.judge or "")
    if judge is not None and not judge(before.data, result.data):
        return "the result would not be accepted by the language's own parser"
    return None


def _doubtful(names: Names, result: SourceFile) -> set[str]:
    """The names that may have lost their definition: one of it stood on a line that goes, or a new line has a name that
    nothing defined before."""
    before, kinds = names.file, result.pack.index.identifiers
    texts = {binding.name for binding in names.bound_in(only_in(before.data, result.data))}
    fresh = {node.text for node in leaves_in(result, only_in(result.data, before.data)) if node.type in kinds}
    return texts | {text for text in fresh if not names.binds(text)}


def _undefined(names: Names, texts: Iterable[str]) -> set[str]:
    """Those of the names that are used and bound nowhere in the file (built-ins among them)."""
    kinds = names.file.pack.index.identifiers

    def is_free(node: Node) -> bool:
        return node.type in kinds and _is_use(node) and node not in names.of

    return {text for text in texts if any(is_free(node) for node in mentions_of(names.file, text))}


def _lost_in_markup(before: Names, after: Names) -> frozenset[str]:
    """Names that the markup around a script uses and that the script gives no more."""
    if after.file.pack.regions is None:
        return frozenset()
    given, left = ({each.name for each in names.all if each.scope is names.file.root} for names in (before, after))
    return frozenset(given - left) & names_outside(after.file.data, after.file.pack)


def _is_use(node: Node) -> bool:
    parent = node.parent
    if parent is None or node.shape:
        return False
    pairs = (f"{parent.type}.{node.field}", f"{parent.type}.*")
    return node.file.pack.index.not_references.isdisjoint(pairs)


def _accepted(before: bytes, after: bytes) -> bool:
    """Whether the result is accepted where the original was. The interpreter's own compiler is much faster and sees
    more, but knows one version of the language only: where it rejects the original, the slow one decides."""
    if _interpreter(after):
        return True
    return False if _interpreter(before) else _libcst(after) or not _libcst(before)


def _interpreter(data: bytes) -> bool:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the repository's code, not about ours
        try:
            compile(data, "result", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _libcst(data: bytes) -> bool:
    import libcst

    try:
        libcst.parse_module(data)
    except (libcst.ParserSyntaxError, UnicodeDecodeError):
        return False
    return True


_JUDGES: Mapping[str, Callable[[bytes, bytes], bool]] = {"libcst": _accepted}
