"""A large cleanup in several processes gives what one gives, to the byte."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from featureops.adapters.forks import Forks
from featureops.core.cleanup import CleanupResult, MappingSource, cleanup
from featureops.core.config import Config
from featureops.core.workers import ALONE, Workers
from featureops.languages import packs
from tests.fixture_cases import cases

FLAG = "new-checkout"
ENOUGH = 20
LANGUAGES = sorted({case.language for case in cases("cleanup")})
_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class TwoForks(Forks):
    count = 2


class Watched(TwoForks):
    """Remembers how many times it was used, and can lose what the other process found."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.used, self._fails = 0, fails

    def each(self, work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Sequence[_Result]:
        here, self.used = os.getpid(), self.used + 1

        def worked(part: _Part) -> _Result:
            if self._fails and os.getpid() != here:
                os._exit(1)
            return work(part)

        return super().each(worked, parts)


def glued(language: str) -> dict[str, bytes]:
    """The files of all cases of a language that remove the flag, as one repository."""
    found = [case for case in cases("cleanup") if case.language == language and case.text("flag") == FLAG]
    return {f"{case.folder.name}/{path}": data for case in found for path, data in case.files("before").items()}


def cleaned(files: dict[str, bytes], workers: Workers, *, keep: bool = True) -> CleanupResult:
    return cleanup(MappingSource(files), FLAG, keep, packs(), Config(), workers=workers)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_two_processes_give_what_one_gives(language: str, keep: bool) -> None:
    files, workers = glued(language), Watched()
    result = cleaned(files, workers, keep=keep)
    assert result == cleaned(files, ALONE, keep=keep)
    assert workers.used or len(result.edits) < ENOUGH


def test_what_a_lost_process_was_to_fold_is_folded_here() -> None:
    files, workers = glued("python"), Watched(fails=True)
    assert cleaned(files, workers) == cleaned(files, ALONE)
    assert workers.used


def _program() -> dict[str, bytes]:
    """Files in one half that are the last to use a function of the other half, which is not used in its own file."""
    head = b'from UnleashClient import UnleashClient\n\nclient = UnleashClient(url="u", app_name="a")\n\n\n'
    files: dict[str, bytes] = {}
    for number in range(10):
        use = b"    from late%d import old_price%d\n\n    return old_price%d(order)\n" % (number, number, number)
        files[f"early{number}.py"] = (
            head
            + b'def price%d(order):\n    if client.is_enabled("new-checkout"):\n        return order\n' % number
            + use
        )
        files[f"late{number}.py"] = (
            head
            + b"def old_price%d(order):\n    return order + 1\n\n\n" % number
            + b'def shown%d(order):\n    if client.is_enabled("new-checkout"):\n        return order\n' % number
            + b"    return old_price%d(order)\n" % number
        )
    return files


def test_a_file_sees_what_is_left_of_those_that_another_process_folded() -> None:
    files, workers = _program(), Watched()
    result = cleaned(files, workers)
    assert result == cleaned(files, ALONE)
    assert workers.used
    after = {edit.path: edit.after or b"" for edit in result.edits}
    assert sorted(after) == sorted(files)
    assert not any(b"old_price" in data for data in after.values())


def test_few_files_are_folded_by_one_process() -> None:
    files, workers = dict(list(_program().items())[:4]), Watched()
    cleaned(files, workers)
    assert workers.used == 0
