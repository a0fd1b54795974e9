"""Ways of asking that are no calls with a key: gating components and decorators, calls that give every flag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from featureops.core.config import HouseRead
from featureops.core.declared import given_value
from featureops.core.given import unwrapped
from featureops.core.house import gate_key
from featureops.core.pack import GateForm, SdkPack
from featureops.core.project import Project
from featureops.core.scopes import Binding, string_value
from featureops.core.syntax import Node

__all__ = ["Gates"]


class Gates:
    """The gates and bags of one file. Only what is imported from an SDK's module counts."""

    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)

    @cached_property
    def _imported(self) -> dict[str, list[tuple[SdkPack, GateForm | None]]]:
        """Gates and bags by the name that they have in this file."""
        found: dict[str, list[tuple[SdkPack, GateForm | None]]] = {}
        sdks = self.names.file.pack.sdks
        gates = {name for sdk in sdks for form in sdk.gates for name in (form.component, form.decorator)}
        wanted = sorted(name for name in gates.union(*(sdk.bags for sdk in sdks)) if name is not None)
        for binding in (binding for name in wanted for binding in self.names.bringing(name)):
            for sdk, name in self._origins(binding):
                forms = [form for form in sdk.gates if name in (form.component, form.decorator)]
                found.setdefault(binding.name, []).extend((sdk, form) for form in forms)
                if name in sdk.bags:
                    found.setdefault(binding.name, []).append((sdk, None))
        return found

    def _origins(self, binding: Binding) -> Iterable[tuple[SdkPack, str]]:
        entry, sdks = binding.imported, self.names.file.pack.sdks
        if entry is None:
            return
        direct = (entry.module, entry.imported)
        for module, name in {direct, self.project.outside(self.path, binding) or direct}:
            for sdk in sdks:
                if any(item.module == module and name in item.functions for item in sdk.imports):
                    yield sdk, name

    # -------------------------------------------------------------- components and decorators

    def keys(self, node: Node) -> Iterator[tuple[SdkPack, GateForm, str, Node]]:
        """(SDK, form, kind, key) of a decorator or an element of markup."""
        for written, found in self._imported.items() if node.shape in ("decorator", "markup-element") else ():
            for sdk, form in found:
                if form is None:
                    continue
                if form.component is not None and node.shape == "markup-element":
                    key = gate_key(node, HouseRead("component", written, flag=form.flag), node.shape)
                    if key is not None:
                        yield sdk, form, "component", key
                elif form.decorator is not None and node.shape == "decorator":
                    yield from ((sdk, form, "decorator", key) for key in _entries(node, written, form.flag))

    # -------------------------------------------------------------- all flags at once

    def member(self, node: Node) -> tuple[SdkPack, str] | None:
        """(SDK, name) where the expression is a flag taken from a bag."""
        if not self._imported:
            return None
        if node.shape in ("member", "index"):
            owner, name = node.role("object"), node.role("property") or node.role("index")
            sdk = self._bag(owner) if owner is not None else None
            if sdk is None or name is None:
                return None
            text = name.text if node.shape == "member" else string_value(name)
            return (sdk, text) if text else None
        binding = self.names.of.get(node)
        if binding is None or node in binding.definitions or binding.imported is not None:
            return None
        return self._taken(binding.definitions[0])

    def _taken(self, name: Node) -> tuple[SdkPack, str] | None:
        """(SDK, name there) of a name that a pattern takes from a bag."""
        holder = next((node for node in name.ancestors() if node.shape), None)
        value = holder.role("value") if holder is not None and holder.shape == "declarator" else None
        sdk = self._called(value) if value is not None and name.parent is not holder else None
        if sdk is None or name.parent is None:
            return None
        key = name.parent.items[0] if name.parent.items[-1] is name and len(name.parent.items) > 1 else name
        is_entry = key is not name and f"{name.parent.type}.{key.field}" in name.file.pack.index.not_bound
        return sdk, (key if is_entry else name).text

    def _bag(self, owner: Node) -> SdkPack | None:
        owner = unwrapped(owner)
        if owner.shape == "call":
            return self._called(owner)
        binding = self.names.of.get(owner)
        value = given_value(binding.definitions[0]) if binding is not None and binding.is_single else None
        return self._called(value) if value is not None else None

    def _called(self, value: Node) -> SdkPack | None:
        callee = value.role("function") if value.shape == "call" else None
        forms = self._imported.get(callee.text, ()) if callee is not None and callee in self.names.of else ()
        return next((sdk for sdk, form in forms if form is None), None)


def _entries(decorator: Node, written: str, flag: str) -> Iterator[Node]:
    """The values of the entries of a name in a decorator's arguments."""
    call = decorator.role("operand")
    callee, arguments = (call.role("function"), call.role("arguments")) if call is not None else (None, None)
    if callee is None or arguments is None or callee.text != written:
        return
    for node in arguments.walk():
        key, value = (node.role("key"), node.role("value")) if node.shape == "pair" else (None, None)
        if key is not None and value is not None and (string_value(key) or key.text) == flag:
            yield value
