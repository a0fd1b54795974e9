"""Repositories to measure on: many files of realistic shape, a few of which ask for a flag."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

__all__ = ["NAMES", "WORDS", "committed", "make_repository"]

NAMES = ("useFlag", "useVariant", "is_enabled", "isEnabled", "get_variant")
"""The call names that the trees use and that other tools are asked for."""

_NEIGHBOURS = 6
WORDS = """
account address amount archive basket batch bill branch budget buffer cache cart charge client code colour column
config contact country coupon credit customer date delivery discount document draft entry event export field filter
folder format group history image import index invoice item key label ledger letter level line link list location
mail member message model month name note number offer option order owner page parcel partner payment person phone
plan point price product profile project quote range rate record region report request result return role row rule
sale schedule section session setting share shop stage state status step stock store street supplier table tag
target tariff tax team template term ticket title token total transfer unit update user value vendor version view
visit voucher warehouse week window year zone
""".split()  # noqa: SIM905 # a hundred quoted words are harder to read

_PY = '''
def {a}_{b}_{n}(order, {c}: int, {d}: dict[str, int] | None = None) -> int:
    """Give the {a} of the {b} for a {c}."""
    {a} = order.{b} + {c}
    for {d}_row in order.{d}s:
        if {d}_row.{c} < 0 or not {d}_row.{b}:
            raise ValueError(f"{d} {{{d}_row.{c}}} of {{order.number}}")
        {a} += {d}_row.{c} * {n}
    {read}
    log.info("%s {a} of %s", {a}, order.number)
    return max({a}, {c} + len(order.{d}s))


class {A}{B}{n}:
    """A {b} with its {a}."""

    {c}: int = {n}

    def __init__(self, {a}: int, {b}: str) -> None:
        self.{a} = {a}
        self.{b} = {b}.strip()

    def {d}(self, {c}: int) -> list[int]:
        return [self.{a} * {c} + part for part in range({c}) if part % {n} != 1]
'''

_TS = """
export interface {A}{B}{n} {{
  {a}: string;
  {b}Count: number;
  on{C}: (value: {A}{B}{n}) => void;
}}

export function {B}{A}{n}({{ {a}, {b}Count, on{C} }}: {A}{B}{n}) {{
  const [{c}, set{C}] = useState<number>({n});
  {read}
  const {d} = useMemo(() => {a}.split(",").filter((part) => part.length > {n}), [{a}]);
  if ({c} > {b}Count) {{
    return <button disabled={{!{d}.length}} onClick={{() => set{C}({c} - 1)}}>{A} {{{c}}}</button>;
  }}
  return (
    <section className="{a}-{b}">
      <h2>{{{a}}}</h2>
      {{{d}.map((part) => (
        <span key={{part}} title={{`${{part}}: ${{{c}}}`}}>{{part.trim()}}</span>
      ))}}
    </section>
  );
}}
"""

_HEAD = {
    "py": "from __future__ import annotations\n\nimport logging\n\nfrom app.flags import client\n\n"
    "log = logging.getLogger(__name__)\n",
    "tsx": 'import { useMemo, useState } from "react";\n'
    'import { useFlag, useVariant } from "@unleash/proxy-client-react";\n',
}
_PLAIN_TSX = 'import { useMemo, useState } from "react";\n'


def make_repository(root: Path, files: int, lines: int = 210, percent: float = 3.0, seed: int = 1) -> None:
    """A git repository with one commit: `files` files of some `lines` lines, half of them in each of two languages.

    `percent` of them ask for a flag, at two places; some 300 flags in all. A folder holds a few files.
    """
    chance = random.Random(seed)
    blocks = {kind: [_block(kind, chance) for _ in range(400)] for kind in ("py", "tsx")}
    folder = root / "app"
    folder.mkdir(parents=True)
    (root / "app" / "flags.py").write_text(
        'from UnleashClient import UnleashClient\n\nclient = UnleashClient(url="http://localhost", app_name="shop")\n'
    )
    for number in range(files - 1):
        kind = "tsx" if number % 2 else "py"
        if number % _NEIGHBOURS == 0:
            folder = root / "app" / chance.choice(WORDS) / f"{chance.choice(WORDS)}{number}"
            folder.mkdir(parents=True)
        (folder / f"{chance.choice(WORDS)}_{number}.{kind}").write_text(
            _content(kind, chance, blocks[kind], lines, chance.random() * 100 < percent)
        )
    committed(root)


def committed(root: Path) -> None:
    """Make a folder a git repository with one commit."""
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-q", "-m", "All"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)


def _block(kind: str, chance: random.Random) -> str:
    a, b, c, d = chance.sample(WORDS, 4)
    n = chance.randrange(2, 10_000)
    template = _PY if kind == "py" else _TS
    names = {"a": a, "b": b, "c": c, "d": d, "A": a.title(), "B": b.title(), "C": c.title()}
    return template.format(**names, n=n, read="{READ}").replace("{READ}", "\0")


def _content(kind: str, chance: random.Random, blocks: list[str], lines: int, asks: bool) -> str:
    head = _HEAD[kind] if asks or kind == "py" else _PLAIN_TSX
    parts = [head]
    size = 0
    while size < lines:
        parts.append(chance.choice(blocks))
        size += parts[-1].count("\n")
    reads = chance.sample(range(1, len(parts)), 2) if asks else []
    for at in range(1, len(parts)):
        parts[at] = parts[at].replace("\0", _read(kind, chance) if at in reads else _other(kind))
    return "".join(parts)


def _read(kind: str, chance: random.Random) -> str:
    key = f"flag-number-{chance.randrange(300)}"
    if kind == "py":
        return f'if client.is_enabled("{key}"):\n        order.touch()'
    return f'const shown = useFlag("{key}");'


def _other(kind: str) -> str:
    return "order.touch()" if kind == "py" else "const shown = true;"
