# Every target sets up what it needs in .venv first; CPython 3.11 or newer, make and git are all that must be there.

BIN := .venv/bin
STAMP := .venv/.featureops-stamp
PYTEST := $(BIN)/pytest -q -n auto --dist worksteal

# A .venv whose Python went away (an upgrade of the system) is made anew.
$(shell test -x $(BIN)/python || rm -f $(STAMP))

.PHONY: help demo test check fix bench snapshots wheel clean
.SILENT:

help: ## say what there is
	sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

$(STAMP): pyproject.toml scripts/bootstrap.py
	PYTHON="$(PYTHON)" scripts/setup

demo: $(STAMP) ## the whole workflow on a small application, in a temporary folder
	$(BIN)/featureops demo

test: $(STAMP) ## every test
	$(PYTEST)

check: $(STAMP) ## format, lint, types, tests: what a change must pass
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary src tests scripts
	$(PYTEST)

fix: $(STAMP) ## let ruff format and mend what it can
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

bench: $(STAMP) ## the benchmarks; they print, they never fail on a number
	for bench in tests/bench/bench_*.py; do $(BIN)/python -m tests.bench.$$(basename $$bench .py) || exit 1; done

snapshots: $(STAMP) ## write the snapshots of the tools anew; read the diff before committing it
	FEATUREOPS_WRITE_SNAPSHOTS=1 $(BIN)/pytest -q tests/house/test_toolsnaps.py

wheel: $(STAMP) ## dist/*.whl, built from the sdist
	rm -rf dist
	$(BIN)/python -m build --outdir dist . >/dev/null
	ls dist

clean: ## remove what make made
	rm -rf .venv .venv.lock dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
