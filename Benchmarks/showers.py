#!/usr/bin/env python3
"""Simulated showers and their observables per second, whole processes that write files.

    make build && Benchmarks/showers.py [--threads 1,2] [--repeats 3] [--binary .build/release/fastsim]

For each detector and number of threads `fastsim simulate` writes --rows events to an .npz file and `fastsim observables` makes
a table of them. Prints one line of JSON: the median of the seconds of the repeats, start and writing included, with showers
per second and the largest peak memory in MiB.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = {"lhcb-calorimeter": 10_000, "atlas-calorimeter": 10_000, "clic-calorimeter": 1_000}


def timed(arguments):
    """Seconds and peak memory in MiB of a process that ends well."""
    start = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: status {status}")
    return seconds, usage.ru_maxrss / 1024


def median(rows, runs):
    seconds = statistics.median(run[0] for run in runs)
    return {"seconds": round(seconds, 3), "per_second": round(rows / seconds), "peak_mib": round(max(run[1] for run in runs))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--binary", default=str(ROOT / ".build/release/fastsim"))
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        showers, table = f"{folder}/showers.npz", f"{folder}/observables.npz"
        for name, rows in ROWS.items():
            for threads in options.threads.split(","):
                common = ["--threads", threads, "--quiet"]
                simulate = [options.binary, "simulate", name, "--rows", str(rows), "--out", showers] + common
                observe = [options.binary, "observables", showers, "--out", table] + common
                runs = [(timed(simulate), timed(observe)) for _ in range(options.repeats)]
                results[f"{name} {threads}"] = {
                    "rows": rows, "simulate": median(rows, [run[0] for run in runs]),
                    "observables": median(rows, [run[1] for run in runs])}
    print(json.dumps(results))


main()
