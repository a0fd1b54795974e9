"""What an SDK's data file says about a module, a name of it, or the telling name of a receiver."""

from __future__ import annotations

import re
from typing import Literal

from featureops.core.pack import CallForm, LanguagePack, SdkPack

__all__ = ["Proof", "by_name", "gives", "is_client_import", "letters_of", "may_be_named", "module_heads"]

_SEPARATORS = re.compile(r"::|\\|\.")
_WHOLE = frozenset({"path", "folder", "package"})
"""Styles of languages in which an import's text is written in one piece."""
_NOT_LETTERS = bytes(set(range(256)) - set(b"abcdefghijklmnopqrstuvwxyz"))

Proof = Literal["proven", "likely", "unproven"]


def is_client_import(module: str, imported: str, sdk: SdkPack) -> bool:
    return any(
        item.module == module
        and (imported in item.clients or imported in ("*", "default") or imported in item.functions)
        for item in sdk.imports
    ) or any(item.module in (f"{module}.{imported}", f"{module}::{imported}") for item in sdk.imports)


def gives(sdk: SdkPack, form: CallForm, module: str, name: str) -> bool:
    """Whether a module has the function of a form."""
    fits = not form.modules or module in form.modules
    return fits and any(item.module == module and name in item.functions for item in sdk.imports)


def by_name(name: str, sdk: SdkPack) -> Literal["likely", "unproven"]:
    if name in sdk.others:
        return "unproven"
    plain = _plain(name)
    return "likely" if any(hint in plain for hint in _hints(sdk)) else "unproven"


def letters_of(data: bytes) -> bytes:
    """The letters of a file, in lower case."""
    return data.lower().translate(None, _NOT_LETTERS)


def may_be_named(letters: bytes, sdk: SdkPack) -> bool:
    """Whether a file with these letters may hold a name for which `by_name` says that it is likely."""
    return any(hint.encode() in letters for hint in _hints(sdk))


def module_heads(sdk: SdkPack, pack: LanguagePack) -> frozenset[str]:
    """What stands in one piece in a file that imports one of the SDK's modules."""
    modules = {item.module for item in sdk.imports}
    if pack.modules.style in _WHOLE:
        return frozenset(modules)
    return frozenset(_SEPARATORS.split(module)[0] for module in modules)


def _hints(sdk: SdkPack) -> list[str]:
    return [_plain(hint) for hint in (*sdk.receivers, sdk.id)]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
