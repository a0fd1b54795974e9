"""Pages: text and comments are told from what runs."""

from __future__ import annotations

import pytest

from featureops.core.assess.pages import page_kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Total</p>", "<p>{{ total }}</p>"),
        ("<p>{{ total }}</p>", "<p>{{ sum }}</p>"),
        ("<p><%= total %></p>", "<p><%= sum %></p>"),
        ('<a href="/a">Go</a>', '<a href="/b">Go</a>'),
        ("<p>@auth</p>", "<p>@guest</p>"),
        ("<script>if (a > b && c <d) e()</script>", "<script>if (a > c && c <d) e()</script>"),
        ("<script>// one\n</script>", "<script>// two\n</script>"),
        ("<!--[if IE]><p>a</p><![endif]-->", "<!--[if lt IE 9]><p>a</p><![endif]-->"),
        ("<p>a</p>", "<p>a</p><p>b</p>"),
        ("{% if a %}<p>x</p>{% endif %}", "{% if b %}<p>x</p>{% endif %}"),
    ],
)
def test_what_may_run_is_never_called_text_or_a_comment(before: str, after: str) -> None:
    assert page_kind(before.encode(), after.encode()) is None


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("copy", "<p>Total</p>", "<p>Sum of all</p>"),
        ("copy", "<p>\n  Total\n</p>", "<p>\n  Sum of all\n</p>"),
        ("comments", "<p>a</p>", "<!-- why --><p>a</p>"),
        ("comments", "<p>a</p>", "{# why #}\n<p>a</p>"),
        ("comments", "<p>a</p>", "{{-- why --}}<p>a</p>"),
        ("comments", "<p>a</p>", "<%# why %><p>a</p>"),
    ],
)
def test_text_and_comments_between_tags_run_nothing(kind: str, before: str, after: str) -> None:
    assert page_kind(before.encode(), after.encode()) == kind
