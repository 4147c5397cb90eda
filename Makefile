.DEFAULT_GOAL := help
PY := .venv/bin/python

help:  ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ –/'

setup:  ## the environment with the tools of development
	python3 start.py test --help >/dev/null

test:  ## the whole suite, as CI runs it without the heavy proofs
	python3 start.py test

lint:  ## ruff and djlint
	$(PY) -m ruff check lms tests tools start.py && $(PY) -m djlint lms --lint --quiet

types:  ## mypy --strict over rules, queries and services
	$(PY) tools/check_types.py

bench:  ## speed and size beside bare yardsticks, on both databases
	.venv/bin/lms bench

shots:  ## screenshots of the main pages at 360 and 1280 px, light and dark, in shots/
	$(PY) tools/take_shots.py

messages:  ## collect the screen words into the English catalogue and compile it
	$(PY) tools/messages.py

vendor:  ## refresh vendored front-end files, fonts and icons
	$(PY) tools/vendor.py

lock:  ## resolve the locks anew
	$(PY) tools/lock.py

content:  ## check the content tree
	LMS_MODE=demo .venv/bin/lms content check

.PHONY: help setup test lint types bench shots messages vendor lock content
