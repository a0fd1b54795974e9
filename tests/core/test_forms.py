from __future__ import annotations

import pytest

from featureops.core.cleanup import cleanup_project
from featureops.core.detect.guards import guards
from featureops.core.model import Span
from featureops.core.reads import find_reads
from featureops.languages import packs
from tests.core.sources import program

MEMBERS = "import { useFlags } from 'launchdarkly-react-client-sdk';\n"
GATED = "import { FeatureFlag } from '@openfeature/react-sdk';\n"
NEST = "import { BooleanFeatureFlag, RequireFlagsEnabled } from '@openfeature/nestjs-sdk';\n"
Row = tuple[int, str | None, str]


def reads(text: str, path: str = "a.tsx") -> list[Row]:
    found = find_reads(program({path: text}), path)
    return [(read.node.file.line_of(read.node.start), read.flag, read.value) for read in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("const flags = useFlags();\nif (flags.newCheckout) go();", [(3, "new-checkout", "boolean")]),
        ("if (useFlags().newCheckout) go();", [(2, "new-checkout", "boolean")]),
        ("const { newCheckout, other: o } = useFlags();", [(2, "new-checkout", "name"), (2, "other", "name")]),
        ("const { newCheckout = false } = useFlags();", [(2, "new-checkout", "name")]),
        ("const flags = useFlags();\nconst { newCheckout } = flags;", [(3, "new-checkout", "name")]),
        ("const flags = useFlags();\nif (flags['new.checkout']) go();", [(3, "new.checkout", "boolean")]),
        ("const flags = useFlags();\nif (flags.color === 'red') go();", [(3, "color", "string")]),
        ("const flags = useFlags();\nshow(flags.banner.text);", [(3, "banner", "object")]),
        ("const flags = useFlags();\nif (flags.limit > 3) go();", [(3, "limit", "number")]),
        ("let flags = useFlags();\nflags = other();\nif (flags.newCheckout) go();", []),
        ("const flags = useFlags();\nif (flags[name]) go();", [(3, None, "boolean")]),
        ("const { ...rest } = useFlags();", []),
        ("const flags = other.useFlags();\nif (flags.newCheckout) go();", []),
    ],
)
def test_members_of_a_result_are_flags(body: str, expected: list[Row]) -> None:
    assert reads(MEMBERS + body) == expected


def test_the_same_names_from_elsewhere_are_none() -> None:
    assert reads("import { useFlags } from './country';\nconst { newCheckout } = useFlags();\nuseFlags().other;") == []


def test_a_component_of_the_sdk_asks_for_the_flag_of_its_attribute() -> None:
    text = "<FeatureFlag flagKey='new-checkout' fallback={<Old />}>\n<New />\n</FeatureFlag>;\n"
    assert reads(GATED + text) == [(2, "new-checkout", "component")]
    assert reads(GATED + "<FeatureFlag flagKey='color' matchValue='red'><New /></FeatureFlag>;") == [
        (2, "color", "details")
    ]
    assert reads(GATED + "<FeatureFlag flagKey={key} />;") == [(2, None, "component")]
    assert reads("import { FeatureFlag } from './own';\n" + text) == []


def test_decorators_of_the_sdk_ask_for_each_of_their_flags() -> None:
    text = """class Shop {
  @RequireFlagsEnabled({ flags: [{ flagKey: 'new-checkout' }, { flagKey: 'other' }] })
  @Get()
  pay(@BooleanFeatureFlag({ flagKey: 'third', defaultValue: false }) third: unknown) {}
}
"""
    assert reads(NEST + text, "a.ts") == [
        (3, "new-checkout", "decorator"),
        (3, "other", "decorator"),
        (5, "third", "details"),
    ]
    assert reads("import { RequireFlagsEnabled } from './own';\n" + text, "a.ts") == []


def guarding(text: str, place: str, path: str = "a.tsx") -> list[tuple[str, str]]:
    project = program({path: text})
    file = project.file(path)
    assert file is not None
    at = file.data.index(place.encode())
    return [(guard.flag, guard.branch) for guard in guards(project, path, Span(at, at + len(place)))]


def test_a_component_guards_its_children_and_not_its_attributes() -> None:
    text = f"{GATED}<FeatureFlag flagKey='new-checkout' fallback={{<Old />}}><New /></FeatureFlag>;\n"
    assert guarding(text, "<New />") == [("new-checkout", "enabled")]
    assert guarding(text, "<Old />") == []


