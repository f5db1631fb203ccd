"""The process ends at every call that changes the disk: by itself, and with the power.

Each scenario runs once to count those calls, then again and again with the process killed in place of one of them: a few
spread over all by default, every one with CRASH_STEPS=all. Afterwards the program starts as if nothing had happened, on
the folder as it is and on what a power cut would have left of it: only what had been synced.
"""

import os
import pathlib
import shutil
import tempfile
import traceback
import unittest

from crash_scenarios import SCENARIOS
from failing_disk import FailingDisk

SAMPLE = 4


class CrashSteps(unittest.TestCase):
    """One test a scenario, made below."""

    def sweep(self, scenario):
        with tempfile.TemporaryDirectory(prefix="winnow-steps-") as name:
            top = pathlib.Path(os.path.realpath(name))
            base = top / "base"
            base.mkdir()
            scenario.prepare(base)
            calls = self.attempt(scenario, top, 0)
            self.assertGreater(calls, 5, "the scenario changes nothing")
            every = os.environ.get("CRASH_STEPS") == "all"
            steps = range(1, calls + 1) if every else sorted({1 + number * (calls - 1) // (SAMPLE - 1) for number in range(SAMPLE)})
            failures = []
            for step in steps:
                try:
                    self.attempt(scenario, top, step)
                except Exception as error:
                    failures.append(f"killed at call {step} of {calls}: {error}\n{traceback.format_exc(limit=-2)}")
                    # At once: a run over all steps takes an hour.
                    print(failures[-1], flush=True)
            print(f"{scenario.name}: {calls} calls, killed at {len(steps)}, {len(failures)} failures", flush=True)
            self.assertFalse(failures, "\n".join(failures[:10]))

    def attempt(self, scenario, top, step) -> int:
        """Kills the process in place of a call, 0 for none; how many calls there were."""
        root = top / "root"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(top / "base", root)
        disk = FailingDisk(root, power=True)
        try:
            disk.kill_after(step, torn=step % 2 == 1)
            acknowledged = scenario.act(disk, root)
            calls = disk.get("calls")
            cut = disk.after_power_cut(top / "cut")
        finally:
            disk.close()
        try:
            for kind, folder in [("crash", root), ("power cut", cut)]:
                try:
                    scenario.check(self, folder, acknowledged)
                except Exception as error:
                    raise AssertionError(f"after a {kind}: {error}") from error
        finally:
            shutil.rmtree(cut, ignore_errors=True)
        return calls


for kind in SCENARIOS:
    setattr(CrashSteps, f"test_{kind.__name__.lower()}", lambda self, kind=kind: self.sweep(kind()))
del kind

if __name__ == "__main__":
    unittest.main()
