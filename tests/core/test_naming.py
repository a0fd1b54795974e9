"""Flag names: suggested by the repository's conventions, checked against Unleash's rules and the policy."""

from __future__ import annotations

import re

import pytest

from featureops.core.naming import check_name, style_of, suggest_name


@pytest.mark.parametrize("name", ["a", "new-checkout", "shop.new_checkout~2", "x" * 100])
def test_url_friendly_names_are_allowed(name: str) -> None:
    assert check_name(name) is None


@pytest.mark.parametrize("name", ["", ".", "..", "with space", "grün", "a/b", "x" * 101, "line\nbreak", "trailing\n"])
def test_other_names_are_refused_with_the_allowed_characters(name: str) -> None:
    problem = check_name(name)
    assert problem is not None
    assert "A-Z a-z 0-9" in problem


def test_the_policys_pattern_must_match_the_whole_name() -> None:
    assert check_name("new-checkout-2", "[a-z]+-[a-z]+") is not None
    assert check_name("new-checkout", "^[a-z]+-[a-z]+$") is None


def test_the_description_names_the_flag_before_the_code_does() -> None:
    assert suggest_name("Add a gift card to the checkout", ["charge"], ["pay.py"]) == "gift-card-checkout"


def test_without_a_description_the_telling_symbol_names_it() -> None:
    assert suggest_name("", ["CheckoutButton", "onClick"], ["web/index.tsx"]) == "checkout-button"
    assert suggest_name("", ["login"], ["accounts/login.py"]) == "new-login"
    assert suggest_name("", [], ["shop/payments/index.ts"]) == "shop-payment"


def test_without_any_word_there_still_is_a_name() -> None:
    assert suggest_name("", [], []) == "new-change"
    assert check_name(suggest_name("¿¡", ["__init__"], ["."])) is None


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (["old_cart", "free_shipping"], "gift_card"),
        (["oldCart", "freeShipping"], "giftCard"),
        (["OLD_CART"], "GIFT_CARD"),
        (["shop.cart", "shop.banner", "shop.receipt"], "shop.gift.card"),
        (["web-cart", "web-banner", "api-x", "web-menu"], "web-gift-card"),
        (["plain"], "gift-card"),
    ],
)
def test_the_known_flags_set_style_and_prefix(known: list[str], name: str) -> None:
    assert suggest_name("gift card", [], [], known) == name


@pytest.mark.parametrize(
    "naming",
    ["^[a-z0-9]+(-[a-z0-9]+)+$", "[a-z]+_[a-z_]+", r"shop\.[a-z-]+", "^team-x-[a-z-]+$", "[A-Z_]+", "feature-.*"],
)
def test_the_policys_pattern_is_honoured_where_the_words_can(naming: str) -> None:
    assert re.fullmatch(naming, suggest_name("gift card", [], [], (), naming))


def test_a_taken_name_is_not_suggested_again() -> None:
    assert suggest_name("gift card", [], [], ["gift-card"]) == "gift-card-v2"
    assert suggest_name("gift card", [], [], ["gift-card", "GIFT-CARD-V2"]) == "gift-card-v3"


def test_a_long_description_gives_a_short_name() -> None:
    name = suggest_name("recommendations " + "internationalization " * 3 + "disestablishment reconciliation", [], [])
    assert len(name) <= 60


def test_names_without_a_style_say_nothing_about_it() -> None:
    assert style_of(["plain", "simple"]) == "kebab"
