"""Writes float_functions.csv: arguments of the float32 kernels and values that mpmath computed from them.

Columns: function, x (8 hexadecimal digits of the float32's bits), value (16 of the nearest float64's). The arguments lie
where the functions change their method, over their whole range and among random bit patterns.
Run: python3 float_functions.py (mpmath 1.3)
"""

import random
import struct

import mpmath

mpmath.mp.dps = 60
generator = random.Random(20190528)

FUNCTIONS = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "sqrt": mpmath.sqrt,
    "erf": mpmath.erf,
}
POSITIVE = {"log", "sqrt"}
EDGES = [0.414, 0.625, 0.875, 4.0, 0.7071068, 1.0, 1.4142135, 88.7, -87.3, -103.9, 1e-30, 1e30, 1e-40]


def as_float(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def from_bits(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def arguments():
    for _ in range(120):
        yield as_float(generator.uniform(-5, 5))
    for _ in range(60):
        yield as_float(generator.uniform(-100, 90))
    for _ in range(60):
        yield from_bits(generator.getrandbits(32))
    for edge in EDGES:
        bits = struct.unpack("<I", struct.pack("<f", edge))[0]
        for step in (-1, 0, 1):
            yield from_bits(bits + step)


with open("float_functions.csv", "w", newline="") as file:
    file.write("function,x,value\n")
    for name, function in FUNCTIONS.items():
        for x in arguments():
            if x != x or abs(x) == float("inf"):
                continue
            if name in POSITIVE:
                x = abs(x)
            if x == 0 or (name not in POSITIVE and abs(x) > 1e6):
                continue
            value = float(function(mpmath.mpf(x)))
            file.write(
                f"{name},{struct.unpack('<I', struct.pack('<f', x))[0]:08x},"
                f"{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}\n"
            )
