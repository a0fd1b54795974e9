"""Every place that uses one flag: reads, the constants that hold its key, wrappers and their calls, mentions.

The search is a fixpoint. A round looks for names (first the key, then constants that hold it, then functions that only
give it), parses the files that hold one, and every definition that it finds there is a name for the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from featureops.core.asked import Read, uses_of
from featureops.core.detect.built import asks_openly, files_that_spell, has_built_key
from featureops.core.detect.findings import Findings
from featureops.core.detect.following import learn_all, learn_callers
from featureops.core.detect.markers import marked_key, marked_name
from featureops.core.detect.needles import Needles, flag_needles, is_minified, whole_places
from featureops.core.detect.places import (
    is_test_path,
    string_at,
    text_shape,
    whole_word,
)
from featureops.core.detect.presence import Presence
from featureops.core.detect.rows import Kind, Mention, Rows
from featureops.core.detect.sifting import Spread, among, in_turn
from featureops.core.detect.templates import name_given, template_uses
from featureops.core.detect.wrappers import Wrapper, bound_function, call_at, names_at, wrapper_around
from featureops.core.dispatch import classes_asked, may_run
from featureops.core.given import definition_of
from featureops.core.holders import alias_of, is_reached, named_by
from featureops.core.house import house_name
from featureops.core.kept import keeper_with
from featureops.core.made import made_name
from featureops.core.model import Span, Usage
from featureops.core.pack import LanguagePack
from featureops.core.project import Project, Resolution
from featureops.core.reads import find_reads
from featureops.core.scopes import string_value
from featureops.core.syntax import Node, SourceFile

__all__ = ["Grep", "find_usages"]

_Offsets = Mapping[str, tuple[int, ...]]


class Grep(Protocol):
    """Which files hold any of the byte strings, or of those for their language, with the offsets where one starts."""

    def __call__(self, needles: Sequence[bytes], by_language: Needles | None = None, /) -> _Offsets: ...


_VALUES = frozenset({"string", "number", "object"})
_ROUNDS = 8
_HELD = ("boolean", "details")


def find_usages(
    project: Project,
    flag: str,
    grep: Grep,
    text_of: Callable[[str], bytes | None],
    spread: Spread = in_turn,
    known: Container[str] | None = None,
) -> tuple[Usage, ...]:
    """All usages of a flag, sorted by place. `text_of` gives the bytes of any file; `known` are the files that may ask
    for the flag, or for whichever they are given, where that is known.
    """
    hunt = _Hunt(project, flag, house_name(flag), text_of)
    hits, asking = hunt.first(grep)

    def in_code(needles: Sequence[bytes]) -> _Offsets:
        return grep((), {pack.id: tuple(needles) for pack in project.packs.readable})

    sift = among(known, spread)
    for path in sift(lambda path: hunt.asks(path, asking[path]) or None, sorted(asking)):
        hunt.ask(path, asking[path])
    for path, offsets in hits.items():
        if offsets:
            hunt.learn(path)
    learn_callers(project, in_code, text_of, sift)
    hunt.found.names.update(reader.name for reader in project.readers if reader.is_built)
    hunt.look_at_all(hits, spread)
    for path in files_that_spell(project, flag, in_code):
        if path not in hits:
            hunt.look(path, (), spelt=True)
    for _ in range(_ROUNDS):
        names = hunt.take_names()
        if not names:
            break
        needles = [name.encode() for name in sorted(names)]
        for path, offsets in in_code(needles).items():
            data = text_of(path)
            whole = whole_places(data, offsets, needles) if data is not None else []
            if whole:
                hunt.follow(path, whole, names)
    for path in hits:
        hunt.mention(path)
    found = (replace(usage, inverted=place in hunt.found.inverted) for place, usage in hunt.found.rows.found.items())
    return tuple(sorted(found, key=lambda usage: (usage.path, usage.span, usage.kind)))


@dataclass
class _Hunt:
    """What one search knows so far. `member` is how the flag comes back from a name of any case style; of the names in
    `found` those in `done` were looked for; `seen` are the files that may ask with the offsets of ways of asking.
    """

    project: Project
    flag: str
    member: str
    text_of: Callable[[str], bytes | None]
    wrappers: dict[Node, Wrapper] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    seen: Mapping[str, Sequence[int]] = field(default_factory=dict)
    presence: Presence = field(init=False)
    found: Findings = field(init=False)

    def __post_init__(self) -> None:
        self.presence = Presence(self.project.packs, self.project.config)
        self.found = Findings(Rows(self.flag))

    def take_names(self) -> frozenset[str]:
        new = frozenset(self.found.names - self.done)
        self.done |= new
        return new

    # -------------------------------------------------------------- places

    def first(self, grep: Grep) -> tuple[_Offsets, Mapping[str, Sequence[int]]]:
        """Files that hold the key (or a spelling of it), and of the others those that ask for some flag."""
        needles = flag_needles(self.flag, self.project.config, self.project.packs)
        hits = dict[str, tuple[int, ...]]()
        rest = list[tuple[str, bytes, Sequence[int]]]()
        for path, offsets in grep(needles, self.presence.needles).items():
            data = self.text_of(path)
            if data is None:
                continue
            rest.append((path, data, offsets))
            own = tuple(at for at in offsets if data.startswith(needles, at))
            if own:
                hits[path] = tuple(at for at in own if not is_minified(data, at))
        self.seen = {path: offsets for path, _, offsets in rest}
        self.project.present, unwritten = self.presence.unwritten(rest)
        return hits, {path: offsets for path, offsets in unwritten.items() if path not in hits}

    def asks(self, path: str, offsets: Sequence[int]) -> bool:
        """Whether a file without the key asks for the flag, or for whichever flag it is given."""
        pack = self.project.packs.reading(path)
        return pack is not None and asks_openly(self.project, self.flag, self.presence.asking(pack), path, offsets)

    def ask(self, path: str, offsets: Sequence[int]) -> None:
        """A file without the key that asks for flags by keys that are not written there."""
        file = self.project.file(path)
        if file is not None and has_built_key(self.project, self.flag, self.presence.asking(file.pack), path, offsets):
            self._reads(file, offsets)

    def learn(self, path: str) -> None:
        """Learn which functions of a file ask for whichever flag they are given."""
        pack, data = self.project.packs.reading(path), self.text_of(path)
        near = self._asked(path, data, pack) if data is not None and pack is not None else []
        if near != []:
            learn_all(self.project, path, near)

    def _asked(self, path: str, data: bytes, pack: LanguagePack) -> list[int] | None:
        """Where a file asks by what is no plain string: of plain strings the key itself was looked for."""
        return self.presence.asking(pack).unwritten(data, self.seen.get(path))

    def look_at_all(self, hits: _Offsets, spread: Spread) -> None:
        """`look` at all files that hold the key, by as many processes as pay. A file that says more than can be told
        without its nodes is looked at by this one.
        """
        found = spread(lambda path: self._told(path, hits[path]), list(hits))
        for path, offsets in hits.items():
            told = found.get(path)
            if told is None:
                self.look(path, offsets)
            else:
                self.looked.add(path)
                self.found.take(told)

    def _told(self, path: str, offsets: Sequence[int]) -> Findings | None:
        """What `look` finds in a file; None where it is a wrapper, or something was learned."""
        before, wrappers, readers = self.found, self.wrappers, len(self.project.readers)
        self.found, self.wrappers = Findings(Rows(self.flag)), {}
        try:
            self.look(path, offsets)
            data = self.text_of(path)
            if self.wrappers or len(self.project.readers) > readers or data is None:
                return None
            places = self.found.unclaimed(path, data)
            self.found.mentions = {(path, offset): self._mention(path, data, offset) for offset in places}
            return self.found
        finally:
            self.looked.discard(path)
            self.found, self.wrappers = before, wrappers

    def look(self, path: str, offsets: Sequence[int], *, spelt: bool = False) -> None:
        """A file that holds the key (or a spelling of it): its reads, and the constants that it gives the key to."""
        file = self.project.file(path) if offsets or spelt else None
        if file is None:
            return
        self._reads(file, offsets)
        key = self.flag.encode()
        for offset in offsets:
            if file.data.startswith(key, offset) and whole_word(file.data, offset, offset + len(key)):
                node = string_at(file, offset, offset + len(key))
                if node is not None and string_value(node) == self.flag:
                    self._definition(file, node, "literal")
                    self._made(file, node)

    def _made(self, file: SourceFile, key: Node) -> None:
        """What keeps the key: the object that a function makes of it, or one whose class hands it on."""
        made, keeper = made_name(self.project, file.path, key), keeper_with(key)
        self.found.names.update([made] if made is not None else [])
        if keeper is not None:
            self._define(file, keeper, key, keeper.role("name"), "literal")

    def follow(self, path: str, offsets: Sequence[int], names: frozenset[str]) -> None:
        """A file that holds a name from an earlier round."""
        file = self.project.file(path)
        if file is None:
            return
        self._reads(file, offsets)
        for offset in offsets:
            node = file.node_at(offset)
            if node.start == offset and node.text in names and node.named:
                self._name_used(file, node)
            elif file.pack.index.markup_entries:
                self._name_in_markup(file, offset, names)

    def _name_used(self, file: SourceFile, name: Node) -> None:
        alias = alias_of(name)
        if alias is not None and self._is_known(file, alias):
            self.found.names.add(alias.text)
        self._wrapper_call(file, name)
        whole = name.parent if name.parent is not None and name.parent.shape == "member" else name
        if whole.role("property") not in (None, name):
            return
        constant = self.project.constant(file.path, whole)
        if constant is not None and constant.value == self.flag:
            self._definition(file, whole, constant.resolution)

    def _is_known(self, file: SourceFile, alias: Node) -> bool:
        """Whether another name for something stands for what was found: a definition, a wrapper, a reader."""
        binding = self.project.names(file.path).of.get(alias)
        found = self.project.origin(file.path, binding) if binding is not None else None
        path, meant = found or self.project.exported(file.path, alias.text) or ("", None)
        definition = definition_of(meant) if meant is not None else None
        if meant is None or definition is None:
            return False
        function = bound_function(meant)
        is_asking = function is not None and (function in self.wrappers or function in self.project.readers)
        return is_asking or (path, definition.span) in self.found.rows.found

    def _name_in_markup(self, file: SourceFile, offset: int, names: frozenset[str]) -> None:
        for name in (name for name in names if file.data.startswith(name.encode(), offset)):
            marked = marked_name(self.project, file, offset, name, self.flag)
            if marked is not None:
                self.found.rows.put(
                    file.path, file.data, marked[0], "read", "constant", file.pack.id, marked[1].id, "template"
                )

    def _reads(self, file: SourceFile, offsets: Sequence[int]) -> None:
        """The reads around the offsets; the first time also those around every way of asking."""
        near: list[int] | None = list(offsets)
        if file.path not in self.looked:
            self.looked.add(file.path)
            calls = self._asked(file.path, file.data, file.pack)
            near = [*calls, *offsets] if calls is not None else None
        for read in find_reads(self.project, file.path, near):
            if read.flag == self.flag or (read.key is None and read.flag == self.member):
                self._read(file, read)

    def _read(self, file: SourceFile, read: Read) -> None:
        resolution: Resolution = read.constant.resolution if read.constant else "unproven"
        if read.through is not None:
            resolution = "wrapper"
        self.found.claim(file.path, (read.key or read.node).span)
        if read.when == "disabled":
            self.found.inverted.add((file.path, read.node.span))
        if read.proof == "unproven":
            self.found.rows.add(file, read.node, "read", "unproven", read.sdk, read.shown)
            return
        test = read.value == "test" or is_test_path(file.pack, file.path)
        kind: Kind = "definition" if read.value == "definition" else "test" if test else "read"
        self._value(file, read.node, kind, resolution, read.sdk, read.value in _HELD, read.shown)
        if read.value in _VALUES:
            self._wrapped(file, read.node)
        definition = read.constant.definition if read.constant else None
        if definition is not None and read.constant is not None:
            self.found.names.add(read.constant.name)
            if resolution == "key-builder":
                self.found.rows.add(definition.file, definition, "definition", resolution, "")

        shown = name_given(read) if file.pack.templates else None
        for span in template_uses(file.data, file.pack, shown) if shown is not None else ():
            self.found.rows.put(file.path, file.data, span, "mention", "constant", file.pack.id, "", "markup")
        if read.value == "name":
            for use in uses_of(read, self.project.names(file.path)):
                self._wrapped(file, use.node)

    def _wrapped(self, file: SourceFile, node: Node) -> bool:
        """Whether the function around an expression with the flag's value gives nothing else."""
        wrapper = wrapper_around(self.project, file.path, node)
        if wrapper is not None:
            inverted = wrapper.inverted is not ((file.path, node.span) in self.found.inverted)
            self.wrappers.setdefault(wrapper.function, replace(wrapper, inverted=inverted))
            self.found.names.add(wrapper.name)
        return wrapper is not None

    def _value(
        self,
        file: SourceFile,
        node: Node,
        kind: Kind,
        resolution: Resolution,
        sdk: str,
        boolean: bool,
        at: int | None = None,
    ) -> None:
        """An expression that has the flag's value; the function around it may be a wrapper."""
        if boolean and self._wrapped(file, node):
            kind = "wrapper" if kind == "read" else kind
        self.found.rows.add(file, node, kind, resolution, sdk, at)

    def _wrapper_call(self, file: SourceFile, name: Node) -> None:
        known = [wrapper for wrapper in self.wrappers.values() if wrapper.name == name.text or not wrapper.is_method]
        for wrapper in known:
            whole = call_at(wrapper, name)
            if whole is None:
                continue
            meant = names_at(self.project, file.path, name)
            if meant is wrapper.function:
                self._called(file, whole, wrapper)
                return
            if not wrapper.is_method or wrapper.name != name.text:
                continue
            callee = whole.role("function") or whole
            classes = classes_asked(self.project, file.path, callee, callee.role("object"))
            if may_run(self.project, classes, wrapper.path, wrapper.function, wrapper.name) != "unproven":
                self._called(file, whole, wrapper)
                return
            if meant == "unknown" and not classes:
                self.found.rows.add(file, whole, "read", "unproven", "")
                return

    def _called(self, file: SourceFile, whole: Node, wrapper: Wrapper) -> None:
        kind: Kind = "test" if is_test_path(file.pack, file.path) else "read"
        if wrapper.inverted:
            self.found.inverted.add((file.path, whole.span))
        self._value(file, whole, kind, "wrapper", "", boolean=True)

    def _definition(self, file: SourceFile, value: Node, resolution: Resolution) -> None:
        """A place that gives the key a name: assignment, declarator, field, pair, enum member."""
        named = named_by(value)
        if named is None or (not named.is_made and named.value.span in self.found.claimed.get(file.path, ())):
            return  # also the key of a read, as a decorator's argument
        self._define(file, named.holder, named.value, named.name, resolution)

    def _define(self, file: SourceFile, holder: Node, value: Node, name: Node | None, resolution: Resolution) -> None:
        self.found.claim(file.path, value.span)
        self.found.rows.add(file, holder, "definition", resolution, "")
        label = (string_value(name) or name.text) if name is not None else ""
        if (label.isidentifier() or "$" in label) and is_reached(holder):
            self.found.names.add(label)

    # -------------------------------------------------------------- mentions

    def mention(self, path: str) -> None:
        """Occurrences of the key that no read and no definition covers."""
        data = self.text_of(path)
        if data is None:
            return
        for offset in self.found.unclaimed(path, data):
            told = self.found.mentions.get((path, offset)) or self._mention(path, data, offset)
            self.found.rows.mention(path, data, told)

    def _mention(self, path: str, data: bytes, offset: int) -> Mention:
        end = offset + len(self.flag.encode())
        marked = marked_key(self.project, path, data, offset, self.flag)
        if marked is not None:
            return Mention(marked[0], "read", marked[1].language, marked[1].id, "template")
        file = self.project.file(path) if not is_minified(data, offset) else None
        shape = text_shape(file, offset, end) if file is not None else "text"
        return Mention(Span(offset, end), "mention", self.project.packs.language_of(path), "", shape)
