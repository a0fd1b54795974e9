"""Arguments between the wire and a handler: the schema that a client sees, and strict validation."""

from __future__ import annotations

import json
from typing import Any, cast

from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata

from featureops.core.model import Json
from featureops.server.arguments import Arguments

__all__ = ["StrictMetadata", "argument_names", "input_schema"]

_Schema = dict[str, Json]
_UNSEEN = frozenset({"title", "maxLength", "minLength", "maxItems"})


def argument_names(model: type[Arguments]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def input_schema(model: type[Arguments]) -> _Schema:
    """The JSON schema without what only costs a model's attention: titles, `null` of optional arguments, references,
    defaults that are false, zero or the first of the values there are, and lengths, which are far beyond what anybody
    writes. They are checked all the same."""
    schema = cast("_Schema", model.model_json_schema(by_alias=True))
    definitions = cast("dict[str, _Schema]", schema.pop("$defs", {}))
    return cast("_Schema", _plain(schema, definitions))


def _plain(node: Json, definitions: dict[str, _Schema]) -> Json:
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(reference := node.get("$ref"), str):
        return _plain(definitions[reference.rpartition("/")[2]], definitions)
    if isinstance(choices := node.get("anyOf"), list):
        rest = {key: value for key, value in node.items() if key not in {"anyOf", "title", "default"}}
        return _plain({**cast("_Schema", choices[0]), **rest}, definitions)
    shown = {key: _member(key, value, definitions) for key, value in node.items()}
    return {key: value for key, value in shown.items() if not _says_nothing(key, value, node)}


def _says_nothing(key: str, value: Json, node: _Schema) -> bool:
    if key == "default":
        choices = node.get("enum")
        return not value or (isinstance(choices, list) and value == choices[0])
    return key in _UNSEEN or (key == "additionalProperties" and value == {})


def _member(key: str, value: Json, definitions: dict[str, _Schema]) -> Json:
    if key == "properties" and isinstance(value, dict):
        # Here the keys are names of arguments: one may be called "title".
        return {name: _plain(schema, definitions) for name, schema in value.items()}
    return _plain(value, definitions)


class StrictMetadata(FuncMetadata):
    """Hands the handler one frozen model instead of loose keyword arguments."""

    def validate_arguments(self, arguments_to_validate: dict[str, Any]) -> dict[str, Any]:
        given = {key: self._unwrapped(key, value) for key, value in arguments_to_validate.items()}
        return {"given": self.arg_model.model_validate(given)}

    def _unwrapped(self, key: str, value: object) -> object:
        """Some clients send a list as a string that holds its JSON; no other text is ever parsed."""
        if not isinstance(value, str) or not value.startswith("[") or key not in self._lists():
            return value
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed if isinstance(parsed, list) else value

    def _lists(self) -> set[str]:
        fields = self.arg_model.model_fields.items()
        return {field.alias or name for name, field in fields if "list[" in str(field.annotation)}
