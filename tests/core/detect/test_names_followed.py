"""Which names the search for a flag follows to other files."""

from __future__ import annotations

from collections.abc import Mapping

from featureops.core.detect.usages import find_usages
from featureops.core.project import Project
from tests.core.sources import grep_of, program

CLIENT = 'import { useFlag } from "@unleash/proxy-client-react";\n'
UNRELATED = "export function row(id: string) {\n  return { id, label: id, flag: id };\n}\n"


def search(files: Mapping[str, str], flag: str) -> tuple[Project, list[tuple[str, int, str]]]:
    project = program(files)
    texts = {path: text.encode() for path, text in files.items()}
    found = find_usages(project, flag, grep_of(texts), texts.get)
    return project, [(usage.path, usage.line, usage.kind) for usage in found]


def test_an_entry_in_a_list_or_among_arguments_gives_the_key_no_name_that_others_use() -> None:
    files = {
        "tool.ts": 'export const ROWS = [{ flag: "new-menu", label: "Menu" }];\nregister({ id: "new-menu" });\n',
        "other.ts": UNRELATED,
    }
    project, found = search(files, "new-menu")
    assert [(path, kind) for path, _, kind in found] == [("tool.ts", "definition"), ("tool.ts", "definition")]
    assert "other.ts" not in project.touched


def test_an_entry_of_a_named_object_is_followed() -> None:
    files = {
        "keys.ts": 'export const KEYS = { menu: { id: "new-menu" } } as const;\n',
        "menu.tsx": CLIENT + 'import { KEYS } from "./keys";\nexport const on = () => useFlag(KEYS.menu.id);\n',
    }
    _, found = search(files, "new-menu")
    assert ("menu.tsx", 3, "wrapper") in found


def test_only_another_name_for_the_key_is_followed_as_one() -> None:
    files = {
        "keys.ts": 'export const MENU = "new-menu";\n',
        "shop.ts": 'export const MENU = ["soup"];\n',
        "barrel.ts": 'export { MENU as NEW_MENU } from "./keys";\n',
        "card.ts": 'import { MENU as Card } from "./shop";\nexport const size = Card.length;\n',
        "table.ts": "export class Card {}\n",
        "menu.tsx": CLIENT + 'import { NEW_MENU } from "./barrel";\nexport const on = () => useFlag(NEW_MENU);\n',
    }
    project, found = search(files, "new-menu")
    assert ("menu.tsx", 3, "wrapper") in found
    assert "table.ts" not in project.touched


def test_a_name_that_is_part_of_a_longer_one_leads_nowhere() -> None:
    files = {
        "menu.ts": CLIENT + 'export function menu() {\n  return useFlag("new-menu");\n}\n',
        "near.ts": "export const submenus = [];\n",
    }
    project, found = search(files, "new-menu")
    assert ("menu.ts", 3, "wrapper") in found
    assert "near.ts" not in project.touched
