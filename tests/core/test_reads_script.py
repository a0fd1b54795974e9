"""Reads in scripts: what tells a receiver, and keys that lie in files of data."""

from __future__ import annotations

from textwrap import dedent

import pytest

from featureops.core.reads import find_reads
from tests.core.sources import program
from tests.core.test_reads import Row, reads

OPEN = "import { OpenFeature, Client } from '@openfeature/server-sdk';\n"
SERVICE = """
    import type { Client } from '@openfeature/server-sdk';
    import { Lamp } from './lamp';
    export class S {
      constructor(public client: Client, readonly kept: Client, passing: Client, private lamp: Lamp) {}
    }
"""

RECEIVERS = {
    "other-type": (
        "type C = ReturnType<typeof lamps>;\nexport const f = (c: C) => c.getBooleanValue('k', false);\n",
        [(3, "k", "unproven")],
    ),
    "client-among-fields": (
        "type C = { client: Client; lamp: Lamp };\nexport const f = (c: C) => c.getBooleanValue('k', false);\n",
        [(3, "k", "unproven")],
    ),
    "parameter-that-is-not-kept": (
        "import { S } from './s';\nconst f = (s: S) => s.passing.getBooleanValue('k', false);\n",
        [(3, "k", "unproven")],
    ),
    "field-of-another-type": (
        "import { S } from './s';\nconst f = (s: S) => s.lamp.getBooleanValue('k', false);\n",
        [(3, "k", "unproven")],
    ),
    "result-of-the-factory": (
        "type C = ReturnType<typeof OpenFeature.getClient>;\nconst f = (c: C) => c.getBooleanValue('k', false);\n",
        [(3, "k", "proven")],
    ),
    "result-of-the-house-s-factory": (
        (
            "const make = () => OpenFeature.getClient();\n"
            "const f = (c: ReturnType<typeof make>) => c.getBooleanValue('k', 1);\n"
        ),
        [(3, "k", "proven")],
    ),
    "another-name-for-the-type": (
        "type Asks = Client;\nconst f = (c: Asks) => c.getBooleanValue('k', false);\n",
        [(3, "k", "proven")],
    ),
    "kept-parameter": (
        "import { S } from './s';\nconst f = (s: S) => s.client.getBooleanValue('k', false);\n",
        [(3, "k", "proven")],
    ),
    "kept-for-reading": (
        "import { S } from './s';\nconst f = (s: S) => s.kept.getBooleanValue('k', false);\n",
        [(3, "k", "proven")],
    ),
}


@pytest.mark.parametrize("case", RECEIVERS)
def test_a_type_tells_the_receiver_as_far_as_it_is_known(case: str) -> None:
    text, rows = RECEIVERS[case]
    files = {"s.ts": SERVICE, "lamp.ts": "export class Lamp {}\n", "a.ts": OPEN + text}
    assert reads(files, "a.ts") == rows


CONFIG = '{ "FLAG": { "key": "demo", "on": true }, "plain": "other" }\n'
DATA = {
    "no-text": ("const c = require('./config.json');\n", "c.FLAG.on", None),
    "no-such-name": ("const c = require('./config.json');\n", "c.FLAG.name", None),
    "no-such-file": ("const c = require('./other.json');\n", "c.FLAG.key", None),
    "local-name": ("const c = { FLAG: make() };\n", "c.FLAG.key", None),
    "part": ("const { FLAG } = require('./config.json');\n", "FLAG.key", "demo"),
    "whole": ("import c from './config.json';\n", "c.FLAG.key", "demo"),
    "namespace": ("import * as c from './config.json';\n", "c.plain", "other"),
    "named": ("import { plain as key } from './config.json';\n", "key", "other"),
}


@pytest.mark.parametrize("case", DATA)
def test_a_key_may_lie_in_an_imported_file_of_data(case: str) -> None:
    imports, key, flag = DATA[case]
    text = f"{imports}import {{ isEnabled }} from 'unleash-client';\nisEnabled({key});\n"
    assert reads({"config.json": CONFIG, "a.ts": text}, "a.ts") == [(3, flag, "proven")]


ALL_FLAGS = "import { useFlags } from 'launchdarkly-react-client-sdk';\n"
INDEXED: dict[str, tuple[str, list[Row]]] = {
    "of-something-else": ("const f = (flags, k) => flags[k];\n", []),
    "made-at-run-time": ("const F = ({ k }) => useFlags()[k];\n", [(2, None, "proven")]),
    "constant": ("const K = 'newPay';\nconst F = () => useFlags()[K];\n", [(3, "newPay", "proven")]),
    "written": (
        "const F = () => { const flags = useFlags();\nreturn flags['new-pay']; };\n",
        [(3, "new-pay", "proven")],
    ),
}


@pytest.mark.parametrize("case", INDEXED)
def test_a_flag_of_all_may_be_asked_for_by_a_key(case: str) -> None:
    text, rows = INDEXED[case]
    assert reads({"a.tsx": dedent(ALL_FLAGS + text)}, "a.tsx") == rows


