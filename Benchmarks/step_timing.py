"""What the benchmarks of training steps share: pinned threads, reference numbers, timing."""
import argparse
import json
import os
import resource
import statistics
import time


def options(batch, *flags):
    """The command line, with the process pinned to its cores before any library looks at them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--least", type=int, default=7, help="steps that are timed at least")
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    chosen = parser.parse_args()
    os.sched_setaffinity(0, set(range(chosen.threads)))
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ[name] = str(chosen.threads)
    os.environ.update(TF_NUM_INTEROP_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", JAX_PLATFORMS="cpu")
    return chosen


class Values:
    """The numbers of the reference cases: a linear congruential generator's in [-1, 1)."""

    def __init__(self):
        self.state = 12345

    def draw(self, *shape):
        import numpy

        values = numpy.empty(int(numpy.prod(shape)))
        for place in range(len(values)):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            values[place] = 2 * (self.state / 2**32) - 1
        return values.reshape(shape)


def measure(bench, tool, chosen, step):
    """Times `step()`, which must have done its work when it returns, and prints one line of JSON."""
    began = process_age()
    step()
    first = process_age()
    for _ in range(2 if chosen.least > 2 else 0):
        step()
    times, used = [], time.process_time()
    while sum(times) < chosen.seconds or len(times) < chosen.least:
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    print(json.dumps({
        "bench": bench, "tool": tool, "threads": chosen.threads, "batch": chosen.batch,
        "steps": len(times), "ms_per_step": round(1e3 * statistics.median(times), 4),
        "best_ms_per_step": round(1e3 * min(times), 4), "start_to_first_step_s": round(first, 3),
        "processor_ms_per_step": round(1e3 * (time.process_time() - used) / len(times), 4),
        "prepared_s": round(began, 3), "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }))


def process_age():
    """Seconds since this process began."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
