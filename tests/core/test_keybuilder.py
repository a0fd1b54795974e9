from __future__ import annotations

import pytest

from tests.core.sources import find, program

PY = "PRE = 'new'\nNAME = 'checkout'\n"
TS = "const PRE = 'new';\nconst NAME = 'checkout';\n"


def built(path: str, head: str, text: str) -> tuple[str, str] | None:
    """(value, resolution) of an expression; `ask(...)` around it marks the place."""
    project = program({path: f"{head}ask({text})\n"})
    file = project.file(path)
    assert file is not None
    node = find(file, f"ask({text})")
    while node.shape != "call":
        assert node.parent is not None
        node = node.parent
    arguments = node.role("arguments")
    assert arguments is not None
    found = project.constant(path, arguments.items[0])
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
