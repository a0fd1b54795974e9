"""Every module says what it is for and which names are for others; importing the package costs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house.source import Module, docstring_of, is_handler, modules

MODULES = [pytest.param(module, id=module.shown) for module in modules()]


def declared(module: Module) -> list[str] | None:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            names = ast.literal_eval(node.value)
            assert isinstance(names, list), f"{module.shown}:{node.lineno}: __all__ is a list of names, written out"
            return [str(name) for name in names]
    return None


def bound(module: Module, *, imported: bool) -> set[str]:
    """Names that the module's body binds; with `imported`, also those it imports."""
    names: set[str] = set()
    for node in ast.walk(ast.Module(module.tree.body, [])):
        if isinstance(node, ast.ImportFrom | ast.Import) and imported:
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    for statement in module.tree.body:
        names |= _bound_by(statement)
    return names


def _bound_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            # A tool's handler is reached through the list of tools; its name is the tool's.
            return set() if is_handler(statement) else {statement.name}
        case ast.Assign():
            return {node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        case ast.AnnAssign():
            return {statement.target.id} if isinstance(statement.target, ast.Name) else set()
        case ast.If() | ast.Try():
            return {name for inner in statement.body + statement.orelse for name in _bound_by(inner)}
    return set()


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by name: the order that ruff's RUF022 keeps."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name.lstrip("_")[:1].isupper() else 2, name)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for(module: Module) -> None:
    assert docstring_of(module.tree), f"{module.shown} has no docstring"


@pytest.mark.parametrize("module", MODULES)
def test_the_declared_names_are_sorted_complete_and_there(module: Module) -> None:
    public = {name for name in bound(module, imported=False) if not name.startswith("_")}
    names = declared(module)
    if names is None:
        assert not public, f"{module.shown} has public names but no __all__: {', '.join(sorted(public))}"
        return
    assert names == sorted(names, key=order), f"{module.shown}: __all__ is not sorted"
    assert len(names) == len(set(names)), f"{module.shown}: __all__ names something twice"
    missing = sorted(public - set(names))
    assert not missing, f"{module.shown}: add to __all__, or begin with an underscore: {', '.join(missing)}"
    unbound = sorted(set(names) - bound(module, imported=True))
    assert not unbound, f"{module.shown}: __all__ names what is not there: {', '.join(unbound)}"


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import featureops; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    foreign = {name for name in done.stdout.split() if name.split(".")[0] not in sys.stdlib_module_names}
    assert foreign == {"featureops"}
