"""A small case of the benchmark's critic step and generator step in float64, by PyTorch: losses and gradients.

usage: python3 w1_reference.py > w1_reference.json        (PyTorch 2.x, CPU)

Values come from a linear congruential generator, x <- (1664525 x + 1013904223) mod 2^32 from x = 12345,
v = 2 (x / 2^32) - 1, drawn in this order, matrices by rows:
  1. generator layers: W[in][out] = sqrt(6 / in) v, then b[out] = 0.1 v     (67 -> 10 x 128 -> 5)
  2. critic layers, the same way                                          (8 -> 10 x 128 -> 256)
  3. real[8][8] = 1.5 v (5 targets then 3 conditions), c1[8][3], c2[8][3] = 1.5 v,
     z1[8][64], z2[8][64] = 1.5 v, then w_real[8], w1[8], w2[8] = 0.7 + 0.9 v, alpha[8] = (v + 1) / 2
Leaky ReLU 0.01 after every layer but the last. |x| = sqrt(sum x^2 + 1e-12).
  fake_k = [G(z_k, c_k), c_k]; D = critic; f(x) = |D(x) - D(fake_2)| - |D(x)|
  energy = mean(f(real) w_real w2 - f(fake_1) w1 w2); generator loss = energy
  x^ = alpha real + (1 - alpha) fake_1; penalty = mean(max(|grad_x^ f(x^)| - 1, 0)^2)
  critic loss = -energy + 10 penalty, with the fakes held constant
An RMSProp step: s <- 0.9 s + 0.1 g^2; p <- p - 5e-4 g / (sqrt(s) + 1e-8), from s = 0.
The slope and the 1e-12 are rounded to float32 first, as the engine's constants are.
"""
import json
import math
import struct

import torch

torch.set_default_dtype(torch.float64)
BATCH = 8


def rounded(x):
    return struct.unpack("f", struct.pack("f", x))[0]


SLOPE, TINY = rounded(0.01), rounded(1e-12)
state = 12345


def draw(*shape):
    global state
    values = []
    for _ in range(math.prod(shape)):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(2 * (state / 2**32) - 1)
    return torch.tensor(values).reshape(shape)


def layers(sizes):
    parameters = []
    for a, b in zip(sizes, sizes[1:]):
        parameters += [math.sqrt(6 / a) * draw(a, b), 0.1 * draw(b)]
    return [p.requires_grad_() for p in parameters]


generator = layers([67] + [128] * 10 + [5])
critic = layers([8] + [128] * 10 + [256])
real = 1.5 * draw(BATCH, 8)
c1, c2 = 1.5 * draw(BATCH, 3), 1.5 * draw(BATCH, 3)
z1, z2 = 1.5 * draw(BATCH, 64), 1.5 * draw(BATCH, 64)
w_real, w1, w2 = (0.7 + 0.9 * draw(BATCH) for _ in range(3))
alpha = (draw(BATCH) + 1).reshape(BATCH, 1) / 2


def network(p, x):
    for i in range(0, len(p) - 2, 2):
        x = torch.nn.functional.leaky_relu(x @ p[i] + p[i + 1], SLOPE)
    return x @ p[-2] + p[-1]


def norm(x):
    return torch.sqrt((x * x).sum(1) + TINY)


def fakes():
    return [torch.cat([network(generator, torch.cat([z, c], 1)), c], 1) for z, c in ((z1, c1), (z2, c2))]


def witness(x, reference):
    return norm(network(critic, x) - reference) - norm(network(critic, x))


def energy(fake1, fake2):
    reference = network(critic, fake2)
    return (witness(real, reference) * w_real * w2 - witness(fake1, reference) * w1 * w2).mean()


def critic_loss():
    fake1, fake2 = (f.detach() for f in fakes())
    between = (alpha * real + (1 - alpha) * fake1).requires_grad_()
    value = witness(between, network(critic, fake2)).sum()
    (slope,) = torch.autograd.grad(value, between, create_graph=True)
    penalty = (torch.clamp(norm(slope) - 1, min=0) ** 2).mean()
    e = energy(fake1, fake2)
    return -e + 10 * penalty, e, penalty


def update(parameters, gradients):
    with torch.no_grad():
        for p, g in zip(parameters, gradients):
            p -= 5e-4 * g / (torch.sqrt(0.1 * g * g) + 1e-8)


def norms(gradients):
    return [float(g.norm().detach()) for g in gradients]


loss, e, penalty = critic_loss()
critic_gradients = torch.autograd.grad(loss, critic)
generator_loss = energy(*fakes())
generator_gradients = torch.autograd.grad(generator_loss, generator)
out = {
    "critic_loss": loss.item(), "energy": e.item(), "penalty": penalty.item(),
    "generator_loss": generator_loss.item(), "critic_grad_norms": norms(critic_gradients),
    "generator_grad_norms": norms(generator_gradients),
}
update(critic, critic_gradients)
out["critic_loss_after_critic_step"] = critic_loss()[0].item()
update(generator, generator_gradients)
out["generator_loss_after_both_steps"] = energy(*fakes()).item()
print(json.dumps(out, indent=1))
