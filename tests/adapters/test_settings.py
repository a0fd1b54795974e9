from __future__ import annotations

import dataclasses
import json
import multiprocessing
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from featureops.adapters.settings import (
    Secret,
    Settings,
    confirmation_secret,
    git_environment,
    load_settings,
    process_environment,
)
from featureops.core.config import BackendConfig, CleanupConfig, Config, EvaluateConfig, HouseRead, Policy
from featureops.core.errors import BadConfiguration, Unwritable

EVERYTHING = """
[backend]
kind = "unleash"
project = "shop"
url = "https://unleash.example.org/demo/api/"

[[reads]]
language = "someday"
call = "experiments.isTreated"
flag = 0
[[reads]]
member = "features.{flag}"
when = "disabled"
[[reads]]
decorator = "RequireFeature"
flag = "key"
[[reads]]
call = "isNewCheckoutOn"
name = "new-checkout"
[[reads]]
expression = "FeatureManagement.allow_login?"
name = "allow-login"
[[reads]]
component = "IfFlagOn"
flag = "toggleId"
[[reads]]
entry = "featureFlag"
[[reads]]
test = "enableFlags"
flag = 0

[cleanup]
verify = "make test"
verify_timeout = 600

[evaluate]
flag_from = "high"
weights = { where = 1.5, "how:size" = 0, "where:payments" = 2 }

[aliases]
"new-checkout" = ["Flags.NEW_CHECKOUT", "FeatureKeys.NewCheckout"]

[policy]
environments = ["development", "production"]
confirm = ["production"]
max_step = 25
require_in_order = true
naming = "^[a-z0-9]+(-[a-z0-9]+)+$"
required_tags = ["team"]
protected = ["kill-everything"]
hours = "Mon-Fri 09:00-16:00 Europe/Oslo"
"""


def load(root: Path, text: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    if text is not None:
        (root / "featureops.toml").write_text(text)
    return load_settings(root, {"HOME": "/home/someone", **(environ or {})})


def problem(root: Path, text: str) -> BadConfiguration:
    with pytest.raises(BadConfiguration) as error:
        load(root, text)
    assert "featureops.toml" in error.value.message
    return error.value


# ---------------------------------------------------------------- the file


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path).config == Config()


def test_every_key_of_the_file_arrives(tmp_path: Path) -> None:
    config = load(tmp_path, EVERYTHING).config
    assert config.cleanup == CleanupConfig("make test", 600)
    assert config.evaluate == EvaluateConfig({"where": 1.5, "how:size": 0, "where:payments": 2}, "high")
    assert config.backend == BackendConfig("unleash", "shop", "https://unleash.example.org/demo")
    assert config.reads == (
        HouseRead("call", "experiments.isTreated", 0, None, "enabled", "someday"),
        HouseRead("member", "features.{flag}", None, None, "disabled"),
        HouseRead("decorator", "RequireFeature", "key"),
        HouseRead("call", "isNewCheckoutOn", None, "new-checkout"),
        HouseRead("expression", "FeatureManagement.allow_login?", None, "allow-login"),
        HouseRead("component", "IfFlagOn", "toggleId"),
        HouseRead("entry", "featureFlag"),
        HouseRead("test", "enableFlags", 0),
    )
    assert config.aliases == {"new-checkout": ("Flags.NEW_CHECKOUT", "FeatureKeys.NewCheckout")}
    assert config.policy == Policy(
        ("development", "production"),
        ("production",),
        25,
        True,
        "^[a-z0-9]+(-[a-z0-9]+)+$",
        ("team",),
        ("kill-everything",),
        "Mon-Fri 09:00-16:00 Europe/Oslo",
    )
    assert config.source == str(tmp_path / "featureops.toml")


def test_a_weight_for_no_signal_names_the_nearest(tmp_path: Path) -> None:
    error = problem(tmp_path, '[evaluate.weights]\n"where:payment" = 2\n')
    assert "'where:payment'" in error.message
    assert "Did you mean `where:payments`?" in error.hint
    assert "history" in error.hint
    assert "evaluate.weights.how" in problem(tmp_path, "[evaluate.weights]\nhow = -1\n").message
    assert "flag_from" in problem(tmp_path, '[evaluate]\nflag_from = "often"\n').message


def test_the_table_of_pyproject_works_too_and_the_own_file_wins(tmp_path: Path) -> None:
    shared = tmp_path / "pyproject.toml"
    shared.write_text('[project]\nname = "x"\n[tool.featureops.backend]\nkind = "none"\n')
    config = load(tmp_path).config
    assert (config.backend.kind, config.source) == ("none", str(shared))
    assert load(tmp_path, "[policy]\nmax_step = 5\n").config.backend.kind == "embedded"


