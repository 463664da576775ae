#!/usr/bin/env python3
"""trackio's fastest way, `SQLiteStorage.bulk_log` with a whole run a call, into a new folder.

usage: trackio_bulk.py STORE RUNS STEPS         prints one line of JSON
"""
import glob
import json
import os
import sys

store, runs, steps = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
os.makedirs(store, exist_ok=True)
os.environ.update(TRACKIO_DIR=store, HF_HUB_OFFLINE="1", HF_HOME=store + "-hf")
import trackio
from trackio.sqlite_storage import SQLiteStorage
from workload import SERIES, Clock, parameters, values

data = [values(run, steps) for run in range(runs)]
with Clock() as clock:
    for number in range(runs):
        SQLiteStorage.bulk_log(
            "calo", f"run-{number}", [dict(zip(SERIES, row)) for row in data[number]], steps=list(range(steps)),
            config=parameters(number), run_id=f"run-{number}")
size = sum(os.path.getsize(path) for path in glob.glob(f"{store}/calo*.db*"))
points = runs * steps * len(SERIES)
print(json.dumps(clock.line(f"trackio {trackio.__version__} bulk_log", points) | {"bytes_per_point": round(size / points, 2)}))
