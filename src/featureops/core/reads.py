"""Finds where a file asks for a flag: the forms of the SDK packs and the house's own `[[reads]]`.

A method call counts only when its receiver is shown to be the SDK's client: by import, construction, annotation or the
file that it comes from. A receiver that merely has a telling name is `likely`; one about which nothing is known is
reported as unproven and never folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from featureops.core.config import HouseRead
from featureops.core.house import gate_key, house_argument, house_name, member_pattern, tail_matches
from featureops.core.pack import CallForm, SdkPack
from featureops.core.project import Constant, Project, argument, unwrapped
from featureops.core.scopes import Binding, Names, mentions_of, string_value
from featureops.core.syntax import Node, SourceFile

__all__ = ["Read", "find_reads", "house_name"]

_Proof = Literal["proven", "likely", "unproven"]
_HOUSE = "house"


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One place that asks. `node` is the whole expression whose value the flag decides (awaits and pinned members
    included), `key` what gives the flag's name and `constant` its value, None when it can't be known (dynamic).

    `value` is "boolean", "variant", "string" ..., or "decorator", "component", "entry", "test" for places without a
    value.
    """

    node: Node
    call: Node
    sdk: str
    value: str
    when: Literal["enabled", "disabled"]
    proof: _Proof
    key: Node | None
    constant: Constant | None
    method: str

    @property
    def flag(self) -> str | None:
        return self.constant.value if self.constant else None


def find_reads(project: Project, path: str, near: Iterable[int] | None = None) -> list[Read]:
    """Every read of the file in document order, dynamic and unproven ones included.

    `near`: only reads whose expression covers one of these offsets, which spares a walk over the whole file.
    """
    file = project.file(path)
    if file is None:
        return []
    finder = _Finder(project, path)
    nodes = file.root.walk() if near is None else _covering(file, near)
    return [read for node in nodes if node.named for read in finder.at(node)]


def _covering(file: SourceFile, offsets: Iterable[int]) -> list[Node]:
    """The nodes over the offsets up to the root, each once, in document order."""
    found: dict[Node, None] = {}
    for offset in offsets:
        node: Node | None = file.node_at(offset)
        while node is not None and node not in found and node.parent is not None:
            found[node] = None
            node = node.parent
    return sorted(found, key=lambda node: (node.start, node.depth))


