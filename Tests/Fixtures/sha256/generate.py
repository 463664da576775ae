"""Writes sha256.csv: Python's digests of messages of many lengths. Byte i of a message is (167 i + 13) mod 251."""

import hashlib
import pathlib

lengths = [*range(0, 300), 511, 512, 513, 4095, 4096, 4097, 1_000_003]
message = bytes((167 * i + 13) % 251 for i in range(max(lengths)))
rows = [f"{n},{hashlib.sha256(message[:n]).hexdigest()}\n" for n in lengths]
pathlib.Path(__file__).with_name("sha256.csv").write_text("length,digest\n" + "".join(rows))
