"""Many annotators on pools of growing size: `Benchmarks/run load` builds what is needed and calls this."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import load_report
import pool
from bench import always_training, fsync_ms, load, machine, say, wait_for_rounds
from server import Cost, Winnow, memory, reset_peak

PHASES = ("import", "label", "label-training", "think", "think-training", "reads", "export", "start")
# What the annotators' program and the bare handler do in each phase of labelling: milliseconds of thinking, and training.
LABELLING = {"label": (0, False), "label-training": (0, True), "think": (1000, False), "think-training": (1000, True)}


def note(text: str):
    """Progress for whoever waits, on a terminal or in a log."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def run_import(options, folder: pathlib.Path, project: str, *more) -> dict:
    """`winnow import` of the texts as a process of its own: rows a second, processor time, and its largest memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(options.winnow), "import", "--data", str(folder / "data"), "--project", project, "--create", "--json",
         "--modality", "text", "--labels", ",".join(pool.LABELS), "--batch-size", "100000", *more,
         str(folder / "pool.jsonl")], stdout=subprocess.PIPE, text=True)
    answer = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"the import ended with {process.returncode}")
    seconds, rows = time.perf_counter() - start, json.loads(answer)["created"]
    return {"rows": rows, "seconds": seconds, "rows_per_s": rows / seconds, "cpu_s": used.ru_utime + used.ru_stime,
            "peak_mb": used.ru_maxrss * 1024 / 1e6}


def annotate(options, server, project: str, files: dict, phase: str, size: int) -> dict:
    """One phase of labelling, with what it cost the server; ends with its time or with a fifth of the pool."""
    think_ms, training = LABELLING[phase]
    reset_peak(server.pid)
    with always_training(server, project) if training else contextlib.nullcontext():
        before = server.cost()
        result = load(
            options.tools / "annotators", server.port, project, files["tokens"], options.annotators, size // 5,
            options.seconds, think_ms, files["journal"], *pool.LABELS, timeout=options.seconds + 60)
        result.update(server.cost().since(before))
    return rates(result) | {"memory": memory(server.pid), "think_ms": think_ms, "training": training}


def rates(result: dict) -> dict:
    labels, requests = max(1, result["labels"]), max(1, result["requests"])
    return result | {
        "labels_per_s": result["labels"] / result["seconds"],
        "cpu_ms_per_label": 1e3 * result["serving_cpu_s"] / labels,
        "cpu_ms_per_request": 1e3 * result["serving_cpu_s"] / requests}


def bare(options, folder: pathlib.Path) -> dict:
    """The same loop against a libmicrohttpd handler that does nothing: the floor."""
    answer = folder / "next.json"
    answer.write_text(json.dumps({"items": [{
        "lease": "1234567", "expires_at": "2026-01-01T00:00:00.000Z",
        "item": {"id": "1234567", "key": "item-1-1", "text": "x" * 90, "meta": None}, "strategy": "auto"}],
        "progress": "y" * 400}, separators=(",", ":")))
    (folder / "bare-tokens").write_text("bare\n" * options.annotators)
    process = subprocess.Popen(
        [str(options.tools / "bare"), str(max(2, os.cpu_count() or 2)), "480", str(answer)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True)
    result = {}
    try:
        port = process.stdout.readline().strip()
        for phase in ("label", "think"):
            note(f"the bare handler: {phase}")
            before = Cost(process.pid)
            done = load(options.tools / "annotators", port, "1", folder / "bare-tokens", options.annotators, 10**9,
                        min(options.seconds, 8), LABELLING[phase][0], "-", *pool.LABELS)
            result[phase] = rates(done | {"serving_cpu_s": Cost(process.pid).all - before.all})
    finally:
        process.stdin.close()
        process.wait(10)
    return result


def timed_get(server: Winnow, path: str, times=7) -> float:
    """The median milliseconds of a GET, which must succeed."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        status, body = server.request("GET", "/api/v1" + path)
        seconds.append(time.perf_counter() - start)
        if status != 200:
            raise SystemExit(f"GET {path}: {status} {body.decode()[:300]}")
    return sorted(seconds)[len(seconds) // 2] * 1e3


def reads(server: Winnow, project: str, labelled: str, size: int) -> dict:
    """What engineers ask for, on a pool that is mostly unlabelled and on one that is labelled throughout."""
    middle = server.json("GET", f"/projects/{project}/items?q=item-{size // 2}-")["items"]
    cursor = middle[0]["id"] if middle else "0"
    paths = {
        "project": f"/projects/{project}", "items": f"/projects/{project}/items",
        "items, from the middle": f"/projects/{project}/items?cursor={cursor}",
        "items, leased": f"/projects/{project}/items?state=leased",
        "items, labelled": f"/projects/{project}/items?state=labelled",
        "items, skipped (none)": f"/projects/{project}/items?state=skipped",
        "items, by label": f"/projects/{project}/items?label=praise",
        "items, by label, all labelled": f"/projects/{labelled}/items?label=praise&cursor={cursor}",
        "items, by a frequent word": f"/projects/{project}/items?q=invoice",
        "items, by a word that is not there": f"/projects/{project}/items?q=zzyzx",
        "annotations": f"/projects/{project}/annotations", "rounds": f"/projects/{project}/rounds",
    }
    result = {name: timed_get(server, path) for name, path in paths.items()}
    for name, path in (("agreement", f"/projects/{labelled}/agreement"), ("insights", f"/projects/{project}/insights")):
        result[name] = timed_get(server, path, times=3)
    return result


def export(server: Winnow, project: str, form: str) -> dict:
    """A whole export, read as it comes: its first byte, its rate, and the most memory that the server held."""
    reset_peak(server.pid)
    before, held, start = server.cost(), memory(server.pid), time.perf_counter()
    first, rows, size = None, 0, 0
    with server.stream(f"/api/v1/projects/{project}/export?format={form}") as answer:
        while piece := answer.read(1 << 16):
            first = first or time.perf_counter() - start
            rows += piece.count(b"\n")
            size += len(piece)
    seconds, after = time.perf_counter() - start, memory(server.pid)
    return {"rows": rows, "seconds": seconds, "rows_per_s": rows / seconds, "first_byte_ms": 1e3 * (first or 0),
            "megabytes": size / 1e6, "cpu_s": server.cost().since(before)["serving_cpu_s"],
            "grew_mb": after["peak_mb"] - held["rss_mb"], "peak_mb": after["peak_mb"]}


def check(server: Winnow, project: str, journal: pathlib.Path) -> dict:
    """Compares what was acknowledged with an export, and looks for items that two people were given."""
    holders: dict[str, set] = {}
    acknowledged: dict[str, str] = {}
    repeated = 0
    for line in journal.read_text().splitlines():
        kind, annotator, item, number = line.split()
        if kind == "s":
            holders.setdefault(item, set()).add(annotator)
        else:
            repeated += number in acknowledged
            acknowledged[number] = item
    kept: dict[str, str] = {}
    labelled: dict[str, int] = {}
    with server.stream(f"/api/v1/projects/{project}/export?format=jsonl") as answer:
        for line in answer:
            row = json.loads(line)
            for annotation in row["annotations"]:
                kept[annotation["id"]] = row["id"]
            labelled[row["id"]] = len(row["annotations"])
    return {
        "served": len(holders), "acknowledged": len(acknowledged), "kept": len(kept), "acknowledged_twice": repeated,
        "lost": sum(kept.get(number) != item for number, item in acknowledged.items()),
        "served_to_two": sum(len(who) > 1 for who in holders.values()),
        "labelled_twice": sum(count > 1 for count in labelled.values())}


def size_of(folder: pathlib.Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def measure(options, folder: pathlib.Path, size: int) -> dict:
    """All that is wanted of one pool."""
    result: dict = {"items": size}
    note(f"{size:,} items: writing the pool")
    result["pool"] = load(options.tools / "pool", size, options.columns, folder)
    note(f"{size:,} items: import with {options.columns} features an item")
    result["import"] = run_import(options, folder, "bench", "--embeddings", str(folder / "pool.npy"))
    (folder / "pool.npy").unlink()
    if {"export", "start", "reads"} & set(options.only):
        note(f"{size:,} items: import with labels")
        result["import_labelled"] = run_import(options, folder, "labelled", "--label-column", "kind")
    (folder / "pool.jsonl").unlink()
    files = {"tokens": folder / "tokens", "journal": folder / "journal"}
    files["journal"].touch()
    server = Winnow(options.winnow, folder)
    try:
        server.token = server.make_token("admin", "bench")
        projects = {row["name"]: row["id"] for row in server.json("GET", "/projects")["items"]}
        project, labelled = projects["bench"], projects.get("labelled", projects["bench"])
        files["tokens"].write_text("".join(
            server.make_token("annotator", f"a{n}", "bench") + "\n" for n in range(options.annotators)))
        note(f"{size:,} items: the first rounds")
        reset_peak(server.pid)
        for each in {project, labelled}:
            result["first_round" if each == project else "labelled_round"] = (
                wait_for_rounds(server, each, limit=600)[0]["report"]["durations_ms"])
        result["after_rounds"] = memory(server.pid)
        result["database_mb"] = size_of(folder / "data") - size_of(folder / "data" / "features")
        result["features_mb"] = size_of(folder / "data" / "features")
        # Labels for a model to learn from, and a warm cache.
        load(options.tools / "annotators", server.port, project, files["tokens"], 8, 400, 60, 0, files["journal"],
             *pool.LABELS)
        for phase in LABELLING:
            if phase in options.only:
                note(f"{size:,} items: {phase}")
                result[phase] = annotate(options, server, project, files, phase, size)
        rounds = wait_for_rounds(server, project, limit=600)
        result["last_round"], result["rounds"] = rounds[0]["report"]["durations_ms"], len(rounds)
        result["failed_rounds"] = sum(row["state"] == "failed" for row in rounds)
        if "reads" in options.only:
            note(f"{size:,} items: reads")
            result["reads"] = reads(server, project, labelled, size)
        if "export" in options.only:
            for form in ("jsonl", "csv"):
                note(f"{size:,} items: export as {form}")
                result[f"export_{form}"] = export(server, labelled, form)
        result["check"] = check(server, project, files["journal"])
        result["end"] = memory(server.pid)
    finally:
        server.stop()
    if "start" in options.only:
        note(f"{size:,} items: another start")
        server = Winnow(options.winnow, folder)
        try:
            server.token = files["tokens"].read_text().split()[0]
            start = time.perf_counter()
            server.json("POST", f"/projects/{project}/next", {"prefetch": 3})
            result["start"] = {"first_answer_s": server.first_answer_s, "first_next_s": time.perf_counter() - start,
                               "memory": memory(server.pid)}
        finally:
            server.stop()
    return result


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run load", description=__doc__)
    parser.add_argument("--winnow", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--tools", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="items in the pools, with commas between")
    parser.add_argument("--only", default=",".join(PHASES), help=f"some of {','.join(PHASES)}; an import always happens")
    parser.add_argument("--annotators", type=int, default=200, help="people at once, 256 at most")
    parser.add_argument("--columns", type=int, default=384, help="features an item")
    parser.add_argument("--seconds", type=int, default=15, help="how long each phase of labelling lasts")
    parser.add_argument("--data", type=pathlib.Path, help="a folder on the disk to measure; default: temporary")
    parser.add_argument("--json", type=pathlib.Path, help="where every figure is written")
    parser.add_argument("--markdown", type=pathlib.Path, help="where the tables are written too")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(PHASES):
        parser.error(f"not a phase: {', '.join(sorted(unknown))}")
    sizes = [int(size) for size in options.sizes.split(",")]
    if min(sizes) < 5000:
        parser.error("a pool of fewer than 5000 items is used up at once")
    room = shutil.disk_usage(options.data or tempfile.gettempdir()).free
    # The vectors as a file, in the database and as features, and the texts and labels twice.
    if room < (wanted := max(sizes) * (16 * options.columns + 2500)):
        raise SystemExit(f"{wanted / 1e9:.0f} GB of disk are needed, and {room / 1e9:.0f} are free: choose --data")
    started, result = time.monotonic(), {"machine": machine(), "annotators": options.annotators,
                                         "columns": options.columns, "pools": []}
    with tempfile.TemporaryDirectory(prefix="winnow-load-", dir=options.data) as folder:
        result["machine"]["fdatasync_ms"] = fsync_ms(pathlib.Path(folder))
        result["bare"] = bare(options, pathlib.Path(folder))
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="winnow-load-", dir=options.data) as folder:
            result["pools"].append(measure(options, pathlib.Path(folder), size))
        result["minutes"] = (time.monotonic() - started) / 60
        # After each pool, so that what was measured is kept whatever happens next.
        if options.json:
            options.json.write_text(json.dumps(result, indent=1) + "\n")
        if options.markdown:
            options.markdown.write_text(load_report.tables(result))
    say("")
    print(load_report.tables(result))
    if problems := load_report.problems(result):
        raise SystemExit("FAILED: " + "; ".join(problems))


if __name__ == "__main__":
    main()
