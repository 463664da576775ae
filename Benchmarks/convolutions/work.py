"""The convolutional steps that are measured, apart from any library: layers, parameters, the reference case.

`showers` is the critic step of the Wasserstein GAN with a two-sided gradient penalty on 30 x 30 cells (arXiv:1812.01319):
five conditions, 256 latent values, Adam. `clic` is the discriminator step on 51 x 51 x 25 cells (Eur. Phys. J. C 82, 386),
cross-entropy and a tenth of the relative error of the energy, RMSProp. Benchmarks/Engine/ConvolutionalSteps.swift has the
same networks; its weights are (taps, input channels, filters) for convolutions, (taps, output channels, input channels)
for transposed ones, and images have their channels last.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import step_timing  # noqa: E402

LATENT, CONDITIONS, SLOPE, PENALTY, TINY = 256, 5, 0.01, 10.0, 1e-12
ADAM = dict(rate=1e-4, beta1=0.5, beta2=0.9, epsilon=1e-8)
# Filters, padding.
CRITIC = [(32, 1), (64, 0), (128, 0), (256, 0)]
# Channels, cells along an edge, the first of them in the full transposed convolution.
GENERATOR = [(128, 4, 1), (64, 8, 1), (32, 16, 1), (1, 30, 2)]

RMSPROP = dict(rate=1e-3, decay=0.9, epsilon=1e-7)
CLIC_SLOPE = 0.3
# Filters, kernel, padding, whether normalised.
CLIC_GENERATOR = [
    (8, (4, 4, 8), (0, 0, 0), True), (6, (4, 4, 6), (2, 2, 3), True), (6, (4, 4, 6), (1, 1, 2), True),
    (6, (4, 4, 6), (2, 2, 3), True), (6, (4, 4, 6), (1, 1, 2), True), (6, (2, 2, 3), (1, 1, 1), False),
    (1, (2, 2, 3), (0, 0, 1), False),
]
CLIC_DISCRIMINATOR = [
    (16, (5, 6, 6), (2, 3, 3), False), (8, (5, 6, 6), (0, 0, 1), True), (8, (5, 6, 6), (0, 0, 1), True),
    (8, (5, 6, 6), (0, 0, 0), True),
]
CLIC_POOLED = 19 * 18 * 7 * 8


def options():
    return step_timing.options(128, "--clic")


def measure(tool, chosen, step):
    step_timing.measure("clic" if chosen.clic else "showers", tool, chosen, step)


def shower_shapes():
    """(generator, critic): names and shapes in the order of the engine's declarations."""
    generator = [("head.weight", (LATENT + CONDITIONS, 1024)), ("head.bias", (1024,))]
    before = 256
    for place, (channels, _, _) in enumerate(GENERATOR):
        generator += [(f"{place}.weight", (3, 3, channels, before)), (f"{place}.bias", (channels,))]
        if channels > 1:
            generator += [(f"{place}.gain", (channels,)), (f"{place}.offset", (channels,))]
        before = channels
    critic, before = [], 1
    for place, (filters, _) in enumerate(CRITIC):
        critic += [(f"{place}.weight", (3, 3, before, filters)), (f"{place}.bias", (filters,))]
        before = filters
    for place, (a, b) in enumerate([(256 + CONDITIONS, 64), (64, 32), (32, 1)]):
        critic += [(f"dense{place}.weight", (a, b)), (f"dense{place}.bias", (b,))]
    return generator, critic


def clic_shapes():
    """(generator, discriminator), as `shower_shapes`."""
    generator, discriminator = [("head.weight", (256, 5184)), ("head.bias", (5184,))], []
    for shapes, layers, before in ((generator, CLIC_GENERATOR, 8), (discriminator, CLIC_DISCRIMINATOR, 1)):
        for place, (filters, kernel, _, normalised) in enumerate(layers):
            shapes += [(f"{place}.weight", (*kernel, before, filters)), (f"{place}.bias", (filters,))]
            if normalised:
                shapes += [(f"{place}.gain", (filters,)), (f"{place}.offset", (filters,))]
            before = filters
    discriminator += [("head.weight", (CLIC_POOLED, 2)), ("head.bias", (2,))]
    return generator, discriminator


def initial(shapes, draw):
    """Parameters: weights of unit gain, biases and offsets near 0, gains near 1."""
    result = {}
    for name, shape in shapes:
        values = draw(*shape)
        if name.endswith("weight"):
            inputs = 1
            for size in shape[:-1]:
                inputs *= size
            result[name] = (3 / inputs) ** 0.5 * values
        else:
            result[name] = (1 if name.endswith("gain") else 0) + 0.1 * values
    return result


def reference(batch=4):
    """(generator, critic, batch) of the reference case of `showers`, in float64."""
    values = step_timing.Values()
    generator, critic = (initial(shapes, values.draw) for shapes in shower_shapes())
    data = {"real": (0.5 + 0.5 * values.draw(batch, 905)) ** 3, "noise": 1.5 * values.draw(batch, LATENT)}
    data["mixing"] = 0.5 + 0.5 * values.draw(batch, 1)
    return generator, critic, data


def case(clic, batch):
    """(generator, critic, table of events) to train on, in float32, the same for each library."""
    import numpy

    random = numpy.random.default_rng(7)
    def draw(*shape):
        return random.uniform(-1, 1, size=shape)
    parameters = [
        {name: value.astype("f4") for name, value in initial(shapes, draw).items()}
        for shapes in (clic_shapes() if clic else shower_shapes())
    ]
    if clic:
        showers = numpy.maximum(0, 10 * random.uniform(size=(batch, 51, 51, 25, 1), ).astype("f4") - 9)
        return *parameters, (showers, (0.5 + random.uniform(size=(batch, 1))).astype("f4"))
    return *parameters, (random.uniform(size=(8 * batch, 905)) ** 3).astype("f4")


def require_reference(loss):
    """Ends the process where a library's mathematics is another than the engine's (`fastsim-bench check-showers`)."""
    expected = float((Path(__file__).resolve().parent / "showers_reference.txt").read_text())
    if not abs(loss - expected) <= 1e-4 * abs(expected):
        sys.exit(f"critic loss {loss} of the reference case, {expected} expected: this is not the same work")
