#!/usr/bin/env python3
"""Random bytes and random changes of valid texts, for the filter, the config and the command line.

usage: fuzz.py [--inputs 100000] [--seed N] [--fastsim PATH] [--logger PATH] [--fuzzer PATH]

Half of the inputs are filters, two fifths configs: parsed in a process that takes many of them (Fuzz/Fuzz.swift), where one
that ends the process is found. The others are command lines, each a separate process on a small store. No input ends a
process by a signal, and each gets its answer, or one line that says what is wrong. Prints one line; exit code 1 on a broken
promise, with the input and the seed that repeats it.
"""
import argparse
import os
import random
import re
import shlex
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from common import ROOT, Failure, main, programs, quiet, write_config

BATCH = 1000
# Seconds for a batch, and for a command; one that works on is then interrupted as by Ctrl-C, and has as long again to end.
DEADLINE, COMMAND_DEADLINE = 120, 5

# What has a meaning somewhere, and what lies at the edges.
WORDS = """9223372036854775807 -9223372036854775808 18446744073709551615 18446744073709551616 4294967296 -1 0 1e308 1e999
5e-324 0x10 1_000 .nan .inf nan inf null ~ true yes 'x' "x" `x` metrics. params. tags. at( last( min( and or not in like
between is null > < >= = != -7d 2019-05-28 2019-02-30T25:61 99999999999w & * ! | > % @ - -- --store --limit --epochs --seed
--format --set latest best:loss best:a:max 1 2 99 {} [] {a: b} [1, 2] &a *a !!binary !!python/object --- ... ? : :: #
\u00e9 \u202e \U0001f600 \u0661 \ufeff \x00 \x1b[31m \x7f""".split()
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
            out, err = process.communicate(timeout=COMMAND_DEADLINE)
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
    unexpected = [line for line in lines if not re.match(r"fastsim: |  |Help: |Usage: |See |run \d|reading |epoch |$", line)]
    if code in (1, 64) and (len(complaints) != 1 or unexpected):
        raise Failure(f"{words} ends with {code} and says {err!r}")


def body():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only", choices=["filter", "config", "command line"], help="one kind, for all inputs")
    parser.add_argument("--fuzzer", type=os.path.abspath, default=ROOT / ".build" / "release" / "fastsim-fuzz")
    programs(parser)
    chosen = parser.parse_args()
    filters, configs, commands = corpora()
    counts = {"filter": chosen.inputs // 2, "config": chosen.inputs * 2 // 5}
    counts["command line"] = chosen.inputs - sum(counts.values())
    if chosen.only:
        counts = {kind: chosen.inputs * (kind == chosen.only) for kind in counts}
    with tempfile.TemporaryDirectory(prefix="fastsim fuzz ") as place:
        # A mutated path stays in here.
        folder = Path(place, *["inner"] * 8)
        folder.mkdir(parents=True)
        store = folder / "store.sqlite"
        quiet([chosen.fastsim, "train", write_config(folder / "rich-kaon.yaml", "rich-kaon", 1, 2), "--store", store])
        quiet([chosen.logger, "work", store, "--seconds", 0])
        try:
            valid = parse([chosen.fuzzer, "filter", store], Inputs(chosen.seed, "filter", filters), counts["filter"])
            whole = parse([chosen.fuzzer, "config"], Inputs(chosen.seed, "config", configs), counts["config"])
            lines = Inputs(chosen.seed, "command line", commands)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                for _ in pool.map(
                        lambda number: run_command(chosen, folder, lines.words(number)), range(counts["command line"])):
                    pass
        except Failure as failure:
            raise Failure(f"{failure} (seed {chosen.seed})")
    return (f"{counts['filter']} filters ({valid} valid), {counts['config']} configs ({whole} valid), "
            f"{counts['command line']} command lines, no signal")


main(body)
