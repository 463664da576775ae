"""The convolutional steps in JAX, one jitted function. usage: jax_jit.py [--clic] [--batch N] [--threads N] [--seconds S]"""
import work

chosen = work.options()
import jax  # noqa: E402  (the threads must be known first)
import jax.numpy as jnp  # noqa: E402

ORDERS = {2: ("NHWC", "HWIO", "NHWC"), 3: ("NDHWC", "DHWIO", "NDHWC")}


def convolution(x, w, bias, stride, padding):
    dimensions = w.ndim - 2
    return bias + jax.lax.conv_general_dilated(
        x, w, (stride,) * dimensions, [(p, p) for p in padding], dimension_numbers=ORDERS[dimensions])


def transposed(x, w, bias, padding):
    """Stride 2 and an output padding of 1: a convolution of the widened image with the kernel turned over."""
    side = [(2 - padding, 3 - padding)] * 2
    return bias + jax.lax.conv_general_dilated(
        x, w[::-1, ::-1].swapaxes(2, 3), (1, 1), side, lhs_dilation=(2, 2), dimension_numbers=ORDERS[2])


def normalised(x, p, place):
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axes)
    variance = ((x - mean) ** 2).mean(axes)
    return (x - mean) * (p[f"{place}.gain"] / jnp.sqrt(variance + 1e-5)) + p[f"{place}.offset"]


def leaky(x, slope=work.SLOPE):
    return jax.nn.leaky_relu(x, slope)


def shower_generator(p, noise, conditions):
    x = leaky(jnp.concatenate([noise, conditions], 1) @ p["head.weight"] + p["head.bias"]).reshape(-1, 2, 2, 256)
    for place, (channels, _, first) in enumerate(work.GENERATOR):
        x = transposed(x, p[f"{place}.weight"], p[f"{place}.bias"], first)
        x = jax.nn.relu(normalised(x, p, place) if channels > 1 else x)
    return x.reshape(-1, 900)


def shower_critic(p, cells, conditions):
    x = cells.reshape(-1, 30, 30, 1)
    for place, (_, padding) in enumerate(work.CRITIC):
        x = leaky(convolution(x, p[f"{place}.weight"], p[f"{place}.bias"], 2, (padding, padding)))
    x = jnp.concatenate([x.reshape(-1, 256), conditions], 1)
    for place in range(3):
        x = x @ p[f"dense{place}.weight"] + p[f"dense{place}.bias"]
        x = leaky(x) if place < 2 else x
    return x


def shower_loss(critic, generator, real, noise, mixing):
    cells, conditions = real[:, :900], real[:, 900:]
    fake = jax.lax.stop_gradient(shower_generator(generator, noise, conditions))
    points = mixing * cells + (1 - mixing) * fake
    slope = jax.grad(lambda x: shower_critic(critic, x, conditions).sum())(points)
    penalty = ((jnp.sqrt((slope * slope).sum(1) + work.TINY) - 1) ** 2).mean()
    distance = shower_critic(critic, cells, conditions).mean() - shower_critic(critic, fake, conditions).mean()
    return work.PENALTY * penalty - distance


def clic_body(p, x, layers, activation):
    for place, (_, _, padding, is_normalised) in enumerate(layers):
        x = convolution(x, p[f"{place}.weight"], p[f"{place}.bias"], 1, padding)
        x = activation(normalised(x, p, place) if is_normalised else x)
    return x


def clic_loss(discriminator, generator, real, energy, noise):
    x = jnp.concatenate([energy, noise], 1) @ generator["head.weight"] + generator["head.bias"]
    x = x.reshape(-1, 9, 9, 8, 8).repeat(6, 1).repeat(6, 2).repeat(4, 3)
    fake = jax.lax.stop_gradient(clic_body(generator, x, work.CLIC_GENERATOR, jax.nn.relu))
    total = 0.0
    for sign, showers in ((-1, real), (1, fake)):
        x = clic_body(discriminator, showers, work.CLIC_DISCRIMINATOR, lambda x: leaky(x, work.CLIC_SLOPE))
        x = x[:, :38, :36, :14].reshape(-1, 19, 2, 18, 2, 7, 2, 8).mean((2, 4, 6)).reshape(-1, work.CLIC_POOLED)
        x = x @ discriminator["head.weight"] + discriminator["head.bias"]
        total += jax.nn.softplus(sign * x[:, :1]).mean() + 0.1 * jnp.abs((x[:, 1:] - energy) / energy).mean()
    return total


def arrays(parameters):
    return {name: jnp.asarray(value) for name, value in parameters.items()}


g, c, batch = work.reference()
with jax.enable_x64(True):
    work.require_reference(float(shower_loss(arrays(c), arrays(g), *(jnp.asarray(batch[k]) for k in ("real", "noise", "mixing")))))

n = chosen.batch
g, c, table = work.case(chosen.clic, n)
generator, critic = arrays(g), arrays(c)
state = jax.tree.map(jnp.zeros_like, (critic, critic))
table = jax.tree.map(jnp.asarray, table)


@jax.jit
def update(critic, state, position, key):
    keys = jax.random.split(key, 2)
    if chosen.clic:
        gradients = jax.grad(clic_loss)(critic, generator, *table, jax.random.normal(keys[0], (n, 255)))
        o = work.RMSPROP
        squares = jax.tree.map(lambda s, d: o["decay"] * s + (1 - o["decay"]) * d * d, state[0], gradients)
        critic = jax.tree.map(lambda p, d, s: p - o["rate"] * d / (jnp.sqrt(s) + o["epsilon"]), critic, gradients, squares)
        return critic, (squares, state[1])
    real = jax.lax.dynamic_slice_in_dim(table, position * n % len(table), n)
    gradients = jax.grad(shower_loss)(
        critic, generator, real, jax.random.normal(keys[0], (n, work.LATENT)), jax.random.uniform(keys[1], (n, 1)))
    o, t = work.ADAM, position + 1
    first = jax.tree.map(lambda m, d: o["beta1"] * m + (1 - o["beta1"]) * d, state[0], gradients)
    second = jax.tree.map(lambda v, d: o["beta2"] * v + (1 - o["beta2"]) * d * d, state[1], gradients)
    c1, c2 = 1 / (1 - o["beta1"] ** t), 1 / (1 - o["beta2"] ** t)
    critic = jax.tree.map(
        lambda p, m, v: p - o["rate"] * m * c1 / (jnp.sqrt(v * c2) + o["epsilon"]), critic, first, second)
    return critic, (first, second)


done = 0


def step():
    global critic, state, done
    critic, state = update(critic, state, done, jax.random.key(done))
    done += 1
    critic["0.weight"].block_until_ready()


work.measure("JAX " + jax.__version__, chosen, step)
