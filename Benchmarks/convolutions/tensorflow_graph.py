"""The convolutional steps in TensorFlow, one graph. usage: tensorflow_graph.py [--clic] [--batch N] [--threads N] [--seconds S]"""
import work

chosen = work.options()
import tensorflow as tf  # noqa: E402  (the threads must be known first)

tf.config.threading.set_intra_op_parallelism_threads(chosen.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)


def padded(x, padding):
    if not any(padding):
        return x
    return tf.pad(x, [[0, 0]] + [[p, p] for p in padding] + [[0, 0]])


def transposed(x, w, bias, edge, first):
    """Stride 2: the whole transposed convolution, of which the edge is omitted."""
    full = 2 * x.shape[1] + 1
    x = tf.nn.conv2d_transpose(x, w, [x.shape[0], full, full, w.shape[2]], 2, "VALID")
    return tf.nn.bias_add(x[:, first:first + edge, first:first + edge], bias)


def normalised(x, p, place):
    if x.dtype == tf.float32 and len(x.shape) == 4:
        return tf.compat.v1.nn.fused_batch_norm(x, p[f"{place}.gain"], p[f"{place}.offset"], epsilon=1e-5)[0]
    mean, variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
    return tf.nn.batch_normalization(x, mean, variance, p[f"{place}.offset"], p[f"{place}.gain"], 1e-5)


def shower_generator(p, noise, conditions):
    x = tf.nn.leaky_relu(tf.matmul(tf.concat([noise, conditions], 1), p["head.weight"]) + p["head.bias"], work.SLOPE)
    x = tf.reshape(x, (x.shape[0], 2, 2, 256))
    for place, (channels, edge, first) in enumerate(work.GENERATOR):
        x = transposed(x, p[f"{place}.weight"], p[f"{place}.bias"], edge, first)
        x = tf.nn.relu(normalised(x, p, place) if channels > 1 else x)
    return tf.reshape(x, (x.shape[0], 900))


def shower_critic(p, cells, conditions):
    x = tf.reshape(cells, (cells.shape[0], 30, 30, 1))
    for place, (_, padding) in enumerate(work.CRITIC):
        x = tf.nn.conv2d(padded(x, (padding, padding)), p[f"{place}.weight"], 2, "VALID")
        x = tf.nn.leaky_relu(tf.nn.bias_add(x, p[f"{place}.bias"]), work.SLOPE)
    x = tf.concat([tf.reshape(x, (x.shape[0], 256)), conditions], 1)
    for place in range(3):
        x = tf.matmul(x, p[f"dense{place}.weight"]) + p[f"dense{place}.bias"]
        x = tf.nn.leaky_relu(x, work.SLOPE) if place < 2 else x
    return x


def shower_loss(critic, generator, real, noise, mixing):
    cells, conditions = real[:, :900], real[:, 900:]
    fake = tf.stop_gradient(shower_generator(generator, noise, conditions))
    points = mixing * cells + (1 - mixing) * fake
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(shower_critic(critic, points, conditions))
    slope = tape.gradient(total, points)
    penalty = tf.reduce_mean((tf.sqrt(tf.reduce_sum(slope * slope, 1) + work.TINY) - 1) ** 2)
    distance = tf.reduce_mean(shower_critic(critic, cells, conditions)) - tf.reduce_mean(shower_critic(critic, fake, conditions))
    return work.PENALTY * penalty - distance


def clic_body(p, x, layers, activation):
    for place, (_, _, padding, is_normalised) in enumerate(layers):
        x = tf.nn.conv3d(padded(x, padding), p[f"{place}.weight"], [1] * 5, "VALID") + p[f"{place}.bias"]
        x = activation(normalised(x, p, place) if is_normalised else x)
    return x


def clic_loss(discriminator, generator, real, energy, noise):
    x = tf.matmul(tf.concat([energy, noise], 1), generator["head.weight"]) + generator["head.bias"]
    x = tf.reshape(x, (-1, 9, 9, 8, 8))
    x = tf.repeat(tf.repeat(tf.repeat(x, 6, 1), 6, 2), 4, 3)
    fake = tf.stop_gradient(clic_body(generator, x, work.CLIC_GENERATOR, tf.nn.relu))
    total = 0.0
    for sign, showers in ((-1.0, real), (1.0, fake)):
        x = clic_body(discriminator, showers, work.CLIC_DISCRIMINATOR, lambda x: tf.nn.leaky_relu(x, work.CLIC_SLOPE))
        x = tf.reshape(tf.nn.avg_pool3d(x, 2, 2, "VALID"), (-1, work.CLIC_POOLED))
        x = tf.matmul(x, discriminator["head.weight"]) + discriminator["head.bias"]
        total += tf.reduce_mean(tf.nn.softplus(sign * x[:, :1])) + 0.1 * tf.reduce_mean(tf.abs((x[:, 1:] - energy) / energy))
    return total


def tensors(parameters, make=tf.constant):
    return {name: make(value) for name, value in parameters.items()}


g, c, batch = work.reference()
work.require_reference(float(shower_loss(tensors(c), tensors(g), *(tf.constant(batch[k]) for k in ("real", "noise", "mixing")))))

n = chosen.batch
g, c, table = work.case(chosen.clic, n)
generator, critic = tensors(g), tensors(c, tf.Variable)
first, second = ({name: tf.Variable(tf.zeros_like(p)) for name, p in critic.items()} for _ in range(2))
table = tuple(tf.constant(part) for part in table) if chosen.clic else tf.constant(table)


@tf.function
def update(position):
    with tf.GradientTape() as tape:
        if chosen.clic:
            loss = clic_loss(critic, generator, *table, tf.random.normal((n, 255)))
        else:
            real = tf.ensure_shape(tf.slice(table, [position * n % len(table), 0], [n, 905]), (n, 905))
            loss = shower_loss(critic, generator, real, tf.random.normal((n, work.LATENT)), tf.random.uniform((n, 1)))
    gradients = tape.gradient(loss, critic)
    for name, p in critic.items():
        d = gradients[name]
        if chosen.clic:
            o = work.RMSPROP
            first[name].assign(o["decay"] * first[name] + (1 - o["decay"]) * d * d)
            p.assign_sub(o["rate"] * d / (tf.sqrt(first[name]) + o["epsilon"]))
            continue
        o, t = work.ADAM, tf.cast(position + 1, tf.float32)
        first[name].assign(o["beta1"] * first[name] + (1 - o["beta1"]) * d)
        second[name].assign(o["beta2"] * second[name] + (1 - o["beta2"]) * d * d)
        c1, c2 = 1 / (1 - o["beta1"] ** t), 1 / (1 - o["beta2"] ** t)
        p.assign_sub(o["rate"] * first[name] * c1 / (tf.sqrt(second[name] * c2) + o["epsilon"]))
    return loss


done = 0


def step():
    global done
    float(update(tf.constant(done)))
    done += 1


work.measure("TensorFlow " + tf.__version__, chosen, step)
