"""Budgets: a module 400 lines, a function 50, a tool handler 15."""

from __future__ import annotations

import pytest

from tests.house.source import Module, is_handler, length, modules

MODULE_LINES = 400
FUNCTION_LINES = 50
HANDLER_LINES = 15

MODULES = [pytest.param(module, id=module.shown) for module in modules()]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_fits_its_budget(module: Module) -> None:
    lines = len(module.text.splitlines())
    assert lines <= MODULE_LINES, f"{module.shown} has {lines} lines: split it by what changes together"


@pytest.mark.parametrize("module", MODULES)
def test_each_function_fits_its_budget(module: Module) -> None:
    for function in module.functions():
        budget = HANDLER_LINES if module.layer == "server" and is_handler(function) else FUNCTION_LINES
        lines = length(function)
        assert lines <= budget, (
            f"{module.shown}:{function.lineno}: {function.name} has {lines} lines, {budget} are allowed"
        )


def test_the_tool_handlers_are_recognised() -> None:
    handlers = [function.name for module in modules() for function in module.functions() if is_handler(function)]
    assert {"evaluate_change", "detect_flag", "wrap_change", "cleanup_flag", "create_flag"} <= set(handlers)
