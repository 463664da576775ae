#!/usr/bin/env python3
"""How long `make build` takes in a clean clone, and where the time goes: one line of JSON, then a table of modules.

usage: build.py [--revision REV]          REV: a commit of this repository; its HEAD by default

Every compiler is started through a wrapper that writes down its wall and processor time. Nothing is taken from a cache but
the package manager's copies of the packages' repositories.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def wrapper(folder, name, program, log):
    """A program that runs a compiler and adds a line to the log: what it compiled, and its seconds."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport runpy, sys\nsys.argv[0:1] = [{__file__!r}, '--compile', {str(log)!r}, {program!r}]\n"
                    f"runpy.run_path({__file__!r}, run_name='__main__')\n")
    path.chmod(0o755)
    return str(path)


def compile_and_record(log, program, arguments):
    begin = time.monotonic()
    status = subprocess.run([program, *arguments]).returncode
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    subject = None
    if "-module-name" in arguments and "-c" in arguments:
        subject = arguments[arguments.index("-module-name") + 1]
    elif "-emit-executable" in arguments:
        subject = "linking"
    elif "-c" in arguments:
        source = pathlib.PurePath(arguments[arguments.index("-c") + 1] if arguments[-1].endswith(".o") else arguments[-1])
        outputs = [a for a in arguments if a.endswith(".o")]
        subject = next((part[:-len(".build")] for o in outputs for part in pathlib.PurePath(o).parts if part.endswith(".build")
                        and part != ".build"), source.stem)
    if subject:
        line = {"subject": subject, "wall": time.monotonic() - begin, "cpu": used.ru_utime + used.ru_stime}
        with open(log, "a") as out:
            out.write(json.dumps(line) + "\n")
    sys.exit(status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--revision", default="HEAD")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, folder / "clone"], check=True)
        subprocess.run(["git", "-C", folder / "clone", "checkout", "--quiet", options.revision], check=True)
        log = folder / "log"
        swiftc, clang = shutil.which("swiftc"), shutil.which("clang")
        environment = dict(
            os.environ, SWIFT_EXEC=wrapper(folder, "swiftc", swiftc, log), CC=wrapper(folder, "clang", clang, log))
        begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        build = subprocess.run(["make", "build"], cwd=folder / "clone", env=environment, capture_output=True, text=True)
        wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        if build.returncode != 0:
            sys.exit("build.py: `make build` failed: " + (build.stdout + build.stderr).strip().splitlines()[-1])
        modules = {}
        for line in map(json.loads, log.read_text().splitlines()):
            seconds = modules.setdefault(line["subject"], [0.0, 0.0])
            seconds[0] += line["wall"]
            seconds[1] += line["cpu"]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rows = sorted(modules.items(), key=lambda row: -row[1][1])
    print(json.dumps({"revision": options.revision, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
                      "modules": {name: {"wall_s": round(w, 2), "cpu_s": round(c, 2)} for name, (w, c) in rows}}))
    print("\n| module | processor s | wall s |\n| --- | --- | --- |")
    for name, (w, c) in rows:
        print(f"| {name} | {c:.1f} | {w:.1f} |")
    print(f"| all of `make build` | {cpu:.0f} | {wall:.0f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--compile"]:
        compile_and_record(sys.argv[2], sys.argv[3], sys.argv[4:])
    main()
