"""The shapes and the roles that a language file may use. Anything else in a data file is an error."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SHAPES"]

SHAPES: Mapping[str, frozenset[str]] = {
    name: frozenset(roles.split())
    for name, roles in {
        # expressions
        "true": "",
        "false": "",
        "null": "",
        "string": "",
        "number": "",
        "paren": "operand",
        "not": "operand",
        "and": "left right",
        "or": "left right",
        "all": "",  # conditions in a row, some of which give names
        "coalesce": "left right",
        "equal": "left right",
        "not-equal": "left right",
        "comparison": "name type",
        "concat": "left right",
        "format": "left right",
        "conditional": "condition then else",
        "call": "function arguments body",
        "macro": "function arguments",
        "arguments": "",
        "keyword-argument": "name value",
        "argument": "operand",
        "member": "object property",
        "index": "object index",
        "await": "operand",
        "unwrap": "operand",  # gives the value inside, or leaves with the error
        "cast": "operand type",
        "object": "type body",
        "destructuring": "",
        "destructured": "key value",
        "pair": "key value",
        "list": "",
        "sequence": "",  # several expressions, of which the last is the value
        "spread": "operand",  # all members of something, in an object or a list
        "lambda": "parameters body type",
        "markup-expression": "operand",
        "markup-element": "open close",
        "markup-attribute": "name value",
        # statements
        "block": "",
        "if": "initializer condition then else name value",
        "elif": "condition then else",
        "else": "body",
        "while": "condition body",
        "do": "condition body",
        "for": "target initializer condition body type",
        "switch": "initializer value body",
        "case": "value guard condition body",
        "return": "value",
        "yield": "value",
        "raise": "value",
        "break": "",
        "continue": "",
        "pass": "",
        "expression": "operand",
        "declaration": "type",
        "declarator": "name extends type value",
        "assign": "left right type",
        "try": "body",
        "with": "body",
        # definitions
        "function": "name receiver extends parameters body type",  # `extends`: the type that it adds itself to
        "class": "name body bases above",  # `bases`: what makes the classes above it, `above`: what names them
        "enum": "name body",
        "enum-member": "name value",
        "field": "name value type",
        "parameter": "name type value kept",  # `kept`: what makes it a field of its class
        "type-definition": "name body type",  # `type`: what it is another name for
        "type-of": "operand",  # the type of an expression
        "extension": "name body",  # adds members to a type
        "arm": "pattern guard value",
        "decorated": "definition",
        "decorator": "operand function arguments",
        "export": "declaration",
        "import": "module path open name alias",
        "package": "name",
        "import-name": "name alias module open",
        "import-group": "module",
        "binder": "name value entered type",
        "captures": "",
    }.items()
}
