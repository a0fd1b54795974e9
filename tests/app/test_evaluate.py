"""evaluate on real working trees, and its hooks."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from featureops.adapters.git import GitChanges
from featureops.adapters.journal import FileJournal
from featureops.adapters.workspace import LocalWorkspace
from featureops.app.deps import Deps
from featureops.app.evaluate import evaluate
from featureops.core.assess.values import Guards
from featureops.core.config import Config, EvaluateConfig, Policy
from featureops.core.errors import BadArgument
from featureops.core.model import ChangedFile, Json, Span
from featureops.languages import packs
from tests.app.evaluate_tree import deps_of
from tests.trees import git, repository, write

OLD = "def charge(order):\n    return gateway.charge(order.total)\n"
NEW = "def charge(order):\n    check_limits(order)\n    return stripe.charge(order.total, order.currency)\n"
SAFE = "def double(n):\n    return n + n\n"


def real_deps(root: Path, state: Path, config: Config | None = None) -> Deps:
    return Deps(
        workspace=LocalWorkspace(root),
        changes=GitChanges(root),
        journal=FileJournal(state, clock=lambda: 0.0),
        packs=packs(),
        config=config or Config(),
        clock=lambda: 0.0,
    )


def changed(path: str, before: str | None, after: str) -> ChangedFile:
    old = None if before is None else before.encode()
    return ChangedFile(path, "added" if before is None else "modified", old, after.encode())


def one(state: Path, path: str, before: str | None, after: str, config: Config | None = None) -> Deps:
    return deps_of(state, {path: after.encode()}, [changed(path, before, after)], config)


def hunks(result: dict[str, Json]) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", result["hunks"])


def test_the_working_tree_of_a_repository_is_assessed(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", shop__payments_dot_py=OLD, README_dot_md="# Shop\n")
    write(root, shop__payments_dot_py=NEW, README_dot_md="# The shop\n")
    result = evaluate(real_deps(root, tmp_path / "state"))
    assert result["needsFlag"] is True
    assert result["riskLevel"] == "critical"
    assert {"path": "shop/payments.py", "startLine": 2, "endLine": 3, "needsFlag": True} in hunks(result)
    assert {"path": "README.md", "startLine": 1, "endLine": 1, "needsFlag": False} in hunks(result)


def test_a_base_is_handed_on_to_the_wrap_step(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", payments_dot_py=OLD)
    write(root, payments_dot_py=NEW)
    git(root, "commit", "-q", "-a", "-m", "second")
    deps = real_deps(root, tmp_path / "state")
    assert evaluate(deps)["kind"] == "none"
    steps = cast("list[dict[str, dict[str, Json]]]", evaluate(deps, base="HEAD~1")["next"])
    assert steps[1]["arguments"]["base"] == "HEAD~1"


def test_only_the_index_counts_when_staged(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", payments_dot_py=OLD)
    write(root, payments_dot_py=NEW)
    deps = real_deps(root, tmp_path / "state")
    assert evaluate(deps, staged=True)["kind"] == "none"
    git(root, "add", "payments.py")
    assert evaluate(deps, staged=True)["needsFlag"] is True


def test_a_clean_tree_needs_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", payments_dot_py=OLD)
    result = evaluate(real_deps(root, tmp_path / "state"))
    assert (result["needsFlag"], result["reason"]) == (False, "low_risk_change")
    assert "No changes" in str(result["explanation"])
    planned = evaluate(real_deps(root, tmp_path / "state"), description="Replace the payment provider")
    assert planned["needsFlag"] is False
    assert "payments" in str(planned["explanation"])


def test_given_files_that_did_not_change_are_named_with_those_that_did(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", payments_dot_py=OLD, other_dot_py=SAFE)
    write(root, payments_dot_py=NEW)
    deps = real_deps(root, tmp_path / "state")
    assert "payments.py" in str(evaluate(deps, files=["other.py"])["explanation"])
    assert evaluate(deps, files=["./payments.py"])["needsFlag"] is True


def test_new_code_counts_as_called_once_a_file_that_did_not_change_calls_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", shop_dot_py=OLD, tests__test_shop_dot_py="refund_card(1)\n")
    write(root, shop_dot_py=f"{OLD}\n\ndef refund_card(order):\n    return gateway.refund(order.total)\n")
    deps = real_deps(root, tmp_path / "state")
    assert evaluate(deps)["kind"] == "uncalled-code"
    write(root, reexport_dot_py="from shop import refund_card\n")
    assert evaluate(deps)["kind"] == "uncalled-code"
    write(root, reexport_dot_py="from shop import refund_card as undo\n\nundo(1)\n")
    assert evaluate(deps)["needsFlag"] is True
    write(root, reexport_dot_py="use(refund_card)\n")
    assert evaluate(deps)["needsFlag"] is True
    write(root, reexport_dot_py="")
    write(root, plugin_dot_py='registry["shop.refund_card"]()\n')
    git(root, "add", "plugin.py")
    git(root, "commit", "-q", "-m", "plugin")
    result = evaluate(deps)
    assert (result["kind"], result["needsFlag"]) == ("new-behaviour", True)


def test_outside_a_repository_the_given_files_count_as_new(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    write(root, payments_dot_py=f"{OLD}\n\ncharge(current_order())\n")
    result = evaluate(real_deps(root, tmp_path / "state"), files=["payments.py"])
    assert result["needsFlag"] is True
    assert "no git repository" in str(result["explanation"])


def test_outside_a_repository_a_base_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    write(root, payments_dot_py=OLD)
    with pytest.raises(BadArgument, match="no git repository"):
        evaluate(real_deps(root, tmp_path / "state"), base="main")


def test_code_context_alone_is_assessed_with_the_grammar_that_understands_it(tmp_path: Path) -> None:
    deps = deps_of(tmp_path, {}, None)
    code = "export function login(user: User) {\n  return session.start(user.password);\n}\nlogin(me);\n"
    result = evaluate(deps, code_context=code)
    assert result["needsFlag"] is True
    assert hunks(result)[0]["path"] == "code-context.ts"
    comment = evaluate(deps, code_context="# delete the password\n", files=["a.py"])
    assert comment["needsFlag"] is False


def test_the_callers_risk_level_raises_and_never_lowers(tmp_path: Path) -> None:
    small = one(tmp_path, "a.py", "def f(n):\n    return n + 1\n", "def f(n):\n    return n + 2\n")
    assert evaluate(small)["needsFlag"] is False
    assert evaluate(small, risk_level="high")["riskLevel"] == "high"
    risky = one(tmp_path, "payments.py", OLD, NEW)
    assert evaluate(risky, risk_level="low")["riskLevel"] == "critical"


def test_an_unknown_risk_level_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="riskLevel") as caught:
        evaluate(one(tmp_path, "a.py", OLD, NEW), risk_level="severe")
    assert "critical" in caught.value.hint


def test_a_word_in_a_comment_or_a_string_for_people_is_no_evidence(tmp_path: Path) -> None:
    after = 'def f(n):\n    # password payment delete\n    say("Your password and payment")\n    return n + 2\n'
    result = evaluate(one(tmp_path, "a.py", "def f(n):\n    return n + 1\n", after))
    assert not [each for each in cast("list[dict[str, Json]]", result["signals"]) if "where" in str(each["id"])]


def test_a_change_inside_a_flags_branch_is_covered(tmp_path: Path) -> None:
    def guards(path: str, content: bytes, span: Span) -> Sequence[str]:
        assert path == "payments.py"
        assert content[span.start : span.end].startswith(b"check_limits")
        return ["new-charge", "outer"]

    result = evaluate(one(tmp_path, "payments.py", OLD, NEW), guards=guards)
    assert (result["needsFlag"], result["reason"]) == (False, "already_covered")
    assert result["recommendation"] == "use_existing"
    assert cast("dict[str, Json]", result["existingFlag"])["name"] == "new-charge"
    assert result["riskLevel"] == "critical"
    assert result["next"] == []


def branches_of(flag: str) -> Guards:
    """Guards for code in the indented branches of `if on("flag")`, by its text."""

    def guards(_path: str, content: bytes, span: Span) -> Sequence[str]:
        pattern = rb'(?m)^( *)if on\("' + flag.encode() + rb'"\):\n((?:\1 +.*\n)*)(?:\1else:\n((?:\1 +.*\n)*))?'
        found = [hit.span(group) for hit in re.finditer(pattern, content) for group in (2, 3)]
        return [flag for start, end in found if start <= span.start and span.end <= end]

    return guards


def test_a_change_that_brings_its_flag_along_is_covered(tmp_path: Path) -> None:
    wrapped = (
        'def charge(order):\n    if on("new-charge"):\n        check_limits(order)\n'
        "        return stripe.charge(order.total)\n    else:\n        return gateway.charge(order.total)\n"
    )
    deps = one(tmp_path, "payments.py", OLD, wrapped)
    assert evaluate(deps, guards=branches_of("new-charge"))["reason"] == "already_covered"
    assert evaluate(deps, guards=branches_of("other"))["needsFlag"] is True
    leaking = one(tmp_path, "payments.py", OLD, wrapped.replace("    if on", "    charge_twice(order)\n    if on"))
    assert evaluate(leaking, guards=branches_of("new-charge"))["needsFlag"] is True


CLIENT = "from UnleashClient import UnleashClient\n\nclient = UnleashClient(url, name)\n\n\n"


def test_a_change_behind_a_real_read_of_a_flag_is_covered(tmp_path: Path) -> None:
    guarded = 'def charge(order):\n    if client.is_enabled("{}"):\n        return stripe.charge(order.total)\n'
    before, after = CLIENT + OLD, CLIENT + guarded.format("new-charge") + "    return gateway.charge(order.total)\n"
    root = repository(tmp_path / "repo", payments_dot_py=before)
    write(root, payments_dot_py=after)
    deps = real_deps(root, tmp_path / "state")
    assert evaluate(deps)["reason"] == "already_covered"
    git(root, "commit", "-q", "-a", "-m", "second")
    write(root, payments_dot_py=after.replace("stripe.charge(", "stripe.charge_card(order.card, "))
    inside = evaluate(deps)
    assert (inside["reason"], inside["recommendation"]) == ("already_covered", "use_existing")
    assert cast("dict[str, Json]", inside["existingFlag"])["name"] == "new-charge"
    write(root, payments_dot_py=after.replace("gateway.charge(", "gateway.charge_card(order.card, "))
    assert evaluate(deps)["needsFlag"] is True


def test_the_flags_of_the_code_are_offered_and_set_the_style(tmp_path: Path) -> None:
    flags = 'def f():\n    return client.is_enabled("stripe_charge_order")\n'
    root = repository(tmp_path / "repo", payments_dot_py=OLD, flags_dot_py=CLIENT + flags)
    write(root, payments_dot_py=NEW)
    deps = real_deps(root, tmp_path / "state")
    fitting = evaluate(deps, description="stripe charge order")
    assert cast("dict[str, Json]", fitting["existingFlag"])["name"] == "stripe_charge_order"
    fresh = evaluate(deps, description="limits for vouchers")
    assert cast("dict[str, Json]", fresh["suggestedFlag"])["name"] == "limit_voucher"


def test_a_deletion_inside_a_flags_branch_is_covered(tmp_path: Path) -> None:
    before = 'def charge(order):\n    if on("x"):\n        check_card(order)\n        pay(order)\n    return order\n'
    deps = one(tmp_path, "payments.py", before, before.replace("        check_card(order)\n", ""))
    assert evaluate(deps, guards=branches_of("x"))["reason"] == "already_covered"
    assert evaluate(deps)["needsFlag"] is True


def test_the_flag_of_the_covered_half_is_offered_for_the_other_half(tmp_path: Path) -> None:
    before = f"{OLD}\n\ndef refund(order):\n    return gateway.refund(order.total)\n"
    after = before.replace("gateway", "stripe")

    def guards(_path: str, content: bytes, span: Span) -> Sequence[str]:
        return ["use-stripe"] if b"refund" in content[span.start : span.end] else []

    result = evaluate(one(tmp_path, "payments.py", before, after), guards=guards)
    assert (result["needsFlag"], result["recommendation"]) == (True, "use_existing")
    assert [hunk["needsFlag"] for hunk in hunks(result)] == [True, False]
    steps = cast("list[dict[str, Json]]", result["next"])
    assert [step["tool"] for step in steps] == ["wrap_change", "toggle_flag_environment"]


def test_a_good_candidate_is_reused_and_a_weak_one_is_not(tmp_path: Path) -> None:
    deps = one(tmp_path, "payments.py", OLD, NEW)
    good = evaluate(deps, candidates=lambda words: [("b", 0.7, ""), ("a", 0.9, "shop/flags.py:3")] if words else [])
    assert cast("dict[str, Json]", good["existingFlag"])["name"] == "a"
    assert (good["reason"], good["suggestedFlag"]) == ("existing_flag_found", None)
    assert evaluate(deps, candidates=lambda _: [("b", 0.69, "")])["recommendation"] == "create_new"


def test_the_suggested_name_follows_the_policy_and_the_known_flags(tmp_path: Path) -> None:
    config = Config(policy=Policy(naming=r"shop\.[a-z_]+", environments=("staging",)))
    deps = one(tmp_path, "payments.py", OLD, NEW, config)
    result = evaluate(deps, description="Stripe payments", known_flags=lambda: ["shop.stripe_payment"])
    name = cast("dict[str, str]", result["suggestedFlag"])["name"]
    assert name.startswith("shop.")
    assert name != "shop.stripe_payment"
    steps = cast("list[dict[str, dict[str, Json]]]", result["next"])
    assert steps[-1]["arguments"] == {"featureName": name, "environment": "staging", "enabled": True}


def test_a_layout_hunk_beside_a_real_one_needs_no_flag(tmp_path: Path) -> None:
    before = f"{OLD}\n\ndef refund(order):\n    return gateway.refund(order.total)\n"
    after = f"{NEW}\n\ndef refund(order):\n    return gateway.refund(\n        order.total,\n    )\n"
    result = evaluate(one(tmp_path, "payments.py", before, after))
    assert [hunk["needsFlag"] for hunk in hunks(result)] == [True, False]


def test_a_function_that_is_indented_anew_was_not_just_moved(tmp_path: Path) -> None:
    before = "def close(account):\n    if account.old:\n        warn(account)\n        delete(account)\n"
    after = "def close(account):\n    if account.old:\n        warn(account)\n    delete(account)\n"
    assert evaluate(one(tmp_path, "close.py", before, after))["needsFlag"] is True
    small = "def f(a):\n  if a:\n    b()\n    delete(a)\n"
    assert evaluate(one(tmp_path, "f.py", small, "def f(a):\n   if a:\n      b()\n   delete(a)\n"))["kind"] != "moved"


def test_a_method_that_goes_to_another_class_was_not_just_moved(tmp_path: Path) -> None:
    method = "\n    def close(self):\n        self.store.delete(self)\n"
    before = f"class A(Base):\n    x = 1\n{method}\n\nclass B(Base):\n    y = 2\n\n\nA().close()\n"
    after = f"class A(Base):\n    x = 1\n\n\nclass B(Base):\n    y = 2\n{method}\n\nA().close()\n"
    assert evaluate(one(tmp_path, "shop.py", before, after))["needsFlag"] is True


def test_a_file_that_was_not_read_is_named(tmp_path: Path) -> None:
    change = ChangedFile("logo.bin", "modified", None, None, skipped="binary")
    result = evaluate(deps_of(tmp_path, {}, [change]))
    assert result["needsFlag"] is False
    assert "logo.bin" in str(result["explanation"])


def test_a_broken_file_and_absurd_nesting_are_assessed_all_the_same(tmp_path: Path) -> None:
    broken = evaluate(one(tmp_path, "payments.py", OLD, "def charge(order:\n    stripe.charge(order\n"))
    assert broken["needsFlag"] is True
    deep = "x = " + "(" * 1_000 + "1" + ")" * 1_000 + "\n"
    assert evaluate(one(tmp_path, "deep.py", "x = 1\n", deep))["kind"] == "changed-behaviour"


def test_a_large_change_still_answers_in_few_characters(tmp_path: Path) -> None:
    found = [changed(f"service_{n}/payments_module.py", OLD, NEW) for n in range(60)]
    contents = {each.path: each.after or b"" for each in found}
    result = evaluate(deps_of(tmp_path, contents, found))
    assert len(json.dumps(result, ensure_ascii=False, separators=(",", ":"))) <= 3_000
    assert cast("int", result["moreHunks"]) + len(hunks(result)) == 60


def test_long_paths_do_not_break_the_limit(tmp_path: Path) -> None:
    found = [changed(f"{'folder_' * 34}/{'x' * 230}/payments_{n}.py", OLD, NEW) for n in range(6)]
    contents = {each.path: each.after or b"" for each in found}
    result = evaluate(deps_of(tmp_path, contents, found), description="pay " * 200)
    assert len(json.dumps(result, ensure_ascii=False, separators=(",", ":"))) <= 3_000
    assert cast("list[dict[str, Json]]", result["next"])[0]["tool"] == "create_flag"


def seconds(state: Path, functions: int) -> float:
    """Processor time of assessing two changed lines in each function; the better of two runs."""
    body = "".join(
        f"def step_{n}(order):\n    total = order.total + {n}\n    if total > {n}:\n        return store.save(total)\n"
        f"    return None\n\n\n"
        for n in range(functions)
    )
    after = body.replace("order.total +", "order.net *").replace("store.save", "ledger.save")
    deps = one(state, "ledger.py", body, after)
    times = []
    for _ in range(2):
        start = time.process_time()
        assert evaluate(deps)["needsFlag"] is True
        times.append(time.process_time() - start)
    return min(times)


def test_the_time_grows_with_the_size_of_the_diff_and_not_with_its_square(tmp_path: Path) -> None:
    # 500 changed lines take 0.2 s on an idle machine; what must not come back, whatever the machine, is the square.
    seconds(tmp_path, 5)
    assert seconds(tmp_path, 160) < 12 * seconds(tmp_path, 40)


def signals(result: dict[str, Json]) -> dict[str, dict[str, Json]]:
    return {str(row["id"]): row for row in cast("list[dict[str, Json]]", result["signals"])}


def committed(root: Path, subject: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", subject)


def test_the_history_of_the_files_is_a_signal(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", shop_dot_py=OLD, rates_dot_py=SAFE)
    for number in range(6):
        write(root, shop_dot_py=f"{OLD}# {number}\n", rates_dot_py=f"{SAFE}# {number}\n")
        committed(root, f"Fix the rounding of totals, try {number}")
    write(root, shop_dot_py=NEW)
    found = signals(evaluate(real_deps(root, tmp_path / "state")))
    assert found["history:fixes"]["evidence"] == "mended 6 times in the latest commits"
    assert found["history:companion"]["evidence"] == "rates.py changed with it 7 times, not now"
    write(root, rates_dot_py="")
    assert "history:companion" not in signals(evaluate(real_deps(root, tmp_path / "state")))


def test_history_ends_at_the_base_of_the_change(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", shop_dot_py=OLD)
    write(root, shop_dot_py=f"{OLD}# later\n")
    committed(root, "Fix what the base does not know yet")
    write(root, shop_dot_py=NEW)
    assert "history:fixes" not in signals(evaluate(real_deps(root, tmp_path / "state"), base="HEAD~1"))
    assert "history:fixes" in signals(evaluate(real_deps(root, tmp_path / "state")))


def test_callers_are_counted_that_the_imports_lead_to(tmp_path: Path) -> None:
    root = repository(
        tmp_path / "repo",
        shop__total_dot_py="def total(order):\n    return order.net\n",
        web__views_dot_py="from shop.total import total\n\n\ndef show(order):\n    return total(order)\n",
        jobs__nightly_dot_py="from shop.total import total\n\nprint(total(1), total(2))\n",
        other__mine_dot_py="def total(x):\n    return x\n\n\nprint(total(3))\n",
        tests__test_total_dot_py="from shop.total import total\n\nassert total(1)\n",
    )
    write(root, shop__total_dot_py="def total(order):\n    return order.net + order.tax\n")
    found = signals(evaluate(real_deps(root, tmp_path / "state")))
    assert found["reach:callers"]["evidence"] == "3 uses in 2 other files, as of total"
    assert found["reach:packages"]["evidence"] == "used from 2 more folders: jobs, web"
    assert found["reach:entry-points"]["evidence"] == "entered through nightly.py and 1 more"


def test_without_uncommitted_changes_a_branch_is_compared_with_where_it_left_the_default_branch(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo", payments_dot_py=OLD)
    git(root, "branch", "-M", "main")
    fork = git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "-q", "-b", "new-provider")
    write(root, payments_dot_py=NEW)
    committed(root, "Use another provider")
    deps = real_deps(root, tmp_path / "state")
    result = evaluate(deps)
    assert result["needsFlag"] is True
    assert "since it left the default branch" in str(result["explanation"])
    steps = cast("list[dict[str, dict[str, Json]]]", result["next"])
    assert [step["arguments"].get("base") for step in steps if str(step["tool"]) == "wrap_change"] == [fork]
    git(root, "checkout", "-q", "main")
    assert evaluate(deps)["kind"] == "none"


def test_code_that_moves_to_another_file_is_not_lost_and_not_new(tmp_path: Path) -> None:
    view = "@login_required\ndef show(request, code):\n    if not code:\n        return None\n    return render(code)\n"
    urls = "from views import show\n\nroutes.add(show)\n"
    changes = [
        changed("views.py", f"import django\n\n\n{view}", "import django\n"),
        changed("more/views.py", "import flask\n", f"import flask\n\n\n{view}"),
        changed("urls.py", urls, urls.replace("from views", "from more.views")),
    ]
    after = {each.path: each.after or b"" for each in changes}
    found = evaluate(deps_of(tmp_path, after, changes))
    assert not [name for name in signals(found) if name.endswith("-removed")], found
    assert found["needsFlag"] is False


def test_weights_can_be_tuned_and_the_level_that_asks_for_a_flag(tmp_path: Path) -> None:
    plain = evaluate(one(tmp_path, "shop/payments.py", OLD, NEW))
    config = Config(evaluate=EvaluateConfig(weights={"where": 0.5, "how:tests-untouched": 0}))
    found = evaluate(one(tmp_path, "shop/payments.py", OLD, NEW, config))
    halved = cast("float", signals(plain)["where:payments"]["weight"]) / 2
    assert signals(found)["where:payments"]["weight"] == pytest.approx(halved)
    assert "how:tests-untouched" not in signals(found)
    careless = Config(evaluate=EvaluateConfig(weights={"where": 0.5}, flag_from="critical"))
    assert evaluate(one(tmp_path, "shop/payments.py", OLD, NEW, careless))["needsFlag"] is False


def test_the_suggested_flag_says_when_it_goes_and_the_rollout_keeps_to_the_policy(tmp_path: Path) -> None:
    config = Config(policy=Policy(environments=("staging",), max_step=30))
    result = evaluate(one(tmp_path, "shop/payments.py", OLD, NEW, config))
    flag = cast("dict[str, Json]", result["suggestedFlag"])
    assert "Remove it once" in str(flag["description"])
    assert flag["tags"] == [{"type": "simple", "value": "payments"}]
    rollout = cast("dict[str, Json]", result["suggestedRollout"])
    percentages = cast("list[int]", rollout["percentages"])
    assert (rollout["environment"], percentages[-1]) == ("staging", 100)
    assert all(0 < after - before <= 30 for before, after in pairwise([0, *percentages]))
    tools = [str(step["tool"]) for step in cast("list[dict[str, Json]]", result["next"])]
    assert tools == ["create_flag", "wrap_change", "set_flag_rollout", "toggle_flag_environment"]
