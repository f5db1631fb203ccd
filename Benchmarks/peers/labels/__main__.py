"""Lets the libraries choose labels on exported features: `python -m labels FOLDER [--only NAME,…] [--limit SECONDS]`.

Writes `seed-S/NAME.rows.json` with the rows in the order of choice, the accuracy of the shared head after every batch,
and the seconds; a run that fails or takes too long leaves `error` and what it had.
"""
import argparse
import json
import pathlib
import signal
import time
import warnings

import numpy as np

from .head import Head
from .strategies import STRATEGIES, Round


class OutOfTime(Exception):
    pass


def alarm(*_):
    raise OutOfTime


def run(name, folder, protocol, start_rows, limit):
    x, y = np.load(folder / "pool.npy"), np.load(folder / "pool_labels.npy")
    test, truth = np.load(folder / "test.npy"), np.load(folder / "test_labels.npy")
    classes = int(max(y.max(), truth.max())) + 1
    seed = int(folder.name.split("-")[1])
    choose, start = STRATEGIES[name]
    np.random.seed(seed)
    known = np.full(len(y), np.nan)
    rows, accuracy, began, error = [], [], time.monotonic(), None
    head = None
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, limit)
    while len(rows) < protocol["labels"]:
        b = min(protocol["batch"] if rows else protocol["start"], protocol["labels"] - len(rows))
        if not rows and start == "random":
            chosen = start_rows
        else:
            job = Round(x, known.copy(), np.array(rows, int), b, classes, head, seed)
            try:
                chosen = [int(row) for row in choose(job)]
            except OutOfTime:
                error = f"ran out of time: more than {limit:.0f} s"
                break
        chosen = [row for row in dict.fromkeys(chosen) if np.isnan(known[row])][:b]
        if not chosen:
            error = "asked for nothing new"
            break
        rows += chosen
        known[chosen] = y[chosen]
        head = Head(classes, seed=seed * 1_000_003 + len(rows)).fit(x[rows], y[rows])
        accuracy.append([len(rows), float((head.predict(test) == truth).mean())])
    signal.setitimer(signal.ITIMER_REAL, 0)
    return {"rows": rows, "accuracy": accuracy, "seconds": time.monotonic() - began, "error": error}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seeds", type=int, default=99)
    parser.add_argument("--limit", type=float, default=300)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    protocol = json.loads((options.folder / "protocol.json").read_text())
    curves = json.loads((options.folder / "curves.json").read_text())["curves"]
    names = [name for name in STRATEGIES if not options.only or any(part in name for part in options.only.split(","))]
    for seed in range(min(protocol["seeds"], options.seeds)):
        folder = options.folder / f"seed-{seed}"
        start = next(c["rows"] for c in curves if c["seed"] == seed and c["name"] == "random")[: protocol["start"]]
        for name in names:
            file = folder / f"{name}.rows.json"
            if file.exists():
                continue
            try:
                result = run(name, folder, protocol, start, options.limit)
            except OutOfTime:
                result = {"rows": [], "accuracy": [], "seconds": options.limit,
                          "error": f"ran out of time: more than {options.limit:.0f} s"}
            except Exception as problem:  # A library's failure is a result.
                result = {"rows": [], "accuracy": [], "seconds": 0, "error": f"{type(problem).__name__}: {problem}"}
            file.write_text(json.dumps(result))
            print(folder.name, name, f"{result['seconds']:.0f} s", result["accuracy"][-1:], result["error"] or "", flush=True)


main()
