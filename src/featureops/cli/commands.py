"""The commands of `featureops`, their options and their help."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from featureops import __version__
from featureops.cli.moving import export, promote
from featureops.cli.outcome import DONE, guarded
from featureops.cli.plain import PlainCommand, PlainGroup
from featureops.cli.request import Place, Request, Roots, parsed_value, shown
from featureops.cli.targeting import context, segment
from featureops.cli.unleashing import unleash_app
from featureops.core.errors import BadArgument
from featureops.core.model import Json

__all__ = [
    "app",
    "apply_plan",
    "backend_serve",
    "call",
    "cleanup",
    "demo",
    "detect",
    "doctor",
    "evaluate",
    "health",
    "run",
    "serve",
    "undo",
    "wrap",
]

app = typer.Typer(
    name="featureops",
    cls=PlainGroup,
    help="Ship every risky change behind a feature flag, and take the flag out again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_backend_app = typer.Typer(help="The embedded flag backend, and a real Unleash to try things on.", no_args_is_help=True)
app.add_typer(_backend_app, name="backend")
_backend_app.add_typer(unleash_app, name="unleash")
_backend_app.command("segment")(segment)
_backend_app.command("context")(context)
_backend_app.command("export")(export)
_backend_app.command("promote")(promote)

_Root = Annotated[Path, typer.Option("--root", help="The repository; default: the current folder.")]
_Roots = Annotated[
    list[Path] | None, typer.Option("--root", help="A repository; may be given again. Default: the current folder.")
]
_RootsFile = Annotated[
    Path | None, typer.Option("--roots-file", metavar="FILE", help="A file with a repository on each line.")
]
_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
_Apply = Annotated[bool, typer.Option("--apply", help="Write it; without this it is only shown.")]
_Force = Annotated[
    bool, typer.Option("--force", help="Also where the backend speaks against it, or the policy protects the flag.")
]
_Verify = Annotated[
    str | None,
    typer.Option("--verify", metavar="CMD", help="Run CMD by /bin/sh afterwards; take the change back when it fails."),
]
_VerifyTimeout = Annotated[
    int | None,
    typer.Option("--verify-timeout", metavar="SECONDS", min=1, max=86_400, help="For CMD; default: half an hour."),
]
_Certificate = Annotated[
    Path | None,
    typer.Option("--certificate", metavar="FILE", help="What was done and how that is known: markdown, or .json."),
]
_Base = Annotated[str | None, typer.Option("--base", metavar="REF", help="Compare with REF instead of HEAD.")]
_HERE = Path()


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    return guarded(
        lambda: int(app(args=list(arguments), prog_name="featureops", standalone_mode=False) or 0), arguments
    )


def _version(wanted: bool) -> None:
    if wanted:
        print(f"featureops {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and leave.")
    ] = False,
) -> None:
    del version


@app.command(cls=PlainCommand)
def serve() -> int:
    """Run the MCP server (stdio). `featureops serve --help` lists its options."""
    from featureops.cli.serve import serve as serve_stdio

    return serve_stdio([])


@app.command(cls=PlainCommand)
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the folder of the demo behind.")] = False,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Play the whole workflow on a bundled application in a temporary folder."""
    from featureops.cli import demo as player

    del root
    if as_json:
        raise BadArgument("The demo is for people: it has no JSON.", "Run it without --json.")
    return player.run(keep=keep)


