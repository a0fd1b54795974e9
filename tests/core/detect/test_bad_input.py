"""Whatever a file holds, it is read or passed over with a reason: no crash, no hang."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featureops.core.config import Config, HouseRead
from featureops.core.detect.needles import Asking
from featureops.core.detect.summary import read_file
from featureops.core.detect.usages import find_usages
from featureops.core.pack import LanguagePack
from featureops.core.project import Project
from featureops.languages import packs
from tests.core.sources import grep_of

ROOT = Path(__file__).parents[3]
PACKS = [pytest.param(pack, id=pack.id) for pack in packs().languages]
FLAG = "new-checkout"
CONFIG = Config(
    reads=(HouseRead("call", "isOn", 0), HouseRead("member", "flags.{flag}"), HouseRead("decorator", "gate", 0)),
    aliases={FLAG: ("Keys.NEW_CHECKOUT",)},
)
FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
CALM = settings(FUZZ, max_examples=25)


@cache
def sources(language: str) -> tuple[bytes, ...]:
    pack = packs().by_id(language)
    folders = (ROOT / "fixtures" / language, ROOT / "fixtures" / "apps")
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if packs().for_path(path.name) is pack]
    return tuple(path.read_bytes() for path in found[:40] if path.is_file()) or (b"isOn(1)",)


def read(pack: LanguagePack, data: bytes) -> dict[str, str]:
    """Detect everything in a file in both ways. Returns what was passed over."""
    path = "a" + pack.extensions[0]
    project = Project([path], {path: data}.get, packs(), CONFIG)
    asking = Asking(packs(), CONFIG)
    read_file(project, path, asking.places(data, asking.offsets(data)))
    read_file(project, path, None)

    find_usages(project, FLAG, grep_of({path: data}), {path: data}.get)
    return project.failed


@pytest.mark.parametrize("pack", PACKS)
@FUZZ
@given(data=st.binary(max_size=400))
def test_random_bytes(pack: LanguagePack, data: bytes) -> None:
    read(pack, data)


@pytest.mark.parametrize("pack", PACKS)
@CALM
@given(choice=st.data())
def test_real_code_that_was_cut_and_spliced(pack: LanguagePack, choice: st.DataObject) -> None:
    data = choice.draw(st.sampled_from(sources(pack.id)))
    for _ in range(choice.draw(st.integers(1, 4))):
        start = choice.draw(st.integers(0, len(data)))
        end = choice.draw(st.integers(start, min(len(data), start + 40)))
        junk = choice.draw(
            st.sampled_from([b"", b"(", b")", b"{", b'"', b"'", b"\xff\xfe", b"\0", b"\r", b"\n  ", b"//", b"#"])
        )
        data = data[:start] + junk + data[end:]
    read(pack, data)


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("unit", [b"(", b"[", b"{", b"!", b"-", b"a.", b"a(", b"<a>", b"if a:\n", b"(a=>", b"1+"])
def test_ten_thousand_levels(pack: LanguagePack, unit: bytes) -> None:
    reasons = read(pack, unit * 10_000 + b'isOn("new-checkout")')
    assert set(reasons.values()) <= {"nested too deep to be worked on"}


@pytest.mark.parametrize("pack", PACKS)
def test_a_very_long_line(pack: LanguagePack) -> None:
    assert read(pack, b'isOn("new-checkout");x=[1,2,3];' * 3_000) == {}


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1", "shift-jis"])
def test_other_encodings(pack: LanguagePack, encoding: str) -> None:
    read(pack, 'isOn("new-checkout")\nÜ = "é"\n'.encode(encoding, "replace"))
