#!/usr/bin/env python3
"""MLflow's fastest way, `MlflowClient.log_batch` with a thousand values a call, into a new SQLite store.

usage: mlflow_batch.py STORE RUNS STEPS         prints one line of JSON
"""
import json
import logging
import os
import sys
import time

os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", GIT_PYTHON_REFRESH="quiet")
import mlflow
from mlflow.entities import Metric, Param
from workload import SERIES, Clock, parameters, values

store, runs, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
logging.getLogger("mlflow").setLevel(logging.ERROR)
logging.getLogger("alembic").setLevel(logging.ERROR)
os.makedirs(store, exist_ok=True)
mlflow.set_tracking_uri(f"sqlite:///{os.path.abspath(store)}/mlflow.db")
client = mlflow.MlflowClient()
experiment = client.create_experiment("calo", artifact_location=f"file://{os.path.abspath(store)}/artifacts")
data = [values(run, steps) for run in range(runs)]
with Clock() as clock:
    for number in range(runs):
        run = client.create_run(experiment, run_name=f"run-{number}").info.run_id
        client.log_batch(run, params=[Param(key, value) for key, value in parameters(number).items()])
        batch = []
        for step, row in enumerate(data[number]):
            now = int(time.time() * 1000)
            batch += [Metric(name, value, now, step) for name, value in zip(SERIES, row)]
            if len(batch) >= 1000 or step == steps - 1:
                client.log_batch(run, metrics=batch)
                batch = []
        client.set_terminated(run)
size = os.path.getsize(f"{store}/mlflow.db")
points = runs * steps * len(SERIES)
print(json.dumps(clock.line(f"MLflow {mlflow.__version__} log_batch", points) | {"bytes_per_point": round(size / points, 2)}))
