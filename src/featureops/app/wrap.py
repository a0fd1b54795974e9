"""The verb wrap: the uncommitted change, or existing lines, behind a flag; and how this repository asks for flags."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from featureops.app import plans
from featureops.app.cleanup import WorkspaceSource
from featureops.app.deps import Deps
from featureops.core.errors import BadArgument
from featureops.core.model import ChangedFile, FileEdit, Json
from featureops.core.naming import check_name
from featureops.core.pack import LanguagePack, SdkPack
from featureops.core.project import Project
from featureops.core.templates import WrapTemplate
from featureops.core.textdiff import stat, unified
from featureops.core.wrap.change import Wrapped, wrap_changes, wrap_lines
from featureops.core.wrap.idiom import Idiom
from featureops.core.wrap.imports import import_text
from featureops.core.wrap.keys import Entry, Keys
from featureops.core.wrap.layout import quoted, style_of
from featureops.core.wrap.lines import Off, Selection
from featureops.core.wrap.manifests import Manifest, Manifests, sdk_for, templates_for
from featureops.core.wrap.repository import Idioms, Repository
from featureops.core.wrap.values import Hunk, No, Shape

__all__ = ["idiom", "wrap"]


def wrap(
    deps: Deps,
    *,
    flag: str,
    paths: Sequence[str] = (),
    lines: Selection | None = None,
    off: Off = "nothing",
    nested: bool = False,
    form: Shape = "auto",
    base: str | None = None,
    apply: bool = False,
) -> dict[str, Json]:
    """Put a change behind a flag: the object of design section 3.2.

    Without `lines` the change of the working tree against `base` (default HEAD), limited to `paths` (files or folders);
    the old code becomes the off branch. With `lines` (first and last, from 1, or the name of a function) that code of
    the one path; `off` is what runs when the flag is off. Code that another flag guards is left unless `nested`.
    `form`: a body that was replaced as a whole in one branch or as two functions that the flag chooses between.
    A plan is made and saved; `apply` writes it. Errors: BadArgument (a bad flag name, nothing changed, a path or range
    that isn't there), and those of `plans.apply`.
    """
    name = _checked(deps, flag)
    source = WorkspaceSource(deps.workspace)
    repository = _repository(deps, source)
    if lines is not None:
        found = _lines(deps, repository, name, paths, lines, off, nested)
    else:
        changes = _changes(deps, paths, base)
        found = wrap_changes(repository, changes, name, nested=nested, form=form)
    answer = _answer(name, found)
    title = f"wrap {len([hunk for hunk in found.hunks if hunk.outcome == 'wrapped'])} changes in {name}"
    plan = plans.new_plan(deps, "wrap", title, found.edits, source.hashes(found.seen), answer)
    answer["planId"] = plan.plan_id if plan.edits else None
    if apply and plan.edits:
        outcome = plans.apply(deps, plan)
        answer.update({"applied": outcome["applied"], "changeId": outcome["changeId"]})
    answer["next"] = _next(answer)
    answer["message"] = _message(answer, found)
    return answer


# ---------------------------------------------------------------- what is wrapped


def _checked(deps: Deps, flag: str) -> str:
    name = flag.strip()
    wrong = check_name(name, deps.config.policy.naming)
    if wrong is not None:
        raise BadArgument(f"{wrong[:1].upper()}{wrong[1:]}.", "Use the key of the flag, such as new-checkout.")
    return name


def _repository(deps: Deps, source: WorkspaceSource) -> Repository:
    return Repository(frozenset(source.paths()), source.read, source.find, deps.packs, deps.config)


def _changes(deps: Deps, paths: Sequence[str], base: str | None) -> list[ChangedFile]:
    if not deps.changes.is_repository():
        raise BadArgument(
            f"{deps.workspace.root} is no git repository, so there is no change to read.",
            "Name the code instead: path with startLine and endLine.",
        )
    wanted = [posixpath.normpath(path) for path in paths]
    found = list(deps.changes.changes(base))
    chosen = [changed for changed in found if not wanted or any(_under(changed.path, path) for path in wanted)]
    if chosen and base is None and deps.changes.is_merging():
        return [replace(each, skipped="unmerged") if each.before is not None else each for each in chosen]
    if chosen:
        return chosen
    against = base or "HEAD"
    if found:
        others = ", ".join(changed.path for changed in found[:5])
        raise BadArgument(f"{', '.join(wanted)} is the same as in {against}.", f"Changed are: {others}.")
    raise BadArgument(
        f"Nothing differs from {against}: there is no change to wrap.",
        "Make the change first, pass base to compare with another commit, or name lines of existing code"
        " (path, startLine, endLine).",
    )


def _under(path: str, wanted: str) -> bool:
    return wanted in {".", path} or path.startswith(wanted.rstrip("/") + "/")


def _lines(
    deps: Deps, repository: Repository, name: str, paths: Sequence[str], lines: Selection, off: Off, nested: bool
) -> Wrapped:
    if len(paths) != 1:
        raise BadArgument("A range of lines belongs to exactly one file.", "Pass one path with the lines.")
    path = posixpath.normpath(paths[0])
    deps.workspace.read(path)
    found = wrap_lines(repository, path, lines, name, off, nested=nested)
    if isinstance(found, No):
        raise BadArgument(
            found.reason,
            "Name lines (PATH:12-20), a function (PATH:Class.name), or only PATH for its uncommitted change.",
        )
    return found


# ---------------------------------------------------------------- the answer


def _answer(name: str, found: Wrapped) -> dict[str, Json]:
    return {
        "flagName": name,
        "planId": None,
        "applied": False,
        "verdict": _verdict(found.hunks),
        "hunks": [_hunk(hunk) for hunk in found.hunks],
        "files": [_file(edit) for edit in found.edits],
        "idiom": [{"condition": text, "place": place} for text, place in _asks(found)],
        "install": list(found.packages),
        "diff": unified(found.edits),
    }


def _asks(found: Wrapped) -> list[tuple[str, str]]:
    return list(dict.fromkeys((ask.condition, ask.place) for ask in found.asks))


def _verdict(hunks: Sequence[Hunk]) -> str:
    outcomes = {hunk.outcome for hunk in hunks}
    if "refused" not in outcomes:
        return "complete"
    return "partial" if "wrapped" in outcomes else "refused"


def _hunk(hunk: Hunk) -> Json:
    return {
        "path": hunk.path,
        "startLine": hunk.start_line,
        "endLine": hunk.end_line,
        "outcome": hunk.outcome,
        "form": hunk.form,
        "reason": hunk.reason,
    }


def _file(edit: FileEdit) -> Json:
    insertions, deletions = stat(edit.before, edit.after)
    action = "created" if edit.before is None else "edited"
    return {"path": edit.path, "action": action, "insertions": insertions, "deletions": deletions}


def _next(answer: Mapping[str, Json]) -> list[Json]:
    steps: list[Json] = []
    if answer["planId"] is not None and not answer["applied"]:
        steps.append({"tool": "apply_plan", "arguments": {"planId": answer["planId"]}})
    if answer["applied"]:
        steps.append({"tool": "detect_flag", "arguments": {"flagName": answer["flagName"]}})
    return steps


def _message(answer: Mapping[str, Json], found: Wrapped) -> str:
    counts = Counter(hunk.outcome for hunk in found.hunks)
    parts = [f"{counts['wrapped']} wrapped, {counts['left']} left outside, {counts['refused']} refused."]
    if not found.edits:
        parts.append("No file has to be edited.")
    else:
        parts.append(
            "Applied." if answer["applied"] else "Nothing is written yet: apply the plan, or pass apply: true."
        )
    if found.packages:
        parts.append(f"To install or write besides: {'; '.join(found.packages)}.")
    refused = next((hunk for hunk in found.hunks if hunk.outcome == "refused"), None)
    if refused is not None:
        parts.append(f"{refused.path}:{refused.start_line}: {refused.reason}")
    return " ".join(parts)


# ---------------------------------------------------------------- how to ask


def idiom(
    deps: Deps, *, flag: str, language: str | None = None, file_name: str | None = None, framework: str | None = None
) -> dict[str, Json]:
    """How this repository asks for a flag, and the template that fits where it does not yet: at most 4,000 characters.

    `repositoryIdiom` is {"place", "import", "condition"} or null, with the entry of the key as `key` and the member of
    the class as `member` where it takes those. Errors: BadArgument (a bad flag name, an unknown
    language).
    """
    name = _checked(deps, flag)
    pack = _pack(deps, language, file_name)
    repository = _repository(deps, WorkspaceSource(deps.workspace))
    project = Project(repository.paths, repository.read, deps.packs, deps.config)
    manifests = Manifests(project)
    target = file_name or _usual_place(project, manifests, pack)
    near = Idioms(repository, project).near(target)
    sdk, template = _fitting(pack, manifests.near(target, pack), near, framework)
    shown = _template(pack, sdk, template, name, manifests.lacking(target, pack, template.package or sdk.package))
    return {
        "success": True,
        "flagName": name,
        "detectedLanguage": pack.id,
        "languageDisplayName": pack.display,
        "repositoryIdiom": _own(near, name, project, target),
        "templates": [shown],
        "recommendedTemplate": shown,
        "supportedPatterns": list[Json](sorted({template.name for sdk in pack.sdks for template in sdk.templates})),
        "sdkDocumentation": sdk.docs,
    }


def _usual_place(project: Project, manifests: Manifests, pack: LanguagePack) -> str:
    """A new file in the folder around most files of a language that has a manifest."""
    folders: Counter[str] = Counter()
    for path in sorted(path for path in project.paths if path.endswith(pack.extensions)):
        near = manifests.near(path, pack)
        folders[posixpath.dirname(near[0].path) if near else ""] += 1
    folder = max(folders, key=lambda folder: (folders[folder], folder), default="")
    return posixpath.join(folder, f"new{pack.extensions[0]}")


def _fitting(
    pack: LanguagePack, manifests: Sequence[Manifest], near: Sequence[Idiom], framework: str | None
) -> tuple[SdkPack, WrapTemplate]:
    """The SDK that the repository asks or its manifest names, and its template for the framework."""
    wanted = (framework or "").lower()
    if wanted:
        for sdk in sorted(pack.sdks, key=lambda sdk: (not sdk.preferred, sdk.id)):
            for template in sdk.templates:
                about = f"{sdk.id} {sdk.package} {template.imports} {' '.join(template.frameworks)}"
                if wanted in about.lower():
                    return sdk, template
    asked = {idiom.sdk for idiom in near[:1]}
    own = next((sdk for sdk in pack.sdks if sdk.id in asked), None) or sdk_for(pack, manifests) or pack.sdks[0]
    return own, next(iter(templates_for(own, manifests, "", markup=False)), own.templates[0])


def _pack(deps: Deps, language: str | None, file_name: str | None) -> LanguagePack:
    if language:
        found = deps.packs.by_id(language)
        if found is not None:
            return found
        known = ", ".join(pack.id for pack in deps.packs.languages)
        raise BadArgument(f"No language {language!r} is known.", f"Pass one of: {known}.")
    by_file = deps.packs.for_path(file_name) if file_name else None
    if by_file is not None:
        return by_file
    packs = (deps.packs.for_path(path) for path in deps.workspace.files())
    counts = Counter(pack.id for pack in packs if pack is not None)
    most = counts.most_common(1)[0][0] if counts else ""
    return deps.packs.by_id(most) or deps.packs.languages[0]


def _own(near: Sequence[Idiom], flag: str, project: Project, target: str) -> Json:
    """The nearest way of asking: with the entry of the key, and with the member of the class, where it takes those."""
    if not near:
        return None
    first = near[0]
    file = project.file(first.path)
    key = quoted(flag, style_of(file).quote if file is not None else '"')
    entry = Keys(project, flag).entry(first.constant) if first.constant is not None else None
    more: dict[str, Json] = {}
    if isinstance(entry, Entry) and first.key is not None and first.constant is not None:
        key = first.key.text.replace(first.constant.name, entry.name)
        more["key"] = f"{entry.name} in {entry.path}"
    if first.held is not None:
        more["member"] = f"{first.held.name}: {first.held.kind}, handed to the class"
    return {
        "place": first.place,
        "import": import_text(project, first.binding, first.path, target),
        "condition": first.condition(first.member(flag) if first.case else key),
        **more,
    }


def _template(pack: LanguagePack, sdk: SdkPack, template: WrapTemplate, flag: str, lacking: str | None) -> Json:
    key = quoted(flag, pack.text.quotes[0])
    scope = "once a component, before any branch" if template.scope == "component" else "where the code is about to run"
    client = template.client.text.strip() if template.client is not None else ""
    return {
        "pattern": template.name,
        "framework": ", ".join(name for name in template.frameworks if name != "*") or sdk.package,
        "import": template.imports,
        "client": client.replace("{app}", quoted("app", pack.text.quotes[0])),
        "usage": template.usage.format(key=key),
        "install": [each for each in (lacking, template.setup) if each],
        "explanation": f"Asks {scope}, so that the flag can be switched while the program runs.",
    }
