"""A server under measurement: starts it, talks to it, and reads what it costs from /proc."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
# Threads that do the rounds' work; everything else in the process is the cost of serving.
TRAINERS = ("winnow-trainer", "winnow-compute")


class Cost:
    """Processor seconds of a process at a moment: in all, and of the threads that train."""

    def __init__(self, pid: int):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        self.all = (int(fields[11]) + int(fields[12])) / TICK
        self.threads = {}
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            try:
                name = (task / "comm").read_text().strip()
                spent = int((task / "schedstat").read_text().split()[0]) / 1e9
            except (FileNotFoundError, ProcessLookupError):
                continue  # the thread has just ended
            self.threads[name] = self.threads.get(name, 0) + spent
        self.trainers = sum(spent for name, spent in self.threads.items() if name.startswith(TRAINERS))

    def since(self, before: "Cost") -> dict:
        """What was spent between two moments."""
        threads = {name: round(spent - before.threads.get(name, 0), 4) for name, spent in self.threads.items()}
        trainers = self.trainers - before.trainers
        return {"serving_cpu_s": self.all - before.all - trainers, "training_cpu_s": trainers,
                "threads_cpu_s": {name: spent for name, spent in threads.items() if spent > 0}}


def memory(pid: int) -> dict:
    """Resident memory in MB: now, its peak, and how much of it is not a file that the kernel may drop."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    value = {name: int(size) / 1000 * 1.024 for name, size in re.findall(r"^(Vm\w+|Rss\w+):\s+(\d+) kB", text, re.M)}
    return {"rss_mb": value["VmRSS"], "peak_mb": value["VmHWM"], "anonymous_mb": value["RssAnon"]}


def reset_peak(pid: int):
    """Begins to look for the peak of memory anew."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Winnow:
    """`winnow serve` on a free port of the loopback address."""

    def __init__(self, binary, folder: pathlib.Path):
        self.binary, self.data, self.token = str(binary), folder / "data", ""
        self.log = open(folder / "server.log", "a", encoding="utf-8")
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", str(self.data), "--port", "0", "--log-level", "warning",
             # A program that answers at once asks more often than any person.
             "--rate-limit", "0"],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise SystemExit(f"the server did not start; see {self.log.name}")
        self.port = int(line.rsplit(":", 1)[1])
        status, _ = self.request("GET", "/healthz")
        self.first_answer_s = time.perf_counter() - started
        assert status == 200
        self.at_start = memory(self.pid)

    @property
    def pid(self) -> int:
        return self.process.pid

    def cost(self) -> Cost:
        return Cost(self.pid)

    def make_token(self, role: str, name: str, project: str | None = None) -> str:
        command = [self.binary, "token", "create", "--data", str(self.data), "--role", role, "--name", name]
        return subprocess.run(
            command + (["--project", project] if project else []), check=True, capture_output=True, text=True
        ).stdout.strip()

    def request(self, method: str, path: str, body=None, kind="application/json", timeout=600):
        """One request on a connection of its own; the answer's status and bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            headers["Content-Type"] = kind
        if hasattr(body, "fileno"):
            headers["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @contextlib.contextmanager
    def stream(self, path: str, timeout=600):
        """The answer of a GET, to be read piece by piece; it must succeed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise SystemExit(f"GET {path}: {answer.status} {answer.read().decode()[:300]}")
            yield answer
        finally:
            connection.close()

    def json(self, method: str, path: str, value=None):
        """The same for JSON below /api/v1; an answer of 400 or above ends the run."""
        status, body = self.request(method, "/api/v1" + path, None if value is None else json.dumps(value))
        if status >= 400:
            raise SystemExit(f"{method} {path}: {status} {body.decode()}")
        return json.loads(body)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
