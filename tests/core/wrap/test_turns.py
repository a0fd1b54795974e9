from __future__ import annotations

import pytest

from featureops.core.syntax import parse
from featureops.core.wrap.turns import loop_around
from featureops.languages import packs

LOOPS = {
    "a.py": "def f(a):\n    for b in a:\n        if b:\n            here(b)\n",
    "b.py": "def f(a):\n    while a:\n        here(a)\n",
    "a.ts": "function f(a) {\n  a.forEach((b) => {\n    here(b);\n  });\n}\n",
    "b.ts": "function f(a) {\n  for (const b of a) {\n    here(b);\n  }\n}\n",
    "a.rb": "def f(a)\n  a.each do |b|\n    here(b)\n  end\nend\n",
    "a.go": "package a\nfunc f(a []int) { for _, b := range a {\n\t\there(b)\n\t}\n}\n",
    "A.java": "class A { void f() {\n  a.forEach(b -> {\n    here(b);\n  }); } }\n",
    "A.cs": "class A { void F() {\n  foreach (var b in a) {\n    here(b);\n  } } }\n",
    "a.kt": "fun f() {\n  a.forEach { b ->\n    here(b)\n  }\n}\n",
    "a.php": "<?php function f($a) {\n  foreach ($a as $b) {\n    here($b);\n  } }\n",
    "a.rs": "fn f() {\n  loop {\n    here(b);\n  } }\n",
    "a.swift": "func f() {\n  a.forEach { b in\n    here(b)\n  }\n}\n",
}
ONCE = {
    "a.py": "def f(a):\n    for b in a:\n        pass\n    here(a)\n",
    "b.py": "def f(a):\n    for b in a:\n        def g():\n            here(b)\n",
    "c.py": "def f(a):\n    for b in here(a):\n        pass\n",
    "a.ts": "function f(a) {\n  a.then((b) => {\n    here(b);\n  });\n}\n",
    "b.ts": "function f(a) {\n  a.forEach((b) => {\n    b.then(() => {\n      here(b);\n    });\n  });\n}\n",
    "a.rb": "def f(a)\n  a.transaction do |b|\n    here(b)\n  end\nend\n",
    "A.java": "class A { void f() {\n  a.submit(() -> {\n    here(b);\n  }); } }\n",
    "a.kt": "fun f() {\n  a.forEach { b -> c(b) }\n  here(a)\n}\n",
}


def line_of_loop(path: str, text: str) -> int | None:
    pack = packs().for_path(path)
    assert pack is not None
    file = parse(path, text.encode(), pack)
    place = next(node for node in file.root.walk() if node.text == "here")
    loop = loop_around(place)
    return file.line_of(loop.start) if loop is not None else None


@pytest.mark.parametrize("path", LOOPS)
def test_what_runs_in_every_turn_of_a_loop_is_seen_to(path: str) -> None:
    assert line_of_loop(path, LOOPS[path]) == 2


@pytest.mark.parametrize("path", ONCE)
def test_what_runs_beside_a_loop_or_later_is_not(path: str) -> None:
    assert line_of_loop(path, ONCE[path]) is None
