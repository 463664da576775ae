#!/usr/bin/env python3
"""Power cuts during trainings, logging, exports, backups, merges and migrations.

usage: power_cut.py [--states 400] [--seed N] [--fastsim PATH] [--logger PATH]

Each program runs once, with every call to the disk and every report recorded in one order (record.c). From the records
come the folders that a loss of power could leave (disk.py says what is possible). In each of them `fastsim doctor` is
clean, every epoch that was reported before the cut is there with its digests and values, and a copy that was reported, or
that has its name, is complete (scenarios.py).

Then the same programs are judged as if they had synced no files, and no folders: a loss must show, else this script would
not find a missing fsync either.

Prints one line; exit code 1 on a broken promise, with the seed that repeats the choices.
"""
import argparse
import copy
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Abuse"))

from common import Failure, main, programs, quiet
from disk import NothingMore, StoredFile, StoredFolder, differing_file, fate
from scenarios import SCENARIOS

# Of the states that are not found faulty, one in so many is used on, as by resuming the run.
FINISHED = 6


def compiled(folder):
    """The library that records."""
    compiler = next((name for name in [os.environ.get("CC"), "cc", "clang", "gcc"] if name and shutil.which(name)), None)
    if compiler is None:
        raise Failure("there is no C compiler; install clang")
    library = folder / "record.so"
    quiet([compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "record.c", "-ldl", "-lpthread"])
    return library


def reported(events):
    """The complete lines of standard output and of standard error."""
    texts = {1: b"", 2: b""}
    for event in events:
        if event.kind == "say":
            texts[event.a] += event.bytes
    return [text.decode().splitlines()[:text.count(b"\n")] for text in texts.values()]


class Recording:
    """What a scenario's program did, and the states that cuts of it leave."""

    def __init__(self, name, chosen, folder, library):
        self.name, self.folder = name, folder
        self.scenario = SCENARIOS[name](chosen, folder)
        self.disk, self.events = self.scenario.record(library)
        self.last_report = max(place for place, event in enumerate(self.events) if event.kind == "say") + 1
        disk = copy.deepcopy(self.disk)
        for event in self.events:
            disk.apply(event)
        # Else a call was not seen, and the states would be others than those of the program.
        unseen = differing_file(disk, self.scenario.after, ignored="-shm")
        if unseen:
            raise Failure(f"{name}: the recorded calls do not add up to {unseen}")

    def draw(self, count, random):
        """So many cuts in their order: the number of calls before each, and what becomes of those that were not synced.
        The first of them is the worst one after the last report."""
        def after(*kinds):
            return [place + 1 for place, event in enumerate(self.events) if event.kind in kinds]
        groups = [
            after("say"), after("create", "mkdir", "link", "unlink", "rename"), [place - 1 for place in after("sync")],
            range(len(self.events) + 1),
        ]
        groups = [group for group in groups if group]
        drawn = [(random.choice(random.choice(groups)), fate(random)) for _ in range(count - 1)]
        return sorted([(self.last_report, NothingMore())] + drawn, key=lambda cut: cut[0])

    def judge(self, cuts, random, unsynced=()):
        """Checks the state that each cut leaves.
        - unsynced: the kinds whose syncs are taken as if they had not been made.
        - raises: Failure for the first state that breaks a promise; its folder stays."""
        disk, done = copy.deepcopy(self.disk), 0
        for number, (cut, fate) in enumerate(cuts):
            for event in self.events[done:cut]:
                if not (event.kind == "sync" and isinstance(disk.nodes.get(event.a), unsynced)):
                    disk.apply(event)
            done = cut
            state = self.folder / "state"
            disk.write(state, fate)
            out, err = reported(self.events[:cut])
            try:
                self.scenario.check(state, out, err)
                if random.random() < 1 / FINISHED:
                    self.scenario.finish(state, out, err)
            except Failure as failure:
                raise Failure(f"{self.name}, cut after {cut} of {len(self.events)} calls, {type(fate).__name__}: {failure}")
            shutil.rmtree(state)

    def require_blindness_shows(self, random):
        """That states in which syncs are taken as not made are found faulty."""
        for what, kinds in [("files", (StoredFile,)), ("folders", (StoredFolder,))]:
            if what == "folders" and not self.scenario.needs_folders:
                continue
            try:
                self.judge([(self.last_report, NothingMore())], random, kinds)
            except Failure:
                shutil.rmtree(self.folder / "state")
                continue
            raise Failure(f"{self.name}: without any sync of {what} nothing is found to be lost")


def body():
    parser = argparse.ArgumentParser()
    parser.add_argument("--states", type=int, default=400)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only", choices=SCENARIOS, help="one program")
    programs(parser)
    chosen = parser.parse_args()
    choices = random.Random(chosen.seed)
    place = Path(tempfile.mkdtemp(prefix="fastsim-power-"))
    names = [chosen.only] if chosen.only else list(SCENARIOS)
    counts = {name: max(1, (chosen.states + index) // len(names)) for index, name in enumerate(names)}
    try:
        library = compiled(place)
        for name in names:
            folder = place / name.replace(" ", "-")
            folder.mkdir()
            recording = Recording(name, chosen, folder, library)
            recording.judge(recording.draw(counts[name], choices), choices)
            recording.require_blindness_shows(choices)
            shutil.rmtree(folder)
    except Failure as failure:
        raise Failure(f"{failure} (seed {chosen.seed}; the state is kept in {place})")
    shutil.rmtree(place)
    return f"{sum(counts.values())} power cuts ({', '.join(f'{count} {name}' for name, count in counts.items())}), nothing lost"


main(body)
