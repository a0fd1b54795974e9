"""The reads that wrapping knows of are those that a walk over the whole file finds."""

from __future__ import annotations

from pathlib import Path

from featureops.core.config import Config
from featureops.core.project import Project
from featureops.core.reads import Read, find_reads
from featureops.core.wrap.repository import Idioms, Repository
from featureops.languages import packs

FIXTURES = Path(__file__).parents[3] / "fixtures"
TELLING = (
    "javascript/detect_commonjs",
    "php/detect_factories",
    "ruby/detect_openfeature_launchdarkly",
    "typescript/detect_constants",
)


def told(reads: list[Read]) -> list[tuple[object, ...]]:
    return [(read.node.span, read.flag, read.proof, read.value, read.is_exact) for read in reads if _may_be_one(read)]


def _may_be_one(read: Read) -> bool:
    return read.proof != "unproven"


def test_reads_are_found_around_the_names_of_ways_of_asking() -> None:
    cases = [*(FIXTURES / name for name in TELLING), *sorted(FIXTURES.glob("*/*/"))[::9]]
    seen = 0
    for root in (case / side for case in cases for side in ("before", "change")):
        files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        project = Project(files, files.get, packs(), Config())
        idioms = Idioms(Repository(frozenset(files), files.get, lambda _: {}, packs(), Config()), project)
        for path in sorted(files):
            walked = told(find_reads(project, path))
            assert told(idioms.reads(path)) == walked, (root, path)
            seen += len(walked)
    assert seen > 200
