from __future__ import annotations

import pytest

from featureops.core.scopes import string_value
from tests.core.sources import find, only_file


def uses(path: str, text: str, name: str) -> list[int]:
    """Lines on which the module-level name is used."""
    file, names = only_file(path, text)
    binding = names.top(name)
    assert binding is not None, f"{name} is not bound"
    return [file.line_of(node.start) for node in binding.uses]


def test_a_parameter_hides_the_module_s_name() -> None:
    text = """
        flag = 1
        def f(flag):
            return flag
        def g(other=flag):
            return flag
    """
    assert uses("a.py", text, "flag") == [4, 5]


def test_a_class_body_is_not_seen_from_its_methods() -> None:
    text = """
        name = "outer"
        class A:
            name = "inner"
            copy = name
            def f(self):
                return name
    """
    assert uses("a.py", text, "name") == [6]


def test_names_of_comprehensions_lambdas_and_loops_stay_apart() -> None:
    text = """
        x = 1
        a = [x for x in range(3)]
        b = lambda x: x
        c = {k: x for k in a}
    """
    assert uses("a.py", text, "x") == [4]


def test_attributes_and_keyword_names_are_no_uses() -> None:
    text = """
        flag = 1
        obj.flag
        call(flag=2)
        call(flag=flag)
    """
    assert uses("a.py", text, "flag") == [4]


def test_block_scopes_and_function_scopes_of_braces() -> None:
    text = """
        const flag = 1;
        if (flag) {
          const flag = 2;
          use(flag);
        }
        function f(flag: number) { return flag; }
        const g = flag => flag;
        const h = ({ flag }) => flag;
        const o = { flag };
        o.flag;
    """
    assert uses("a.ts", text, "flag") == [2, 9]


def test_destructuring_binds_the_new_names_only() -> None:
    _, names = only_file("a.ts", "const { a, b: renamed, c = fallback, ...rest } = given;\nconst [d, , e] = list;\n")
    assert {binding.name for binding in names.all} == {"a", "renamed", "c", "rest", "d", "e"}


@pytest.mark.parametrize(
    ("path", "text", "single"),
    [
        ("a.py", "x = 1\nprint(x)\n", True),
        ("a.py", "x = 1\nx = 2\n", False),
        ("a.py", "x = 1\nx += 2\n", False),
        ("a.py", "x = 1\ndef f():\n    global x\n    x = 2\n", False),
        ("a.py", "x = 1\ndel x\n", False),
        ("a.py", "x = 1\ndef f():\n    x = 2\n", True),
        ("a.ts", "let x = 1; use(x);\n", True),
        ("a.ts", "let x = 1; x = 2;\n", False),
        ("a.ts", "let x = 1; x++;\n", False),
        ("a.ts", "let x = 1; x += 1;\n", False),
        ("a.ts", "let x = 1; { let x = 2; }\n", True),
    ],
)
def test_a_name_is_single_when_nothing_assigns_it_again(path: str, text: str, *, single: bool) -> None:
    _, names = only_file(path, text)
    binding = names.top("x")
    assert binding is not None
    assert binding.is_single is single


@pytest.mark.parametrize(
    ("path", "text", "name", "module", "imported"),
    [
        ("a.py", "import shop.flags\n", "shop", "shop", "*"),
        ("a.py", "import shop.flags as f\n", "f", "shop.flags", "*"),
        ("a.py", "from shop import flags\n", "flags", "shop", "flags"),
        ("a.py", "from .flags import KEY as K\n", "K", ".flags", "KEY"),
        ("a.py", "from . import flags\n", "flags", ".", "flags"),
        ("a.ts", "import flags from './flags';\n", "flags", "./flags", "default"),
        ("a.ts", "import * as flags from './flags';\n", "flags", "./flags", "*"),
        ("a.ts", "import { a, b as c } from './flags';\n", "c", "./flags", "b"),
        ("a.ts", "import d, { a } from './flags';\n", "a", "./flags", "a"),
        ("a.ts", "import type { T } from './flags';\n", "T", "./flags", "T"),
    ],
)
def test_imports_are_bound_with_what_they_stand_for(
    path: str, text: str, name: str, module: str, imported: str
) -> None:
    _, names = only_file(path, text)
    binding = names.top(name)
    assert binding is not None
    assert binding.imported is not None
    assert (binding.imported.module, binding.imported.imported) == (module, imported)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("a.py", '"key"', "key"),
        ("a.py", "'''key'''", "key"),
        ("a.py", 'r"k\\e"', "k\\e"),
        ("a.py", 'f"key"', "key"),
        ("a.py", 'f"key-{n}"', None),
        ("a.py", '"k\\x65y"', None),
        ("a.py", '""', ""),
        ("a.ts", "`key`", "key"),
        ("a.ts", "`key-${n}`", None),
        ("a.ts", "'k\\'ey'", None),
        ("a.ts", '"key"', "key"),
        ("a.ts", "12", None),
    ],
)
def test_the_value_of_a_string_is_known_only_when_it_is_plain(path: str, text: str, value: str | None) -> None:
    file, _ = only_file(path, f"x = {text}\n")
    assert string_value(find(file, text)) == value


@pytest.mark.parametrize(
    ("path", "text", "name", "line"),
    [
        ("a.rb", "x = 1\ndef f\n  x\nend\n", "x", None),
        ("a.rb", "x = 1\n[1].each { |y| x }\n", "x", 1),
        ("a.rb", "class A\n  K = 1\n  def f\n    K\n  end\nend\n", "K", 2),
        ("a.rb", "def f\n  1\nend\ndef g\n  f\nend\n", "f", 1),
        ("a.php", "<?php\n$x = 1;\nfunction f() { return $x; }\n", "$x", None),
        ("a.php", "<?php\n$x = 1;\n$f = fn() => $x;\n", "$x", 2),
        ("a.php", "<?php\nuse A\\B as C;\nC::d();\n", "C", 2),
        ("a.php", "<?php\nuse A\\{B, D};\nD::d();\n", "D", 2),
    ],
)
def test_names_cross_the_scopes_that_their_language_lets_them_cross(
    path: str, text: str, name: str, line: int | None
) -> None:
    file, names = only_file(path, text)
    last = [node for node in file.root.walk() if node.text == name and node.type in file.pack.index.identifiers][-1]
    binding = names.of.get(last)
    assert (file.line_of(binding.definitions[0].start) if binding else None) == line


def test_an_import_of_a_qualified_name_knows_its_module() -> None:
    _, names = only_file("a.php", "<?php\nuse A\\B\\C;\nuse D\\{E as F, G\\H};\nuse I;\n")
    found = {binding.name: (entry.module, entry.imported) for binding in names.imports if (entry := binding.imported)}
    assert found == {"C": ("A\\B", "C"), "F": ("D", "E"), "H": ("D\\G", "H"), "I": ("", "I")}


def test_a_variable_that_is_named_in_a_text_is_not_single() -> None:
    _, names = only_file("a.php", "<?php\n$x = 1;\n$y = 2;\ng(compact('x'), $y);\n")
    assert [(binding.name, binding.is_single) for binding in names.all] == [("$x", False), ("$y", True)]
