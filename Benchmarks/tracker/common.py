"""Shared by the tracker's benchmarks: programs, peers, scratch folders, whole-process times."""
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# FASTSIM_BUILD names another build folder than .build/release.
BUILD = Path(os.environ.get("FASTSIM_BUILD", ROOT / ".build" / "release")).resolve()
FASTSIM, BENCH = BUILD / "fastsim", BUILD / "fastsim-tracker-bench"
SCRATCH = Path(os.environ.get("TMPDIR", "/tmp")) / "fastsim-bench"


def python_with_peers():
    """Python programs with MLflow and trackio, each in its own environment, because their dependencies conflict."""
    programs = {}
    for peer in ["mlflow", "trackio"]:
        folder = SCRATCH / f"venv-{peer}"
        programs[peer] = folder / "bin" / "python"
        if not (folder / "ready").exists():
            venv.create(folder, with_pip=True)
            subprocess.run([programs[peer], "-m", "pip", "install", "--quiet", peer], check=True)
            (folder / "ready").touch()
    return programs


def c_loop():
    """The plain C loop, compiled."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    program, source = SCRATCH / "sqlite_loop", HERE / "sqlite_loop.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", source, "-lsqlite3", "-o", program], check=True)
    return program


@contextlib.contextmanager
def folder():
    """A scratch folder, removed at the end."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=SCRATCH))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def line(command):
    """The last line of a program's output, which is JSON."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {(result.stderr.strip() or 'failed').splitlines()[-1]}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def process(command, repeats=9):
    """A whole process, from its start to its end: median and best wall time, user + system time, largest memory."""
    walls, cpus, memory = [], [], 0
    for _ in range(repeats):
        with open(os.devnull, "w") as nowhere:
            began = time.perf_counter()
            child = subprocess.Popen([str(word) for word in command], stdout=nowhere, stderr=subprocess.PIPE)
            _, status, usage = os.wait4(child.pid, 0)
            walls.append(time.perf_counter() - began)
            child.returncode = os.waitstatus_to_exitcode(status)
            complaint = child.stderr.read().decode().strip()
            child.stderr.close()
        if child.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: {complaint}")
        cpus.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss)
    return {
        "ms": round(1000 * statistics.median(walls), 2), "best_ms": round(1000 * min(walls), 2),
        "cpu_ms": round(1000 * statistics.median(cpus), 2), "rss_mb": round(memory / 1024, 1)}


def store_bytes(path):
    """The store's files."""
    return sum(os.path.getsize(str(path) + end) for end in ["", "-wal"] if os.path.exists(str(path) + end))
