#!/usr/bin/env python3
"""Random bytes and random changes of valid texts, for the filter, the config, the command line and files of data.

usage: fuzz.py [--inputs 100000] [--seed N] [--fastsim PATH] [--logger PATH] [--fuzzer PATH]

Nearly half of the inputs are filters, two fifths configs: parsed in a process that takes many of them (Fuzz/Fuzz.swift), where
one that ends the process is found. The others are separate processes in a folder with a small store, files of showers and
small forms of the examples: command lines, trainings with changed settings, and commands on damaged files. Four copies of the
folder take the command lines side by side, each one at a time, because a run that another process trains is refused. No input
ends a process by a signal, and each gets its answer, or one line that says what is wrong. Prints one line; exit code 1 on a
broken promise, with the input and the seed that repeats it.
"""
import argparse
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import ROOT, Failure, main, programs, quiet, write_config

BATCH = 1000
# Seconds for a batch, and for a command; one that works on is then interrupted as by Ctrl-C, and has the time of a batch to end,
# because a busy machine may leave a process without a core for ten seconds.
DEADLINE, COMMAND_DEADLINE = 120, 5
# Copies of the folder in which command lines run at the same time.
STORES = 4

# What has a meaning somewhere, and what lies at the edges.
WORDS = """9223372036854775807 -9223372036854775808 18446744073709551615 18446744073709551616 4294967296 -1 0 1e308 1e999
5e-324 0x10 1_000 .nan .inf nan inf null ~ true yes 'x' "x" `x` metrics. params. tags. at( last( min( and or not in like
between is null > < >= = != -7d 2019-05-28 2019-02-30T25:61 99999999999w & * ! | > % @ - -- --store --limit --epochs --seed
--format --set latest best:loss best:a:max 1 2 99 {} [] {a: b} [1, 2] &a *a !!binary !!python/object --- ... ? : :: #
\u00e9 \u202e \U0001f600 \u0661 \ufeff \x00 \x1b[31m \x7f""".split()
# Values of a setting: none that is valid and takes long.
SETTINGS = ["-1", "0", "1", "2", "3", "0.5", "99", "-0.5", "1e308", "-1e308", "1e-300", "9223372036854775807", "4294967296",
            ".nan", ".inf", '""', "[]", "{}", "text", "null", "true", "[1, 2]", "[-1, 0]", "{a: 1}"]
# The examples that are trained, each with the changes that make it small.
EXAMPLES = {
    "lhcb-calorimeter": ["data.simulate.rows=160"],
    "atlas-calorimeter": ["data.simulate.rows=160"],
    "clic-calorimeter": [
        "data.simulate.rows=80", "data.simulate.detector=clic-calorimeter-small", "data.cells=[13, 13, 25]",
        "data.split={train: 0.5, validation: 0.25, test: 0.25}",
        "model.generator.layers=[{concatenate: conditions}, {dense: 32}, {reshape: [4, 4, 2, 1]}, {upsample: [4, 4, 13]},"
        " {residual: [{convolution: 1, kernel: 3, padding: same}]}, {crop: [13, 13, 25]}]",
        "model.critic.layers=[{reshape: [13, 13, 25, 1]}, {convolution: 2, kernel: 3, stride: 3, normalisation: batch},"
        " {maximum_pooling: 2}, flatten, {dense: 4}]",
    ],
    "rich-kaon": [
        "data.simulate.rows=400", "evaluation.against.simulate.rows=400", "model.generator={layers: 1, units: 8}",
        "model.critic={layers: 1, units: 8, outputs: 4}",
    ],
}
SMALL = ["training.epochs=1", "training.steps=1", "training.batch=8", "evaluation.every=1", "evaluation.replicas=1"]
# Nested in themselves, because nested text is parsed by recursion.
NESTS = ["(", "[", "{", "not ", "- ", "? ", "{a: ", "a: ", "'", '"', "((a = 1) or ", "-", "!", ",", "\n ", "0", "9"]


def corpora():
    """Valid texts: the filters, command lines and configs of the handbook and the examples."""
    lines = [
        line.strip().removeprefix("$ ") for page in sorted((ROOT / "docs").glob("*.md"))
        for line in page.read_text().splitlines() if re.match(r"    (\$ )?fastsim \w", line)
    ]
    commands = []
    for line in lines:
        try:
            words = shlex.split(line.split("  #")[0].replace("\u2026", ""))
        except ValueError:
            continue
        # Absolute paths are other people's.
        words = [word.strip("[]|") for word in words[1:]]
        commands.append([word for word in words if word and not word.startswith("/")])
    filters = [command[1] for command in commands if command[0] == "runs" and len(command) > 1 and " " in command[1]]
    filters += re.findall(r"`([^`\n]+ (?:=|<|>|!=|in|like|is|between) [^`\n]+)`", (ROOT / "docs" / "filter.md").read_text())
    configs = [path.read_text() for path in sorted((ROOT / "Examples").rglob("*.yaml"))]
    # A list that doubles with each line.
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
    return filters, configs + [laughs], commands


