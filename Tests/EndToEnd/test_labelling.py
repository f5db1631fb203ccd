"""The main job: import, label in a real browser by keyboard, a round trains, the queue changes, the labels come out."""

import csv
import pathlib
import unittest

from browser import PHONE, LabellingPage, chromium
from winnow import DIGITS, EXAMPLES, SCREENSHOTS, Server, eventually, exported_labels, must


def truth_of(table, key, label):
    with open(table, newline="") as lines:
        return {pathlib.Path(row[key]).stem: row[label] for row in csv.DictReader(lines)}


def trained(project):
    """The round whose trained model chooses what is asked, or none; the first round of a pool chooses without one."""
    return project["model"]["round"] if project["model"] else None


class MainJob(unittest.TestCase):
    """Thirty labels on real images (or on the example's messages where the images cannot be had)."""

    def test_thirty_labels_by_keyboard(self):
        server = Server()
        self.addCleanup(server.close)
        name = "Digits & messages"
        if (DIGITS / "truth.csv").is_file():
            truth = truth_of(DIGITS / "truth.csv", "file", "label")
            must("import", "--data", server.data, "--project", name, DIGITS / "images", "--create", "--modality", "image",
                 "--format", "images", "--labels", ",".join("0123456789"), timeout=300)
        else:
            print("no images of digits here: labelling the messages of Examples", flush=True)
            truth = truth_of(EXAMPLES, "id", "label")
            must("import", "--data", server.data, "--project", name, EXAMPLES, "--create", "--modality", "text",
                 "--text-column", "text", "--id-column", "id", "--labels-from", "label", timeout=300)
        server.start()
        project = server.project(name)
        self.assertEqual(project["counts"]["items"], len(truth))
        self.assertEqual(project["counts"]["labelled"], 0)
        batch = project["settings"]["batch_size"]
        self.assertLess(batch, 30)

        with chromium() as browser:
            page = LabellingPage(browser, server.link(project))
            self.assertNotIn("token", page.page.url)
            given = {}

            def label():
                key = page.key
                given[key] = truth[pathlib.Path(key).stem]
                page.press_label(given[key])

            for _ in range(5):
                label()

            # A skip carries no label, and an undo brings back the very item, whose second answer is the one that counts.
            skipped = page.key
            page.press(" ")
            self.assertNotEqual(page.key, skipped)
            mistaken, wrong = page.key, next(one for one in truth.values() if one != truth[pathlib.Path(page.key).stem])
            page.press_label(wrong)
            page.press("Backspace")
            self.assertEqual(page.key, mistaken)
            page.saved()
            while len(given) < batch - 1:
                label()
            page.saved()
            self.assertIsNone(trained(server.project(name)), "a model before there were labels for a batch")

            # A round trains behind the annotator's back; what is asked after it comes from it. Labels of the evaluation
            # stream may not count towards the batch, so a few more than the batch may be needed.
            while len(given) < 25:
                label()
                page.saved()
                if len(given) >= batch and server.call("GET", f"/projects/{project['id']}/rounds")["items"][0]["trigger"] == "labels":
                    break
            number = eventually("a round with a model serves", lambda: trained(server.project(name)), 240)
            while len(given) < 30:
                label()
            page.saved()
            chosen = [offer for offer in page.offers if offer["round"] == number]
            self.assertTrue(chosen, "the queue did not change after the round")
            page.page.wait_for_selector("#round:has-text('Round')")
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.page.wait_for_timeout(400)  # the sign on the chosen button fades; only the picture waits for it
            page.page.screenshot(path=SCREENSHOTS / "wide.png")
            self.assertEqual(page.errors, [])
            page.close()

            phone = LabellingPage(browser, server.link(project, name="Grace"), **PHONE)
            width = phone.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            self.assertLessEqual(width[0], width[1], "the page scrolls sideways on a phone")
            phone.page.wait_for_timeout(300)
            phone.page.screenshot(path=SCREENSHOTS / "phone.png")
            phone.close()

        self.assertEqual(len(given), 30)
        self.assertNotIn(skipped, given)
        self.assertEqual(server.labels(project), given)
        self.assertEqual(server.project(name)["counts"]["labelled"], 30)
        self.assertEqual(server.stop(), 0)
        written = pathlib.Path(server.folder.name) / "labels.jsonl"
        must("export", "--data", server.data, "--project", name, "--format", "jsonl", "--output", written)
        self.assertEqual(exported_labels(written.read_text()), given)


if __name__ == "__main__":
    unittest.main()
