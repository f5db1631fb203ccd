"""Drives the real binary: commands, a served data folder, and its REST interface. Standard library only."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.parse

from client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("WINNOW", ROOT / ".build/debug/winnow"))
EXAMPLES = ROOT / "Examples/support-messages.csv"
DIGITS = ROOT / ".build/demo/digits"
SCREENSHOTS = ROOT / ".build/screenshots"


def run(*arguments, timeout=120) -> subprocess.CompletedProcess:
    """One command to its end; standard output and error as text. It inherits no input."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, cwd=ROOT, check=False,
    )


def must(*arguments, timeout=120) -> str:
    """One command that has to succeed; its standard output without the last line break."""
    done = run(*arguments, timeout=timeout)
    if done.returncode != 0:
        raise AssertionError(f"winnow {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout.rstrip("\n")


class Server:
    """`winnow serve` on a free port of the loopback address, stopped at the end; a folder of its own is removed then."""

    def __init__(self, data=None, environment=None, options=()):
        self.folder = tempfile.TemporaryDirectory(prefix="winnow-e2e-")
        self.data = data or pathlib.Path(self.folder.name) / "data"
        self.log = pathlib.Path(self.folder.name) / "log.txt"
        self.environment = environment
        self.options = options
        self.process = None
        self.base = None
        self.token = None

    def start(self, port=0):
        """Serves, on a free port unless one is named, and returns once the line with the address is there."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", self.data, "--port", str(port), *self.options],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                env=self.environment,
            )
        line = self.process.stdout.readline()
        found = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)
        if not found:
            self.process.kill()
            raise AssertionError(f"not the line that serve promises: {line!r}\n{self.log.read_text()}")
        self.base = found.group(1)
        self.token = self.token or must("token", "create", "--data", self.data, "--role", "admin", "--name", "tests")
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def stop(self) -> int:
        """Ends the server as a service manager would; its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not stop within 30 s of SIGTERM")
        finally:
            self.process.stdout.close()
            self.process = None
        return code

    def kill(self):
        """Ends the server as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def close(self):
        try:
            self.stop()
        finally:
            self.folder.cleanup()

    def call(self, method, path, body=None, raw=False):
        """One request below /api/v1 with the admin's token; JSON in and out, or text where `raw`."""
        return Client(self.base, self.token, timeout=30).call(method, path, body, raw=raw)

    def project(self, name) -> dict:
        """The project of that name, in full."""
        listed = self.call("GET", "/projects")["items"]
        found = [project["id"] for project in listed if project["name"] == name]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} projects named {name!r} among {[p['name'] for p in listed]}")
        return self.call("GET", f"/projects/{urllib.parse.quote(found[0])}")

    def labels(self, project) -> dict:
        """What the export says: label by the caller's own key, of the items that have one."""
        text = self.call("GET", f"/projects/{urllib.parse.quote(project['id'])}/export?format=jsonl", raw=True)
        return exported_labels(text)

    def link(self, project, role="annotator", name="Ada") -> str:
        """The link by which somebody signs in and labels."""
        token = must("token", "create", "--data", self.data, "--role", role, "--name", name, "--project", project["name"])
        return f"{self.base}/label.html?project={urllib.parse.quote(project['id'])}#token={token}"


def exported_labels(jsonl: str) -> dict:
    """Label by key from an export in JSON Lines."""
    rows = [json.loads(line) for line in jsonl.splitlines() if line.strip()]
    named = {row["key"]: row.get("label") or (row.get("labels") or [None])[0] for row in rows}
    return {key: label for key, label in named.items() if label is not None}


def eventually(what, probe, seconds=60):
    """The first true answer of `probe`, asked until then; an error naming `what` where none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = probe()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")
