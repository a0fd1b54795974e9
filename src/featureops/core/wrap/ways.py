"""The ways of wrapping one region, the best first: it alone, wider ones, together with others, the whole function."""

from __future__ import annotations

from collections.abc import Iterator

from featureops.core.syntax import Node
from featureops.core.wrap.altered import hands_over
from featureops.core.wrap.boxes import owner_of
from featureops.core.wrap.forms import Form, forms_of
from featureops.core.wrap.functions import reads_better, two_functions
from featureops.core.wrap.hoist import hoisted
from featureops.core.wrap.job import Job
from featureops.core.wrap.joined import all_of_it, joined
from featureops.core.wrap.judge import judged
from featureops.core.wrap.nothing import held_empty
from featureops.core.wrap.reach import captured, hidden, reached
from featureops.core.wrap.regions import Region
from featureops.core.wrap.results import with_result
from featureops.core.wrap.values import Ask, No

__all__ = ["ways_of"]


def ways_of(job: Job, region: Region, regions: list[Region]) -> Iterator[tuple[Form, Ask] | No]:
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
        verdict = judged(at) or hands_over(job.altered, at)
        if isinstance(verdict, No):
            yield verdict
            return
        once = captured(job.pair, at)
        if once is not None:
            yield once
            break
        yield from _forms_at(job, at, regions)
    for at in (*joined(job.pair, own, regions), *chain[len(own) :]):
        if not judged(at) and not captured(job.pair, at) and not hands_over(job.altered, at):
            yield from _forms_at(job, at, regions)
    yield from _at_last(job, region, regions)


def _at_last(job: Job, region: Region, regions: list[Region]) -> Iterator[Form | No]:
    """All behind it or the whole body in both sides of a branch, or in two functions."""
    wide = [at for at in all_of_it(region, regions) if not judged(at)]
    for at in wide:
        if not captured(job.pair, at) and not hands_over(job.altered, at):
            yield from forms_of(at, job.style)
    if wide and job.form == "auto" and not reads_better(region):
        two = two_functions(job.pair, region, job.flag, job.style, job.is_named)
        yield from [two] if isinstance(two, Form) else []


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
    yield from held_empty(job.pair, at, job.style)
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
