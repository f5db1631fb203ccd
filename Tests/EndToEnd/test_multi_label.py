"""Items with several labels: keys toggle, Enter submits, eight people label at once, and each label is learned."""

import argparse
import json
import os
import pathlib
import random
import unittest

from browser import PHONE, LabellingPage, chromium
from oracle import Oracle
from truth import Truth, add_options
from winnow import ROOT, SCREENSHOTS, Server, must

SHARED = pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data"))
FEELINGS = {
    "joy": ["what a happy day", "I am so glad", "this made me smile", "wonderful news"],
    "anger": ["this is outrageous", "I am furious", "how dare they", "it drives me mad"],
    "surprise": ["I did not expect that", "out of nowhere", "what a twist", "I never saw it coming"],
    "fear": ["I am scared", "it makes me shiver", "I dread the night", "what if it goes wrong"],
}
PLAIN = ["the shop opens at nine", "we met on Tuesday", "the train was on time", "it is made of wood"]


def messages(count, seed=7):
    """Messages with none to three feelings in them."""
    draw = random.Random(seed)
    for number in range(count):
        labels = sorted(draw.sample(sorted(FEELINGS), draw.choice([0, 1, 1, 2, 2, 3])))
        parts = [draw.choice(FEELINGS[label]) for label in labels] + [draw.choice(PLAIN)]
        draw.shuffle(parts)
        yield {"id": f"m{number}", "text": ", ".join(parts) + f" ({number})", "labels": labels}


def write(folder, rows):
    table = pathlib.Path(folder) / "messages.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return table


