"""What every peer logs: runs of so many steps of ten series, twenty parameters a run, values made before the clock starts."""
import random
import resource
import time

SERIES = ["loss_g", "loss_d", "wgan_gp", "val_auc", "chi2_shower", "grad_g", "grad_d", "lr_g", "w_mean", "step_time"]


def parameters(run):
    rates, kinds = ["0.0001", "0.001", "0.002", "0.005"], ["wgan", "lsgan", "hinge"]
    chosen = {"lr": rates[run % 4], "batch": str(64 << (run % 3)), "seed": str(run), "arch": kinds[run % 3]}
    return chosen | {f"opt_{index}": f"value-{(run * 7 + index) % 11}" for index in range(16)}


def values(run, steps):
    numbers = random.Random(run)
    return [[1 + numbers.random() for _ in SERIES] for _ in range(steps)]


class Clock:
    """Wall clock and processor time of a part of the program."""

    def __enter__(self):
        self.began, self.cpu = time.perf_counter(), self.processor()
        return self

    def __exit__(self, *_):
        self.seconds, self.cpu = time.perf_counter() - self.began, self.processor() - self.cpu

    @staticmethod
    def processor():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    def line(self, tool, points):
        return {
            "tool": tool, "points": points, "s": round(self.seconds, 4), "cpu_s": round(self.cpu, 4),
            "points_per_s": round(points / self.seconds), "points_per_cpu_s": round(points / max(self.cpu, 1e-9))}
