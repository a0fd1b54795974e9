"""What the parser's own search finds is what a walk over all nodes finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from featureops.core.querying import nodes_of, nodes_shaped
from featureops.core.syntax import parse
from featureops.languages import packs

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCES = sorted(path for path in FIXTURES.rglob("*") if path.is_file() and packs().for_path(path.name) is not None)


@pytest.mark.parametrize("shape", ["import", "if", "markup-element", "function"])
def test_nodes_of_a_shape_are_those_of_a_walk(shape: str) -> None:
    seen = 0
    for path in SOURCES[::19]:
        pack = packs().for_path(path.name)
        assert pack is not None
        file = parse(path.name, path.read_bytes(), pack)
        walked = [node for node in file.root.walk() if node.named and node.shape == shape]
        assert list(nodes_shaped(file, shape)) == walked, path
        seen += len(walked)
    assert seen > 5


def test_a_type_that_the_grammar_does_not_know_is_in_no_file() -> None:
    pack = packs().for_path("a.py")
    assert pack is not None
    assert nodes_of(parse("a.py", b"x = 1\n", pack), ["no_such_node"]) == []
