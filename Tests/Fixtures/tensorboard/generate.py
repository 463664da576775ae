"""Writes logs/ and expected.json beside this script, with TensorBoard's own writer and tensorboardX.

    python3 -m venv venv && venv/bin/pip install tensorboard==2.21.0 tensorboardX==2.6.5 && venv/bin/python generate.py

expected.json holds what TensorBoard's own reader finds, floats as the hexadecimal of their float64 bits.
"""
import glob, json, os, shutil, struct

import numpy
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar import summary_v2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_ndarray
from tensorboardX import SummaryWriter

FOLDER = os.path.dirname(os.path.abspath(__file__))
LOGS = os.path.join(FOLDER, "logs")
START = 1_700_000_000.0


def bits(value):
    return struct.pack(">d", value).hex()


def renamed(folder, number=0):
    """Event files carry the host's name; here they carry none."""
    for path in glob.glob(os.path.join(folder, "events.out.tfevents.*")):
        if not path.endswith(".host"):
            os.rename(path, os.path.join(folder, f"events.out.tfevents.{1700000000 + number}.host"))


def old_style(name):
    """float32 values in simple_value, as PyTorch and tensorboardX write them."""
    folder = os.path.join(LOGS, name)
    writer = SummaryWriter(folder)
    odd = [0.1, 1 / 3, float("nan"), float("inf"), float("-inf"), -0.0, 1e-45, 3.4e38]
    for place, step in enumerate([0, 1, 2, 5, 8, 100, 101, 300]):
        writer.add_scalar("loss/train", odd[place], step, walltime=START + step)
        if step % 2 == 0:
            writer.add_scalar("rate", 0.001 * 0.5 ** place, step, walltime=START + step)
    writer.add_scalar("rate", 7.0, 100, walltime=START + 400)  # once more
    writer.add_text("config", "seed: 1", 0, walltime=START)
    writer.add_histogram("weights", numpy.arange(10.0), 0, walltime=START)
    writer.close()
    renamed(folder)


def new_style(name, steps, number=0, restart=None, value=lambda step: step / 7):
    """Tensors with the plugin's name, as TensorFlow 2 writes them."""
    folder = os.path.join(LOGS, name)
    writer = EventFileWriter(folder)
    if restart is not None:
        log = SessionLog(status=SessionLog.START)
        writer.add_event(Event(wall_time=START + restart, step=restart, session_log=log))
    for step in steps:
        summary = summary_v2.scalar_pb("epoch_loss", numpy.float32(value(step)), description="per epoch")
        writer.add_event(Event(wall_time=START + step, step=step, summary=summary))
    writer.close()
    renamed(folder, number)


def truncated(name):
    """A writer that was killed in the middle of a record."""
    new_style(name, range(5))
    path = os.path.join(LOGS, name, "events.out.tfevents.1700000000.host")
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) - 7)


def read(folder):
    """What the pages of TensorBoard show: a restart drops what came after its step; repeated steps are all there."""
    accumulator = EventAccumulator(folder, tensor_size_guidance={"scalars": 0})
    accumulator.Reload()
    return {
        tag: [[event.step, event.wall_time, bits(float(make_ndarray(event.tensor_proto)))]
              for event in accumulator.Tensors(tag)]
        for tag in accumulator.Tags()["tensors"]
        if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "scalars"
    }


shutil.rmtree(LOGS, ignore_errors=True)
old_style("old")
new_style("sweep/a/train", range(0, 30, 10))
new_style("sweep/a/validation", range(3), value=lambda step: float("nan") if step == 1 else -step)
new_style("resumed", range(6), restart=0)
new_style("resumed", range(3, 9), number=1, restart=3, value=lambda step: 100 + step)
truncated("truncated")
expected = {os.path.relpath(folder, LOGS): read(folder) for folder in sorted({
    os.path.dirname(path) for path in glob.glob(os.path.join(LOGS, "**", "events.out.tfevents.*"), recursive=True)})}
with open(os.path.join(FOLDER, "expected.json"), "w") as file:
    json.dump(expected, file, indent=1, sort_keys=True)
    file.write("\n")