class _Finder:
    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)
        pack = self.names.file.pack
        self.sdks = pack.sdks
        self.house = [read for read in project.config.reads if read.language in (None, pack.id)]
        self.methods: dict[str, list[tuple[SdkPack, CallForm]]] = {}
        self.functions: dict[str, list[tuple[SdkPack, CallForm]]] = {}
        for sdk in pack.sdks:
            for form in sdk.calls:
                if form.method is not None:
                    self.methods.setdefault(form.method, []).append((sdk, form))
                if form.function is not None:
                    self.functions.setdefault(form.function, []).append((sdk, form))
        self.expressions = [read for read in self.house if read.form == "expression"]
        self.members = [(read, member_pattern(read.target)) for read in self.house if read.form == "member"]

    def at(self, node: Node) -> Iterator[Read]:
        shape = node.shape
        if shape == "call":
            found = self._house_call(node) or self._sdk_call(node)
            if found is not None:
                yield found
                return
        if shape in ("decorator", "markup-element") and self.house:
            yield from self._gates(node, shape)
        if shape == "pair" and self.house:
            yield from self._entry(node)
        if shape in ("member", "index") and self.members and not _inside_member(node):
            yield from self._member(node)
        if self.expressions and (shape in ("member", "index", "call") or node.type in node.file.pack.index.identifiers):
            yield from self._expression(node)

    # -------------------------------------------------------------- SDK forms

    def _sdk_call(self, call: Node) -> Read | None:
        callee = call.role("function")
        if callee is None:
            return None
        if callee.shape == "member":
            return self._method_call(call, callee)
        if callee.type not in callee.file.pack.index.identifiers:
            return None
        binding = self.names.of.get(callee)
        if binding is None or binding.imported is None:
            return None
        places = (binding.imported.module, binding.imported.imported), self.project.outside(self.path, binding)
        for module, name in filter(None, places):
            for sdk, form in self.functions.get(name, ()):
                if any(item.module == module and name in item.functions for item in sdk.imports):
                    return self._read(call, sdk.id, form, "proven", name)
        return None

    def _method_call(self, call: Node, callee: Node) -> Read | None:
        owner, name = callee.role("object"), callee.role("property")
        forms = self.methods.get(name.text, ()) if name is not None else ()
        best: Read | None = None
        for sdk, form in forms:
            if owner is None or argument(call, form.flag, form.keyword) is None:
                continue
            proof = self._proof(owner, sdk, 0)
            if proof == "proven" or (proof == "likely" and (best is None or best.proof == "unproven")) or best is None:
                best = self._read(call, sdk.id, form, proof, form.method or "")
            if proof == "proven":
                break
        if best is None and owner is not None and name is not None:
            best = self._namespace_call(call, owner, name.text)
        return best

    def _namespace_call(self, call: Node, owner: Node, name: str) -> Read | None:
        """`ns.isEnabled(...)` where `ns` is the SDK's whole module."""
        binding = self.names.of.get(owner)
        entry = binding.imported if binding else None
        if entry is None:
            return None
        for sdk, form in self.functions.get(name, ()):
            if any(item.module == entry.module and name in item.functions for item in sdk.imports):
                return self._read(call, sdk.id, form, "proven", name)
        return None

    def _proof(self, owner: Node, sdk: SdkPack, depth: int) -> _Proof:
        owner = _awaited(owner)
        if depth > 6:
            return "unproven"
        if owner.shape == "call":
            callee = owner.role("function")
            return self._proof(callee, sdk, depth + 1) if callee is not None else "unproven"
        if owner.shape == "member":
            return self._member_proof(owner, sdk, depth)
        if owner.type not in owner.file.pack.index.identifiers:
            return "unproven"
        binding = self.names.of.get(owner)
        if binding is None:
            return _by_name(owner.text, sdk)
        proof = self.binding_proof(self.path, binding, sdk, depth)
        return proof if proof != "unproven" else _by_name(owner.text, sdk)

    def _member_proof(self, owner: Node, sdk: SdkPack, depth: int) -> _Proof:
        base, name = owner.role("object"), owner.role("property")
        if base is None or name is None:
            return "unproven"
        if base.text in owner.file.pack.index.self_names:
            return self._field_proof(owner, name.text, sdk, depth)
        proof = self._proof(base, sdk, depth + 1)
        if proof == "proven":
            return proof
        place = self.project.container(self.path, base)
        if place is not None and isinstance(place[1], str):
            found = self.project.exported(place[1], name.text)
            if found is not None:
                proof = _Finder(self.project, found[0]).binding_proof(*found, sdk, depth + 1)
        return proof if proof != "unproven" else _by_name(name.text, sdk)

    def _field_proof(self, owner: Node, name: str, sdk: SdkPack, depth: int) -> _Proof:
        """`self.client`: what the class assigns or declares under that name."""
        index = owner.file.pack.index
        body = next((node for node in owner.ancestors() if node.type in index.class_scopes), None)
        for node in _around(body, name) if body is not None else ():
            target, value, annotation = _field_parts(node)
            if target is None or _last_name(target) != name or target is owner:
                continue
            if annotation is not None and self._annotated(annotation, sdk):
                return "proven"
            if value is not None and self._proof(value, sdk, depth + 1) == "proven":
                return "proven"
        return _by_name(name, sdk)

    def binding_proof(self, path: str, binding: Binding, sdk: SdkPack, depth: int) -> _Proof:
        entry = binding.imported
        if entry is not None:
            there = self.project.outside(path, binding)
            places = ((entry.module, entry.imported), there)
            if any(_is_client_import(*place, sdk) for place in places if place is not None):
                return "proven"
            found = self.project.origin(path, binding)
            if found is None or found[1].imported is not None:
                return "unproven"
            return _Finder(self.project, found[0]).binding_proof(*found, sdk, depth + 1)
        definition = binding.definitions[0].parent
        annotation = definition.role("type") if definition is not None else None
        if annotation is not None and self._annotated(annotation, sdk):
            return "proven"
        if definition is not None and definition.shape == "function":
            return self._factory_proof(definition, sdk, depth)
        # A client is often declared empty and made later: any value that it is given tells what it is.
        values = (value for value in _values(self.project.names(path), binding) if value.shape != "class")
        proofs = {self._proof(value, sdk, depth + 1) for value in values}
        return "proven" if "proven" in proofs else "likely" if "likely" in proofs else "unproven"

    def _factory_proof(self, function: Node, sdk: SdkPack, depth: int) -> _Proof:
        annotation = function.role("type")
        if annotation is not None and self._annotated(annotation, sdk):
            return "proven"
        for node in function.walk():
            value = node.role("value") if node.shape == "return" else None
            if value is not None and self._proof(value, sdk, depth + 1) == "proven":
                return "proven"
        return "unproven"

    def _annotated(self, annotation: Node, sdk: SdkPack) -> bool:
        for node in annotation.walk():
            binding = self.names.of.get(node)
            entry = binding.imported if binding else None
            if entry is not None and _is_client_import(entry.module, entry.imported, sdk):
                return True
        return False

    def _read(self, call: Node, sdk: str, form: CallForm, proof: _Proof, method: str) -> Read | None:
        key = argument(call, form.flag, form.keyword)
        if key is None:
            return None
        node, pinned = _whole(call, form.pinned)
        value = "details" if form.pinned and not pinned else form.value
        return Read(node, call, sdk, value, form.when, proof, key, self.project.constant(self.path, key), method)

    # -------------------------------------------------------------- the house's own forms

    def _house_call(self, call: Node) -> Read | None:
        callee = call.role("function")
        if callee is None:
            return None
        for read in self.house:
            if read.form not in ("call", "test") or not tail_matches(callee.text, read.target):
                continue
            if read.name is not None:
                return self._house_read(call, read, None, Constant(read.name, "literal", self.path))
            key = house_argument(call, read.flag)
            if key is not None:
                return self._house_read(call, read, key, self.project.constant(self.path, key))
        return None

    def _house_read(self, node: Node, read: HouseRead, key: Node | None, constant: Constant | None) -> Read:
        whole = _whole(node, ())[0] if read.form == "call" else node
        value = "boolean" if read.form in ("call", "member", "expression") else read.form
        return Read(whole, node, _HOUSE, value, read.when, "proven", key, constant, read.target)

    def _member(self, node: Node) -> Iterator[Read]:
        text = "".join(node.text.split())
        for read, pattern in self.members:
            found = pattern.fullmatch(text)
            if found is not None:
                yield self._house_read(node, read, None, Constant(house_name(found["flag"]), "literal", self.path))
                return

    def _expression(self, node: Node) -> Iterator[Read]:
        text = "".join(node.text.split())
        for read in self.expressions:
            target = "".join(read.target.split())
            matches = text.endswith(target[1:]) if target.startswith("*") else text == target
            if matches and read.name is not None and not _inside_same(node, text):
                yield self._house_read(node, read, None, Constant(read.name, "literal", self.path))
                return

    def _entry(self, pair: Node) -> Iterator[Read]:
        """`featureFlag: "x"` in an object gates the object."""
        label, key = pair.role("key"), pair.role("value")
        name = (string_value(label) or label.text) if label is not None else ""
        for read in self.house:
            if read.form == "entry" and read.target == name and key is not None:
                yield self._house_read(pair, read, key, self.project.constant(self.path, key))
                return

    def _gates(self, node: Node, shape: str) -> Iterator[Read]:
        form = "decorator" if shape == "decorator" else "component"
        for read in self.house:
            if read.form != form:
                continue
            key = gate_key(node, read, shape)
            if key is not None:
                yield self._house_read(node, read, key, self.project.constant(self.path, key))
                return


