# Everything runs in .venv, which is made on first use and again whenever pyproject.toml changes.
# ARGS goes to the command: make test ARGS="-k throttle"

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
OLD_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in $(CANDIDATES); do "$$p" -c "$(OLD_ENOUGH)" 2>/dev/null && echo "$$p" && break; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo mock format lint types test wheel check bench bench-full bench-compare clean

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY)  ## make .venv, with every extra and the tools of development

$(READY): pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or later is needed, with its venv module (on Debian and Ubuntu: apt install python3-venv)." >&2; \
		exit 1; \
	fi
	@echo "Installing into $(VENV) with $$($(PYTHON) --version) ..." >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --editable '.[all,dev]'
	@touch $@

demo: $(READY)  ## watch an upload of 5,000 users to a mock account, in under a minute
	@$(BIN)/python -m benchmarks.demo $(ARGS)

mock: $(READY)  ## run a mock Zendesk account on this machine until Ctrl-C
	@$(BIN)/zendesk-async mock $(ARGS)

format: $(READY)  ## put the code into shape, and mend what can be mended
	@$(BIN)/ruff check --fix --exit-zero --quiet
	@$(BIN)/ruff format --quiet

lint: $(READY)  ## check the shape of the code
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Not in shape: make format" >&2; exit 1; }

types: $(READY)  ## check the types of package, tests and benchmarks
	@$(BIN)/mypy --no-error-summary

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest $(ARGS)

wheel: $(READY)  ## build sdist and wheel, and try the wheel in a bare environment
	@$(BIN)/python .ci/try_wheel.py

check: lint types test wheel  ## all of that: what must hold before a commit

bench: $(READY)  ## measure the program against floor and rivals, in a quarter of an hour
	@$(BIN)/python -m benchmarks $(ARGS)

bench-full: $(READY)  ## measure at length: larger inputs, more rounds, an hour and more
	@$(BIN)/python -m benchmarks --full $(ARGS)

bench-compare: $(READY)  ## compare two results: make bench-compare A=before/results.json B=after/results.json
	@$(BIN)/python -m benchmarks.compare "$(A)" "$(B)" $(ARGS)

clean:  ## remove everything that make made
	@rm -rf $(VENV) build dist .bench .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
