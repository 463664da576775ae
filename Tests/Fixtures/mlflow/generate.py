"""Writes mlflow.db, mlruns/ and expected.json beside this script, with MLflow itself.

    python3 -m venv venv && venv/bin/pip install mlflow==3.17.2 && venv/bin/python generate.py

expected.json holds what MLflow's own client reads back, floats as the hexadecimal of their bits.
"""
import json, os, shutil, struct, subprocess, sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
WORK = "/tmp/mlflow-fixture"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"


def bits(value):
    return struct.pack(">d", value).hex()


def write():
    import numpy
    import mlflow
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    client = MlflowClient()
    calorimeter = client.create_experiment("calorimeter", artifact_location=f"{WORK}/mlruns/1")
    mlflow.set_experiment(experiment_id=calorimeter)
    with mlflow.start_run(run_name="scan", description="A scan over two rates.\nThe second is better.") as scan:
        mlflow.log_params({"model": "cramer", "repeats": 2})
        mlflow.set_tag("who", "physicist")
        for number, rate in enumerate(["0.001", "1e-3"]):
            with mlflow.start_run(run_name=f"rate-{number}", nested=True) as child:
                mlflow.log_params({
                    "rate": rate, "layers": "10", "padded": "007", "plus": "+5", "big": "9223372036854775808",
                    "exact": "0.1", "long": "0.30000000000000004", "averaged": "True", "quiet": "false", "none": "None",
                    "nan": "nan", "infinite": "inf", "empty": "", "text": 'two "words"\nand a line: é', "list": "[1, 2]",
                    "training.batch": "256", "negative": "-3", "minus_zero": "-0", "hexadecimal": "0x10", "e": "1E5",
                })
                client.log_batch(child.info.run_id, metrics=[
                    Metric("loss", 1.0 / (step + 1), 1_700_000_000_000 + step, step) for step in (0, 1, 2, 5, 8, 100)])
                mlflow.log_metric("loss", 7.5, step=2)
                mlflow.log_metric("loss", 0.1, step=300)
                for step, value in enumerate([float("nan"), float("inf"), float("-inf"), 5e-324, 1 / 3, -0.0]):
                    client.log_batch(child.info.run_id, metrics=[Metric("odd", value, 1_700_000_001_000 + step, 10 * step)])
                # The same step three times: twice at one moment, and once before.
                client.log_batch(child.info.run_id, metrics=[
                    Metric("again", 3.0, 1_700_000_002_000, 5), Metric("again", 2.0, 1_700_000_002_000, 5),
                    Metric("again", 9.0, 1_700_000_001_999, 5), Metric("again", 4.0, 1_700_000_002_001, 8)])
                mlflow.log_text("epochs: 3\n", "config/settings.txt")
                data = mlflow.data.from_numpy(numpy.arange(20.0).reshape(10, 2), source="toy", name="toy-kaons")
                mlflow.log_input(data, context="training")
    with mlflow.start_run(run_name="before-the-beginning"):
        for step in (-3, -1, 0, 4):
            mlflow.log_metric("warm up/loss:all", step * 0.5, step=step)
    with mlflow.start_run(run_name="deleted") as deleted:
        mlflow.log_metric("loss", 1.0)
    client.delete_run(deleted.info.run_id)

    mlflow.set_experiment("Default")
    for status in ("FAILED", "KILLED", "RUNNING", "SCHEDULED"):
        run = client.create_run("0", run_name=status.lower())
        client.log_metric(run.info.run_id, "loss", 2.5, step=0)
        if status in ("FAILED", "KILLED"):
            client.set_terminated(run.info.run_id, status)
        elif status == "SCHEDULED":
            client.update_run(run.info.run_id, status)
    empty = client.create_run("0")
    client.set_terminated(empty.info.run_id, "FINISHED")

    expected = []
    for experiment in client.search_experiments(view_type=3):
        for run in client.search_runs([experiment.experiment_id], run_view_type=3):
            info = run.info
            history = {}
            for key in run.data.metrics:
                history[key] = [[p.step, p.timestamp, bits(p.value)] for p in client.get_metric_history(info.run_id, key)]
            expected.append({
                "uuid": info.run_id, "name": info.run_name, "experiment": experiment.name, "status": info.status,
                "start": info.start_time, "end": info.end_time, "deleted": info.lifecycle_stage == "deleted",
                "params": dict(run.data.params), "tags": dict(run.data.tags), "history": history,
                "inputs": [[i.dataset.name, i.dataset.digest, {t.key: t.value for t in i.tags}]
                           for i in (run.inputs.dataset_inputs if run.inputs else [])],
            })
    expected.sort(key=lambda run: (run["start"], run["uuid"]))
    with open("expected.json", "w") as file:
        json.dump(expected, file, indent=1, sort_keys=True)
        file.write("\n")


if len(sys.argv) > 1:
    write()
else:
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    shutil.copy(os.path.abspath(__file__), WORK)  # MLflow stores the script's path
    subprocess.run([sys.executable, "generate.py", "write"], cwd=WORK, check=True)
    for name in ("mlflow.db", "expected.json", "mlruns"):
        target = os.path.join(FOLDER, name)
        shutil.rmtree(target, ignore_errors=True)
        if os.path.isfile(target):
            os.remove(target)
        shutil.move(os.path.join(WORK, name), target)
    shutil.rmtree(WORK)
