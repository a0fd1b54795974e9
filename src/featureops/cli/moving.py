"""`featureops backend export` and `promote`: flags leave the embedded backend for an Unleash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from featureops.cli.outcome import DONE
from featureops.cli.request import Request
from featureops.core.errors import Unwritable
from featureops.core.model import Json

__all__ = ["export", "promote"]

_Root = Annotated[Path, typer.Option("--root", help="The repository; default: the current folder.")]
_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
_HERE = Path()


def export(
    environment: Annotated[str, typer.Option("--environment", metavar="ENV", help="Unleash imports one at a time.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: stdout.")] = None,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Write the flags of one environment in the format that Unleash imports."""
    from featureops.app.exporting import export_flags

    del as_json
    request = Request(root, as_json=True)
    text = json.dumps(request.awaited(lambda deps: export_flags(deps, environment)), ensure_ascii=False, indent=2)
    if out is None:
        print(text)
        return DONE
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise Unwritable(f"{out} can't be written: {error.strerror or error}.", "Choose another file.") from error
    return DONE


def promote(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The Unleash; its token is UNLEASH_PAT.")],
    project: Annotated[str, typer.Option("--project", metavar="ID", help="Of that Unleash.")] = "default",
    apply: Annotated[bool, typer.Option("--apply", help="Do it; without this it is only shown.")] = False,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Bring the embedded backend's flags into a real Unleash: what is missing there, never over what is there."""
    from featureops.app.promoting import promote as use_case
    from featureops.cli.compose import embedded_for, unleash_at

    request = Request(root, as_json)
    source = embedded_for(root)
    backend, shared = unleash_at(root, to, project)

    def verb() -> dict[str, Json]:
        try:
            return request.awaited(
                lambda deps: use_case(replace(deps, backend=backend), source, shared, project, apply=apply),
                writes=apply,
                backend=backend,
            )
        finally:
            source.close_now()

    return request.answer(verb, _show)


def _show(answer: Mapping[str, Json]) -> None:
    from featureops.cli.show import out

    for title, key in (("Context field", "contextFields"), ("Tag type", "tagTypes"), ("Segment", "segments")):
        for name in _list(answer, key):
            out().print(f"create    {title.lower()} {name}", markup=False)
    for row in _list(answer, "flags"):
        if isinstance(row, dict):
            why = f": {row['reason']}" if "reason" in row else ""
            out().print(f"{row['action']:<9} {row['flagName']}{why}", markup=False)
    for sentence in (*_list(answer, "conflicts"), answer["message"]):
        out().print(str(sentence), markup=False)
    if not answer["applied"]:
        out().print("Nothing was written: --apply does it.")


def _list(answer: Mapping[str, Json], key: str) -> list[Json]:
    found = answer.get(key)
    return found if isinstance(found, list) else []
