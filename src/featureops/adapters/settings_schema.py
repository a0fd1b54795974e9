"""featureops.toml: its schema, and what a person is told when a file doesn't fit it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError
from pydantic_core import ErrorDetails

from featureops.core.assess.tables import DOMAINS
from featureops.core.assess.weights import GROUPS, WEIGHTS
from featureops.core.config import BackendConfig, CleanupConfig, Config, EvaluateConfig, HouseRead, Policy
from featureops.core.errors import BadConfiguration
from featureops.core.hours import hours_from

__all__ = ["parse_config"]

_Form = Literal["call", "member", "decorator", "expression", "component", "entry", "test", "definition"]
_Text = Annotated[StrictStr, Field(min_length=1)]
_FORMS: tuple[_Form, ...] = get_args(_Form)
_SHOWN = 5
_SIGNALS = frozenset({*WEIGHTS, *(f"where:{domain.id}" for domain in DOMAINS)})


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Backend(_Table):
    kind: Literal["embedded", "unleash", "none"] = "embedded"
    project: _Text = "default"
    url: _Text | None = None


class _Read(_Table):
    language: _Text | None = None
    call: _Text | None = None
    member: _Text | None = None
    decorator: _Text | None = None
    expression: _Text | None = None
    component: _Text | None = None
    entry: _Text | None = None
    test: _Text | None = None
    definition: _Text | None = None
    flag: Annotated[StrictInt, Field(ge=0)] | _Text | None = None
    name: _Text | None = None
    when: Literal["enabled", "disabled"] = "enabled"
    value: Annotated[StrictInt, Field(ge=0)] | _Text | None = None

    def forms(self) -> dict[_Form, str]:
        targets: dict[_Form, str | None] = {
            "call": self.call,
            "member": self.member,
            "decorator": self.decorator,
            "expression": self.expression,
            "component": self.component,
            "entry": self.entry,
            "test": self.test,
            "definition": self.definition,
        }
        return {form: target for form, target in targets.items() if target is not None}


class _Policy(_Table):
    environments: tuple[_Text, ...] = ()
    confirm: tuple[_Text, ...] = ()
    max_step: Annotated[StrictInt, Field(ge=1, le=100)] = 100
    require_in_order: StrictBool = False
    naming: StrictStr | None = None
    required_tags: tuple[_Text, ...] = ()
    protected: tuple[_Text, ...] = ()
    hours: _Text | None = None


class _Cleanup(_Table):
    verify: _Text | None = None
    verify_timeout: Annotated[StrictInt, Field(ge=1, le=86_400)] = 1800


class _Evaluate(_Table):
    weights: Mapping[_Text, Annotated[float, Field(ge=0, le=10)]] = Field(default_factory=dict)
    flag_from: Literal["low", "medium", "high", "critical"] = "medium"


class _File(_Table):
    backend: _Backend = _Backend()
    reads: tuple[_Read, ...] = ()
    aliases: Mapping[_Text, tuple[_Text, ...]] = Field(default_factory=dict)
    policy: _Policy = _Policy()
    cleanup: _Cleanup = _Cleanup()
    evaluate: _Evaluate = _Evaluate()


_KEYS: Mapping[str, Sequence[str]] = {
    "": tuple(_File.model_fields),
    "backend": tuple(_Backend.model_fields),
    "reads": tuple(_Read.model_fields),
    "policy": tuple(_Policy.model_fields),
    "cleanup": tuple(_Cleanup.model_fields),
    "evaluate": tuple(_Evaluate.model_fields),
}


def parse_config(content: bytes, path: Path) -> tuple[Config, bool]:
    """The configuration of a featureops.toml, or of the `[tool.featureops]` table of a pyproject.toml, and whether it
    names `backend.kind`.

    Errors: BadConfiguration, naming the file, each key (at most five), what is wrong and what is allowed.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadConfiguration(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(
            f"{path} is not valid TOML: {error}.", "Mend the line that the message names."
        ) from error
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("featureops", {})
    try:
        checked = _File.model_validate(table)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False), path) from error
    return _frozen(checked, path), "kind" in checked.backend.model_fields_set


def _frozen(checked: _File, path: Path) -> Config:
    policy = checked.policy
    if policy.naming is not None:
        _check_pattern(policy.naming, path)
    if policy.hours is not None:
        _check_hours(policy.hours, path)
    return Config(
        backend=BackendConfig(checked.backend.kind, checked.backend.project, checked.backend.url),
        reads=tuple(_house_read(read, f"reads[{position}]", path) for position, read in enumerate(checked.reads)),
        aliases=dict(checked.aliases),
        policy=Policy(
            environments=policy.environments,
            confirm=policy.confirm,
            max_step=policy.max_step,
            require_in_order=policy.require_in_order,
            naming=policy.naming,
            required_tags=policy.required_tags,
            protected=policy.protected,
            hours=policy.hours,
        ),
        cleanup=CleanupConfig(checked.cleanup.verify, checked.cleanup.verify_timeout),
        evaluate=_evaluation(checked.evaluate, path),
        source=str(path),
    )


