"""Export as an engineer at a keyboard does it: what is promised is what the file holds."""

import csv
import io
import json
import unittest

import crowd
import engineer
from accessibility import complaints
from axe import violations
from browser import PHONE, chromium
from engineer import EngineerPage
from winnow import Server

WIDE = {"viewport": {"width": 1440, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
csv.field_size_limit(1 << 20)
HOSTILE = "<img src=x onerror=alert(1)> =1+1 \u202eevil"


@unittest.skipUnless(engineer.trec_rows(), "TREC is not at hand")
class ExportPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.close)
        cls.project, truth = crowd.trec(cls.server, 80)
        cls.server.call("POST", f"/projects/{cls.project}/items", {"items": [
            {"key": HOSTILE, "text": HOSTILE}, {"key": "formula", "text": "=cmd()"}, {"key": "long", "text": "word " * 60_000}]})
        cls.crowd = crowd.Crowd(cls.server, cls.project, truth)
        cls.crowd.label(list(truth)[:50])
        for key in (HOSTILE, "formula", "long"):
            cls.crowd.say("Ada", key, ["DESC"])
        cls.crowd.say("Ben", "q60", outcome="flag", note=HOSTILE)
        cls.crowd.say("Ben", "q61", outcome="skip")
        cls.server.call("POST", f"/projects/{cls.project}/adjudications", {"key": "q3", "labels": ["NUM"]})
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, view="export", **context):
        page = EngineerPage(self.browser, self.server, f"project.html?project={self.project}#{view}", **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        page.page.wait_for_selector("#download[href]")
        return page

    def promised(self, page):
        """The number of rows that the page promises for what is chosen now."""
        page.page.wait_for_selector(".export-result:not([aria-busy])")
        return int(page.page.locator(".export-count strong").inner_text().replace(",", ""))

    def change(self, page, act):
        """Does something to the form, and waits for the preview that it leads to."""
        with page.page.expect_response(lambda response: "/export/preview" in response.url):
            act()
        return self.promised(page)

    def rows(self, page, press="Enter"):
        """The rows of the file that the browser saves."""
        text = page.download(lambda: page.page.locator("#download").press(press)).read_text()
        if "format=csv" in page.page.get_attribute("#download", "href"):
            return list(csv.DictReader(io.StringIO(text)))
        return [json.loads(line) for line in text.splitlines()]

    def test_every_filter_promises_what_the_file_holds(self):
        page = self.open()
        self.assertEqual(self.promised(page), 55)
        self.assertEqual(len(self.rows(page)), 55)
        select = lambda name, value: lambda: page.page.locator(f"[name={name}]").select_option(value)
        check = lambda name, value: lambda: page.page.locator(f"[name={name}][value={value}]").focus() or page.page.keyboard.press("Space")
        page.page.wait_for_selector("[name=annotator] option[value=Cleo]", state="attached")
        for act, holds in [
            (check("consensus", "all"), lambda row: len(row["annotations"]) == 1),
            (select("annotator", "Cleo"), lambda row: row["annotations"][0]["annotator"] == "Cleo"),
            (select("label", "HUM"), lambda row: row["label"] == "HUM"),
            (check("consensus", "majority"), lambda row: row["label"] == "HUM" and any(a["annotator"] == "Cleo" for a in row["annotations"])),
            (select("annotator", ""), lambda row: row["label"] == "HUM"),
            (select("label", ""), lambda row: True),
            (select("adjudicated", "true"), lambda row: row["key"] == "q3" and row["label"] == "NUM"),
            (select("adjudicated", ""), lambda row: True),
            (select("state", "excluded"), lambda row: row["key"] == "q60"),
            (select("state", ""), lambda row: True),
            (select("flagged", "false"), lambda row: row["key"] != "q60"),
            (check("consensus", "dawid-skene"), lambda row: row["consensus"]["method"] == "dawid_skene"),
        ]:
            number = self.change(page, act)
            rows = self.rows(page)
            self.assertEqual(len(rows), number)
            self.assertTrue(rows and all(map(holds, rows)), page.page.locator(".export-words").inner_text())
        self.assertIn("those without a flag", page.page.locator(".export-words").inner_text())
        self.assertIn("Dawid and Skene", page.page.locator(".export-words").inner_text())
        # By the same words in the address of the call, as Code shows it.
        page.page.keyboard.press("Shift+C")
        snippet = page.page.locator("dialog .snippets code").first.inner_text()
        self.assertIn("consensus=dawid-skene", snippet)
        self.assertIn("flagged=false", snippet)
        page.page.keyboard.press("Escape")
        # Everything was said since the day it was, whatever the reader's clock.
        self.assertEqual(self.change(page, lambda: page.page.locator("[name=since]").fill("2020-01-31")), number)
        # A day on which nothing was said: nothing to take, and it is said so.
        number = self.change(page, lambda: page.page.locator("[name=until]").fill("2020-01-31"))
        self.assertEqual(number, 0)
        self.assertIsNone(page.page.get_attribute("#download", "href"))
        self.assertIn("Nothing fits this", page.page.locator(".export-head").inner_text())
        self.assertEqual(self.change(page, lambda: page.page.get_by_role("button", name="Clear all").press("Enter")), 55)

    def test_a_table_is_shown_as_it_will_be_and_disarmed_on_request(self):
        page = self.open("export?format=csv&adjudicated=false")
        self.assertEqual(self.promised(page), 54)
        rows = self.rows(page)
        self.assertEqual(len(rows), 54)
        shown = page.page.locator(".head-table tbody tr")
        self.assertEqual(shown.count(), 8)
        self.assertEqual(shown.first.locator("td").nth(2).inner_text(), rows[0]["text"])
        self.assertEqual({row["key"]: row["text"] for row in rows}["formula"], "=cmd()")
        safe = self.change(page, lambda: page.page.locator("[name=safe_cells]").press("Space"))
        self.assertEqual(safe, 54)
        self.assertEqual({row["key"]: row["text"] for row in self.rows(page)}["formula"], "'=cmd()")
        # What is taken away is written down, with what was chosen.
        entry = self.server.call("GET", "/audit?action=export.download&limit=1")["items"][0]
        self.assertEqual((entry["user"]["name"], entry["after"]["format"], entry["after"]["adjudicated"]), ("Eve", "csv", False))

    def test_hostile_and_long_rows_are_text(self):
        page = self.open()
        self.change(page, lambda: page.page.locator("[name=label]").select_option("DESC"))
        self.change(page, lambda: page.page.locator("[name=annotator]").select_option("Ada"))
        for form in ("jsonl", "csv"):
            if form == "csv":
                self.change(page, lambda: page.page.locator("[name=format][value=csv]").check())
            page.page.evaluate("scrollTo(0, 0)")
            self.assertEqual(page.page.locator(".export-head img, .export-head script").count(), 0)
        number = self.change(page, lambda: page.page.locator("[name=flagged]").select_option("true"))
        self.assertEqual(number, 0)
        self.change(page, lambda: page.page.locator("[name=annotator]").select_option("Ben"))
        self.change(page, lambda: page.page.locator("[name=label]").select_option(""))
        self.assertEqual(self.promised(page), 1)
        page.page.locator("[name=format][value=jsonl]").check()
        page.page.wait_for_selector(".head-lines")
        self.assertIn("onerror", page.page.locator(".head-lines").inner_text())
        # The long one alone: its beginning stands there, the file has all of it.
        long = len("word " * 60_000)
        with self.subTest("long"):
            preview = self.server.call("GET", f"/projects/{self.project}/export/preview?label=DESC&limit=100")
            self.assertTrue(preview["cut"])
            text = self.server.call("GET", f"/projects/{self.project}/export?label=DESC", raw=True)
            self.assertEqual(len(text.splitlines()), preview["rows"])
            self.assertGreater(len(text), long)

    def test_everybody_can_use_it(self):
        for kind, context in {"light": WIDE, "dark": DARK, "phone": PHONE}.items():
            page = self.open("export?format=csv", **context)
            self.promised(page)
            self.assertEqual(complaints(page.page), [], kind)
            self.assertEqual(violations(page.page), [], kind)
            self.assertLessEqual(page.page.evaluate("document.documentElement.scrollWidth"), context["viewport"]["width"])
            page.shot(f"export-{kind}")
        # From the top of the page to the file by Tab, arrows and Enter alone.
        page = self.open()
        page.tab_to("[name=format]")
        self.change(page, lambda: page.page.keyboard.press("ArrowDown"))
        page.tab_to("#download")
        rows = list(csv.DictReader(io.StringIO(page.download(lambda: page.page.keyboard.press("Enter")).read_text())))
        self.assertEqual(len(rows), 55)


if __name__ == "__main__":
    unittest.main()
