"""`winnow simulate`: its files, its exit codes, and going on after an interrupt."""

import csv
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from winnow import BINARY, ROOT, must, run

SMALL = ["--modality", "vector", "--model", "linear", "--strategies", "random,margin", "--batch", "5", "--start", "6",
         "--labels", "21", "--seeds", "2"]


class Simulation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-simulate-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"
        draw = random.Random(4)
        self.data = self.folder / "clouds.csv"
        with self.data.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["id", "x", "y", "label"])
            for item in range(200):
                corner = [(0, 0), (3, 0), (0, 3)][item % 3]
                table.writerow([item, corner[0] + draw.gauss(0, 0.8), corner[1] + draw.gauss(0, 0.8), "abc"[item % 3]])

    def curves(self, out=None):
        """The rows of curves.csv without the seconds, which differ from run to run."""
        with ((out or self.out) / "curves.csv").open(newline="") as file:
            return [row[:-1] for row in csv.reader(file)]

    def test_files_and_summary(self):
        summary = json.loads(must("simulate", self.data, *SMALL, "--out", self.out, "--json"))
        self.assertEqual([arm["name"] for arm in summary["strategies"]], ["random", "margin"])
        self.assertEqual(summary["classes"], 3)
        self.assertEqual(summary, json.loads((self.out / "summary.json").read_text()))
        rows = self.curves()
        self.assertEqual(",".join(rows[0]), "strategy,seed,labels,accuracy,macro_f1,nll,ece,outlier_share")
        self.assertEqual([row[2] for row in rows[1:5]], ["6", "11", "16", "21"])
        self.assertEqual(len(rows), 1 + 2 * 2 * 4)
        xml.etree.ElementTree.parse(self.out / "curves.svg")
        page = (self.out / "report.html").read_text()
        self.assertIn("margin", page)
        self.assertIsNone(re.search(r"(src|href)=", page), "the page needs another file")

    def test_the_same_seeds_give_the_same_curves(self):
        must("simulate", self.data, *SMALL, "--out", self.out)
        must("simulate", self.data, *SMALL, "--out", self.folder / "again")
        self.assertEqual(self.curves(), self.curves(self.folder / "again"))

    def test_an_interrupted_run_goes_on(self):
        long = ["simulate", str(self.data), *SMALL, "--labels", "120", "--seeds", "40", "--out", str(self.out)]
        process = subprocess.Popen(
            [BINARY, *long], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        journal = self.out / "journal.jsonl"
        while process.poll() is None and not (journal.exists() and journal.stat().st_size):
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, errors)
        self.assertIn("goes on from there", errors)
        kept = journal.read_text().splitlines()
        done = run(*long, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(journal.read_text().splitlines()[: len(kept)], kept, "a finished run was done again")
        self.assertEqual(len(journal.read_text().splitlines()), 3 * 40)

    def test_bad_input(self):
        def fails(code, saying, *arguments):
            done = run("simulate", *arguments, "--out", self.out, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(saying, done.stderr)

        fails(1, "no such file", self.folder / "absent.csv")
        fails(1, "no column “label2”", self.data, "--label-column", "label2", *SMALL)
        fails(1, "cnn needs images", self.data, *SMALL, "--model", "cnn")
        fails(1, "would leave no pool", self.data, *SMALL, "--holdout", "200")
        fails(2, "no strategy named", self.data, *SMALL, "--strategies", "guess")
        fails(2, "batch", self.data, *SMALL, "--batch", "0")
        fails(2, "not a modality", self.data, "--modality", "smell")
        fails(2, "outlier-filter", self.data, *SMALL, "--outlier-filter", "guess")


if __name__ == "__main__":
    unittest.main()
