"""Every node type that a signals.toml names is one of its grammar's own: a misspelt one fits nothing, silently."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from featureops.core.pack import LanguagePack
from featureops.languages import packs
from featureops.languages.signal_tables import NODE_KEYS, signals_for
from tests.core.test_packs import known_nodes


@pytest.mark.parametrize("pack", packs().languages, ids=lambda pack: str(pack.id))
def test_the_grammar_has_every_node_that_the_signals_name(pack: LanguagePack) -> None:
    own = tomllib.loads((files("featureops.languages") / pack.id / "signals.toml").read_text("utf-8"))
    named = {node for key in NODE_KEYS for node in own.get(key, [])} | set(own.get("calls", {}))
    assert named
    assert not named - known_nodes(pack)


@pytest.mark.parametrize("pack", packs().languages, ids=lambda pack: str(pack.id))
def test_every_language_tells_what_an_assessment_can_not_do_without(pack: LanguagePack) -> None:
    signals = signals_for(pack.id)
    assert signals is not None
    needed = (signals.comments, signals.functions, signals.declarations, signals.branches, signals.conditions)
    assert all((*needed, signals.exits, signals.statements, signals.identifiers, signals.parameters, signals.calls))
    assert all((signals.text, signals.tests, signals.manifests, signals.entry_points))
