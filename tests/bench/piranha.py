"""One run of polyglot-piranha: `python -m tests.bench.piranha ROOT LANGUAGE KEY` takes out a flag that stays on.

Comes with `pip install --group bench`. The seed rule says that the client's method gives true for the key; the rest is
what the engine brings along.
"""

from __future__ import annotations

import importlib
import sys

_JAVA = """
((method_invocation name: (identifier) @name arguments: (argument_list . (string_literal) @key .)) @call
  (#eq? @name "isEnabled") (#eq? @key "\\"KEY\\""))
"""
_KOTLIN = """
((call_expression
    (navigation_expression (navigation_suffix (simple_identifier) @name))
    (call_suffix (value_arguments (value_argument (string_literal) @key)))) @call
  (#eq? @name "isEnabled") (#eq? @key "\\"KEY\\""))
"""
_GO = """
((call_expression
    function: (selector_expression field: (field_identifier) @name)
    arguments: (argument_list . (interpreted_string_literal) @key .)) @call
  (#eq? @name "IsEnabled") (#eq? @key "\\"KEY\\""))
"""
_QUERIES = {"java": _JAVA, "kt": _KOTLIN, "go": _GO}


def main(root: str, language: str, key: str) -> int:
    engine = importlib.import_module("polyglot_piranha")
    rule = engine.Rule(
        name="flag",
        query=_QUERIES[language].replace("KEY", key),
        replace_node="call",
        replace="true",
        groups={"replace_expression_with_boolean_literal"},
        is_seed_rule=True,
    )
    graph = engine.RuleGraph(rules=[rule], edges=[])
    engine.execute_piranha(engine.PiranhaArguments(language, paths_to_codebase=[root], rule_graph=graph))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
