"""The line that is told of a read."""

from __future__ import annotations

import pytest

from featureops.core.detect.summary import read_file
from featureops.core.detect.usages import find_usages
from tests.core.sources import grep_of, program

PLACES = {
    "one-line": ("a.kt", 'val x = unleash.isEnabled("k")\n', 1),
    "arguments-below": ("a.kt", 'val x = unleash.isEnabled(\n    "k",\n)\n', 1),
    "awaited": ("a.ts", "const x = await unleash.isEnabled(\n  'k'\n);\n", 1),
    "kotlin": ("a.kt", 'val x = unleash\n    .isEnabled("k")\n', 2),
    "java": ("A.java", 'class A {\n  boolean x = unleash\n    .isEnabled("k");\n}\n', 3),
    "typescript": ("a.ts", "const x = unleash\n  .isEnabled('k');\n", 2),
    "rust": ("a.rs", 'fn f() -> bool {\n    unleash\n        .is_enabled("k", None, false)\n}\n', 3),
    "swift": ("a.swift", 'let x = unleash\n    .isEnabled("k")\n', 2),
    "php": ("a.php", "<?php\n$x = $unleash\n    ->isEnabled('k');\n", 3),
    "ruby": ("a.rb", "x = unleash\n  .enabled?('k')\n", 2),
    "go": ("a.go", 'package a\n\nvar x = unleash.\n\tIsEnabled("k")\n', 4),
    "python": ("a.py", "x = (unleash\n     .is_enabled('k'))\n", 2),
    "csharp": ("a.cs", 'class A {\n  bool x = unleash\n    .IsEnabled("k");\n}\n', 3),
}


@pytest.mark.parametrize("case", PLACES)
def test_the_line_is_that_of_the_name_of_what_is_called(case: str) -> None:
    path, text, line = PLACES[case]
    data = text.encode()
    project = program({path: text})
    assert [(place.flag, place.line) for place in read_file(project, path, None)] == [("k", line)]
    found = find_usages(project, "k", grep_of({path: data}), lambda _: data)
    asked = text.splitlines()[line - 1]
    assert [(usage.line, usage.text) for usage in found] == [(line, asked.strip())]
