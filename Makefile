# SPDX-License-Identifier: GPL-2.0-or-later
# The one entry point. Every target installs and builds what it needs first; `scripts/setup.py` knows how.
SYSTEM_PYTHON := /usr/bin/python3
PYTHON := .venv/bin/python
STATE ?= build/state
CARD ?= sim:fxo=2,fxs=4
BOARD ?= simulated
MACHINE ?= qemux86-64
WEB ?= 127.0.0.1:8080
SIP ?= 127.0.0.1:5060
# A tenth of a test run is Python compiling the same files again where this is set.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test lint bench hil deb install uninstall setup setup-dev lock clean
help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: setup ## start the box with a simulated card, and print its web address
	@$(PYTHON) -m firmware.cli up --state $(STATE) --card $(CARD) --web $(WEB) --sip $(SIP) --board $(BOARD) --bench

test: setup-dev ## every test that needs no hardware and no QEMU
	@$(PYTHON) -m pytest --maxfail 30 || { \
	    [ $$? -eq 1 ] || exit 1; \
	    echo "test: what failed is played once more, alone on the machine; what fails again is at fault"; \
	    $(PYTHON) -m pytest -n 0 --last-failed --last-failed-no-failures none --maxfail 5; }

lint: setup-dev ## ruff, mypy, import-linter
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

bench: setup-dev ## the benchmarks, JSON into build/bench/
	@$(PYTHON) -m firmware.cli bench all

hil: setup-dev ## in QEMU: drivers on the real DAHDI core; as root the appliance, power cuts, updates
	@nice -n 19 $(PYTHON) -m pytest -o addopts= -p no:xdist -v -rs --tb=short \
	    hil/kernel/tests hil/appliance/tests hil/update/tests hil/backup/tests

IMAGE_TOOLS := build/yocto/venv
.PHONY: image image-check image-tools
image: setup image-tools ## the Yocto image and its signed update, for MACHINE (docs/image.md)
	@$(PYTHON) yocto/release.py
	@KAS_WORK_DIR=$(CURDIR)/build/yocto KAS_BUILD_DIR=$(CURDIR)/build/yocto/build-$(MACHINE) \
	    $(IMAGE_TOOLS)/bin/kas build yocto/kas/$(MACHINE).yml

image-check: setup image-tools ## lint the layer and resolve the image for every machine, nothing built
	@$(PYTHON) yocto/release.py
	@$(IMAGE_TOOLS)/bin/python yocto/check.py $(if $(LAYERS),--layers $(LAYERS))

image-tools:
	@test -x $(IMAGE_TOOLS)/bin/kas || { $(SYSTEM_PYTHON) -m venv $(IMAGE_TOOLS) && \
	    $(IMAGE_TOOLS)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/image.txt; }

deb: setup ## the Debian package, into build/
	@$(PYTHON) scripts/package.py build

install: deb ## install it on this machine, with apt
	@apt-get install --no-install-recommends ./$$(ls -t build/tipring_*.deb | head -1)

uninstall: ## remove it; what the box remembers stays (apt purge tipring: no trace)
	@apt-get remove tipring

setup: has-python ## install and build what running needs
	@$(SYSTEM_PYTHON) scripts/setup.py run

setup-dev: has-python ## and what testing needs
	@$(SYSTEM_PYTHON) scripts/setup.py dev

.PHONY: has-python
has-python:
	@test -x $(SYSTEM_PYTHON) || { echo "setup: Python 3 is missing. Install it: apt-get install python3"; exit 1; }

lock: ## pin the Python packages anew
	@for kind in run dev image; do .venv/bin/pip-compile -q --strip-extras --generate-hashes --no-emit-index-url \
	    --no-emit-trusted-host --no-emit-find-links --allow-unsafe -o requirements/$$kind.txt requirements/$$kind.in; done

clean: ## remove what was built here (the pjproject cache stays)
	@rm -rf build .venv node_modules drivers/lineaudio/*.so
