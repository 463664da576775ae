"""The digest of a dataset: python3 dataset_digest.py kaons.csv condition=P condition=ETA target=RichDLLk"""
import csv, hashlib, struct, sys

path, roles = sys.argv[1], [argument.split("=", 1) for argument in sys.argv[2:]]
if path.endswith(".npy"):
    import numpy
    array = numpy.load(path)
    if not array.dtype.names:
        array = {f"c{i}": values for i, values in enumerate(array.reshape(len(array), -1).T)}
    column = lambda name: [float(value) for value in array[name]]
else:
    with open(path, newline="", encoding="utf-8-sig") as file:
        delimiter = max(",;\t", key=file.readline().count)
        file.seek(0)
        header, *rows = filter(None, csv.reader(file, delimiter=delimiter))
    place = {name.strip() or f"c{i}": i for i, name in enumerate(header)}
    column = lambda name: [float(row[place[name]].strip() or "nan") for row in rows]

whole = hashlib.sha256(b"fastsim dataset 1\n")
for role, name in roles:
    values = column(name)
    head = f"fastsim column 1\n{name}\nfloat64\n{len(values)}\n".encode()
    digest = hashlib.sha256(head + struct.pack(f"<{len(values)}d", *values)).hexdigest()
    whole.update(f"{role}\t{digest}\n".encode())
    print(digest, role, name)
print(whole.hexdigest(), "dataset")
