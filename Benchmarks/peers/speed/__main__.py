"""Runs one task of one library in this process and prints what it took as JSON: `python -m speed LIBRARY TASK FOLDER`."""
import json
import os
import pathlib
import resource
import sys
import time
import types
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import pool  # noqa: E402

from speed.model import Perceptron  # noqa: E402
from speed.tasks import TASKS  # noqa: E402


def main():
    library, name, folder = sys.argv[1:4]
    repetitions, enough = int(sys.argv[4]), float(sys.argv[5])
    warnings.simplefilter("ignore")
    if "torch" in library.lower() or library in ("baal", "small-text", "modAL"):
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    folder = pathlib.Path(folder)
    x, y, labelled = pool.read(folder)
    job = types.SimpleNamespace(
        x=x, y=y, labelled=labelled, b=100, t=20, figures={}, folder=folder, net=Perceptron(folder / "model.safetensors"))
    run = TASKS[library, name][0](job)
    runs, chosen, spent = [], [], 0.0
    while len(runs) < repetitions and (not runs or spent < enough):
        cpu, wall = time.process_time(), time.monotonic()
        chosen = run()
        runs.append({"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall})
        spent += runs[-1]["wall"]
    print(json.dumps({
        "workload": name, "runs": runs, "chosen": [int(row) for row in chosen], "figures": job.figures,
        "peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


main()
