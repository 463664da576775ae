#!/usr/bin/env python3
"""Times the same critic step in fastsim, PyTorch, JAX and TensorFlow, in turns within one run.

usage: run.py [--rounds 3] [--seconds 4] [--roofline] [--write]        after: swift build -c release --product fastsim-bench

Prints each measurement as a line of JSON and the table of ratios; --write puts the table into docs/performance.md. The
peers are installed by pip into ${TMPDIR:-/tmp}/fastsim-bench/venv. Each round measures every tool once, so that other load
on the machine affects all of them; a tool's figure is the best of its rounds' medians.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import time
import venv
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BENCH = ROOT / ".build" / "release" / "fastsim-bench"
PEERS = ["pytorch.py", "jax_jit.py", "tensorflow_graph.py"]
WORKS = [(False, 10_000, 1), (False, 10_000, 2), (False, 1024, 1), (False, 1024, 2), (True, 256, 1), (True, 256, 2)]


def python():
    """A Python with the peers."""
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / "fastsim-bench" / "venv"
    program = folder / "bin" / "python"
    if not program.exists():
        venv.create(folder, with_pip=True)
    have = subprocess.run([program, "-c", "import numpy, torch, jax, tensorflow"], capture_output=True)
    if have.returncode != 0:
        packages = ["numpy", "torch", "jax", "tensorflow"]
        subprocess.run([program, "-m", "pip", "install", "--quiet", *packages], check=True)
    return program


def line(command):
    output = subprocess.run(command, capture_output=True, text=True)
    if output.returncode != 0:
        sys.exit(f"{command}: {output.stderr.strip().splitlines()[-1:]}")
    print(output.stdout.strip().splitlines()[-1], flush=True)
    return json.loads(output.stdout.strip().splitlines()[-1])


def measure(program, small, batch, threads, seconds):
    """One round: every tool once."""
    cores = ",".join(str(core) for core in range(threads))
    ours = line(["taskset", "-c", cores, BENCH, "w1-small" if small else "w1", "--batch", str(batch), "--threads", str(threads)])
    options = ["--batch", str(batch), "--threads", str(threads), "--seconds", str(seconds)] + (["--small"] if small else [])
    return [ours] + [line([program, HERE / "w1" / peer] + options) for peer in PEERS]


def table(results):
    names = [r["tool"] for r in results[0]["best"]]
    rows = ["| work | threads | fastsim | of FMA peak | " + " | ".join(names[1:]) + " |", "| --- " * (len(names) + 3) + "|"]
    for result in results:
        ours, peers = result["best"][0], result["best"][1:]
        cells = [f"{p['ms_per_step']:.2f} ms ({p['ms_per_step'] / ours['ms_per_step']:.2f}x)" for p in peers]
        name = f"{'W1 small' if result['small'] else 'W1'}, batch {result['batch']}"
        rows.append(
            f"| {name} | {result['threads']} | {ours['ms_per_step']:.2f} ms | {ours['fraction_of_peak']:.2f} | " + " | ".join(cells) + " |")
    memory = [f"{r['tool']} {r['peak_rss_mib']:.0f} MiB" for r in results[0]["best"]]
    starts = [f"{r['tool']} {r['start_to_first_step_s']:.1f} s" for r in results[0]["best"][1:]]
    return "\n".join(rows) + (
        f"\n\nPeak memory at batch 10 000, one thread: {', '.join(memory)}."
        f"\nStart to first step, whole process: fastsim {results[0]['best'][0]['start_s']:.2f} s, {', '.join(starts)}.\n")


def bandwidth():
    """GB/s of a copy of 256 MiB on one core, bytes read and bytes written, best of ten."""
    code = (
        "import numpy, time; a = numpy.ones(1 << 25); b = numpy.empty_like(a); t = []\n"
        "for _ in range(10): s = time.perf_counter(); numpy.copyto(b, a); t.append(time.perf_counter() - s)\n"
        "print(2 * a.nbytes / min(t) / 1e9)"
    )
    return float(subprocess.run(["taskset", "-c", "0", python(), "-c", code], capture_output=True, text=True, check=True).stdout)


def roofline():
    """The kernels of W1 at batch 10 000 on one core: time, fraction of the FMA peak, traffic to whatever memory is nearest."""
    profile = line(["taskset", "-c", "0", BENCH, "profile", "--batch", "10000", "--threads", "1"])
    peak = line(["taskset", "-c", "0", BENCH, "w1", "--batch", "1024", "--threads", "1"])["peak_gflops"]
    rows = ["| kernel | ms a step | of FMA peak | GB/s |", "| --- | --- | --- | --- |"]
    for name, kernel in sorted(profile["kernels"].items(), key=lambda item: -item[1]["ms"]):
        rows.append(
            f"| {name.replace('_', ' ')} | {kernel['ms']:.2f} | {kernel['fraction_of_peak']:.3f} | {kernel['gigabytes_per_s']:.0f} |")
    return (
        f"One core's measured peak is {peak:.0f} GFLOP/s, its bandwidth to memory {bandwidth():.1f} GB/s. A W1 step at batch"
        " 10 000 on it, kernel by kernel; GB/s count operands, most of which are in caches:\n\n" + "\n".join(rows) + "\n")


def processor():
    names = [l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--roofline", action="store_true", help="print the table of kernels alone")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    program, results = python(), []
    if chosen.roofline:
        return print(roofline())
    for small, batch, threads in WORKS:
        if threads > (os.cpu_count() or 1):
            continue
        rounds = [measure(program, small, batch, threads, chosen.seconds) for _ in range(chosen.rounds)]
        best = [min(tool, key=lambda r: r["ms_per_step"]) for tool in zip(*rounds)]
        results.append({"small": small, "batch": batch, "threads": threads, "best": best})
    before = time.monotonic()
    subprocess.run([BENCH, "w1-small", "--steps", "1"], capture_output=True, check=True)
    results[0]["best"][0]["start_s"] = time.monotonic() - before
    text = f"{processor()}, {date.today()}.\n\n" + table(results) + "\n" + roofline()
    print(text)
    if chosen.write:
        page = ROOT / "docs" / "performance.md"
        head, rest = page.read_text().split("<!-- measured -->\n", 1)
        page.write_text(head + "<!-- measured -->\n" + text + "<!-- end -->" + rest.split("<!-- end -->", 1)[1])


main()
