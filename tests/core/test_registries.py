from __future__ import annotations

import pytest

from featureops.core.registries import entries_of_key
from tests.core.sources import source


def entries(text: str) -> list[str]:
    return [node.text for node in entries_of_key(source("a.ts", text), "newCheckout")]


@pytest.mark.parametrize(
    "text",
    [
        "export const orders = { newCheckout: 3, oldCheckout: 4 };",
        "const flags = { newCheckout: false };",
        "const show = () => { const flags = { newCheckout: 1, other: 2 }; return flags; };",
        "const flags = { other: newCheckout, more: 2 };",
        "const flags = { newCheckout, more: 2 };",
        "const flags = [newCheckout, other];",
    ],
)
def test_a_name_elsewhere_than_among_the_keys_of_a_list_of_flags_lists_nothing(text: str) -> None:
    assert entries(text) == []


def test_a_bare_key_and_a_quoted_one_list_a_flag_alike() -> None:
    assert entries("const flags = { newCheckout: false, other: true };") == ["newCheckout: false"]
    assert entries("const flags = { 'newCheckout': false, other: true };") == ["'newCheckout': false"]
