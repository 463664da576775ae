"""The environment of a benchmark's peers, installed by pip into ${TMPDIR:-/tmp}/fastsim-peers-NAME."""
import os
import subprocess
import sys
import venv
from pathlib import Path


def with_peers(name, *packages):
    """Restarts the running script in an environment that has the packages."""
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"fastsim-peers-{name}"
    python = folder / "bin" / "python"
    if Path(sys.prefix).resolve() == folder.resolve():
        return
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "ready").touch()
    os.execv(python, [str(python), *sys.argv])