HOUSE_HOOKS = """
    import { useFlags as theirs } from 'launchdarkly-react-client-sdk';
    export const useFlags = () => { const flags = theirs() as Set; return { ...flags, ...mocks(), own: 1 }; };
"""
MEMBERS: dict[str, tuple[str, str, list[tuple[str | None, bool]]]] = {
    "of-another-object": ("export const useFlags = () => ({ ...countries(), newNav: 1 });", "useFlags().newNav", []),
    "beside-another-result": ("export const useFlags = () => [theirs()];", "useFlags().newNav", []),
    "one-of-several-results": (
        "export function useFlags() { if (off) { return {}; } return theirs(); }",
        "useFlags().newNav",
        [],
    ),
    "the-house-s-own-entry": (HOUSE_HOOKS, "useFlags().own", []),
    "passed-on": ("export const useFlags = () => theirs();", "useFlags().newNav", [("new-nav", True)]),
    "with-others-over-them": (HOUSE_HOOKS, "useFlags().newNav", [("new-nav", False)]),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_a_house_s_hook_may_pass_on_the_flags(case: str) -> None:
    hook, asks, rows = MEMBERS[case]
    own = dedent(hook) if "theirs }" in hook else f"import {{ useFlags as theirs }} from '{LD_REACT}';\n{hook}\n"
    files = {"hooks.ts": own, "a.tsx": f"import {{ useFlags }} from './hooks';\nconst A = () => {asks};\n"}
    assert [(read.flag, read.is_exact) for read in find_reads(program(files), "a.tsx")] == rows


LD_REACT = "launchdarkly-react-client-sdk"
CHOSEN: dict[str, tuple[str, list[tuple[str | None, bool]]]] = {
    "none-of-the-sdk": ("export const useFlag = local ? own : other;", []),
    "called-already": ("export const useFlag = theirs('k');", []),
    "set-again": ("export let useFlag = theirs; useFlag = own;", []),
    "another-name": ("export const useFlag = theirs;", [("k", True)]),
    "one-of-two": ("export const useFlag = local ? own : theirs;", [("k", False)]),
    "where-the-other-is-missing": ("export const useFlag = given ?? theirs;", [("k", False)]),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_an_sdk_s_function_may_be_chosen(case: str) -> None:
    text, rows = CHOSEN[case]
    hooks = f"import {{ useFlag as theirs }} from '@unleash/proxy-client-react';\n{text}\n"
    files = {"hooks.ts": hooks, "a.tsx": "import { useFlag } from './hooks';\nconst A = () => useFlag('k');\n"}
    assert [(read.flag, read.is_exact) for read in find_reads(program(files), "a.tsx")] == rows


CONSUMER = f"import {{ withLDConsumer }} from '{LD_REACT}';\n"
CONSUMERS: dict[str, tuple[str, list[str]]] = {
    "nothing-is-passed": ("const A = ({ flags }) => flags.showNews;\nexport default A;\n", []),
    "passed-by-another": ("const A = ({ flags }) => flags.showNews;\nexport default withRouter()(A);\n", []),
    "another-property": ("const A = ({ lamps }) => lamps.showNews;\nexport default withLDConsumer()(A);\n", []),
    "inner-name": ("const A = ({ flags }) => {\n  const f = (flags) => flags.x;\n};\nwithLDConsumer()(A);\n", []),
    "second-parameter": ("const A = (props, { flags }) => flags.showNews;\nwithLDConsumer()(A);\n", []),
    "pattern": ("const A = ({ flags }) => flags.showNews;\nexport default withLDConsumer()(A);\n", ["show-news"]),
    "renamed": ("const A = ({ flags: on }) => on.showNews;\nexport default withLDConsumer()(A);\n", ["show-news"]),
    "function": ("function A({ flags }) { return flags.showNews; }\nwithLDConsumer()(A);\n", ["show-news"]),
    "properties": ("const A = (props) => props.flags.showNews;\nexport default withLDConsumer()(A);\n", ["show-news"]),
    "in-place": ("export default withLDConsumer()(({ flags }) => flags.showNews);\n", ["show-news"]),
}


@pytest.mark.parametrize("path", ["a.jsx", "a.tsx"])
@pytest.mark.parametrize("case", CONSUMERS)
def test_a_component_may_get_the_flags_as_a_property(case: str, path: str) -> None:
    text, flags = CONSUMERS[case]
    assert [row[1] for row in reads({path: CONSUMER + text}, path)] == flags


@pytest.mark.parametrize(
    ("member", "flag"),
    [
        ("newCheckout", "new-checkout"),
        ("checkoutV2", "checkout-v2"),
        ("billingDBMigration", "billingDBMigration"),
        ("new_checkout", "new_checkout"),
        ("NewCheckout", "NewCheckout"),
    ],
)
def test_a_member_is_shown_as_a_key_only_where_that_turns_into_it(member: str, flag: str) -> None:
    assert [row[1] for row in reads({"a.tsx": f"{ALL_FLAGS}const A = () => useFlags().{member};\n"}, "a.tsx")] == [flag]
