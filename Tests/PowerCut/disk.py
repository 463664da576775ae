"""A disk that loses power: what was recorded of a process, and the folders that a cut could leave.

The model, which is that of ALICE and CrashMonkey with the order of names that a journal keeps:

- A cut falls between two recorded calls. What was synced before it is there.
- Data of a file since its last fsync or fdatasync: every sector of 512 bytes of every write is there or is not, in any order.
  A sector itself is complete. Bytes next to a write are not touched (SQLite's `powersafe overwrite`).
- Sizes of a file since its last sync: some first part of the calls that changed it happened. Where the size grew and the
  data did not arrive there are zeros, or garbage. What was written behind a truncation that did not happen isn't there.
- Names of a folder (create, link, rename, unlink, mkdir) since the folder's last fsync: some first part happened, another
  one for each folder; a move from one folder to another happens in both or in none. Syncing a file syncs none of its
  names; POSIX promises no more than that, though ext4 does.
- What is mapped into memory is no state of the disk: SQLite's `-shm` files are omitted.
"""
import os
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass
class Event:
    """A recorded call; record.c says what the numbers mean."""
    kind: str
    a: int
    b: int
    c: int
    bytes: bytes


def read_events(path):
    events = []
    with open(path, "rb") as file:
        while line := file.readline():
            kind, a, b, c, length = line.split()
            events.append(Event(kind.decode(), int(a), int(b), int(c), file.read(int(length))))
    return events


