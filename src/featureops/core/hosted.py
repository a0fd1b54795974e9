"""Files that hold another language are cleaned up in their script, and in the markup where it names what is known.

A name that the markup uses is used: it stays, however little the script has to do with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from featureops.core.asked import Read
from featureops.core.detect.templates import name_given, template_uses
from featureops.core.fold.editor import apply_edits
from featureops.core.fold.folder import Folded
from featureops.core.fold.unused import is_given_away
from featureops.core.fold.values import Known, Record
from featureops.core.markup.fold import exposes_names, fold_markup
from featureops.core.markup.options import given_by_options
from featureops.core.markup.uses import names_outside
from featureops.core.mentions import mentions_of
from featureops.core.model import Edit, Leftover
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node, SourceFile

__all__ = ["Opened", "Shown", "fold_hosted", "is_read_only", "left_in_markup", "opened", "used_by"]


def is_read_only(file: SourceFile) -> bool:
    """Whether only a person may edit a file."""
    return file.pack.regions is not None and file.pack.markup is None


@dataclass(frozen=True, slots=True)
class Opened:
    """A name that holds something around the value: the expressions of the script that get it out, what the markup gets
    it by, and whether that is the name alone."""

    binding: Binding
    read: Node
    known: Mapping[Node, Known]
    value: bool
    label: str
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The names that the markup uses, and those that it used and does not any more; what of the script is known by what
    it gives to the markup, and the parts that only the markup used."""

    used: frozenset[str]
    lost: frozenset[str] = frozenset()
    known: Mapping[Node, Known] = field(default_factory=dict)
    parts: tuple[Node, ...] = ()

    def freed(self, names: Names) -> list[Node]:
        """The imports and functions that only the markup used."""
        found: list[Node] = []
        for binding in names.all if self.lost else ():
            if binding.name in self.lost and binding.scope is names.file.root and not binding.uses:
                holder = binding.imported.entry if binding.imported is not None else binding.definitions[0].parent
                is_free = holder is not None and (binding.imported is not None or holder.shape == "function")
                found.extend([holder] if holder is not None and is_free and not is_given_away(names, binding) else [])
        return found


def opened(names: Names, reads: Iterable[Read], *, keep: bool) -> list[Opened]:
    """The names of a script that hold what a read gives, where all that is done with them is to get the value."""
    rules = names.file.pack.markup
    given = {each.value for each in given_by_options(names.file)}
    found: list[Opened] = []
    for read in reads:
        name = name_given(read) if read.within == "boolean" else None
        binding = names.lookup(name, read.node) if name is not None and rules is not None else None
        if rules is None or name is None or binding is None or not binding.is_single:
            continue
        on = keep is (read.when == "enabled")
        if rules.unwraps and read.pinned:
            places = [use.parent for use in binding.uses if use.parent is not None and _gets(use.parent, read.pinned)]
            shown = [use for use in binding.uses if use in given]
            if len(places) + len(shown) == len(binding.uses) and (shown or binding.scope is names.file.root):
                known = dict.fromkeys((*places, *shown), on)
                found.append(Opened(binding, read.node, known, on, name, is_alone=True))
        elif rules.store and read.is_boxed and binding.scope is names.file.root:
            got = [node for node in mentions_of(names.file, rules.store + name) if node not in names.of]
            kept: dict[Node, Known] = {**dict.fromkeys(got, on), read.node: Record()}
            found.append(Opened(binding, read.node, kept, on, rules.store + name, is_alone=False))
    return found


def _gets(access: Node, members: Collection[str]) -> bool:
    name = access.role("property") if access.shape == "member" else None
    return name is not None and name.text in members


def used_by(names: Names, used: frozenset[str], elsewhere: Callable[[Binding], bool]) -> Callable[[Binding], bool]:
    """Whether a name of the script has uses that its file does not show: in the markup, or in other files."""

    def is_used(binding: Binding) -> bool:
        is_own = binding.scope is names.file.root and not is_given_away(names, binding)
        return binding.name in used or (not is_own and elsewhere(binding))

    return is_used


def fold_hosted(file: SourceFile, found: Sequence[Opened], fold: Callable[[Shown, Sequence[Opened]], Folded]) -> Folded:
    """Fold the script and the markup. `fold` does that with the script, given the names that the markup uses, and those
    of them that hold a value: they are given it by itself where the markup goes on using them."""
    used, given = names_outside(file.data, file.pack), given_by_options(file)
    folded = fold(Shown(used), found)
    settled = {each: value for each in given if (value := each.among(folded.known)) is not None}
    reads: dict[Node, Known] = {read: value for each, value in settled.items() for read in each.reads}
    known = {name: value for name, value in folded.values.items() if isinstance(value, bool)}
    known |= {f"{name}()": value for name, value in folded.results.items() if isinstance(value, bool)}
    known |= {each.label: each.value for each in found}
    handed = {each.label: each.value for each in found if each.binding.scope is not file.root}
    markup = fold_markup(file, known, handed | {each.name: value for each, value in settled.items()})
    left = names_outside(apply_edits(file.data, markup), file.pack)
    if left != used or reads:
        parts = tuple(each.entry for each in settled if each.is_only and each.name not in left)
        kept = [each for each in found if not each.is_alone or each.label in left]
        folded = fold(Shown(left, used - left, reads, parts), kept)
    edits = sorted((*folded.edits, *markup), key=lambda edit: (edit.span.start, edit.span.end))
    if not _in_regions(file, folded.edits):
        return replace(folded, edits=(), unfolded=folded.known)
    return replace(folded, edits=tuple(edits))


def _in_regions(file: SourceFile, edits: Iterable[Edit]) -> bool:
    """Whether edits are in the parts of a file that are in its language."""
    spans = [match.span(1) for match in re.finditer((file.pack.regions or "").encode(), file.data)]
    return all(any(start <= edit.span.start and edit.span.end <= end for start, end in spans) for edit in edits)


def left_in_markup(file: SourceFile, after: bytes, names: Iterable[str]) -> list[Leftover]:
    """Where the markup still speaks of names that have one value now."""
    found: list[Leftover] = []
    for name in names if exposes_names(file) else ():
        for span in template_uses(after, file.pack, name):
            line = after.count(b"\n", 0, span.start) + 1
            start, end = after.rfind(b"\n", 0, span.start) + 1, after.find(b"\n", span.start)
            text = after[start : end if end >= 0 else len(after)].decode("utf-8", "replace").strip()
            reason = f"{name} has one value now: put it in by hand"
            found.append(Leftover(file.path, line, "markup", text[:160], reason))
    return found
