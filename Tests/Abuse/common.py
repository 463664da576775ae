"""What the abuse scripts share: the programs, a training that is small, and a look at a store from outside."""
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

CONFIG = """
name: {name}
seed: {seed}
data:
  simulate: {{detector: rich, species: kaon, rows: 600, seed: 3}}
  conditions: [P, ETA, nTracks]
  targets: [RichDLLk, RichDLLp]
  weights: none
model:
  objective: cramer
  latent: 4
  generator: {{layers: 1, units: 8, activation: relu}}
  critic: {{layers: 1, units: 8, activation: relu, outputs: 4}}
  penalty: {{kind: one-sided, weight: 10}}
training:
  epochs: {epochs}
  steps: {steps}
  critic_steps: 1
  batch: 64
  optimiser: {{kind: rmsprop, rate: 0.001}}
evaluation: {{measures: [moments], every: 5}}
"""


class Failure(Exception):
    """A promise that was not kept."""


def programs(parser):
    """Adds the options that name the programs."""
    release = ROOT / ".build" / "release"
    parser.add_argument("--fastsim", type=os.path.abspath, default=release / "fastsim")
    parser.add_argument("--logger", type=os.path.abspath, default=release / "fastsim-tracker-bench")


# Seconds after which a process that has not ended is killed and the test fails.
DEADLINE = 600


def run(command, **options):
    """A process to its end, its outputs as text; it is killed if it does not end before the deadline."""
    command = [str(word) for word in command]
    try:
        return subprocess.run(command, capture_output=True, text=True, **({"timeout": DEADLINE} | options))
    except subprocess.TimeoutExpired as late:
        printed = b" ".join(text for text in [late.stdout, late.stderr] if text).decode(errors="replace")
        raise Failure(f"{' '.join(command)} did not end within {late.timeout:.0f} seconds; it printed: {printed}") from late


def ended(process):
    """The exit code of a process, which is killed if it does not end before the deadline."""
    try:
        return process.wait(timeout=DEADLINE)
    except subprocess.TimeoutExpired as late:
        process.kill()
        process.wait()
        raise Failure(f"{late.cmd} did not end within {DEADLINE} seconds") from late


