#!/usr/bin/env python3
"""Measures of two samples beside the tools of today, in one run.

    swift build -c release --product fastsim-evaluation-bench
    Benchmarks/measures.py [TASK]… [--threads 2] [--repeats 3]

Tasks, all if none is named:

    columns     all one-dimensional measures of 10^6 weighted points        scipy, each of its measures
    energy      energy distance, 10^4 x 10^4 points in five dimensions      numpy, torch.cdist, geomloss, dcor
    neighbours  precision, recall, density and coverage, 10^4 points        prdc
    neighbours-large  the same of 10^5 points                               none: prdc's matrices need 240 GB
    auc-map     areas and their errors in 48 bins, 10^6 tracks              scikit-learn, the areas alone
    suite       the default suite with floors, 10^5 rows x 5 columns        none

The sides take turns; every time is the median of the repeats, in seconds. Peers are installed by pip into
${TMPDIR:-/tmp}/fastsim-peers-measures. Prints one line of JSON for each task; `ratio` is the fastest peer's time over ours.
"""
import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from peers import with_peers

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".build" / "release" / "fastsim-evaluation-bench"
TASKS = {  # rows, columns
    "columns": (1_000_000, 1), "energy": (10_000, 5), "neighbours": (10_000, 5), "neighbours-large": (100_000, 5),
    "auc-map": (500_000, 4), "suite": (100_000, 5)}


def sample(rows, columns):
    """Two normal samples, the second a little wider and shifted, with positive weights."""
    import numpy as np

    random = np.random.default_rng(1)
    real, generated = random.normal(size=(rows, columns)), 0.05 + 1.05 * random.normal(size=(rows, columns))
    return real, 0.5 + random.random(rows), generated, 0.5 + random.random(rows)


def ours(task, file, rows, columns, options):
    command = [options.bench, task.removesuffix("-large"), file, "--rows", rows, "--columns", columns]
    command += ["--threads", options.threads]
    return json.loads(subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout)


def peers_of_columns(x, w, y, v):
    from scipy import stats

    def measures():
        stats.wasserstein_distance(x[:, 0], y[:, 0], w, v)
        stats.energy_distance(x[:, 0], y[:, 0], w, v)
        stats.ks_2samp(x[:, 0], y[:, 0])
        stats.cramervonmises_2samp(x[:, 0], y[:, 0], method="asymptotic")
        stats.anderson_ksamp([x[:, 0], y[:, 0]], method=None)

    return {"scipy, 5 measures, weights in 2": measures}


def peers_of_energy(x, w, y, v):
    import dcor
    import geomloss
    import numpy as np
    import torch
    from scipy.spatial.distance import cdist

    w, v = w / w.sum(), v / v.sum()
    tensors = [torch.tensor(a) for a in (w, x, v, y)]

    def numpy():
        return 2 * w @ cdist(x, y) @ v - w @ cdist(x, x) @ w - v @ cdist(y, y) @ v

    def torch_cdist():
        a, p, b, q = tensors
        return float(2 * a @ torch.cdist(p, q) @ b - a @ torch.cdist(p, p) @ a - b @ torch.cdist(q, q) @ b)

    loss = geomloss.SamplesLoss("energy", backend="tensorized")
    return {
        "scipy cdist and numpy": numpy, "torch.cdist": torch_cdist, "geomloss": lambda: 2 * float(loss(*tensors)),
        "dcor, no weights": lambda: dcor.energy_distance(x, y)}


def peers_of_neighbours(x, w, y, v):
    from prdc import compute_prdc

    return {"prdc": lambda: compute_prdc(real_features=x, fake_features=y, nearest_k=5)}


def peers_of_auc_map(x, w, y, v):
    import numpy as np
    from sklearn.metrics import roc_auc_score

    edges = [2, 5, 9.3, 15.6, 25, 40, 60, 100, 150]
    eta = [1.8, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]

    def areas():
        label = np.concatenate([np.ones(len(x)), np.zeros(len(y))])
        weights = np.concatenate([w, v])
        rows = np.concatenate([x, y])
        p, h = 40 + 15 * rows[:, 2], 3.4 + 0.5 * rows[:, 3]
        found = []
        for low, high in zip(edges, edges[1:]):
            for bottom, top in zip(eta, eta[1:]):
                use = (p >= low) & (p < high) & (h >= bottom) & (h < top)
                if len(set(label[use])) == 2:
                    found += [roc_auc_score(label[use], rows[use, k], sample_weight=weights[use]) for k in (0, 1)]
        return found

    return {"scikit-learn, no errors": areas}


PEERS = {
    "columns": peers_of_columns, "energy": peers_of_energy, "neighbours": peers_of_neighbours,
    "auc-map": peers_of_auc_map}


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main():
    with_peers("measures", "numpy", "scipy", "scikit-learn", "torch", "geomloss", "dcor", "prdc")
    import numpy as np
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []], metavar="TASK")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--bench", default=BENCH)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for task in options.tasks or TASKS:
        rows, columns = TASKS[task]
        x, w, y, v = sample(rows, columns)
        peers = PEERS.get(task, lambda *_: {})(x, w, y, v)
        with tempfile.NamedTemporaryFile(suffix=".f64") as file:
            np.concatenate([x.T.ravel(), w, y.T.ravel(), v]).tofile(file.name)
            runs, times = [], {name: [] for name in peers}
            for _ in range(options.repeats):
                runs.append(ours(task, file.name, rows, columns, options))
                for name, call in peers.items():
                    times[name].append(timed(call))
        best = {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0] if key != "tool"}
        medians = {name: round(statistics.median(values), 4) for name, values in times.items()}
        ratio = {"ratio": round(min(medians.values()) / best["seconds"], 2)} if medians else {}
        print(json.dumps({
            "bench": task, "rows": rows, "columns": columns, "threads": options.threads, "fastsim": best,
            "peers": medians, **ratio}), flush=True)


if __name__ == "__main__":
    main()
