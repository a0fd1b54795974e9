"""Wrapped Java is accepted by its compiler, which looks at what no grammar tells: assignment, reachability, returns."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from textwrap import indent

import pytest

from featureops.core.config import Config
from featureops.core.model import ChangedFile
from featureops.core.wrap.change import wrap_changes
from featureops.core.wrap.repository import Repository
from featureops.languages import packs

_ASKS = "package io.getunleash; public interface Unleash { boolean isEnabled(String name); }"
_FRAME = """import io.getunleash.Unleash;
import java.util.List;
import java.util.function.Supplier;

class Pay {{
    private final Unleash unleash;

    Pay(Unleash unleash) {{
        this.unleash = unleash;
    }}

    boolean receipt() {{
        return unleash.isEnabled("new-receipt");
    }}

    int fee(int total) {{
        return total / 100;
    }}

    void note(int total) {{
    }}

{body}
}}
"""
_CASES = """
# both sides return
int pay(int a) {
    return a;
}
-
int pay(int a) {
    return fee(a);
}

# one side throws
int pay(int a) {
    note(a);
    return a;
}
-
int pay(int a) {
    throw new IllegalStateException();
}

# a loop without an end
int pay(int a) {
    return a;
}
-
int pay(int a) {
    while (true) {
        note(a);
    }
}

# a variable is set later
int pay(int a) {
    int b;
    b = a;
    note(b);
    return b;
}
-
int pay(int a) {
    int b;
    b = fee(a);
    note(a);
    return b;
}

# a lambda without a result
void pay(List<Integer> all) {
    all.forEach(a -> note(a));
}
-
void pay(List<Integer> all) {
    all.forEach(a -> note(fee(a)));
}

# a lambda with a result
Supplier<Integer> pay(int a) {
    return () -> a + 1;
}
-
Supplier<Integer> pay(int a) {
    return () -> a + 2;
}

# a final variable
int pay(int a) {
    final int b = fee(a);
    note(b);
    return b + a;
}
-
int pay(int a) {
    final int b = fee(a + 1);
    note(b);
    return b + a;
}

# sections of a switch
int pay(int a) {
    switch (a) {
        case 1:
            note(a);
            return 1;
        default:
            return 0;
    }
}
-
int pay(int a) {
    switch (a) {
        case 1:
            note(2);
            return 2;
        default:
            return 0;
    }
}

# a rule of a switch
int pay(int a) {
    return switch (a) {
        case 1 -> 1;
        default -> 0;
    };
}
-
int pay(int a) {
    return switch (a) {
        case 1 -> 2;
        default -> 0;
    };
}

# a captured variable is set again
void pay(int a) {
    int b = fee(a);
    Runnable late = () -> note(b);
    late.run();
}
-
void pay(int a) {
    int b = fee(a);
    b = b + 1;
    note(b);
}

# a constructor calls another
Pay(Unleash unleash, int a) {
    this(unleash);
    note(a);
}
-
Pay(Unleash unleash, int a) {
    this(unleash);
    note(fee(a));
}

# old code throws what is checked
void pay(int a) throws Exception {
    if (a < 0) {
        throw new Exception();
    }
    note(a);
}
-
void pay(int a) throws Exception {
    note(a);
}
"""


@pytest.mark.skipif(shutil.which("javac") is None, reason="there is no javac")
def test_what_is_wrapped_compiles_where_both_sides_did(tmp_path: Path) -> None:
    (tmp_path / "io/getunleash").mkdir(parents=True)
    (tmp_path / "io/getunleash/Unleash.java").write_text(_ASKS)
    files = [tmp_path / "io/getunleash/Unleash.java"]
    asked = 0
    for number, case in enumerate(_CASES.split("# ")[1:]):
        name, _, bodies = case.partition("\n")
        text = _wrapped(*(_FRAME.format(body=indent(body.strip(), "    ")) for body in bodies.split("\n-\n")))
        file = tmp_path / f"case{number}" / "Pay.java"
        file.parent.mkdir()
        file.write_text(f"package case{number}; // {name}\n{text}")
        files.append(file)
        asked += "new-checkout" in text
    assert asked >= 10
    done = subprocess.run(["javac", "-d", tmp_path / "out", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _wrapped(old: str, new: str) -> str:
    files = {"Pay.java": new.encode()}
    repository = Repository(
        frozenset(files),
        files.get,
        lambda needles: {path: (0,) for path, data in files.items() if any(needle in data for needle in needles)},
        packs(),
        Config(),
    )
    change = ChangedFile("Pay.java", "modified", old.encode(), new.encode())
    found = wrap_changes(repository, [change], "new-checkout")
    return next((edit.after or b"" for edit in found.edits), new.encode()).decode()
