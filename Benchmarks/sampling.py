#!/usr/bin/env python3
"""Sampling from a stored run beside ONNX Runtime with scikit-learn's QuantileTransformer, in one run.

    make build && Benchmarks/sampling.py [--rows 1000000] [--threads 2] [--repeats 5]

Both sides generate the RICH kaons of Examples/rich-kaon.yaml (32 latent numbers and 3 conditions, 5 x 64 units, 5 targets,
quantile-normal transforms of 1000 quantiles) for the same conditions. The peers' weights are random, because
their values do not change the time. The sides take turns, and every time is the median of the repeats, in seconds. The peers are installed by pip into
${TMPDIR:-/tmp}/fastsim-peers-sampling. Prints one line of JSON:

    fastsim.inside   transforms of the conditions, noise, network, inverse transforms, as the command reports
    fastsim.process  the whole process: start, store, reading and writing .npz
    peers.*          the parts; `network_and_inverse` omits the noise and the conditions' transform,
                     `process` is all parts with reading and writing .npz, without starting Python
    ratios           peers over fastsim; `simulation`: tracks generated over tracks simulated in a second
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from peers import with_peers

ROOT = Path(__file__).resolve().parent.parent
LATENT, CONDITIONS, LAYERS, UNITS, TARGETS = 32, ["P", "ETA", "nTracks"], 5, 64, 5


def network(random):
    """The generator as an ONNX model with Glorot's uniform weights."""
    from onnx import TensorProto, helper, numpy_helper

    sizes = [LATENT + len(CONDITIONS)] + [UNITS] * LAYERS + [TARGETS]
    nodes, weights, name = [], [], "input"
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        limit = (6 / (inputs + outputs)) ** 0.5
        weight = random.uniform(-limit, limit, (inputs, outputs)).astype("f4")
        weights += [
            numpy_helper.from_array(weight, f"w{layer}"), numpy_helper.from_array(weight[0] * 0, f"b{layer}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{layer}", f"b{layer}"], [f"y{layer}"]))
        name = f"y{layer}"
        if layer < LAYERS:
            nodes.append(helper.make_node("LeakyRelu", [name], [f"a{layer}"], alpha=0.1))
            name = f"a{layer}"
    graph = helper.make_graph(
        nodes, "generator", [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, sizes[0]])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, TARGETS])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


class Peers:
    def __init__(self, sample, threads):
        import numpy as np
        import onnxruntime
        from sklearn.preprocessing import QuantileTransformer

        self.np, self.random = np, np.random.default_rng(1)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            network(self.random), options, providers=["CPUExecutionProvider"])

        def fitted(names):
            columns = np.stack([sample[name] for name in names], axis=1)
            return QuantileTransformer(n_quantiles=1000, output_distribution="normal", subsample=None).fit(columns)

        self.targets = [name for name in sample.files if name.startswith("RichDLL")]
        self.conditions, self.inverse = fitted(CONDITIONS), fitted(self.targets)

    def run(self, source, out, batch=65536):
        np, parts = self.np, {}
        clock = time.perf_counter()

        def lap(name):
            nonlocal clock
            now = time.perf_counter()
            parts[name] = parts.get(name, 0) + now - clock
            clock = now

        file = np.load(source)
        columns = np.stack([file[name] for name in CONDITIONS], axis=1)
        lap("reading")
        seen = self.conditions.transform(columns).astype("f4")
        lap("conditions")
        raw = np.empty((len(seen), TARGETS), "f4")
        for first in range(0, len(seen), batch):
            rows = seen[first : first + batch]
            noise = self.random.standard_normal((len(rows), LATENT), dtype="f4")
            entry = np.concatenate([noise, rows], axis=1)
            lap("noise")
            raw[first : first + batch] = self.session.run(None, {"input": entry})[0]
            lap("network")
        generated = self.inverse.inverse_transform(raw)
        lap("inverse")
        named = dict(zip(CONDITIONS, columns.T)) | dict(zip(self.targets, generated.T))
        np.savez(out, **{name: np.ascontiguousarray(values) for name, values in named.items()})
        lap("writing")
        inside = parts["conditions"] + parts["noise"] + parts["network"] + parts["inverse"]
        return parts | {
            "network_and_inverse": parts["network"] + parts["inverse"], "inside": inside,
            "process": inside + parts["reading"] + parts["writing"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--fastsim", default=str(ROOT / ".build/release/fastsim"))
    options = parser.parse_args()
    with_peers("sampling", "onnx", "onnxruntime", "scikit-learn", "numpy")
    import numpy as np

    threads = ["--threads", str(options.threads)]
    with tempfile.TemporaryDirectory() as folder:

        def fastsim(*arguments):
            """Seconds that the process took, and what it said."""
            began = time.perf_counter()
            done = subprocess.run(
                [options.fastsim, *map(str, arguments)], cwd=folder, text=True, capture_output=True)
            seconds = time.perf_counter() - began
            if done.returncode:
                sys.exit(done.stderr)
            return seconds, done.stderr

        simulated = []
        for _ in range(3):
            _, said = fastsim("simulate", "rich", "--species", "kaon", "--rows", 200_000, "--out", "kaons.npz", *threads)
            simulated.append(float(re.search(r"(\d+) tracks/s", said)[1]))
        sample = np.load(f"{folder}/kaons.npz")
        rows = np.random.default_rng(2).integers(0, 200_000, options.rows)
        np.savez(f"{folder}/tracks.npz", **{name: sample[name][rows] for name in CONDITIONS})
        fastsim(
            "train", ROOT / "Examples/rich-kaon.yaml", "--epochs", 1, "--quiet", "--set", "training.steps=20", "--set",
            "evaluation=null", "--set", "data.simulate.rows=200000")
        peers = Peers(sample, options.threads)

        ours, theirs = [], []
        for _ in range(options.repeats + 1):
            seconds, said = fastsim("sample", "latest", "--conditions", "tracks.npz", "--out", "ours.npz", *threads)
            ours.append({"inside": float(re.search(r" in ([0-9.]+) s,", said)[1]), "process": seconds})
            theirs.append(peers.run(f"{folder}/tracks.npz", f"{folder}/theirs.npz"))

    def medians(runs):
        # The first round warms the peers and the disk's cache up.
        return {key: round(statistics.median(run[key] for run in runs[1:]), 4) for key in runs[0]}

    ours, theirs = medians(ours), medians(theirs)
    rate, simulation = options.rows / ours["inside"], statistics.median(simulated)
    print(
        json.dumps(
            {
                "benchmark": "sampling", "rows": options.rows, "threads": options.threads, "repeats": options.repeats,
                "fastsim": ours | {"tracks_per_second": round(rate)}, "peers": theirs,
                "simulation_tracks_per_second": round(simulation),
                "ratios": {
                    "network_and_inverse": round(theirs["network_and_inverse"] / ours["inside"], 2),
                    "inside": round(theirs["inside"] / ours["inside"], 2),
                    "process": round(theirs["process"] / ours["process"], 2),
                    "simulation": round(rate / simulation, 1),
                },
            }))


if __name__ == "__main__":
    main()
