# Everything starts here, on a fresh machine too: each target first makes what it needs.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
GO = @command -v "$(PYTHON)" >/dev/null || { echo "akcept: there is no $(PYTHON) here: install Python 3.11 or newer\
 (Debian 12: apt-get install python3) or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }; \
 exec "$(PYTHON)" tools/env.py

.DEFAULT_GOAL := help
.PHONY: help demo test fast server bare env lint fmt-check screenshots bench oscar-suite messages docs matrix coverage mutants release clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo:  ## the shop with its demo company at http://127.0.0.1:8000 (PORT=8001, RESET=1 starts over)
	$(GO) demo --port "$(PORT)" $(if $(filter-out 0 no,$(RESET)),--reset)

test:  ## every test and check (ARGS="-k inbox")
	$(GO) test $(ARGS)

fast:  ## half of the tests, in some three minutes: what needs neither Chromium nor PostgreSQL, draws no whole pages and is no sweep (ARGS="-k inbox")
	$(GO) fast $(ARGS)

server:  ## only prepare this machine for running the shop: .venv, front end, translations (docs/operate/server.md)
	$(GO) server

bare:  ## README's commands on a Debian that has nothing, as root (ARGS="--suite trixie python3 tools/env.py demo --prepare-only")
	$(GO) bare -- $(ARGS)

env:  ## only prepare this machine for working on the code: .venv, front end, translations
	$(GO) env

lint:  ## ruff, formatting, import rules, migrations, types
	$(GO) lint

fmt-check:  ## what the formatter would change
	$(GO) fmt-check

screenshots:  ## take the pictures of docs/screenshots anew
	$(GO) screenshots $(ARGS)

bench:  ## measure: flows a second beside what PostgreSQL itself can do (ARGS="--help")
	$(GO) bench $(ARGS)

oscar-suite:  ## Oscar's own tests with Akcept installed (SOURCE=/path/to/django-oscar where its archive has none)
	$(GO) oscar-suite $(if $(SOURCE),--source="$(SOURCE)") $(ARGS)

messages:  ## bring the translation catalogues up to date with code and templates
	$(GO) messages

docs:  ## the documents as a site, in build/site; a broken link, anchor or code block fails it
	$(GO) docs

matrix:  ## each Python that is promised, on SQLite and PostgreSQL, where this machine has them (ARGS="tests/ordering")
	$(GO) matrix -- $(ARGS)

coverage:  ## which branches tests run: all of pure decisions, of rooms no less than before (ARGS="--pure", ARGS="panel ui")
	$(GO) coverage -- $(ARGS)

mutants:  ## whether tests notice a pure decision made a little wrong (ARGS="--module akcept.budgets.standing --most 20")
	$(GO) mutants -- $(ARGS)

release:  ## a release, built, tried in an empty environment, then tagged (VERSION=0.2.0; DRY_RUN=1 keeps nothing)
	$(GO) release --version="$(VERSION)" $(if $(filter-out 0 no,$(DRY_RUN)),--dry-run)

clean:  ## remove what was built, keeping the demo's data in var/
	rm -rf .venv .tools node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src shop -name '*.mo' -delete
