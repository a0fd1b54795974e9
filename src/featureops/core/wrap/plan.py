"""Wraps the change of one file: every region in the best form for which the law holds, the rest left or refused."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from featureops.core.declaring import Declaration
from featureops.core.parsed import Parsed
from featureops.core.syntax import Node
from featureops.core.wrap.altered import Altered, hands_over, one_by_one
from featureops.core.wrap.boxes import definition_name, owner_of
from featureops.core.wrap.build import Built, Layout, build
from featureops.core.wrap.forms import Form, forms_of
from featureops.core.wrap.functions import reads_better, two_functions
from featureops.core.wrap.guarded import Guards, guarded_already, nested_in
from featureops.core.wrap.hoist import TypeOf, hoisted
from featureops.core.wrap.joined import joined
from featureops.core.wrap.judge import cut, judged, unreadable
from featureops.core.wrap.law import Cleaner, Expected, Verdict, check
from featureops.core.wrap.layout import Style
from featureops.core.wrap.needs import kept_for
from featureops.core.wrap.options import Options
from featureops.core.wrap.reach import captured, hidden, reached, unreachable
from featureops.core.wrap.regions import Region, find_regions
from featureops.core.wrap.results import with_result
from featureops.core.wrap.saying import said
from featureops.core.wrap.torn import reason_of, torn_by, unit_of
from featureops.core.wrap.values import Ask, Hunk, No, Pair, Shape, Stays

__all__ = ["FileWrap", "Job", "wrap_file"]

_Asker = Callable[[Region], Ask | No]
_LAYOUTS = (Layout(), Layout(merge=False), Layout(share=False), Layout(merge=False, share=False))
_ONE_BRANCH = "One branch, since two functions chosen by the flag could not be taken out again exactly."
_NOT_TOGETHER = "Together with the other changes of this file it can't be taken out again exactly."


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


@dataclass(frozen=True, slots=True)
class FileWrap:
    """`text` is the wrapped file, equal to the new one where nothing was wrapped. `asks` are the ways it asks, `kept`
    the names of old definitions that were put back."""

    text: bytes
    hunks: tuple[Hunk, ...]
    asks: tuple[Ask, ...] = ()
    kept: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class _Piece:
    region: Region
    options: Options
    at: int = 0
    refused: str = ""
    note: str = ""

    @property
    def choice(self) -> tuple[Form, Ask]:
        return self.options[self.at]


@dataclass(slots=True)
class _Sorted:
    """`left` stays outside the branches on purpose, `stuck` is refused for what it is."""

    pieces: list[_Piece] = field(default_factory=list)
    left: list[Region] = field(default_factory=list)
    stuck: list[Region] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)


def wrap_file(job: Job) -> FileWrap:
    regions = list(find_regions(job.pair.old, job.pair.new) if job.regions is None else job.regions)
    found = _sorted(job, regions)
    built, verdict = _solved(job, found)
    wrapped = [piece for piece in found.pieces if not piece.refused]
    back = {region.lines() for region, _ in built.kept.definitions} if built is not None else set()
    plain = [_put_back_hunk(hunk) if (hunk.start_line, hunk.end_line) in back else hunk for hunk in found.hunks]
    chosen = list(_disjoint([piece.choice for piece in wrapped]))
    hunks = [*_marked(job), *plain, *(_hunk(job, piece, verdict, chosen, built) for piece in found.pieces)]
    ordered = tuple(sorted(hunks, key=lambda hunk: (hunk.start_line, hunk.end_line)))
    asks = tuple(piece.choice[1] for piece in wrapped)
    text = built.text if built is not None else job.pair.new.data
    if job.outside:
        text = _with_outside(job, found, wrapped, built) or text
    return FileWrap(text, ordered, asks, built.kept.names if built is not None else frozenset())


def _with_outside(job: Job, found: _Sorted, wrapped: Sequence[_Piece], built: Built | None) -> bytes | None:
    """The same again with what old code in other files needs. The law can't be checked on one file then: taking the
    flag out leaves these definitions, unless the cleanup sees that nothing else uses them."""
    chosen = list(_disjoint([piece.choice for piece in wrapped])) if built is not None else []
    kept = kept_for(job.pair, [form.region for form, _ in chosen], found.left, job.style, job.outside)
    if isinstance(kept, No):
        return None
    layout = built.layout if built is not None else Layout()
    return build(job.pair, job.flag, chosen, (found.left, found.stuck), kept, job.style, layout).text


# ---------------------------------------------------------------- sorting


def _sorted(job: Job, regions: list[Region]) -> _Sorted:
    found = _Sorted()
    headers: list[Region] = []
    for region in (part for whole in regions for each in cut(whole) for part in one_by_one(job.altered, each)):
        if any(header.new_items[0].start <= region.new_box.node.start < header.new_items[0].end for header in headers):
            continue
        verdict = unreadable(region) or judged(region) or hands_over(job.altered, region)
        verdict = verdict or guarded_already(job.guards, region)
        if isinstance(verdict, Stays):
            found.left.append(region)
        elif isinstance(verdict, No):
            found.stuck.append(region)
            headers.extend([region] if region.kind == "header" and not verdict.inside else [])
        if verdict is None:
            _add_piece(job, found, region, regions)
        elif region.old_items or region.new_items:
            found.hunks.append(_plain_hunk(job, region, verdict))
    return found


def _add_piece(job: Job, found: _Sorted, region: Region, regions: list[Region]) -> None:
    options = Options(_options(job, region, regions))
    if any(True for _ in options.from_on(0)):
        found.pieces.append(_Piece(region, options, note=_note(job, region, options)))
    else:
        found.stuck.append(region)
        found.hunks.append(_plain_hunk(job, region, No(options.why)))


def _note(job: Job, region: Region, options: Options) -> str:
    notes = [nested_in(job.guards, region)]
    if job.form == "functions" and options[0][0].name != "functions":
        two = two_functions(job.pair, region, job.flag, job.style, job.is_named)
        notes.append(two.reason if isinstance(two, No) else _ONE_BRANCH)
    return " ".join(note for note in notes if note)


def _plain_hunk(job: Job, region: Region, verdict: Stays | No) -> Hunk:
    first, last = region.lines()
    outcome: Literal["left", "refused"] = "left" if isinstance(verdict, Stays) else "refused"
    return Hunk(job.pair.path, first, last, outcome, "", verdict.reason, region.is_statement)


def _marked(job: Job) -> list[Hunk]:
    """That the file begins with a byte order mark on one side only."""
    old, new = (side.data.startswith(BOM_UTF8) for side in (job.pair.old, job.pair.new))
    reason = "The byte order mark at the start of the file differs: nothing to switch."
    return [Hunk(job.pair.path, 1, 1, "left", "", reason)] if old is not new else []


def _put_back_hunk(hunk: Hunk) -> Hunk:
    if hunk.outcome != "left":
        return hunk
    reason = "Put back what the change took away: the old code in a branch still needs it."
    return replace(hunk, form="kept", reason=reason)


def _options(job: Job, region: Region, regions: list[Region]) -> Iterator[tuple[Form, Ask] | No]:
    for form in _forms(job, region, regions):
        if isinstance(form, No):
            yield form
            continue
        ask = job.ask(form.region)
        if isinstance(ask, No):
            yield ask
        elif ask.host is None or _can_host(ask.host) or form.region.new_box.node.parent is ask.host:
            yield form, ask
        else:
            yield No("The component's body is a mere expression: give it a block with a return statement first.")


def _can_host(host: Node) -> bool:
    body = host.role("body")
    return body is not None and body.shape == "block"


def _forms(job: Job, region: Region, regions: list[Region]) -> Iterator[Form | No]:
    """The forms of a region, then those of the wider regions around it, at last those together with other changes."""
    if job.form == "functions" or (job.form == "auto" and reads_better(region)):
        two = two_functions(job.pair, region, job.flag, job.style, job.is_named)
        yield from [two] if isinstance(two, Form) and not judged(two.region) else []
    chain = list(_chain(region))
    own = [at for at in chain if _same_run(at, region)]
    for at in own:
        verdict = judged(at) or captured(job.pair, at) or hands_over(job.altered, at)
        if isinstance(verdict, No):
            yield verdict
            return
        yield from _forms_at(job, at, regions)
    for at in (*joined(job.pair, own, regions), *chain[len(own) :]):
        if not judged(at) and not captured(job.pair, at) and not hands_over(job.altered, at):
            yield from _forms_at(job, at, regions)


def _chain(region: Region) -> Iterator[Region]:
    """The region and those around it whose code runs as part of a function."""
    at: Region | None = region
    while at is not None and at.at_run_time:
        yield at
        at = at.parent


def _forms_at(job: Job, at: Region, regions: list[Region]) -> Iterator[Form | No]:
    if at.new_box.kind != "block" or not hidden(job.pair, at):
        whole = with_result(at) if at.new_box.kind == "block" else at
        yield from [whole] if isinstance(whole, No) else forms_of(whole, job.style)
        return
    yield from (form for form in forms_of(at, job.style) if form.name == "conditional")
    yield from hoisted(job.pair, at, job.style, job.type_of)
    wider = reached(job.pair, at, regions)
    again = judged(wider) if isinstance(wider, Region) else wider
    if isinstance(again, No):
        yield again
    elif isinstance(wider, Region):
        yield from (form for form in forms_of(wider, job.style) if form.name != "conditional")


def _same_run(wider: Region, region: Region) -> bool:
    """Whether code runs as part of the same function, or of a function without a name that is written in it."""
    outer, inner = owner_of(wider.new_box.node), owner_of(region.new_box.node)
    while inner is not None and inner is not outer and inner.shape == "lambda" and inner.parent is not None:
        inner = owner_of(inner.parent)
    return inner is outer


# ---------------------------------------------------------------- solving


def _solved(job: Job, found: _Sorted) -> tuple[Built | None, Verdict]:
    """The first combination that obeys the law. Pieces for which none does are refused."""
    good = _untorn(found)
    whole = _best(job, found, good) if good else (None, Verdict(holds=True))
    if whole[0] is not None:
        return whole
    for piece in good:
        _settle(job, found, piece)
    while good := _untorn(found):
        whole = _best_of_last(job, found, good)
        if whole[0] is not None and len(_untorn(found)) == len(good):
            return whole
        good[-1].refused = good[-1].refused or _NOT_TOGETHER
    return None, Verdict(holds=True)


def _untorn(found: _Sorted) -> list[_Piece]:
    """The pieces that are not refused, without those of functions that hold a refused one."""
    good = [piece for piece in found.pieces if not piece.refused]
    lost = [piece.region for piece in found.pieces if piece.refused]
    lost = [region for region in lost if not any(piece.choice[0].region.covers(region) for piece in good)]
    torn = torn_by([*found.stuck, *lost])
    for piece in good:
        unit = unit_of(piece.region)
        if unit is not None and unit in torn:
            piece.refused = reason_of(torn[unit], unit)
    return [piece for piece in good if not piece.refused]


def _best_of_last(job: Job, found: _Sorted, pieces: Sequence[_Piece]) -> tuple[Built | None, Verdict]:
    """The pieces together, if need be with the last one in another form."""
    last = pieces[-1]
    for index in last.options.from_on(last.at):
        last.at = index
        built, verdict = _best(job, found, pieces)
        if built is not None:
            return built, verdict
    return None, Verdict(holds=False)


def _settle(job: Job, found: _Sorted, piece: _Piece) -> None:
    """Choose the first form for which the law holds for this piece alone."""
    why = ""
    for index in piece.options.from_on(0):
        piece.at = index
        built, verdict = _best(job, found, [piece])
        if built is not None:
            return
        why = why or verdict.why
    sentence = why.endswith(".")
    piece.refused = why if sentence else f"No form of a branch can be taken out again exactly here: {why}."


def _best(job: Job, found: _Sorted, pieces: Sequence[_Piece]) -> tuple[Built | None, Verdict]:
    verdict = Verdict(holds=False)
    texts: set[bytes] = set()
    for layout in _LAYOUTS:
        built = _try(job, found, pieces, layout)
        if isinstance(built, No):
            return None, Verdict(holds=False, why=built.reason)
        if built.text in texts:
            continue
        texts.add(built.text)
        verdict = _lawful(job, built)
        if verdict.holds:
            return built, verdict
    return None, verdict


def _try(job: Job, found: _Sorted, pieces: Sequence[_Piece], layout: Layout) -> Built | No:
    chosen = list(_disjoint([piece.choice for piece in pieces]))
    wrapped = [form.region for form, _ in chosen]
    stuck = [*found.stuck, *(piece.region for piece in found.pieces if piece not in pieces)]
    refused = [*found.stuck, *(piece.region for piece in found.pieces if piece.refused)]
    lack = unreachable(job.pair, wrapped, job.gone, job.barred)
    kept = lack or kept_for(job.pair, wrapped, found.left, job.style, stuck=refused)
    if isinstance(kept, No):
        return kept
    return build(job.pair, job.flag, chosen, (found.left, stuck), kept, job.style, layout)


def _disjoint(choices: list[tuple[Form, Ask]]) -> Iterator[tuple[Form, Ask]]:
    """A region that grew over others wraps them too."""
    for index, (form, ask) in enumerate(choices):
        wider = [at for at, (other, _) in enumerate(choices) if at != index and other.region.covers(form.region)]
        twins = [at for at in wider if form.region.covers(choices[at][0].region)]
        if len(wider) == len(twins) and all(at > index for at in twins):
            yield form, ask


def _lawful(job: Job, built: Built) -> Verdict:
    pack, path = job.pair.new.pack, job.pair.path
    if job.parsed.file(path, built.text, pack).errors() - job.pair.new.errors():
        return Verdict(holds=False, why="the branch would not be valid code")
    expected = built.expected if not job.guards.asks else _without_flag(job, built.expected)
    verdict = check(path, built.text, expected, job.cleaner)
    # What was put back must go again even where other files speak of such a name.
    again = [item.node for _, items in built.kept.definitions for item in items if item.node.shape != "import"]
    if job.wide is not None and verdict.holds == bool(again):
        verdict = check(path, built.text, expected, job.wide)
    if verdict.holds or not again:
        return verdict
    name = definition_name(again[0]) or "a definition"
    why = f"The old code needs {name}, which the change takes away. Keep it, and take it away with the flag."
    return replace(verdict, why=why)


def _without_flag(job: Job, expected: Expected) -> Expected:
    """What is to be expected where the file asks for the flag already: both sides without it."""
    path, off = job.pair.path, expected.off
    on = job.cleaner(path, expected.on, True)
    off = off if off is None else job.cleaner(path, off, False)
    return replace(expected, on=on or expected.on, off=off or expected.off)


def _hunk(job: Job, piece: _Piece, verdict: Verdict, chosen: Sequence[tuple[Form, Ask]], built: Built | None) -> Hunk:
    first, last = piece.region.lines()
    around = next((each for each in chosen if each[0].region.covers(piece.region)), None)
    if piece.refused and around is None:
        return Hunk(job.pair.path, first, last, "refused", "", piece.refused, statement=True)
    form, ask = around or piece.choice
    asked = built.asked.get(form.region) if built is not None else None
    note = _ONE_BRANCH if job.form == "functions" and form.name != "functions" and not piece.note else piece.note
    sentences = (note, *said(piece.region, form, ask, verdict, asked))
    reason = " ".join(sentence for sentence in sentences if sentence)
    return Hunk(job.pair.path, first, last, "wrapped", form.name, reason, statement=True)
