#!/usr/bin/env python3
"""`fastsim --version` and a list of a small store, as complete processes, next to the peers' own commands.

usage: start.py [--repeats 15]          prints one line of JSON
"""
import argparse
import json

from common import BENCH, FASTSIM, folder, line, process, python_with_peers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=15)
    chosen = parser.parse_args()
    peers = python_with_peers()
    with folder() as place:
        store = place / "small.sqlite"
        line([BENCH, "log", store, "--runs", 20, "--steps", 10, "--epoch", 10])
        print(json.dumps({
            "version": process([FASTSIM, "--version"], chosen.repeats),
            "runs": process([FASTSIM, "runs", "--store", store], chosen.repeats),
            "mlflow_version": process([peers["mlflow"].parent / "mlflow", "--version"], 3),
            "trackio_version": process([peers["trackio"].parent / "trackio", "--version"], 3)}))


main()
