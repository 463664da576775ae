"""W1's critic step in PyTorch, eager. usage: pytorch.py [--batch N] [--threads N] [--small] [--seconds S]"""
import work

chosen = work.options()
import torch  # noqa: E402  (the threads must be known first)

torch.set_num_threads(chosen.threads)


def network(p, x):
    for i in range(0, len(p) - 2, 2):
        x = torch.nn.functional.leaky_relu(torch.addmm(p[i + 1], x, p[i]), work.SLOPE)
    return torch.addmm(p[-1], x, p[-2])


def norm(x):
    return torch.sqrt((x * x).sum(1) + work.TINY)


def critic_loss(generator, critic, b):
    with torch.no_grad():
        fakes = [torch.cat([network(generator, torch.cat([z, c], 1)), c], 1) for z, c in ((b["z1"], b["c1"]), (b["z2"], b["c2"]))]
    between = (b["alpha"] * b["real"] + (1 - b["alpha"]) * fakes[0]).requires_grad_()
    second = network(critic, fakes[1])

    def witness(x):
        value = network(critic, x)
        return norm(value - second) - norm(value)

    slope, = torch.autograd.grad(witness(between).sum(), between, create_graph=True)
    penalty = (torch.clamp(norm(slope) - 1, min=0) ** 2).mean()
    energy = (witness(b["real"]) * b["w"] * b["w2"] - witness(fakes[0]) * b["w1"] * b["w2"]).mean()
    return work.PENALTY * penalty - energy


def tensors(values, kind):
    return [torch.tensor(v, dtype=kind).requires_grad_() for v in values]


g, c, batch, expected = work.reference()
double = {k: torch.tensor(v, dtype=torch.float64) for k, v in batch.items()}
work.require_reference(critic_loss(tensors(g, torch.float64), tensors(c, torch.float64), double).item(), expected)

g, c, table, weights = work.case(chosen.small)
generator, critic = tensors(g, torch.float32), tensors(c, torch.float32)
squares = [torch.zeros_like(p) for p in critic]
table, weights = torch.from_numpy(table), torch.from_numpy(weights)
position, n = 0, chosen.batch


def step():
    global position
    rows = [slice((position + k * n) % (len(table) - n), (position + k * n) % (len(table) - n) + n) for k in range(3)]
    position += 3 * n
    b = {"real": table[rows[0]], "c1": table[rows[1], 5:], "c2": table[rows[2], 5:]}
    b |= {"w": weights[rows[0]], "w1": weights[rows[1]], "w2": weights[rows[2]]}
    b |= {"z1": torch.randn(n, work.LATENT), "z2": torch.randn(n, work.LATENT), "alpha": torch.rand(n, 1)}
    gradients = torch.autograd.grad(critic_loss(generator, critic, b), critic)
    with torch.no_grad():
        torch._foreach_mul_(squares, work.DECAY)
        torch._foreach_addcmul_(squares, gradients, gradients, 1 - work.DECAY)
        roots = torch._foreach_sqrt(squares)
        torch._foreach_add_(roots, work.EPSILON)
        torch._foreach_addcdiv_(critic, gradients, roots, -work.RATE)


work.measure("PyTorch " + torch.__version__.split("+")[0], chosen, step)
