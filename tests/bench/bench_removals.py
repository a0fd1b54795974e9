"""Our removals beside those that people made: `python -m tests.bench.bench_removals FOLDER [--only PREFIX] [--show]`.

FOLDER holds cases (`tests.bench.removal_cases`). Each is cleaned up in a repository of its own and its production files
are compared with what the person left. `recall` is the share of the lines removed by the person that we remove too,
`precision` the share of ours that the person removed; lines are compared stripped, as multisets, file by file.
`--diff` prints how our result differs from the person's, `--ours` what we changed. removals.toml judges results that
differ: a judgement counts while our result has the hash that was judged.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.settings_schema import parse_config
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps
from featureops.core.errors import UserFixable
from featureops.languages import packs
from tests.app.cleaning import cleanup
from tests.bench.removal_cases import RemovalCase, cases_in

__all__ = ["Outcome", "main", "removed", "run_case"]

_JUDGED = Path(__file__).with_name("removals.toml")
_STANDINGS = ("equal", "good", "worse", "wrong", "open")
_Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`standing` is equal, good, worse, wrong (as judged) or open (differs, not judged)."""

    case: RemovalCase
    verdict: str
    leftovers: tuple[str, ...]
    ours: _Files
    recall: float
    precision: float
    differing: tuple[str, ...]
    digest: str
    standing: str
    reason: str = ""


def removed(before: bytes, after: bytes) -> Counter[str]:
    """The stripped lines that are gone, with how often."""
    return _lines(before) - _lines(after)


def run_case(case: RemovalCase, role: str, judged: Mapping[str, Mapping[str, str]]) -> Outcome:
    """Clean the case up in a repository of its own, and compare the files of a role with the person's."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        verdict, leftovers = _clean(case, root, Path(folder) / "state")
        ours = {path: (root / path).read_bytes() for path in case.before() if (root / path).is_file()}
    before, after = case.before(), case.after()
    paths = [path for path in before if case.files.get(path) == role]
    theirs_gone = {path: removed(before[path], after.get(path, b"")) for path in paths}
    ours_gone = {path: removed(before[path], ours.get(path, b"")) for path in paths}
    common = sum((theirs_gone[path] & ours_gone[path]).total() for path in paths)
    digest = hashlib.sha256(b"\0".join(ours.get(path, b"") for path in paths)).hexdigest()[:16]
    differing = tuple(path for path in paths if _plain(ours.get(path, b"")) != _plain(after.get(path, b"")))
    judgement = judged.get(case.id, {})
    known = judgement.get("hash") == digest
    return Outcome(
        case=case,
        verdict=verdict,
        leftovers=leftovers,
        ours=ours,
        recall=_share(common, sum(gone.total() for gone in theirs_gone.values())),
        precision=_share(common, sum(gone.total() for gone in ours_gone.values())),
        differing=differing,
        digest=digest,
        standing="equal" if not differing else judgement["verdict"] if known else "open",
        reason=judgement["reason"] if known else "",
    )


def _clean(case: RemovalCase, root: Path, state: Path) -> tuple[str, tuple[str, ...]]:
    for path, data in case.before().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    # The rest of the program is not in the case: it uses the files that the person kept.
    kept = [Path(path).parent.name + " " + Path(path).stem for path in case.after()]
    (root / "REST.txt").write_text("\n".join(kept))
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    config, _ = parse_config(case.config().encode(), root / "featureops.toml")
    deps = Deps(LocalWorkspace(root), GitChanges(root), FileJournal(state, time.time, root), packs(), config, time.time)
    try:
        answer = cleanup(deps, flag=case.flag, keep=case.keep, apply=True)
    except UserFixable as error:
        return "error", (error.message,)
    leftovers = answer["leftovers"]
    assert isinstance(leftovers, list)
    return str(answer["verdict"]), tuple(_leftover(item) for item in leftovers if isinstance(item, dict))


def _leftover(item: Mapping[str, object]) -> str:
    return f"{item['path']}:{item['line']} {item['kind']}: {item['text']} ({item['reason']})"


def _lines(data: bytes) -> Counter[str]:
    return Counter(line for raw in data.decode("utf-8", "replace").splitlines() if (line := raw.strip()))


def _plain(data: bytes) -> bytes:
    """Without white space, and without the commas that only a list on many lines has at its end."""
    return re.sub(rb",(?=[)\]}])", b"", b"".join(data.split()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _difference(old: _Files, new: _Files, paths: Sequence[str], names: tuple[str, str]) -> str:
    lines: list[str] = []
    for path in paths:
        left, right = (files.get(path, b"").decode("utf-8", "replace").splitlines() for files in (old, new))
        lines += difflib.unified_diff(left, right, f"{names[0]}/{path}", f"{names[1]}/{path}", lineterm="", n=3)
    return "\n".join(lines)


def _print_case(outcome: Outcome, options: argparse.Namespace) -> None:
    print(
        f"{outcome.case.id:52} {outcome.standing:6} {outcome.recall:6.2f} {outcome.precision:6.2f} "
        f"{len(outcome.differing):3} {outcome.verdict:9} {len(outcome.leftovers):3}  {outcome.digest}"
    )
    if options.show or options.diff:
        print(*(f"    {row}" for row in (*outcome.leftovers, outcome.reason) if row), sep="\n")
    case = outcome.case
    if options.diff:
        print(case.config())
        print("======== what the person did")
        print(_difference(case.before(), case.after(), list(case.before()), ("before", "person")))
        print("======== what we did")
        print(_difference(case.before(), outcome.ours, list(case.before()), ("before", "ours")))
    if options.show or options.diff:
        print(_difference(case.after(), outcome.ours, outcome.differing, ("person", "ours")))


def _print_totals(outcomes: Sequence[Outcome]) -> None:
    columns = "".join(f" {name:>5}" for name in ("cases", *_STANDINGS))
    print(f"\n{'language':12}{columns}  share  recall  precision")
    for language in (*sorted({each.case.language for each in outcomes}), "all"):
        rows = [each for each in outcomes if language in ("all", each.case.language)]
        counts = Counter(each.standing for each in rows)
        fine = (counts["equal"] + counts["good"]) / len(rows)
        shown = "".join(f" {counts[standing]:5}" for standing in _STANDINGS)
        recall = sum(each.recall for each in rows) / len(rows)
        precision = sum(each.precision for each in rows) / len(rows)
        print(f"{language:12} {len(rows):5}{shown}  {fine:5.0%}  {recall:6.3f}  {precision:9.3f}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench_removals", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="the folder of the cases")
    parser.add_argument("--only", default="", metavar="PREFIX", help="only cases whose id begins so")
    parser.add_argument("--show", action="store_true", help="leftovers, and how our result differs from the person's")
    parser.add_argument("--diff", default="", metavar="ID", help="one case: the person's change, ours, the difference")
    parser.add_argument("--role", default="prod", choices=("prod", "test"), help="which files are compared")
    options = parser.parse_args(arguments)
    if options.folder is None:
        print("No folder of cases was given.")
        return 0
    judged = tomllib.loads(_JUDGED.read_text())
    found = [run_case(case, options.role, judged) for case in cases_in(options.folder, options.diff or options.only)]
    print(f"{'case':52} {'stands':6} recall  prec. dif verdict   left  hash")
    for outcome in found:
        _print_case(outcome, options)
    if found:
        _print_totals(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
