from __future__ import annotations

import pytest

from featureops.core.reads import find_reads
from tests.core.sources import program

JAVA = """import io.getunleash.Unleash;
import static org.mockito.Mockito.*;
class T {{
    Unleash u;
    void f(Menu menu, Set<String> names) {{
        {}
    }}
}}
"""
KOTLIN = """import io.getunleash.Unleash
import io.mockk.every
import org.mockito.kotlin.eq
class T(private val u: Unleash) {{
    fun f() {{
        {}
    }}
}}
"""
TOGGLE = """enum Toggle {
    X("k");
    private final String name;
    Toggle(String name) { this.name = name; }
    String getName() { return name; }
}
"""
Row = tuple[str | None, str, str]


def rows(path: str, text: str) -> list[Row]:
    """(flag, proof, value) of the reads."""
    found = find_reads(program({"Toggle.java": TOGGLE, path: text}), path)
    return [(read.flag, read.proof, read.value) for read in found]


TOLD: Row = ("k", "proven", "test")
ASKED: Row = ("k", "proven", "boolean")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('when(menu.isEnabled("k")).thenReturn(true);', [("k", "unproven", "test")]),
        ('verify(menu).isEnabled("k");', [("k", "unproven", "test")]),
        ('run(u).isEnabled("k");', [("k", "unproven", "boolean")]),
        ('run(u.isEnabled("k"));', [ASKED]),
        ('when(menu.open()).thenReturn(u.isEnabled("k"));', [ASKED]),
        ('when(menu.open()).thenAnswer(x -> u.isEnabled("k"));', [ASKED]),
        ('u.isEnabled(equal("k"));', [(None, "proven", "boolean")]),
        ('when(u.isEnabled("k")).thenReturn(true);', [TOLD]),
        ('when(u.isEnabled(eq("k"), any(UnleashContext.class))).thenReturn(true);', [TOLD]),
        ("Mockito.when(u.isEnabled(eq(Toggle.X.getName()), any())).thenReturn(true);", [TOLD]),
        ('doReturn(true).when(u).isEnabled("k");', [TOLD]),
        ('verify(u).isEnabled("k");', [TOLD]),
        ('verify(u, times(1)).isEnabled(ArgumentMatchers.eq("k"));', [TOLD]),
        ("when(u.isEnabled(any())).thenReturn(true);", []),
        ("when(u.isEnabled(anyString())).thenReturn(true);", []),
        ("verify(u, never()).isEnabled(captor.capture());", []),
    ],
)
def test_what_a_mock_is_told_names_a_flag_and_asks_nothing(statement: str, found: list[Row]) -> None:
    assert rows("T.java", JAVA.format(statement)) == found


@pytest.mark.parametrize("statement", ['verify(u).isEnabled("k");', 'when(u.isEnabled(eq("k"))).thenReturn(true);'])
def test_words_of_mocks_say_nothing_where_no_library_of_mocks_is_imported(statement: str) -> None:
    text = JAVA.format(statement).replace("org.mockito", "com.shop")
    assert TOLD not in rows("T.java", text)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('run { u.isEnabled("k") }', [ASKED]),
        ('every { u.isEnabled("k") } returns true', [TOLD]),
        ('whenever(u.isEnabled(eq("k"), any())).thenReturn(true)', [TOLD]),
        ('`when`(u.isEnabled("k")).thenReturn(true)', [TOLD]),
        ('doReturn(true).whenever(u).isEnabled("k")', [TOLD]),
        ("every { u.isEnabled(any()) } returns true", []),
    ],
)
def test_so_it_is_where_the_call_of_the_mock_stands_in_a_block(statement: str, found: list[Row]) -> None:
    assert rows("T.kt", KOTLIN.format(statement)) == found
