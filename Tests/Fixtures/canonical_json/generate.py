"""Writes numbers.csv (bits of a float64, its text) and objects.tsv (JSON as it may come, its canonical text).

python3 generate.py, with Python's standard library alone; the rules are those of Examples/config_digest.py.
"""
import json, pathlib, random, struct, sys

folder = pathlib.Path(__file__).parent
sys.path.insert(0, str(folder.parents[2] / "Examples"))
from config_digest import canonical, number

generator = random.Random(8785)
floats = [0.0, 1e21, 1e20, 999999999999999900000.0, 1e-6, 1e-7, 123456.789, 0.1, 2.0**53, 2.0**53 + 2, 5e-324, 2.0**63]
floats += [10.0**power for power in range(-30, 31)] + [2.0**power for power in range(-1074, 1024, 7)]
floats += [round(generator.uniform(-1000, 1000), places) for places in range(8) for _ in range(40)]
while len(floats) < 2500:
    value = struct.unpack("<d", struct.pack("<Q", generator.getrandbits(64)))[0]
    if value - value == 0:
        floats.append(value)
lines = [f"{struct.unpack('<Q', struct.pack('<d', value))[0]:016x},{number(value)}\n" for value in floats]
(folder / "numbers.csv").write_text("bits,text\n" + "".join(lines))

letters = ["a", "b", "A", "_", "ö", "\u20ac", "\U0001f600", "\ufb33", "\x80", "\x7f", "\n", "\x01", '"', "\\", "/"]


def text():
    return "".join(generator.choice(letters) for _ in range(generator.randrange(4)))


def value(depth):
    kind = generator.randrange(8 if depth else 6)
    if kind == 6:
        return [value(depth - 1) for _ in range(generator.randrange(4))]
    if kind == 7:
        return {text(): value(depth - 1) for _ in range(generator.randrange(6))}
    return [None, True, generator.randrange(-(2**53) + 1, 2**53), generator.choice(floats), text(), "NaN"][kind]


objects = [{text(): value(3) for _ in range(6)} for _ in range(200)]
lines = [f"{json.dumps(each)}\t{canonical(each)}\n" for each in objects]
(folder / "objects.tsv").write_text("".join(lines))
