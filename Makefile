# Customer Support Assistant. `make help` lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
SAMPLE := examples/brindle
export UV_LINK_MODE ?= copy
export UV_NO_CONFIG ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format bench lock clean

help:  ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12 …")'
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing: on Debian or Ubuntu, apt install python3-venv" >&2; exit 1; }

$(UV): $(BIN)/python requirements/bootstrap.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $@

$(VENV)/.runtime: $(UV) requirements.lock pyproject.toml
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.runtime  ## start everything: database, sample business, API and chat page on 127.0.0.1:5000
	@exec $(BIN)/customer-assist serve --sample $(SAMPLE)

test: $(VENV)/.dev  ## all set-up and the whole test suite, browser tests included
	@scripts/browser
	@scripts/axe
	@$(BIN)/python -m pytest $(TESTS)

test-fast: $(VENV)/.dev  ## the suite without browser and slow tests
	@$(BIN)/python -m pytest -m "not browser and not slow" $(TESTS)

check: $(VENV)/.dev  ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev  ## format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## the benchmarks, on the real data where it is there
	@$(BIN)/python -m bench $(BENCH)

LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --override requirements/overrides.txt
lock: $(UV)  ## resolve the dependencies anew and write the lock files
	@$(LOCK) requirements/bootstrap.in -o requirements/bootstrap.lock
	@$(LOCK) pyproject.toml requirements/model.in -o requirements.lock
	@$(LOCK) pyproject.toml requirements/model.in --group dev -c requirements.lock -o requirements-dev.lock

clean:  ## remove the virtual environment and caches (never data)
	@rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache
