"""Whether a receiver is an SDK's client: by import, construction, declared type or the file that it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.declared import field_parts, fields_named, given_value, last_name, renamed_type
from featureops.core.given import boxed, lazy_value, lent, opened_by, unwrapped, ways_of
from featureops.core.handed_in import injected, memo, passed
from featureops.core.importing import imported_by_call
from featureops.core.mentions import around_mentions
from featureops.core.origins import Proof, by_name, is_client_import
from featureops.core.pack import SdkPack
from featureops.core.project import Project
from featureops.core.promised import is_promised, values_put
from featureops.core.receivers import (
    declared_type,
    is_client_name,
    is_other_type,
    located_class,
    member_of_class,
    names_client,
    own_field,
    results,
    settings_put,
    type_mentions,
)
from featureops.core.scopes import Binding, Names
from featureops.core.selves import holder_meant
from featureops.core.syntax import Node

__all__ = ["Receivers"]

_DEPTH = 6


class Receivers:
    """The receivers of one file. `depth` counts the steps that were taken from the first question."""

    def __init__(self, project: Project, path: str) -> None:
        self.project = project
        self.path = path
        self.names = project.names(path)
        self._classes: dict[tuple[Node, str, str], Proof] = {}

    def _at(self, path: str) -> Receivers:
        return self if path == self.path else Receivers(self.project, path)

    def proof(self, owner: Node, sdk: SdkPack, depth: int = 0) -> Proof:
        if any(self.annotated(named, sdk) for named in type_mentions(owner)):
            return "proven"
        owner = _awaited(owner)
        if depth > _DEPTH:
            return "unproven"
        if owner.shape == "index" and (whole := owner.role("object")) is not None:
            return self.proof(whole, sdk, depth + 1)
        if owner.shape in ("function", "lambda"):
            return self.factory(owner, sdk, depth)
        if len(ways := ways_of(owner)) > 1:
            return self._either(ways, sdk, depth)
        if owner.shape in ("call", "member") and (brought := imported_by_call(owner)) is not None:
            return self._brought(*brought, sdk, depth)
        if owner.shape == "call":
            callee, located = owner.role("function"), located_class(owner)
            if located is not None and is_client_name(self.names, located, sdk):
                return "proven"
            later = lazy_value(owner) or boxed(owner)
            if later is not None:
                return self.proof(later, sdk, depth + 1)
            return self.proof(callee, sdk, depth) if callee is not None else "unproven"
        if is_client_name(self.names, owner, sdk):
            return "proven"
        index = owner.file.pack.index
        if owner.type in index.fields:
            return self._field(owner, index.plain(owner.text), sdk, depth)
        if owner.shape == "member":
            return self._member(owner, sdk, depth)
        return self._name(owner, sdk, depth) if owner.type in index.identifiers else "unproven"

    def _either(self, ways: list[Node], sdk: SdkPack, depth: int) -> Proof:
        """One of several expressions; a missing one (`null`, `undefined`) asks nothing."""
        proofs = {self.proof(way, sdk, depth + 1) for way in ways if way.shape != "null"}
        return "proven" if proofs == {"proven"} else "unproven" if proofs == {"unproven"} or not proofs else "likely"

    def _name(self, name: Node, sdk: SdkPack, depth: int) -> Proof:
        is_bound = name in self.names.of
        if not is_bound and name.type in name.file.pack.index.implicit_members:
            proof = self._field(name, name.text, sdk, depth)
            if proof != "unproven":
                return proof
        meant = self.project.meaning(self.path, name)
        if meant is None:
            kept = memo(name) or lent(name)
            if kept is not None:
                return self.proof(kept, sdk, depth + 1)
            return "proven" if self.annotated(name, sdk) else by_name(name.text, sdk)
        proof = self._meant(meant, sdk, depth if is_bound else depth + 1)
        return "proven" if proof != "proven" and self._declares(name, None, sdk, depth) else proof

    def _meant(self, found: tuple[str, Binding], sdk: SdkPack, depth: int) -> Proof:
        """A binding of this file or another one; what is known to be something else is not told by its name."""
        proof = self._at(found[0]).binding(*found, sdk, depth)
        if proof != "unproven" or is_other_type(self.project, found[0], found[1].definitions[0].parent, sdk):
            return proof
        return by_name(found[1].name, sdk)

    def _brought(self, module: str, name: str, sdk: SdkPack, depth: int) -> Proof:
        """A module, or a name of it, that a call brings in at the place itself."""
        if is_client_import(module, name, sdk):
            return "proven"
        target = self.project.module_path(self.path, module)
        found = self.project.exported(target, name) if target is not None else None
        return self._at(found[0]).binding(*found, sdk, depth + 1) if found is not None else "unproven"

    def _declares(self, base: Node, name: str | None, sdk: SdkPack, depth: int) -> bool:
        """Whether the declared type of `base` has a field of this name (or without any) that holds a client."""
        return any(
            ((annotation := field.role("type")) is not None and self._at(where).annotated(annotation, sdk))
            or any(self._at(where).proof(value, sdk, depth + 1) == "proven" for value in values_put(field, name or ""))
            for where, field in fields_named(self.project, self.path, base, name)
        )

    def _member(self, owner: Node, sdk: SdkPack, depth: int) -> Proof:
        base, name = owner.role("object"), owner.role("property")
        if base is None or name is None:
            return "unproven" if name is None else self._name(name, sdk, depth)
        if base.text in owner.file.pack.index.self_names:
            return self._field(owner, name.text, sdk, depth)
        if any(
            self._at(path).proof(value, sdk, depth + 1) == "proven" for path, value in settings_put(self.project, owner)
        ):
            return "proven"
        proof: Proof = "unproven"
        if owner.type not in owner.file.pack.index.qualified:  # the modules around a name tell nothing about it
            proof = self.proof(base, sdk, depth)
            if proof == "proven" or self._declares(base, name.text, sdk, depth):
                return "proven"
        member = member_of_class(self.project, self.path, base, name.text)
        if member is not None:
            return self._meant(member, sdk, depth + 1)
        place = self.project.container(self.path, base)
        if place is not None and not isinstance(place[1], str) and place[1].shape == "class":
            return self._at(place[0]).class_proof(place[1], name.text, sdk, depth + 1)
        if place is not None and isinstance(place[1], str):
            found = self.project.exported(place[1], name.text)
            if found is not None:
                proof = self._at(found[0]).binding(*found, sdk, depth + 1)
        if (
            owner.file.pack.modules.style in ("package", "tree")
            and "(" not in owner.text
            and self.annotated(owner, sdk)
        ):
            return "proven"
        return proof if proof != "unproven" else by_name(name.text, sdk)

    def _field(self, owner: Node, name: str, sdk: SdkPack, depth: int) -> Proof:
        """`self.client`: what the class assigns or declares under that name."""
        own = own_field(self.project, self.path, owner, name)
        if own is not None:
            return self._meant((self.path, own), sdk, depth + 1)
        body = holder_meant(owner.role("object") or owner)
        if body is None:
            return by_name(name, sdk)
        known = self._classes.get((body, name, sdk.id))
        if known is None:
            known = self._classes[body, name, sdk.id] = self.class_proof(body, name, sdk, depth)
        place = self.project.extended(self.path, body) if known != "proven" else None
        return self._at(place[0]).class_proof(place[1], name, sdk, depth) if place is not None else known

    def class_proof(self, body: Node, name: str, sdk: SdkPack, depth: int) -> Proof:
        for node in around_mentions(body, name):
            target, value, annotation = field_parts(node)
            if target is None or last_name(target) != name:
                continue
            if node.shape == "function" and self.factory(node, sdk, depth) == "proven":
                return "proven"
            if annotation is not None and self.annotated(annotation, sdk):
                return "proven"
            if value is not None and self.proof(value, sdk, depth + 1) == "proven":
                return "proven"
        return by_name(name, sdk)

    def binding(self, path: str, binding: Binding, sdk: SdkPack, depth: int) -> Proof:
        """What a name of a file holds."""
        known = self.project.proofs
        return known.of((binding, sdk.id, depth), lambda: self._binding(path, binding, sdk, depth), "unproven")

    def _binding(self, path: str, binding: Binding, sdk: SdkPack, depth: int) -> Proof:
        entry = binding.imported
        if entry is not None:
            there = self.project.outside(path, binding)
            places = ((entry.module, entry.imported), there)
            if any(is_client_import(*place, sdk) for place in places if place is not None):
                return "proven"
            found = self.project.origin(path, binding)
            if found is None or found[1].imported is not None or depth > _DEPTH:
                return "unproven"
            return self._at(found[0]).binding(*found, sdk, depth + 1)
        definition = binding.definitions[0].parent
        annotation = declared_type(definition)
        if annotation is not None and self.annotated(annotation, sdk):
            return "proven"
        holder = opened_by(binding.definitions[0])
        if holder is not None:
            return self.proof(holder, sdk, depth + 1)
        if definition is not None and definition.shape == "function":
            return self.factory(definition, sdk, depth)
        # A client is often declared empty and made later: any value that it is given tells what it is.
        values = (value for value in _values(self.project.names(path), binding) if value.shape != "class")
        proofs = {self.proof(value, sdk, depth + 1) for value in values}
        if not proofs and annotation is None and depth <= _DEPTH:
            return self._handed_in(path, binding, sdk, depth)
        return "proven" if "proven" in proofs else "likely" if "likely" in proofs else "unproven"

    def _handed_in(self, path: str, binding: Binding, sdk: SdkPack, depth: int) -> Proof:
        """A parameter without a type, by what a test framework or the callers in the file give it."""
        place = injected(self.project, path, binding)
        if place is not None:
            return self._at(place[0]).factory(place[1], sdk, depth + 1)
        given = passed(self.project, path, binding)
        is_client = bool(given) and all(self.proof(value, sdk, depth + 1) == "proven" for value in given)
        return "likely" if is_client else "unproven"

    def factory(self, function: Node, sdk: SdkPack, depth: int) -> Proof:
        """What a function gives."""
        annotation = function.role("type")
        if annotation is not None and self.annotated(annotation, sdk):
            return "proven"
        given = (self.proof(value, sdk, depth + 1) for value in results(function))
        return "proven" if "proven" in given else "unproven"

    def annotated(self, annotation: Node, sdk: SdkPack, depth: int = 0) -> bool:
        """Whether a type speaks of the client: in itself, as that of an expression, or by another name for such one."""
        if any(says(self.project, self.path, annotation, sdk) for says in (names_client, is_promised)):
            return True
        if depth > _DEPTH:
            return False
        for part in annotation.walk():
            asked = part.role("operand") if part.shape == "type-of" else None
            if asked is not None and self.proof(asked, sdk, depth + 1) == "proven":
                return True
            place = renamed_type(self.project, self.path, part)
            if place is not None and self._at(place[0]).annotated(place[1], sdk, depth + 1):
                return True
        return False


def _values(names: Names, binding: Binding) -> Iterator[Node]:
    """Everything that a name is set to, also by functions that declare it an outer name."""
    same = names.called(binding.name) if binding.outer else [binding]
    for each in same:
        for name in (*each.definitions, *each.writes):
            holder = name.parent
            value = given_value(name) or (holder.role("entered") if holder is not None else None)
            if value is not None:
                yield value


def _awaited(node: Node) -> Node:
    node = unwrapped(node)
    while node.shape in ("await", "unwrap"):
        inner = node.role("operand")
        if inner is None:
            return node
        node = unwrapped(inner)
    return node
