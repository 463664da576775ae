"""What loses power: programs that write stores, and what must hold in every state that a cut leaves."""
import os
import re
import shutil
import sqlite3

from common import Failure, acknowledged, check_doctor, check_logger, check_store, quiet, run, write_config
from disk import Disk, read_events

EPOCHS = 6


def histories(path):
    """What a store has of each run, by its uuid: the epochs with their digests, and the points."""
    db = sqlite3.connect(path)
    runs = {}
    for number, uuid in db.execute("SELECT id, uuid FROM run").fetchall():
        epochs = db.execute(
            "SELECT epoch, step, parameter_digest, chain_digest FROM epoch WHERE run = ? ORDER BY epoch", (number,))
        points = db.execute(
            "SELECT point.epoch, name, value FROM point JOIN series ON series.id = series WHERE run = ? ORDER BY 1, 2",
            (number,))
        runs[uuid] = (epochs.fetchall(), points.fetchall())
    db.close()
    return runs


def require_beginning(path, found, whole, epochs):
    """That a run's history is the beginning of the one that the program left, with so many epochs at least."""
    if len(found[0]) < epochs:
        raise Failure(f"{path}: {epochs} epochs were reported, there are {len(found[0])}")
    last = len(found[0])
    wanted = (whole[0][:last], [point for point in whole[1] if point[0] <= last])
    if found != wanted:
        raise Failure(f"{path}: the {last} epochs are not those that were stored")


def number_of_runs(path):
    """Of a store, 0 where there is none yet, or none that has a schema."""
    if not path.exists():
        return 0
    db = sqlite3.connect(path)
    try:
        return db.execute("SELECT count(*) FROM run").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


class Scenario:
    """A program, the folder that it works in, and what must hold in whatever a power cut leaves of that folder."""

    # Whether what is reported at the end rests on a name that the program made.
    needs_folders = True

    def __init__(self, chosen, folder):
        self.chosen, self.folder = chosen, folder
        self.before, self.after = folder / "before", folder / "after"
        self.before.mkdir(parents=True)

    def fastsim(self, *words):
        return [self.chosen.fastsim, *words]

    def logger(self, *words):
        return [self.chosen.logger, *words]

    def store_of_some_runs(self, name="store.sqlite", logged=1):
        """A store with a trained run and some that were logged."""
        config = write_config(self.folder / "first.yaml", "first", 3, EPOCHS)
        store = self.before / name
        quiet(self.fastsim("train", config, "--store", store, "--threads", 1))
        for _ in range(logged):
            quiet(self.logger("work", store, "--seconds", 0, "--floats", 500))
        return store

    def record(self, library):
        """Runs the program on a copy of the folder.
        - returns: the disk before, and the recorded calls."""
        shutil.copytree(self.before, self.after)
        disk = Disk(self.after)
        log = self.folder / "calls"
        environment = {"LD_PRELOAD": str(library), "POWERCUT_LOG": str(log), "POWERCUT_FOLDER": str(self.after)}
        result = run(self.command(), cwd=self.after, env=os.environ | environment)
        if result.returncode != 0:
            raise Failure(f"{self.command()} exits with {result.returncode}: {result.stderr.strip()}")
        return disk, read_events(log)

    def check(self, state, out, err):
        """- out, err: the lines that the program had written before the cut."""
        raise NotImplementedError

    def finish(self, state, out, err):
        """What is checked in some of the states, for it takes longer."""


class Training(Scenario):
    """Into a store that isn't there yet."""

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        self.config = write_config(folder / "training.yaml", "trained", 5, EPOCHS)

    def command(self):
        return self.fastsim("train", self.config, "--store", "store.sqlite", "--threads", 1)

    def check(self, state, out, err):
        store = state / "store.sqlite"
        began = any(re.match(r"run 1 ", line) for line in err)
        epochs = [int(match[1]) for match in (re.match(rf"epoch (\d+)/{EPOCHS} ", line) for line in err) if match]
        if not began and number_of_runs(store) == 0:
            # Nothing was reported. What there is of a store can be used.
            quiet(self.logger("work", store, "--seconds", 0))
            return check_doctor(self.chosen.fastsim, store)
        check_doctor(self.chosen.fastsim, store)
        check_store(store)
        (whole,), found = histories(self.after / "store.sqlite").values(), histories(store)
        if len(found) != 1:
            raise Failure(f"{store}: run 1 was reported, there are {len(found)} runs")
        require_beginning(store, *found.values(), whole, max(epochs, default=0))
        if any("finished" in line for line in out):
            db = sqlite3.connect(store)
            status = db.execute("SELECT status FROM run").fetchone()[0]
            db.close()
            if status != "finished":
                raise Failure(f"{store}: the run was reported as finished and is {status}")

    def finish(self, state, out, err):
        """The run is resumed, and has the same bits at its end."""
        store = state / "store.sqlite"
        whole, found = histories(self.after / "store.sqlite"), histories(store)
        if whole.keys() != found.keys():
            return
        # A run of which all epochs are stored has nothing left to train.
        if whole != found:
            quiet(self.fastsim("resume", 1, "--store", store, "--quiet", "--threads", 1))
        if histories(store) != whole:
            raise Failure(f"{store}: resumed, the run has other epochs than without the cut")


