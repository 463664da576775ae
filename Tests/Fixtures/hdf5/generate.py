"""Writes the HDF5 files beside this script with h5py 3.16 (HDF5 2.0): each number is a function of its place.

Element k of a dataset is k/2 - 3 where it is floating, k % 100 - 30 where it is a signed integer.
"""
import os
import h5py
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def floats(shape, kind):
    return (np.arange(np.prod(shape)) / 2 - 3).astype(kind).reshape(shape)


def integers(shape, kind):
    return (np.arange(np.prod(shape)) % 100 - 30).astype(kind).reshape(shape)


def write(name, **options):
    with h5py.File(os.path.join(here, name), "w", **options) as file:
        file["incident_energies"] = floats((11, 1), "<f8")
        file["px"] = floats((11,), ">f8")
        file["charge"] = integers((11,), ">i2")
        file.create_dataset("run", data=integers((11,), "<i8"), chunks=(4,), compression="gzip", fletcher32=True)
        file["good"] = np.arange(11) % 3 == 0
        file["showers"] = floats((11, 3, 4), "<f4")
        file.create_dataset("chunked", data=floats((11, 3, 4), "<f4"), chunks=(4, 2, 3))
        file.create_dataset(
            "packed", data=floats((11, 3, 4), ">f8"), chunks=(3, 3, 3), compression="gzip", shuffle=True)
        file.create_dataset("checked", data=floats((11, 3, 4), "<f4"), chunks=(11, 1, 4), fletcher32=True)
        file.attrs["note"] = "made by generate.py"
        inner = file.create_group("inner")
        inner["whole"] = integers((11, 12), "i4")
        inner["self"] = file["/"]
        file["soft"] = h5py.SoftLink("/showers")
        for number in range(20):
            inner[f"c{number:02d}"] = floats((2,), "<f4")


write("classic.h5")
write("user_block.h5", userblock_size=512)
with h5py.File(os.path.join(here, "latest.h5"), "w", libver="latest") as file:
    file["incident_energies"] = floats((11, 1), "<f8")
    file["showers"] = floats((11, 3, 4), "<f4")
    file["small"] = integers((11,), "i1")
with h5py.File(os.path.join(here, "refused.h5"), "w") as file:
    file["energies"] = floats((11,), "<f8")
    file["words"] = np.array([b"one", b"two"])
    file["record"] = np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])
    file["complex"] = np.zeros(3, dtype="c16")
    file["half"] = np.zeros((3, 4), dtype="f2")
    file.create_dataset("lzf", data=floats((11, 3), "<f4"), compression="lzf")
    file.create_dataset("gaps", shape=(100, 4), dtype="f4", chunks=(10, 4))
    file["gaps"][:10] = 1
    file.create_dataset("nothing", shape=(5, 4), dtype="f4")
