"""The tests of this folder run on a real Unleash, and on one of an older major."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from featureops.adapters.unleash.local import Running
from tests.real_unleash import NEWEST, OLDER, shared_unleash


@pytest.fixture(scope="session", params=(NEWEST, OLDER))
def unleash(request: pytest.FixtureRequest, testrun_uid: str) -> Iterator[Running]:
    with shared_unleash(str(request.param), testrun_uid) as running:
        yield running
