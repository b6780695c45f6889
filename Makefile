# What can be done here: `make help`. Everything happens in .venv/ and var/; nothing else on the machine is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The lock file is complete, so nothing is resolved; bytecode is made when a module is first imported.
INSTALL_LOCKED := $(PIP) install --no-deps --no-compile --require-hashes --requirement
# Some images switch bytecode off; here it is written inside the checkout alone, and each start is 2 s shorter with it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test lint format check scenarios simulate faults bench ratios docs frontend lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## start everything in one process; an empty database becomes the demo
	@exec $(BIN)/banli run --demo-when-empty

test: $(INSTALLED_DEV) ## all tests that this machine can run; the others say why they were skipped
	@$(BIN)/python -m pytest -n auto

lint: $(INSTALLED_DEV) ## style, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: $(INSTALLED_DEV) ## put the style right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: $(INSTALLED) ## the content: diagrams, tables, forms
	@$(BIN)/banli check

scenarios: $(INSTALLED) ## what the process owners expect of the content
	@$(BIN)/banli test

simulate: $(INSTALLED) ## a quarter of the whole chain by chance, on the real engine (SEED=1 QUARTER=300)
	@$(BIN)/banli simulate chain_store --seed $(SEED) --matters $(QUARTER)

faults: $(INSTALLED_DEV) ## kill processes, broker and database while matters run (SEED=1 MATTERS=300 SETUPS=embedded,redis,rabbitmq)
	@$(BIN)/python -m tests.faults --seed $(SEED) --matters $(MATTERS) --setups $(SETUPS)

SEED ?= 1
MATTERS ?= 300
QUARTER ?= 300
SETUPS ?= embedded,redis,rabbitmq

bench: $(INSTALLED_DEV) ## the benchmarks, as ratios within one run (DATABASES=sqlite for one alone; ONLY=approval,web)
	@$(PIP) install -e '.[bench]'
	@$(BIN)/python -m bench --databases $(DATABASES) $(if $(ONLY),--only $(ONLY))

ratios: $(INSTALLED_DEV) ## nothing has become slower by more than a third (a small version of the benchmarks)
	@$(BIN)/python -m bench.check

DATABASES ?= sqlite,postgresql
ONLY ?=

docs: $(INSTALLED_DEV) ## the pages that are made from the code
	@$(BIN)/python -m banli.documentation

frontend: ## bundle the viewer and the editors again (maintainers; needs Node 20)
	@cd webapp/frontend && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

lock: $(INSTALLED_DEV) ## resolve the dependencies again, without addresses
	@$(BIN)/pip-compile --quiet --upgrade $(LOCK_OPTIONS) --output-file requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --upgrade $(LOCK_OPTIONS) --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml

LOCK_OPTIONS := --generate-hashes --strip-extras --allow-unsafe --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

clean: ## remove .venv/ and caches; var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Banli needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Banli needs …"
	@$(INSTALL_LOCKED) requirements.lock
	@$(PIP) install --no-deps --no-compile --editable .
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock $(INSTALLED)
	@echo "Installing what the tests need …"
	@$(INSTALL_LOCKED) requirements-dev.lock
	@touch $@
