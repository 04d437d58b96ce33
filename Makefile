# Everything runs in environments of this folder, made from pinned requirements when they are first needed.
PYTHON ?= $(firstword $(shell command -v python3.11 python3))
SPECS := $(sort $(wildcard specs/*.yaml))
SPEC ?= specs/iot-platform.yaml
ENV ?= synthetic
ARGS ?=
BIN := .venv/bin
TOOLS := .venv/.ready
EMULATOR := .venv-emulator/.ready
SCANNER := .venv-checkov/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage build lint plan deploy check types layers fresh judge golden screenshots schema format

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(TOOLS) $(EMULATOR) ## make both environments

demo: setup ## run the whole main job on the embedded emulator, then send telemetry and a command through it
	$(BIN)/python demo/run.py

test: setup ## run all tests
	$(BIN)/python -m pytest -n 2 $(ARGS)

coverage: setup ## run all tests and measure which branches they take; takes half as long again
	$(BIN)/python -m pytest -n 2 --cov --cov-fail-under=90 $(ARGS)

build: $(TOOLS) ## compile and lint every environment of all SPECS into templates/
	@for spec in $(SPECS); do $(BIN)/formwork build $$spec $(ARGS) || exit; done

lint: $(TOOLS) ## lint the templates of SPEC with cfn-lint and the house rules
	$(BIN)/formwork lint $(SPEC) $(ARGS)

plan: setup ## show what deploying SPEC to ENV would change (ARGS=--local for the emulator)
	$(BIN)/formwork plan $(SPEC) --env $(ENV) $(ARGS)

deploy: setup ## review and deploy SPEC to ENV (ARGS=--local for the emulator)
	$(BIN)/formwork deploy $(SPEC) --env $(ENV) $(ARGS)

check: test types layers fresh judge ## everything that CI checks

types: $(TOOLS) ## check types and style
	$(BIN)/mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

layers: $(TOOLS) ## check who imports whom
	$(BIN)/lint-imports

fresh: $(TOOLS) ## check that generated files and committed templates are what the sources give
	$(BIN)/formwork schema --check specs/platform.schema.json
	$(BIN)/formwork schema --format markdown --check docs/spec.md
	$(BIN)/python -m compiler.lint.catalogue --check docs/rules.md
	$(BIN)/python -m compiler.commands.explain_profile --check docs/profiles.md
	$(BIN)/python -m compiler.commands.preflight --check docs/preflight.md
	$(BIN)/python -m compiler.commands.failures --check docs/failures.md
	$(BIN)/python -m compiler.commands.recover --check docs/states.md
	$(BIN)/python -m tests.write_fault_matrix --check
	$(BIN)/python tests/write_golden.py --check
	@for spec in $(SPECS); do $(BIN)/formwork build $$spec --check || exit; done
	$(BIN)/cfn-lint $$(find templates -name '*.template.json')

judge: $(SCANNER) ## scan the production templates with checkov: nothing may fail without a reason in its metadata
	@for folder in templates/*/production; do .venv-checkov/bin/checkov --directory $$folder --framework cloudformation \
		--compact --quiet --skip-download || exit; done

golden: $(TOOLS) ## rewrite what tests/golden/ expects, the schema and the generated docs; read the diff
	$(BIN)/python tests/write_golden.py
	$(BIN)/formwork schema --out specs/platform.schema.json
	$(BIN)/formwork schema --format markdown --out docs/spec.md
	$(BIN)/python -m compiler.lint.catalogue --out docs/rules.md
	$(BIN)/python -m compiler.commands.explain_profile --out docs/profiles.md
	$(BIN)/python -m compiler.commands.preflight --out docs/preflight.md
	$(BIN)/python -m compiler.commands.failures --out docs/failures.md
	$(BIN)/python -m compiler.commands.recover --out docs/states.md
	$(BIN)/python -m tests.write_fault_matrix --page

screenshots: $(TOOLS) ## take the pictures of the review page in docs/images/ again; needs chromium
	FORMWORK_SCREENSHOTS=1 $(BIN)/python -m pytest tests/test_report_browser.py -k looks_like

format: $(TOOLS) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(TOOLS): requirements/runtime.txt requirements/develop.txt setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements/develop.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(SCANNER): requirements/checkov.txt
	$(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/pip install --quiet --requirement $<
	@touch $@

$(EMULATOR): requirements/emulator.txt
	$(PYTHON) -m venv .venv-emulator
	.venv-emulator/bin/pip install --quiet --requirement $<
	@touch $@
