# make map    writes build/enping.html and prints its path; needs python3 (3.11 or later) and make
# make test   everything that must hold: make check, then the tests, in a browser too
# make check  linters, types, docstrings, floors
# make campaign, bench, constraints, clean   see below

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := map
MAKEFLAGS += --no-print-directory

# The tests choose the language themselves.
unexport ENPING_LANG
# An environment that is active must not leak into ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PAGE := build/enping.html

.PHONY: map test check loops campaign bench constraints clean

map: $(VENV)/runtime
	@mkdir -p $(dir $(PAGE))
	@$(BIN)/enping-gis map -o $(PAGE)

test: $(VENV)/dev
	@scripts/install_debian_packages.sh
	@$(MAKE) --jobs 2 --output-sync=target check loops
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m numpydoc lint $$(find enping_gis -name '*.py')
	$(BIN)/lint-imports --no-cache --no-logo

# Compiled once, beside the checks, the package's loops are on disk when the tests begin.
loops: $(VENV)/dev
	$(BIN)/python scripts/compile_loops.py

# Long searches for faults: more examples, real files, every hostile text.
campaign: $(VENV)/dev
	@scripts/install_debian_packages.sh
	HYPOTHESIS_PROFILE=campaign $(BIN)/python -m pytest -m "campaign or hypothesis" --timeout 3600 \
	  --numprocesses auto --dist worksteal

# An hour on two cores; one section of the page anew: python -m benchmarks --only contacts
bench: $(VENV)/dev
	@scripts/install_debian_packages.sh postgresql-postgis
	$(BIN)/python -m benchmarks

# Resolve the newest releases anew, in an environment of its own; run the tests before committing.
constraints:
	rm -rf build/resolved
	$(PYTHON) -m venv build/resolved
	build/resolved/bin/python -m pip --disable-pip-version-check --quiet install --upgrade '.[dev]'
	{ sed -n '/^#/p' constraints.txt; \
	  build/resolved/bin/python -m pip --disable-pip-version-check freeze --all \
	    | grep -E '^[A-Za-z0-9._-]+==' | grep -vE '^(enping-gis|setuptools)=='; } > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps below are files: what is installed is not installed again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11: make PYTHON=python3.11 (or later)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  CI=true scripts/install_debian_packages.sh python3-venv
	@echo "Setting up $(VENV), once; this takes a minute or two"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/runtime $@
