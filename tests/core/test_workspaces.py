"""Imports by the name of a package of the same repository, and by prefixes that a manifest declares."""

from __future__ import annotations

import pytest

from tests.core.sources import program

KEYS = "export const PAY = 'new-pay';\n"
CASES = {
    "package": (
        {"packages/keys/package.json": '{"name": "@shop/keys"}', "packages/keys/src/index.ts": KEYS},
        "@shop/keys",
    ),
    "package-main": (
        {"packages/keys/package.json": '{"name": "keys", "main": "lib/all.js"}', "packages/keys/lib/all.ts": KEYS},
        "keys",
    ),
    "file-of-a-package": (
        {"packages/keys/package.json": '{"name": "@shop/keys"}', "packages/keys/src/pay.ts": KEYS},
        "@shop/keys/pay",
    ),
    "prefix": (
        {
            "tsconfig.base.json": (
                "{ // shared\n"
                '  "compilerOptions": {"baseUrl": ".", "paths": {"@keys/*": ["libs/keys/src/*"], "other": [],},}}'
            ),
            "libs/keys/src/pay.ts": KEYS,
        },
        "@keys/pay",
    ),
    "whole-name": (
        {
            "apps/till/tsconfig.json": '{"compilerOptions": {"paths": {"keys": ["../../libs/keys.ts"]}}}',
            "libs/keys.ts": KEYS,
        },
        "keys",
    ),
    "base": ({"apps/tsconfig.json": '{"compilerOptions": {"baseUrl": "./lib"}}', "apps/lib/keys.ts": KEYS}, "keys"),
}
NONE = {
    "another-package": (
        {"packages/keys/package.json": '{"name": "@shop/keys"}', "packages/keys/src/index.ts": KEYS},
        "@shop/key",
    ),
    "broken": (
        {"packages/keys/package.json": '{"name": "@shop/keys"', "packages/keys/src/index.ts": KEYS},
        "@shop/keys",
    ),
    "a-list": ({"package.json": "[1]", "tsconfig.json": '{"compilerOptions": [], "name": 3}'}, "keys"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_declared_name_leads_to_its_file(case: str) -> None:
    files, module = CASES[case]
    project = program({**files, "apps/till/a.ts": f"import {{ PAY }} from '{module}';\n"})
    found = project.module_path("apps/till/a.ts", module)
    assert files.get(found or "") == KEYS


@pytest.mark.parametrize("case", NONE)
def test_what_no_manifest_declares_is_from_outside(case: str) -> None:
    files, module = NONE[case]
    assert program({**files, "apps/till/a.ts": ""}).module_path("apps/till/a.ts", module) is None
