"""The forms of an SDK that are no calls with a key: results whose members are flags, components and decorators."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.house import house_name
from featureops.core.pack import CallForm, GateForm, SdkPack
from featureops.core.project import Constant, Project, argument, initializer, unwrapped
from featureops.core.readmodel import Read
from featureops.core.scopes import Names, string_value
from featureops.core.syntax import Node

__all__ = ["SdkForms"]

_Source = tuple[SdkPack, CallForm]


class SdkForms:
    """Finds such reads in one file. Only what is imported from the SDK counts."""

    def __init__(self, project: Project, path: str, names: Names) -> None:
        self.project = project
        self.path = path
        self.names = names
        self._makers: dict[str, list[_Source]] = {}
        self._gates: dict[tuple[str, str], list[tuple[SdkPack, GateForm]]] = {}
        for sdk in names.file.pack.sdks:
            for call in sdk.calls:
                if call.members and call.function is not None:
                    self._makers.setdefault(call.function, []).append((sdk, call))
            for gate in sdk.gates:
                self._gates.setdefault((gate.form, gate.name), []).append((sdk, gate))

    def at(self, node: Node) -> Iterator[Read]:
        """The reads that begin at this node."""
        shape = node.shape
        if shape in ("member", "index") and self._makers:
            yield from self._member(node)
        elif shape == "declarator" and self._makers:
            yield from self._pattern(node)
        elif shape in ("decorator", "markup-element") and self._gates:
            yield from self._gate(node, shape)

    # -------------------------------------------------------------- members of a result

    def _made(self, node: Node, depth: int = 0) -> _Source | None:
        """The form whose result an expression is: the call itself, or a variable that holds it."""
        node = unwrapped(node)
        if node.shape == "call":
            callee = node.role("function")
            return self._imported(callee, self._makers) if callee is not None else None
        binding = self.names.of.get(node) if node.type in node.file.pack.index.identifiers else None
        if binding is None or not binding.is_single or depth > 1:
            return None
        value = initializer(binding)
        return self._made(value, depth + 1) if value is not None else None

    def _imported(self, name: Node, table: dict[str, list[_Source]]) -> _Source | None:
        for module, imported in self._origins(name):
            for sdk, form in table.get(imported, ()):
                if any(item.module == module and imported in item.functions for item in sdk.imports):
                    return sdk, form
        return None

    def _origins(self, name: Node) -> Iterator[tuple[str, str]]:
        """(module, name there) that an identifier may stand for."""
        binding = self.names.of.get(name)
        if binding is None or binding.imported is None:
            return
        yield binding.imported.module, binding.imported.imported
        there = self.project.outside(self.path, binding)
        if there is not None:
            yield there

    def _member(self, node: Node) -> Iterator[Read]:
        owner, label = node.role("object"), node.role("property") or node.role("index")
        if owner is None or label is None:
            return
        made = self._made(owner)
        name = string_value(label) if node.shape == "index" else house_name(label.text)
        if made is None or (node.shape == "index" and label.shape != "string"):
            return
        holder = owner if owner.type in node.file.pack.index.identifiers else None
        key = label if node.shape == "index" else None
        yield self._read(node, made, _used_as(node), key, name, holder)

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
            name = string_value(label) or house_name(label.text)
            if made is not None:
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
        self, node: Node, made: _Source, value: str, key: Node | None, name: str | None, holder: Node | None
    ) -> Read:
        sdk, form = made
        constant = Constant(name, "literal", self.path) if name else None
        used = value if value != "boolean" else form.value
        return Read(node, node, sdk.id, used, form.when, "proven", key, constant, form.function or "", holder)

    # -------------------------------------------------------------- gates

    def _gate(self, node: Node, shape: str) -> Iterator[Read]:
        form = "decorator" if shape == "decorator" else "component"
        name = _decorator_name(node) if form == "decorator" else _tag(node)
        if name is None:
            return
        for module, imported in self._origins(name):
            for sdk, gate in self._gates.get((form, imported), ()):
                if not any(item.module == module and imported in item.functions for item in sdk.imports):
                    continue
                value = gate.value
                if form == "component" and any(_attribute(node, other) is not None for other in gate.unless):
                    value = "details"
                keys = _in_arguments(node, gate) if form == "decorator" else _in_attributes(node, gate)
                for key in keys:
                    constant = self.project.constant(self.path, key)
                    yield Read(node, node, sdk.id, value, gate.when, "proven", key, constant, imported)
                return


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


def _decorator_name(node: Node) -> Node | None:
    call = node.role("operand")
    return call.role("function") if call is not None and call.shape == "call" else None


def _opening(element: Node) -> Node:
    return element.role("open") or element


def _tag(element: Node) -> Node | None:
    return next((child for child in _opening(element).items if child.field == "name"), None)


def _attribute(element: Node, name: str) -> Node | None:
    """The value of an attribute; the attribute itself where it has none."""
    for item in _opening(element).items:
        label = item.role("name") if item.shape == "markup-attribute" else None
        if label is None or label.text != name:
            continue
        value = item.role("value")
        if value is None:
            return item
        return (value.role("operand") or value) if value.shape == "markup-expression" else value
    return None


def _in_attributes(element: Node, gate: GateForm) -> Iterator[Node]:
    found = _attribute(element, gate.flag[0]) if gate.flag else None
    if found is not None and found.shape != "markup-attribute":
        yield found


def _in_arguments(decorator: Node, gate: GateForm) -> Iterator[Node]:
    """The first argument, or what lies in it under the keys of `flag`; lists are gone through."""
    call = decorator.role("operand")
    first = argument(call, 0) if call is not None else None
    yield from _under(first, gate.flag) if first is not None else ()


def _under(node: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    node = unwrapped(node)
    if node.shape == "list":
        for item in node.items:
            yield from _under(item, keys)
    elif not keys:
        yield node
    elif node.shape == "object":
        for pair in node.items:
            label, value = pair.role("key"), pair.role("value")
            if label is not None and value is not None and (string_value(label) or label.text) == keys[0]:
                yield from _under(value, keys[1:])
