#!/usr/bin/env python3
"""All figures of the tracker, and the table of docs/performance.md.

usage: run.py [--write] [--quick]              as `make bench-tracker`, which builds what it runs

Runs the scripts of this folder one after the other and prints each one's line of JSON and the table; --write puts the table
into docs/performance.md. --quick makes everything small, to see that it works.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import date

from common import HERE, ROOT

MARKS = "<!-- tracker -->\n", "<!-- end tracker -->"


def script(name, *options):
    result = subprocess.run([sys.executable, HERE / name, *map(str, options)], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{name}: {(result.stderr.strip() or 'failed').splitlines()[-1]}")
    print(result.stdout.strip(), flush=True)
    return json.loads(result.stdout.strip().splitlines()[-1])


def rate(result):
    return f"{result['points_per_s']:,}".replace(",", " ")


def logging_table(r):
    ratios = r["ratios"]
    rows = [
        ("fastsim, an epoch of 1000 steps", r["fastsim"], "1"),
        ("plain C loop over SQLite, same rows, same flushes", r["c_loop"], f"{1 / ratios['c_loop']:.2f}"),
        ("fastsim, an epoch of 100 steps", r["fastsim_by_100"], ""),
        ("plain C loop, 100 steps", r["c_loop_by_100"], f"1 / {1 / ratios['c_loop_by_100']:.2f} of the line above"),
        (r["trackio"]["tool"], r["trackio"], f"{ratios['trackio']:.1f}"),
        (r["mlflow"]["tool"], r["mlflow"], f"{ratios['mlflow']:.0f}"),
    ]
    lines = ["| logging 10 series | points/s | points/s of processor time | bytes/point | fastsim is times as fast |",
             "| --- | --- | --- | --- | --- |"]
    for name, result, ratio in rows:
        cpu = f"{result['points_per_cpu_s']:,}".replace(",", " ")
        lines.append(f"| {name} | {rate(result)} | {cpu} | {result['bytes_per_point']:.2f} | {ratio} |")
    return "\n".join(lines)


def process_table(large, start, cost):
    store = large["store"]["bytes"] / 1e9
    rows = [
        ("`runs` with a filter on a parameter and a metric, sorted by a metric", large["runs_filtered_and_sorted"], "50 ms"),
        ("`runs`, the first 20", large["runs"], ""),
        ("`compare` of two runs", large["compare"], "50 ms"),
        ("`history --steps` of 100 000 points, as csv", large["history"], "100 ms"),
        ("`show`", large["show"], ""),
        ("`fastsim --version`", start["version"], "15 ms"),
        ("`mlflow --version`", start["mlflow_version"], ""),
        ("`trackio --version`", start["trackio_version"], ""),
    ]
    lines = ["| whole process | median ms | best ms | processor ms | memory MB | aim |", "| --- | --- | --- | --- | --- | --- |"]
    for name, r, aim in rows:
        lines.append(f"| {name} | {r['ms']:.1f} | {r['best_ms']:.1f} | {r['cpu_ms']:.1f} | {r['rss_mb']:.0f} | {aim} |")
    return "\n".join(lines) + (
        f"\n\nThe store has 10 000 runs, 50 parameters each, and 100 000 000 step values in {store:.2f} GB. A list of it takes"
        f" {large['flat']['runs']} times as long as one of a hundred runs, a filtered and sorted one"
        f" {large['flat']['runs_filtered_and_sorted']} times. Storing an epoch adds {cost['wall']['percent']:.2f} % to its 100"
        f" steps of Examples/rich-kaon.yaml ({cost['cpu']['percent']:.2f} % of processor time).")


def processor():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    quick = chosen.quick
    logging = script("log_points.py", *(["--runs", 10, "--rounds", 1, "--peer-runs", 1] if quick else []))
    start = script("start.py", *(["--repeats", 3] if quick else []))
    cost = script("training_cost.py", *(["--steps", 20, "--rounds", 1] if quick else []))
    large = script("large_store.py", *(["--runs", 100, "--repeats", 3] if quick else []))
    text = f"{processor()}, {date.today()}.\n\n{logging_table(logging)}\n\n{process_table(large, start, cost)}\n"
    print(text)
    if chosen.write:
        page = ROOT / "docs" / "performance.md"
        head, rest = page.read_text().split(MARKS[0], 1)
        page.write_text(head + MARKS[0] + text + MARKS[1] + rest.split(MARKS[1], 1)[1])


main()
