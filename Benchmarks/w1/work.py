"""The critic step that is measured, apart from any library: sizes, data, the reference case, timing.

W1 is the weighted, conditional Cramér GAN: generator 67 -> 10 x 128 -> 5, critic 8 -> 10 x 128 -> 256, leaky ReLU 0.01,
penalty weight 10, RMSProp 5e-4. `small` has three layers of 64. Tests/Fixtures/w1_reference.py
states the mathematics and made the reference numbers.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import step_timing  # noqa: E402

SLOPE, TINY, PENALTY, RATE, DECAY, EPSILON = 0.01, 1e-12, 10.0, 5e-4, 0.9, 1e-8
LATENT, CONDITIONS, TARGETS = 64, 3, 5
FIXTURES = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"


def options():
    return step_timing.options(10_000, "--small")


def sizes(small):
    """Sizes of the generator's and of the critic's layers."""
    hidden = [64] * 3 if small else [128] * 10
    return [LATENT + CONDITIONS] + hidden + [TARGETS], [TARGETS + CONDITIONS] + hidden + [256]


class Values(step_timing.Values):
    """The reference case's numbers, in the order of w1_reference.py."""

    def layers(self, widths):
        parameters = []
        for a, b in zip(widths, widths[1:]):
            parameters += [(6 / a) ** 0.5 * self.draw(a, b), 0.1 * self.draw(b)]
        return parameters


def reference():
    """(generator, critic, batch) of the reference case and the critic loss that it must have."""
    values = Values()
    generator, critic = (values.layers(widths) for widths in sizes(False))
    batch = {"real": 1.5 * values.draw(8, 8), "c1": 1.5 * values.draw(8, 3), "c2": 1.5 * values.draw(8, 3)}
    batch |= {"z1": 1.5 * values.draw(8, 64), "z2": 1.5 * values.draw(8, 64)}
    batch |= {name: 0.7 + 0.9 * values.draw(8) for name in ("w", "w1", "w2")}
    batch["alpha"] = (values.draw(8) + 1).reshape(8, 1) / 2
    expected = json.loads((FIXTURES / "w1_reference.json").read_text())["critic_loss"]
    return generator, critic, batch, expected


def case(small, rows=200_000):
    """(generator, critic, table of [5 targets, 3 conditions], weights) to train on, the same for each library."""
    import numpy

    random = numpy.random.default_rng(7)
    def layers(widths):
        parameters = []
        for a, b in zip(widths, widths[1:]):
            parameters += [random.normal(size=(a, b)) * (2 / a) ** 0.5, numpy.zeros(b)]
        return [p.astype("f4") for p in parameters]
    generator, critic = (layers(widths) for widths in sizes(small))
    table = random.normal(size=(rows, TARGETS + CONDITIONS)).astype("f4")
    weights = (0.7 + 0.9 * random.uniform(-1, 1, rows)).astype("f4")
    return generator, critic, table, weights


def require_reference(loss, expected):
    """Ends the process where a library's mathematics is another."""
    if not abs(loss - expected) <= 1e-4 * abs(expected):
        sys.exit(f"critic loss {loss} of the reference case, {expected} expected: this is not the same work")


def measure(tool, chosen, step):
    step_timing.measure("w1-small" if chosen.small else "w1", tool, chosen, step)
