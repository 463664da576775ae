#!/usr/bin/env python3
"""Times convolutional training steps in fastsim, PyTorch, JAX and TensorFlow, in turns within one run.

usage: convolutions.py [showers|clic|generation] [--rounds 5] [--seconds 2] [--batch N]

after: swift build -c release --product fastsim-bench. `showers` is the critic step of the WGAN-GP on 30 x 30 cells at batch
128, `clic` the discriminator step on 51 x 51 x 25 cells, on two threads each. Every library must first find the reference
loss of `showers` (Benchmarks/convolutions/showers_reference.txt, PyTorch in float64). Prints each measurement as a line of
JSON and a table; a ratio is a peer's time over fastsim's of the same round: median, and the lowest and the highest round.
`generation` compares events made alone with events in batches of 1000, in fastsim alone: the generators of the three
calorimeters and of the RICH.
"""
import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCH = HERE.parent / ".build" / "release" / "fastsim-bench"
PEERS = ["tensorflow_graph.py", "pytorch.py", "jax_jit.py"]
BATCHES = {"showers": 128, "clic": 16}

sys.path.insert(0, str(HERE))
from peers import with_peers  # noqa: E402


def line(command):
    output = subprocess.run(command, capture_output=True, text=True)
    if output.returncode != 0:
        sys.exit(f"{command}: {(output.stderr + output.stdout).strip().splitlines()[-1:]}")
    print(output.stdout.strip().splitlines()[-1], flush=True)
    return json.loads(output.stdout.strip().splitlines()[-1])


def fastsim(work, batch, threads=2, steps=0):
    cores = ",".join(str(core) for core in range(threads))
    command = ["taskset", "-c", cores, BENCH, work, "--batch", str(batch), "--threads", str(threads)]
    return line(command + (["--steps", str(steps)] if steps else []))


def compare(work, chosen):
    batch = chosen.batch or BATCHES[work]
    peers = [p for p in PEERS if not chosen.peer or chosen.peer in p]
    rounds = []
    options = ["--batch", str(batch), "--threads", "2", "--seconds", str(chosen.seconds)]
    options += ["--clic", "--least", "2"] if work == "clic" else []
    for _ in range(chosen.rounds):
        ours = fastsim(work, batch, steps=3 if work == "clic" else int(chosen.seconds * 20))
        rounds.append([ours] + [line([sys.executable, HERE / "convolutions" / p] + options) for p in peers])
    print(f"\n{work}, batch {batch}, 2 threads, {len(rounds)} rounds; peak of both cores {rounds[0][0]['peak_gflops']} GFLOP/s\n")
    print("| tool | ms a step | processor ms | peak memory MiB | times fastsim's ms | processor | memory |\n" + "| --- " * 7 + "|")
    for column in range(len(rounds[0])):
        tool = [r[column] for r in rounds]
        ratios = {}
        for key in ("ms_per_step", "processor_ms_per_step", "peak_rss_mib"):
            of = sorted(r[column][key] / r[0][key] for r in rounds)
            ratios[key] = f"{statistics.median(of):.2f} ({of[0]:.2f} to {of[-1]:.2f})"
        middle = {key: statistics.median(t[key] for t in tool) for key in ratios}
        print(f"| {tool[0]['tool']} | {middle['ms_per_step']:.1f} | {middle['processor_ms_per_step']:.1f} |"
              f" {middle['peak_rss_mib']:.0f} | " + " | ".join(ratios.values()) + " |")


def generation(chosen):
    """Events alone and in batches of 1000, on one thread, by processor time."""
    print("| detector | alone, ms | of a batch of 1000, ms | alone / in a batch |\n" + "| --- " * 4 + "|")
    for detector, alone, many in [("lhcb", 2000, 5), ("atlas", 20000, 100), ("clic", 10, 1), ("rich", 10000, 50)]:
        rounds = []
        for _ in range(chosen.rounds if detector != "clic" else 1):
            one = fastsim(f"{detector}-generation", 1, threads=1, steps=alone)["processor_ms_per_step"]
            rounds.append((one, fastsim(f"{detector}-generation", 1000, threads=1, steps=many)["processor_ms_per_step"] / 1000))
        ratios = sorted(one / share for one, share in rounds)
        one, share = (statistics.median(r[place] for r in rounds) for place in (0, 1))
        print(f"| {detector} | {one:.4f} | {share:.4f} | {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", nargs="?", default="showers", choices=["showers", "clic", "generation"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--peer", help="a part of the name of the only peer to be measured")
    chosen = parser.parse_args()
    if chosen.work == "generation":
        return generation(chosen)
    with_peers("steps", "numpy", "torch", "jax", "tensorflow")
    compare(chosen.work, chosen)


main()
