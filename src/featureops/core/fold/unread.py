"""Collections that are only filled and emptied any more: nobody sees what is in them."""

from __future__ import annotations

from featureops.core.fold.editor import Editor
from featureops.core.fold.touched import touched_bindings
from featureops.core.fold.unused import is_private
from featureops.core.fold.values import is_pure
from featureops.core.given import definition_of, initializer
from featureops.core.mentions import mentions_of
from featureops.core.scopes import Binding, Names
from featureops.core.syntax import Node

__all__ = ["unread_collections"]

_GIVEN = ("arguments", "argument", "lambda")


def unread_collections(names: Names, editor: Editor) -> list[Node]:
    """Collections of a function or a class that were read and are not any more, with what still fills them."""
    found: list[Node] = []
    for binding in touched_bindings(names, editor) if names.file.pack.index.fresh_calls else ():
        part = _fresh(binding)
        if part is None or editor.covers(part.span):
            continue
        spoken = [node for node in mentions_of(names.file, binding.name) if not part.span.holds(node.span)]
        left = [node for node in spoken if not editor.covers(node.span)]
        fillings = [_filling(node) for node in left if names.of.get(node) is binding]
        if len(left) < len(spoken) and len(fillings) == len(left) and None not in fillings:
            found += [part, *(each for each in fillings if each is not None)]
    return found


def _fresh(binding: Binding) -> Node | None:
    """What defines a name for a new collection that nothing else has."""
    part, value = definition_of(binding), initializer(binding)
    if part is None or value is None or part.shape != "declarator" or not binding.is_single:
        return None
    index = part.file.pack.index
    is_inner = binding.scope is not part.file.root and binding.scope.type not in index.class_scopes
    callee, arguments = value.role("function"), value.role("arguments")
    if callee is None or value.shape != "call" or callee.text.partition("<")[0] not in index.fresh_calls:
        return None
    plain = all(is_pure(item, _unknown) for item in (arguments.items if arguments is not None else ()))
    return part if plain and (is_inner or is_private(binding)) else None


def _filling(use: Node) -> Node | None:
    """The statement that only fills or empties a collection."""
    member = use.parent
    call = member.parent if member is not None and member.role("object") is use else None
    name, arguments = (
        (member.role("property") if member is not None else None),
        call.role("arguments") if call else None,
    )
    if call is None or call.shape != "call" or call.role("function") is not member or name is None:
        return None
    if name.text not in use.file.pack.index.filling_methods:
        return None
    if not all(is_pure(item, _unknown) for item in (arguments.items if arguments is not None else ())):
        return None
    statement = call.parent if call.parent is not None and call.parent.shape == "expression" else call
    block = statement.parent
    if block is None or block.shape != "block":
        return None
    gives = block.items[-1] is statement and block.parent is not None and block.parent.shape in _GIVEN
    return None if gives else statement


def _unknown(_node: Node) -> bool:
    return False
