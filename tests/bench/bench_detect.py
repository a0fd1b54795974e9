"""How long detection takes on a tree of 5,000 files: `python tests/bench/bench_detect.py [files]`.

Prints seconds and the ratio to a plain search for bytes in the same files. One file in sixteen asks for a flag.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app import detect
from featureops.app.deps import Deps
from featureops.core.config import Config
from featureops.core.detect.needles import Asking
from featureops.languages import packs

__all__ = ["main", "make_tree"]

_T = TypeVar("_T")
_EVERY = 16

_SHOP_PY = '''"""Orders of part {n}."""

from __future__ import annotations

from dataclasses import dataclass

from app.flags import client


@dataclass(frozen=True)
class Order{n}:
    number: int
    lines: tuple[int, ...] = ()

    def total(self) -> int:
        return sum(self.lines)


def charge_{n}(order: Order{n}, rate: float) -> float:
    amount = order.total()
    for line in order.lines:
        if line < 0:
            raise ValueError(f"line {{line}} of {{order.number}}")
        amount += line * rate
    {read}
    return round(amount, 2)


def report_{n}(orders: list[Order{n}]) -> dict[int, float]:
    found = {{}}
    for order in orders:
        found[order.number] = charge_{n}(order, 0.1)
    return {{number: value for number, value in sorted(found.items()) if value}}
'''

_SHOP_TS = """import {{ useState }} from "react";
import {{ useFlag }} from "@unleash/proxy-client-react";
import type {{ Order }} from "../types";

interface Props {{
  orders: Order[];
  onPaid: (order: Order) => void;
}}

export function Panel{n}({{ orders, onPaid }}: Props) {{
  const [open, setOpen] = useState(false);
  {read}
  const total = orders.reduce((sum, order) => sum + order.total, 0);
  if (!open) {{
    return <button onClick={{() => setOpen(true)}}>Show {{orders.length}}</button>;
  }}
  return (
    <section className="panel">
      <h2>{{total}}</h2>
      {{orders.map((order) => (
        <article key={{order.id}} onClick={{() => onPaid(order)}}>{{order.name}}</article>
      ))}}
    </section>
  );
}}
"""


def make_tree(root: Path, count: int) -> None:
    """`count` files, half of them in each language, some 30 lines each."""
    (root / "app").mkdir(parents=True)
    (root / "app" / "flags.py").write_text(
        'from UnleashClient import UnleashClient\n\nclient = UnleashClient(url="http://localhost", app_name="shop")\n'
    )
    for n in range(count - 1):
        folder = root / "app" / f"part{n % 50}"
        folder.mkdir(exist_ok=True)
        asks = n // 2 % _EVERY == 0
        if n % 2:
            read = f'const flag = useFlag("flag-number-{n % 97}");' if asks else "const flag = false;"
            (folder / f"Panel{n}.tsx").write_text(_SHOP_TS.format(n=n, read=read))
        else:
            read = f'if client.is_enabled("flag-number-{n % 97}"):\n        amount += 1' if asks else "amount += 0"
            (folder / f"orders_{n}.py").write_text(_SHOP_PY.format(n=n, read=read))


def seconds(work: Callable[[], _T]) -> tuple[float, _T]:
    started = time.perf_counter()
    answer = work()
    return time.perf_counter() - started, answer


def main(count: int = 5_000) -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        make_tree(root, count)
        workspace = LocalWorkspace(root)
        deps = Deps(
            workspace, GitChanges(root), FileJournal(Path(folder) / "state", time.time), packs(), Config(), time.time
        )
        plain, hits = seconds(lambda: workspace.grep(list(Asking(deps.packs, deps.config).needles)))
        print(f"search for bytes   {plain:6.2f} s   {len(hits)} of {count} files hold a way of asking")
        took, found = seconds(lambda: detect.inventory(deps))
        flags = found["flags"]
        assert isinstance(flags, list)
        print(f"inventory          {took:6.2f} s   {took / plain:5.1f} x   {len(flags)} flags")
        took, found = seconds(lambda: detect.usages(deps, "flag-number-1"))
        usages = found["usages"]
        assert isinstance(usages, list)
        print(f"usages of one flag {took:6.2f} s   {took / plain:5.1f} x   {len(usages)} usages")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
