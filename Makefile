# make demo     builds fastsim; trains, evaluates and compares a small RICH model
# make test     builds and runs every test
# make studies  runs every study, checks its expectations and writes the page study-all.html
SHELL := /bin/bash
export FASTSIM_ROOT := 1

SWIFT ?= swift
# All packages are compiled without optimisation and, as in any release build, without asserts; the targets that run long ask
# for optimisation in Package.swift. Each module is read once, as in an optimised build, not once more for its interface.
BUILD = $(SWIFT) build -c release -Xswiftc -Onone -Xswiftc -assert-config -Xswiftc Release \
  -Xswiftc -no-emit-module-separately-wmo
BINARY = .build/release/fastsim
DEMO_STORE ?= fastsim.sqlite

.PHONY: build test demo studies coverage check-arm check-debug abuse standalone bench bench-tracker format lint libraries python clean

build: libraries
	$(BUILD) --product fastsim

# This product contains every test and the programs that they start.
test: libraries python
	$(BUILD) --product fastsimPackageTests
	$(SWIFT) test -c release --skip-build

demo: build
	Examples/demo.sh $(BINARY) $(DEMO_STORE)

# Exit code 2 if an expectation fails. An interrupted run is resumed.
STUDY_STORE ?= studies.sqlite
studies: build
	$(BINARY) study all --store $(STUDY_STORE) --pictures docs/studies --out study-all.html

# How often the stated error of each measure holds the truth: 200 pseudo-experiments for each seed. The tests take fewer.
COVERAGE_SEEDS ?= 1 2 3
coverage: libraries
	$(BUILD) --product fastsimPackageTests
	FASTSIM_COVERAGE_SEEDS="$(COVERAGE_SEEDS)" $(SWIFT) test -c release --skip-build --filter CatalogueCoverageTests

# The one system library: SQLite, with its header.
libraries:
	@if ! { command -v pkg-config >/dev/null && pkg-config --exists sqlite3; } && [ ! -e /usr/include/sqlite3.h ]; then \
	  $(call install,libsqlite3-dev); \
	fi

# Some tests read stores and files from Python, with its standard library only.
python:
	@command -v python3 >/dev/null || { $(call install,python3); }

install = if [ "$$(uname)" = Linux ]; then echo "installing $(1)"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $(1); fi

# Compiles the kernels for arm64, runs them under qemu-user and compares the bits. Installs Debian's tools if missing.
check-arm:
	Tests/ArmCheck/run.sh

# Compares the bits of small runs of every objective between the debug and the release build.
check-debug: libraries
	Tests/DebugCheck/run.sh

# Compares fastsim with PyTorch, JAX and TensorFlow in one run; writes the table of docs/performance.md.
bench: build
	$(BUILD) --product fastsim-bench
	python3 Benchmarks/run.py --write
	python3 Benchmarks/sampling.py

# Builds .build/standalone/release/fastsim, which needs no Swift runtime and starts in half the time, in a separate folder.
standalone: libraries
	$(BUILD) --static-swift-stdlib --scratch-path .build/standalone --product fastsim

# Compares logging with MLflow, trackio and a plain C loop, and times commands on a store of 10^8 values; writes the tables of
# docs/performance.md.
bench-tracker: build
	$(BUILD) --product fastsim-tracker-bench
	python3 Benchmarks/tracker/run.py --write

# The long forms of short tests: eight processes on one store for a minute, two hundred kills, the disk states that power
# cuts could leave, and a hundred thousand random inputs.
abuse: build python
	$(BUILD) --product fastsim-tracker-bench
	$(BUILD) --product fastsim-fuzz
	python3 Tests/Abuse/side_by_side.py --seconds 60
	python3 Tests/Abuse/kills.py --kills 200
	python3 Tests/PowerCut/power_cut.py --states 400
	python3 Tests/Abuse/fuzz.py --inputs 100000

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests migrations

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests migrations

clean:
	rm -rf .build
