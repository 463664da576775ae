"""W1's critic step in JAX, one jitted function. usage: jax_jit.py [--batch N] [--threads N] [--small] [--seconds S]"""
import work

chosen = work.options()
import jax  # noqa: E402  (the threads must be known first)
import jax.numpy as jnp  # noqa: E402


def network(p, x):
    for i in range(0, len(p) - 2, 2):
        x = jax.nn.leaky_relu(x @ p[i] + p[i + 1], work.SLOPE)
    return x @ p[-2] + p[-1]


def norm(x):
    return jnp.sqrt((x * x).sum(1) + work.TINY)


def critic_loss(critic, generator, b):
    fakes = [
        jax.lax.stop_gradient(jnp.concatenate([network(generator, jnp.concatenate([z, c], 1)), c], 1))
        for z, c in ((b["z1"], b["c1"]), (b["z2"], b["c2"]))
    ]
    between = b["alpha"] * b["real"] + (1 - b["alpha"]) * fakes[0]
    second = network(critic, fakes[1])

    def witness(x):
        value = network(critic, x)
        return norm(value - second) - norm(value)

    slope = jax.grad(lambda x: witness(x).sum())(between)
    penalty = (jnp.maximum(norm(slope) - 1, 0) ** 2).mean()
    energy = (witness(b["real"]) * b["w"] * b["w2"] - witness(fakes[0]) * b["w1"] * b["w2"]).mean()
    return work.PENALTY * penalty - energy


g, c, batch, expected = work.reference()
with jax.enable_x64(True):
    loss = critic_loss([jnp.asarray(v) for v in c], [jnp.asarray(v) for v in g], {k: jnp.asarray(v) for k, v in batch.items()})
work.require_reference(float(loss), expected)

g, c, table, weights = work.case(chosen.small)
generator, critic = [jnp.asarray(v) for v in g], [jnp.asarray(v) for v in c]
squares = [jnp.zeros_like(p) for p in critic]
table, weights = jnp.asarray(table), jnp.asarray(weights)
n, rows = chosen.batch, len(table) - chosen.batch


@jax.jit
def update(critic, squares, position, key):
    starts = [(position + k * n) % rows for k in range(3)]
    events = [jax.lax.dynamic_slice_in_dim(table, s, n) for s in starts]
    w = [jax.lax.dynamic_slice_in_dim(weights, s, n) for s in starts]
    keys = jax.random.split(key, 3)
    b = {"real": events[0], "c1": events[1][:, 5:], "c2": events[2][:, 5:], "w": w[0], "w1": w[1], "w2": w[2]}
    b |= {"z1": jax.random.normal(keys[0], (n, work.LATENT)), "z2": jax.random.normal(keys[1], (n, work.LATENT))}
    b["alpha"] = jax.random.uniform(keys[2], (n, 1))
    gradients = jax.grad(critic_loss)(critic, generator, b)
    squares = [work.DECAY * s + (1 - work.DECAY) * d * d for s, d in zip(squares, gradients)]
    critic = [p - work.RATE * d / (jnp.sqrt(s) + work.EPSILON) for p, d, s in zip(critic, gradients, squares)]
    return critic, squares


done = 0


def step():
    global critic, squares, done
    critic, squares = update(critic, squares, 3 * n * done, jax.random.key(done))
    done += 1
    critic[0].block_until_ready()


work.measure("JAX " + jax.__version__, chosen, step)