@dataclass(eq=False)
class StoredFile:
    durable: bytes = b""
    # ("write", offset, bytes) and ("size", size), since the last sync.
    pending: list = field(default_factory=list)

    def sync(self):
        if self.pending:
            self.durable, self.pending = bytes(self.after(AllOfIt())), []

    def after(self, fate):
        """The content that a cut leaves."""
        content = bytearray(self.durable)
        resizes, size = [], len(content)
        for place, call in enumerate(self.pending):
            end = call[1] if call[0] == "size" else max(size, call[1] + len(call[2]))
            if end != size:
                resizes.append(place)
            size = end
        # The first call that changed the size and did not happen, and what it would have cut the file to.
        last = fate.part(len(resizes))
        stop = resizes[last] if last < len(resizes) else len(self.pending)
        shortest = None
        for place, call in enumerate(self.pending):
            if call[0] == "size":
                if place >= stop:
                    shortest = call[1] if shortest is None else min(shortest, call[1])
                elif call[1] < len(content):
                    del content[call[1]:]
                else:
                    content.extend(fate.filling(call[1] - len(content)))
                continue
            _, offset, data = call
            end = offset + len(data)
            if end > len(content) and place < stop:
                content.extend(fate.filling(end - len(content)))
            limit = len(content) if shortest is None else min(len(content), shortest)
            arrives = fate.call()
            at = offset
            while at < end:
                until = min(end, (at // SECTOR + 1) * SECTOR)
                if until <= limit and arrives(at):
                    content[at:until] = data[at - offset:until - offset]
                at = until
        return content


@dataclass(eq=False)
class Renaming:
    """A change of a folder's names."""
    # The name that goes, the name that comes with what it stands for; None for neither.
    goes: str | None = None
    comes: str | None = None
    what: object = None
    # Of a name that goes to another folder: that folder, and its change. Both happen together.
    moved: tuple | None = None


@dataclass(eq=False)
class StoredFolder:
    durable: dict = field(default_factory=dict)
    # Since the last sync.
    pending: list = field(default_factory=list)

    def sync(self):
        for change in self.pending:
            if change.moved:
                folder, arrival = change.moved
                folder.sync_until(arrival)
        self.durable, self.pending = self.entries(AllOfIt()), []

    def sync_until(self, change):
        if change in self.pending:
            count = self.pending.index(change) + 1
            rest, self.pending = self.pending[count:], self.pending[:count]
            self.sync()
            self.pending = rest

    def entries(self, fate):
        entries = dict(self.durable)
        for change in self.pending[:fate.names(len(self.pending))]:
            # Where the new name may be lost the old one stays.
            if change.moved and change.moved[1] in change.moved[0].pending and not isinstance(fate, AllOfIt):
                continue
            entries.pop(change.goes, None)
            if change.comes is not None:
                entries[change.comes] = change.what
        return entries


class Disk:
    """A folder as it was before the recorded process, and what the process did to it."""

    def __init__(self, folder):
        self.nodes = {}
        self.root = self._scan(folder)

    def _scan(self, path):
        if path.is_dir():
            node = StoredFolder({child.name: self._scan(child) for child in path.iterdir()})
        else:
            node = self.nodes.get(path.stat().st_ino) or StoredFile(path.read_bytes())
        self.nodes[path.stat().st_ino] = node
        return node

    def apply(self, event):
        node = self.nodes.get(event.a)
        if event.kind == "say":
            return
        if node is None:
            # Elsewhere on the file system, where the number of a file that is gone from here may be used again.
            if event.kind in ("create", "mkdir"):
                self.nodes.pop(event.b, None)
            return
        name = event.bytes.decode(errors="surrogateescape") if event.kind != "write" else ""
        if event.kind == "write":
            node.pending.append(("write", event.b, event.bytes))
        elif event.kind == "size":
            node.pending.append(("size", event.b))
        elif event.kind == "sync":
            node.sync()
        elif event.kind in ("create", "mkdir"):
            # The number of a file that is gone is used again, and the old file may come back.
            self.nodes[event.b] = StoredFile() if event.kind == "create" else StoredFolder()
            node.pending.append(Renaming(comes=name, what=self.nodes[event.b]))
        elif event.kind == "link":
            node.pending.append(Renaming(comes=name, what=self.nodes[event.b]))
        elif event.kind == "unlink":
            node.pending.append(Renaming(goes=name))
        elif event.kind == "rename":
            goes, comes = (part.decode() for part in (event.bytes[:event.c], event.bytes[event.c:]))
            what = node.entries(AllOfIt())[goes]
            if event.a == event.b:
                node.pending.append(Renaming(goes, comes, what))
            else:
                target, arrival = self.nodes[event.b], Renaming(comes=comes, what=what)
                target.pending.append(arrival)
                node.pending.append(Renaming(goes=goes, moved=(target, arrival)))
        else:
            raise NotImplementedError(event.kind)

    def write(self, folder, fate):
        """Makes the folder that a cut leaves."""
        self._write(self.root, Path(folder), fate, {})

    def _write(self, node, path, fate, written):
        path.mkdir()
        for name, child in sorted(node.entries(fate).items()):
            if isinstance(child, StoredFolder):
                self._write(child, path / name, fate, written)
            elif name.endswith("-shm"):
                continue
            elif child in written:
                os.link(written[child], path / name)
            else:
                (path / name).write_bytes(child.after(fate))
                written[child] = path / name


class AllOfIt:
    """No cut: every call happened."""

    def part(self, count):
        return count

    def names(self, count):
        return count

    def filling(self, count):
        return bytes(count)

    def call(self):
        return lambda _: True


class NothingMore:
    """The least that a cut may leave: what was synced."""

    def part(self, count):
        return 0

    def names(self, count):
        return 0

    def filling(self, count):
        return bytes(count)

    def call(self):
        return lambda _: False


class Chance:
    """One of the ways between: which sizes, names and sectors arrived is drawn."""

    def __init__(self, random):
        self.random = random
        # Sometimes all names and no data, or the opposite; whole calls, pages or sectors; few or most of them.
        self.share_of_names = random.choice([0, 1, None, None])
        self.share_of_sizes = random.choice([0, 1, None, None])
        self.piece = random.choice([None, SECTOR, 4096])
        self.share = random.choice([0, 0.1, 0.5, 0.9, 1])
        self.garbage = random.random() < 0.3

    def _part(self, count, share):
        return self.random.randint(0, count) if share is None else round(share * count)

    def part(self, count):
        return self._part(count, self.share_of_sizes)

    def names(self, count):
        return self._part(count, self.share_of_names)

    def filling(self, count):
        return self.random.randbytes(count) if self.garbage else bytes(count)

    def call(self):
        if self.piece is None:
            arrives = self.random.random() < self.share
            return lambda _: arrives
        pieces = {}
        return lambda at: pieces.setdefault(at // self.piece, self.random.random() < self.share)


def fate(random):
    """What becomes of the calls that were not synced."""
    return random.choice([NothingMore, AllOfIt, *[lambda: Chance(random)] * 4])()


def differing_file(disk, folder, ignored):
    """A file that isn't what the recorded calls add up to; None where they were all seen."""
    def differing(node, path):
        names = {child.name for child in path.iterdir()}
        entries = node.entries(AllOfIt())
        if names != set(entries):
            return f"{path}: {sorted(names)}, recorded {sorted(entries)}"
        for name, child in entries.items():
            if isinstance(child, StoredFolder):
                found = differing(child, path / name)
            elif name.endswith(ignored) or (path / name).read_bytes() == child.after(AllOfIt()):
                continue
            else:
                found = path / name
            if found:
                return found
        return None
    return differing(disk.root, folder)
