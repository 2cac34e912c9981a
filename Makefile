# The only way in. Everything before the environments exist is launch/, run by any Python from 3.8 on.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
# What Python compiled is kept, whatever the shell says: without it each start of Rasa costs 30 s more.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that starts and is new enough. A pyenv shim may refuse because of .python-version: then the next one.
PYTHON ?= $(shell for each in python3 /usr/bin/python3 /usr/local/bin/python3 python python3.13 python3.12 python3.11 \
	python3.10 python3.9 python3.8 $$HOME/.pyenv/versions/*/bin/python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 && echo $$each && break; done)
PYTHON := $(or $(PYTHON),$(error No Python from 3.8 on was found: install python3 and start again))

LAUNCH := $(PYTHON) -m launch.
VENV := .venv/bin/
BOT := .venv-rasa/bin/python -W ignore -m bot
EVALUATE := $(BOT).evaluate
FLOORS := --min-accuracy 0.92 --min-macro-f1 0.915 --min-entity-f1 0.975 --min-declined 0.91 --max-ours-declined 0.02 --max-calibration-error 0.05
PACKAGES := $(patsubst %/__init__.py,%,$(wildcard $(addsuffix /__init__.py,app utility desk actions channels console backend launch bench)))
MODULES := $(wildcard settings.py conversions.py)
SOURCES := $(wildcard actions app backend bench bot channels console desk launch migrations conversions.py settings.py tests utility)

.NOTPARALLEL:
.PHONY: help setup run chat train check test test-fast test-bot evaluate demo-traffic wechat-menu wechat-doctor bench lock clean system

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## make both Python environments from their lock files (nothing to do: at once)
	@$(LAUNCH)environment

run: ## set up, migrate, seed, train if needed, start everything and print the addresses; Ctrl-C ends it
	@$(LAUNCH)run

chat: ## talk to the running bot; also: echo "停电了" | make chat
	@$(LAUNCH)chat

train: setup ## train the model if config.yml, domain.yml, data/ or bot/ changed
	@$(LAUNCH)model

check: setup ## ruff, mypy --strict, import-linter, and data checks that need no model
	@$(VENV)ruff check $(SOURCES)
	@$(VENV)ruff format --check $(SOURCES)
	@$(VENV)mypy --strict $(PACKAGES) $(MODULES)
	@$(VENV)lint-imports
	@$(VENV)python -m pytest -q tests/data

test: test-fast test-bot ## set up and run all tests

test-fast: system setup ## the fast lane: all tests that need no Rasa
	@$(VENV)python -m pytest -q -m "not bot" -n auto --maxprocesses 4 --dist loadgroup

test-bot: system train ## the bot lane: train, validate the data, held-out sentences, journeys through the real stack
	@mkdir -p var/log
	@$(BOT) data validate --fail-on-warnings --config config.yml --domain domain.yml --data data \
		>var/log/validate.log 2>&1 || { tail -n 20 var/log/validate.log; exit 1; }
	@$(EVALUATE) $$($(LAUNCH)model path) tests/nlu --out reports/nlu $(FLOORS) \
		>var/log/evaluate.log 2>&1 || { tail -n 5 var/log/evaluate.log; exit 1; }
	@sed -n '/^| figure/,/^$$/p' reports/nlu/report.md
	@$(VENV)python -m pytest -q -m bot

evaluate: train ## how well held-out sentences are understood, intent by intent; the reports are in reports/nlu
	@$(EVALUATE) $$($(LAUNCH)model path) tests/nlu --out reports/nlu 2>var/log/evaluate.log

demo-traffic: setup ## invented customers chat with the running bot and ask for people, marked as a drill
	@$(LAUNCH)module app.traffic

wechat-menu: setup ## put the menu of channels/wechat/menu.yml under the official account's chat
	@$(LAUNCH)module channels.wechat menu

wechat-doctor: setup ## what is wrong with the connection to WeChat, and how to mend it
	@$(LAUNCH)module channels.wechat doctor

bench: train ## the benchmarks
	@$(VENV)python -m bench
	@$(VENV)python -m bench.wechat
	@$(VENV)python -m bench.long
	@$(VENV)python -m bench.console
	@$(VENV)python -m bench.claims

lock: ## write requirements/*.lock anew from *.in
	@$(LAUNCH)environment lock

clean: ## remove caches, reports, models and environments; var/ (databases, secrets, logs) stays
	@rm -rf .venv .venv-rasa .tools .rasa models reports .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

system:
	@$(LAUNCH)system