def _evaluation(checked: _Evaluate, path: Path) -> EvaluateConfig:
    for signal in checked.weights:
        if signal not in _SIGNALS and signal not in GROUPS:
            close = difflib.get_close_matches(signal, [*_SIGNALS, *GROUPS], n=1)
            meant = f"Did you mean `{close[0]}`? " if close else ""
            raise BadConfiguration(
                f"{path}: evaluate.weights names no signal {signal!r}.",
                f"{meant}A weight is for a group ({', '.join(GROUPS)}) or one of: {', '.join(sorted(_SIGNALS))}.",
            )
    return EvaluateConfig(dict(checked.weights), checked.flag_from)


def _check_hours(text: str, path: Path) -> None:
    try:
        ZoneInfo(hours_from(text).zone)
    except BadConfiguration as error:
        raise BadConfiguration(f"{path}: {error.message}", error.hint) from error
    except (KeyError, ValueError, OSError) as error:
        raise BadConfiguration(f"{path}: policy.hours names no time zone: {text!r}.", "One is Europe/Oslo.") from error


def _check_pattern(pattern: str, path: Path) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadConfiguration(
            f"{path}: policy.naming is not a regular expression: {error}.", r"An example: '^[a-z0-9]+(-[a-z0-9]+)+$'."
        ) from error


def _house_read(read: _Read, where: str, path: Path) -> HouseRead:
    forms = read.forms()
    if len(forms) != 1:
        given = f"has {' and '.join(forms)}" if forms else "has none"
        raise BadConfiguration(
            f"{path}: {where} must have exactly one form key, but {given}.",
            f"The form keys are {', '.join(_FORMS)}; write one [[reads]] table for each.",
        )
    form, target = next(iter(forms.items()))
    problem = _misfit(form, target, read)
    if problem:
        raise BadConfiguration(f"{path}: {where} ({form} = {target!r}) {problem[0]}.", problem[1])
    return HouseRead(form, target, read.flag, read.name, read.when, read.language, read.value)


def _misfit(form: _Form, target: str, read: _Read) -> tuple[str, str] | None:
    """What is wrong with `flag` and `name` for this form, and the way out."""
    if read.flag is not None and read.name is not None:
        return "has both `flag` and `name`", "Keep `flag` (where the key is found) or `name` (it is always this flag)."
    if read.value is not None and form != "test":
        return f"has `value`, but a {form} sets nothing", "Leave `value` out."
    if form in ("call", "decorator", "component", "test", "definition"):
        return _misfit_argument(form, read)
    if read.flag is not None:
        return f"has `flag`, but a {form} has no arguments", "Leave `flag` out."
    if form == "expression" and read.name is None:
        return "needs `name`", 'Say which flag the expression is, for example name = "new-checkout".'
    if form == "entry" and read.name is not None:
        return "has `name`, but the entry's own value is the flag", "Leave `name` out."
    if form == "member" and ("{flag}" in target) == (read.name is not None):
        return "needs either {flag} in the member or `name`", 'For example member = "features.{flag}".'
    return None


def _misfit_argument(form: _Form, read: _Read) -> tuple[str, str] | None:
    if read.flag is None and read.name is None:
        example = 'flag = "flagKey"' if form == "component" else "flag = 0"
        return "needs `flag` or `name`", f'Say where the key is ({example}) or which flag this is (name = "...").'
    if form == "component" and isinstance(read.flag, int):
        return "has a number as `flag`", 'An element has attributes: give the name of one, as in flag = "toggleId".'
    return None


def _explained(errors: Sequence[ErrorDetails], path: Path) -> BadConfiguration:
    described = [_one(error) for error in errors[:_SHOWN]]
    more = f" (and {len(errors) - _SHOWN} more)" if len(errors) > _SHOWN else ""
    hints = dict.fromkeys(hint for _, hint in described if hint)
    return BadConfiguration(f"{path}: {'; '.join(what for what, _ in described)}{more}.", " ".join(hints))


def _one(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with one key, and the hint."""
    # A union adds the name of the tried type as a last part; it is no key of the file.
    parts = [part for part in error["loc"] if not (isinstance(part, str) and "constrained" in part)]
    key = _dotted(parts)
    if error["type"] == "extra_forbidden":
        return f"unknown key {key}", _nearest(parts)
    message = error["msg"].replace("Input should be", "must be").replace("String should", "must")
    message = (
        message.replace("a valid tuple", "an array").replace("valid dictionary", "table").partition(" or instance")[0]
    )
    shown = error["input"]
    value = f", not {shown!r}" if isinstance(shown, str | int | float | bool) and len(repr(shown)) <= 60 else ""
    return f"{key} {message[0].lower()}{message[1:]}{value}", ""


def _nearest(parts: Sequence[int | str]) -> str:
    table = "" if len(parts) == 1 else str(parts[0])
    allowed = _KEYS.get(table, ())
    close = difflib.get_close_matches(str(parts[-1]), allowed, n=1)
    meant = f"Did you mean `{close[0]}`? " if close else ""
    place = f"[{table}]" if table else "The file"
    return f"{meant}{place} may have: {', '.join(allowed)}."


def _dotted(parts: Sequence[int | str]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"