def quiet(command, **options):
    """A process that must succeed and has nothing to complain of; gives its output."""
    result = run(command, **options)
    harmless = ("fastsim: warning: ", "fastsim: more runs: ")
    complaints = [l for l in result.stderr.splitlines() if l.startswith("fastsim: ") and not l.startswith(harmless)]
    if result.returncode != 0 or complaints:
        raise Failure(f"{' '.join(map(str, command))} exits with {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def start(command, out, err, **options):
    """A process in the background, with its outputs in files that outlive it."""
    return subprocess.Popen(
        [str(word) for word in command], stdout=open(out, "w"), stderr=open(err, "w"), stdin=subprocess.DEVNULL, **options)


def write_config(path, name, seed, epochs, steps=3):
    path.write_text(CONFIG.format(name=name, seed=seed, epochs=epochs, steps=steps))
    return path


def connect(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=15)


def whole_lines(text):
    """Without a last one that has no end."""
    return text.split("\n")[:-1]


def acknowledged(lines):
    """What a logger said: {run: (epochs, steps, measured, finished)}."""
    runs = {}
    for line in lines:
        words = line.split()
        facts = runs.setdefault(int(words[1]), {"epoch": 0, "step": 0, "measured": 0, "finished": False})
        if words[0] == "stored":
            facts["epoch"], facts["step"] = int(words[2]), int(words[3])
        elif words[0] == "measured":
            facts["measured"] = int(words[2])
        elif words[0] == "finished":
            facts["finished"] = True
    return runs


def check_store(path):
    """Every run of a store holds together, seen by another program: complete epochs, every step once, nothing dangling."""
    db = connect(path)
    # One look at the store, whatever others write.
    db.execute("BEGIN")
    if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise Failure(f"{path}: {db.execute('PRAGMA integrity_check').fetchall()}")
    if db.execute("PRAGMA foreign_key_check").fetchall():
        raise Failure(f"{path}: {db.execute('PRAGMA foreign_key_check').fetchall()}")
    for run, epoch, step in db.execute("SELECT run, epoch, step FROM all_runs").fetchall():
        rows = db.execute("SELECT epoch, step FROM epoch WHERE run = ? ORDER BY epoch", (run,)).fetchall()
        if [row[0] for row in rows] != list(range(1, epoch + 1)):
            raise Failure(f"{path}: run {run} has the epochs {rows} and says {epoch}")
        partial = db.execute("SELECT count(*) FROM checkpoint WHERE run = ? AND partial", (run,)).fetchone()[0]
        if rows and not partial and rows[-1][1] != step:
            raise Failure(f"{path}: run {run} is at step {rows[-1][1]} and says {step}")
        for series, name in db.execute("SELECT id, name FROM series WHERE run = ?", (run,)).fetchall():
            points = [row[0] for row in db.execute("SELECT epoch FROM point WHERE series = ? ORDER BY epoch", (series,))]
            if points != sorted(set(points)) or (points and points[-1] > epoch):
                raise Failure(f"{path}: run {run} has points of {name} at {points}")
            count, last = db.execute("SELECT count, last_epoch FROM series_summary WHERE series = ?", (series,)).fetchone()
            if (count, last) != (len(points), points[-1]):
                raise Failure(f"{path}: run {run}, {name}: the summary has {count} points to epoch {last}")
    db.close()


def check_logger(path, runs):
    """All that a logger said is there, and nothing twice."""
    import struct
    db = connect(path)
    for run, facts in runs.items():
        epochs = [row[0] for row in db.execute("SELECT epoch FROM epoch WHERE run = ? ORDER BY epoch", (run,))]
        if epochs[:facts["epoch"]] != list(range(1, facts["epoch"] + 1)):
            raise Failure(f"{path}: run {run} said that it stored {facts['epoch']} epochs, there are {epochs}")
        for name, value in [("count", lambda s: float(s)), ("mirror", lambda s: -float(s)), ("inverse", lambda s: 1 / s)]:
            steps = {}
            for first, packed in db.execute(
                    'SELECT first_step, "values" FROM trace JOIN series ON series.id = series WHERE run = ? AND name = ?',
                    (run, name)):
                for index, number in enumerate(struct.unpack(f"<{len(packed) // 8}d", packed)):
                    if first + index in steps:
                        raise Failure(f"{path}: run {run} has step {first + index} of {name} twice")
                    steps[first + index] = number
            if sorted(steps) != list(range(1, len(steps) + 1)) or len(steps) < facts["step"]:
                raise Failure(f"{path}: run {run} stored {facts['step']} steps of {name}, there are {sorted(steps)}")
            wrong = [step for step, number in steps.items() if number != value(step)]
            if wrong:
                raise Failure(f"{path}: run {run} has other values of {name} than were logged at the steps {wrong}")
        measured = db.execute("SELECT max(epoch) FROM metrics WHERE run = ? AND name = 'score'", (run,)).fetchone()[0] or 0
        if measured < facts["measured"]:
            raise Failure(f"{path}: run {run} said that it stored the metric of epoch {facts['measured']}")
        status = db.execute("SELECT status FROM all_runs WHERE run = ?", (run,)).fetchone()[0]
        if facts["finished"] and status != "finished":
            raise Failure(f"{path}: run {run} has finished and is stored as {status}")
    db.close()


def check_doctor(fastsim, path):
    """The command's own check of the complete store, which a kill leaves clean."""
    result = run([fastsim, "doctor", "--store", path])
    if result.returncode != 0:
        raise Failure(f"doctor of {path} exits with {result.returncode}: {result.stdout.strip()} {result.stderr.strip()}")


def main(body):
    """Runs a script; a broken promise is one line and exit code 1."""
    began = time.monotonic()
    try:
        print(f"{body()} in {time.monotonic() - began:.0f} s")
    except Failure as failure:
        sys.exit(f"failed: {failure}")
