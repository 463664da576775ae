#!/usr/bin/env python3
"""Logging 100 runs x 1000 steps x 10 series: fastsim's library, a plain C loop, MLflow's and trackio's fastest ways.

usage: log_points.py [--runs 100] [--steps 1000] [--rounds 3] [--peer-runs 5]

Each round measures every tool once; a tool's figure is its best round. fastsim and the C loop have one epoch a run (as
`log_batch` has one call a hundred steps and `bulk_log` one a run) and, in `by_100`, one a hundred steps; both flush to the
disk at every epoch. The peers log fewer runs, at the same rate. Prints one line of JSON.
"""
import argparse
import json

from common import BENCH, HERE, ROOT, c_loop, folder, line, python_with_peers, store_bytes


def ours(place, number, runs, steps, epoch):
    store = place / f"ours-{number}-{epoch}.sqlite"
    result = line([BENCH, "log", store, "--runs", runs, "--steps", steps, "--epoch", epoch])
    return result | {"bytes_per_point": round(store_bytes(store) / result["points"], 2)}


def loop(place, number, runs, steps, epoch):
    store = place / f"loop-{number}-{epoch}.sqlite"
    result = line([c_loop(), store, ROOT / "migrations", runs, steps, epoch, 20])
    return result | {"bytes_per_point": round(store_bytes(store) / result["points"], 2)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-runs", type=int, default=5)
    chosen = parser.parse_args()
    peers, rounds = python_with_peers(), []
    with folder() as place:
        for number in range(chosen.rounds):
            by_run = [tool(place, number, chosen.runs, chosen.steps, chosen.steps) for tool in (ours, loop)]
            by_100 = [tool(place, number, chosen.runs, chosen.steps, 100) for tool in (ours, loop)]
            theirs = [
                line([peers[peer], HERE / "peers" / script, place / f"{peer}-{number}", runs, chosen.steps])
                for peer, script, runs in [
                    ("mlflow", "mlflow_batch.py", min(chosen.peer_runs, chosen.runs)),
                    ("trackio", "trackio_bulk.py", min(4 * chosen.peer_runs, chosen.runs))]
            ]
            rounds.append(by_run + by_100 + theirs)
    best = [max(tool, key=lambda result: result["points_per_s"]) for tool in zip(*rounds)]
    names = ["fastsim", "c_loop", "fastsim_by_100", "c_loop_by_100", "mlflow", "trackio"]
    result = dict(zip(names, best))
    rate = {name: result[name]["points_per_s"] for name in names}
    result["ratios"] = {
        "mlflow": round(rate["fastsim"] / rate["mlflow"], 1), "trackio": round(rate["fastsim"] / rate["trackio"], 2),
        "c_loop": round(rate["c_loop"] / rate["fastsim"], 2),
        "c_loop_by_100": round(rate["c_loop_by_100"] / rate["fastsim_by_100"], 2)}
    print(json.dumps(result))


main()
