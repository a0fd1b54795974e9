"""Functions whose only result is a flag, and the places that call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from featureops.core.fold.chains import is_last
from featureops.core.given import initializer, own_returns, unwrapped
from featureops.core.made import received_method
from featureops.core.project import Project
from featureops.core.receivers import declared_type
from featureops.core.scopes import Binding, string_value
from featureops.core.selves import class_of, holder_meant
from featureops.core.syntax import Node

__all__ = [
    "Wrapper",
    "bound_function",
    "call_at",
    "lifted",
    "method_of",
    "named_wrapper",
    "names_at",
    "only_result",
    "wrapper_around",
]

_GETTERS = ("property", "get")
_STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Wrapper:
    """A function that gives a flag's value and nothing else. `inverted`: true when the flag is off. `is_bare`: it may
    be called by its name alone."""

    path: str
    function: Node
    name: str
    inverted: bool
    is_getter: bool
    is_method: bool
    is_bare: bool = False


def wrapper_around(project: Project, path: str, value: Node) -> Wrapper | None:
    """The named function whose only result the expression is, also through one variable, `not` and boolean casts."""
    inverted = False
    for _ in range(_STEPS):
        value, flipped = lifted(value)
        inverted ^= flipped
        function = _function_of(value)
        if function is not None:
            return named_wrapper(path, function, inverted)
        variable = _variable(project, path, value)
        if variable is None:
            return None
        value = variable
    return None


def lifted(node: Node) -> tuple[Node, bool]:
    """The widest expression that has the same value or its negation."""
    inverted = False
    while (parent := node.parent) is not None:
        if parent.shape in ("paren", "cast", "await"):
            node = parent
        elif parent.shape == "not":
            node, inverted = parent, not inverted
        elif parent.shape == "arguments" and len(parent.items) == 1 and _is_boolean_cast(parent.parent):
            node = parent.parent or parent
        else:
            break
    return node, inverted


def _is_boolean_cast(call: Node | None) -> bool:
    callee = call.role("function") if call is not None and call.shape == "call" else None
    return callee is not None and callee.text in callee.file.pack.index.boolean_casts


def _function_of(value: Node) -> Node | None:
    parent = value.parent
    if parent is None:
        return None
    if parent.shape in ("function", "lambda"):
        return parent if parent.role("body") is value else None
    if is_last(parent, value) and all(item.shape in ("assign", "binder") for item in parent.items[:-1]):
        function = parent.parent
        return function if function is not None and not any(own_returns(function)) else None
    if parent.shape != "return" or parent.parent is None or parent.parent.shape != "block":
        return None
    function = parent.parent.parent
    if function is None or function.shape not in ("function", "lambda") or function.role("body") is not parent.parent:
        return None
    return function if len(list(own_returns(function))) == 1 else None


def only_result(function: Node) -> Node | None:
    """The one expression that a function gives, without looking at what it does before."""
    body = function.role("body")
    if body is None or body.shape != "block":
        return body
    found = list(own_returns(function))
    if not found and body.items and is_last(body, body.items[-1]):
        return body.items[-1]
    return found[0].role("value") if len(found) == 1 and found[0].parent is body else None


def _variable(project: Project, path: str, value: Node) -> Node | None:
    """Where the variable that holds the value is given back."""
    parent = value.parent
    if parent is None or parent.shape not in ("declarator", "assign"):
        return None
    name = parent.role("name") or parent.role("left")
    binding = project.names(path).of.get(name) if name is not None and name is not value else None
    if binding is None or not binding.is_single or binding.scope is binding.scope.file.root:
        return None
    return next((use for use in binding.uses if _function_of(lifted(use)[0]) is not None), None)


def named_wrapper(path: str, function: Node, inverted: bool) -> Wrapper | None:
    """A function under the name by which it is called; None where it has none."""
    name, owner = function.role("name"), function.parent
    if name is None and owner is not None:
        name = owner.role("name") or owner.role("left") or owner.role("key")
        if name is function:
            return None
    if name is None:
        return None
    if name.shape == "member":
        name = name.role("property") or name
    holder = owner.parent if owner is not None and owner.shape in ("decorated", "pair", "field") else owner
    return Wrapper(
        path=path,
        function=function,
        name=string_value(name) or name.text,
        inverted=inverted,
        is_getter=_is_getter(function),
        is_bare=bool(function.file.pack.index.implicit_members),
        is_method=class_of(function) is not None
        or function.role("receiver") is not None
        or (holder is not None and holder.shape == "object"),
    )


def _is_getter(function: Node) -> bool:
    if function.has_token(_GETTERS[1]) or function.type in function.file.pack.index.properties:
        return True
    outer = function.parent
    if outer is None or outer.shape != "decorated":
        return False
    return any(item.shape == "decorator" and item.text.endswith(_GETTERS[0]) for item in outer.items)


def call_at(wrapper: Wrapper, name: Node) -> Node | None:
    """The expression that has the wrapper's value where its name is used: the call, for a getter the member."""
    callee = _whole_callee(name)
    parent = callee.parent
    if wrapper.is_bare:
        is_called = parent is not None and parent.shape == "call" and parent.role("function") is callee
        is_name = parent is not None and parent.shape == "function" and parent.role("name") is callee
        return parent if is_called else None if is_name or _is_only_named(callee) else callee
    if wrapper.is_getter:
        index = wrapper.function.file.pack.index
        is_plain = wrapper.function.type in index.properties and not _is_defined(name)
        return callee if callee is not name or (is_plain and name.type in index.identifiers) else None
    return parent if parent is not None and parent.shape == "call" and parent.role("function") is callee else None


