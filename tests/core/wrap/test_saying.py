"""What the answer says of a change beside its outcome."""

from __future__ import annotations

from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.wrap.change import wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.core.wrap.values import Hunk
from featureops.languages import packs

_RECEIPT = b"""import { useFlag } from "@unleash/proxy-client-react";

export function Receipt({ total }: { total: number }) {
  const newReceipt = useFlag("new-receipt");

  return newReceipt ? <b>{total}</b> : <i>{total}</i>;
}
"""
_PAY = """import { %s } from "./basket";

export function Pay({ total }: { total: number }) {
%s
  return <button>Pay {total}</button>;
}
"""


def _hunks(old: str, new: str) -> list[Hunk]:
    files = {"src/Receipt.tsx": _RECEIPT, "src/Pay.tsx": new.encode()}
    repository = Repository(frozenset(files), files.get, lambda _: {"src/Receipt.tsx": (0,)}, packs(), Config())
    changed = ChangedFile("src/Pay.tsx", "modified", old.encode(), new.encode())
    return [hunk for hunk in wrap_changes(repository, [changed], "new-checkout").hunks if "import" not in hunk.reason]


def test_a_new_hook_that_stays_outside_is_said_to_run_with_the_flag_off_too() -> None:
    old = _PAY % ("one", "  one(total);\n")
    [hunk] = _hunks(old, _PAY % ("one", "  one(total);\n  const basket = useBasket(total);\n"))
    assert hunk.outcome == "left"
    assert "runs with the flag off too" in hunk.reason


def test_a_hook_that_only_gives_a_value_is_not() -> None:
    old = _PAY % ("one", "  one(total);\n")
    [hunk] = _hunks(old, _PAY % ("one", "  one(total);\n  const [basket] = useState(total);\n"))
    assert hunk.outcome == "left"
    assert "must run on every rendering" in hunk.reason
    assert "runs with the flag off too" not in hunk.reason
