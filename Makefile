# Needs Python 3.11 or later and nothing else. Everything is installed into .venv by the versions of constraints.txt.

PYTHON ?= python3
PY := .venv/bin/python
ELASTICSEARCH_RUN := $(wildcard ../shared/elasticsearch/run)
LENS_FIXTURES := $(wildcard ../shared/kibana/lens-9.2.0)
KIBANA_SCHEMA := $(wildcard ../shared/kibana/saved-objects.schema.json)
CARE_DATA := $(wildcard ../shared/data/care)

export HUBBUB_TEST_ELASTICSEARCH_RUN ?= $(if $(ELASTICSEARCH_RUN),$(abspath $(ELASTICSEARCH_RUN)))
export HUBBUB_TEST_LENS_FIXTURES ?= $(if $(LENS_FIXTURES),$(abspath $(LENS_FIXTURES)))
export HUBBUB_TEST_KIBANA_SCHEMA ?= $(if $(KIBANA_SCHEMA),$(abspath $(KIBANA_SCHEMA)))
export HUBBUB_TEST_CARE_DATA ?= $(if $(CARE_DATA),$(abspath $(CARE_DATA)))

help:
	@echo "make demo    collect, judge, index, alert and report on a bundled sample (under 3 minutes)"
	@echo "make test    run the tests"
	@echo "make lint    check style, types and who imports whom"
	@echo "make clean   remove what these made"

demo: .venv/installed
	@$(PY) -m hubbub demo

test: .venv/installed
	@$(PY) -m pytest $(TESTS)

lint: .venv/installed
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

.venv/installed: pyproject.toml constraints.txt src/hubbub/__init__.py
	@$(PYTHON) -c "import sys; sys.exit('Hubbub needs Python 3.11 or later; say which with make PYTHON=...' if sys.version_info < (3, 11) else 0)"
	@echo "installing into .venv (some minutes the first time) ..."
	@$(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[slack,train,dev]"
	@touch $@

clean:
	rm -rf .venv .hubbub hubbub-report.html

.PHONY: help demo test lint clean
