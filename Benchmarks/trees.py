#!/usr/bin/env python3
"""Boosted trees beside xgboost's `hist`, in one run.

    swift build -c release --product fastsim-evaluation-bench
    Benchmarks/trees.py [--rows 200000] [--columns 9] [--trees 100] [--threads 2] [--repeats 5]

Both learn a binary label from the same float64 columns with xgboost's default settings (depth 6, eta 0.3, lambda 1,
256 bins). The sides take turns, and every time is the median of the repeats, in seconds. xgboost is installed by pip into
${TMPDIR:-/tmp}/fastsim-peers-trees. Prints one line of JSON:

    fastsim.bins, .fit, .predict      bins of the columns, 100 trees, margins of all rows; each in a new process
    xgboost.bins, .fit, .predict      DMatrix (hist makes its bins in the first round of the fit), train, predict
    *.loss                            mean logistic loss on the training rows: the same work was done
    ratio                             xgboost's bins and fit over those of fastsim
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


def sample(rows, columns):
    """Normal columns and a label that depends on four of them, also through a product."""
    import numpy as np

    random = np.random.default_rng(1)
    x = random.normal(size=(rows, columns))
    at = [min(k, columns - 1) for k in range(4)]
    margin = x[:, at[0]] + 0.5 * x[:, at[1]] * x[:, at[2]] + np.sin(2 * x[:, at[3]])
    return x, (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(float)


def ours(file, options):
    command = [options.bench, "trees", file, "--rows", options.rows, "--columns", options.columns]
    command += ["--trees", options.trees, "--threads", options.threads]
    return json.loads(subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True).stdout)


def peer(x, y, options):
    import numpy as np
    import xgboost

    start = time.perf_counter()
    matrix = xgboost.DMatrix(x, label=y, nthread=options.threads)
    binned = time.perf_counter()
    settings = {"objective": "binary:logistic", "tree_method": "hist", "nthread": options.threads}
    model = xgboost.train(settings, matrix, options.trees)
    fitted = time.perf_counter()
    margin = model.predict(matrix, output_margin=True).astype(float)
    predicted = time.perf_counter()
    loss = float(np.mean(np.logaddexp(0, margin) - y * margin))
    return {"bins": binned - start, "fit": fitted - binned, "predict": predicted - fitted, "loss": loss}


def main():
    with_peers("trees", "xgboost", "numpy")
    import numpy as np
    import xgboost

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in [("rows", 200_000), ("columns", 9), ("trees", 100), ("threads", 2), ("repeats", 5)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--bench", default=BENCH)
    options = parser.parse_args()
    x, y = sample(options.rows, options.columns)
    with tempfile.NamedTemporaryFile(suffix=".f64") as file:
        np.concatenate([x.T.ravel(), y]).tofile(file.name)
        results = {"fastsim": [], "xgboost": []}
        for _ in range(options.repeats):
            results["fastsim"].append(ours(file.name, options))
            results["xgboost"].append(peer(x, y, options))
    best = {
        tool: {key: round(statistics.median(run[key] for run in runs), 5) for key in ("bins", "fit", "predict", "loss")}
        for tool, runs in results.items()}
    total = {tool: value["bins"] + value["fit"] for tool, value in best.items()}
    best["xgboost"]["version"] = xgboost.__version__
    print(json.dumps({
        "bench": "trees", "rows": options.rows, "columns": options.columns, "trees": options.trees,
        "threads": options.threads, **best, "ratio": round(total["xgboost"] / total["fastsim"], 3)}))


if __name__ == "__main__":
    main()
