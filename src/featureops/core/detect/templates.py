"""Markup around a script: the expressions in it that name what the script gives to a flag's value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from featureops.core.asked import Read
from featureops.core.detect.places import climbed
from featureops.core.model import Span
from featureops.core.pack import LanguagePack

__all__ = ["name_given", "template_uses"]


def name_given(read: Read) -> str | None:
    """The name that a read's value gets where it stands: of a declarator, or of a part of a pattern."""
    if read.value == "name":
        return read.holder.text if read.holder is not None else None
    parent = climbed(read.node).parent
    name = parent.role("name") if parent is not None and parent.shape == "declarator" else None
    return name.text if name is not None and name.shape == "" else None


def template_uses(data: bytes, pack: LanguagePack, name: str) -> Iterator[Span]:
    """Where expressions of a host's markup name it, outside the parts that are parsed."""
    scripts = [match.span() for match in re.finditer((pack.regions or "").encode(), data)] if pack.regions else []
    word = re.compile(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w-])")
    for template in pack.templates:
        for found in re.finditer(template.encode(), data):
            if any(start <= found.start() < end for start, end in scripts):
                continue
            for hit in word.finditer(data, *found.span(1)):
                yield Span(*hit.span())
