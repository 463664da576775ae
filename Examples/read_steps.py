#!/usr/bin/env python3
"""Prints the value of every step of a series, as CSV, with Python's own sqlite3.

usage: read_steps.py STORE RUN SERIES
"""
import sqlite3
import struct
import sys


def steps(db, run, series):
    """Yields (epoch, step, value). An epoch without a trace gives its one value, at its last step."""
    query = """SELECT epoch, first_step, "values" FROM traces WHERE run = :run AND series = :series
               UNION ALL SELECT epoch, step, value FROM history WHERE run = :run AND series = :series
                 AND epoch NOT IN (SELECT epoch FROM traces WHERE run = :run AND series = :series) ORDER BY epoch"""
    for epoch, first, values in db.execute(query, {"run": run, "series": series}):
        one = [float("nan") if values is None else values]  # a NaN is NULL in a column of numbers
        for index, value in enumerate(struct.unpack(f"<{len(values) // 8}d", values) if isinstance(values, bytes) else one):
            yield epoch, first + index, value


if __name__ == "__main__":
    store, run, series = sys.argv[1:]
    print("epoch,step,value")
    for row in steps(sqlite3.connect(f"file:{store}?mode=ro", uri=True), int(run), series):
        print(*row, sep=",")
