#!/usr/bin/env python3
"""What logging costs a step of training: the same steps with a store at every other step, and with one store at the end.

usage: training_cost.py [--steps 300] [--rounds 5]

Trains the model of Examples/rich-kaon.yaml. An epoch is stored with its history, its parameters' digest and, every fifth
time, a checkpoint. `storing_an_epoch_ms` is the difference of both trainings over the difference of their epochs; storing
every second step makes it large enough to be seen. An epoch of the example has 100 steps; `percent` is what its storing
adds to them. Both trainings run on one pinned core, taking turns; the smallest times count. Prints one line of JSON.
"""
import argparse
import json
import re

from common import FASTSIM, ROOT, folder, process

STEPS_AN_EPOCH = 100


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    # Less data and no judging: neither is a part of a step.
    text = (ROOT / "Examples" / "rich-kaon.yaml").read_text().split("  # Pions")[0]
    text = re.sub(r"rows: \d+", "rows: 20000", re.sub(r"measures: .*", "measures: [moments]", text))
    times = {"often": [], "once": []}
    epochs = {"often": chosen.steps // 2, "once": 1}
    with folder() as place:
        for number in range(chosen.rounds):
            for name, count in epochs.items():
                config = place / f"{name}.yaml"
                changed = re.sub(r"(?m)^  epochs: \d+", f"  epochs: {count}", text)
                changed = re.sub(r"(?m)^  steps: \d+", f"  steps: {chosen.steps // count}", changed)
                config.write_text(re.sub(r"(?m)^  every: \d+", f"  every: {10 * chosen.steps}", changed))
                store = place / f"{name}-{number}.sqlite"
                words = ["taskset", "-c", "0", FASTSIM, "train", config, "--threads", 1, "--quiet", "--store", store]
                times[name].append(process(words, 1))
    result = {"steps": chosen.steps, "epochs_stored": epochs["often"]}
    for kind, key in [("wall", "ms"), ("cpu", "cpu_ms")]:
        often, once = (min(time[key] for time in times[name]) for name in ["often", "once"])
        storing = (often - once) / (epochs["often"] - epochs["once"])
        result[kind] = {
            "storing_an_epoch_ms": round(storing, 3), "training_ms": once,
            "percent": round(100 * storing / (STEPS_AN_EPOCH * once / chosen.steps), 3)}
    print(json.dumps(result))


main()
