# Every target sets up what it needs by itself: python3, python3-venv and make are enough.
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: help setup demo test check run replay bench torture browser pictures constraints clean
.DELETE_ON_ERROR:

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(STAMP) ## the virtual environment, and nothing else

$(STAMP): pyproject.toml constraints.txt
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: setup ## a small town in chat windows, no token and no server; ARGS=--keep goes on where the last one ended
	@$(BIN)/wishlight demo $(ARGS)

test: setup ## the whole test suite, on SQLite and PostgreSQL
	$(BIN)/python -m pytest

check: setup ## format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 0 tests/test_architecture.py

run: setup ## the bot itself; settings come from .env or the environment
	$(BIN)/wishlight run

replay: setup ## a month of a small town in a few minutes
	$(BIN)/wishlight replay bot/replay/town.jsonl

bench: setup ## speed beside a bare aiogram echo bot, and how messages are understood, in about six minutes
	$(BIN)/python -m bench

torture: setup ## the bot is killed again and again while people write, and what was lost is counted; about ten minutes
	$(BIN)/python -m bench.torture

browser: ## Debian's Chromium and its fonts, where they are missing: for the tests of the pages, and for pictures
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk fonts-noto-color-emoji >/dev/null; }

pictures: setup browser ## the documents' pictures, taken anew from the demo
	$(BIN)/python docs/pictures/take.py

constraints: setup ## after changing a dependency: names and versions of what is installed
	$(BIN)/python -m pip freeze --disable-pip-version-check --exclude-editable | LC_ALL=C sort -f > constraints.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
