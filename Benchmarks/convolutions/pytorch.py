"""The convolutional steps in PyTorch, eager, channels last. usage: pytorch.py [--clic] [--batch N] [--threads N] [--seconds S]"""
import work

chosen = work.options()
import torch  # noqa: E402  (the threads must be known first)
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(chosen.threads)


def load(parameters, kind, transposed=False):
    """Weights in PyTorch's order: filters, channels, kernel."""
    result = {}
    for name, value in parameters.items():
        value = torch.tensor(value, dtype=kind)
        if value.dim() == 4:
            value = value.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
        if value.dim() == 5:
            value = value.permute(4, 3, 0, 1, 2).contiguous(memory_format=torch.channels_last_3d)
        result[name] = value.requires_grad_()
    return result


def normalised(x, p, place):
    return F.batch_norm(x, None, None, p[f"{place}.gain"], p[f"{place}.offset"], training=True)


def shower_generator(p, noise, conditions):
    x = F.leaky_relu(torch.addmm(p["head.bias"], torch.cat([noise, conditions], 1), p["head.weight"]), work.SLOPE)
    x = x.view(-1, 2, 2, 256).permute(0, 3, 1, 2)
    for place, (channels, _, first) in enumerate(work.GENERATOR):
        x = F.conv_transpose2d(x, p[f"{place}.weight"], p[f"{place}.bias"], stride=2, padding=first, output_padding=1)
        x = F.relu(normalised(x, p, place) if channels > 1 else x)
    return x.reshape(-1, 900)


def shower_critic(p, cells, conditions):
    x = cells.view(-1, 1, 30, 30)
    for place, (_, padding) in enumerate(work.CRITIC):
        x = F.leaky_relu(F.conv2d(x, p[f"{place}.weight"], p[f"{place}.bias"], stride=2, padding=padding), work.SLOPE)
    x = torch.cat([x.flatten(1), conditions], 1)
    for place in range(3):
        x = torch.addmm(p[f"dense{place}.bias"], x, p[f"dense{place}.weight"])
        x = F.leaky_relu(x, work.SLOPE) if place < 2 else x
    return x


def shower_loss(generator, critic, real, noise, mixing):
    cells, conditions = real[:, :900], real[:, 900:]
    with torch.no_grad():
        fake = shower_generator(generator, noise, conditions)
    points = (mixing * cells + (1 - mixing) * fake).requires_grad_()
    slope, = torch.autograd.grad(shower_critic(critic, points, conditions).sum(), points, create_graph=True)
    penalty = ((torch.sqrt((slope * slope).sum(1) + work.TINY) - 1) ** 2).mean()
    distance = shower_critic(critic, cells, conditions).mean() - shower_critic(critic, fake, conditions).mean()
    return work.PENALTY * penalty - distance


def clic_body(p, x, layers, activation):
    for place, (_, _, padding, is_normalised) in enumerate(layers):
        x = F.conv3d(x, p[f"{place}.weight"], p[f"{place}.bias"], padding=padding)
        x = activation(normalised(x, p, place) if is_normalised else x)
    return x


def clic_loss(generator, discriminator, real, energy, noise):
    with torch.no_grad():
        x = torch.addmm(generator["head.bias"], torch.cat([energy, noise], 1), generator["head.weight"])
        x = x.view(-1, 9, 9, 8, 8).permute(0, 4, 1, 2, 3)
        x = x.repeat_interleave(6, 2).repeat_interleave(6, 3).repeat_interleave(4, 4)
        fake = clic_body(generator, x.contiguous(memory_format=torch.channels_last_3d), work.CLIC_GENERATOR, F.relu)
    losses = []
    for sign, showers in ((-1, real), (1, fake)):
        x = clic_body(discriminator, showers, work.CLIC_DISCRIMINATOR, lambda x: F.leaky_relu(x, work.CLIC_SLOPE))
        x = F.avg_pool3d(x, 2).permute(0, 2, 3, 4, 1).flatten(1)
        x = torch.addmm(discriminator["head.bias"], x, discriminator["head.weight"])
        losses.append(F.softplus(sign * x[:, :1]).mean() + 0.1 * ((x[:, 1:] - energy) / energy).abs().mean())
    return losses[0] + losses[1]


g, c, batch = work.reference()
double = {k: torch.tensor(v, dtype=torch.float64) for k, v in batch.items()}
work.require_reference(
    shower_loss(load(g, torch.float64), load(c, torch.float64), double["real"], double["noise"], double["mixing"]).item())

n = chosen.batch
g, c, table = work.case(chosen.clic, n)
generator, critic = load(g, torch.float32), load(c, torch.float32)
if chosen.clic:
    showers = torch.from_numpy(table[0]).permute(0, 4, 1, 2, 3).contiguous(memory_format=torch.channels_last_3d)
    energy = torch.from_numpy(table[1])
    optimiser = torch.optim.RMSprop(critic.values(), lr=work.RMSPROP["rate"], alpha=0.9, eps=work.RMSPROP["epsilon"])
else:
    table = torch.from_numpy(table)
    optimiser = torch.optim.Adam(critic.values(), lr=1e-4, betas=(0.5, 0.9), eps=1e-8, fused=True)
position = 0


def step():
    global position
    optimiser.zero_grad(set_to_none=True)
    if chosen.clic:
        loss = clic_loss(generator, critic, showers, energy, torch.randn(n, 255))
    else:
        real = table[position:position + n]
        position = (position + n) % len(table)
        loss = shower_loss(generator, critic, real, torch.randn(n, work.LATENT), torch.rand(n, 1))
    loss.backward()
    optimiser.step()


work.measure("PyTorch " + torch.__version__.split("+")[0], chosen, step)
