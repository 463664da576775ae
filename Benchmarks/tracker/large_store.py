#!/usr/bin/env python3
"""Commands on a store of 10,000 runs x 50 parameters and 100,000,000 step values, as complete processes.

usage: large_store.py [--runs 10000] [--keep PATH] [--repeats 9]

The store (about 0.9 GB) is made through the public API in a scratch folder and deleted; --keep makes it at PATH, or uses it
where it is there already. `small` is a store of a hundred such runs. Prints one line of JSON.
"""
import argparse
import json
from pathlib import Path

from common import BENCH, FASTSIM, folder, line, process, store_bytes


def filled(path, runs):
    facts = {} if path.exists() else line([BENCH, "fill", path, "--runs", runs])
    return facts | {"bytes": store_bytes(path)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--repeats", type=int, default=9)
    chosen = parser.parse_args()
    with folder() as place:
        large, small = chosen.keep or place / "large.sqlite", place / "small.sqlite"
        result = {"store": filled(large, chosen.runs), "small": filled(small, min(100, chosen.runs))}
        last = chosen.runs

        def command(store, *words):
            return process([FASTSIM, *words, "--store", store], chosen.repeats)

        def listing(store):
            return command(
                store, "runs", "params.lr = 0.001 and metrics.auc < 0.2", "--order-by", "metrics.auc ASC", "--limit", 20)

        result["runs_filtered_and_sorted"] = listing(large)
        result["runs_filtered_and_sorted_small"] = listing(small)
        result["runs"] = command(large, "runs", "--limit", 20)
        result["runs_small"] = command(small, "runs", "--limit", 20)
        result["compare"] = command(large, "compare", 3, 42)
        # The last run has 100,000 step values, ten series of 10,000.
        result["history"] = command(large, "history", last, "--steps", "--format", "csv")
        result["show"] = command(large, "show", last)
        result["flat"] = {
            name: round(result[name]["ms"] / result[name + "_small"]["ms"], 2) for name in ["runs", "runs_filtered_and_sorted"]}
        print(json.dumps(result))


main()
