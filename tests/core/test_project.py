from __future__ import annotations

import pytest

from featureops.core.config import Config
from featureops.core.project import Project
from tests.core.sources import find, program


def constant(project: Project, path: str, text: str) -> tuple[str, str, str] | None:
    """(value, resolution, path of the definition) of the argument of `ask(text)`."""
    file = project.file(path)
    assert file is not None
    node = find(file, f"ask({text})")
    call = next(each for each in [node, *node.walk()] if each.shape == "call")
    arguments = call.role("arguments")
    assert arguments is not None
    found = project.constant(path, arguments.items[0])
    return (found.value, found.resolution, found.path) if found else None


KEYS_PY = """
    from enum import Enum
    KEY = "the-key"
    ALSO = KEY
    TWICE = "a"
    TWICE = "b"
    class Flags(Enum):
        KEY = "the-key"
    class Plain:
        key = "the-key"
        class Inner:
            key = "the-key"
    TABLE = {"key": "the-key"}
"""


@pytest.mark.parametrize(
    ("statement", "text", "expected"),
    [
        ("", '"the-key"', ("the-key", "literal", "shop/use.py")),
        ("from shop.keys import KEY", "KEY", ("the-key", "constant", "shop/keys.py")),
        ("from shop.keys import KEY as K", "K", ("the-key", "constant", "shop/keys.py")),
        ("from .keys import ALSO", "ALSO", ("the-key", "constant", "shop/keys.py")),
        ("from . import keys", "keys.KEY", ("the-key", "constant", "shop/keys.py")),
        ("import shop.keys", "shop.keys.KEY", ("the-key", "constant", "shop/keys.py")),
        ("import shop.keys", "shop.KEY", None),
        ("import shop.keys as k", "k.KEY", ("the-key", "constant", "shop/keys.py")),
        ("from shop import PASSED", "PASSED", ("the-key", "constant", "shop/keys.py")),
        ("from shop.keys import Flags", "Flags.KEY.value", ("the-key", "enum", "shop/keys.py")),
        ("from shop.keys import Flags", "Flags.KEY", ("the-key", "enum", "shop/keys.py")),
        ("from shop.keys import Plain", "Plain.key", ("the-key", "enum", "shop/keys.py")),
        ("from shop.keys import Plain", "Plain.Inner.key", ("the-key", "enum", "shop/keys.py")),
        ("from shop import keys", "keys.Flags.KEY.value", ("the-key", "enum", "shop/keys.py")),
        ("local = 'the-key'", "local", ("the-key", "constant", "shop/use.py")),
        ("from shop.keys import TWICE", "TWICE", None),
        ("from shop.keys import MISSING", "MISSING", None),
        ("from elsewhere import KEY", "KEY", None),
        ("from shop.keys import Flags", "Flags.OTHER", None),
        ("from shop.keys import KEY", "KEY + '2'", ("the-key2", "key-builder", "shop/use.py")),
        ("from shop.keys import KEY", "KEY.upper()", None),
        ("", "unbound", None),
        ("for name in names: pass", "name", None),
    ],
)
def test_a_key_is_known_by_value_across_files(statement: str, text: str, expected: tuple[str, str, str] | None) -> None:
    files = {
        "shop/__init__.py": "from .keys import KEY as PASSED\n",
        "shop/keys.py": KEYS_PY,
        "shop/use.py": f"{statement}\nask({text})\n",
    }
    assert constant(program(files), "shop/use.py", text) == expected


KEYS_TS = """
    export const KEY = 'the-key';
    export const KEYS = { key: 'the-key', 'quoted-key': 'the-key', deep: { key: 'the-key' } } as const;
    export const FROZEN = Object.freeze({ key: 'the-key' });
    export enum Flag { Key = 'the-key', Number = 3 }
    export class Names { static readonly key = 'the-key'; }
    export let changing = 'a';
    changing = 'b';
    const hidden = 'the-key';
    export { hidden as shown };
    export default hidden;
"""


