"""Real sets through the real page: 150 labels by search, emotions several at once, a thousand handwritten digits."""

import csv
import gzip
import json
import os
import pathlib
import random
import time
import unittest

from browser import LabellingPage, chromium
from pools import grey_png, standing
from winnow import ROOT, SCREENSHOTS, Server, must

SHARED = pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data"))


class Sets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.folder = pathlib.Path(self.server.folder.name)

    def found(self, *names):
        paths = [SHARED / name for name in names]
        for path in paths:
            if not path.is_file():
                self.skipTest(f"{path.name} is not here: it belongs at {path}")
        return paths

    def open(self, name):
        self.server.start()
        self.project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(self.project))
        self.addCleanup(page.close)
        return page

    def exported(self) -> dict:
        """Several labels by key, as the export has them."""
        text = self.server.call("GET", f"/projects/{self.project['id']}/export?format=jsonl", raw=True)
        return {row["key"]: sorted(row["labels"]) for row in map(json.loads, text.splitlines())}

    def test_clinc_150_by_search(self):
        [table] = self.found("clinc150/clinc150.csv.gz")
        with gzip.open(table, "rt", newline="") as lines:
            rows = list(csv.DictReader(lines))
        truth = {row["id"]: row["label"] for row in rows}
        short = self.folder / "clinc.csv"
        with short.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "text"])
            writer.writerows([row["id"], row["text"]] for row in random.Random(1).sample(rows, 1500))
        labels = sorted(set(truth.values()))
        self.assertGreaterEqual(len(labels), 150)
        must("import", "--data", self.server.data, "--project", "clinc", short, "--create", "--modality", "text", "--text-column",
             "text", "--id-column", "id", "--labels", ",".join(labels))
        page = self.open("clinc")
        page.page.keyboard.press("/")
        given, keys = {}, 0
        first = page.page.locator(".label.first")
        for _ in range(20):
            wanted = truth[page.key]
            given[page.key] = wanted
            typed = wanted.replace("_", " ")
            # As few letters as it takes until the label is at hand, a step of the arrow at most two times.
            for end in range(1, len(typed) + 1):
                page.page.keyboard.type(typed[end - 1])
                keys += 1
                shown = page.page.locator("#labels .label").evaluate_all("all => all.slice(0, 3).map(one => one.dataset.label)")
                if wanted in shown:
                    break
            for _ in range(shown.index(wanted)):
                page.page.keyboard.press("ArrowDown")
                keys += 1
            self.assertEqual(first.get_attribute("data-label"), wanted)
            if len(given) == 10:
                page.page.screenshot(path=SCREENSHOTS / "clinc-search.png")
            page.press("Enter")
            keys += 1
        page.saved()
        print(f"clinc150: 20 items labelled by search among {len(labels)} labels, {keys / 20:.1f} keys an item", flush=True)
        self.assertEqual(self.server.labels(self.project), given)
        self.assertEqual(page.errors, [])

    def test_goemotions_several_labels(self):
        [table] = self.found("goemotions/goemotions_train_dev.jsonl.gz")
        with gzip.open(table, "rt") as lines:
            rows = [json.loads(line) for line in lines]
        truth = {row["id"]: row["labels"] for row in rows}
        # Those with several labels first among a few hundred: one label alone would be the other test again.
        chosen = [row for row in rows if len(row["labels"]) > 1][:150] + [row for row in rows if len(row["labels"]) == 1][:150]
        short = self.folder / "emotions.jsonl"
        short.write_text("".join(json.dumps(row) + "\n" for row in chosen))
        must("import", "--data", self.server.data, "--project", "emotions", short, "--create", "--modality", "text", "--task",
             "multi_label", "--id-column", "id", "--text-column", "text", "--labels-from", "labels")
        page = self.open("emotions")
        given = {}
        for number in range(30):
            given[page.key] = sorted(truth[page.key])
            for label in truth[page.key]:
                key = page.page.locator(f'[data-label="{label}"] kbd')
                if key.count():
                    page.page.keyboard.press(key.inner_text().lower())
                else:
                    page.page.keyboard.press("/")
                    page.page.keyboard.type(label)
                    page.page.keyboard.press("Enter")
                    page.page.keyboard.press("Escape")
            if number == 12:
                page.page.screenshot(path=SCREENSHOTS / "goemotions.png")
            page.press("Enter")
        page.saved()
        kept = {row["key"]: sorted(row["labels"]) for row in standing(self.server, self.project)}
        self.assertEqual(kept, given)
        self.assertEqual(self.exported(), given)
        self.assertGreater(sum(len(labels) > 1 for labels in given.values()), 5)
        self.assertEqual(page.errors, [])

    def test_a_thousand_mnist_images(self):
        images, labels = self.found("mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz")
        with gzip.open(images) as content, gzip.open(labels) as names:
            content.read(16)
            names.read(8)
            pixels, truth = content.read(784 * 1200), names.read(1200)
        folder = self.folder / "mnist"
        folder.mkdir()
        for number in range(1200):
            (folder / f"{number:04}.png").write_bytes(grey_png(28, 28, pixels[number * 784:(number + 1) * 784]))
        must("import", "--data", self.server.data, "--project", "mnist", folder, "--create", "--modality", "image", "--format",
             "images", "--labels", ",".join("0123456789"), timeout=300)
        page = self.open("mnist")
        # All of them are to be labelled, those too that no model would learn.
        self.server.call("PATCH", f"/projects/{self.project['id']}", {"settings": {"outlier_filter": {"method": "none"}}})
        truth_of = {f"{number:04}.png": str(truth[number]) for number in range(1200)}
        began = time.monotonic()
        # A script in the page, whose keys come as a person's do: each answers what is on screen then.
        page.page.evaluate("""async (truth) => {
          const stage = document.getElementById('stage');
          for (let given = 0; given < 1000; given += 1) {
            while (!stage.dataset.item) await new Promise((resolve) => setTimeout(resolve, 20));
            const key = truth[document.querySelector('.item-key').textContent];
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }""", truth_of)
        page.saved()
        took = time.monotonic() - began
        print(f"mnist: 1,000 images labelled through the page in {took:.1f} s while rounds trained", flush=True)
        kept = standing(self.server, self.project)
        self.assertEqual(len(kept), 1000)
        self.assertEqual({row["key"]: row["labels"] for row in kept}, {row["key"]: [truth_of[row["key"]]] for row in kept})
        self.assertEqual(self.server.labels(self.project), {row["key"]: truth_of[row["key"]] for row in kept})
        page.page.screenshot(path=SCREENSHOTS / "mnist.png")
        self.assertEqual(page.errors, [])
        rounds = self.server.call("GET", f"/projects/{self.project['id']}/rounds")["items"]
        self.assertGreater(len(rounds), 2, "no round trained meanwhile")


if __name__ == "__main__":
    unittest.main()
