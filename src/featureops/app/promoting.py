"""The verb promote: flags of one backend are brought into another one. What is there already is never changed: a flag
that is not as here is a conflict, and one that was begun is finished."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from featureops.app.deps import Deps
from featureops.app.gate import WriteOutcome, WriteRequest, write, write_shared
from featureops.core.errors import Denied, Unreachable, UserFixable
from featureops.core.flagmeta import check_naming
from featureops.core.flagstate import environment_of, with_enabled, with_strategy
from featureops.core.model import ContextField, EnvironmentState, Flag, Json, Segment
from featureops.core.promotion import Elsewhere, conflict, lacking, translated, with_all_said
from featureops.ports import FlagBackend, SharedParts

__all__ = ["promote"]

_T = TypeVar("_T")
_AT_A_TIME: Final = 8


async def promote(
    deps: Deps, source: FlagBackend, shared: SharedParts, project: str, *, apply: bool = False
) -> dict[str, Json]:
    """`deps` has the backend that the flags are brought into, `shared` what its flags share.

    `applied`, `projectId`, `contextFields`, `segments`, `tagTypes` (names that are made), `conflicts` (of these),
    `flags` (`flagName`, `action`: create, complete, same, conflict or refused, `reason`, `environments`), `verdict`
    (complete, partial, nothing), `message`. Without `apply` nothing is written. Errors: those of both backends,
    Denied."""
    work = _Work(deps, source, shared, project)
    plan = await work.planned()
    if apply and not (deps.modes.read_only or deps.modes.dry_run):
        plan = await work.done(plan)
    elif apply:
        raise Denied("Nothing was promoted: read-only or a dry run.", "Leave --apply out to see the plan.")
    return _answer(plan, project, applied=apply)


@dataclass(frozen=True, slots=True)
class _Row:
    """`there` is the flag in the other backend, `wanted` what it is to become there."""

    flag: Flag
    wanted: Flag
    there: Flag | None
    action: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Plan:
    fields: Sequence[ContextField]
    segments: Sequence[Segment]
    tag_types: Sequence[str]
    conflicts: Sequence[str]
    rows: Sequence[_Row]


@dataclass(frozen=True, slots=True)
class _Work:
    deps: Deps
    source: FlagBackend
    shared: SharedParts
    project: str

    # ------------------------------------------------------------ plan

    async def planned(self) -> _Plan:
        target = self.deps.flags()
        ours, theirs = await self.source.segments(), {each.name: each for each in await target.segments()}
        other = [each for each in ours if each.name in theirs and theirs[each.name].constraints != each.constraints]
        new = [each for each in ours if each.name not in theirs]
        fields, odd = await self._fields()
        flags = await self.source.flags()
        types = {tag.type for flag in flags for tag in flag.tags} - set(await self.shared.tag_types())
        # What is to be made gets its number later: until then its own will do.
        numbers = {each.id: theirs[each.name].id if each.name in theirs else each.id for each in ours}
        known = {number: there for number, there in numbers.items() if number not in {each.id for each in other}}
        return _Plan(
            fields,
            new,
            sorted(types),
            [f'The segment "{each.name}" is another one there: flags with it stay here.' for each in other] + odd,
            await self._rows(await self._elsewhere(known), ours),
        )

    async def _fields(self) -> tuple[list[ContextField], list[str]]:
        ours = await self.source.context_fields()
        theirs = {field.name: field for field in await self.deps.flags().context_fields()}
        odd = [
            f'The context field "{field.name}" has other values there: it stays as it is.'
            for field in ours
            if field.name in theirs and set(theirs[field.name].legal_values) != set(field.legal_values)
        ]
        return [field for field in ours if field.name not in theirs], odd

    async def _elsewhere(self, segments: dict[int, int]) -> Elsewhere:
        environments = await self.deps.flags().environments()
        return Elsewhere(self.project, environments, await self.shared.strategy_types(), segments)

    async def _rows(self, elsewhere: Elsewhere, segments: Sequence[Segment]) -> list[_Row]:
        target = self.deps.flags()
        flags = _parents_first([await self.source.flag(each.name) for each in await self.source.flags()])
        away = {flag.name: flag for flag in await target.flags(self.project, archived=True)}
        here = {flag.name for flag in await target.flags(self.project)}
        naming = await target.naming(self.project)

        async def row(flag: Flag) -> _Row:
            there = await target.flag(flag.name, self.project) if flag.name in here else away.get(flag.name)
            wanted, reason = translated(flag, elsewhere), conflict(flag, there, elsewhere, segments)
            if there is None and not reason:
                reason = _refusal(partial(check_naming, naming, flag.name))
            if reason:
                return _Row(flag, wanted, there, "conflict", reason)
            if there is None:
                return _Row(flag, wanted, None, "create")
            return _Row(flag, wanted, there, "same" if _is_same(wanted, there) else "complete")

        return await _gathered([partial(row, flag) for flag in flags])

    # ------------------------------------------------------------ write

    async def done(self, plan: _Plan) -> _Plan:
        for field in plan.fields:
            await write_shared(self.deps, "context-field", field.name, partial(self.shared.add_context_field, field))
        for name in plan.tag_types:
            await write_shared(self.deps, "tag-type", name, partial(self.shared.add_tag_type, name))
        numbers: dict[int, int] = {}
        for segment in plan.segments:
            made = await write_shared(self.deps, "segment", segment.name, partial(self.shared.add_segment, segment))
            numbers[segment.id] = made.id
        return replace(plan, rows=await self._written(plan.rows, numbers))

    async def _written(self, rows: Sequence[_Row], made: dict[int, int]) -> list[_Row]:
        theirs = {each.name: each.id for each in await self.deps.flags().segments()}
        numbers = {each.id: theirs[each.name] for each in await self.source.segments() if each.name in theirs}
        elsewhere = Elsewhere(self.project, (), (), numbers | made)
        found: list[_Row] = []
        lost = ""
        for row in rows:
            if row.action not in {"create", "complete"} or lost:
                found.append(replace(row, action="refused", reason=lost) if lost and row.action != "same" else row)
                continue
            try:
                asked = await self._brought(replace(row, wanted=translated(row.flag, elsewhere)))
            except UserFixable as error:
                found.append(replace(row, action="refused", reason=f"{error.message} {error.hint}".strip()))
                lost = "not tried: the server could not be reached" if isinstance(error, Unreachable) else ""
            else:
                found.append(replace(row, reason=f"asked for: {', '.join(asked)}") if asked else row)
        return found

    async def _brought(self, row: _Row) -> list[str]:
        """The addresses of change requests, where the other backend takes no other way."""
        there, outcomes = row.there, list[WriteOutcome]()
        if there is None:
            bare = replace(row.wanted, environments=(), created_at=0.0, version=0, children=(), stage="")
            request = WriteRequest("promote", None, bare)
            there = (await write(self.deps, request, partial(self._created, bare))).after
        said = with_all_said(there, row.wanted)
        if said != there:
            request = WriteRequest("promote", there, said)
            outcomes.append(await self._confirmed(request, partial(self._said, there, said)))
            there = outcomes[-1].after
        for state in row.wanted.environments:
            if _differs(state, there):
                outcomes.append(await self._environment(there, state))
                there = outcomes[-1].after if outcomes[-1].requested is None else there
        return [outcome.requested.url for outcome in outcomes if outcome.requested is not None]

    async def _created(self, bare: Flag, to: FlagBackend) -> Flag:
        return await to.create(
            bare.name, bare.project, bare.type, bare.description, bare.impression_data, self.deps.modes.client
        )

    async def _said(self, before: Flag, said: Flag, to: FlagBackend) -> Flag:
        return await to.update(before, said, self.deps.modes.client)

    async def _environment(self, there: Flag, state: EnvironmentState) -> WriteOutcome:
        """Its strategies, and then on: nobody gets what is half there."""
        new, planned = lacking(state, environment_of(there, state.name)), there
        for strategy in new:
            planned = with_strategy(planned, state.name, strategy)
        planned = with_enabled(planned, state.name, state.enabled)
        by = self.deps.modes.client

        async def perform(to: FlagBackend) -> Flag:
            flag = there
            for strategy in new:
                flag = await to.put_strategy(flag.name, flag.project, state.name, strategy, by)
            if state.enabled:
                flag = await to.set_enabled(flag.name, flag.project, state.name, True, by)
            return flag

        return await self._confirmed(WriteRequest("promote", there, planned, state.name), perform)

    async def _confirmed(
        self, request: WriteRequest, perform: Callable[[FlagBackend], Awaitable[Flag]]
    ) -> WriteOutcome:
        """Whoever applies the plan has seen it: that is the yes which the policy may want."""
        outcome = await write(self.deps, request, perform)
        if outcome.status == "unconfirmed":
            outcome = await write(self.deps, replace(request, confirm=outcome.confirm), perform)
        return outcome


def _differs(state: EnvironmentState, there: Flag) -> bool:
    found = next((each for each in there.environments if each.name == state.name), None)
    return found is not None and (found.enabled != state.enabled or bool(lacking(state, found)))


def _is_same(wanted: Flag, there: Flag) -> bool:
    return with_all_said(there, wanted) == there and not any(_differs(state, there) for state in wanted.environments)


def _parents_first(flags: Iterable[Flag]) -> list[Flag]:
    return sorted(flags, key=lambda flag: (bool(flag.parents), flag.name))


def _refusal(check: Callable[[], None]) -> str:
    try:
        check()
    except UserFixable as error:
        return f"{error.message} {error.hint}".strip()
    return ""


async def _gathered(calls: Sequence[Callable[[], Awaitable[_T]]]) -> list[_T]:
    """In their order, a few at a time."""
    found: list[_T] = []
    for at in range(0, len(calls), _AT_A_TIME):
        found += await asyncio.gather(*(call() for call in calls[at : at + _AT_A_TIME]))
    return found


# ---------------------------------------------------------------- answer


def _answer(plan: _Plan, project: str, *, applied: bool) -> dict[str, Json]:
    counts = {action: sum(row.action == action for row in plan.rows) for action in _SAID}
    bad = counts["conflict"] + counts["refused"] + len(plan.conflicts)
    new = counts["create"] + counts["complete"] + len(plan.fields) + len(plan.segments) + len(plan.tag_types)
    said = ", ".join(f"{count} {_SAID[action]}" for action, count in counts.items() if count) or "no flags"
    return {
        "success": not counts["refused"],
        "applied": applied,
        "projectId": project,
        "contextFields": [field.name for field in plan.fields],
        "segments": [segment.name for segment in plan.segments],
        "tagTypes": list(plan.tag_types),
        "conflicts": list(plan.conflicts),
        "flags": [_shown(row) for row in plan.rows],
        "verdict": "partial" if bad else "complete" if new else "nothing",
        "message": f"{'Promoted' if applied else 'Would promote'}: {said}.",
    }


_SAID: Final = {
    "create": "new",
    "complete": "to finish",
    "same": "already as here",
    "conflict": "in conflict",
    "refused": "refused",
}


def _shown(row: _Row) -> Json:
    shown: dict[str, Json] = {"flagName": row.flag.name, "action": row.action}
    if row.reason:
        shown["reason"] = row.reason
    if row.action in {"create", "complete"}:
        shown["environments"] = [
            {"environment": state.name, "enabled": state.enabled, "strategies": len(state.strategies)}
            for state in row.wanted.environments
            if state.enabled or state.strategies
        ]
    return shown
