"""Whatever people write is text on the engineer's pages: items, keys, label names, notes, names of files and columns."""

import csv
import io
import json
import pathlib
import unittest
import zipfile

import pools
from accessibility import complaints
from axe import violations
from browser import PHONE, chromium
from engineer import EngineerPage, wait_until_quiet
from winnow import Server

WIDE = {"viewport": {"width": 1440, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
MARKUP = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
OVERRIDE = "\u202egnp.exe\u2066"
EMOJI = "👩🏽‍🌾🌾" * 40
UNBROKEN = "w" * 190
LABELS = [MARKUP, OVERRIDE, EMOJI[:40], UNBROKEN, "constructor", "__proto__"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.files = pathlib.Path(cls.server.folder.name)
        call = cls.server.call
        cls.id = call("POST", "/projects", {
            "name": f"Project {MARKUP} {OVERRIDE}"[:150], "modality": "text", "labels": [{"name": name, "description": MARKUP} for name in LABELS],
            "guidelines": MARKUP, "settings": {"batch_size": 40, "evaluation_fraction": 0.5, "trainer": {"epochs": 5}}})["id"]
        texts = [MARKUP, OVERRIDE + " after it", EMOJI, "x" * (1 << 20), "\u202b\u0627\u0644\u0639 " + MARKUP]
        rows = [{"key": f"{n} {MARKUP if n % 2 else OVERRIDE}", "text": f"{text[:(1 << 20) - 8]} {n}", "meta": {MARKUP: MARKUP, "__proto__": OVERRIDE}}
                for n, text in enumerate(texts + [f"{LABELS[n % len(LABELS)]} word{n % len(LABELS)} " * 3 for n in range(60)])]
        sent = call("POST", f"/projects/{cls.id}/items", {"items": rows})
        assert sent["created"] == len(rows), sent["rejected"]
        for _ in range(3):
            items = call("POST", f"/projects/{cls.id}/next", {"prefetch": 20})["items"]
            call("POST", f"/projects/{cls.id}/annotations", {"annotations": [
                {"item": entry["item"]["id"], "lease": entry["lease"], "note": MARKUP + OVERRIDE,
                 "labels": [LABELS[int(entry["item"]["key"].split()[0]) % len(LABELS)]]} for entry in items]})
        wait_until_quiet(cls.server, cls.id)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, view, **context):
        page = EngineerPage(self.browser, self.server, f"project.html?project={self.id}#{view}", **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        return page

    def harmless(self, page, what):
        """Nothing ran, nothing became an element, nothing is wider than the screen, and there are no complaints."""
        self.assertEqual(page.evaluate("typeof window.hacked"), "undefined", what)
        self.assertEqual(page.locator("img[src='x'], #stage script, dialog script").count(), 0, what)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, what)
        self.assertEqual(complaints(page), [], what)
        self.assertEqual(violations(page), [], what)

    def test_every_view_shows_it_as_text(self):
        ready = {"cockpit": "#queue .item-button", "items": "table.items tbody tr", "import": ".drop", "settings": ".project-form"}
        for kind, context in {"wide": WIDE, "dark": DARK, "phone": PHONE}.items():
            page = self.open("cockpit", **context)
            for view, selector in ready.items():
                page.page.evaluate("view => { location.hash = view }", view)
                page.page.wait_for_selector(selector, timeout=120_000)
                if view == "cockpit":
                    for plot in ["learning-curve", "confusion-matrix", "label-distribution", "dataset-map"]:
                        page.page.wait_for_selector(f"#{plot} .plot[data-drawn]", state="attached", timeout=120_000)
                self.harmless(page.page, f"{view}, {kind}")
                page.shot(f"hostile-{view}-{kind}", full=view == "cockpit")

    def test_a_direction_ends_with_the_name_that_sets_it(self):
        page = self.open("cockpit")
        page.page.wait_for_selector("#confusion-matrix .plot[data-drawn=yes]", timeout=120_000)
        # Where a name stands in a sentence, what it overrides is shut in: the marks come in pairs.
        for note in page.page.locator(".plot-note").all_inner_texts():
            self.assertEqual(note.count("\u2068"), note.count("\u2069"), note)
            self.assertFalse(set(note) & set("\u202a\u202b\u202d\u202e\u2066\u2067"), ascii(note))
        told = " ".join(page.page.locator(".plot-note").all_inner_texts())
        self.assertTrue([name for name in ["gnp.exe", MARKUP, "constructor"] if f"\u2068{name}\u2069" in told], ascii(told))

    def test_the_story_of_a_word_of_a_megabyte(self):
        for context in [WIDE, PHONE]:
            page = self.open("items", **context)
            row = page.page.locator("table.items tbody tr").nth(3)
            self.assertLess(row.bounding_box()["height"], 400)
            row.focus()
            page.page.keyboard.press("Enter")
            page.page.wait_for_selector(".story .facts")
            self.assertGreater(len(page.page.locator(".story-text").text_content()), (1 << 20) - 20)
            self.harmless(page.page, "a long story")
            self.assertLessEqual(page.page.evaluate("(one => one.scrollWidth - one.clientWidth)(document.querySelector('dialog .panel-body'))"), 0)
            page.page.keyboard.press("Escape")
            for row in page.page.locator("table.items tbody tr").all()[:2]:
                row.focus()
                page.page.keyboard.press("Enter")
                page.page.wait_for_selector(".story .facts")
                self.harmless(page.page, "a story")
                page.page.keyboard.press("Escape")
                page.page.wait_for_selector("dialog", state="detached")

    def test_files_and_columns_may_be_called_anything(self):
        page = self.open("import")
        page.page.wait_for_selector(".drop")
        name = f"{MARKUP.replace('/', '_')[:60]} {OVERRIDE}.csv"
        names = ["key", "text", "constructor", "__proto__", "toString", MARKUP]
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(names)
        writer.writerow(["odd 1", "a text", "c", "p", "t", f"detail {MARKUP}"])
        writer.writerow(["odd 2", f"another {OVERRIDE}", "c", "p", "t", ""])
        page.page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": table.getvalue().encode()})
        page.page.wait_for_selector(".preview-table tbody tr")
        self.assertEqual(page.page.locator(".preview-table th bdi, .preview-table th span").all_inner_texts(), names)
        self.assertEqual(page.page.locator(".preview-table select").evaluate_all("all => all.map(one => one.value)"),
                         ["key", "content", "meta", "meta", "meta", "meta"])
        self.assertEqual(page.page.locator(".import-card h3 bdi").inner_text(), name)
        self.harmless(page.page, "the preview")
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        page.page.wait_for_selector("#report:has-text('2 items are new')")
        self.harmless(page.page, "the report")
        kept = self.server.call("GET", f"/projects/{self.id}/items?q=odd%201")["items"][0]["meta"]
        self.assertEqual(kept, {"constructor": "c", "__proto__": "p", "toString": "t", MARKUP: f"detail {MARKUP}"})

    def test_what_an_archive_holds_may_be_called_anything(self):
        project = self.server.call("POST", "/projects", {"name": "Pictures", "modality": "image", "labels": [{"name": "a"}, {"name": "b"}]})["id"]
        path = self.files / "pictures.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number, name in enumerate([MARKUP.replace("/", "_") + ".png", OVERRIDE + ".png", "../../outside.png", "/absolute.png", "ok.png"]):
                archive.writestr(name, pools.png(60, 60, number))
            archive.writestr("broken <b>.png", b"no picture")
        page = EngineerPage(self.browser, self.server, f"project.html?project={project}#import", **WIDE)
        self.addCleanup(page.close)
        page.page.set_input_files("#file", path)
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        page.page.wait_for_selector("#report")
        refused = page.download(lambda: page.page.locator("#rejected").press("Enter")).read_text("utf-8-sig")
        self.assertIn("broken <b>.png", refused)
        self.harmless(page.page, "the report of an archive")
        keys = [item["key"] for item in self.server.call("GET", f"/projects/{project}/items")["items"]]
        self.assertIn("ok.png", keys)
        self.assertFalse([key for key in keys if ".." in key or key.startswith("/")], keys)
        page.page.locator("#report a", has_text="See the items").press("Enter")
        page.page.wait_for_selector("table.items tbody tr img")
        self.harmless(page.page, "pictures")
        self.assertEqual(page.errors, [])


if __name__ == "__main__":
    unittest.main()