def settings(printed):
    """The paths of a config as `train --print-config` prints it: a key or an element of a list in each line."""
    paths, above, counts = [], [], {}
    for line in printed.splitlines():
        rest = line.lstrip()
        depth = len(line) - len(rest)
        while above and above[-1][0] >= depth:
            above.pop()
        while rest.startswith("- "):
            parent = ".".join(key for _, key in above)
            counts[parent] = counts.get(parent, -1) + 1
            above.append((depth, str(counts[parent])))
            depth, rest = depth + 2, rest[2:]
        if ":" in rest:
            above.append((depth, rest.split(":")[0]))
        paths.append(".".join(key for _, key in above))
    return [path for path in paths if path != "name"]


def make_files(chosen, folder):
    """A store with runs of columns and of cells, files of showers under the names of the handbook, and small examples with
    their settings."""
    store = folder / "store.sqlite"

    def fastsim(*words):
        return quiet([chosen.fastsim, *words], cwd=folder, env=os.environ | {"FASTSIM_STORE": "store.sqlite"})

    fastsim("train", write_config(folder / "rich-kaon.yaml", "rich-kaon", 1, 2))
    quiet([chosen.logger, "work", store, "--seconds", 0])
    for name, detector, seed in [("lhcb.npz", "lhcb", 1), ("generated.npz", "lhcb", 2), ("showers.npz", "lhcb", 3),
                                 ("lhcb.h5", "lhcb", 4), ("atlas.npz", "atlas", 1), ("atlas.h5", "atlas", 2)]:
        fastsim("simulate", f"{detector}-calorimeter", "--rows", "24", "--seed", str(seed), "--out", name, "--quiet")
    fastsim("simulate", "clic-calorimeter-small", "--rows", "6", "--out", "clic.npz", "--quiet")
    fastsim("simulate", "rich", "--rows", "60", "--out", "kaons.npz", "--quiet")
    for name, source in [("observables.csv", "lhcb.npz"), ("generated.csv", "generated.npz")]:
        fastsim("observables", source, "-o", name, "--quiet")
    (folder / "Examples").mkdir()
    paths = {}
    for name, changes in EXAMPLES.items():
        given = [word for change in changes + SMALL for word in ("--set", change)]
        printed = fastsim("train", ROOT / "Examples" / f"{name}.yaml", "--print-config", *given)
        (folder / "Examples" / f"{name}.yaml").write_text(printed)
        paths[name] = settings(printed)
    fastsim("train", "Examples/lhcb-calorimeter.yaml", "--quiet")
    fastsim("baseline", "Examples/atlas-calorimeter.yaml", "--quiet")
    return paths


class Inputs:
    """Texts, each a function of the seed and its number."""

    def __init__(self, seed, kind, corpus):
        self.seed, self.kind, self.corpus = seed, kind, corpus

    def text(self, number):
        chance = random.Random(f"{self.seed} {self.kind} {number}")
        if number % 10 == 0:
            return chance.randbytes(chance.randrange(200))
        text = chance.choice(self.corpus).encode()
        for _ in range(chance.choice([1, 1, 2, 3, 8])):
            text = self.changed(text, chance)
        return text

    def changed(self, text, chance):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 1, 4, 20, 200]))
        piece = text[start:end]
        way = chance.randrange(8)
        if way == 0:
            piece = b""
        elif way == 1:
            piece = chance.randbytes(chance.randrange(1, 6))
        elif way in (2, 3):
            piece = chance.choice(WORDS).encode()
        elif way == 4:
            piece = piece * chance.choice([2, 3, 50])
        elif way == 5:
            piece = chance.choice(NESTS).encode() * chance.choice([1, 10, 300, 5000])
        elif way == 6:
            other = chance.choice(self.corpus)
            other = (other if isinstance(other, str) else " ".join(other)).encode()
            at = chance.randrange(len(other) + 1)
            piece = other[at:at + chance.choice([1, 10, 100])]
        else:
            # A number is another one.
            return re.sub(rb"\d+", lambda found: chance.choice(WORDS[:12]).encode() if chance.random() < 0.2 else found[0], text)
        return text[:start] + piece + text[end:]

    def words(self, number):
        """A command line."""
        chance = random.Random(f"{self.seed} {self.kind} {number}")
        words = list(chance.choice(self.corpus))
        for _ in range(chance.choice([1, 1, 2, 4])):
            place = chance.randrange(len(words) + 1)
            way = chance.randrange(5)
            if way == 0 and place < len(words):
                del words[place]
            elif way == 1:
                words.insert(place, chance.choice(WORDS))
            elif way == 2:
                words.insert(place, chance.choice(chance.choice(self.corpus)))
            elif place < len(words) and place > 0:
                words[place] = self.changed(words[place].encode("utf-8", "surrogateescape"), chance).decode("utf-8", "surrogateescape")
        # No shell hands over a zero byte.
        words = [word.replace("\0", "") for word in words]
        return [word for word in words if not word.startswith("/")]


