"""What stands where: a call's arguments, what a name is given, the members of what holds some."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from featureops.core.scopes import Binding, Names, string_value
from featureops.core.syntax import Node

__all__ = [
    "argument",
    "boxed",
    "call_of",
    "called_name",
    "definition_of",
    "initializer",
    "is_readable",
    "item_given",
    "lazy_value",
    "lent",
    "listed_parameter",
    "member_of",
    "members_of",
    "named_in_order",
    "nth_argument",
    "opened_by",
    "own_returns",
    "parameters_of",
    "property_value",
    "run_by",
    "sole_name",
    "unwrapped",
    "ways_of",
]

_SPREAD = frozenset({"*", "**", "...", "&"})
_CHOICES = {"conditional": ("then", "else"), "coalesce": ("left", "right"), "or": ("left", "right")}

_GIVING = {
    "declarator": ("name", "value"),
    "assign": ("left", "right"),
    "field": ("name", "value"),
    "pair": ("key", "value"),
}
_MEMBERS = {**_GIVING, "enum-member": ("name", "value")}


def argument(call: Node, position: int, keyword: str | None = None) -> Node | None:
    """The value of an argument by keyword or position."""
    arguments = call.role("arguments")
    return nth_argument(arguments, position, keyword) if arguments is not None else None


def nth_argument(arguments: Node, position: int, keyword: str | None = None) -> Node | None:
    """`argument` of the list itself."""
    plain = []
    for item in arguments.items:
        if item.shape in ("keyword-argument", "pair"):
            name = item.role("name") or item.role("key")
            if keyword is not None and name is not None and name.text == keyword:
                return item.role("value")
        else:
            plain.append(item.role("operand") or item if item.shape == "argument" else item)
    return plain[position] if position < len(plain) else None


def named_in_order(call: Node, position: int) -> Node | None:
    """The value of an argument of a call that names all of its arguments, in the order in which they stand."""
    arguments = call.role("arguments")
    items = arguments.items if arguments is not None else []
    is_named = bool(items) and all(item.shape == "keyword-argument" for item in items)
    return items[position].role("value") if is_named and position < len(items) else None


def item_given(call: Node, position: int, names: Container[str]) -> Node | None:
    """What a call gives a parameter of some names, as its list has it."""
    arguments = call.role("arguments")
    plain: list[Node] = []
    for item in arguments.items if arguments is not None else ():
        if item.shape != "keyword-argument":
            plain.append(item)
        elif (label := item.role("name")) is not None and label.text in names:
            return item
    return plain[position] if position < len(plain) else None


def is_readable(call: Node) -> bool:
    """Whether it is known which argument is which."""
    arguments = call.role("arguments")
    if arguments is None or arguments.shape != "arguments":
        return False
    return not any(
        item.shape == "spread" or (item.shape != "cast" and item.children[:1] and item.children[0].text in _SPREAD)
        for item in arguments.items
    )


def call_of(name: Node) -> Node | None:
    """The call whose callee a name is, or the last part of."""
    callee = name
    if name.parent is not None and name.parent.shape == "member" and name.parent.role("property") is name:
        callee = name.parent
    call = callee.parent
    return call if call is not None and call.shape == "call" and call.role("function") is callee else None


def called_name(call: Node) -> Node | None:
    """The name of the function that a call runs: of a member its last part."""
    callee = call.role("function")
    return callee.role("property") or callee if callee is not None else None


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses and casts, also to text by a function."""
    while True:
        inner = node.role("operand") if node.shape in ("paren", "cast") else None
        if node.shape == "call" and (callee := node.role("function")) is not None:
            inner = argument(node, 0) if callee.text in node.file.pack.index.string_casts else None
        if inner is None:
            return node
        node = inner


def boxed(call: Node) -> Node | None:
    """What a call gives back in a box that is used like it."""
    callee = call.role("function")
    return argument(call, 0) if callee is not None and callee.text in call.file.pack.index.boxes else None


def opened_by(name: Node) -> Node | None:
    """What holds the value that a function's parameter gets, where the function is given to a method that opens it."""
    function = name
    while function.parent is not None and run_by(function) is None:
        if function.shape not in ("", "binder", "parameter"):
            return None
        function = function.parent
        is_list = not function.shape or (function.shape == "binder" and function.role("name") is None)
        if is_list and run_by(function) is None and len(function.items) > 1:
            return None
    parameters = function.role("parameters")
    return _opened(function) if parameters is None or len(parameters.items) == 1 else None


def lent(name: Node) -> Node | None:
    """What holds the value of a name that a block gives its only parameter without saying so."""
    index = name.file.pack.index
    for outer in name.ancestors() if name.text in index.lent_names else ():
        callee = run_by(outer)
        word = (callee.role("property") or callee).text if callee is not None else ""
        if callee is not None and (word in index.openers or word not in index.receiver_calls | index.runners):
            return _opened(outer)
    return None


def run_by(block: Node) -> Node | None:
    """The callee of the call that a function without a name, or a block, is given to."""
    call = block.parent
    if call is not None and call.shape == "arguments" and block.shape in ("lambda", "block"):
        call = call.parent
    elif block.shape != "lambda" and block.field != "block":
        return None
    callee = call.role("function") if call is not None and call.shape == "call" else None
    return callee if callee is not block else None


def _opened(function: Node) -> Node | None:
    """What the call that a function is given to opens for it."""
    callee = run_by(function)
    method = callee.role("property") if callee is not None else None
    if callee is None or method is None or method.text not in method.file.pack.index.openers:
        return None
    holder = callee.role("object")
    return holder if holder is not None and not _is_opened(holder) else None


