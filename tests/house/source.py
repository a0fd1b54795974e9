"""What the house tests look at: every module under src/, parsed once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["PACKAGE", "ROOT", "Function", "Module", "docstring_of", "is_handler", "length", "modules"]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "featureops"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def shown(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def layer(self) -> str:
        """The folder below the package; the file's own name for what lies directly in it, "" for the package."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text, ast.parse(text, str(path))))
    return tuple(found)


def docstring_of(node: ast.Module | ast.ClassDef | Function) -> ast.Constant | None:
    """The node of the docstring, if there is one."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value
    return None


def is_handler(function: Function | ast.ClassDef) -> bool:
    """Whether it is registered as a tool: `@tool(...)` or `@something.tool(...)`."""
    calls = [decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    names = [call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls]
    return "tool" in names


def length(function: Function) -> int:
    """Lines from `def` to the last one, without the docstring; inner functions count."""
    return _lines(function) - _lines(docstring_of(function))


def _lines(node: Function | ast.Constant | None) -> int:
    return 0 if node is None else (node.end_lineno or node.lineno) - node.lineno + 1
