"""Measures a release build of Winnow: `Benchmarks/run` builds what is needed and calls this."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import threading
import time

import pool
import report
from server import Cost, Winnow, memory


def say(text: str):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def load(tool: pathlib.Path, *arguments, timeout=300) -> dict:
    """One run of a load program; what it printed."""
    done = subprocess.run(
        [str(tool), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=timeout)
    if done.returncode != 0:
        raise SystemExit(f"{tool.name} ended with {done.returncode}")
    return json.loads(done.stdout)


def fsync_ms(folder: pathlib.Path) -> float:
    """The median of writing 4 KiB and waiting until they are on this disk."""
    times = []
    with open(folder / "probe", "wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(4096))
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    return sorted(times)[50] * 1e3


def bare(tools: pathlib.Path, folder: pathlib.Path, requests: int) -> dict:
    """CPU per request of a libmicrohttpd handler that does nothing, with bodies as long as those of `annotations`."""
    body = folder / "body"
    body.write_text(
        '{"item":"123456","outcome":"label","labels":["billing"],"lease":"123456","duration_ms":1200}')
    result = {"GET": {}, "POST": {}}
    process = subprocess.Popen(
        [str(tools / "bare"), str(max(2, os.cpu_count() or 2)), "480"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True)
    try:
        port = process.stdout.readline().strip()
        for method, file in (("GET", "-"), ("POST", body)):
            for connections in (1, 32):
                before = Cost(process.pid)
                done = load(tools / "requests", port, connections, requests, 60, method, "/", file)
                result[method][str(connections)] = 1e6 * (Cost(process.pid).all - before.all) / done["requests"]
    finally:
        process.stdin.close()
        process.wait(10)
    return result


def import_pool(server: Winnow, project: str, file: pathlib.Path) -> dict:
    before, start = server.cost(), time.perf_counter()
    with open(file, "rb") as body:
        status, answer = server.request(
            "POST", f"/api/v1/projects/{project}/items", body, "application/x-ndjson")
    seconds = time.perf_counter() - start
    if status != 200:
        raise SystemExit(f"the import failed: {status} {answer.decode()}")
    created = json.loads(answer)["created"]
    spent = server.cost().since(before)
    return {"rows": created, "seconds": seconds, "rows_per_s": created / seconds,
            "cpu_s": spent["serving_cpu_s"]}


def wait_for_rounds(server: Winnow, project: str, limit=300) -> list:
    """The rounds, newest first, once none is waiting or under way."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        rounds = server.json("GET", f"/projects/{project}/rounds?limit=50")["items"]
        if rounds and rounds[0]["state"] in ("serving", "failed", "cancelled"):
            return rounds
        time.sleep(0.1)
    raise SystemExit("a round does not end")


@contextlib.contextmanager
def always_training(server: Winnow, project: str):
    """Asks for the next round as soon as one ends."""
    stop = threading.Event()

    def keep_asking():
        while not stop.wait(0.05):
            server.request("POST", f"/api/v1/projects/{project}/rounds", "{}")

    thread = threading.Thread(target=keep_asking)
    thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        stop.set()
        thread.join()


def label(server: Winnow, tools, project: str, tokens, people: int, labels: int, think_ms=0) -> dict:
    before = server.cost()
    result = load(
        tools / "annotators", server.port, project, tokens, people, labels, 60, think_ms, "-", *pool.LABELS)
    result.update(server.cost().since(before))
    done = max(1, result["labels"])
    result["annotators"] = people
    result["labels_per_s"] = result["labels"] / result["seconds"]
    result["cpu_ms_per_label"] = 1e3 * result["serving_cpu_s"] / done
    return result


def export(server: Winnow, project: str) -> dict:
    before, start = server.cost(), time.perf_counter()
    status, body = server.request("GET", f"/api/v1/projects/{project}/export?format=jsonl")
    assert status == 200
    return {"items": body.count(b"\n"), "seconds": time.perf_counter() - start, "megabytes": len(body) / 1e6,
            "cpu_s": server.cost().since(before)["serving_cpu_s"]}


def machine() -> dict:
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return {"processor": names[0] if names else platform.machine(), "cores": os.cpu_count(),
            "load_at_start": os.getloadavg()[0]}


def measure(winnow, tools: pathlib.Path, folder: pathlib.Path, quick: bool) -> dict:
    items, share = (10_000, 10) if quick else (100_000, 1)
    result = {"machine": machine() | {"fdatasync_ms": fsync_ms(folder)}, "items": items}
    say("the bare handler")
    result["bare_us"] = bare(tools, folder, 60_000 // share)
    say("writing the pool")
    pool.write(folder / "pool.ndjson", items)
    server = Winnow(winnow, folder)
    try:
        result["start"] = {"first_answer_s": server.first_answer_s, **server.at_start}
        server.token = server.make_token("admin", "bench")
        made = server.json("POST", "/projects", {
            "name": "bench", "modality": "text", "task": "single_label",
            "labels": [{"name": name} for name in pool.LABELS],
            # Rounds start when this program asks for them, so that “quiet” is quiet.
            "settings": {"batch_size": 100_000}})
        project = made["id"]
        tokens = folder / "tokens"
        tokens.write_text("".join(server.make_token("annotator", f"a{n}", "bench") + "\n" for n in range(32)))
        say("import")
        result["import"] = import_pool(server, project, folder / "pool.ndjson")
        result["rounds"] = [wait_for_rounds(server, project)[0]["report"]["durations_ms"]]
        result["after_import"] = memory(server.pid)
        label(server, tools, project, tokens, 8, 200)
        for state, training in (("quiet", contextlib.nullcontext), ("training", lambda: always_training(server, project))):
            result[state] = []
            for people, labels, think in ((1, 1000, 0), (8, 2000, 0), (32, 1800, 0), (32, 600, 400)):
                say(f"{people} annotators, {state}")
                with training():
                    result[state].append(
                        label(server, tools, project, tokens, people, labels // share, think) | {"think_ms": think})
        result["rounds"].append(wait_for_rounds(server, project)[0]["report"]["durations_ms"])
        say("export")
        result["export"] = export(server, project)
        result["end"] = memory(server.pid)
    finally:
        server.stop()
    say("")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--winnow", required=True, type=pathlib.Path)
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, help="where the figures are written too")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to see that it works")
    parser.add_argument("--data", type=pathlib.Path, help="a folder on the disk to measure; default: temporary")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="winnow-bench-", dir=options.data) as folder:
        result = measure(options.winnow, options.tools, pathlib.Path(folder), options.quick)
    print(report.table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
