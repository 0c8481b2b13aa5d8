# Every task of the project in one word; `make` alone lists them.
# Nothing here asks for root except ci-packages. The environment lives in .venv, and stamp files in it make a second run quick.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
INSTALL := $(PIP) install --require-hashes --only-binary :all:
# The version that writes the requirement files; it is no part of any environment.
UV_VERSION := 0.13.9
COMPILE = build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# One more than there are cores: a test that waits for its ledger to reach the disk leaves its core to another.
TEST_PROCESSES = $$(( $$(nproc) + 1 ))
# Debian packages that CI needs beyond git and bash: the interpreter with venv, and the real services of the tests.
CI_PACKAGES := ca-certificates python3 python3-venv prometheus prometheus-alertmanager mosquitto chromium poppler-utils
BENCH_PACKAGES := syslog-ng-core syslog-ng-mod-geoip2

.PHONY: help demo test check format fuzz bench bench-truth ci-packages requirements clean

help: ## list these tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.runtime $(VENV)/.package ## judge two months of a sample hospital into build/demo and report them (no root, a minute or two)
	@$(BIN)/transferwatch demo --once --directory build/demo

test: $(VENV)/.development $(VENV)/.package ## run the tests (PYTEST_ARGS="-k name" narrows them)
	@$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check: $(VENV)/.development $(VENV)/.package ## format, lint, types, import directions
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.development ## rewrite the code in house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

fuzz: $(VENV)/.development $(VENV)/.package ## fuzz every decoder, or KIND=zeek alone, for SECONDS_EACH (60); what is found lies in build/fuzz
	@failed=0; for kind in $${KIND:-$$($(BIN)/python -c 'from collectors import KINDS; print(*KINDS)')}; do \
	  echo "== $$kind"; $(BIN)/python -m tests.fuzz.fuzz_decoders "$$kind" --seconds "$${SECONDS_EACH:-60}" || failed=1; \
	done; exit $$failed

bench: $(VENV)/.development $(VENV)/.package ## measure speed and memory, exit 1 below a floor (BENCH_ARGS=--large adds the 5 GB log)
	@command -v syslog-ng > /dev/null || test -x /usr/sbin/syslog-ng || { \
	  echo "make bench compares with syslog-ng, which is not installed. Type, as root:" >&2; \
	  echo "  apt-get install --no-install-recommends $(BENCH_PACKAGES)" >&2; exit 1; }
	@failed=0; for script in tests/bench/bench_*.py; do \
	  case $$script in *bench_truth.py) continue ;; esac; \
	  case $$script in *bench_replay.py) arguments="$(BENCH_ARGS)" ;; *) arguments="" ;; esac; \
	  echo "== $$script"; $(BIN)/python -m "tests.bench.$$(basename "$$script" .py)" $$arguments || failed=1; \
	done; exit $$failed

bench-truth: $(VENV)/.development $(VENV)/.package ## hold the atlas to providers' own feeds (corpus and archives; two CPU minutes)
	@$(BIN)/python -m tests.bench.bench_truth $(ARCHIVES)

ci-packages: ## install the Debian packages that CI needs (asks for root)
	@missing=(); for package in $(CI_PACKAGES); do \
	  dpkg-query -W -f '$${Status}' "$$package" 2> /dev/null | grep -q 'ok installed' || missing+=("$$package"); \
	done; \
	if (( $${#missing[@]} == 0 )); then echo "nothing to install"; exit 0; fi; \
	as_root=(); if (( $$(id -u) != 0 )); then as_root=(sudo); fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	timeout 300 "$${as_root[@]}" apt-get update -qq -o Acquire::Retries=3 -o Acquire::http::Timeout=30; \
	timeout 900 "$${as_root[@]}" apt-get install -qq -y --no-install-recommends "$${missing[@]}"

requirements: $(VENV)/.python ## pin the dependencies of pyproject.toml afresh, with hashes
	@test -x build/lock/bin/uv || { $(BIN)/python -m venv build/lock && build/lock/bin/python -m pip install -qq uv==$(UV_VERSION); }
	@$(COMPILE) --upgrade pyproject.toml --group dev -o requirements-dev.txt
	@$(COMPILE) pyproject.toml -c requirements-dev.txt -o requirements.txt
	@$(COMPILE) --group build -c requirements-dev.txt -o requirements-build.txt

clean: ## remove the environment, caches and everything under build/
	@rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find monitor collectors tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, in steps that each leave a stamp.

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	  echo "transferwatch needs Python 3.11 or newer, and '$(PYTHON)' is not one. Type, as root:" >&2; \
	  echo "  apt-get install --no-install-recommends python3 python3-venv" >&2; \
	  echo "or name another interpreter: make PYTHON=/path/to/python3.12 $(or $(MAKECMDGOALS),demo)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
	  echo "'$(PYTHON)' cannot make a virtual environment: Debian keeps that apart. Type, as root:" >&2; \
	  echo "  apt-get install --no-install-recommends python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt | $(VENV)/.python
	@echo "installing what transferwatch runs on into $(VENV)"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt | $(VENV)/.python
	@echo "installing what the tests need into $(VENV)"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/.package: pyproject.toml requirements-build.txt monitor/__init__.py | $(VENV)/.python
	@$(INSTALL) -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
