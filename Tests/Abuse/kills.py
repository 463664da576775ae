#!/usr/bin/env python3
"""SIGKILL at random moments over training, logging, checkpointing, migrating, pruning and merging.

usage: kills.py [--kills 200] [--seed N] [--fastsim PATH] [--logger PATH]

After each kill the store is complete by SQLite's check, by this script's and by `fastsim doctor`, and every epoch whose storing
was reported is there: by the training's progress line, or by what the logging program said when a call had returned.
Prints one line; exit code 1 on a broken promise, with the seed that repeats the choices (not the moments).
"""
import argparse
import random
import re
import shutil
import signal
import sqlite3
import tempfile
import time
from pathlib import Path

from common import (Failure, acknowledged, check_doctor, check_logger, check_store, connect, ended, main, programs, quiet,
                    start, whole_lines, write_config)

KILLS_A_STORE = 12


class Abuse:
    """One store with what is known to be in it."""

    def __init__(self, chosen, folder, random):
        self.chosen, self.folder, self.random = chosen, folder, random
        self.store = folder / "a store.sqlite"
        self.logged, self.trained, self.serial, self.durations = {}, {}, 0, {}
        # A logger that is not killed, so that there is a store with a run.
        out = self.new_file("logger.txt")
        ended(start([chosen.logger, "work", self.store, "--seconds", 0, "--floats", 500], out, self.new_file("err")))
        self.logged.update(acknowledged(whole_lines(out.read_text())))

    def new_file(self, name):
        self.serial += 1
        return self.folder / f"{self.serial}-{name}"

    def log_for(self, seconds, store, said, floats):
        """A logger that is killed after so many seconds; takes note of what it said."""
        out = self.new_file("logger.txt")
        process = start([self.chosen.logger, "work", store, "--floats", floats, "--epochs", 12], out, self.new_file("err"))
        self.kill(process, seconds)
        said.update(acknowledged(whole_lines(out.read_text())))

    def kill(self, process, seconds):
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        ended(process)

    def kill_within(self, kind, command, untouched):
        """Kills a command at a moment of its life, whose length is known from a whole life on a copy.
        - untouched: gives the command on a copy."""
        if kind not in self.durations:
            began = time.monotonic()
            quiet(untouched())
            self.durations[kind] = time.monotonic() - began
        process = start(command, self.new_file("out"), self.new_file("err"))
        self.kill(process, self.random.uniform(0, self.durations[kind]))

    def copied(self, store):
        copy = self.new_file("copy.sqlite")
        source, target = sqlite3.connect(store), sqlite3.connect(copy)
        source.backup(target)
        source.close(), target.close()
        return copy

    # What is killed.

    def logging(self):
        self.log_for(self.random.uniform(0, 0.4), self.store, self.logged, floats=0)

    def checkpointing(self):
        self.log_for(self.random.uniform(0, 0.4), self.store, self.logged, floats=50_000)

    def training(self):
        """A new training, or one that was killed before and continues."""
        err, last = self.new_file("err"), 2000
        unfinished = sorted(self.trained)
        if unfinished and self.random.random() < 0.5:
            run = self.random.choice(unfinished)
            command = ["resume", run]
        else:
            config = write_config(self.new_file("training.yaml"), "trained", self.serial, last)
            run, command = None, ["train", config]
        process = start(
            [self.chosen.fastsim, *command, "--store", self.store, "--threads", "1"], self.new_file("out"), err)
        self.kill(process, self.random.uniform(0.05, 0.9))
        text = err.read_text()
        begun = re.search(r"^run (\d+) ", text, re.MULTILINE)
        if begun:
            epochs = [int(epoch) for epoch in re.findall(rf"^epoch (\d+)/{last} .*\n", text, re.MULTILINE)]
            self.trained[begun[1]] = max(epochs + [self.trained.get(begun[1], 0)])

    def pruning(self):
        command = [self.chosen.fastsim, "prune", "--apply", "--keep-last", "1", "--store"]
        self.kill_within("pruning", command + [self.store], lambda: command + [self.copied(self.store)])

    def merging(self):
        other, said = self.new_file("other.sqlite"), {}
        self.log_for(0.5, other, said, floats=3000)
        if not said:
            return
        command = [self.chosen.fastsim, "merge", other, "--store"]
        self.kill_within("merging", command + [self.store], lambda: command + [self.copied(self.store)])
        self.check()
        quiet(command + [self.store])
        quiet(command + [self.store])
        for uuid, epoch in connect(other).execute("SELECT uuid, epoch FROM runs").fetchall():
            found = connect(self.store).execute("SELECT epoch FROM runs WHERE uuid = ?", (uuid,)).fetchall()
            if found != [(epoch,)]:
                raise Failure(f"run {uuid} of {epoch} epochs was merged as {found}")

    def migrating(self):
        """To a schema that is made up, after the one of today."""
        old = self.copied(self.store)
        self.kill_within(
            "migrating", [self.chosen.logger, "migrate", old], lambda: [self.chosen.logger, "migrate", self.copied(self.store)])
        check_store(old)
        check_logger(old, self.logged)
        quiet([self.chosen.logger, "migrate", old])
        check_store(old)
        check_logger(old, self.logged)
        for backup in old.parent.glob(f"{old.name}-v*-backup"):
            check_doctor(self.chosen.fastsim, backup)
            check_logger(backup, self.logged)

    def check(self):
        if not self.store.exists():
            return
        check_store(self.store)
        check_doctor(self.chosen.fastsim, self.store)
        check_logger(self.store, self.logged)
        db = connect(self.store)
        for run, epoch in self.trained.items():
            found = db.execute("SELECT epoch FROM runs WHERE run = ?", (run,)).fetchone()
            if found is None or found[0] < epoch:
                raise Failure(f"training {run} said that it stored epoch {epoch}, there is {found}")
        db.close()
        listed = quiet([self.chosen.fastsim, "runs", "--store", self.store, "--format", "csv"])
        if "running" in listed:
            raise Failure("a run whose process is dead is listed as running")


def body():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    programs(parser)
    chosen = parser.parse_args()
    choices = random.Random(chosen.seed)
    kinds = ["training", "logging", "checkpointing", "migrating", "pruning", "merging"]
    counts = dict.fromkeys(kinds, 0)
    place = Path(tempfile.mkdtemp(prefix="fastsim-kills-"))
    for number in range(chosen.kills):
        if number % KILLS_A_STORE == 0:
            folder = place / str(number)
            folder.mkdir()
            abuse = Abuse(chosen, folder, choices)
        kind = kinds[number % len(kinds)]
        try:
            getattr(abuse, kind)()
            abuse.check()
        except Failure as failure:
            raise Failure(f"{failure} (kill {number + 1}, {kind}, seed {chosen.seed}; the store is kept in {folder})")
        counts[kind] += 1
        if number % KILLS_A_STORE == KILLS_A_STORE - 1:
            shutil.rmtree(folder)
    shutil.rmtree(place)
    return f"{chosen.kills} kills ({', '.join(f'{count} {kind}' for kind, count in counts.items())}), nothing lost"


main(body)
