"""Finds where a file asks for a flag: the forms of the SDK packs and the house's own `[[reads]]`.

A method call counts only when its receiver is shown to be the SDK's client: by import, construction, annotation or the
file that it comes from. A receiver that merely has a telling name is `likely`; one about which nothing is known is
reported as unproven and never folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from featureops.core.asked import Read
from featureops.core.callvalue import value_of, whole_call
from featureops.core.config import HouseRead
from featureops.core.flagobjects import object_read
from featureops.core.gates import Gates
from featureops.core.given import argument, initializer, named_in_order, sole_name, unwrapped, ways_of
from featureops.core.house import (
    gate_key,
    house_argument,
    house_name,
    inside_member,
    inside_same,
    is_condition_option,
    is_entry_of,
    member_pattern,
    tail_matches,
)
from featureops.core.implicit import is_bound_inside
from featureops.core.learning import read_through, read_with
from featureops.core.mocks import is_any, is_asserted, is_told, mocked
from featureops.core.origins import Proof, gives, letters_of, may_be_named, module_heads
from featureops.core.owned import Owned
from featureops.core.pack import CallForm, SdkPack
from featureops.core.project import Constant, Project
from featureops.core.proofs import Receivers
from featureops.core.results import Results
from featureops.core.scopes import Binding, string_value
from featureops.core.syntax import Node, SourceFile
from featureops.core.unsaid import proof_unsaid

__all__ = ["Read", "find_reads", "house_name"]

_HOUSE = "house"


def find_reads(project: Project, path: str, near: Iterable[int] | None = None) -> list[Read]:
    """Every read of the file in document order, dynamic and unproven ones included.

    `near`: only reads whose expression covers one of these offsets, which spares a walk over the whole file.
    """
    file = project.file(path)
    if file is None:
        return []
    finder = _Finder(project, path)
    around = finder.results.places() if near is not None else None
    nodes = file.root.walk() if near is None or around is None else _covering(file, (*near, *around))
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
    def __init__(self, project: Project, path: str, owned: Owned | None = None) -> None:
        self.owned = owned or Owned(project, self._asks)
        self.project = project
        self.path = path
        self.names = project.names(path)
        pack = self.names.file.pack
        self.sdks = pack.sdks
        self.receivers = Receivers(project, path)
        self.gates = Gates(project, path)
        self.results = Results(project, path)
        self.house = [read for read in project.config.reads if read.language in (None, pack.id)]
        self.methods: dict[str, list[tuple[SdkPack, CallForm]]] = {}
        self.functions: dict[str, list[tuple[SdkPack, CallForm]]] = {}
        for sdk in pack.sdks:
            for form in sdk.calls:
                if form.method is not None:
                    self.methods.setdefault(form.method, []).append((sdk, form))
                if form.function is not None and not form.members:
                    self.functions.setdefault(form.function, []).append((sdk, form))
        self.expressions = [read for read in self.house if read.form == "expression"]
        self.members = [(read, member_pattern(read.target)) for read in self.house if read.form == "member"]

    def at(self, node: Node) -> Iterator[Read]:
        shape = node.shape
        yield from self.gates.at(node)
        if shape == "call":
            found = self._declared(node) or self.asking(node)
            if found is not None:
                said = found.value == "boolean" and (is_told(self.names, node) or is_asserted(found.node))
                yield from self._each(replace(found, value="test") if said else found)
                return
        yield from self.results.at(node)
        if shape in ("decorator", "markup-element") and self.house:
            yield from self._gates(node, shape)
        if shape == "pair" and self.house:
            yield from self._entry(node)
        if shape in ("member", "index") and self.members and not inside_member(node):
            yield from self._member(node)
        if self.expressions and (shape in ("member", "index", "call") or node.type in node.file.pack.index.identifiers):
            yield from self._expression(node)
        if self.expressions and shape == "string" and node.parent is not None and is_condition_option(node.parent):
            yield from self._named_condition(node)

    def _asks(self, path: str, call: Node) -> bool:
        """Whether a call of any file asks an SDK."""
        finder = self if path == self.path else _Finder(self.project, path, self.owned)
        found = finder.asking(call)
        return found is not None and found.proof != "unproven"

    def _each(self, read: Read) -> Iterator[Read]:
        """One read for each flag, where a call is given a list of them: what it gives is not of one alone."""
        if read.key is None or read.key.shape != "list" or not read.key.items or read.constant is not None:
            yield read
            return
        for key in read.key.items:
            yield replace(read, key=key, constant=self.project.constant(self.path, key), is_exact=False)

    def asking(self, call: Node) -> Read | None:
        """A call of the SDK, or of the house's function that calls it."""
        found = self._sdk_call(call) or self._chosen(call)
        if found is None or found.proof != "proven":
            through = read_through(self.project, self.path, call)
            found = through if through is not None and (found is None or through.proof != "unproven") else found
        found = found or self._handing(call)
        if found is None or (found.key is not None and is_any(self.names, found.key)):
            return None
        return replace(found, value="test") if is_told(self.names, call) else found

    def _handing(self, call: Node) -> Read | None:
        """A call that hands a method of the client to a function of the house, which asks with it."""
        arguments = call.role("arguments")
        if arguments is None or not any(_method_name(item) in self.methods for item in arguments.items):
            return None
        return read_with(self.project, self.path, call, self._handed)

    def _handed(self, path: str, call: Node, method: Node) -> Iterator[Read]:
        """What a call in some file is which runs a method that this file hands over."""
        owner = method.role("object")
        for sdk, form in self.methods.get(_method_name(method), ()) if owner is not None else ():
            if owner is not None and self.receivers.proof(owner, sdk) == "proven":
                read = _Finder(self.project, path).asked(call, sdk.id, form, "proven", form.method or "")
                if read is not None:
                    yield read

    # -------------------------------------------------------------- SDK forms

    @cached_property
    def _functions_here(self) -> bool:
        """Whether the file holds the name of any function of an SDK, under which or from which it is imported."""
        data = self.names.file.data
        return any(name.encode() in data for name in self.functions)

    def _may_be_given(self, callee: Node) -> bool:
        """Whether a plain name may stand for a function of an SDK; tells it without working the name out."""
        return self._functions_here or callee.text in self.names.import_text

    def _sdk_call(self, call: Node) -> Read | None:
        callee = call.role("function")
        if callee is None:
            return None
        if callee.shape == "member":
            return self._method_call(call, callee)
        if callee.type not in callee.file.pack.index.identifiers:
            return None
        unsaid = self._unsaid_call(call, callee) if callee.text in self.methods else None
        if unsaid is not None or not self._may_be_given(callee):
            return unsaid
        binding = self.names.of.get(callee)
        if binding is None or binding.imported is None:
            return None
        found = self._imported(self.path, binding)
        return self.asked(call, found[0].id, found[1], "proven", binding.name) if found is not None else None

    def _unsaid_call(self, call: Node, callee: Node) -> Read | None:
        """A call of a client's method by its name alone."""
        local = self.names.of.get(callee)
        if local is not None and (local.imported is not None or is_bound_inside(local)):
            return None
        for sdk, form in self.methods[callee.text]:
            is_asked = _key(call, form) is not None and self._may_be_used(sdk)
            if is_asked and proof_unsaid(self.receivers, callee, sdk) == "proven":
                return self.asked(call, sdk.id, form, "proven", callee.text)
        return None

    def _imported(self, path: str, binding: Binding) -> tuple[SdkPack, CallForm] | None:
        """The form whose function an import brings in."""
        entry = binding.imported
        places = ((entry.module, entry.imported), self.project.outside(path, binding)) if entry is not None else ()
        for module, name in filter(None, places):
            for sdk, form in self.functions.get(name, ()):
                if gives(sdk, form, module, name):
                    return sdk, form
        return None

    def _chosen(self, call: Node) -> Read | None:
        """A call by another name for an SDK's function, or for one of several: `const on = local ? own : theirs`."""
        callee = call.role("function")
        if callee is None or callee.shape == "member" or not self._may_be_given(callee):
            return None
        binding = self.names.of.get(callee)
        if binding is None or (binding.imported.imported if binding.imported else binding.name) not in self.functions:
            return None
        origin = self.project.origin(self.path, binding)
        if origin is None or origin[1].imported is not None or not origin[1].is_single:
            return None
        value, names = initializer(origin[1]), self.project.names(origin[0])
        ways = ways_of(unwrapped(value)) if value is not None else []
        for held in (names.of.get(unwrapped(way)) for way in ways):
            found = self._imported(origin[0], held) if held is not None else None
            read = self.asked(call, found[0].id, found[1], "proven", binding.name) if found is not None else None
            if read is not None:
                return replace(read, is_exact=len(ways) == 1)
        return None

    def _method_call(self, call: Node, callee: Node) -> Read | None:
        owner, name = callee.role("object"), callee.role("property")
        forms = self.methods.get(name.text, ()) if name is not None else ()
        best: Read | None = None
        for sdk, form in forms:
            if owner is None or _key(call, form) is None:
                continue
            asked = mocked(self.names, owner) or owner
            proof = self._proof(asked, callee, sdk) if self._may_be_used(sdk) else "unproven"
            if proof == "likely" and self.owned.is_own(self.path, asked, form.method or ""):
                proof = "unproven"
            if proof != "proven" and (form.common or (proof == "unproven" and not _is_called_so(call, form))):
                continue
            if proof == "proven" or (proof == "likely" and (best is None or best.proof == "unproven")) or best is None:
                best = self.asked(call, sdk.id, form, proof, form.method or "")
            if proof == "proven":
                break
        if best is None and owner is not None and name is not None:
            best = self._namespace_call(call, owner, name.text)
        return best or object_read(self.project, self.path, call)

    def _proof(self, owner: Node, callee: Node, sdk: SdkPack) -> Proof:
        index = owner.file.pack.index
        if owner.text in index.self_names | index.above_names:
            return proof_unsaid(self.receivers, callee, sdk)
        return self.receivers.proof(owner, sdk)

    def _may_be_used(self, sdk: SdkPack) -> bool:
        """Whether something in the file may be shown to be the SDK's: the repository, or a name here, speaks of it."""
        return self.project.present is None or sdk.id in self._used

    @cached_property
    def _used(self) -> frozenset[str]:
        file, present = self.names.file, self.project.present or frozenset()
        used = [sdk for sdk in self.sdks if not module_heads(sdk, file.pack).isdisjoint(present)]
        letters = letters_of(file.data) if len(used) < len(self.sdks) else b""
        return frozenset(sdk.id for sdk in self.sdks if sdk in used or may_be_named(letters, sdk))

    def _namespace_call(self, call: Node, owner: Node, name: str) -> Read | None:
        """`ns.isEnabled(...)` where `ns` is the SDK's whole module."""
        forms = self.functions.get(name, ())
        binding = self.names.of.get(owner) if forms else None
        entry = binding.imported if binding else None
        if entry is None:
            return None
        for sdk, form in forms:
            if gives(sdk, form, entry.module, name):
                return self.asked(call, sdk.id, form, "proven", name)
        return None

    def asked(self, call: Node, sdk: str, form: CallForm, proof: Proof, method: str) -> Read | None:
        """What a call in this form is, if it has a key."""
        if (key := _key(call, form)) is None:
            return None
        node, pinned = whole_call(call, form.pinned)
        whole = (pinned or not form.pinned) and (not form.boxed or self._unboxed(node))
        kind = value_of(call, node, form)
        constant = self.project.constant(self.path, key)
        read = Read(node, call, sdk, kind, form.when, proof, key, constant, method, spelt=form.spelt)
        if whole:
            return read
        members = form.pinned if kind == form.value and not form.boxed else ()
        return replace(read, value="details", within=kind, pinned=members, is_boxed=form.boxed and kind == "boolean")

    def _unboxed(self, node: Node) -> bool:
        """Whether only the value is taken out of what the call gives, into a name of its own."""
        target = node.parent.role("left") if node.parent is not None and node.parent.shape == "assign" else None
        name = sole_name(target) if target is not None and target is not node else None
        binding = self.names.of.get(name) if name is not None else None
        return binding is not None and binding.is_single

    # -------------------------------------------------------------- the house's own forms

    def _declared(self, call: Node) -> Read | None:
        found = self._house_call(call)
        return replace(found, value="test") if found is not None and is_told(self.names, call) else found

    def _house_call(self, call: Node) -> Read | None:
        callee = call.role("function")
        if callee is None:
            return None
        for read in self.house:
            if read.form not in ("call", "test", "definition") or not tail_matches(callee.text, read.target):
                continue
            if read.name is not None:
                return self._house_read(call, read, None, Constant(read.name, "literal", self.path))
            key = house_argument(call, read.flag)
            if key is not None:
                return self._house_read(call, read, key, self.project.constant(self.path, key))
        return None

    def _house_read(self, node: Node, read: HouseRead, key: Node | None, constant: Constant | None) -> Read:
        whole = whole_call(node, ())[0] if read.form == "call" else node
        value = "boolean" if read.form in ("call", "member", "expression") else read.form
        owner = node.role("object") if read.form == "member" else None
        holder = owner if owner is not None and owner in self.names.of else None
        return Read(whole, node, _HOUSE, value, read.when, "proven", key, constant, read.target, holder=holder)

    def _member(self, node: Node) -> Iterator[Read]:
        text = "".join(node.text.split())
        for read, pattern in self.members:
            found = pattern.fullmatch(text)
            if found is not None:
                yield self._house_read(node, read, None, Constant(house_name(found["flag"]), "literal", self.path))
                return
        key = node.role("index") if node.shape == "index" else None
        for read, _ in self.members if key is not None and key.shape == "member" else ():
            if key is not None and is_entry_of(node, read.target):
                yield self._house_read(node, read, key, self.project.constant(self.path, key))
                return

    def _expression(self, node: Node) -> Iterator[Read]:
        text = "".join(node.text.split())
        for read in self.expressions:
            target = "".join(read.target.split())
            matches = text.endswith(target[1:]) if target.startswith("*") else text == target
            if matches and read.name is not None and not inside_same(node, text) and not self._names_another(node):
                yield self._house_read(node, read, None, Constant(read.name, "literal", self.path))
                return

    def _named_condition(self, node: Node) -> Iterator[Read]:
        """A text that names the method which a call asks before it acts."""
        text = string_value(node)
        for read in self.expressions:
            if read.name is not None and text is not None and text == read.target and node.field == "value":
                yield self._house_read(node, read, None, Constant(read.name, "literal", self.path))
                return

    def _names_another(self, node: Node) -> bool:
        """Whether a name stands where something is given that name, or where it is a member's or an argument's."""
        binding, parent = self.names.of.get(node), node.parent
        if binding is not None and node in binding.definitions:
            return True
        if parent is None or node.items or parent.shape == "comparison":
            return False
        roles = ["name", "property", "key", "alias", *(["left"] if parent.shape in ("assign", "binder") else [])]
        return any(parent.role(role) is node for role in roles)

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


def _method_name(node: Node) -> str:
    """The name of a member that stands as a value."""
    name = (node.role("operand") or node).role("property")
    return name.text if name is not None else ""


def _is_called_so(call: Node, form: CallForm) -> bool:
    """Whether the key is where the form says, and not only where other names of parameters would put it."""
    return argument(call, form.flag, form.keyword) is not None


def _key(call: Node, form: CallForm) -> Node | None:
    """The argument with the key. Parameters have other names in other versions of an SDK, but the same order."""
    return argument(call, form.flag, form.keyword) or named_in_order(call, form.flag)
