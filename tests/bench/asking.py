"""Files that all ask for one flag, in ways that other engines can take out as well."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from tests.bench.corpus import WORDS, committed

__all__ = ["ENDINGS", "KEY", "make_asking"]

KEY = "new-checkout"
ENDINGS: Mapping[str, str] = {"java": "java", "go": "go", "kotlin": "kt"}

_NAMES = [word for word in WORDS if word not in {"client", "import", "range", "return"}]
_FORMS = 5
"""A method in so many asks for the flag."""

_HEADS = {
    "java": """package shop.{b}.{c};

import io.getunleash.Unleash;
import java.util.ArrayList;
import java.util.List;

public class {A}{B}{n} {{
    private final Unleash client;
    private int {c};

    public {A}{B}{n}(Unleash client, int {c}) {{
        this.client = client;
        this.{c} = {c};
    }}
""",
    "go": """package {b}

import (
	"fmt"

	"github.com/Unleash/unleash-client-go/v4"
)

type {A}{B}{n} struct {{
	client *unleash.Client
	{c}    int
}}
""",
    "kotlin": """package shop.{b}.{c}

import io.getunleash.Unleash

class {A}{B}{n}(private val client: Unleash, private var {c}: Int) {{
""",
}
_METHODS = {
    "java": """
    public int {a}{B}{m}(List<Integer> {b}s, int {c}) {{
        int {a} = this.{c} + {c};
        for (int {b} : {b}s) {{
            if ({b} < 0 || {b} > {m}) {{
                throw new IllegalArgumentException("{b} " + {b});
            }}
            {a} += {b} * {m};
        }}
{read}
        return Math.max({a}, {c});
    }}
""",
    "go": """
func (own *{A}{B}{n}) {a}{B}{m}({b}s []int, {c} int) int {{
	{a} := own.{c} + {c}
	for _, {b} := range {b}s {{
		if {b} < 0 || {b} > {m} {{
			panic(fmt.Sprintf("{b} %d", {b}))
		}}
		{a} += {b} * {m}
	}}
{read}
	return {a} + {c}
}}
""",
    "kotlin": """
    fun {a}{B}{m}({b}s: List<Int>, {c}: Int): Int {{
        var {a} = this.{c} + {c}
        for ({b} in {b}s) {{
            if ({b} < 0 || {b} > {m}) {{
                throw IllegalArgumentException("{b} " + {b})
            }}
            {a} += {b} * {m}
        }}
{read}
        return maxOf({a}, {c})
    }}
""",
}
_READS = {
    "java": (
        "        if ({asks}) {{\n            {a} += 1;\n        }} else {{\n            {a} -= 1;\n        }}",
        "        if (!{asks}) {{\n            return {c};\n        }}",
        "        boolean on = {asks};\n        if (on && {a} > {m}) {{\n            {a} += 2;\n        }}",
        "        {a} += {asks} ? {m} : {c};",
        (
            "        if ({c} > {m}) {{\n            {a} = {m};\n        }} else if ({asks}) {{\n            {a} += 3;\n"
            "        }} else {{\n            {a} = 0;\n        }}"
        ),
    ),
    "go": (
        "	if {asks} {{\n		{a} += 1\n	}} else {{\n		{a} -= 1\n	}}",
        "	if !{asks} {{\n		return {c}\n	}}",
        "	on := {asks}\n	if on && {a} > {m} {{\n		{a} += 2\n	}}",
        "	if {a} > {m} && {asks} {{\n		{a} += {c}\n	}}",
        (
            "	if {c} > {m} {{\n		{a} = {m}\n	}}"
            " else if {asks} {{\n		{a} += 3\n	}} else {{\n		{a} = 0\n	}}"
        ),
    ),
    "kotlin": (
        "        if ({asks}) {{\n            {a} += 1\n        }} else {{\n            {a} -= 1\n        }}",
        "        if (!{asks}) {{\n            return {c}\n        }}",
        "        val on = {asks}\n        if (on && {a} > {m}) {{\n            {a} += 2\n        }}",
        "        {a} += if ({asks}) {m} else {c}",
        (
            "        if ({c} > {m}) {{\n            {a} = {m}\n        }} else if ({asks}) {{\n            {a} += 3\n"
            "        }} else {{\n            {a} = 0\n        }}"
        ),
    ),
}
_PLAIN = {"java": "        this.{c} += {a};", "go": "	own.{c} += {a}", "kotlin": "        this.{c} += {a}"}
_ASKS = {"go": f'own.client.IsEnabled("{KEY}")'}


def make_asking(root: Path, language: str, files: int, lines: int = 170, seed: int = 1) -> None:
    """A git repository with one commit: `files` files of some `lines` lines, each of which asks in several methods."""
    chance = random.Random(seed)
    for number in range(files):
        folder = root / "shop" / chance.choice(_NAMES) / chance.choice(_NAMES)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"Part{number}.{ENDINGS[language]}").write_text(_file(chance, language, number, lines))
    committed(root)


def _file(chance: random.Random, language: str, number: int, lines: int) -> str:
    a, b, c = chance.sample(_NAMES, 3)
    names = {"a": a, "b": b, "c": c, "A": a.title(), "B": b.title(), "n": number}
    parts = [_HEADS[language].format(**names)]
    size, method = parts[0].count("\n"), 0
    while size < lines:
        asks = method % 2 == 0
        form = _READS[language][method // 2 % _FORMS] if asks else _PLAIN[language]
        known = {**names, "m": method, "asks": _ASKS.get(language, f'client.isEnabled("{KEY}")')}
        parts.append(_METHODS[language].format(**known, read=form.format(**known)))
        size, method = size + parts[-1].count("\n"), method + 1
    return "".join(parts) + ("" if language == "go" else "}\n")
