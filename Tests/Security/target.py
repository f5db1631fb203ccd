"""The server under attack, and a client that expects to be served meanwhile."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]


def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 20):
    """Sends a request; returns status, headers and body whatever the status."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def self_signed(folder: Path) -> tuple[str, str]:
    """A certificate for this machine, and its key."""
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Target:
    """A server on a free port and a data folder of its own, with one project."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.data, self.options = folder, options

    @staticmethod
    def binary() -> str:
        return os.environ.get("WINNOW", str(ROOT / ".build/release/winnow"))

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [self.binary(), "serve", "--data", str(self.data), "--port", "0", *self.options], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL, cwd=ROOT)
        line = ""
        while "listening on" not in line:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the server did not start")
        self.base = line.split("listening on ")[1].strip()
        self.port = int(self.base.rsplit(":", 1)[1])
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.token = subprocess.run(
            [self.binary(), "token", "create", "--data", str(self.data), "--role", "engineer", "--name", "probe"],
            capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()[-1]
        self.project = self.send("projects", {"name": "p", "modality": "text", "labels": [{"name": "a"}, {"name": "b"}]})["id"]
        return self

    def send(self, path: str, body: dict) -> dict:
        """Sends JSON to the server itself."""
        status, _, answer = fetch(
            f"{self.base}/api/v1/{path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        if status >= 400:
            raise RuntimeError(f"{path}: {status} {answer[:300]!r}")
        return json.loads(answer)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Probe:
    """Asks again and again, each time on a new connection, for as long as the block lasts."""

    def __init__(self, base: str) -> None:
        self.url = base + "/healthz"
        self.succeeded, self.failed, self.slowest = 0, 0, 0.0
        self.ends = threading.Event()

    def run(self) -> None:
        while not self.ends.wait(0.05):
            start = time.monotonic()
            try:
                status, _, _ = fetch(self.url, timeout=10)
                if status == 200:
                    self.succeeded += 1
                else:
                    self.failed += 1
            except OSError:
                self.failed += 1
            self.slowest = max(self.slowest, time.monotonic() - start)

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self.thread.join()
