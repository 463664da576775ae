"""The digest of a dataset: python3 dataset_digest.py kaons.csv condition=P condition=ETA target=RichDLLk"""
import ast, csv, hashlib, struct, sys

path, roles = sys.argv[1], [argument.split("=", 1) for argument in sys.argv[2:]]
if path.endswith(".npy"):
    data = open(path, "rb").read()
    header = 10 if data[6] == 1 else 12
    start = header + int.from_bytes(data[8:header], "little")
    array = ast.literal_eval(data[header:start].decode("utf-8"))
    rows, width = (*array["shape"], 1)[:2]
    fields = array["descr"] if isinstance(array["descr"], list) else [(f"c{i}", array["descr"]) for i in range(width)]
    sizes = [int(kind[2:].split("[")[0]) * (4 if kind[1] == "U" else 1) for _, kind in fields]
    run, step = (rows, sizes[0]) if array["fortran_order"] else (1, sum(sizes))
    codes = dict(f4="f", f8="d", i1="b", i2="h", i4="i", i8="q", u1="B", u2="H", u4="I", u8="Q", b1="?")
    place = {name: (kind[0].replace("|", "<") + codes.get(kind[1:], "x"), start + run * sum(sizes[:i]))
             for i, (name, kind) in enumerate(fields)}
    column = lambda name: [float(struct.unpack_from(place[name][0], data, place[name][1] + row * step)[0])
                           for row in range(rows)]
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