class Page(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.rows = list(messages(60))
        self.truth = {row["id"]: row["labels"] for row in self.rows}
        must("import", "--data", self.server.data, "--project", "feelings", write(self.server.folder.name, self.rows),
             "--create", "--modality", "text", "--task", "multi_label", "--labels", ",".join(FEELINGS),
             "--batch-size", "10", "--evaluation-fraction", "0")
        self.server.start()
        self.project = self.server.project("feelings")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def said(self):
        """The labels by key, as the export has them."""
        text = self.server.call("GET", f"/projects/{self.project['id']}/export?format=jsonl", raw=True)
        return {row["key"]: sorted(row["labels"]) for row in map(json.loads, text.splitlines())}

    def test_keys_choose_and_take_back_and_enter_submits(self):
        self.assertEqual(self.project["task"], "multi_label")
        with chromium() as browser:
            page = LabellingPage(browser, self.server.link(self.project))
            on = lambda: page.page.locator("#chosen .chip").all_inner_texts()

            def toggle(label):
                page.page.keyboard.press(page.page.locator(f'[data-label="{label}"] kbd').inner_text().lower())

            self.assertIn("Enter", page.page.locator("#chosen").inner_text(), "what to do stands on the page")
            self.assertIn("None of these", page.page.locator("#submit").inner_text())
            first = page.key
            toggle("anger")
            toggle("joy")
            toggle("fear")
            self.assertEqual(page.key, first, "a key chooses, and submits nothing")
            self.assertEqual(on(), ["joy", "anger", "fear"])
            toggle("fear")
            self.assertEqual(on(), ["joy", "anger"])
            pressed = page.page.locator('.label[aria-pressed="true"]').evaluate_all("all => all.map(b => b.dataset.label)")
            self.assertEqual(pressed, ["joy", "anger"])
            page.page.screenshot(path=SCREENSHOTS / "several-labels.png")
            page.press("Enter")
            self.assertEqual(on(), [], "the next item begins without labels")
            # None of them is an answer too, and an undo brings back what was chosen.
            second = page.key
            page.press("Enter")
            page.press("Backspace")
            page.press("Backspace")
            self.assertEqual((page.key, on()), (first, ["joy", "anger"]))
            page.page.locator("#chosen .chip", has_text="joy").click()
            toggle("surprise")
            page.press("Enter")
            self.assertEqual(page.key, second)
            page.press("Enter")
            page.saved()
            self.assertEqual(self.said(), {first: ["anger", "surprise"], second: []})
            # By hand: buttons toggle, and Enter belongs to the item again.
            third = page.key
            page.page.locator('[data-label="joy"]').click()
            page.page.locator('[data-label="fear"]').click()
            page.press("Enter")
            page.saved()
            self.assertEqual(self.said()[third], ["fear", "joy"])
            # The history shows each label, and changes several at once.
            page.page.keyboard.press("h")
            page.page.wait_for_selector(".history details")
            row = page.page.locator(".history details").nth(0)
            self.assertEqual(row.locator("summary .chip").all_inner_texts(), ["joy", "fear"])
            row.locator("summary").click()
            row.locator(".choices .chip", has_text="joy").click()
            row.locator(".choices .chip", has_text="anger").click()
            row.get_by_role("button", name="Save the change").click()
            page.page.wait_for_selector(".history li:first-child summary .chip:has-text('anger')")
            self.assertEqual(self.said()[third], ["anger", "fear"])
            page.page.keyboard.press("Escape")
            page.press("Backspace")
            self.assertEqual(page.key, third)
            page.saved()
            self.assertNotIn(third, self.said())
            # A search by name chooses too.
            page.page.keyboard.press("?")
            page.page.wait_for_selector("dialog td:has-text('Submit what is chosen')")
            page.page.keyboard.press("Escape")
            self.assertEqual(page.errors, [])
            phone = LabellingPage(browser, self.server.link(self.project, name="Bea"), **PHONE)
            phone.page.locator('[data-label="surprise"]').tap()
            phone.page.screenshot(path=SCREENSHOTS / "several-labels-phone.png")
            before = phone.item
            phone.page.locator("#submit").tap()
            phone.page.wait_for_selector(f'#stage[data-item]:not([data-item="{before}"])')
            phone.saved()
            self.assertIn(["surprise"], self.said().values())

    def test_a_model_learns_each_label(self):
        with chromium() as browser:
            page = LabellingPage(browser, self.server.link(self.project))
            for _ in range(30):
                for label in self.truth[page.key]:
                    page.page.keyboard.press(page.page.locator(f'[data-label="{label}"] kbd').inner_text().lower())
                page.press("Enter")
            page.saved()
            self.assertEqual(page.errors, [])
        self.assertEqual({key: self.truth[key] for key in self.said()}, self.said())
        self.assertEqual(len(self.said()), 30)


class ManyAnnotators(unittest.TestCase):
    """A hundred answers of eight people, with rounds meanwhile and a kill in the middle."""

    def label(self, table, project, flags, kill_after):
        server = Server()
        self.addCleanup(server.close)
        must("import", "--data", server.data, "--project", project, table, "--create", "--modality", "text", "--task",
             "multi_label", "--labels-from", "labels", "--batch-size", "10", "--evaluation-fraction", "0.2", *flags, timeout=300)
        server.start()
        parser = argparse.ArgumentParser()
        add_options(parser)
        truth = Truth(table, parser.parse_args([*flags, "--label-column", "labels"]))
        found = Oracle(server, server.project(project), truth, annotators=8, labels=100, lead=1).run(kill_after)
        self.assertEqual(found["sent"], 100)
        self.assertGreaterEqual(found["models"], 5)
        self.assertGreater(len(found["evaluated"]), 0)
        self.assertEqual(server.stop(), 0)
        return found

    def test_feelings(self):
        folder = Server().folder
        self.addCleanup(folder.cleanup)
        found = self.label(write(folder.name, messages(400)), "feelings", ["--id-column", "id"], kill_after=40)
        self.assertGreater(found["accuracy"], 0.7, "feelings that plain words tell are not learned")

    def test_goemotions(self):
        table = SHARED / "goemotions/goemotions_train_dev.jsonl.gz"
        if not table.is_file():
            self.skipTest(f"{table.name} is not here: it belongs at {table}")
        flags = ["--id-column", "id", "--where", "split=dev"]
        self.label(table, "emotions", flags, kill_after=None)


if __name__ == "__main__":
    unittest.main()
