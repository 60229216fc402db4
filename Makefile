# Needs Python 3.11 or newer with venv and pip (Debian: python3-venv), make, and a package index. Nothing else.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Wheels only and by hash: what is installed is what was locked, and no compiler is needed.
INSTALL := $(PIP) install --require-hashes --only-binary :all:
PYTEST_WORKERS ?= 3

.PHONY: setup setup-dev demo up test lint lock clean

setup: .venv/run.stamp

.venv/made.stamp:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv and pip is needed (Debian: apt install python3-venv)" >&2; exit 1; }
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv && touch $@

.venv/run.stamp: .venv/made.stamp locks/run.txt pyproject.toml
	@echo "installing what Regulars runs on (a minute on an empty machine)"
	@$(INSTALL) -r locks/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

setup-dev: .venv/dev.stamp

.venv/dev.stamp: .venv/run.stamp locks/dev.txt
	@echo "installing what its tests need"
	@$(INSTALL) -r locks/dev.txt
	@touch $@

demo: setup
	@$(BIN)/regulars demo

up: setup
	@$(BIN)/regulars up

test: setup-dev
	@$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Locks name versions and hashes, and no host: where they come from is the machine's own configuration.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml
lock: setup-dev
	@$(LOCK) --output-file locks/run.txt
	@$(LOCK) --group dev --output-file locks/dev.txt

clean:
	@rm -rf .venv .data
