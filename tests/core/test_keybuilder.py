from __future__ import annotations

import pytest

from featureops.core.cleanup import cleanup_project
from featureops.languages import packs
from tests.core.sources import find, program

PY = "PRE = 'new'\nNAME = 'checkout'\n"
TS = "const PRE = 'new';\nconst NAME = 'checkout';\n"


def built(path: str, head: str, text: str, tail: str = "\n") -> tuple[str, str] | None:
    """(value, resolution) of an expression; `ask(...)` around it marks the place."""
    project = program({path: f"{head}ask({text}){tail}"})
    file = project.file(path)
    assert file is not None
    node = find(file, f"ask({text})")
    while node.shape != "call":
        assert node.parent is not None
        node = node.parent
    arguments = node.role("arguments")
    assert arguments is not None
    asked = arguments.items[0]
    found = project.constant(path, asked.role("operand") or asked if asked.shape == "argument" else asked)
    return (found.value, found.resolution) if found is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "'new-' + NAME",
        "PRE + '-' + NAME",
        "('new' '-checkout')",
        "'new-' 'check' 'out'",
        "f'{PRE}-{NAME}'",
        "f'new-{NAME}'",
        "f'{ PRE }-checkout'",
        "'-'.join([PRE, NAME])",
        "'-'.join((PRE, 'checkout'))",
        "'{}-{}'.format(PRE, NAME)",
        "'{1}-{0}'.format(NAME, PRE)",
        "'{pre}-checkout'.format(pre=PRE)",
        "'%s-%s' % (PRE, NAME)",
        "'new-%s' % NAME",
        "f'{PRE}-' + NAME",
    ],
)
def test_a_key_built_in_one_language_is_known(text: str) -> None:
    assert built("a.py", PY, text) == ("new-checkout", "key-builder")


@pytest.mark.parametrize(
    "text",
    [
        "'new-' + other",
        "f'{PRE!r}-{NAME}'",
        "f'{PRE:>5}-{NAME}'",
        "f'{PRE=}-{NAME}'",
        "f'{PRE.upper()}-{NAME}'",
        "f'{{}}{NAME}'",
        "f'\\x41{NAME}'",
        "'-'.join(parts)",
        "'-'.join([PRE, *rest])",
        "'{}-{}'.format(PRE)",
        "'{!r}'.format(PRE)",
        "'%d-%s' % (PRE, NAME)",
        "'%s' % (PRE, NAME)",
        "PRE * 2",
        "PRE.replace('n', 'm')",
    ],
)
def test_what_is_not_certain_is_not_guessed(text: str) -> None:
    assert built("a.py", PY, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "'new-' + NAME",
        "PRE + '-' + NAME",
        "`${PRE}-${NAME}`",
        "`new-${NAME}`",
        "`${ PRE }-checkout`",
        "['new', NAME].join('-')",
        "PRE.concat('-', NAME)",
        "(`${PRE}-` + NAME) as string",
    ],
)
def test_a_key_built_from_a_template_is_known(text: str) -> None:
    assert built("a.ts", TS, text) == ("new-checkout", "key-builder")


@pytest.mark.parametrize(
    "text",
    [
        "`new-${user.id}`",
        "`${PRE}-${other}`",
        "[PRE, NAME].join()",
        "[PRE, ...rest].join('-')",
        "`${PRE}\\n`",
        "PRE + 1",
    ],
)
def test_a_template_with_an_unknown_part_is_not_guessed(text: str) -> None:
    assert built("a.ts", TS, text) is None


ELSEWHERE = {
    "a.go": (
        'package a\n\nconst PRE = "new"\nconst NAME = "checkout"\n\nfunc f() {\n',
        "\n}\n",
        [
            '"new-" + NAME',
            'PRE + "-" + NAME',
            "PRE + `-` + NAME",
            'fmt.Sprintf("%s-%s", PRE, NAME)',
            'fmt.Sprintf("%v-checkout", PRE)',
            'strings.Join([]string{PRE, NAME}, "-")',
        ],
        [
            '"new-" + other',
            'fmt.Sprintf("%d-%s", PRE, NAME)',
            'fmt.Sprintf("%s-%s", PRE)',
            'Sprintf("%s", PRE)',
            "PRE - NAME",
        ],
    ),
    "a.java": (
        'class A {\n  static final String PRE = "new";\n  static final String NAME = "checkout";\n  void f() {\n',
        ";\n  }\n}\n",
        [
            '"new-" + NAME',
            'PRE + "-" + A.NAME',
            'String.format("%s-%s", PRE, NAME)',
            '"%s-checkout".formatted(PRE)',
            'String.join("-", PRE, NAME)',
            'PRE.concat("-checkout")',
        ],
        ['"new-" + other', 'String.format("%d-x", PRE)', 'String.join("-", parts)', "PRE + 1", 'own.format("%s", PRE)'],
    ),
    "a.kt": (
        'const val PRE = "new"\nconst val NAME = "checkout"\nfun f() {\n',
        "\n}\n",
        [
            '"new-" + NAME',
            'PRE + "-" + NAME',
            '"$PRE-$NAME"',
            '"${PRE}-checkout"',
            '"""$PRE-checkout"""',
            '"%s-%s".format(PRE, NAME)',
            'PRE.plus("-checkout")',
        ],
        [
            '"new-" + other',
            '"$PRE-$other"',
            '"${PRE}-${other.name}"',
            '"\\$PRE-checkout"',
            '"${f()}-x"',
            '"$PRE.x${1}"',
        ],
    ),
    "a.cs": (
        'class A {\n  const string PRE = "new";\n  const string NAME = "checkout";\n  void f() {\n',
        ";\n  }\n}\n",
        [
            '"new-" + NAME',
            'PRE + "-" + A.NAME',
            '$"{PRE}-{NAME}"',
            '$"new-{A.NAME}"',
            'string.Format("{0}-{1}", PRE, NAME)',
            'string.Join("-", PRE, NAME)',
            'string.Concat(PRE, "-checkout")',
        ],
        ['"new-" + other', '$"{PRE}-{other}"', '$"{PRE:N}-x"', '$"{{}}{PRE}"', 'string.Join("-", parts)', "PRE + 1"],
    ),
    "a.rs": (
        'const PRE: &str = "new";\nconst NAME: &str = "checkout";\nfn f() {\n',
        ";\n}\n",
        [
            'concat!("new", "-checkout")',
            '&format!("{}-{}", "new", "checkout")',
            'PRE.to_owned() + "-checkout"',
            '[PRE, NAME].join("-")',
        ],
        [
            'format!("{}-{}", "new", other)',
            'format!("{PRE:?}-x")',
            'format!("{}-x", PRE::NAME)',
            'println!("new")',
            "PRE + 1",
        ],
    ),
    "a.swift": (
        'let PRE = "new"\nlet NAME = "checkout"\nfunc f() {\n',
        "\n}\n",
        [
            '"new-" + NAME',
            'PRE + "-" + NAME',
            '"\\(PRE)-\\(NAME)"',
            '"new-\\(NAME)"',
            '[PRE, NAME].joined(separator: "-")',
        ],
        ['"new-" + other', '"\\(PRE)-\\(other)"', '"\\(PRE.uppercased())-x"', "[PRE, NAME].joined()", "PRE + 1"],
    ),
    "a.rb": (
        "PRE = 'new'\nNAME = 'checkout'\n",
        "\n",
        [
            "'new-' + NAME",
            'PRE + "-" + NAME',
            '"#{PRE}-#{NAME}"',
            '"new-#{NAME}"',
            "'new-' 'checkout'",
            "'%s-checkout' % PRE",
            "'%s-%s' % [PRE, NAME]",
            "format('%s-%s', PRE, NAME)",
            "[PRE, NAME].join('-')",
        ],
        [
            "'new-' + other",
            '"#{PRE}-#{other}"',
            '"#{PRE.upcase}-x"',
            "[PRE, other].join('-')",
            "[PRE, NAME].join",
            "PRE << 'x'",
        ],
    ),
    "a.php": (
        "<?php\nconst PRE = 'new';\nconst NAME = 'checkout';\n$pre = 'new';\n",
        ";\n",
        [
            "'new-' . NAME",
            "PRE . '-' . NAME",
            '"$pre-checkout"',
            '"{$pre}-checkout"',
            "sprintf('%s-%s', PRE, NAME)",
            "implode('-', [PRE, NAME])",
        ],
        [
            "'new-' . $other",
            '"$other-checkout"',
            '"${pre}-checkout"',
            '"{$a->b()}-x"',
            "implode('-', $parts)",
            "'new-' . f()",
        ],
    ),
}


@pytest.mark.parametrize(
    ("path", "text"), [(path, text) for path, (_, _, known, _) in ELSEWHERE.items() for text in known]
)
def test_a_key_built_in_another_language_is_known(path: str, text: str) -> None:
    head, tail, *_ = ELSEWHERE[path]
    assert built(path, head, text, tail) == ("new-checkout", "key-builder")


@pytest.mark.parametrize(
    ("path", "text"), [(path, text) for path, (_, _, _, unknown) in ELSEWHERE.items() for text in unknown]
)
def test_an_unknown_part_is_not_guessed_in_another_language(path: str, text: str) -> None:
    head, tail, *_ = ELSEWHERE[path]
    assert built(path, head, text, tail) is None


@pytest.mark.parametrize("text", ['"$"', '"$5"', '"5$"', '"\\$PRE"', '"$ PRE"'])
def test_a_mark_without_a_name_is_text(text: str) -> None:
    path, head, tail = "a.kt", *ELSEWHERE["a.kt"][:2]
    found = built(path, head, text, tail)
    assert found == (None if "\\" in text else (text.strip('"'), "literal"))


def test_a_constant_that_is_built_stays_built_where_it_is_imported() -> None:
    project = program({"keys.py": f"{PY}KEY = f'{{PRE}}-{{NAME}}'\n", "use.py": "from keys import KEY\nask(KEY)\n"})
    file = project.file("use.py")
    assert file is not None
    found = project.constant("use.py", find(file, "KEY", 2))
    assert found is not None
    assert (found.value, found.resolution, found.path, found.name) == ("new-checkout", "key-builder", "keys.py", "KEY")


def test_a_part_that_is_assigned_twice_is_not_known() -> None:
    assert built("a.py", "PRE = 'new'\nPRE = 'old'\nNAME = 'x'\n", "f'{PRE}-{NAME}'") is None


def test_a_chain_that_never_ends_is_not_followed() -> None:
    assert built("a.py", "", " + ".join(["'a'"] * 300)) is None


def test_a_name_in_a_string_is_a_use_that_stays() -> None:
    head = "import io.getunleash.Unleash\nfun f(unleash: Unleash, log: Log) {\n"
    before = f'{head}    val on = unleash.isEnabled("new-checkout")\n    if (on) pay()\n    log.say("is $on")\n}}\n'
    result = cleanup_project({"a.kt": before.encode()}, "new-checkout", True, packs())
    after = f'{head}    val on = true\n    pay()\n    log.say("is $on")\n}}\n'
    assert [edit.after for edit in result.edits] == [after.encode()]