def test_a_pyproject_that_does_not_mention_featureops_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("this is no TOML [")
    assert load(tmp_path).config == Config()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[polcy]\n", "unknown key polcy", "Did you mean `policy`?"),
        ("[policy]\nmax_steps = 3\n", "unknown key policy.max_steps", "Did you mean `max_step`?"),
        ('[[reads]]\ncall = "a"\nflag = 0\n[[reads]]\ncal = "b"\nflag = 0\n', "unknown key reads[1].cal", "`call`"),
        ('[backend]\nkind = "embeded"\n', "backend.kind must be 'embedded', 'unleash' or 'none', not 'embeded'", ""),
        ("[policy]\nmax_step = 0\n", "policy.max_step must be greater than or equal to 1, not 0", ""),
        ("[policy]\nmax_step = 101\n", "policy.max_step must be less than or equal to 100", ""),
        ('[policy]\nmax_step = "25"\n', "policy.max_step must be a valid integer, not '25'", ""),
        ("[policy]\nrequire_in_order = 1\n", "policy.require_in_order must be a valid boolean", ""),
        ("[policy]\nconfirm = [1]\n", "policy.confirm[0] must be a valid string", ""),
        ('[policy]\nhours = "office"\n', "policy.hours is no span of hours: 'office'", "Mon-Fri 09:00-16:00"),
        ('[policy]\nhours = "09:00-16:00 Europe/Olso"\n', "policy.hours names no time zone", "Europe/Oslo"),
        ('[policy]\nnaming = "("\n', "policy.naming is not a regular expression", "An example"),
        (
            '[[reads]]\ncall = "a"\nflag = 0\nwhen = "on"\n',
            "reads[0].when must be 'enabled' or 'disabled', not 'on'",
            "",
        ),
        ('[[reads]]\ncall = "a"\nflag = -1\n', "reads[0].flag must be greater than or equal to 0", ""),
        ('[[reads]]\ncall = "a"\nflag = true\n', "reads[0].flag", ""),
        ('[[reads]]\ncall = ""\nflag = 0\n', "reads[0].call must have at least 1 character", ""),
        ('reads = "call"\n', "reads must be an array", ""),
        ('[aliases]\nx = "Flags.X"\n', "aliases.x must be an array", ""),
        ("policy = 3\n", "policy must be a table, not 3", ""),
        ("[policy\n", "is not valid TOML", "line"),
    ],
)
def test_what_is_wrong_is_named_with_its_key_and_what_is_allowed(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    error = problem(tmp_path, text)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("read", "message"),
    [
        ("flag = 0", "must have exactly one form key, but has none"),
        ('call = "a"\nmember = "b"\nflag = 0', "has call and member"),
        ('call = "a"', "needs `flag` or `name`"),
        ('call = "a"\nflag = 0\nname = "x"', "has both `flag` and `name`"),
        ('decorator = "a"', "needs `flag` or `name`"),
        ('test = "a"', "needs `flag` or `name`"),
        ('component = "a"\nflag = 0', "has a number as `flag`"),
        ('expression = "a"', "needs `name`"),
        ('expression = "a"\nflag = 0', "has `flag`"),
        ('member = "features.x"', "needs either {flag} in the member or `name`"),
        ('member = "features.{flag}"\nname = "x"', "needs either {flag} in the member or `name`"),
        ('member = "features.{flag}"\nflag = 0', "has `flag`"),
        ('entry = "a"\nflag = 0', "has `flag`"),
        ('entry = "a"\nname = "x"', "has `name`"),
    ],
)
def test_a_read_has_one_form_and_what_that_form_needs(tmp_path: Path, read: str, message: str) -> None:
    error = problem(tmp_path, f'[[reads]]\ncall = "fine"\nflag = 0\n[[reads]]\n{read}\n')
    assert message in error.message
    assert "reads[1]" in error.message
    assert error.hint


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    error = problem(tmp_path, '[backend]\nkind = "x"\n[policy]\nmax_step = 0\nprotected = 3\n')
    assert all(key in error.message for key in ("backend.kind", "policy.max_step", "policy.protected"))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "featureops.toml").write_bytes(b'[backend]\nproject = "\xff"\n')
    with pytest.raises(BadConfiguration, match="not UTF-8"):
        load(tmp_path)


# ---------------------------------------------------------------- the environment


def test_the_unleash_variables_choose_and_fill_the_backend(tmp_path: Path) -> None:
    environ = {
        "UNLEASH_BASE_URL": " https://u.example.org/x/api/ ",
        "UNLEASH_PAT": " user:secret ",
        "UNLEASH_DEFAULT_PROJECT": "shop",
        "UNLEASH_DEFAULT_ENVIRONMENT": "development",
    }
    settings = load(tmp_path, environ=environ)
    assert settings.config.backend == BackendConfig("unleash", "shop", "https://u.example.org/x")
    assert settings.default_environment == "development"
    assert settings.unleash_token is not None
    assert settings.unleash_token.reveal() == "user:secret"


def test_a_file_that_names_a_backend_keeps_it_whatever_the_address(tmp_path: Path) -> None:
    text = '[backend]\nkind = "embedded"\nproject = "filed"\n'
    backend = load(tmp_path, text, {"UNLEASH_BASE_URL": "https://u.example.org"}).config.backend
    assert (backend.kind, backend.project) == ("embedded", "filed")


