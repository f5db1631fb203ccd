"""The cockpit where a look is not enough: CLINC's 151 intents, and GoEmotions' feelings of which an item may have several."""

import csv
import io
import json
import pathlib
import unittest

from accessibility import complaints
from axe import violations
from browser import PHONE, chromium
from engineer import EngineerPage, gzipped_rows, some_of_each, wait_until_quiet
from winnow import Server, eventually, must

WIDE = {"viewport": {"width": 1440, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
CLINC = gzipped_rows("clinc150/clinc150.csv.gz")
FEELINGS = gzipped_rows("goemotions/goemotions_train_dev.jsonl.gz")
# The server may take its time on a busy machine.
LONG = 120_000


class Cockpit(unittest.TestCase):
    """A project of real data with enough labels for every plot."""

    @classmethod
    def begin(cls, name, rows, text, task, given):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        table = pathlib.Path(cls.server.folder.name) / "rows.jsonl"
        table.write_text("".join(json.dumps(row) + "\n" for row in rows))
        must("import", "--data", cls.server.data, "--project", name, table, "--create", "--modality", "text", "--task", task,
             "--text-column", "text", "--id-column", "id", "--labels-from", text, "--batch-size", given,
             "--evaluation-fraction", "0.4")
        cls.server.start()
        cls.id = cls.server.project(name)["id"]
        cls.truth = {row["id"]: row[text] if isinstance(row[text], list) else [row[text]] for row in rows}
        done = 0
        while done < given:
            items = cls.server.call("POST", f"/projects/{cls.id}/next", {"prefetch": 20})["items"]
            cls.server.call("POST", f"/projects/{cls.id}/annotations", {"annotations": [
                {"item": entry["item"]["id"], "lease": entry["lease"], "duration_ms": 1200, "labels": cls.truth[entry["item"]["key"]]}
                for entry in items]})
            done += len(items)
        wait_until_quiet(cls.server, cls.id)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, **context):
        page = EngineerPage(self.browser, self.server, f"project.html?project={self.id}#cockpit", **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        for plot in ["learning-curve", "confusion-matrix", "label-distribution", "calibration"]:
            page.page.wait_for_selector(f"#{plot} .plot[data-drawn=yes]", timeout=LONG)
        return page

    def rows_of(self, page, plot):
        path = page.download(lambda: page.page.locator(f"#{plot} .tools button", has_text="CSV").press("Enter"))
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))

    def looks_well(self, name):
        """No complaints about the page, dark and on a phone; pictures for people to look at."""
        for kind, context in {"dark": DARK, "phone": PHONE}.items():
            other = self.open(**context)
            self.assertEqual(violations(other.page), [], kind)
            self.assertEqual(complaints(other.page), [], kind)
            self.assertLessEqual(other.page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, kind)
            # What is missing is not written as a word of the language that the page is made of.
            self.assertNotRegex(other.page.locator("#stage").inner_text(), r"\b(null|undefined|NaN|\[object)\b")
            other.shot(f"{name}-{kind}")


@unittest.skipUnless(CLINC, "the intents of CLINC150 are not at hand")
class ManyLabels(Cockpit):
    @classmethod
    def setUpClass(cls):
        cls.begin("Intents", some_of_each(CLINC, "label", 10), "label", "single_label", 240)

    def test_pairs_are_found_and_list_their_items(self):
        page = self.open()
        report = self.server.call("GET", f"/projects/{self.id}/evaluation")
        self.assertEqual(len(report["labels"]), 151)
        wrong = {(truth, report["labels"][p]): n for truth, line in zip(report["labels"], report["confusion"])
                 for p, n in enumerate(line) if n and report["labels"][p] != truth}
        listed = page.page.locator(".pairs button").evaluate_all(
            "all => all.map(one => [...one.querySelectorAll('.pair-name')].map(name => name.textContent))")
        self.assertEqual(len(listed), min(14, len(wrong)))
        self.assertTrue({tuple(pair) for pair in listed} <= set(wrong))
        truth, predicted = listed[0]
        page.tab_to("#pairs-search")
        page.page.keyboard.type(truth)
        found = sum(n for (t, p), n in {**wrong, **{(l, l): report["confusion"][i][i] for i, l in enumerate(report["labels"])}}.items()
                    if n and (truth in t or truth in p))
        counted = eventually("the pairs of that label are listed", lambda: page.page.locator(".pair-count").evaluate_all(
            "all => all.map(one => parseInt(one.textContent))"))
        self.assertEqual(sum(counted), found)
        button = page.page.locator(".pairs button", has=page.page.locator(f".pair-name:text-is('{predicted}')")).first
        button.press("Enter")
        page.page.wait_for_selector("dialog .item-list .item-button")
        self.assertEqual(page.page.locator("dialog .item-list li").count(), int(button.locator(".pair-count").inner_text().split()[0]))
        page.page.keyboard.press("Escape")
        # The whole matrix is saved, and all of its cells as rows.
        path = page.download(lambda: page.page.locator("#confusion-matrix .tools button", has_text="PNG").press("Enter"))
        picture = path.read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(int.from_bytes(picture[16:20]), 2000, "a matrix of 151 labels is a large picture")
        self.assertGreater(len(picture), 40_000)
        self.assertEqual(page.page.locator(".offstage").count(), 0)
        rows = self.rows_of(page, "confusion-matrix")
        self.assertEqual(sum(int(row["items"]) for row in rows), report["items"])
        page.shot("cockpit-clinc-wide")

    def test_all_labels_are_drawn_and_found_in_the_table(self):
        page = self.open()
        place = page.page.locator("#label-distribution .plot")
        self.assertGreater(place.evaluate("one => one.scrollHeight"), 151 * 15)
        self.assertLess(place.bounding_box()["height"], 700)
        place.focus()
        page.page.keyboard.press("End")
        eventually("the keyboard scrolls it", lambda: place.evaluate("one => one.scrollTop") > 500)
        self.assertEqual(len(self.rows_of(page, "label-distribution")), 151)
        page.page.locator("#label-distribution .tools button", has_text="Table").press("Enter")
        rows = page.page.locator("#label-distribution tbody tr")
        self.assertEqual(rows.count(), 151)
        page.page.get_by_label("Find in the table").fill("travel")
        names = [row.inner_text().split("\t")[0] for row in rows.filter(visible=True).all()]
        self.assertEqual(sorted(names), sorted(name for name in {row["label"] for row in CLINC} if "travel" in name))

    def test_it_looks_well_dark_and_on_a_phone(self):
        self.looks_well("cockpit-clinc")


