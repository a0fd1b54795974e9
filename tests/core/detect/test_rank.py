from __future__ import annotations

import pytest

from featureops.core.detect.rank import ASK_USER, USE_EXISTING, Known, Wanted, rank, recommendation, stem, words

FLAGS = [
    Known("new-checkout", paths=("shop/checkout.py",), around=("pay",)),
    Known("payment-method-picker", paths=("web/Picker.tsx",)),
    Known("free-shipping-banner", paths=("shop/banner.py",)),
    Known("checkout", paths=("shop/cart.py",)),
    Known("dark-mode", description="Night colours for the settings page"),
]


def best(text: str, *files: str, code: str = "") -> tuple[str, float] | None:
    found = rank(Wanted(text, files, code), FLAGS)
    return (found[0].name, found[0].score) if found else None


@pytest.mark.parametrize(
    "group",
    [
        ("payment", "payments", "pay", "paying", "payer"),
        ("ship", "ships", "shipping", "shipped", "shipment"),
        ("order", "orders", "ordered", "ordering"),
        ("category", "categories"),
        ("optimize", "optimization", "optimizations"),
        ("picker", "pickers", "pick", "picking"),
        ("address", "address"),
    ],
)
def test_words_of_one_family_have_one_stem(group: tuple[str, ...]) -> None:
    assert len({stem(word) for word in group}) == 1


@pytest.mark.parametrize("pair", [("checkout", "check"), ("price", "print"), ("user", "use"), ("email", "mail")])
def test_words_that_only_look_alike_stay_apart(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


def test_letters_beyond_ascii_belong_to_their_words() -> None:
    assert set(words("SKYGGEKJØR_INFOTRYGD, prüfeÄnderung, vérifie").values()) == {
        "skyggekjør",
        "infotrygd",
        "prüfe",
        "änderung",
        "vérifie",
    }
    assert words("ve\u0301rifie") == {"verifi": "vérifie"}
    assert words("skyggekjør").keys() == words("skyggekjor").keys()


def test_identifiers_are_split_and_words_without_meaning_dropped() -> None:
    assert list(words("Add the new PaymentMethodPicker feature_flags for HTTPRequests 2").values()) == [
        "add",
        "new",
        "payment",
        "method",
        "picker",
        "httprequests"[:4],
        "requests",
    ]


@pytest.mark.parametrize("text", ["", "   ", "the flag of a feature", "1 2 3", "!?"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert words(text) == {}
    assert rank(Wanted(text), FLAGS) == ()


def test_the_exact_name_in_the_text_is_certain() -> None:
    assert best("put the rest behind new-checkout too") == ("new-checkout", 1.0)
    assert best('guard it with "checkout" please') == ("checkout", 1.0)


@pytest.mark.parametrize("text", ["new-checkout-v2 is something else", "see my-new-checkout"])
def test_a_longer_name_is_not_the_exact_name(text: str) -> None:
    found = best(text)
    assert found is not None
    assert found[1] < 1.0


def test_a_flag_known_from_code_alone_can_be_certain() -> None:
    assert best("pick a payment method", "web/Picker.tsx") == ("payment-method-picker", 1.0)


@pytest.mark.parametrize(
    ("text", "files", "flag", "advice"),
    [
        ("let customers pick their payment methods", (), "payment-method-picker", "use_existing"),
        ("rework the new checkout", (), "new-checkout", "use_existing"),
        ("shipping banners", (), "free-shipping-banner", "ask_user"),
        ("night colours for the settings page", (), "dark-mode", "create_new"),
        ("send invoices by mail", (), None, "create_new"),
        ("send invoices by mail", ("shop/checkout.py",), "new-checkout", "create_new"),
        ("a new feature to add", (), None, "create_new"),
    ],
)
def test_the_advice_follows_the_score(text: str, files: tuple[str, ...], flag: str | None, advice: str) -> None:
    found = best(text, *files)
    assert (found[0] if found else None) == flag
    assert recommendation(found[1] if found else 0.0) == advice


def test_the_same_file_counts_more_than_its_folder() -> None:
    same, near = best("a shorter cart", "shop/cart.py"), best("a shorter cart", "shop/other.py")
    assert same is not None and near is not None  # noqa: PT018 - one fact
    assert same[1] > near[1] > 0


def test_scores_are_bounded_sorted_and_do_not_depend_on_the_order() -> None:
    wanted = Wanted("new checkout with free shipping banner and payment methods", ("shop/checkout.py",))
    found = rank(wanted, FLAGS, limit=10)
    assert found == rank(wanted, reversed(FLAGS), limit=10)
    assert [row.score for row in found] == sorted((row.score for row in found), reverse=True)
    assert all(0 < row.score <= 1 and row.evidence for row in found)


def test_no_more_than_the_limit_are_given() -> None:
    assert len(rank(Wanted("new checkout free shipping banner payment"), FLAGS, limit=2)) == 2


def test_evidence_quotes_words_and_files() -> None:
    row = rank(Wanted("pick payment methods", ("web/Picker.tsx",)), FLAGS)[0]
    assert row.evidence == (
        "its name shares payment, method, picker with the description",
        "it is read in web/Picker.tsx",
        "it is read in code about picker",
    )


def test_the_thresholds_are_those_of_the_contract() -> None:
    assert (USE_EXISTING, ASK_USER) == (0.7, 0.4)
    assert [recommendation(score) for score in (0.7, 0.69, 0.4, 0.39, 0)] == [
        "use_existing",
        "ask_user",
        "ask_user",
        "create_new",
        "create_new",
    ]


def test_of_equal_flags_the_one_whose_code_changed_lately_comes_first() -> None:
    flags = [Known("a-payment-form", paths=("a.py",)), Known("b-payment-form", paths=("b.py",))]
    found = rank(Wanted("payment form", recent={"b.py": 2}), flags)
    assert [row.name for row in found] == ["b-payment-form", "a-payment-form"]
    assert "b.py, where it is read, changed 2 days before the newest commit" in found[0].evidence
    assert found[0].score - found[1].score == pytest.approx(0.05)


def test_code_that_changed_lately_makes_no_candidate_of_another_matter() -> None:
    assert rank(Wanted("dark mode", recent={"a.py": 0}), [Known("payment-form", paths=("a.py",))]) == ()
