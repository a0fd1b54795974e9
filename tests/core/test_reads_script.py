"""Reads in scripts: what tells a receiver, and keys that lie in files of data."""

from __future__ import annotations

from textwrap import dedent

import pytest

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