def test_a_backend_without_an_address_and_an_address_without_a_scheme_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="no address") as error:
        load(tmp_path, '[backend]\nkind = "unleash"\n')
    assert "UNLEASH_BASE_URL" in error.value.hint
    with pytest.raises(BadConfiguration, match="http"):
        load(tmp_path, environ={"UNLEASH_BASE_URL": "u.example.org"})


def test_the_token_shows_itself_nowhere(tmp_path: Path) -> None:
    settings = load(tmp_path, environ={"UNLEASH_PAT": "user:secret"})
    shown = [
        repr(settings),
        str(settings.unleash_token),
        f"{settings.unleash_token}",
        str(dataclasses.asdict(settings)),
    ]
    assert not [text for text in shown if "secret'" in text or "user:" in text]
    with pytest.raises(TypeError):
        json.dumps(settings.unleash_token)
    assert Secret("a") == Secret("a") != Secret("b")


def test_the_folders_follow_the_variables_then_xdg_then_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    own = load(tmp_path, environ={"FEATUREOPS_STATE_DIR": "/s", "FEATUREOPS_CACHE_DIR": "/c", "XDG_STATE_HOME": "/x"})
    assert (own.state_dir, own.cache_dir) == (Path("/s"), Path("/c"))
    xdg = load(tmp_path, environ={"XDG_STATE_HOME": "/x", "XDG_CACHE_HOME": "relative"})
    assert (xdg.state_dir, xdg.cache_dir) == (Path("/x/featureops"), Path("/home/someone/.cache/featureops"))
    assert load(tmp_path).state_dir == Path("/home/someone/.local/state/featureops")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert load(tmp_path).state_dir == Path("/home/someone/Library/Application Support/featureops")
    monkeypatch.setattr(sys, "platform", "win32")
    assert load(tmp_path, environ={"LOCALAPPDATA": "/l"}).cache_dir == Path("/l/featureops/cache")


def test_each_root_has_a_database_of_its_own_unless_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "link").symlink_to("a")
    one, other, linked = (load(tmp_path / name).database for name in ("a", "b", "link"))
    assert one != other
    assert one == linked
    assert one.parent == Path("/home/someone/.local/state/featureops/embedded")
    assert load(tmp_path, environ={"FEATUREOPS_DATABASE": "/d/x.db"}).database == Path("/d/x.db")


@pytest.mark.parametrize("name", ["FEATUREOPS_STATE_DIR", "FEATUREOPS_CACHE_DIR", "FEATUREOPS_DATABASE"])
def test_relative_folders_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration, match=name):
        load(tmp_path, environ={name: "here"})


def test_log_levels_are_checked_where_they_are_ours(tmp_path: Path) -> None:
    assert load(tmp_path).log_level == "warning"
    assert load(tmp_path, environ={"LOG_LEVEL": "debug"}).log_level == "debug"
    assert load(tmp_path, environ={"LOG_LEVEL": "verbose"}).log_level == "warning"
    with pytest.raises(BadConfiguration, match="FEATUREOPS_LOG_LEVEL"):
        load(tmp_path, environ={"FEATUREOPS_LOG_LEVEL": "verbose"})


def test_other_processes_get_neither_the_token_nor_a_redirected_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNLEASH_PAT", "user:secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/mine")
    assert "UNLEASH_PAT" not in process_environment()
    assert "GIT_DIR" not in git_environment()
    assert git_environment()["GIT_CONFIG_GLOBAL"] == "/mine"


def test_loading_without_a_file_imports_no_validation_library(tmp_path: Path) -> None:
    script = (
        "import sys; from featureops.adapters.settings import load_settings; load_settings(sys.argv[1], {});"
        "assert not {'pydantic', 'tomllib', 'sqlite3'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)


# ---------------------------------------------------------------- the secret


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    settings = load(tmp_path, environ={"FEATUREOPS_STATE_DIR": str(tmp_path / "state")})
    first = confirmation_secret(settings)
    assert len(first) == 32
    assert confirmation_secret(settings) == first
    (path,) = (tmp_path / "state").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    assert len(confirmation_secret(settings)) == 32


def _report(state: str, root: str, queue: multiprocessing.SimpleQueue[bytes]) -> None:
    queue.put(confirmation_secret(load_settings(root, {"FEATUREOPS_STATE_DIR": state})))


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue()
    processes = [context.Process(target=_report, args=(str(tmp_path / "s"), str(tmp_path), queue)) for _ in range(4)]
    for process in processes:
        process.start()
    secrets = {queue.get() for _ in processes}
    for process in processes:
        process.join()
    assert len(secrets) == 1


def test_a_state_folder_that_is_a_file_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(Unwritable) as error:
        confirmation_secret(load(tmp_path, environ={"FEATUREOPS_STATE_DIR": str(tmp_path / "state")}))
    assert "FEATUREOPS_STATE_DIR" in error.value.hint
