# make demo   builds fastsim and trains, judges and compares a small RICH simulation
# make test   builds and runs every test
# make studies  runs every toy study, checks what it must show, and writes the page study-all.html
SHELL := /bin/bash
export FASTSIM_ROOT := 1

SWIFT ?= swift
BINARY = .build/release/fastsim
DEMO_STORE ?= fastsim.sqlite

.PHONY: build test demo studies check-arm check-debug abuse standalone bench bench-tracker format lint libraries python clean

build: libraries
	$(SWIFT) build -c release --product fastsim

# The product holds every test and the programs that they start; --build-tests would compile a compiler of protocol buffers.
test: libraries python
	$(SWIFT) build -c release --product fastsimPackageTests
	$(SWIFT) test -c release --skip-build

demo: build
	Examples/demo.sh $(BINARY) $(DEMO_STORE)

# Exit code 2 where an expectation fails: seeds recovered, modes covered. Goes on where it was interrupted.
STUDY_STORE ?= studies.sqlite
studies: build
	$(BINARY) study all --store $(STUDY_STORE) --pictures docs/studies --out study-all.html

# The one system library: SQLite, with its header.
libraries:
	@if ! { command -v pkg-config >/dev/null && pkg-config --exists sqlite3; } && [ ! -e /usr/include/sqlite3.h ]; then \
	  $(call install,libsqlite3-dev); \
	fi

# Some tests read stores and files as other people's scripts do, with Python's standard library.
python:
	@command -v python3 >/dev/null || { $(call install,python3); }

install = if [ "$$(uname)" = Linux ]; then echo "installing $(1)"; \
	  if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $(1); fi

# The kernels compiled for arm64 and run under qemu-user: the bits of this machine. Installs Debian's tools where missing.
check-arm:
	Tests/ArmCheck/run.sh

# Small runs of every objective with the debug and with the release build: the same bits.
check-debug: libraries
	Tests/DebugCheck/run.sh

# fastsim beside PyTorch, JAX and TensorFlow on the same work, in one run; writes the table of docs/performance.md.
bench: build
	$(SWIFT) build -c release --product fastsim-bench
	python3 Benchmarks/run.py --write
	python3 Benchmarks/sampling.py

# .build/standalone/release/fastsim, which needs no Swift where it runs and starts in half the time. It has a build folder of
# its own, for everything is compiled differently.
standalone: libraries
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build/standalone --product fastsim

# The tracker: logging beside MLflow, trackio and a plain C loop, commands on a store of 10^8 values; writes its table of
# docs/performance.md.
bench-tracker: build
	$(SWIFT) build -c release --product fastsim-tracker-bench
	python3 Benchmarks/tracker/run.py --write

# The long forms of what the tests do for seconds: eight processes on one store for a minute, two hundred kills, and the
# states that power cuts could leave.
abuse: build python
	$(SWIFT) build -c release --product fastsim-tracker-bench
	python3 Tests/Abuse/side_by_side.py --seconds 60
	python3 Tests/Abuse/kills.py --kills 200
	python3 Tests/PowerCut/power_cut.py --states 400

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests migrations

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests migrations

clean:
	rm -rf .build
