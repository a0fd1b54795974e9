"""Where a test sets the flag: to what, and which part of the text does nothing else.

A place counts only where every call between the key and the statement is understood: a way of asking that is told its
answer, or an SDK's own test helper. Anything else is no set-up, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from featureops.core.config import HouseRead
from featureops.core.fold.unused import statement_of
from featureops.core.house import house_argument, tail_matches
from featureops.core.registries import speaks_of_flags
from featureops.core.scopes import string_value
from featureops.core.syntax import Node
from featureops.core.testing.answering import answer_for, answering
from featureops.core.testing.forms import given_at, is_key, is_owned
from featureops.core.testing.rules import SetupForm, TestRules
from featureops.core.testing.values import chosen, literal

__all__ = ["SetUp", "Setting", "asked_name", "valued"]

_Why = Literal["", "turns", "open", "checked", "also"]
_KEY_AND_VALUE = 2
_INSIDE = {"argument": "operand", "keyword-argument": "value"}
_PASSED = frozenset({"arguments", "argument", "paren", "await", "cast", "expression", "keyword-argument"})
_TAKERS = frozenset({"call", "declarator", "assign", "pair"})
_CHECKED = re.compile(r"\bexpects?\b|\bverify\b|\bshould_receive\b")


@dataclass(frozen=True, slots=True, eq=False)
class SetUp:
    """`part` is what goes: a statement, an entry, an argument or a decorator. `value` is what the flag is set to, None
    where that is not one fixed value, and `why` says why not; "also" is a value that is not all that is set. `at` is
    what the part lies in, where that is not what goes. `given` is an expression with the value, true where it is
    `means`. One that is `mute` names no key, and does so for what is asked once or for all of it."""

    part: Node
    key: Node
    value: bool | None
    why: _Why = ""
    at: Node | None = None
    given: Node | None = None
    means: bool = True
    mute: Literal["", "once", "all"] = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A call on the way out: the way comes through its arguments, its callee or the block that it is given."""

    node: Node
    way: Literal["argument", "callee", "block", "infix"]
    name: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Finds set-ups in the files of one language. `asks` are names of calls that ask, and whether true means on;
    `named` are those that are the flag themselves, by the owner that they have; `askers` are names of what is asked.
    `is_last`: no code asks for any flag."""

    rules: TestRules
    forms: tuple[SetupForm, ...]
    house: tuple[HouseRead, ...]
    asks: Mapping[str, bool]
    named: Mapping[str, tuple[str, bool]]
    askers: frozenset[str] = frozenset()
    is_last: bool = False

    def at(self, key: Node, on: bool | None = None) -> SetUp | None:
        """The set-up that a key belongs to. `on` is what true means where a read with that key is known."""
        entry = self._entry(key) or self._compared(key)
        if entry is not None:
            return entry
        steps, part = self._climb(key)
        while steps and steps[0].name in self.rules.same and len(steps) > 1:
            steps = steps[1:]
        if not steps or steps[0].way != "argument" or part is None:
            return None
        helper = self._helped(key, steps, part)
        return helper if helper is not None else self._told(key, steps, part, on)

    # -------------------------------------------------------------- the way out

    def _climb(self, key: Node) -> tuple[list[_Step], Node | None]:
        """The calls around the key and the statement or decorator that they are; None where something else is."""
        steps: list[_Step] = []
        node = key
        while (parent := node.parent) is not None:
            shape = parent.shape
            if shape in ("block", "lambda", "function"):
                owner = self._given_to(node, parent)
                if owner is None:
                    return steps, node if shape == "block" else None
                steps.append(_Step(owner, "block", asked_name(owner)))
                node = owner
            elif shape == "call":
                steps.append(
                    _Step(parent, "callee" if node is parent.role("function") else "argument", asked_name(parent))
                )
                node = parent
            elif shape == "decorator":
                if parent.role("function") is not None:
                    steps.append(_Step(parent, "argument", asked_name(parent)))
                return steps, parent
            elif parent.type in self.rules.after_nodes:
                return steps, parent
            elif parent.type in self.rules.infix:
                steps.append(_Step(parent, "infix", parent.items[1].text))
                node = parent
            elif shape in _PASSED or (shape == "member" and parent.role("object") is node) or _is_dropped(parent):
                node = parent
            else:
                return steps, None
        return steps, None

    def _given_to(self, node: Node, body: Node) -> Node | None:
        """The call about a mock that is given a block or a function of this one expression."""
        if body.shape == "block" and len(body.items) != 1:
            return None
        call = next(
            (outer for outer in body.ancestors() if outer.shape not in ("", "lambda", "arguments", "argument")), None
        )
        is_told = call is not None and call.shape == "call" and asked_name(call) in self.rules.told
        return call if is_told and node is not None else None

    # -------------------------------------------------------------- a mock that is told its answer

    def _told(self, key: Node, steps: list[_Step], part: Node, on: bool | None) -> SetUp | None:
        means = self._asked(key, steps[0]) if on is None else on
        if means is None:
            return None
        first = self._told_first(key, steps, part, means)
        if first is not None:
            return first
        answer: Node | None = None
        turns = 0
        for step in steps[1:]:
            single = self.rules.answers | self.rules.computed
            if step.way in ("callee", "infix") and step.name in single | self.rules.turns:
                given = _given(step)
                turns += 1 if step.name in single and len(given) == 1 else 2
                answer = given[0] if given else None
            elif not self._passes(step):
                return None
        if not turns:
            return None
        if turns > 1:
            return SetUp(part, key, None, "turns")
        if _CHECKED.search(part.text):
            return SetUp(part, key, None, "checked")
        return valued(part, key, answer, means=means)

    def _told_first(self, key: Node, steps: list[_Step], part: Node, means: bool) -> SetUp | None:
        """A mock that is given its answer before it is told what that is for: `answer(true).when(x).on(key)`."""
        chain = [steps[0].node]
        while (owner := _owner(chain[-1])) is not None and owner.shape == "call":
            chain.append(owner)
        told, first = chain[1:-1], chain[-1]
        if len(steps) > 1 or not told or asked_name(first) not in self.rules.first:
            return None
        if not all(asked_name(call) in self.rules.told for call in told):
            return SetUp(part, key, None, "turns")
        arguments = first.role("arguments")
        given = arguments.items if arguments is not None else []
        return valued(part, key, given[0], means=means) if len(given) == 1 else SetUp(part, key, None, "turns")

    def _passes(self, step: _Step) -> bool:
        if step.way == "callee":
            return step.name in self.rules.given
        if step.name in self.rules.joined:
            callee = step.node.role("function")
            owner = callee.role("object") if callee is not None else None
            return owner is not None and asked_name(owner) in self.rules.told
        return step.name in self.rules.told

    def _asked(self, key: Node, step: _Step) -> bool | None:
        """What true means to the call that is given the key; None where it asks for no flag."""
        if step.name in self.asks:
            return self.asks[step.name]
        name = string_value(key)
        if step.name in self.rules.naming and name is not None and name in self.named:
            owner, means = self.named[name]
            return means if owner in key.file.line_text(key.start) else None
        if step.name not in self.rules.given:
            return None
        words = re.findall(r"[\w$]+\??", step.node.text.replace(key.text, "", 1))
        words = [word.removeprefix(self.rules.prefix) for word in words]
        return next((self.asks[word] for word in words if word in self.asks), None)

    # -------------------------------------------------------------- an SDK's test helper, the house's own

    def _helped(self, key: Node, steps: list[_Step], part: Node) -> SetUp | None:
        call = steps[0].node
        for form in self.forms:
            if form.name == steps[0].name and not form.entries and is_owned(call, form) and is_key(call, key, form):
                return self._by_form(key, steps, part, form)
        for read in self.house:
            callee = call.role("function")
            if callee is not None and tail_matches(callee.text, read.target) and house_argument(call, read.flag) is key:
                means = read.when == "enabled"
                if read.value is None:
                    return SetUp(part, key, means) if self._alone(steps[1:]) else SetUp(part, key, None, "open")
                return valued(part, key, house_argument(call, read.value), means=means, alone=self._alone(steps[1:]))
        return self._by_asker(key, steps, part)

    def _by_asker(self, key: Node, steps: list[_Step], part: Node) -> SetUp | None:
        """What the code asks is told the answer: `Flags.set(KEY, true)`."""
        callee, arguments = steps[0].node.role("function"), steps[0].node.role("arguments")
        owner = callee.role("object") if callee is not None else None
        if owner is None or owner.text.rpartition(".")[2] not in self.askers or len(steps) > 1 or arguments is None:
            return None
        given = [item.role(_INSIDE[item.shape]) or item if item.shape in _INSIDE else item for item in arguments.items]
        others = [item for item in given if item is not key]
        if len(given) != _KEY_AND_VALUE or len(others) != 1 or steps[0].name in self.asks:
            return None
        return valued(part, key, others[0])

    def _by_form(self, key: Node, steps: list[_Step], part: Node, form: SetupForm) -> SetUp | None:
        call, answer, seen = steps[0].node, None, 0
        if form.several:
            arguments = call.role("arguments")
            others = arguments is not None and len(arguments.items) > 1
            part = (
                key.parent
                if others and key.parent is not None and key.parent.shape == "argument"
                else key
                if others
                else part
            )
        for step in steps[1:]:
            if step.name in form.answers and step.way == "callee":
                given = _given(step)
                answer, seen = (given[0] if len(given) == 1 else None), seen + 1
            elif step.name not in form.through and not self._alone([step]):
                return None
        if form.answers:
            return valued(part, key, answer, alone=seen == 1)
        if form.gives:
            return SetUp(part, key, form.gives == "enabled")
        return valued(part, key, given_at(call, form.value))

    def _alone(self, steps: Iterable[_Step]) -> bool:
        """Whether the calls around a helper only check that it went well."""
        return all(step.way == "argument" and step.name in self.rules.told for step in steps)

    def _entry(self, key: Node) -> SetUp | None:
        """The key as the name of an entry, or of a place that is given the value."""
        holder = key.parent
        if holder is None or key.shape == "member":
            return None
        if holder.shape in ("pair", "keyword-argument") and key.start == holder.start:
            return self._pair(key, holder)
        owner, assign = holder.role("object"), holder.parent
        if holder.shape not in ("index", "member") or owner is None or owner is key or assign is None:
            return None
        if assign.shape != "assign" or assign.role("left") is not holder or not self._is_place(owner.text):
            return None
        return valued(statement_of(assign), key, assign.role("right"))

    def _compared(self, key: Node) -> SetUp | None:
        """The key in a function that answers for a mock."""
        function = answering(key)
        holder = self._answering(function) if function is not None else None
        answer = answer_for(key, function, self.rules.arguments) if function is not None else None
        if holder is None or answer is None:
            return None
        statement = statement_of(holder)
        is_whole = statement.parent is not None and statement.parent.shape == "block"
        if self.is_last and not answer.is_apart and is_whole and holder in (statement, statement.role("operand")):
            return SetUp(statement, key, answer.value)
        mark = next((outer for outer in holder.ancestors() if outer.shape == "decorator"), holder)
        return SetUp(answer.part, key, answer.value, "" if answer.is_apart else "also", mark)

    def _answering(self, function: Node) -> Node | None:
        """The call, the argument or the assignment that makes a function the answer of a mock."""
        holder = function.parent
        while holder is not None and holder.shape in ("arguments", "argument", "paren"):
            holder = holder.parent
        if holder is None:
            return None
        if holder.type in self.rules.infix:
            return holder if holder.items[1].text in self.rules.computed else None
        if holder.shape == "call":
            return holder if asked_name(holder) in self.rules.computed else None
        target = holder.role("left") if holder.shape == "assign" else None
        target = holder.role("name") if holder.shape == "keyword-argument" else target
        words = re.findall(r"\w+", target.text) if target is not None else []
        return holder if words and (words[-1] in self.rules.computed or words[-1] in self.asks) else None

    def _pair(self, key: Node, pair: Node) -> SetUp | None:
        value = pair.role("value")
        holder = pair.parent
        taker = next((outer for outer in pair.ancestors() if outer.shape in _TAKERS), None)
        if holder is None or value is None or taker is None:
            return None
        is_sdk = taker.shape == "call" and any(
            form.entries and asked_name(taker) == form.name and is_owned(taker, form) for form in self.forms
        )
        is_place = self._is_place if taker.shape in ("assign", "declarator") else self._is_house
        if not is_sdk and not is_place(_holder_name(taker)):
            return None
        known = chosen(value) if is_sdk and literal(value) is None else None
        at = _holding(pair)
        return SetUp(pair, key, known, "", at) if known is not None else replace(valued(pair, key, value), at=at)

    def _is_place(self, name: str) -> bool:
        """Whether something is named like a place where tests keep the values of flags."""
        return self._is_house(name) or speaks_of_flags(name)

    def _is_house(self, name: str) -> bool:
        return any(tail_matches(name, read.target) for read in self.house)


def _is_dropped(assign: Node) -> bool:
    """Whether what is given is assigned to nothing."""
    target, blank = assign.role("left"), assign.file.pack.text.blank
    return assign.shape == "assign" and bool(blank) and target is not None and target.text == blank


def valued(part: Node, key: Node, given: Node | None, *, means: bool = True, alone: bool = True) -> SetUp:
    """A set-up to what an expression gives, true being what `means` says. `alone`: nothing else is done with it."""
    inner = (given.role("operand") or given) if given is not None and given.shape in ("argument", "paren") else given
    value = literal(_result(inner)) if inner is not None and alone else None
    if value is not None:
        return SetUp(part, key, value is means)
    return SetUp(part, key, None, "open", given=inner if alone else None, means=means)


def _result(given: Node) -> Node | None:
    """What a function only gives; anything else itself."""
    if given.shape == "block":
        return given.items[0] if len(given.items) == 1 else None
    return given.role("body") if given.shape in ("lambda", "function") else given


def _owner(call: Node) -> Node | None:
    callee = call.role("function")
    return callee.role("object") if callee is not None else None


def asked_name(call: Node) -> str:
    """The last name of what is called."""
    callee = call.role("function")
    if callee is not None and callee.shape == "call":
        return asked_name(callee)
    name = (callee.role("property") or callee) if callee is not None else None
    return re.split(r"\.|::|->|\\", name.text.partition("<")[0])[-1] if name is not None else ""


def _given(step: _Step) -> list[Node]:
    if step.way == "infix":
        return step.node.items[2:]
    arguments = step.node.role("arguments")
    return arguments.items if arguments is not None else []


def _holding(entry: Node) -> Node | None:
    """The statement that an entry is part of, where no function lies in between."""
    node = entry
    while (parent := node.parent) is not None and parent.shape not in ("function", "lambda", "class"):
        if parent.shape == "block":
            return node
        node = parent
    return None


def _holder_name(node: Node) -> str:
    """What an object is given to: a name, a key, or the function that takes it."""
    if node.shape == "call":
        callee = node.role("function")
        return callee.text if callee is not None else ""
    name = node.role("name") or node.role("left") or node.role("key")
    return (string_value(name) or name.text) if name is not None else ""
