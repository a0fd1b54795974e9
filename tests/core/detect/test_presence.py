"""What is worth parsing, by the bytes of a file and by the SDKs that the repository uses."""

from __future__ import annotations

import pytest

from featureops.core.config import Config, HouseRead
from featureops.core.detect.presence import Presence, Sighting
from featureops.languages import packs

USES_NONE = frozenset[str]()
USES_UNLEASH = frozenset({"io.getunleash"})


def sighting(path: str, text: str, config: Config | None = None) -> Sighting:
    presence = Presence(packs(), config or Config())
    data = text.encode()
    return presence.sighting(path, data, presence.offsets(path, data))


@pytest.mark.parametrize(
    ("path", "text", "modules"),
    [
        ("a.py", "from UnleashClient import UnleashClient\n", {"UnleashClient"}),
        ("a.py", "from openfeature import api\n", {"openfeature"}),
        ("a.ts", 'import { useFlag } from "@unleash/proxy-client-react";\n', {"@unleash/proxy-client-react"}),
        (
            "A.vue",
            '<script>\nimport { useFlag } from "@unleash/proxy-client-vue";\n</script>\n',
            {"@unleash/proxy-client-vue"},
        ),
        ("A.java", "import com.launchdarkly.sdk.server.LDClient;\n", {"com.launchdarkly.sdk.server"}),
        (
            "a.go",
            'import "github.com/open-feature/go-sdk/openfeature"\n',
            {"github.com/open-feature/go-sdk/openfeature"},
        ),
        ("a.php", "use Unleash\\{Client\\Unleash};\n", {"Unleash"}),
        ("a.rs", "use open_feature::{Client, provider};\n", {"open_feature"}),
        ("a.py", "import logging\n", set()),
    ],
)
def test_a_file_names_an_sdk_by_its_module(path: str, text: str, modules: set[str]) -> None:
    assert sighting(path, text).spoken == modules


def test_a_call_of_something_without_a_telling_name_waits_for_the_sdk() -> None:
    seen = sighting("A.java", "class A { boolean f(Mapper m) { return m.isEnabled(Feature.WRAP); } }")
    assert seen.among(USES_NONE) == []
    assert len(seen.among(USES_UNLEASH) or []) == 1
    assert seen.among(frozenset({"com.launchdarkly.sdk.server"})) == []


@pytest.mark.parametrize(
    "text",
    [
        'class A { boolean f(Mapper m) { return m.isEnabled("new-checkout"); } }',
        "class A { boolean f(Mapper m) { return m.isEnabled( 'new-checkout', true); } }",
        "class A { boolean f(Mapper featureToggles) { return featureToggles.isEnabled(Feature.WRAP); } }",
        "class A { boolean f(Mapper m) { return m.isEnabled(FlagKeys.WRAP); } }",
        "class A { boolean f() { return this.featureService().isEnabled(Keys.WRAP); } }",
        "class A { /* asks Unleash */ boolean f(Mapper m) { return m.isEnabled(Feature.WRAP); } }",
    ],
)
def test_a_written_key_or_a_telling_name_is_looked_at_anyway(text: str) -> None:
    assert len(sighting("A.java", text).among(USES_NONE) or []) == 1


@pytest.mark.parametrize("text", ['x.enabled? "new-checkout"', "x.is_enabled?(:new_checkout)", "x.is_enabled? :new"])
def test_a_key_is_written_also_without_parentheses(text: str) -> None:
    assert sighting("a.rb", f"{text}\n").among(USES_NONE) == sighting("a.rb", f"{text}\n").among(USES_UNLEASH)


def test_an_sdk_that_another_language_uses_makes_no_difference() -> None:
    seen = sighting("A.java", "class A { boolean f(Mapper m) { return m.isEnabled(Feature.WRAP); } }")
    spoken = sighting("a.ts", 'import { initialize } from "unleash-client";\n').spoken
    assert spoken
    assert seen.among(spoken) == []


def test_the_houses_own_forms_wait_for_nothing() -> None:
    config = Config(reads=(HouseRead(form="call", target="isTreated", flag=0),))
    seen = sighting("A.java", "class A { boolean f() { return isTreated(KEY); } }", config)
    assert len(seen.among(USES_NONE) or []) == 1


def test_a_name_imported_under_another_one_means_the_whole_file() -> None:
    assert sighting("a.ts", "import { useFlag as f } from './x'; f(KEY);").among(USES_NONE) is None
