"""What an SDK's data file says about a module, a name of it, or the telling name of a receiver."""

from __future__ import annotations

import re
from typing import Literal

from featureops.core.pack import CallForm, SdkPack

__all__ = ["Proof", "by_name", "gives", "is_client_import"]

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
    plain = re.sub(r"[^a-z]", "", name.lower())
    hints = [re.sub(r"[^a-z]", "", hint.lower()) for hint in (*sdk.receivers, sdk.id)]
    return "likely" if any(hint in plain for hint in hints) else "unproven"