@pytest.mark.parametrize(
    ("statement", "text", "resolution"),
    [
        ("import { KEY } from './keys';", "KEY", "constant"),
        ("import { KEY } from '.';", "KEY", "constant"),
        ("import { PASSED } from './index';", "PASSED", "constant"),
        ("import { KEY } from '@/keys';", "KEY", "constant"),
        ("import { KEY } from './keys.js';", "KEY", "constant"),
        ("import * as keys from './keys';", "keys.KEY", "constant"),
        ("import { KEYS } from './keys';", "KEYS.key", "enum"),
        ("import { KEYS } from './keys';", "KEYS.deep.key", "enum"),
        ("import { FROZEN } from './keys';", "FROZEN.key", "enum"),
        ("import { Flag } from './keys';", "Flag.Key", "enum"),
        ("import { Names } from './keys';", "Names.key", "enum"),
        ("import { shown } from './keys';", "shown", "constant"),
        ("import anything from './keys';", "anything", "constant"),
        ("import { KEY } from './keys';", "KEY as string", "constant"),
        ("import { changing } from './keys';", "changing", None),
        ("import { hidden } from './other';", "hidden", None),
        ("import { Flag } from './keys';", "Flag.Number", None),
        ("import { KEYS } from './keys';", "KEYS[name]", None),
        ("import { KEY } from 'a-package';", "KEY", None),
    ],
)
def test_a_key_is_known_by_value_through_modules(statement: str, text: str, resolution: str | None) -> None:
    files = {
        "src/index.ts": "export * from './keys';\nexport { KEY as PASSED } from './keys';\n",
        "src/keys.ts": KEYS_TS,
        "src/use.ts": f"{statement}\nask({text});\n",
    }
    found = constant(program(files), "src/use.ts", text)
    assert found == (("the-key", resolution, "src/keys.ts") if resolution else None)


def test_modules_that_import_each_other_end() -> None:
    files = {"a.py": "from b import X\n", "b.py": "from a import X\n", "c.py": "from a import X\nask(X)\n"}
    assert constant(program(files), "c.py", "X") is None


def test_a_name_that_stands_for_itself_ends() -> None:
    assert constant(program({"a.py": "X = Y\nY = X\nask(X)\n"}), "a.py", "X") is None


def test_an_alias_of_the_configuration_stands_for_its_key() -> None:
    config = Config(aliases={"the-key": ("Keys.NEW",)})
    files = {"a.py": "import m\nask(Keys.NEW)\nask(m.Keys.NEW)\nask(OtherKeys.NEW)\nask(Keys.NEWER)\n"}
    project = program(files, config)
    assert constant(project, "a.py", "Keys.NEW") == ("the-key", "constant", "a.py")
    assert constant(project, "a.py", "m.Keys.NEW") == ("the-key", "constant", "a.py")
    assert constant(project, "a.py", "OtherKeys.NEW") is None
    assert constant(project, "a.py", "Keys.NEWER") is None


def test_a_file_without_a_pack_or_without_content_is_none() -> None:
    project = program({"a.py": "x = 1\n"})
    assert project.file("README.md") is None
    assert project.file("missing.py") is None


def test_damaged_files_are_told() -> None:
    project = program({"a.py": "x = = 1\n", "b.py": "x = 1\n"})
    project.file("a.py")
    project.file("b.py")
    assert project.damaged() == ["a.py"]


@pytest.mark.parametrize(
    ("importer", "module", "expected"),
    [
        ("src/shop/use.py", "shop.keys", "src/shop/keys.py"),
        ("src/shop/use.py", ".keys", "src/shop/keys.py"),
        ("src/shop/deep/use.py", "..keys", "src/shop/keys.py"),
        ("src/shop/use.py", "shop", "src/shop/__init__.py"),
        ("src/shop/use.py", "json", None),
        ("web/src/use.ts", "./keys", "web/src/keys.ts"),
        ("web/src/deep/use.tsx", "../keys", "web/src/keys.ts"),
        ("web/src/use.ts", "./lib", "web/src/lib/index.ts"),
        ("web/src/use.ts", "react", None),
    ],
)
def test_an_import_s_text_names_a_file(importer: str, module: str, expected: str | None) -> None:
    paths = ["src/shop/keys.py", "src/shop/__init__.py", "web/src/keys.ts", "web/src/lib/index.ts"]
    assert program(dict.fromkeys([*paths, importer], "")).module_path(importer, module) == expected


def test_what_a_package_gives_is_followed_through_files_that_pass_it_on() -> None:
    files = {
        "a.ts": "export { useFlag as useIt } from 'sdk';\n",
        "b.ts": "export * from './a';\n",
        "c.ts": "import { useIt } from './b';\nuseIt;\n",
    }
    project = program(files)
    binding = project.names("c.ts").top("useIt")
    assert binding is not None
    assert project.outside("c.ts", binding) == ("sdk", "useFlag")
