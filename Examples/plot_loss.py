#!/usr/bin/env python3
"""Plots a series of a run from the store's file: Python's own sqlite3, with pandas and matplotlib where they are.

usage: plot_loss.py STORE [RUN] [SERIES] [--out loss.png]
"""
import argparse
import sqlite3

parser = argparse.ArgumentParser()
parser.add_argument("store")
parser.add_argument("run", nargs="?", type=int, help="a run's number (default: the latest)")
parser.add_argument("series", nargs="?", help="a series' name (default: the first that ends in loss)")
parser.add_argument("--out", default="loss.png")
chosen = parser.parse_args()

# Read-only: a reader never disturbs a training.
db = sqlite3.connect(f"file:{chosen.store}?mode=ro", uri=True)
run = chosen.run or db.execute("SELECT max(run) FROM runs").fetchone()[0]
names = [row[0] for row in db.execute("SELECT DISTINCT series FROM history WHERE run = ? ORDER BY series", (run,))]
series = chosen.series or next((name for name in names if name.endswith("loss")), names[0] if names else None)
if series not in names:
    raise SystemExit(f"run {run} has no series {series}; it has {', '.join(names) or 'none'}")
query = "SELECT epoch, step, value FROM history WHERE run = ? AND series = ? ORDER BY epoch"

try:
    import matplotlib
    import pandas

    matplotlib.use("Agg")
    history = pandas.read_sql(query, db, params=(run, series))
    figure = history.plot(x="step", y="value", ylabel=series, title=f"run {run}", legend=False).get_figure()
    figure.savefig(chosen.out)
    print(f"{len(history)} epochs of {series}: {chosen.out}")
except ImportError:
    # A NaN is NULL in the file.
    rows = [(epoch, step, float("nan") if value is None else value) for epoch, step, value in db.execute(query, (run, series))]
    largest = max((abs(value) for _, _, value in rows if abs(value) < float("inf")), default=0) or 1
    for epoch, step, value in rows:
        bar = "#" * round(50 * abs(value) / largest) if abs(value) < float("inf") else ""
        print(f"{epoch:>6} {step:>9} {value:>14.6g} {bar}")
