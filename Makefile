# The verbs of this project. `make help` lists them.
PYTHON ?= python3
SLUG ?= demo
ARGS ?=
STAGES ?=

BIN := .venv/bin
PLAYBOOK = $(BIN)/ansible-playbook -i inventory/local.yml

.DEFAULT_GOAL := help
.PHONY: help venv dev up down test lint molecule bench build pins

help: ## List the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/\1\t\2/' | expand -t 10

venv:
	@$(PYTHON) scripts/setup_venv.py

dev: ## Make .venv with everything for tests and builds
	@$(PYTHON) scripts/setup_venv.py --dev

up: venv ## Bring up a first instance and the dashboard (SLUG=demo, ARGS='-e ...')
	@$(PLAYBOOK) playbooks/create_instance.yml -e slug=$(SLUG) $(ARGS)
	@$(BIN)/claw-pilot dashboard --background

down: venv ## Stop what `make up` started and keep its data
	@$(BIN)/claw-pilot dashboard --stop
	@$(PLAYBOOK) playbooks/stop_instance.yml -e slug=$(SLUG) $(ARGS)

test: dev ## Run lint, unit, clocks, lowest, integration and molecule (STAGES='unit integration')
	@$(BIN)/python scripts/run_tests.py $(STAGES)

lint: dev ## Run every linter
	@$(BIN)/python scripts/lint.py

molecule: dev ## Run the scenarios on real systemd hosts (needs Docker)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/molecule test $(or $(ARGS),--all)

bench: dev ## Measure against a hand-written script
	@$(BIN)/python -m tests.bench $(ARGS)

pins: dev ## Pin the newest dependencies with their hashes
	@$(BIN)/python -m ansible_collections.claw.pilot.scripts.pin

build: dev ## Build the wheel and the Galaxy tarball into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist
	@$(BIN)/ansible-galaxy collection build --force --output-path dist
