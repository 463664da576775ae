"""Writes math64.csv: arguments and correctly rounded values of the double-precision functions, computed with mpmath.

Columns: function, x, y, value, each double as 16 hexadecimal digits of its bits; y is 0 for functions of one argument.
Run: python3 math64.py (mpmath 1.3)
"""

import csv
import math
import random
import struct

import mpmath
from mpmath import mpf

mpmath.mp.dps = 60
generator = random.Random(20190528)


def uniform(a, b):
    return lambda: (generator.uniform(a, b),)


def wide(a, b, signed=False):
    return lambda: (math.exp(generator.uniform(a, b)) * (generator.choice([-1, 1]) if signed else 1),)


def near_quarter_turns():
    return (generator.randint(1, 60000) * math.pi / 2,)


def probit(p):
    x = mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1) if p > 1e-10 else -mpmath.sqrt(-2 * mpmath.log(p))
    for _ in range(12):
        distance = mpmath.log(mpmath.erfc(-x / mpmath.sqrt(2)) / 2) - mpmath.log(p)
        density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
        x -= distance * (mpmath.erfc(-x / mpmath.sqrt(2)) / 2) / density
    return x


def gamma_q(a, x):
    return mpmath.gammainc(a, x, mpmath.inf, regularized=True)


def about(low, high, spread):
    def draw():
        a = generator.uniform(low, high)
        return (a, a * (1 + generator.uniform(-spread, spread) / math.sqrt(a)))

    return draw


trigonometric = [uniform(-1, 1), uniform(-1e5, 1e5), wide(-30, 700, True), near_quarter_turns]
FUNCTIONS = {
    "exp": (mpmath.exp, [uniform(-745, 709), uniform(-1, 1), wide(-40, 0, True)]),
    "expm1": (mpmath.expm1, [uniform(-40, 700), uniform(-3, 3), wide(-40, 0, True)]),
    "log": (mpmath.log, [wide(-740, 700), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log1p": (mpmath.log1p, [uniform(-0.999999, 1), wide(-40, 700), wide(-40, -1, True)]),
    "sin": (mpmath.sin, trigonometric),
    "cos": (mpmath.cos, trigonometric),
    "tan": (mpmath.tan, trigonometric),
    "sin2pi": (lambda x: mpmath.sinpi(2 * x), [uniform(-1, 1), wide(-30, 20, True)]),
    "cos2pi": (lambda x: mpmath.cospi(2 * x), [uniform(-1, 1), wide(-30, 20, True)]),
    "atan": (mpmath.atan, [uniform(-5, 5), wide(-40, 300, True)]),
    "asin": (mpmath.asin, [uniform(-1, 1), wide(-40, 0, True)]),
    "acos": (mpmath.acos, [uniform(-1, 1), uniform(0.9999, 1)]),
    "sinh": (mpmath.sinh, [uniform(-2, 2), uniform(-709, 709)]),
    "cosh": (mpmath.cosh, [uniform(-2, 2), uniform(-709, 709)]),
    "tanh": (mpmath.tanh, [uniform(-1, 1), uniform(-21, 21), wide(-40, 0, True)]),
    "erf": (mpmath.erf, [uniform(-1, 1), uniform(0.8, 2), uniform(-6, 6), wide(-40, 0, True)]),
    "erfc": (mpmath.erfc, [uniform(-6, 1), uniform(0.5, 26.5)]),
    "erfinv": (mpmath.erfinv, [uniform(-1, 1), wide(-40, 0, True), uniform(0.99, 1)]),
    "probit": (probit, [uniform(0, 1), wide(-700, -0.1), uniform(0.45, 0.55)]),
    "lgamma": (lambda x: mpmath.re(mpmath.loggamma(x)), [uniform(0, 4), uniform(0.9, 2.1), wide(-700, 0), wide(0, 600)]),
    "pow": (
        mpmath.power,
        [
            lambda: (math.exp(generator.uniform(-5, 5)), generator.uniform(-130, 130)),
            lambda: (generator.uniform(0.5, 2), generator.uniform(-900, 900)),
            lambda: (-generator.uniform(0, 5), float(generator.randint(-50, 50))),
        ],
    ),
    "atan2": (mpmath.atan2, [lambda: (generator.uniform(-1, 1), generator.uniform(-1, 1)),
                             lambda: wide(-300, 300, True)() + wide(-300, 300, True)()]),
    "hypot": (mpmath.hypot, [lambda: (generator.uniform(-1, 1), generator.uniform(-1, 1)),
                             lambda: wide(-700, 700)() + wide(-700, 700)()]),
    "gamma_q": (gamma_q, [lambda: (generator.randint(1, 60) / 2, generator.uniform(0, 100)),
                          lambda: (generator.uniform(0.01, 10), generator.uniform(0, 20)), about(20, 2000, 5)]),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), [uniform(-5, 5), uniform(-700, 40), wide(-40, 0, True)]),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), [uniform(-5, 5), uniform(-700, 700), wide(-40, 0, True)]),
}


def bits(x):
    return struct.pack(">d", float(x)).hex()


with open("math64.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["function", "x", "y", "value"])
    for name, (function, draws) in FUNCTIONS.items():
        for draw in draws:
            for _ in range(20 if name in ("gamma_q", "probit") else 40):
                arguments = draw()
                value = float(function(*(mpf(a) for a in arguments)))
                writer.writerow([name, *map(bits, (*arguments, 0.0)[:2]), bits(value)])
