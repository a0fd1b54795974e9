"""What wrapping one file needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from featureops.core.declaring import Declaration
from featureops.core.parsed import Parsed
from featureops.core.wrap.altered import Altered
from featureops.core.wrap.guarded import Guards
from featureops.core.wrap.hoist import TypeOf
from featureops.core.wrap.law import Cleaner
from featureops.core.wrap.layout import Style
from featureops.core.wrap.regions import Region
from featureops.core.wrap.values import Ask, No, Pair, Shape

__all__ = ["Job"]

_Asker = Callable[[Region], Ask | No]


def _untold(_declaration: Declaration, _at: int) -> str | None:
    return None


def _nowhere(_word: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """The two sides of a file and all that wrapping it needs. `guards` tell what a flag guards already; `outside` are
    the names that old code in other files still needs from this one; `gone` those that other files of the change took
    away, `barred` those that would stay if they were put back, with the paths; `altered` what these call in another
    way now; `regions` replaces the comparison of the sides. `wide` is a cleaner that sees more of the repository and
    takes longer. `form`: how whole replaced bodies are written. `is_named` tells whether other files have a word."""

    pair: Pair
    flag: str
    ask: _Asker
    cleaner: Cleaner
    parsed: Parsed
    style: Style
    guards: Guards
    outside: frozenset[str] = frozenset()
    gone: Mapping[str, str] = field(default_factory=dict)
    barred: Mapping[str, str] = field(default_factory=dict)
    altered: Altered = field(default_factory=Altered)
    regions: Sequence[Region] | None = None
    type_of: TypeOf = _untold
    wide: Cleaner | None = None
    form: Shape = "auto"
    is_named: Callable[[str], bool] = _nowhere
