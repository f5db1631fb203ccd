"""What `run` starts inside the virtual environment: measures, and writes the tables."""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import label_sets  # noqa: E402
import pool  # noqa: E402
from labels import summary  # noqa: E402
from speed.tasks import TASKS, WORKLOADS  # noqa: E402

WINNOW = os.path.abspath(os.environ["WINNOW"])


def on_one_processor(threads):
    """A prefix that keeps a command on as many processors as it may use."""
    if threads == 1 and shutil.which("taskset"):
        return ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
    return []


def measure(command, threads, bound):
    """The JSON lines that a command prints, or a sentence that says why there are none.

    `bound` is in processor seconds: on a busy machine the same work takes longer by the clock.
    """
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), PYTHONPATH=str(HERE))
    try:
        done = subprocess.run(
            on_one_processor(threads) + command, env=env, capture_output=True, text=True, timeout=20 * bound,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (int(bound), int(bound) + 5)))
    except subprocess.TimeoutExpired:
        return [], f"ran out of time: more than {20 * bound:.0f} s by the clock"
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU):
        return [], f"ran out of time: more than {bound:.0f} processor seconds"
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if lines:
        return lines, None
    return [], (done.stderr.strip().splitlines() or ["no result"])[-1][:120]


def cpu(result):
    """Median processor seconds after the first run, which warms up, and the spread of the runs."""
    seconds = [run["cpu"] for run in result["runs"]]
    seconds = seconds[1:] or seconds
    return statistics.median(seconds), (max(seconds) - min(seconds)) / 2


def speed(options):
    folder = pathlib.Path(options.folder)
    rows = 10_000 if options.quick else 100_000
    pool.make(folder, rows=rows)
    file = folder / "model.safetensors"
    file.unlink(missing_ok=True)
    subprocess.run([WINNOW, "bench", "kernels", "--folder", str(folder)], check=True, stdout=subprocess.DEVNULL)
    out = []
    for threads in options.threads:
        out += ["", f"### {'One thread' if threads == 1 else f'{threads} threads'}", "",
                f"{rows:,} × 384, 10 classes, 200 labelled, 100 asked; processor seconds (median, half range), peak memory.",
                "", "| query | program | processor seconds | wall | peak MB | Winnow is faster by |", "|---|---|---|---|---|---|"]
        for workload in WORKLOADS:
            own, problem = measure(
                [WINNOW, "bench", "kernels", workload, "--folder", str(folder), "--repetitions", str(options.repetitions)],
                threads, options.bound)
            if not own:
                out.append(f"| {workload} | **Winnow** | {problem} | | | |")
                continue
            mine, half = cpu(own[0])
            wall = statistics.median(run["wall"] for run in own[0]["runs"])
            out.append(
                f"| {workload} | **Winnow** | {mine:.4g} ± {half:.2g} | {wall:.4g} | {own[0]['peakMemory'] / 1e6:.0f} | |")
            for library, how in [(lib, t[1]) for (lib, name), t in TASKS.items() if name == workload]:
                theirs, problem = measure(
                    [sys.executable, "-m", "speed", library, workload, str(folder), str(options.repetitions), "20"],
                    threads, options.bound)
                if theirs:
                    seconds, half = cpu(theirs[0])
                    wall = statistics.median(run["wall"] for run in theirs[0]["runs"])
                    out.append(
                        f"| | {library}: {how} | {seconds:.4g} ± {half:.2g} | {wall:.4g} | "
                        f"{theirs[0]['peakMemory'] / 1e6:.0f} | {seconds / mine:.1f} × |")
                else:
                    out.append(f"| | {library}: {how} | {problem} | | | |")
                print(out[-1], flush=True)
            missing = sorted({lib for lib, _ in TASKS} - {lib for lib, name in TASKS if name == workload} - {
                "numpy", "PyTorch", "PyTorch, 20 passes", "scikit-learn"})
            if missing and not workload.startswith("train"):
                out.append(f"| | {', '.join(missing)} | not offered | | | |")
    return out + large(options)