class Trainings:
    """Command lines that train a small example with some of its settings changed."""

    def __init__(self, seed, paths):
        self.seed, self.paths = seed, paths

    def words(self, number):
        chance = random.Random(f"{self.seed} training {number}")
        name = chance.choice(sorted(self.paths))
        words = [chance.choice(["train", "train", "train", "baseline"]), f"Examples/{name}.yaml", "--quiet", "--store",
                 f"{number}.sqlite"]
        for _ in range(chance.choice([1, 1, 2])):
            words += ["--set", f"{chance.choice(self.paths[name])}={chance.choice(SETTINGS)}"]
        return words


class Files:
    """Command lines that read a damaged file."""
    NAMES = ["lhcb.npz", "lhcb.h5", "atlas.npz", "atlas.h5", "clic.npz", "kaons.npz", "observables.csv"]
    COMMANDS = [
        ["look", "FILE", "-o", "page.html"], ["look", "lhcb.npz", "--generated", "FILE"], ["observables", "FILE", "-o", "o.csv"],
        ["evaluate", "--real", "FILE", "--generated", "FILE", "--measures", "ks", "--skip-undefined"],
        ["sample", "latest", "--conditions", "FILE", "-o", "o.npz"], ["evaluate", "latest", "--data", "FILE", "--measures", "ks"],
        ["train", "Examples/lhcb-calorimeter.yaml", "--set", "data.simulate=null", "--set", "data.file=FILE", "--store", "STORE"],
        ["splot", "FILE", "--mass", "mass"],
    ]

    def __init__(self, seed, folder):
        self.folder, self.inputs = folder, Inputs(seed, "file", [""])
        self.contents = {name: (folder / name).read_bytes() for name in self.NAMES}

    def words(self, number):
        chance = random.Random(f"{self.inputs.seed} file {number}")
        name = chance.choice(self.NAMES)
        content = self.contents[name]
        for _ in range(chance.choice([1, 1, 2, 4])):
            # Headers are at the beginning, the directory of an archive at the end.
            place = chance.choice([slice(0, 400), slice(0, 3000), slice(-700, None), slice(0, None)])
            part = content[place]
            changed = self.inputs.changed(part, chance)
            content = content.replace(part, changed, 1) if part else changed
        damaged = f"damaged-{number}.{name.split('.')[1]}"
        (self.folder / damaged).write_bytes(content)
        return [word.replace("FILE", damaged).replace("STORE", f"file-{number}.sqlite")
                for word in chance.choice(self.COMMANDS) + ["--quiet"] if word]


def parse_batch(command, texts):
    """The answers to texts; fewer where the process ended before."""
    data = b"".join(b"%d\n" % len(text) + text for text in texts)
    try:
        result = subprocess.run(command, input=data, capture_output=True, timeout=DEADLINE)
    except subprocess.TimeoutExpired as late:
        answers = (late.stdout or b"").split(b"\n")[:-1]
        raise Failure(f"no answer in {DEADLINE} s: {shortened(texts[min(len(answers), len(texts) - 1)])}")
    return result.stdout.split(b"\n")[:-1], result


def shortened(text):
    return repr(text if len(text) < 600 else text[:300] + b" ... " + text[-300:])


