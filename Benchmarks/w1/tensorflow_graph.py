"""W1's critic step in TensorFlow, one graph. usage: tensorflow_graph.py [--batch N] [--threads N] [--small] [--seconds S]"""
import work

chosen = work.options()
import tensorflow as tf  # noqa: E402  (the threads must be known first)

tf.config.threading.set_intra_op_parallelism_threads(chosen.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)


def network(p, x):
    for i in range(0, len(p) - 2, 2):
        x = tf.nn.leaky_relu(tf.matmul(x, p[i]) + p[i + 1], work.SLOPE)
    return tf.matmul(x, p[-2]) + p[-1]


def norm(x):
    return tf.sqrt(tf.reduce_sum(x * x, 1) + work.TINY)


def critic_loss(critic, generator, b):
    fakes = [
        tf.stop_gradient(tf.concat([network(generator, tf.concat([z, c], 1)), c], 1))
        for z, c in ((b["z1"], b["c1"]), (b["z2"], b["c2"]))
    ]
    between = b["alpha"] * b["real"] + (1 - b["alpha"]) * fakes[0]
    second = network(critic, fakes[1])

    def witness(x):
        value = network(critic, x)
        return norm(value - second) - norm(value)

    with tf.GradientTape() as tape:
        tape.watch(between)
        total = tf.reduce_sum(witness(between))
    slope = tape.gradient(total, between)
    penalty = tf.reduce_mean(tf.maximum(norm(slope) - 1, 0) ** 2)
    energy = tf.reduce_mean(witness(b["real"]) * b["w"] * b["w2"] - witness(fakes[0]) * b["w1"] * b["w2"])
    return work.PENALTY * penalty - energy


g, c, batch, expected = work.reference()
double = lambda v: tf.constant(v, tf.float64)  # noqa: E731
loss = critic_loss([double(v) for v in c], [double(v) for v in g], {k: double(v) for k, v in batch.items()})
work.require_reference(float(loss), expected)

g, c, table, weights = work.case(chosen.small)
generator, critic = [tf.constant(v) for v in g], [tf.Variable(v) for v in c]
squares = [tf.Variable(tf.zeros_like(p)) for p in critic]
table, weights = tf.constant(table), tf.constant(weights)
n, rows = chosen.batch, len(table) - chosen.batch


@tf.function
def update(position):
    starts = [(position + k * n) % rows for k in range(3)]
    events = [tf.slice(table, [s, 0], [n, 8]) for s in starts]
    w = [tf.slice(weights, [s], [n]) for s in starts]
    b = {"real": events[0], "c1": events[1][:, 5:], "c2": events[2][:, 5:], "w": w[0], "w1": w[1], "w2": w[2]}
    b |= {"z1": tf.random.normal((n, work.LATENT)), "z2": tf.random.normal((n, work.LATENT))}
    b["alpha"] = tf.random.uniform((n, 1))
    with tf.GradientTape() as tape:
        loss = critic_loss(critic, generator, b)
    for p, s, d in zip(critic, squares, tape.gradient(loss, critic)):
        s.assign(work.DECAY * s + (1 - work.DECAY) * d * d)
        p.assign_sub(work.RATE * d / (tf.sqrt(s) + work.EPSILON))
    return loss


done = 0


def step():
    global done
    float(update(tf.constant(3 * n * done)))
    done += 1


work.measure("TensorFlow " + tf.__version__, chosen, step)