def test_a_decorator_guards_its_own_method_only() -> None:
    text = f"""{NEST}class Shop {{
  @RequireFlagsEnabled({{ flags: [{{ flagKey: 'a' }}, {{ flagKey: 'b' }}] }})
  @Post()
  pay() {{ first(); }}
  other() {{ second(); }}
}}
@RequireFlagsEnabled({{ flags: [{{ flagKey: 'c' }}] }})
class All {{ x() {{ third(); }} }}
"""
    assert guarding(text, "first()", "a.ts") == [("a", "enabled"), ("b", "enabled")]
    assert guarding(text, "second()", "a.ts") == []
    assert guarding(text, "third()", "a.ts") == [("c", "enabled")]


def test_a_name_taken_out_of_the_flags_guards() -> None:
    text = f"{MEMBERS}function A() {{ const {{ newCheckout: on }} = useFlags(); if (!on) return 0; go(); }}"
    assert guarding(text, "go()") == [("new-checkout", "enabled")]


def cleaned(text: str, *, keep: bool) -> tuple[str, str]:
    result = cleanup_project({"a.tsx": text.encode()}, "new-checkout", keep, packs())
    after = result.edits[0].after if result.edits else text.encode()
    return (after or b"").decode(), result.verdict


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "function A() {\n  const flags = useFlags();\n  return flags.newCheckout ? <New /> : <Old />;\n}\n",
            "function A() {\n  return <New />;\n}\n",
        ),
        (
            "function A() {\n  const { newCheckout } = useFlags();\n  return newCheckout ? <New /> : <Old />;\n}\n",
            "function A() {\n  return <New />;\n}\n",
        ),
        (
            "function A() {\n  const { newCheckout: a } = useFlags();\n  if (!a) {\n    go();\n  }\n  return 2;\n}\n",
            "function A() {\n  return 2;\n}\n",
        ),
    ],
)
def test_members_and_names_are_folded_and_the_hook_goes_with_them(before: str, after: str) -> None:
    assert cleaned(MEMBERS + before, keep=True) == (after, "complete")


def test_other_flags_of_the_same_hook_stay() -> None:
    before = (
        f"{MEMBERS}function A() {{\n  const {{ newCheckout, other }} = useFlags();\n"
        "  return newCheckout && other ? <New /> : <Old />;\n}\n"
    )
    after = f"{MEMBERS}function A() {{\n  const {{ other }} = useFlags();\n  return other ? <New /> : <Old />;\n}}\n"
    assert cleaned(before, keep=True) == (after, "complete")


@pytest.mark.parametrize(
    "body",
    [
        "const { newCheckout, ...rest } = useFlags();\nshow(newCheckout, rest);\n",
        "const { newCheckout: { text } } = useFlags();\nshow(text);\n",
        "const flags = useFlags();\nflags.newCheckout = true;\n",
    ],
)
def test_what_would_change_more_than_the_flag_is_left_and_told(body: str) -> None:
    assert cleaned(MEMBERS + body, keep=True) == (MEMBERS + body, "refused")


def test_a_name_taken_from_a_variable_takes_the_variable_with_it() -> None:
    head, tail = "function A() {\n", "  return one();\n}\n"
    taken = "  const flags = useFlags();\n  const { newCheckout } = flags;\n"
    before = head + taken + tail.replace("one()", "newCheckout && one()")
    assert cleaned(MEMBERS + before, keep=True) == (head + tail, "complete")


def test_a_name_that_is_assigned_anew_is_left_and_told() -> None:
    before = f"{MEMBERS}let {{ newCheckout }} = useFlags();\nnewCheckout = false;\nif (newCheckout) go();\n"
    assert cleaned(before, keep=True) == (before, "refused")


def test_a_member_that_is_no_boolean_is_left_and_told() -> None:
    before = f"{MEMBERS}const flags = useFlags();\nif (flags.newCheckout === 'red') go();\n"
    assert cleaned(before, keep=True) == (before, "refused")


def test_a_read_by_a_built_key_is_folded_in_a_file_that_does_not_hold_it() -> None:
    before = (
        "from UnleashClient import UnleashClient\nclient = UnleashClient('u', 'a')\nPRE = 'new'\n"
        "if client.is_enabled(f'{PRE}-checkout'):\n    go()\n"
    )
    result = cleanup_project({"a.py": before.encode()}, "new-checkout", True, packs())
    assert result.verdict == "complete"
    assert b"is_enabled" not in (result.edits[0].after or b"")
