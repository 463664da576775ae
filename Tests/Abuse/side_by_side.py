#!/usr/bin/env python3
"""Eight processes train and log into one store at the same time, two others read it, one copies it.

usage: side_by_side.py [--seconds 60] [--fastsim PATH] [--logger PATH]

No process may fail or complain, no point may be missing, none double. What was stored is known from what each program
said when a call had returned, and is looked for by Python's own sqlite3. Prints one line; exit code 1 on a broken promise.
"""
import argparse
import tempfile
import threading
import time
from pathlib import Path

from common import (DEADLINE, Failure, acknowledged, check_doctor, check_logger, check_store, connect, ended, main,
                    programs, quiet, run, start, whole_lines, write_config)

LOGGERS, TRAINERS = 5, 3


def train(chosen, store, folder, index, deadline, failures, trained):
    """One training after another, as a person's loop of `fastsim train` does it."""
    try:
        for number in range(10_000):
            name, epochs = f"trained-{index}-{number}", 3 + number % 3
            config = write_config(folder / f"{name}.yaml", name, 100 * index + number, epochs)
            quiet([chosen.fastsim, "train", config, "--store", store, "--threads", "1"])
            trained.append((name, epochs))
            if time.monotonic() > deadline:
                return
    except Failure as failure:
        failures.append(str(failure))


def read_command(chosen, store, deadline, failures, looks):
    """The list and a history through the command, over and over."""
    try:
        while time.monotonic() < deadline:
            quiet([chosen.fastsim, "runs", "--store", store, "--limit", "20"])
            quiet([chosen.fastsim, "history", "latest", "--store", store, "--format", "json"])
            looks.append("command")
    except Failure as failure:
        failures.append(str(failure))


def read_python(store, deadline, failures, looks):
    """Whole epochs only, through the views."""
    while time.monotonic() < deadline:
        db = connect(store)
        rows = db.execute(
            """SELECT run, epoch, (SELECT count(*) FROM history WHERE run = runs.run AND series = 'count'),
                 (SELECT count(*) FROM history WHERE run = runs.run AND series = 'inverse')
               FROM runs JOIN tags USING (run) WHERE key = 'kind' AND value = 'logger'""").fetchall()
        failures += [f"a reader sees half an epoch: {row}" for row in rows if not row[1] == row[2] == row[3]]
        db.close()
        looks.append("python")
        time.sleep(0.02)


def body():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    programs(parser)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fastsim side ") as place:
        folder = Path(place)
        store, failures, trained, looks = folder / "störe.sqlite", [], [], []
        deadline = time.monotonic() + chosen.seconds
        loggers = [
            start([chosen.logger, "work", store, "--seconds", round(chosen.seconds), "--floats", 2000 * (index % 2)],
                  folder / f"out-{index}", folder / f"err-{index}")
            for index in range(LOGGERS)
        ]
        threads = [
            threading.Thread(daemon=True, target=train, args=(chosen, store, folder, index, deadline, failures, trained))
            for index in range(TRAINERS)
        ]
        while not store.exists() or not run([chosen.fastsim, "runs", "--store", store]).stdout.strip():
            if time.monotonic() > deadline:
                raise Failure("nobody made the store")
            time.sleep(0.05)
        threads += [
            threading.Thread(daemon=True, target=read_command, args=(chosen, store, deadline, failures, looks)),
            threading.Thread(daemon=True, target=read_python, args=(store, deadline, failures, looks)),
        ]
        for thread in threads:
            thread.start()
        time.sleep(chosen.seconds / 2)
        copy = folder / "copy.sqlite"
        quiet([chosen.fastsim, "backup", copy, "--store", store])
        for thread in threads:
            thread.join(DEADLINE)
            if thread.is_alive():
                raise Failure(f"{thread.name} did not end within {DEADLINE} seconds")
        for index, logger in enumerate(loggers):
            code, said = ended(logger), (folder / f"err-{index}").read_text().strip()
            if code != 0 or said:
                failures.append(f"a logger exits with {code}: {said}")
        if failures:
            raise Failure("; ".join(failures[:3]))
        runs, epochs = 0, 0
        for index in range(LOGGERS):
            said = acknowledged(whole_lines((folder / f"out-{index}").read_text()))
            check_logger(store, said)
            if not all(facts["finished"] for facts in said.values()):
                raise Failure(f"a logger left runs unfinished: {said}")
            runs, epochs = runs + len(said), epochs + sum(facts["epoch"] for facts in said.values())
        db = connect(store)
        for name, expected in trained:
            found = db.execute("SELECT status, epoch, step FROM runs WHERE name = ?", (name,)).fetchall()
            if found != [("finished", expected, 3 * expected)]:
                raise Failure(f"{name} of {expected} epochs is stored as {found}")
        if db.execute("SELECT count(*) FROM runs").fetchone()[0] != runs + len(trained):
            raise Failure("there are runs that nobody made")
        db.close()
        for file in [store, copy]:
            check_store(file)
            check_doctor(chosen.fastsim, file)
        return (f"{LOGGERS + TRAINERS} processes stored {epochs} epochs in {runs} logged runs and {len(trained)} trained ones,"
                f" {looks.count('command') + looks.count('python')} looks, a copy, nothing lost")


main(body)
