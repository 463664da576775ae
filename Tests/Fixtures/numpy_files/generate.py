"""Writes the files of this folder with NumPy, for tests that must not need it.

Run: python3 generate.py (NumPy 2.4)
"""
import os
import warnings
import zipfile

import numpy

os.chdir(os.path.dirname(os.path.abspath(__file__)))
warnings.simplefilter("ignore")

# layouts.npz: the numbers k * 3 % 7 for k = 0..11 as 4 rows of 3, in every type, version and order: f4_1C, f4_1F, ...
members = {}
for name in ["<f4", ">f8", "<i1", ">i2", "<i4", ">i8", "<u1", ">u2", "<u4", ">u8", "|b1"]:
    values = (numpy.arange(12) * 3 % 7).reshape(4, 3).astype(name)
    for version in [1, 2, 3]:
        for order in "CF":
            members[f"{name[1:]}_{version}{order}"] = (numpy.array(values, order=order), (version, 0))
with zipfile.ZipFile("layouts.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    for name, (values, version) in members.items():
        with archive.open(zipfile.ZipInfo(name + ".npy"), "w") as file:
            numpy.lib.format.write_array(file, values, version)

# compressed.npz: a column that repeats after 100 rows and one that counts, 30 000 rows each.
rows = numpy.arange(30_000)
numpy.savez_compressed("compressed.npz", P=numpy.sqrt(rows % 100.0), n=rows.astype(">i4"))

# mixed.npy: fields of several types, aligned, so that there are gaps between them, and one that is no number.
record = numpy.zeros(3, numpy.dtype([("it's", "u1"), ("b", ">f4"), ("s", "S5"), ("c", "<i2"), ("d", "?")], align=True))
record["it's"], record["b"], record["c"], record["d"] = [255, 1, 2], [0.5, -1, 2], [-32768, 0, 7], [True, False, True]
numpy.save("mixed.npy", record)

# plain.npy, unicode.npy, unicode.npz: a table of two columns.
P = numpy.sqrt(numpy.arange(100.0))
for file, name in [("plain.npy", "ETA"), ("unicode.npy", "η")]:
    table = numpy.zeros(100, [("P", "<f8"), (name, "<f8")])
    table["P"], table[name] = P, -P
    numpy.save(file, table)
numpy.savez("unicode.npz", P=P, η=-P)

# wide.npz: sizes in the 64-bit records of zip, which NumPy uses beyond 4 GB; a small limit stands in for a large file.
zipfile.ZIP64_LIMIT = 100
numpy.savez("wide.npz", P=numpy.arange(50.0), n=numpy.arange(50))
