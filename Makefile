# Every target makes what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.dev-ready
VLLM_READY := .venv-vllm/.ready
LAYERS := infra tasks flows deployments
QUICKSTART_READY := $(VENV)/.quickstart-ready
QUICKSTART := deployments/quickstart
LINKS := .typecheck/gleanery
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help quickstart serve record test test-vllm lint typecheck bench clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --editable .
	touch $@

$(QUICKSTART_READY): $(READY)  # an environment that has a torch already keeps it
	$(PIP_INSTALL) --editable '.[train,eval]'
	touch $@

$(DEV_READY): $(READY)  # the tests also train, which takes 1.5 GB of packages
	$(PIP_INSTALL) --editable '.[dev]'
	touch $@

$(VLLM_READY): $(wildcard infra/vllm/*)
	infra/vllm/make_cpu_environment.sh .venv-vllm
	touch $@

quickstart: $(QUICKSTART_READY)  ## From bundled input to a dataset, a tiny model and its measure
	$(BIN)/gleanery run $(QUICKSTART)/dataset.yaml
	$(BIN)/gleanery train $(QUICKSTART)/model.yaml
	$(BIN)/gleanery evaluate $(QUICKSTART)/evaluation.yaml
	@$(BIN)/python $(QUICKSTART)/conclude.py

record: $(READY)  ## List the quickstart's prompts that have no recorded answer
	$(BIN)/gleanery record $(QUICKSTART)/dataset.yaml

serve: $(READY)  ## Start Prefect with its UI and serve the deployments until Ctrl-C
	$(BIN)/python -m gleanery.deployments.serve

test: $(DEV_READY)  ## Run the tests
	$(BIN)/python -m pytest -m "not vllm" --numprocesses 2 --dist loadfile

test-vllm: $(DEV_READY) $(VLLM_READY)  ## Run the tests against a real vLLM on the CPU
	$(BIN)/python -m pytest -m vllm tests/vllm

lint: $(DEV_READY)  ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(LINKS):  # shows mypy the layers under the name that they install as
	mkdir -p $@
	ln -s $(LAYERS:%=../../%) $@

typecheck: $(DEV_READY) $(LINKS)  ## Check types, strictly
	$(BIN)/mypy -p gleanery

bench: $(DEV_READY)  ## Measure against peers (tests/benchmarks/README.md)
	$(BIN)/python tests/benchmarks/run.py

clean:  ## Remove environments and everything made in this folder
	rm -rf $(VENV) .venv-vllm .venv-peers .typecheck .gleanery data
