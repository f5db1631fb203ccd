"""Runs the end-to-end tests, all or those named on the command line, and closes with what failed and one line of counts.

Modules run side by side, each in a process of its own, as many as there are processors: most of them wait for a browser or a
round. JOBS=1 runs one after the other.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).parent
# They take longest: begun last, one of them would run alone at the end.
LONGEST = ["test_annotator_sets", "test_contract", "test_crash_steps", "test_crash", "test_project_many_labels", "test_import_files"]


def here(names):
    """Runs tests in this process; whether all of them passed."""
    sys.path.insert(0, str(HERE))
    suite = unittest.TestLoader().loadTestsFromNames(names)
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - bad - skipped)
    print(f"{passed} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return result.wasSuccessful() and (result.testsRun or skipped) > 0


def apart(name):
    """Runs a module in a process of its own: its exit status, its output, and the seconds it took."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, __file__, name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          check=False)
    return done.returncode, done.stdout, time.monotonic() - began


def beside_each_other(names, jobs):
    """Runs modules side by side, prints each when it has ended, and last of all once more what failed; whether all passed."""
    counts, failures = {"passed": 0, "failed": 0, "skipped": 0}, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(apart, name): name for name in names}
        for future in concurrent.futures.as_completed(running):
            name, (status, output, seconds) = running[future], future.result()
            print(f"\n== {name}, {seconds:.0f} s\n{output}", end="", flush=True)
            closing = output.strip().splitlines()[-1] if output.strip() else ""
            told = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped)", closing)}
            for word, number in told.items():
                counts[word] += number
            # A process that died has not counted what it had begun.
            if status and not told.get("failed"):
                counts["failed"] += 1
            if status:
                begin = output.find("=" * 70)
                failures.append(f"== {name} (rc {status})\n{output[begin:] if begin >= 0 else output[-4000:]}")
    for failure in failures:
        print(f"\n{failure[-6000:]}", end="")
    print(f"{counts['passed']} passed, {counts['failed']} failed"
          + (f", {counts['skipped']} skipped" if counts["skipped"] else ""), flush=True)
    return not failures


if __name__ == "__main__":
    chosen = sys.argv[1:] or [path.stem for path in HERE.glob("test_*.py")]
    chosen.sort(key=lambda name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), name))
    side_by_side = min(int(os.environ.get("JOBS") or os.cpu_count() or 1), len(chosen))
    sys.exit(0 if (beside_each_other(chosen, side_by_side) if side_by_side > 1 else here(chosen)) else 1)