class Logging(Scenario):
    """Through the library, with checkpoints that fill the log to more than a checkpoint of its own."""

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        self.store_of_some_runs()

    def command(self):
        return self.logger("work", "store.sqlite", "--seconds", 1, "--epochs", 12, "--floats", 20_000)

    def check(self, state, out, err):
        store = state / "store.sqlite"
        check_doctor(self.chosen.fastsim, store)
        check_store(store)
        check_logger(store, acknowledged(out))
        whole = histories(self.after / "store.sqlite")
        for uuid, found in histories(store).items():
            require_beginning(store, found, whole[uuid], 0)


class Copying(Scenario):
    """A program that makes a store at another path and says so."""

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        self.store_of_some_runs()

    # The path of the copy, and which runs it has.
    copy = "copy.sqlite"

    def check(self, state, out, err):
        store, copy = state / "store.sqlite", state / self.copy
        check_doctor(self.chosen.fastsim, store)
        if histories(store) != histories(self.before / "store.sqlite"):
            raise Failure(f"{store} isn't as it was")
        if out and not copy.exists():
            raise Failure(f"{copy} was reported and isn't there")
        if copy.exists():
            self.check_copy(copy, bool(out))

    def check_copy(self, copy, reported):
        check_doctor(self.chosen.fastsim, copy)
        if histories(copy) != histories(self.after / self.copy):
            raise Failure(f"{copy} has other runs than it had without the cut")


class Export(Copying):
    def command(self):
        return self.fastsim("export", 1, "--out", self.copy, "--store", "store.sqlite")


class Crate(Copying):
    """A folder of many files."""
    copy = "crate/run.sqlite"

    def command(self):
        return self.fastsim("export", 1, "--format", "ro-crate", "--out", "crate", "--store", "store.sqlite")

    def check(self, state, out, err):
        super().check(state, out, err)
        if not (state / "crate").exists():
            return
        for file in (self.after / "crate").rglob("*"):
            copy = state / "crate" / file.relative_to(self.after / "crate")
            if file.is_file() and (not copy.exists() or copy.read_bytes() != file.read_bytes()):
                raise Failure(f"{copy} isn't whole")


class Backup(Copying):
    def command(self):
        return self.fastsim("backup", self.copy, "--store", "store.sqlite")


class BackupOverAnOlderOne(Copying):
    """Until the new copy is complete, the old one is."""

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        quiet(self.fastsim("backup", self.before / self.copy, "--store", self.before / "store.sqlite"))
        quiet(self.logger("work", self.before / "store.sqlite", "--seconds", 0))

    def command(self):
        return self.fastsim("backup", "--force", self.copy, "--store", "store.sqlite")

    def check_copy(self, copy, reported):
        check_doctor(self.chosen.fastsim, copy)
        allowed = [histories(self.after / self.copy)] + ([] if reported else [histories(self.before / self.copy)])
        if histories(copy) not in allowed:
            raise Failure(f"{copy} is neither the new copy nor the old one")


class Merge(Scenario):
    needs_folders = False

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        self.store_of_some_runs()
        self.store_of_some_runs("other.sqlite", logged=3)

    def command(self):
        return self.fastsim("merge", "other.sqlite", "--store", "store.sqlite")

    def check(self, state, out, err):
        store, other = state / "store.sqlite", state / "other.sqlite"
        for file in (store, other):
            check_doctor(self.chosen.fastsim, file)
        check_store(store)
        own, theirs, found = (histories(path) for path in (self.before / store.name, self.before / other.name, store))
        if histories(other) != theirs:
            raise Failure(f"{other} isn't as it was")
        for uuid, history in found.items():
            if history != {**own, **theirs}[uuid]:
                raise Failure(f"{store}: run {uuid} isn't whole")
        lost = set(own) - set(found) or (out and set(theirs) - set(found))
        if lost:
            raise Failure(f"{store} lacks the runs {lost}")

    def finish(self, state, out, err):
        quiet(self.fastsim("merge", state / "other.sqlite", "--store", state / "store.sqlite"))
        self.check(state, ["merged"], [])


class Migration(Scenario):
    """To a schema that is made up, after the one of today."""

    def __init__(self, chosen, folder):
        super().__init__(chosen, folder)
        self.version = self.schema(self.store_of_some_runs())

    def command(self):
        return self.logger("migrate", "store.sqlite")

    def schema(self, store):
        db = sqlite3.connect(store)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.close()
        return version

    def check(self, state, out, err):
        store, copy = state / "store.sqlite", state / f"store.sqlite-v{self.version}-backup"
        before, version = histories(self.before / "store.sqlite"), self.schema(store)
        if version not in (self.version, self.version + 1) or (out and version == self.version):
            raise Failure(f"{store} has the schema {version}; reported: {out}")
        for file in [store] * (version == self.version) + [copy] * copy.exists():
            check_doctor(self.chosen.fastsim, file)
        check_store(store)
        if version > self.version:
            if not copy.exists():
                raise Failure(f"{copy} isn't there, and {store} has the new schema")
            db = sqlite3.connect(store)
            unchanged = db.execute("SELECT count(*) FROM run WHERE made_up <> 'run ' || id").fetchone()[0]
            db.close()
            if unchanged:
                raise Failure(f"{store} has the new schema, and rows that were not changed")
        for file in [store] + [copy] * copy.exists():
            if histories(file) != before:
                raise Failure(f"{file} has other runs than before")

    def finish(self, state, out, err):
        quiet(self.command(), cwd=state)
        self.check(state, ["migrated"], [])


SCENARIOS = {
    "training": Training, "logging": Logging, "export": Export, "crate": Crate, "backup": Backup,
    "backup over an older one": BackupOverAnOlderOne, "merge": Merge, "migration": Migration,
}
