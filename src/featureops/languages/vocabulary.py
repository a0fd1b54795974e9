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
        "coalesce": "left right",
        "equal": "left right",
        "not-equal": "left right",
        "comparison": "",
        "conditional": "condition then else",
        "call": "function arguments",
        "arguments": "",
        "keyword-argument": "name value",
        "member": "object property",
        "index": "object index",
        "await": "operand",
        "unwrap": "operand",  # gives the value inside, or leaves with the error
        "cast": "operand",
        "object": "",
        "pair": "key value",
        "list": "",
        "lambda": "parameters body type",
        "markup-expression": "operand",
        "markup-element": "open close",
        "markup-attribute": "name value",
        # statements
        "block": "",
        "if": "condition then else name value",
        "unless": "condition then name value",
        "elif": "condition then",
        "else": "body",
        "while": "condition body",
        "for": "target body",
        "switch": "value body",
        "case": "value",
        "return": "value",
        "raise": "value",
        "break": "",
        "continue": "",
        "pass": "",
        "expression": "operand",
        "declaration": "",
        "declarator": "name type value",
        "assign": "left right type",
        "try": "body",
        "with": "body",
        # definitions
        "function": "name parameters body type",
        "class": "name body",
        "enum": "name body",
        "enum-member": "name value",
        "field": "name value type",
        "parameter": "name type value",
        "type-definition": "name",
        "extension": "name body",  # adds members to a type
        "arm": "pattern value",
        "decorated": "definition",
        "decorator": "operand function arguments",
        "export": "declaration",
        "import": "module name alias tree",
        "import-group": "module",
        "open-import": "module",  # brings in every name of the module
        "package": "name",  # where the file's names lie
        "import-name": "name alias module",
        "binder": "name value",
    }.items()
}
