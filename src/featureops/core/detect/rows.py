"""The rows of an answer about one flag: each place once, and what was shown before what could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from featureops.core.detect.places import clean, shape_around
from featureops.core.model import Span, Usage
from featureops.core.project import Resolution
from featureops.core.syntax import Node, SourceFile

__all__ = ["Kind", "Mention", "Rows"]

Kind = Literal["read", "definition", "wrapper", "test", "mention"]


@dataclass(frozen=True, slots=True)
class Mention:
    """What a place of the key is that no read and no definition covers: a read in markup, or a mere mention."""

    span: Span
    kind: Kind
    language: str
    sdk: str
    shape: str


@dataclass
class Rows:
    """`found` by path and span."""

    flag: str
    found: dict[tuple[str, Span], Usage] = field(default_factory=dict)

    def add(
        self, file: SourceFile, node: Node, kind: Kind, resolution: Resolution, sdk: str, at: int | None = None
    ) -> None:
        shape = node.shape if kind == "definition" else shape_around(node)
        shape = "assign" if shape in ("declarator", "field", "function") else shape
        self.put(file.path, file.data, node.span, kind, resolution, file.pack.id, sdk, shape, at)

    def mention(self, path: str, data: bytes, at: Mention) -> None:
        self.put(path, data, at.span, at.kind, "literal", at.language, at.sdk, at.shape)

    def put(
        self,
        path: str,
        data: bytes,
        span: Span,
        kind: Kind,
        resolution: Resolution,
        language: str,
        sdk: str,
        shape: str,
        at: int | None = None,
    ) -> None:
        if self._is_shown(path, span):
            return
        at = span.start if at is None else at
        start = data.rfind(b"\n", 0, at) + 1
        stop = data.find(b"\n", at)
        line = data.count(b"\n", 0, at) + 1
        self.found[path, span] = Usage(
            flag=self.flag,
            path=path,
            line=line,
            column=at - start + 1,
            end_line=line + data.count(b"\n", at, span.end),
            language=language,
            sdk=sdk,
            kind=kind,
            resolution=resolution,
            shape=shape,
            text=clean(data[start : stop if stop >= 0 else len(data)].decode("utf-8", "replace")),
            span=span,
        )

    def keep(self, usage: Usage) -> None:
        """A row that is made already."""
        if not self._is_shown(usage.path, usage.span):
            self.found[usage.path, usage.span] = usage

    def _is_shown(self, path: str, span: Span) -> bool:
        known = self.found.get((path, span))
        return known is not None and known.resolution != "unproven"