def _is_client_import(module: str, imported: str, sdk: SdkPack) -> bool:
    return any(
        item.module == module
        and (imported in item.clients or imported in ("*", "default") or imported in item.functions)
        for item in sdk.imports
    ) or any(item.module == f"{module}.{imported}" for item in sdk.imports)


def _by_name(name: str, sdk: SdkPack) -> _Proof:
    plain = re.sub(r"[^a-z]", "", name.lower())
    hints = [re.sub(r"[^a-z]", "", hint.lower()) for hint in (*sdk.receivers, sdk.id)]
    return "likely" if any(hint in plain for hint in hints) else "unproven"


def _values(names: Names, binding: Binding) -> Iterator[Node]:
    """Everything that a name is set to, also by functions that declare it an outer name."""
    same = [other for other in names.all if other.name == binding.name] if binding.outer else [binding]
    for each in same:
        for name in (*each.definitions, *each.writes):
            node = name.parent
            value = (node.role("value") or node.role("right")) if node is not None else None
            if node is not None and value is not None and name in (node.role("name"), node.role("left")):
                yield value


def _awaited(node: Node) -> Node:
    node = unwrapped(node)
    while node.shape == "await":
        inner = node.role("operand")
        if inner is None:
            return node
        node = unwrapped(inner)
    return node


def _whole(call: Node, pinned: tuple[str, ...]) -> tuple[Node, bool]:
    """Climb from the call over awaits and parentheses to a pinned member, if there is one."""
    node = call
    while node.parent is not None and node.parent.shape in ("await", "paren", "cast"):
        node = node.parent
    parent = node.parent
    if pinned and parent is not None and parent.shape == "member" and parent.role("object") is node:
        name = parent.role("property")
        if name is not None and name.text in pinned:
            return parent, True
    awaited = call.parent
    if awaited is not None and awaited.shape == "await":
        return awaited, False
    return call, False


def _field_parts(node: Node) -> tuple[Node | None, Node | None, Node | None]:
    if node.shape == "assign":
        return node.role("left"), node.role("right"), node.role("type")
    if node.shape in ("field", "parameter"):
        return node.role("name"), node.role("value"), node.role("type")
    return None, None, None


def _around(body: Node, name: str) -> list[Node]:
    """The nodes within `body` that hold the name, in document order."""
    found: dict[Node, None] = {}
    for node in mentions_of(body.file, name):
        holders = [node, *node.ancestors()]
        if body in holders:
            found.update(dict.fromkeys(holders[: holders.index(body)]))
    return sorted(found, key=lambda node: (node.start, node.depth))


def _last_name(node: Node) -> str:
    name = node.role("property") if node.shape == "member" else node
    return name.text if name is not None else ""


def _inside_member(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.shape in ("member", "index") and parent.role("object") is node


def _inside_same(node: Node, text: str) -> bool:
    parent = node.parent
    same = parent is not None and parent.shape in ("member", "index", "call")
    return same and parent is not None and "".join(parent.text.split()) == text