@unittest.skipUnless(FEELINGS, "the comments of GoEmotions are not at hand")
class SeveralLabels(Cockpit):
    @classmethod
    def setUpClass(cls):
        cls.begin("Feelings", FEELINGS[:1200], "labels", "multi_label", 240)

    def test_each_label_is_judged_by_itself(self):
        page = self.open()
        report = self.server.call("GET", f"/projects/{self.id}/evaluation")
        rows = {row["label"]: row for row in self.rows_of(page, "confusion-matrix")}
        self.assertEqual({name: (int(row["right"]), int(row["missed"]), int(row["false alarms"])) for name, row in rows.items()},
                         {t["label"]: (t["hits"], t["missed"], t["false_alarms"]) for t in report["per_label"]})
        # By keyboard: one tab stop, arrows from figure to figure.
        page.tab_to(".per-label .cell")
        page.page.keyboard.press("ArrowDown")
        name = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog .item-list .item-button")
        more = page.page.locator("dialog .panel-body > button", has_text="Show more")
        while more.is_visible():
            before = page.page.locator("dialog .item-list li").count()
            more.click()
            eventually("more is listed", lambda: page.page.locator("dialog .item-list li").count() > before)
        self.assertEqual(page.page.locator("dialog .item-list li").count(), int(name.split()[0]), name)
        page.page.keyboard.press("Escape")
        path = page.download(lambda: page.page.locator("#confusion-matrix .tools button", has_text="PNG").press("Enter"))
        self.assertGreater(len(path.read_bytes()), 10_000)
        page.shot("cockpit-goemotions-wide")

    def test_every_outcome_lists_what_it_counts(self):
        report = self.server.call("GET", f"/projects/{self.id}/evaluation")
        self.assertGreater(sum(t["hits"] for t in report["per_label"]), 0)
        for tally in report["per_label"]:
            for outcome, part in [("hit", "hits"), ("missed", "missed"), ("false_alarm", "false_alarms")]:
                items = self.server.call("GET", f"/projects/{self.id}/evaluation/items?limit=1000&label={tally['label']}&outcome={outcome}")["items"]
                self.assertEqual(len(items), tally[part], f"{tally['label']} {outcome}")
                for entry in items:
                    self.assertEqual(tally["label"] in entry["labels"], outcome != "false_alarm")
                    self.assertEqual(entry["prediction"]["probabilities"][tally["label"]] >= 0.5, outcome != "missed")
        # Each decision about a label is one of those whose confidence is compared with the truth.
        self.assertEqual(sum(entry["count"] for entry in report["calibration"]), report["items"] * len(report["labels"]))

    def test_the_curve_has_a_band(self):
        curve = self.server.call("GET", f"/projects/{self.id}/insights")["learning_curve"]
        self.assertTrue(all(p["interval"]["lower"] < p["value"] < p["interval"]["upper"] for p in curve["active"]), curve["active"])
        page = self.open()
        drawn = [row for row in self.rows_of(page, "learning-curve") if row["curve"] == "active"]
        self.assertEqual([float(row["upper"]) for row in drawn], [p["interval"]["upper"] for p in curve["active"]])

    def test_it_looks_well_dark_and_on_a_phone(self):
        self.looks_well("cockpit-goemotions")


del Cockpit

if __name__ == "__main__":
    unittest.main()
