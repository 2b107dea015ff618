# make compare   set everything up and run the comparison
# make setup     set everything up; setup-dev adds what tests and checks need
# make test      set everything up and run every test, in WORKERS=2 processes
# make check     the developer loop: format, lint, types, import rules, fast tests
# make lint      the same without tests
# make format    format the code and apply automatic fixes
# make docs      build the documentation as a site, in build/docs
# make readme    put the reference run's tables and plot into README.md
# make tables    put what the code knows into the tables of docs/networks.md and docs/runners.md
# make pins      update the pinned requirements; STACK=onnxruntime those of one stack alone
# make reference remake the runs that README.md and docs/ quote (half an hour)
# make release   build wheel and sdist in dist/, and check them in empty environments
# make clean     remove everything made in this checkout (clean-cache removes the cache)

VENV := .venv
RUN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2
PYTEST := $(RUN)/pytest -n $(WORKERS) --dist loadgroup
STACKS := $(basename $(wildcard python/requirements/*.in))
LISTS := $(if $(STACK),python/requirements/$(STACK),$(STACKS))
PIN := $(RUN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header \
  --no-annotate --python-version 3.11

.PHONY: help setup setup-dev compare test check lint format pins docs tables readme reference release clean clean-cache

help:
	@grep -E '^# make' Makefile | cut -c3-

$(VENV)/made: harness/bootstrap.py harness/requirements.txt pyproject.toml
	@$(PYTHON) harness/bootstrap.py $(VENV)

# A second step on the first one's environment: the pins are the same.
$(VENV)/made-dev: harness/bootstrap.py harness/requirements-dev.txt $(VENV)/made
	@$(PYTHON) harness/bootstrap.py --dev $(VENV)

setup: $(VENV)/made
	@$(RUN)/netparity setup

setup-dev: $(VENV)/made-dev setup

compare: setup
	@$(RUN)/netparity compare $(ARGS)

test: setup-dev
	$(PYTEST) $(ARGS)

check: lint
	$(PYTEST) -q -m "not slow"

lint: $(VENV)/made-dev
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	cd python && ../$(RUN)/mypy --config-file= --strict extract_*.py
	$(RUN)/mh_lint --brief --matlab 2018b matlab tests/matlab
	$(RUN)/mh_lint --brief --octave 7.0 matlab tests/matlab tests/planted/octave
	$(RUN)/mh_style --brief --matlab 2018b matlab tests/matlab

format: $(VENV)/made-dev
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

# The newest version of every package, with hashes and without URLs. The harness's needs are in
# pyproject.toml; what users get has the versions that developers test with.
pins: $(VENV)/made
ifndef STACK
	$(PIN) --extra notebook --extra transfer --extra cluster --group dev \
	  --output-file harness/requirements-dev.txt pyproject.toml
	$(PIN) --group build --constraints harness/requirements-dev.txt \
	  --output-file harness/requirements.txt pyproject.toml
endif
	for list in $(LISTS); do $(PIN) --output-file $$list.txt $$list.in || exit 1; done

# docs/2017.md says what each row is for.
THEANO := "keras2-theano[keras=2.0.4]" \
	"keras2-theano[keras=2.0.4,data_format=channels_first,stamp=yes]" \
	"keras2-theano[keras=2.0.4,blas=none]" \
	"keras2-theano[keras=2.0.4,compile_cache=cold]" \
	"keras2-theano[keras=2.0.4,profile=yes]" \
	"keras2-theano[keras=2.0.4,data_format=channels_first,stamp=yes,profile=yes]" \
	"keras2-theano[keras=2.0.4,blas=none,profile=yes]" \
	"keras2-theano[keras=2.0.4,compile_cache=cold,profile=yes]"

reference: setup
	rm -rf build/reference
	-$(RUN)/netparity setup all
	$(RUN)/netparity compare --runner all --rounds 2 --out build/reference/all
	$(RUN)/netparity compare --out build/reference/compare
	$(RUN)/netparity replay --out build/reference/replay
	$(RUN)/netparity compare --layers fc6 --out build/reference/theano $(THEANO:%=--runner %)
	$(RUN)/netparity transfer --model vgg16-tiny --out build/reference/transfer
	$(RUN)/python harness/keep_reference.py build/reference results/reference
	$(MAKE) readme

readme: $(VENV)/made
	$(RUN)/python harness/readme.py

tables: $(VENV)/made
	$(RUN)/python harness/page_tables.py

docs: $(VENV)/made-dev
	$(RUN)/sphinx-build -q -W -E -a -d build/doctrees docs build/docs

release: $(VENV)/made-dev
	$(RUN)/python harness/release.py dist

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find docs harness python matlab tests -name __pycache__ -type d -prune -exec rm -rf {} +

clean-cache:
	rm -rf "$$($(RUN)/python -c 'from netparity.system.cache import cache_folder; print(cache_folder())')"