def _is_opened(holder: Node) -> bool:
    """Whether it is what an opener's function gave, which may be anything."""
    node: Node | None = holder
    while node is not None:
        name = node.role("property")
        if name is not None and name.text in name.file.pack.index.openers:
            return True
        node = node.role("function") or node.role("object")
    return False


def ways_of(value: Node) -> list[Node]:
    """The expressions one of which a choice is; the value itself where it is none."""
    roles = _CHOICES.get(value.shape, ())
    return [way for role in roles for way in value.roles(role)] if roles else [value]


def definition_of(binding: Binding) -> Node | None:
    """What gives a binding its value: declarator, assignment (also to a member), field, pair."""
    name = binding.definitions[0]
    parent = name.parent
    if parent is not None and parent.shape == "member" and parent.role("property") is name:
        return parent.parent
    return parent.parent if parent is not None and sole_name(parent) is name else parent


def sole_name(target: Node) -> Node | None:
    """The first of several names on the left of an assignment, where the others are blank (`_`)."""
    outer = target.parent
    if target.shape or len(target.items) <= 1 or outer is None or outer.shape not in ("assign", "declarator"):
        return None
    is_left = target in (outer.role("left"), outer.role("name"))
    return target.items[0] if is_left and all(item.text == "_" for item in target.items[1:]) else None


def initializer(binding: Binding) -> Node | None:
    """What a binding is given where it is defined; the node itself for a class, an enum or its member; None for a
    pattern."""
    name, parent = binding.definitions[0], definition_of(binding)
    if parent is None:
        return None
    if parent.shape in ("class", "enum", "enum-member"):
        return parent
    role = _GIVING.get(parent.shape)
    if role is None or parent.role(role[0]) not in (name, name.parent):
        return None
    return parent.role(role[1])


def lazy_value(node: Node) -> Node | None:
    """The last expression of the function that a call evaluates later (`by lazy { ... }`)."""
    callee = node.role("function") if node.shape == "call" else None
    if callee is None or callee.text not in node.file.pack.index.lazy_calls:
        return None
    function = next((part for part in node.walk() if part.type in part.file.pack.index.function_scopes), None)
    body = function.role("body") or function if function is not None else None
    return body.items[-1] if body is not None and body.items else None


def own_returns(function: Node) -> Iterator[Node]:
    """The function's own return statements."""
    stack = list(function.children)
    while stack:
        node = stack.pop()
        if node.shape == "return":
            yield node
        elif node.shape not in ("function", "lambda", "class"):
            stack.extend(node.children)


def parameters_of(function: Node, names: Names) -> list[Binding]:
    """A function's parameters in order, without the object that it is called on and those of a parameter's type."""
    body, stated = function.role("body"), function.role("parameters")
    end = body.start if body is not None else function.end
    start = stated.start if stated is not None else function.start
    bindings = (each for each in names.in_scope(function).values() if each.definitions)
    found = [
        each for each in bindings if start <= (name := each.definitions[0]).start < end and _depth(name, function) < 2
    ]
    found.sort(key=lambda each: each.definitions[0].start)
    return found[1:] if found and found[0].name in function.file.pack.index.self_names else found


def listed_parameter(binding: Binding, function: Node) -> Node | None:
    """A parameter as its function's list has it; None for one that is more than a parameter, or that others are told
    by."""
    stated = function.role("parameters")
    node = binding.definitions[0]
    while node.parent is not None and node.parent is not stated:
        if node.parent is function:
            return None
        node = node.parent
    if stated is None or node.parent is not stated or node.roles("kept") or node.shape == "destructuring":
        return None
    after = node.next()
    if node.text[:1] in _SPREAD or any(item.text == "*" for item in stated.items):
        return None
    if after is not None and after.text == "=":
        return None  # what it is given by default stands beside it
    return node


def _depth(name: Node, function: Node) -> int:
    """How many parameters a name is in."""
    around = list(name.ancestors())
    return sum(outer.shape == "parameter" for outer in around[: around.index(function)])


def property_value(function: Node) -> Node | None:
    """What a property that is nothing but an expression gives."""
    body = function.role("body")
    if body is None or body.shape != "block":
        return body
    only = body.items[0] if len(body.items) == 1 else None
    return only.role("value") if only is not None and only.shape == "return" else only


def member_of(holder: Node, name: str) -> Node | None:
    """The value of a member of a class, an enum, an object or what a call wraps around one."""
    if holder.shape == "call":
        inner = argument(holder, 0)
        return member_of(unwrapped(inner), name) if inner is not None else None
    return next((value for key, value in _members(holder) if key == name), None)


def members_of(holder: Node) -> Mapping[str, Node]:
    """All that `member_of` knows of a class, an enum or an object, for one that is asked for many."""
    found: dict[str, Node] = {}
    for key, value in _members(holder):
        found.setdefault(key, value)
    return found


def _members(holder: Node) -> Iterator[tuple[str, Node]]:
    body = holder.role("body") or holder
    for item in body.items:
        inner = item.role("operand") if item.shape == "expression" else item
        if inner is None:
            continue
        is_named = inner.role("name") is not None
        if inner.shape in ("declaration", "block") or (inner.shape == "class" and not is_named):
            yield from _members(inner)
            continue
        if inner.type in inner.file.pack.index.companions:
            yield from _members(inner)
        if inner.type in inner.file.pack.index.properties and inner.shape == "function":
            label, given = inner.role("name"), property_value(inner)
            if label is not None and given is not None:
                yield label.text, given
            continue
        roles = _MEMBERS.get(inner.shape)
        key, value = (inner.role(roles[0]), inner.role(roles[1])) if roles else (None, None)
        if inner.shape in ("class", "enum") or (inner.shape == "enum-member" and value is None):
            key, value = inner.role("name"), inner
        if key is not None and value is not None:
            yield string_value(key) or key.text, value
