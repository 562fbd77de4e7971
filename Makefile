# Everything sets itself up in .venv; nothing global is touched. `make help` says what there is.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV ?= .venv
BENCH_VENV ?= .bench/venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SERVE ?= 1
JOBS ?= 2

PIP_LOCKED = -m pip install --quiet --require-hashes -r
PIP_PROJECT = -m pip install --quiet --no-deps --no-build-isolation --editable .
UV_LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

.PHONY: help setup demo test check lint types imports format protocol bench lock clean
.DEFAULT_GOAL := help

help: ## What can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "Taawun needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.locked: requirements/dev.lock | $(VENV)/.python
	@echo "Installing the locked dependencies into $(VENV)"
	@$(BIN)/python $(PIP_LOCKED) requirements/dev.lock
	@touch $@

$(VENV)/.project: pyproject.toml src/taawun/__init__.py $(VENV)/.locked
	@$(BIN)/python $(PIP_PROJECT)
	@touch $@

$(BENCH_VENV)/.project: requirements/bench.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Taawun needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; }
	@mkdir -p $(dir $(BENCH_VENV))
	$(PYTHON) -m venv $(BENCH_VENV)
	@echo "Installing the peers to measure against into $(BENCH_VENV) (PyICU is built from source: needs a C++ compiler, pkg-config and libicu-dev)"
	@$(BENCH_VENV)/bin/python $(PIP_LOCKED) requirements/bench.lock
	@$(BENCH_VENV)/bin/python $(PIP_PROJECT)
	@touch $@

# Kernels are compiled once, before anybody waits for an answer
KERNELS := $(shell grep -rl --include='*.py' '^@kernel' src/taawun)
$(VENV)/.prepared: $(VENV)/.project $(KERNELS) src/taawun/jit.py
	@$(BIN)/taawun prepare
	@touch $@

setup: $(VENV)/.project ## Virtual environment with everything locked

demo: $(VENV)/.prepared ## The main job on made-up data; ends at a web page (SERVE=0: just ends)
	@$(BIN)/taawun demo $(if $(filter 0,$(SERVE)),--no-serve)

test: setup ## The tests (JOBS=4: in four processes)
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder

lint: setup ## Style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy, strict
	$(BIN)/mypy

imports: setup ## The floors and the two columns
	$(BIN)/lint-imports

check: lint types imports test ## Lint, types, import contract, tests

format: setup ## Format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protocol: setup ## Schemas and test vectors of the wire, written again from the code
	@$(BIN)/python -m taawun.cooperation.schemas protocol/schemas
	@$(BIN)/python -m tests.protocol.vectors

bench: setup ## Measurements; writes bench/RESULTS.md
	@$(MAKE) --no-print-directory $(BENCH_VENV)/.project || \
		echo "The peers could not be installed: what compares with them is left out." >&2
	@$(BIN)/python -m bench

# Extras stay in what is installed with hashes: without them pip takes the newest release of a package
# that another wants with an extra, and refuses it as not pinned.
lock: setup ## Lock the dependencies again (UPGRADE=1: to their newest versions)
	$(UV_LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements/base.lock
	$(UV_LOCK) $(if $(UPGRADE),--upgrade) --extra dev --no-strip-extras --constraint requirements/base.lock --output-file requirements/dev.lock
	@# nomenklatura asks for an older duckdb than Taawun runs on
	@sed '/^duckdb==/,/[^\\]$$/d' requirements/base.lock > requirements/.peers
	$(UV_LOCK) $(if $(UPGRADE),--upgrade) --extra bench --no-strip-extras --constraint requirements/.peers --output-file requirements/bench.lock
	@rm requirements/.peers

clean: ## Remove what was built here
	rm -rf $(VENV) .bench build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
