"""The verbs that change what a flag says of itself: description, type, staleness, impression data, links, tags, and the
flag that it depends on. Only what is named changes. As `app.flags` in all else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, cast

from featureops.app.deps import Deps
from featureops.app.flagreads import project_of
from featureops.app.flagwrites import Change, answer, carry_out
from featureops.core.errors import BadArgument
from featureops.core.flagjson import dependency_from_json, flag_json, link_from_json, tag_from_json
from featureops.core.flagmeta import checked_dependency, with_dependency, with_links, with_tags
from featureops.core.flagrules import checked_type
from featureops.core.model import Dependency, Flag, FlagType, Json

__all__ = ["FlagFields", "update_flag", "update_flag_tags"]

_Rows = Sequence[Mapping[str, Json]]
_NAMES: Final = {
    "description": "description",
    "type": "type",
    "stale": "stale",
    "impression_data": "impressionData",
    "add_links": "addLinks",
    "remove_links": "removeLinks",
    "dependency": "dependency",
}


@dataclass(frozen=True, slots=True)
class FlagFields:
    """What is to become of a flag; None stays as it is. `remove_links` holds addresses or ids; an empty `dependency`
    takes the one that is there away."""

    description: str | None = None
    type: str | None = None
    stale: bool | None = None
    impression_data: bool | None = None
    add_links: _Rows | None = None
    remove_links: Sequence[str] | None = None
    dependency: Mapping[str, Json] | None = None

    @property
    def named(self) -> list[str]:
        """The fields that change, by their names on the wire."""
        return [_NAMES[each.name] for each in fields(self) if getattr(self, each.name) is not None]

    def parent(self) -> Dependency | None:
        return dependency_from_json(self.dependency) if self.dependency else None

    def put(self, flag: Flag, parent: Flag | None) -> Flag:
        """`parent` is the flag of that name. Errors: BadArgument."""
        new = flag if self.description is None else replace(flag, description=self.description)
        new = new if self.type is None else replace(new, type=cast("FlagType", checked_type(self.type)))
        new = new if self.stale is None else replace(new, stale=self.stale)
        new = new if self.impression_data is None else replace(new, impression_data=self.impression_data)
        new = with_links(new, map(link_from_json, self.add_links or ()), self.remove_links or ())
        if self.dependency is None:
            return new
        if parent is not None and parent.name not in flag.parents:
            checked_dependency(flag, parent)
        return with_dependency(new, self.parent())


async def update_flag(
    deps: Deps, *, name: str, fields: FlagFields, project: str | None = None, confirm: str | None = None
) -> dict[str, Json]:
    """Changes the named fields and no other. Also: `feature`, `updatedFields`.

    Errors also: BadArgument (nothing to change, a parent that can't be one), UnknownFlag (the parent)."""
    if not fields.named:
        raise BadArgument("Nothing to change.", f"Give at least one of {', '.join(_NAMES.values())}.")
    wanted = fields.parent()
    parent = await deps.flags().flag(wanted.feature, project_of(deps, project)) if wanted is not None else None
    says = f'change {", ".join(fields.named)} of "{name}"'
    put = _Put("update", name, project, says, confirm)
    found = await _written(deps, put, lambda flag: fields.put(flag, parent))
    return found | {"updatedFields": list[Json](fields.named)}


async def update_flag_tags(
    deps: Deps,
    *,
    name: str,
    add: _Rows = (),
    remove: _Rows = (),
    project: str | None = None,
    confirm: str | None = None,
) -> dict[str, Json]:
    """A tag that is there already, and one to remove that is not there, change nothing. Also: `feature`, `tags`.

    Errors also: BadArgument (nothing to change, a tag that can't be), Denied (a tag that the policy requires)."""
    if not add and not remove:
        raise BadArgument(
            "Nothing to change.", 'Give addTags or removeTags, such as [{"type": "simple", "value": "x1"}].'
        )
    new, gone = [tag_from_json(row) for row in add], [tag_from_json(row) for row in remove]
    said = [f"add {_in_words(add)}" if add else "", f"remove {_in_words(remove)}" if remove else ""]
    put = _Put("update-tags", name, project, f'{" and ".join(filter(None, said))} of "{name}"', confirm)
    found = await _written(deps, put, lambda flag: with_tags(flag, new, gone))
    feature = found["feature"]
    return found | {"tags": feature["tags"] if isinstance(feature, dict) else []}


@dataclass(frozen=True, slots=True)
class _Put:
    action: str
    name: str
    project: str | None
    says: str
    confirm: str | None


async def _written(deps: Deps, put: _Put, plan: Callable[[Flag], Flag]) -> dict[str, Json]:
    change = Change(
        put.action,
        put.name,
        project_of(deps, put.project),
        put.says,
        plan,
        lambda to, flag, planned: to.update(flag, planned, deps.modes.client),
        confirm=put.confirm,
    )
    outcome = await carry_out(deps, change)
    return answer(deps, change, outcome) | {"feature": flag_json(outcome.after, environments=False)}


def _in_words(tags: _Rows) -> str:
    return ", ".join(f"the tag {each.get('type', 'simple')}:{each.get('value')}" for each in tags)
