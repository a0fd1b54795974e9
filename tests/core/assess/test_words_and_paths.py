"""Words of identifiers, kinds of paths."""

from __future__ import annotations

import pytest

from featureops.core.assess.paths import path_kind
from featureops.core.assess.words import split_words, text_words
from featureops.languages import packs
from featureops.languages.signal_tables import all_signals


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("chargeCreditCards", ("charge", "credit", "card")),
        ("HTTPServerError", ("http", "server", "error")),
        ("delete_user2", ("delete", "user")),
        ("policies", ("policy",)),
        ("addresses", ("address",)),
        ("status", ("status",)),
        ("", ()),
    ],
)
def test_identifiers_are_cut_into_singular_words(identifier: str, words: tuple[str, ...]) -> None:
    assert split_words(identifier) == words


def test_author_is_not_authentication() -> None:
    assert "auth" not in split_words("authorName")
    assert "pay" not in split_words("payloadSize")


def test_the_words_of_a_sentence_come_in_order() -> None:
    assert text_words("Fix newCheckout's totals!") == ("fix", "new", "checkout", "s", "total")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/app.py", "code"),
        ("src/docs/render.py", "code"),
        ("deploy/rollout.ts", "code"),
        ("src/unknown.zig", "code"),
        ("docs/guide.html", "docs"),
        ("LICENSE", "docs"),
        ("tests/app.py", "tests"),
        ("src/__tests__/a.tsx", "tests"),
        ("src/pay.spec.ts", "tests"),
        ("conftest.py", "tests"),
        ("src/latest.py", "code"),
        ("src/contest.ts", "code"),
        ("Cargo.lock", "dependencies"),
        ("go.sum", "dependencies"),
        ("package.json", "dependencies"),
        ("requirements-dev.txt", "dependencies"),
        ("notes.txt", "docs"),
        ("app/migrations/0001_initial.py", "migration"),
        ("schema.sql", "migration"),
        (".github/workflows/ci.yml", "infrastructure"),
        ("Dockerfile.prod", "infrastructure"),
        ("vite.config.ts", "infrastructure"),
        ("settings.yaml", "configuration"),
        ("config/app.py", "code"),
        (".claude/settings.json", "agent-configuration"),
        ("web/app.css", "asset"),
        ("dist/app.js", "generated"),
        ("api_pb2.py", "generated"),
        ("types.d.ts", "generated"),
    ],
)
def test_a_path_tells_what_a_file_is(path: str, kind: str) -> None:
    assert path_kind(path, all_signals(), claimed=packs().for_path(path) is not None) == kind