def parse(command, inputs, count):
    """Gives inputs to a parser.
    - returns: how many of them are valid."""
    valid = 0
    for first in range(0, count, BATCH):
        texts = [inputs.text(number) for number in range(first, min(count, first + BATCH))]
        answers, result = parse_batch(command, texts)
        # Each answer is one line, so that there is one for each input.
        wrong = [place for place, line in enumerate(answers) if not (line == b"ok" or line.startswith(b"error: "))]
        if wrong:
            raise Failure(f"an answer has several lines: {answers[wrong[0] - 1:wrong[0] + 1]}")
        if len(answers) != len(texts):
            raise Failure(f"{inputs.kind} {first + len(answers)} ends the process with {result.returncode}: "
                          f"{shortened(texts[len(answers)])} {result.stderr[:300]}")
        for text, line in zip(texts, answers):
            message = line.removeprefix(b"error: ").decode()
            if "FAULT" in message or not message:
                raise Failure(f"{shortened(text)}: {message!r}")
        valid += answers.count(b"ok")
    return valid


def run_command(chosen, folder, words):
    """A command line, in a folder with a small store."""
    process = subprocess.Popen([chosen.fastsim, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=os.environ | {"FASTSIM_STORE": "store.sqlite", "NO_COLOR": "1"})
    is_late = False
    try:
        out, err = process.communicate(timeout=COMMAND_DEADLINE)
    except subprocess.TimeoutExpired:
        is_late = True
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"{words} doesn't end when it is interrupted")
    code, err = process.returncode, err.decode("utf-8", "replace")
    if is_late:
        if code < 0 and code != -signal.SIGINT:
            raise Failure(f"{words} ends by signal {-code}: {err[-300:]}")
        return
    if code not in (0, 1, 2, 3, 64):
        raise Failure(f"{words} ends with {code}: {err[-300:]}")
    lines = err.splitlines()
    complaints = [line for line in lines if line.startswith("fastsim: ") and not line.startswith("fastsim: warning: ")]
    # A usage error continues with the usage, a filter's with the place; both are indented or have their own beginning.
    unexpected = [line for line in lines if not re.match(r"fastsim: |  |Help: |Usage: |See |run \d|reading |simulating |fitting |"
                                                            r"compiling |epoch |$", line)]
    if code in (1, 64) and (len(complaints) != 1 or unexpected):
        raise Failure(f"{words} ends with {code} and says {err!r}")


def body():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only", choices=["filter", "config", "command line", "training", "file"], help="one kind, for all inputs")
    parser.add_argument("--fuzzer", type=os.path.abspath, default=ROOT / ".build" / "release" / "fastsim-fuzz")
    programs(parser)
    chosen = parser.parse_args()
    # A program that starts this one may ignore or block the interrupt, and commands would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    filters, configs, commands = corpora()
    counts = {"filter": chosen.inputs * 46 // 100, "config": chosen.inputs * 40 // 100, "training": chosen.inputs * 2 // 100,
              "file": chosen.inputs * 2 // 100}
    counts["command line"] = chosen.inputs - sum(counts.values())
    if chosen.only:
        counts = {kind: chosen.inputs * (kind == chosen.only) for kind in counts}
    with tempfile.TemporaryDirectory(prefix="fastsim fuzz ") as place:
        # A mutated path stays in here.
        folder = Path(place, *["inner"] * 8)
        folder.mkdir(parents=True)
        paths = make_files(chosen, folder)
        try:
            valid = parse([chosen.fuzzer, "filter", folder / "store.sqlite"], Inputs(chosen.seed, "filter", filters), counts["filter"])
            whole = parse([chosen.fuzzer, "config"], Inputs(chosen.seed, "config", configs), counts["config"])
            broken = threading.Event()
            folders = [Path(place, f"store {number}", *["inner"] * 8) for number in range(STORES)]
            for copy in folders:
                shutil.copytree(folder, copy)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                for kind, inputs in {"file": Files(chosen.seed, folder), "training": Trainings(chosen.seed, paths)}.items():
                    for _ in pool.map(
                            lambda number: run_command(chosen, folder, inputs.words(number)), range(counts[kind])):
                        pass
            lines = Inputs(chosen.seed, "command line", commands)

            def run_every(first):
                """Every fourth command line, one after another: what a store holds is a function of the seed."""
                for number in range(first, counts["command line"], STORES):
                    if broken.is_set():
                        return
                    try:
                        run_command(chosen, folders[first], lines.words(number))
                    except Failure:
                        broken.set()
                        raise

            with ThreadPoolExecutor(STORES) as pool:
                for _ in pool.map(run_every, range(STORES)):
                    pass
        except Failure as failure:
            raise Failure(f"{failure} (seed {chosen.seed})")
    return (f"{counts['filter']} filters ({valid} valid), {counts['config']} configs ({whole} valid), "
            f"{counts['command line']} command lines, {counts['training']} trainings, {counts['file']} files, no signal")


main(body)
