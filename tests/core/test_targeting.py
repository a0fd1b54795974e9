from __future__ import annotations

from dataclasses import replace

import pytest

from featureops.core.errors import BadArgument
from featureops.core.flagstate import with_enabled
from featureops.core.model import Constraint, EnvironmentState, Flag, Strategy
from featureops.core.targeting import Limits, check_room

WIDE = Strategy("default", id="a", constraints=(Constraint("country", "IN", ("no", "se")),))


def flag(*strategies: Strategy) -> Flag:
    return Flag("new-fee", "default", "release", "", 0.0, environments=(EnvironmentState("p", True, "p", strategies),))


def test_a_flag_that_has_too_much_already_can_be_turned_off_and_made_smaller() -> None:
    tight = Limits(strategies=1, constraints=0, values=1, segments=0)
    full = flag(WIDE, replace(WIDE, id="b"))
    check_room(full, with_enabled(full, "p", False), tight)
    check_room(full, flag(WIDE), tight)


@pytest.mark.parametrize("limits", [Limits(strategies=1), Limits(constraints=0), Limits(values=1)])
def test_what_is_new_must_have_room(limits: Limits) -> None:
    with pytest.raises(BadArgument, match="room for") as raised:
        check_room(flag(WIDE), flag(WIDE, replace(WIDE, id="")), limits)
    assert raised.value.hint
    check_room(flag(WIDE), flag(WIDE, replace(WIDE, id="")), Limits())
    with pytest.raises(BadArgument):
        check_room(None, flag(WIDE, replace(WIDE, id="")), limits)