def _is_only_named(name: Node) -> bool:
    """Whether a place speaks of a name without running what it stands for: it gives it another name."""
    parent = name.parent
    pairs = (f"{parent.type}.{name.field}", f"{parent.type}.*") if parent is not None else ()
    return not name.file.pack.index.not_references.isdisjoint(pairs)


def _is_defined(name: Node) -> bool:
    """Whether a name is what a definition, or an argument, is called."""
    return name.parent is not None and name.parent.role("name") is name


def _whole_callee(name: Node) -> Node:
    parent = name.parent
    return parent if parent is not None and parent.shape == "member" and parent.role("property") is name else name


def names_at(project: Project, path: str, name: Node) -> Node | Literal["unknown"] | None:
    """The function that a name means at a place; "unknown" when its owner can't be told, None when it is another."""
    callee = _whole_callee(name)
    if callee is name:
        binding = project.names(path).of.get(name)
        if binding is None and name.type in name.file.pack.index.implicit_members:
            return _own_member(project, path, name, name.text)
        meant = project.meaning(path, name)
        found = project.origin(*meant) if meant else None
        return bound_function(found[1]) if found else None
    owner = callee.role("object")
    return _member_function(project, path, unwrapped(owner), name.text) if owner is not None else None


def _member_function(project: Project, path: str, owner: Node, name: str) -> Node | Literal["unknown"] | None:
    if owner.text in owner.file.pack.index.self_names:
        return _own_member(project, path, owner, name)
    place = project.container(path, owner) or _instance_of(project, path, owner)
    if place is None:
        return "unknown"
    where, holder = place
    if isinstance(holder, str):
        found = project.exported(holder, name)
        return bound_function(found[1]) if found else None
    if holder.shape == "call":
        callee = holder.role("function")
        made = project.container(where, callee) if callee is not None else None
        if made is None or isinstance(made[1], str):
            return "unknown"
        holder = made[1]
    return method_of(project, holder, name) or "unknown"


def method_of(project: Project, holder: Node, name: str) -> Node | None:
    """A method of a type, also one that an extension in its file adds, or that names the type itself."""
    return project.methods.of((holder, name), lambda: _method_of(project, holder, name), None)


def _method_of(project: Project, holder: Node, name: str) -> Node | None:
    label = holder.role("name")
    added = project.names(holder.file.path).extensions(label.text) if label is not None else ()
    own = next((found for each in (holder, *added) if (found := _method(each, name)) is not None), None)
    if own is not None or label is None:
        return own
    path = holder.file.path
    return received_method(
        (project.file(each) for each in (path, *project.folders.beside(path, name))), label.text, name
    )


def _own_member(project: Project, path: str, place: Node, name: str) -> Node | Literal["unknown"]:
    """The member of the class or object around."""
    inside = holder_meant(place)
    if inside is None:
        return "unknown"
    whole = project.extended(path, inside)
    return _method(inside, name) or (method_of(project, whole[1], name) if whole is not None else None) or "unknown"


def _instance_of(project: Project, path: str, owner: Node) -> tuple[str, Node | str] | None:
    """The class that an annotation or a constructor call names."""
    if owner.shape == "call":
        callee = owner.role("function")
        return project.container(path, callee) if callee is not None else None
    binding = project.names(path).of.get(owner.role("property") or owner)
    annotation = declared_type(binding.definitions[0].parent if binding is not None else _field(project, path, owner))
    for node in annotation.walk() if annotation is not None else ():
        meant = project.meaning(path, node)
        if meant is not None and (node in project.names(path).of or project.origin(*meant) is not None):
            return project.container(path, node)
    return None


def _field(project: Project, path: str, owner: Node) -> Node | None:
    """The declaration of `self.client` where members are no names of a scope."""
    base, name = owner.role("object"), owner.role("property")
    if base is None or name is None or base.text not in owner.file.pack.index.self_names:
        return None
    inside = holder_meant(base)
    whole = project.extended(path, inside) if inside is not None else None
    fields = (node for node in whole[1].walk() if node.shape == "field") if whole is not None else iter(())
    return next((node for node in fields if (label := node.role("name")) is not None and label.text == name.text), None)


def bound_function(binding: Binding) -> Node | None:
    """The function that a binding names, also one that is a value."""
    definition = binding.definitions[0].parent
    if definition is not None and definition.shape == "function":
        return definition
    value = initializer(binding)
    return value if value is not None and value.shape in ("function", "lambda") else None


def _method(holder: Node, name: str) -> Node | None:
    body = holder.role("body") or holder
    for item in body.items:
        member = item.role("definition") or item
        if member.shape == "expression":
            member = member.role("operand") or member
        label = member.role("name") or member.role("key") or member.role("left")
        if label is None or (string_value(label) or label.text) != name:
            continue
        value = member if member.shape == "function" else member.role("value") or member.role("right")
        if value is None:
            value = next((part for part in member.items if part.shape == "function"), None)
        if value is not None and value.shape in ("function", "lambda"):
            return value
    return None
