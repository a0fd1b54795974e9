"""Post-conditions of a rewrite, checked before it is offered (design section 2): a failed check is a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from featureops.core.markup.uses import names_outside
from featureops.core.mentions import each_mention, leaves_in, mentions_of
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile, TooDeep
from featureops.core.textdiff import Lines, only_in

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
        gone, lines = names.made_in(only_in(before.data, result.data)), Lines(before.data, result.data)
        doubtful = list(_doubtful(names, after, gone, lines))
        strayed = _strayed(after, doubtful, gone, lines)
        lost = {node.text for node in doubtful if _is_free(node, after)}
        lost -= {before.pack.text.own_block.strip(), *_undefined(names, lost)}
        lost |= _lost_in_markup(names, after)
    except TooDeep:
        return "the result nests too deep to be checked"
    if strayed:
        return f"the result would use a name of the whole file for one of a function: {', '.join(sorted(strayed)[:3])}"
    if lost:
        return f"the result would use a name without its definition: {', '.join(sorted(lost)[:3])}"
    judge = _JUDGES.get(before.pack.judge or "")
    if judge is not None and not judge(before.data, result.data):
        return "the result would not be accepted by the language's own parser"
    return None


def _doubtful(names: Names, after: Names, gone: Sequence[Binding], lines: Lines) -> Iterator[Node]:
    """The names of the result that may have lost their definition: they stood for one that was on a line that goes, or
    they are on a new line, with the name of such a one or a name that nothing defined before."""
    result = after.file
    kinds, texts = result.pack.index.identifiers, {binding.name for binding in gone}
    fresh = [(leaf, leaf.text) for leaf in leaves_in(result, lines.fresh) if leaf.type in kinds]
    told = {text for text in {text for _, text in fresh} - texts if not _is_told(names, text)}
    yield from (leaf for leaf, text in fresh if text in texts or text in told)
    made = [binding for leaf, text in fresh if text in texts and (binding := after.made_by(leaf)) is not None]
    still = {(binding.name, binding.scope.type, binding.scope.end - 1) for binding in made}
    for binding in gone:
        scope = binding.scope
        if (binding.name, scope.type, lines.place(scope.end - 1)) not in still:
            yield from _left(names.uses_of(binding), binding.name, lines, result)


def _strayed(after: Names, doubtful: Iterable[Node], gone: Sequence[Binding], lines: Lines) -> set[str]:
    """The names that were a function's own, have lost their definition there, and now mean one of the whole file."""
    result = after.file
    kinds = result.pack.index.function_scopes
    own = {
        (each.name, each.scope.type, lines.place(each.scope.end - 1)): each
        for each in gone
        if each.scope.type in kinds and each.imported is None and not each.outer
    }
    found: set[str] = set()
    for node in doubtful if own else ():
        text = node.text
        holders = (outer for outer in node.ancestors() if outer.type in kinds)
        function = next((outer for outer in holders if (text, outer.type, outer.end - 1) in own), None)
        meant = after.of.get(node) if function is not None and node.type in result.pack.index.identifiers else None
        if meant is not None and meant.scope is result.root and _is_use(node):
            found.add(text)
    return found


def _is_told(names: Names, text: str) -> bool:
    """Whether a name that nothing defines any more has been used like that before, or is defined."""
    return any(map(_may_be_free, each_mention(names.file, text))) or names.binds(text)


def _left(uses: Iterable[Node], name: str, lines: Lines, result: SourceFile) -> Iterator[Node]:
    """The uses of a name that are on lines of the result."""
    for use in uses:
        at = lines.place(use.start) if use.text == name else None
        node = result.node_at(at, at + use.end - use.start) if at is not None else None
        while node is not None and (node.start, node.end - node.start) == (at, use.end - use.start):
            yield node
            node = node.parent


def _undefined(names: Names, texts: Iterable[str]) -> set[str]:
    """Those of the names that are used and bound nowhere in the file (built-ins among them)."""
    return {text for text in texts if any(_is_free(node, names) for node in mentions_of(names.file, text))}


def _is_free(node: Node, names: Names) -> bool:
    return _may_be_free(node) and names.made_by(node) is None and node not in names.of


def _may_be_free(node: Node) -> bool:
    return node.type in node.file.pack.index.identifiers and _is_use(node)


def _lost_in_markup(before: Names, after: Names) -> frozenset[str]:
    """Names that the markup around a script uses and that the script gives no more."""
    if after.file.pack.regions is None:
        return frozenset()
    given, left = ({each.name for each in names.all if each.scope is names.file.root} for names in (before, after))
    return frozenset(given - left) & names_outside(after.file.data, after.file.pack)


def _is_use(node: Node) -> bool:
    parent = node.parent
    if parent is None or node.shape or (parent.shape == "keyword-argument" and parent.role("name") is node):
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