def large(options):
    """A million rows against what the machine can do at most."""
    rows = 100_000 if options.quick else 1_000_000
    results, problem = measure(
        [WINNOW, "bench", "kernels", "limits", "entropy", "bald", "--rows", str(rows), "--repetitions", "3"],
        len(os.sched_getaffinity(0)), 10 * options.bound)
    if problem:
        return ["", f"{rows:,} rows: {problem}"]
    limit, entropy, bald = results
    f = limit["figures"]
    features = rows * 384 * 4
    return [
        "", f"### {rows:,} × 384, Winnow against the machine", "",
        f"Matrix products reach {f['product_rate'] / 1e9:.0f} GF/s a processor second, reading {f['read_rate'] / 1e9:.0f} GB/s. "
        f"Scoring with 20 passes needs at least the product before the dropout and 20 behind it: "
        f"{f['scoring_limit_seconds']:.3f} processor seconds.", "",
        "| | processor seconds | of the limit | wall |", "|---|---|---|---|",
        f"| BALD, 20 passes | {cpu(bald)[0]:.3f} | {cpu(bald)[0] / f['scoring_limit_seconds']:.2f} × | {bald['runs'][-1]['wall']:.3f} |",
        f"| entropy | {cpu(entropy)[0]:.3f} | {cpu(entropy)[0] / f['first_product_seconds']:.2f} × of the first product | "
        f"{entropy['runs'][-1]['wall']:.3f} |", "",
        f"Peak memory {bald['peakMemory'] / 1e6:.0f} MB: {bald['peakMemory'] / features:.2f} × of the features."]


def labels(options):
    out = ["", "## Accuracy per label", "",
           "All programs choose from the same features with the same head (128 hidden units, dropout 0.5, trained as Winnow "
           "trains); what they chose is judged by one head on the same held-out items. Areas are means over seeds with 95 % "
           "intervals; the goal is 95 % of the accuracy with all labels, and the labels to it are medians.", ""]
    for name in options.sets:
        arguments, problem = label_sets.arguments(name, pathlib.Path(options.folder), options.quick)
        if problem:
            out += [f"### {name}", "", problem, ""]
            continue
        folder = pathlib.Path(options.folder) / "labels" / name
        winnow = [WINNOW, "bench", "labels"] + arguments + [
            "--seeds", str(options.seeds), "--strategies", "random,auto,margin,margin_diverse", "--out", str(folder)]
        subprocess.run(winnow + ["--export"], check=True)
        subprocess.run(winnow, check=True)
        command = [sys.executable, "-m", "labels", str(folder), "--limit", str(options.bound)]
        if options.strategies:
            command += ["--only", options.strategies]
        subprocess.run(command, check=True, env=dict(os.environ, PYTHONPATH=str(HERE), OMP_NUM_THREADS="1"))
        subprocess.run(winnow + ["--keep-own"], check=True)
        out += [f"### {name}", "", summary.markdown(folder), ""]
        if name in label_sets.LONG and not options.quick:
            out += [alone(arguments, label_sets.LONG[name], folder.with_name(name + "-long"), options), ""]
    return out


def alone(arguments, budget, folder, options):
    """The labels that `auto` and random draws need, where that is more than all programs were given."""
    arguments = arguments.copy()
    arguments[arguments.index("--labels") + 1] = str(budget)
    winnow = [WINNOW, "bench", "labels"] + arguments + [
        "--seeds", str(options.seeds), "--strategies", "random,auto", "--out", str(folder)]
    subprocess.run(winnow + ["--export"], check=True)
    subprocess.run(winnow, check=True)
    return summary.sentence(folder, budget)


def versions():
    names = ["scikit-activeml", "modAL-python", "small-text", "baal", "torch", "scikit-learn", "numpy"]
    found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    return [f"{found}, Python {platform.python_version()}.", "",
            f"{model or platform.machine()}, {len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f} at the "
            f"start; {time.strftime('%Y-%m-%d')}."]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["speed", "labels"])
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(label_sets.SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--strategies", default="", help="parts of names of other libraries' strategies, with commas")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--bound", type=float, default=300, help="processor seconds for one task of one library")
    parser.add_argument("--threads", type=lambda text: [int(part) for part in text.split(",")],
                        default=[1, len(os.sched_getaffinity(0))], help="numbers of threads to compare with")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", default=str(HERE / "RESULTS.md"))
    parser.add_argument("--folder", default=None, help="where pool, features and choices are kept; default: a temporary one")
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.repetitions, options.bound = 2, 2, min(options.bound, 60)
    with tempfile.TemporaryDirectory() as temporary:
        options.folder = options.folder or temporary
        text = ["# Winnow beside other libraries", "", "Written by `make bench-peers`.", ""] + versions()
        if options.only != "labels":
            text += ["", "## Speed"] + speed(options)
        if options.only != "speed":
            text += labels(options)
    pathlib.Path(options.out).write_text("\n".join(text).rstrip() + "\n")
    print(f"{options.out} is written")


main()
