"""Ways of asking that decide over what they stand at: decorators, components, and texts with a prefix for a router."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.asked import Read
from featureops.core.given import argument, unwrapped
from featureops.core.house import attribute, attributed, decorating_call, tag
from featureops.core.origins import Proof
from featureops.core.pack import GateForm, SdkPack
from featureops.core.project import Constant, Project
from featureops.core.receivers import written_out
from featureops.core.scopes import string_value
from featureops.core.syntax import Node

__all__ = ["Gates"]

_Source = tuple[SdkPack, GateForm]


class Gates:
    """The gates of one file. Decorators and components count only when they are the SDK's."""

    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)
        self._decorators: dict[str, list[_Source]] = {}
        self._components: dict[str, list[_Source]] = {}
        self._methods: dict[str, list[_Source]] = {}
        for sdk in self.names.file.pack.sdks:
            for form in sdk.gates:
                for name, table in (
                    (form.decorator, self._decorators),
                    (form.component, self._components),
                    (form.method, self._methods),
                ):
                    if name is not None:
                        table.setdefault(name, []).append((sdk, form))

    def at(self, node: Node) -> Iterator[Read]:
        """The reads that this node is."""
        if self._decorators and node.shape == "decorator":
            yield from self._decorator(node)
        elif self._components and node.shape == "markup-element":
            yield from self._component(node)
        elif self._methods and node.shape == "call":
            yield from self._texts(node)

    def _decorator(self, node: Node) -> Iterator[Read]:
        call = decorating_call(node)
        callee = call.role("function") if call is not None else None
        found = self._given(callee, self._decorators) if callee is not None else None
        if call is None or found is None:
            return
        sdk, form = found
        first = argument(call, 0, form.keyword)
        for key in _under(first, form.entry) if first is not None else ():
            yield self._read(node, call, sdk, form, "proven", key, form.value or "decorator")

    def _component(self, node: Node) -> Iterator[Read]:
        name = tag(node)
        found = self._given(name, self._components) if name is not None else None
        if found is None:
            return
        sdk, form = found
        key = attribute(node, form.keyword or "")
        if key is not None:
            value = "details" if any(attributed(node, other) for other in form.unless) else "component"
            yield self._read(node, node, sdk, form, "proven", key, form.value or value)

    def _texts(self, call: Node) -> Iterator[Read]:
        callee, arguments = call.role("function"), call.role("arguments")
        name = callee.role("property") if callee is not None and callee.shape == "member" else callee
        for sdk, form in self._methods.get(name.text, ()) if name is not None and arguments is not None else ():
            for text in _listed(arguments) if arguments is not None else ():
                constant = self.project.constant(self.path, text)
                rest = constant.value.removeprefix(form.prefix) if constant is not None else ""
                if constant is not None and rest and rest != constant.value:
                    found = Constant(rest, constant.resolution, constant.path)
                    yield Read(call, call, sdk.id, "decorator", form.when, "likely", text, found, form.method or "")

    def _read(self, node: Node, call: Node, sdk: SdkPack, form: GateForm, proof: Proof, key: Node, value: str) -> Read:
        name = form.decorator or form.component or ""
        return Read(node, call, sdk.id, value, form.when, proof, key, self.project.constant(self.path, key), name)

    # -------------------------------------------------------------- names

    def _given(self, written: Node, table: dict[str, list[_Source]]) -> _Source | None:
        """The gate that a name stands for, by an import, by a wildcard import or written out in full."""
        for module, name in self._origins(written, table):
            for sdk, form in table.get(name, ()):
                if any(item.module == module and name in item.gates for item in sdk.imports):
                    return sdk, form
        return None

    def _origins(self, written: Node, table: dict[str, list[_Source]]) -> Iterator[tuple[str, str]]:
        text = "".join(written.text.split())
        kinds = self.names.file.pack.index.identifiers
        leaf = next((node for node in written.walk() if node.type in kinds), None)
        binding = self.names.of.get(leaf) if leaf is not None and leaf.text == text else None
        entry = binding.imported if binding is not None else None
        if binding is not None and entry is not None:
            yield entry.module, entry.imported
            # Only names that can be one are followed: other files are parsed for it.
            there = self.project.outside(self.path, binding) if entry.imported in table else None
            if there is not None:
                yield there
        elif binding is None and leaf is not None and leaf.text == text:
            yield from ((module, text) for module in self.names.wildcards)
        in_full = written_out(self.names, written)
        if in_full is not None:
            yield in_full
        elif "." in text:
            module, _, name = text.rpartition(".")
            yield module, name


def _under(node: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    """What lies in a value under the keys; lists are gone through."""
    node = unwrapped(node) if keys else node
    if keys and node.shape == "list":
        for item in node.items:
            yield from _under(item, keys)
    elif not keys:
        yield node
    elif node.shape == "object":
        for pair in node.items:
            label, value = pair.role("key"), pair.role("value")
            if label is not None and value is not None and (string_value(label) or label.text) == keys[0]:
                yield from _under(value, keys[1:])


def _listed(holder: Node) -> Iterator[Node]:
    for item in holder.items:
        inner = item.role("operand") if item.shape == "argument" else item
        if inner is not None and inner.shape in ("list", "object", "pair"):
            yield from _listed(inner)
        elif inner is not None:
            yield inner
