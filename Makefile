# Two commands matter: `make demo` and `make test`. Each does all its own set-up from a fresh clone with Python 3.11+.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH ?= imports tape crash redaction redaction_hostile recorder mock contracts client

.PHONY: help setup test check peers mock-peers demo bench mutants e2e compat corpus library lock clean

help:  ## what each target does
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY)  ## the environment in .venv, from the lock file

$(READY): locks/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "tapehiss needs Python 3.11 or later; say PYTHON=/path/to/python3.11"; exit 2; }
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -r locks/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python locks/dev.txt || { echo "uv could not (it does not read pip's settings); pip tries"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -r locks/dev.txt; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

test: $(READY)  ## every test, under five minutes on two cores
	@$(BIN)/python -m pytest -n 2 --dist worksteal

# What waits, opens files or speaks to the network ("Shell:") is tested through processes of its own, which are not counted.
CORES = $(shell grep -L '^"""Shell:' cassettes/*.py contracts/*.py clients/*.py mocks/*.py)
comma := ,
cover: $(READY)  ## the branches of the pure cores that no test takes
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov=tapehiss --cov-branch --cov-report= \
		tests/cassettes tests/contracts tests/clients tests/mocks tests/proxy tests/promises
	@$(BIN)/python -m coverage report --skip-covered --show-missing --fail-under=100 --include=$(subst $() $(),$(comma),$(strip $(CORES)))

check: $(READY)  ## ruff with everything on, mypy strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy -p tapehiss.cassettes -p tapehiss.cli -p tapehiss.clients -p tapehiss.contracts -p tapehiss.mocks -p tapehiss.proxy
	@$(BIN)/mypy tests/typing

$(VENV)-%/.ready: locks/%.txt | $(READY)
	@echo "setting up $(VENV)-$* ..."
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)-$*
	@$(BIN)/uv pip sync --quiet --python $(VENV)-$*/bin/python $<
	@touch $@

$(VENV)-%/npm/.ready: locks/%/package.json locks/%/package-lock.json
	@mkdir -p $(@D) && cp $^ $(@D)
	@cd $(@D) && npm ci --silent --no-audit --no-fund
	@touch $@

peers: $(VENV)-peers/.ready $(VENV)-peers/npm/.ready  ## the tools that inference is measured against, pinned (Python and npm)

DEBIAN = wrk libluajit2-5.1-2 libluajit2-5.1-common nginx
$(VENV)-mock-peers/debian/.ready:
	@mkdir -p $(@D)
	@cd $(@D) && apt-get download --quiet=2 $(DEBIAN) && for each in *.deb; do dpkg -x $$each .; done
	@touch $@

mock-peers: $(VENV)-mock-peers/npm/.ready $(VENV)-mock-peers/debian/.ready  ## other mock servers (npm) and wrk and nginx (Debian's), unpacked, for benchmarks/mock.py

demo: $(READY) $(VENV)-demo/.ready  ## the main job on real input, under two minutes
	@$(BIN)/python examples/demo/demo.py $(VENV)-demo/bin/python

e2e: $(READY) $(VENV)-e2e/.ready $(VENV)-e2e-litellm/.ready  ## real SDKs against real servers, recorded and replayed (PAIRS="..." for some)
	@$(BIN)/python tests/e2e/run.py $(PAIRS)

bench: $(READY)  ## speed and memory against peers and targets, all tables (BENCH="tape redaction" for some)
	@status=0; for name in $(BENCH); do $(BIN)/python benchmarks/$$name.py || status=1; done; exit $$status

mutants: $(READY)  ## break each promise of the client on purpose: which test notices (WORDS="R4 breaker" for some)
	@$(BIN)/python benchmarks/mutants.py $(WORDS)

compat: $(READY)  ## the matrix: Pythons 3.11 to 3.13, vcrpy 6.0.2 to latest (ROWS="3.12 7.0.0" for some)
	@$(BIN)/python benchmarks/compat.py $(ROWS)

corpus: $(READY)  ## import a folder of recordings, prove that they replay and that their contracts hold (CORPUS=dir)
	@test -n "$(CORPUS)" || { echo "say which: make corpus CORPUS=path/to/recordings"; exit 2; }
	@$(MAKE) --no-print-directory --keep-going peers || echo "not every peer could be installed: their columns say so"
	@status=0; for command in "corpus.py" "fidelity.py" "contracts.py --corpus" "drift.py"; do \
		echo; echo "$$command $(CORPUS)"; $(BIN)/python benchmarks/$$command $(CORPUS) || status=1; done; exit $$status

library: $(READY) $(VENV)-e2e/.ready $(VENV)-e2e-litellm/.ready  ## record the tapes that ship with us anew (VENDORS="..." for some)
	@$(BIN)/python tests/e2e/library.py $(VENDORS)

lock: $(READY)  ## resolve the lock files anew (no index host in them)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header \
		--upgrade --all-extras --group dev pyproject.toml --output-file locks/dev.txt
	@for group in demo peers e2e e2e-litellm; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header \
			--upgrade --group $$group --output-file locks/$$group.txt; done

clean:  ## everything that a target made
	rm -rf $(VENV) .venv-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
