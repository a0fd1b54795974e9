"""Names, descriptions, code and diffs are untrusted text: what a reader can't see is taken out before it is shown."""

from __future__ import annotations

import re

from featureops.core.model import Json

__all__ = ["clean", "clean_object"]

# Controls but tab and line ends, marks that reorder or hide text, tag characters, and surrogates that no encoder takes.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(value: Json) -> Json:
    """The same value without characters that a reader can't see; in keys too."""
    if isinstance(value, dict):
        return clean_object(value)
    if isinstance(value, str):
        return _HIDDEN.sub("", value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value


def clean_object(value: dict[str, Json]) -> dict[str, Json]:
    """`clean` of an object."""
    return {_HIDDEN.sub("", key): clean(item) for key, item in value.items()}
