"""Results whose members are flags: `flags.newCheckout`, and the names that a pattern takes out of such a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from featureops.core.asked import Read
from featureops.core.detect.needles import camel
from featureops.core.detect.wrappers import names_at, only_result
from featureops.core.given import initializer, unwrapped
from featureops.core.house import house_name
from featureops.core.mentions import mentions_of
from featureops.core.origins import gives
from featureops.core.pack import CallForm, SdkPack
from featureops.core.project import Constant, Project
from featureops.core.scopes import Binding, string_value
from featureops.core.syntax import Node

__all__ = ["Results"]

_Source = tuple[SdkPack, CallForm]
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class _Made:
    """What has flags as its members: those of the form, but for the house's `own`. `is_exact`: nothing is put over
    them."""

    sdk: SdkPack
    form: CallForm
    is_house: bool = False
    is_exact: bool = True
    own: frozenset[str] = frozenset()


class Results:
    """The members of results in one file. Only what is called by an import from an SDK's module counts."""

    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)
        self._makers: dict[str, list[_Source]] = {}
        self._passing: dict[str, list[_Source]] = {}
        for sdk in self.names.file.pack.sdks:
            for form in sdk.calls:
                if form.members and form.function is not None:
                    table = self._passing if form.passed else self._makers
                    table.setdefault(form.function, []).append((sdk, form))

    def at(self, node: Node) -> Iterator[Read]:
        """The reads that begin at this node."""
        if node.shape not in ("member", "index", "declarator") or not self._may_hold(node):
            return
        if node.shape in ("member", "index"):
            yield from self._member(node)
        else:
            yield from self._pattern(node)

    def places(self) -> list[int] | None:
        """Offsets at which members may be asked for, or around which; None: anywhere."""
        if self._is_passed:
            return None
        return sorted({node.start for name in self._holders for node in mentions_of(self.names.file, name)})

    def _may_hold(self, node: Node) -> bool:
        """Whether the expression begins with a name that may stand for such a result; tells it by names alone."""
        if not self._holders and not self._is_passed:
            return False
        inner = node.role("value") if node.shape == "declarator" else node
        return inner is not None and (self._is_passed or _first(inner).text in self._holders)

    @cached_property
    def _is_passed(self) -> bool:
        return any(mentions_of(self.names.file, name) for name in self._passing)

    @cached_property
    def _holders(self) -> frozenset[str]:
        """The makers' names in the file, those under which they are imported, and those of what holds their results."""
        data, known = self.names.file.data, set[str]()
        todo = {name for name in self._makers if name.encode() in data}
        while todo:
            name = todo.pop()
            known.add(name)
            for node in mentions_of(self.names.file, name):
                todo |= {part.text for part in _bound_to(node)} - known
        return frozenset(known)

    def _made(self, node: Node, depth: int = 0) -> _Made | None:
        """What an expression's members are: of the call itself, of a variable that holds it, or of what the house's own
        function makes of it."""
        node = unwrapped(node)
        if node.shape == "call":
            callee = node.role("function")
            given = self._imported(callee, self._makers) if callee is not None else None
            return given or (self._by_house(callee, depth) if callee is not None else None)
        base, name = node.role("object"), node.role("property")
        if node.shape == "member" and base is not None and name is not None and self._passing:
            whole = self.names.of.get(base)
            return self._passed(whole, name.text, within=False) if whole is not None else None
        binding = self.names.of.get(node)
        if binding is None or not binding.is_single or depth > _DEPTH:
            return None
        value = initializer(binding)
        if value is None and self._passing:
            return self._passed(binding, _taken(binding.definitions[0]), within=True)
        return self._made(value, depth + 1) if value is not None else None

    def _passed(self, binding: Binding, name: str, *, within: bool) -> _Made | None:
        """What a component gets under a name in its properties, where the SDK's function is called on it."""
        first = binding.definitions[0]
        function = next((outer for outer in first.ancestors() if outer.shape in ("function", "lambda")), None)
        listed = function.role("parameters") if function is not None else None
        if function is None or listed is None or not listed.items or not binding.is_single:
            return None
        inside = {first, *first.ancestors()}
        is_pattern = any(outer.shape == "destructuring" for outer in inside if outer.start >= listed.start)
        if listed.items[0] not in inside or is_pattern is not within:
            return None
        label = function.role("name") or (function.parent.role("name") if function.parent is not None else None)
        own = self.names.of.get(label) if label is not None else None
        for use in (function, *(own.uses if own is not None else ())):
            call = use.parent.parent if use.parent is not None and use.parent.shape == "arguments" else None
            callee = call.role("function") if call is not None else None
            maker = callee.role("function") if callee is not None and callee.shape == "call" else None
            made = self._imported(maker, self._passing) if maker is not None else None
            if made is not None and made.form.passed == name:
                return made
        return None

    def _imported(self, callee: Node, table: Mapping[str, list[_Source]]) -> _Made | None:
        binding = self.names.of.get(callee)
        entry = binding.imported if binding is not None else None
        if binding is None or entry is None:
            return None
        places = (entry.module, entry.imported), self.project.outside(self.path, binding)
        for module, name in filter(None, places):
            for sdk, form in table.get(name, ()):
                if gives(sdk, form, module, name):
                    return _Made(sdk, form)
        return None

    def _by_house(self, callee: Node, depth: int) -> _Made | None:
        """`const useFlags = () => ({ ...sdk.useFlags(), ...mocks })`: of the same name, as it stands for the SDK's."""
        binding = self.names.of.get(callee)
        if binding is None or (binding.imported.imported if binding.imported else binding.name) not in self._makers:
            return None
        function = names_at(self.project, self.path, callee)
        value = only_result(function) if isinstance(function, Node) and depth <= _DEPTH else None
        if value is None:
            return None
        there = Results(self.project, value.file.path)
        value = unwrapped(value)
        if value.shape != "object":
            made = there._made(value, depth + 1)
            return replace(made, is_house=True) if made is not None else None
        found = [there._made(inner, depth + 1) for inner in _spread(value)]
        made = next((each for each in found if each is not None), None)
        own = frozenset(name for item in value.items if (name := _label(item)) is not None)
        return replace(made, is_house=True, is_exact=len(value.items) == 1, own=made.own | own) if made else None

    def _member(self, node: Node) -> Iterator[Read]:
        owner, label = node.role("object"), node.role("property") or node.role("index")
        if owner is None or label is None:
            return
        made = self._made(owner)
        if made is None or (string_value(label) or label.text) in made.own:
            return
        holder = owner if owner in self.names.of else None
        if node.shape == "index":
            yield self._indexed(node, label, made, holder)
        else:
            yield self._read(node, made, _used_as(node), None, _key_of(label.text), holder)

    def _indexed(self, node: Node, label: Node, made: _Made, holder: Node | None) -> Read:
        """`flags[key]`, whose key may be made at run time."""
        read = self._read(node, made, _used_as(node), label, string_value(label), holder)
        return read if read.constant is not None else replace(read, constant=self.project.constant(self.path, label))

    def _pattern(self, declarator: Node) -> Iterator[Read]:
        """`const { newCheckout, other: renamed } = useFlags()`."""
        pattern, value = declarator.role("name"), declarator.role("value")
        if pattern is None or value is None or pattern.shape != "destructuring":
            return
        made = self._made(value)
        for item in pattern.items if made is not None else ():
            if item.type in item.file.pack.index.identifiers:
                label: Node = item
                local: Node | None = item
            elif item.shape == "destructured" and (key := item.role("key")) is not None:
                label, local = key, self._bound(item.role("value"))
            else:
                continue
            name = string_value(label) or _key_of(label.text)
            if made is not None and (string_value(label) or label.text) not in made.own:
                used = "name" if local is not None else "object"
                yield self._read(item, made, used, label if label.shape == "string" else None, name, local)

    def _bound(self, value: Node | None) -> Node | None:
        """The one name that a part of a pattern binds."""
        found = [
            node
            for node in (value.walk() if value is not None else ())
            if (binding := self.names.of.get(node)) is not None and node in binding.definitions
        ]
        return found[0] if len(found) == 1 and value is not None and value.shape != "destructuring" else None

    def _read(
        self, node: Node, made: _Made, value: str, key: Node | None, name: str | None, holder: Node | None
    ) -> Read:
        constant = Constant(name, "wrapper" if made.is_house else "literal", self.path) if name else None
        used = value if value != "boolean" else made.form.value
        return Read(
            node=node,
            call=node,
            sdk=made.sdk.id,
            value=used,
            when=made.form.when,
            proof="proven",
            key=key,
            constant=constant,
            method=made.form.function or "",
            holder=holder,
            is_exact=made.is_exact,
        )