@app.command(cls=PlainCommand)
def evaluate(
    base: _Base = None,
    staged: Annotated[bool, typer.Option("--staged", help="What is in the index, not the working tree.")] = False,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Assess the change of the working tree and say whether it needs a flag."""
    from featureops.app import evaluate as use_case

    request = Request(root, as_json)
    return request.answer(lambda: use_case.evaluate(request.deps(), base=base, staged=staged), shown("evaluation"))


@app.command(cls=PlainCommand)
def detect(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]...", help="Find a flag to reuse; with --guards PATH:LINE.")
    ] = None,
    flag: Annotated[str | None, typer.Option("--flag", metavar="KEY", help="All usages of one flag.")] = None,
    guards: Annotated[bool, typer.Option("--guards", help="The flags that already guard PATH:LINE.")] = False,
    root: _Roots = None,
    roots_file: _RootsFile = None,
    as_json: _AsJson = False,
) -> int:
    """Find flags: all in the code, every usage of one, those that fit a description, or those that guard a line."""
    from featureops.app import detect as use_case

    if flag and words:
        raise BadArgument("--flag and words exclude each other.", "Pass one of them.")
    if guards and not words:
        raise BadArgument("--guards needs a place.", "For instance: featureops detect src/pay.py:120 --guards")
    given = list(words or ())

    def verb(request: Request) -> dict[str, Json]:
        if guards:
            return use_case.guards(request.deps(), [Place.parse(word, request.root).text for word in given])
        if given:
            return request.awaited(lambda deps: use_case.candidates(deps, " ".join(given)))
        return use_case.usages(request.deps(), flag) if flag else use_case.inventory(request.deps())

    return Roots.given(root, roots_file, as_json).answer(verb, shown("detection"))


@app.command(cls=PlainCommand)
def wrap(
    place: Annotated[str | None, typer.Argument(metavar="PATH[:START-END|:SYMBOL]", help="What to wrap.")] = None,
    flag: Annotated[str, typer.Option("--flag", metavar="KEY", help="The flag's key.")] = "",
    from_diff: Annotated[bool, typer.Option("--from-diff", help="The uncommitted change of PATH, or of all.")] = False,
    off: Annotated[
        Literal["nothing", "keep", "raise"], typer.Option("--off", help="For existing code: what runs when it is off.")
    ] = "nothing",
    nested: Annotated[bool, typer.Option("--nested", help="Also what another flag guards already.")] = False,
    form: Annotated[
        Literal["auto", "branch", "functions"],
        typer.Option("--form", help="A body replaced as a whole: in one branch, or as two functions."),
    ] = "auto",
    base: _Base = None,
    apply: _Apply = False,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Put code behind a flag. With --from-diff (or no lines) the old code becomes the off branch."""
    request, where = Request(root, as_json), Place.parse(place, root) if place else None
    if not flag:
        raise BadArgument("wrap needs --flag KEY.", "For instance: featureops wrap src/pay.py --flag new-checkout")
    if where is None and not from_diff:
        raise BadArgument(
            "Nothing to wrap was named.", "Name PATH or PATH:START-END, or pass --from-diff for all changes."
        )
    selected = (where.lines or where.symbol) if where else None
    if selected and from_diff:
        raise BadArgument("--from-diff and a range of lines exclude each other.", "Pass one of them.")
    from featureops.app import wrap as use_case

    paths = (where.path,) if where else ()
    verb = partial(
        use_case.wrap, flag=flag, paths=paths, lines=selected, off=off, nested=nested, form=form, base=base, apply=apply
    )
    return request.answer(lambda: verb(request.deps(writes=apply)), shown("rewrite"))


@app.command(cls=PlainCommand)
def cleanup(
    flag: Annotated[str, typer.Argument(metavar="KEY", help="The flag's key.")],
    keep: Annotated[
        Literal["enabled", "disabled"] | None, typer.Option("--keep", help="The branch that stays.")
    ] = None,
    variant: Annotated[str | None, typer.Option("--variant", metavar="NAME", help="The variant that stays.")] = None,
    value: Annotated[
        str | None, typer.Option("--value", metavar="JSON", help="What a string, number or object flag stays at.")
    ] = None,
    apply: _Apply = False,
    force: _Force = False,
    verify: _Verify = None,
    verify_timeout: _VerifyTimeout = None,
    certificate: _Certificate = None,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Remove a flag from the code: its conditions, the dead branch, and what only that used."""
    from featureops.app import removal as use_case
    from featureops.app.cleanup import fixing_of
    from featureops.cli.removing import Removal

    fixing, given = (
        fixing_of(keep, variant, parsed_value(value)),
        Removal(apply, force, verify, verify_timeout, certificate),
    )
    if fixing is None:
        raise BadArgument("cleanup needs to know what stays.", "Pass --keep enabled|disabled, --variant or --value.")
    verb = partial(use_case.remove_with, flag=flag, keep=fixing)
    return given.answer(Request(root, as_json), lambda deps, terms: verb(deps, terms=terms), shown("rewrite"))


@app.command("apply", cls=PlainCommand)
def apply_plan(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="The id that a preview gave.")],
    force: _Force = False,
    verify: _Verify = None,
    verify_timeout: _VerifyTimeout = None,
    certificate: _Certificate = None,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Write a plan that wrap or cleanup showed."""
    from featureops.app import removal as use_case
    from featureops.cli.removing import Removal

    given = Removal(True, force, verify, verify_timeout, certificate)
    return given.answer(
        Request(root, as_json), lambda deps, terms: use_case.apply_plan(deps, plan, terms), shown("applied")
    )


@app.command(cls=PlainCommand)
def undo(
    change: Annotated[str | None, typer.Argument(metavar="[CHANGE]", help="Default: the latest.")] = None,
    confirm: Annotated[str | None, typer.Option("--confirm", metavar="TOKEN", help="Of the answer before.")] = None,
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Take back an applied change: of code byte for byte, of a flag what it was before."""
    from featureops.app import undo as use_case

    request = Request(root, as_json)
    return request.answer(
        lambda: request.awaited(lambda deps: use_case.undo(deps, change, confirm), writes=True), shown("undone")
    )


@app.command(cls=PlainCommand)
def health(
    flag: Annotated[str | None, typer.Argument(metavar="[KEY]", help="Default: all flags.")] = None,
    root: _Roots = None,
    roots_file: _RootsFile = None,
    as_json: _AsJson = False,
) -> int:
    """Hold the flags of the code against those of the backend."""
    from featureops.app import health as use_case

    roots = Roots.given(root, roots_file, as_json)
    if len(roots.roots) == 1:
        return roots.answer(lambda one: one.awaited(lambda deps: use_case.health(deps, flag=flag)), shown("health"))
    from featureops.app import detect as detection

    def verb() -> dict[str, Json]:
        found = roots.over(lambda one: detection.inventory(one.deps()))
        answer = roots.first.awaited(lambda deps: use_case.health(deps, flag=flag, inventory=found))
        return answer | {key: found[key] for key in ("roots", "errors") if key in found}

    return roots.first.answer(verb, shown("health"))


@app.command(cls=PlainCommand)
def call(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="The tool's name.")],
    arguments: Annotated[str, typer.Argument(metavar="[JSON]", help="Its arguments; - reads stdin.")] = "{}",
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Call any MCP tool through the same code path as a client; always answers JSON."""
    from featureops.cli.calling import call_tool

    del as_json
    return call_tool(root, tool, arguments)


@app.command(cls=PlainCommand)
def doctor(root: _Root = _HERE, as_json: _AsJson = False) -> int:
    """Say what is wrong with this set-up, and how to mend it."""
    from featureops.cli.doctor import examine

    return examine(root, as_json=as_json)


@_backend_app.command("serve")
def backend_serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    environment: Annotated[str, typer.Option("--environment", metavar="ENV", help="Of the printed token.")] = "",
    root: _Root = _HERE,
    as_json: _AsJson = False,
) -> int:
    """Serve the embedded backend's flags to SDKs on this machine. Prints one JSON line: url, token."""
    import time

    from featureops.adapters.embedded.endpoint import run_endpoint
    from featureops.adapters.settings import load_settings

    del as_json
    run_endpoint(load_settings(root).database, time.time, port=port, environment=environment)
    return DONE
