"""A text is parsed once for all who go on with it."""

from __future__ import annotations

from featureops.core.parsed import Parsed
from featureops.languages import packs

PYTHON = next(pack for pack in packs().languages if ".py" in pack.extensions)


def test_a_text_that_comes_up_again_is_the_same_file_with_the_same_names() -> None:
    parsed = Parsed()
    first = parsed.file("a.py", b"x = 1\n", PYTHON)
    assert parsed.file("a.py", bytes(bytearray(b"x = 1\n")), PYTHON) is first
    assert parsed.names(first) is parsed.names(first)
    assert parsed.file("b.py", b"x = 1\n", PYTHON) is not first
    assert parsed.file("a.py", b"x = 2\n", PYTHON) is not first


def test_only_the_last_files_are_kept() -> None:
    parsed = Parsed(most=2)
    first, second = (parsed.file("a.py", text, PYTHON) for text in (b"x = 1\n", b"x = 2\n"))
    assert parsed.file("a.py", b"x = 1\n", PYTHON) is first
    assert parsed.file("a.py", b"x = 3\n", PYTHON) is not second
    assert parsed.file("a.py", b"x = 1\n", PYTHON) is first
    assert parsed.file("a.py", b"x = 2\n", PYTHON) is not second


def test_more_are_kept_while_they_are_small() -> None:
    parsed = Parsed(most=1, size=20)
    texts = (b"x = 1\n", b"x = 2\n", b"x = 3\n", b"x = 4\n")
    files = [parsed.file("a.py", text, PYTHON) for text in texts]
    assert [parsed.file("a.py", text, PYTHON) is file for text, file in zip(texts[1:], files[1:], strict=True)] == [
        True,
        True,
        True,
    ]
    assert parsed.file("a.py", texts[0], PYTHON) is not files[0]