def _first(node: Node) -> Node:
    """The name with which an expression begins."""
    while (inner := next(filter(None, map(node.role, ("object", "function", "operand"))), None)) is not None:
        node = inner
    return node


def _bound_to(mention: Node) -> Iterator[Node]:
    """The names that stand for what a name, or an expression that begins with it, gives."""
    kinds = mention.file.pack.index.identifiers
    for holder in mention.ancestors():
        if holder.shape == "import":
            yield from (part for part in holder.walk() if part.type in kinds)
        value, name = holder.role("value"), holder.role("name")
        begins = holder.shape == "declarator" and value is not None and _first(value).start == mention.start
        if begins and name is not None and name.type in kinds:
            yield name


def _taken(name: Node) -> str:
    """The member that a pattern binds to a name."""
    pair = name.parent
    key = pair.role("key") if pair is not None and pair.shape == "destructured" else None
    return key.text if key is not None else name.text


def _key_of(spelling: str) -> str:
    """The key for which a member stands; its own name where no key turns into that."""
    name = house_name(spelling)
    return name if camel(name) == spelling else spelling


def _spread(whole: Node) -> Iterator[Node]:
    """What an object takes all members of."""
    for item in whole.items:
        inner = item.role("operand") if item.shape == "spread" else None
        if inner is not None:
            yield inner


def _label(item: Node) -> str | None:
    """The name of an entry of an object."""
    key = item.role("key") if item.shape == "pair" else item if item.shape != "spread" else None
    return (string_value(key) or key.text) if key is not None else None


def _used_as(node: Node) -> str:
    """What a member of the result is used as, by the look of the place."""
    parent = node.parent
    while parent is not None and parent.shape in ("paren", "cast"):
        node, parent = parent, parent.parent
    if parent is None:
        return "boolean"
    if not parent.file.pack.index.writes.isdisjoint((f"{parent.type}.{node.field}", f"{parent.type}.*")):
        return "object"
    if parent.shape in ("member", "index") and parent.role("object") is node:
        return "object"
    if parent.shape == "call" and parent.role("function") is node:
        return "object"
    if parent.shape in ("equal", "not-equal"):
        other = parent.role("right") if parent.role("left") is node else parent.role("left")
        return other.shape if other is not None and other.shape in ("string", "number") else "boolean"
    return "number" if parent.shape == "comparison" else "boolean"
