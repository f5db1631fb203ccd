"""A data folder on a disk that fails, or that loses its power, on demand. Standard library and the system's compiler only."""

import contextlib
import errno
import mmap
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import tempfile

from winnow import BINARY, ROOT

SOURCE = pathlib.Path(__file__).parent / "faults/faults.c"
WRITE, SYNC, RESIZE, CREATE, RENAME, REMOVE = 1, 2, 4, 8, 16, 32
EVERYTHING = 63
FIELDS = ["calls", "kill_at", "torn", "fail_errno", "fail_mask", "fail_from", "failed"]


def library() -> pathlib.Path:
    """The shim, compiled where it is missing or older than its source."""
    folder = ROOT / ".build/faults"
    folder.mkdir(parents=True, exist_ok=True)
    built = folder / "faults.so"
    if not built.exists() or built.stat().st_mtime < SOURCE.stat().st_mtime:
        part = folder / f"faults.{os.getpid()}.so"
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", part, SOURCE, "-ldl"], check=True)
        part.rename(built)
    return built


class FailingDisk:
    """Watches one data folder in every process that is started with its environment."""

    def __init__(self, data: pathlib.Path, power=False):
        self.data = pathlib.Path(os.path.realpath(data))
        self.folder = tempfile.TemporaryDirectory(prefix="winnow-faults-")
        path = pathlib.Path(self.folder.name)
        self.control = path / "control"
        self.control.write_bytes(bytes(8 * len(FIELDS)))
        self.shadow = path / "shadow" if power else None
        if self.shadow:
            (self.shadow / "files").mkdir(parents=True)
            (self.shadow / "folders").mkdir()
            self._remember()
        with self.control.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    @property
    def environment(self) -> dict:
        """What a process has to be started with; a process that is killed writes no backtrace."""
        more = {"LD_PRELOAD": str(library()), "FAULTS_ROOT": str(self.data), "FAULTS_CONTROL": str(self.control),
                "SWIFT_BACKTRACE": "enable=no"}
        if self.shadow:
            more["FAULTS_SHADOW"] = str(self.shadow)
        return {**os.environ, **more}

    def get(self, field) -> int:
        return struct.unpack_from("q", self.memory, 8 * FIELDS.index(field))[0]

    def set(self, **values):
        for field, value in values.items():
            struct.pack_into("q", self.memory, 8 * FIELDS.index(field), value)

    def fail(self, code=errno.ENOSPC, operations=WRITE | RESIZE | CREATE, after=0):
        """From now on, or after so many more calls, those operations fail."""
        self.set(failed=0, fail_mask=operations, fail_from=self.get("calls") + 1 + after, fail_errno=code)

    def mend(self):
        self.set(fail_errno=0)

    def kill_after(self, calls, torn=False):
        """The process that makes this many more calls ends in place of the next; 0 lets all live."""
        self.set(torn=int(torn), kill_at=self.get("calls") + calls if calls else 0)

    @contextlib.contextmanager
    def failing(self, code=errno.ENOSPC, operations=WRITE | RESIZE | CREATE):
        self.fail(code, operations)
        try:
            yield
        finally:
            self.mend()

    def run(self, *arguments, timeout=120) -> subprocess.CompletedProcess:
        """One command of winnow on this disk."""
        return subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, cwd=ROOT, check=False, env=self.environment)

    def after_power_cut(self, target: pathlib.Path) -> pathlib.Path:
        """Makes the folder as it is found when the power comes back: what was synced, and nothing else."""
        self._rebuild(self._key(self.data), target)
        return target

    def _remember(self):
        """Whatever is in the folder by now is on disk: the power failed long after it was written."""
        entries = list(self._listing(self.data))
        for key, kind, path in entries:
            if kind == "d":
                inside = [f"{'d' if k == 'd' else 'f'} {other} {p.name}\n" for other, k, p in entries if p.parent == path and p != path]
                (self.shadow / "folders" / key).write_text("".join(inside))
            else:
                shutil.copyfile(path, self.shadow / "files" / key)

    @staticmethod
    def _listing(path, *options):
        """Key, kind and path of everything below; Python knows no time of birth, coreutils do."""
        found = subprocess.run(["find", path, *options, "-exec", "stat", "--format", "%i %.9W %f %n", "{}", "+"],
                               capture_output=True, text=True, check=True)
        for line in found.stdout.splitlines():
            inode, birth, mode, name = line.split(" ", 3)
            seconds, _, fraction = birth.partition(".")
            # The same numbers as the shim writes.
            yield f"{inode}.{int(seconds)}.{int(fraction or 0)}", "d" if stat.S_ISDIR(int(mode, 16)) else "f", pathlib.Path(name)

    def _key(self, path) -> str:
        return next(self._listing(path, "-maxdepth", "0"))[0]

    def _rebuild(self, key, target):
        target.mkdir(mode=0o700)
        listing = self.shadow / "folders" / key
        for line in listing.read_text().splitlines() if listing.exists() else []:
            kind, entry, name = line.split(" ", 2)
            if kind == "d":
                self._rebuild(entry, target / name)
            elif (self.shadow / "files" / entry).exists():
                shutil.copyfile(self.shadow / "files" / entry, target / name)
            else:
                (target / name).touch()

    def close(self):
        self.memory.close()
        self.folder.cleanup()
