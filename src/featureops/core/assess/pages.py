"""What kind of change a page's change is: markup around another language, which no grammar reads as a whole."""

from __future__ import annotations

import re

from featureops.core.assess.values import Kind

__all__ = ["page_kind"]

_CODE = re.compile(r"(?is)<(script|style)\b.*?</\1\s*>")
_COMMENT = re.compile(r"(?s)<!--(?!\[if).*?-->|\{#.*?#\}|<%#.*?%>|\{\{--.*?--\}\}|\{\{!--.*?--\}\}")
# Text for people between two tags: words, nothing that an expression or a directive is written with.
_TEXT = re.compile(r"(?<=>)[^<>{}%$@=;()\[\]#&|]*[^\W\d_][^<>{}%$@=;()\[\]#&|]*(?=<)")


def page_kind(before: bytes, after: bytes) -> Kind | None:
    """Whether only "comments" or "copy" (text for people) differ; None where more may. Scripts and styles in the page
    must be the same."""
    old, new = (text.decode("utf-8", "surrogateescape") for text in (before, after))
    if [found.group() for found in _CODE.finditer(old)] != [found.group() for found in _CODE.finditer(new)]:
        return None
    old, new = (_COMMENT.sub("", _CODE.sub("<script></script>", text)) for text in (old, new))
    if old.split() == new.split():
        return "comments"
    old, new = (_TEXT.sub("text", text) for text in (old, new))
    return "copy" if old.split() == new.split() else None
