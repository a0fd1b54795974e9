"""What is known in one place of a repository and so in others: names, methods, parameters and fields across files."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from featureops.core.elsewhere import uses_in
from featureops.core.fold.values import Known
from featureops.core.handed import handed
from featureops.core.idle import idle_parameters
from featureops.core.marks import lines_of
from featureops.core.method_results import calls_of_method
from featureops.core.passed_fields import passed_fields
from featureops.core.project import Project
from featureops.core.props import settled_properties
from featureops.core.runstate import RunState
from featureops.core.seeding import Seeding
from featureops.core.settled import documentation_of, settled_parameters

__all__ = ["Spreading"]


class Spreading:
    """Carries what folding found out from file to file. `only` limits the files that may be edited, `files_with` gives
    those with a word.
    """

    def __init__(
        self,
        project: Project,
        state: RunState,
        seeding: Seeding,
        only: frozenset[str] | None,
        files_with: Callable[[str], list[str]],
    ) -> None:
        self._project, self._state, self._seeding = project, state, seeding
        self._only, self._files_with = only, files_with

    def step(self) -> bool:
        """One thing more that is known now; whether there was any."""
        return self._spread() or self._spread_methods() or self._spread_fields() or self._spread_arguments()

    def _may_edit(self, paths: AbstractSet[str]) -> bool:
        return self._only is None or paths <= self._only

    def _spread(self) -> bool:
        """Names and functions of one file that are known now are known where they are imported."""
        grown = False
        for path, folded in sorted(self._state.folded.items()):
            known = {**{name: (value, False) for name, value in folded.values.items()}}
            known.update({name: (value, True) for name, value in folded.results.items()})
            for name, (value, is_call) in sorted(known.items()):
                grown = self._spread_name(path, name, value, is_call) or grown
        return grown

    def _spread_methods(self) -> bool:
        """Methods that only give a known value now: so do their calls."""
        grown = False
        for _, folded in sorted(self._state.folded.items()):
            for function, value in folded.methods.items():
                for where, call in calls_of_method(self._project, function, self._files_with):
                    seeds = self._state.seeds.setdefault(where, {})
                    if call not in seeds and self._may_edit({where}):
                        seeds[call] = value
                        self._seeding.files.add(where)
                        self._state.together.append(frozenset({where, function.file.path}))
                        self._state.folded.pop(where, None)
                        grown = True
        return grown

    def _spread_arguments(self) -> bool:
        """Parameters that all callers give the known value, or that nothing uses any more, go with what is given."""
        grown = False
        folded = [folded for _, folded in sorted(self._state.folded.items())]
        known = {node: value for each in folded for node, value in each.known.items() if isinstance(value, bool)}
        idle = sorted({name for each in folded for name in each.idle}, key=lambda name: name.definitions[0].start)
        asking = {
            read.node for reads in self._state.reads.values() for read in reads if read.flag == self._seeding.flag
        }
        for found in (
            *settled_parameters(self._project, known, self._files_with),
            *settled_properties(self._project, known, self._files_with),
            *idle_parameters(self._project, idle, asking, self._files_with),
        ):
            if not self._may_edit(found.paths):
                continue
            fresh = self._state.doom(found.part.file.path, [found.part])
            for item in found.given:
                fresh = self._state.doom(item.file.path, [item]) or fresh
            if fresh:
                if found.value is not None:
                    self._state.seeds.setdefault(found.path, {}).update(dict.fromkeys(found.binding.uses, found.value))
                self._state.settled.append(found)
                self._state.together.append(found.paths)
                self._state.cut(found.path, documentation_of(found.part, found.binding.name))
                for note in found.notes:
                    self._state.cut(note.file.path, [lines_of(note)])
                self._seeding.files.update(found.paths)
            grown = fresh or grown
        return grown

    def _spread_fields(self) -> bool:
        """Fields that are always given the known value go, with what is put into them."""
        grown = False
        items = (item for _, folded in sorted(self._state.folded.items()) for item in folded.known.items())
        known = {node: value for node, value in items if isinstance(value, bool)}
        for found in passed_fields(self._project, known, self._files_with):
            if not self._may_edit(found.paths):
                continue
            fresh = [self._state.doom(part.file.path, [part]) for part in found.parts]
            for use in found.uses if any(fresh) else ():
                self._state.seeds.setdefault(use.file.path, {})[use] = found.value
                self._state.folded.pop(use.file.path, None)
            if any(fresh):
                self._state.together.append(found.paths)
                self._seeding.files.update(found.paths)
            grown = any(fresh) or grown
        return grown

    def drop_handed(self) -> bool:
        """What classes are handed by code that makes them, and have no use for any more."""
        grown = False
        for part in [part for _, folded in sorted(self._state.folded.items()) for part in folded.bound]:
            found = handed(self._project, part, self._files_with)
            if found is None or not self._may_edit(found.paths):
                continue
            for item in found.given:
                self._state.doom(item.file.path, [item])
            self._state.handed.append(found)
            self._state.together.append(found.paths)
            self._state.folded.pop(part.file.path, None)
            self._seeding.files.update(found.paths)
            grown = True
        return grown

    def _spread_name(self, path: str, name: str, value: Known, is_call: bool) -> bool:
        grown = False
        for other in self._files_with(name):
            if other == path or self._project.file(other) is None:
                continue
            seeds, place = self._state.seeds.setdefault(other, {}), (path, name)
            fresh = {node: value for node in uses_in(self._project, other, place, is_call, seeds) if node not in seeds}
            if fresh:
                seeds.update(fresh)
                self._state.spread.setdefault(path, set()).add(name)
                self._seeding.files.add(other)
                self._state.folded.pop(other, None)
                self._state.folded.pop(path, None)
                grown = True
        return grown
