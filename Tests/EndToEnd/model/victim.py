"""A server that is ended without warning, at moments that matter."""

import os
import pathlib
import re
import subprocess
import threading
import time

from model.journal import Broken
from winnow import BINARY, ROOT


class Victim:
    """`winnow serve` on a folder; killed and started again."""

    def __init__(self, data: pathlib.Path, log: pathlib.Path):
        self.data, self.log = data, log
        self.process = None
        self.base = None
        self.token = None

    def launch(self):
        """Starts the process, and does not wait for it."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.data, "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, text=True, cwd=ROOT, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})

    def listen(self):
        """Waits until it says where it listens."""
        for line in self.process.stdout:
            if found := re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line):
                self.base = found.group(1)
                return
        raise Broken(f"the server did not start again:\n{self.log.read_text()[-4000:]}")

    def kill(self):
        """SIGKILL; a server that had ended by itself is a failure."""
        code = self.process.poll()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if code is not None:
            raise Broken(f"the server ended by itself with {code}:\n{self.log.read_text()[-4000:]}")

    def checkpoint_begins(self, seconds: float) -> bool:
        """Waits until pages of the write-ahead log are being copied into the database file."""
        file = self.data / "winnow.sqlite"
        before, deadline = file.stat().st_mtime_ns, time.monotonic() + seconds
        while time.monotonic() < deadline:
            if file.stat().st_mtime_ns != before:
                return True
            time.sleep(0.0005)
        return False

    def round_trains(self, call, paths, seconds: float) -> bool:
        """Waits until a round of some project is under way."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for path in paths:
                glance = call("GET", path)["round"]
                if glance and glance["state"] in ("training", "scoring", "selecting"):
                    return True
            time.sleep(0.01)
        return False


class Ballast(threading.Thread):
    """Pushes long rows into a project of their own, so that the write-ahead log grows until it is copied."""

    def __init__(self, client, name: str):
        super().__init__(daemon=True)
        self.client, self.name = client, name

    def run(self):
        row = '{"text": "ballast", "meta": {"filler": "' + "x" * 20_000 + '"}, "key": "%d"}\n'
        try:
            project = self.client.call("POST", "/projects", {
                "name": self.name, "modality": "text", "labels": [{"name": "none"}], "settings": {"strategy": "random"}})
            for start in range(0, 6000, 500):
                lines = "".join(row % number for number in range(start, start + 500)).encode()
                self.client.call("POST", f"/projects/{project['id']}/items", lines)
        except Exception:  # noqa: BLE001  the server is killed meanwhile, as it should be
            return
