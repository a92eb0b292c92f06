# `make` prepares everything; a second time it only looks. Each step keeps a stamp in .make/ and is redone when its input changed.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# Python's and the screen's packages come at the same time, unless Node itself has to come with Python's
HAS_NODE := $(shell .ci/screen has-node && echo yes)
MAKEFLAGS += -j2

.PHONY: all python tools screen demo up test check bench screens clean

all: python screen

python:
	@PYTHON="$(PYTHON)" .ci/venv

tools:
	@PYTHON="$(PYTHON)" .ci/venv test check

screen: $(if $(HAS_NODE),,python)
	@.ci/screen

demo: all
	@$(BIN)/onecounter demo $(ARGS)

up: all
	@$(BIN)/onecounter up $(ARGS)

test: tools screen
	$(BIN)/pytest $(ARGS)
	.ci/screen test

check: tools screen
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests/house
	.ci/screen check

bench: tools
	$(BIN)/python -m tests.bench $(ARGS)

screens: tools screen
	$(BIN)/python -m tests.screens $(ARGS)

clean:
	rm -rf .make .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis app/web/static frontend/node_modules screens bench.json
