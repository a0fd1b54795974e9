from pathlib import Path

import pytest

from featureops.adapters.guidance import guidance, names
from featureops.core.errors import BadArgument

FOLDER = Path(__file__).resolve().parents[2] / "guidance"


def test_every_file_of_the_guidance_folder_has_a_name() -> None:
    assert names() == tuple(sorted(path.stem for path in FOLDER.glob("*.md")))
    assert "when-to-flag" in names()


def test_guidance_is_the_text_of_its_file() -> None:
    for name in names():
        assert guidance(name) == (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["no-such-text", "", "../README", "/etc/passwd", "when-to-flag.md"])
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(BadArgument) as caught:
        guidance(name)
    assert "when-to-flag" in caught.value.hint


def test_every_text_starts_with_a_title_and_is_short() -> None:
    for name in names():
        text = guidance(name)
        assert text.startswith("# "), name
        assert len(text.splitlines()) <= 120, name
