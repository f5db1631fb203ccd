"""An engineer makes projects and fills them: forms that answer while one types, files that are dropped, rows that are refused."""

import csv
import io
import json
import pathlib
import unittest
import zipfile

import engineer
from accessibility import complaints
from browser import PHONE, chromium
from engineer import EngineerPage
from winnow import DIGITS, Server, eventually

HOSTILE = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
WIDE = {"viewport": {"width": 1440, "height": 900}}


class CreateAndImport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.files = pathlib.Path(cls.server.folder.name)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, path, **context):
        page = EngineerPage(self.browser, self.server, path, **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        return page

    def project(self, name, modality="text", labels=("a", "b"), **more):
        return self.server.call("POST", "/projects", {
            "name": name, "modality": modality, "labels": [{"name": label} for label in labels], **more})["id"]

    def counts(self, project):
        return self.server.call("GET", f"/projects/{project}")["counts"]

    def imported(self, page):
        """Waits for the report of an import, and returns its words."""
        page.page.wait_for_selector("#report", timeout=240_000)
        return page.page.locator("#report").inner_text()

    def items(self, project, query=""):
        return self.server.call("GET", f"/projects/{project}/items?limit=1000{query}")["items"]

    @unittest.skipUnless(engineer.trec_rows(), "the questions of TREC are not at hand")
    def test_a_project_is_made_by_keyboard_and_filled_from_a_table(self):
        page = self.open("create.html")
        keyboard = page.page.keyboard
        page.page.wait_for_selector("#field-name:focus")
        self.assertTrue(page.page.locator("button.primary").is_disabled(), "there is nothing to make yet")
        keyboard.type("x")
        keyboard.press("Backspace")
        self.assertEqual(page.page.locator("#field-name-error").inner_text(), "A project needs a name.")
        keyboard.type("Questions")
        page.tab_to("[name=label-name]")
        for name in ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM", "NUM"]:
            keyboard.type(name)
            keyboard.press("Enter")
        wrong = page.page.locator(".label-rows li:has(.form-error:not(:empty))")
        self.assertEqual(wrong.locator(".form-error").inner_text(), "This name stands twice.")
        self.assertTrue(page.page.locator("button.primary").is_disabled())
        self.assertEqual(complaints(page.page), [])
        wrong.get_by_role("button", name="Remove this label").press("Enter")
        page.page.locator("[name=label-key]").nth(0).fill("q")
        page.page.locator("[name=label-key]").nth(1).fill("Q")
        self.assertEqual(page.page.locator(".label-rows .form-error >> nth=1").inner_text(), "This key stands twice.")
        page.page.locator("[name=label-key]").nth(1).fill("w")
        page.page.locator("[name=label-color]").nth(0).fill("#123456")
        page.tab_to("#field-guidelines")
        keyboard.type("# What is asked?\n- **HUM** is people\n<b>no markup</b>")
        self.assertEqual(page.page.locator(".preview strong").inner_text(), "HUM")
        self.assertIn("<b>no markup</b>", page.page.locator(".preview").inner_text())
        page.shot("create-wide")
        page.tab_to("button.primary")
        keyboard.press("Enter")
        page.page.wait_for_url("**/project.html?project=*#import")
        made = self.server.project("Questions")
        self.assertEqual([label["name"] for label in made["labels"]], ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"])
        self.assertEqual([label["hotkey"] for label in made["labels"][:3]], ["q", "w", None])
        self.assertEqual(made["labels"][0]["color"], "#123456")

        rows = engineer.trec_rows()[:1200]
        table = self.files / "questions.csv"
        with table.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(rows[0].keys())
            writer.writerows(row.values() for row in rows)
            writer.writerow(["hostile", HOSTILE, "DESC", 'a "quoted", field\nof two lines', "train"])
            writer.writerow(["short", "too few fields"])
            writer.writerow(["odd", "an unknown label", "NOPE", "", "train"])
            writer.writerow(["empty", "", "HUM", "", "train"])
            writer.writerow([rows[0]["id"], "a key that is there", "HUM", "", "train"])
        page.page.set_input_files("#file", table)
        page.page.wait_for_selector(".preview-table tbody tr >> nth=4")
        roles = page.page.locator(".preview-table select").evaluate_all("all => all.map(one => one.value)")
        self.assertEqual(roles, ["key", "content", "label", "meta", "meta"])
        self.assertEqual(complaints(page.page), [])
        page.shot("import-preview-wide")
        # Two texts are refused before anything is sent.
        column = page.page.get_by_label("What the column fine is")
        column.select_option("content")
        self.assertTrue(page.page.get_by_role("button", name="Import", exact=True).is_disabled())
        column.select_option("meta")
        page.page.get_by_label("What the column split is").select_option("none")
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        report = self.imported(page)
        self.assertIn("1,201 items are new, 1 were there already", report)
        self.assertIn("3 rows were refused", report)
        page.shot("import-report-wide", full=False)
        refused = page.download(lambda: page.page.locator("#rejected").press("Enter"))
        lines = list(csv.DictReader(io.StringIO(refused.read_text("utf-8-sig"))))
        self.assertEqual([line["row"] for line in lines], ["1202", "1203", "1204"])
        self.assertEqual([line["id"] for line in lines], ["short", "odd", "empty"])
        self.assertTrue(all(line["reason"] for line in lines))
        self.assertEqual(self.counts(made["id"])["labelled"], 1201)
        kept = self.items(made["id"], "&q=hostile")[0]
        self.assertEqual((kept["text"], kept["meta"]), (HOSTILE, {"fine": 'a "quoted", field\nof two lines'}))
        # What is hostile is text everywhere.
        page.page.locator("#report a", has_text="See the items").press("Enter")
        page.page.wait_for_selector("table.items tbody tr")
        page.page.keyboard.press("/")
        page.page.keyboard.type("hostile")
        eventually("the item is found", lambda: page.page.locator("table.items tbody tr").count() == 1)
        self.assertIn(HOSTILE, page.page.locator("table.items .what").inner_text())
        page.page.keyboard.press("Enter")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".story-text")
        self.assertEqual(page.page.locator(".story-text").inner_text(), HOSTILE)
        self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")

    def test_what_the_server_refuses_stands_beside_its_field(self):
        self.project("Taken")
        page = self.open("create.html")
        page.page.wait_for_selector("#field-name:focus")
        page.page.keyboard.type("Taken")
        page.page.locator("[name=label-name]").first.fill("yes")
        page.page.locator("button.primary").press("Enter")
        eventually("the form says why", lambda: "Taken" in page.page.locator(".project-form").inner_text()
                   and [text for text in page.page.locator(".form-error").all_inner_texts() if text])
        self.assertIn("create.html", page.page.url)
        # The console tells of answers of 4xx: the one that was asked for.
        self.assertTrue(all("409" in error or "422" in error for error in page.errors), page.errors)
        page.errors.clear()

    def test_settings_are_changed_and_names_are_text(self):
        project = self.project(f"N {HOSTILE}", labels=[f"L {HOSTILE}", "‮evil", "b"])
        page = self.open(f"project.html?project={project}#settings")
        page.page.wait_for_selector("#field-guidelines")
        self.assertEqual(page.page.locator("#project").inner_text(), f"N {HOSTILE}")
        page.page.locator("#field-guidelines").fill("Be kind.")
        page.page.locator("#field-settings-batch_size").fill("0")
        self.assertTrue(page.page.locator("button.primary").is_disabled())
        page.page.locator("#field-settings-batch_size").fill("33")
        page.page.locator("#field-settings-evaluation_fraction").fill("12.5")
        page.page.locator("#field-settings-strategy").select_option("margin")
        page.page.locator("button.primary").press("Enter")
        page.page.wait_for_selector(".toast:has-text('Saved.')")
        now = self.server.call("GET", f"/projects/{project}")
        self.assertEqual((now["guidelines"], now["settings"]["batch_size"], now["settings"]["evaluation_fraction"]), ("Be kind.", 33, 0.125))
        self.assertIn("margin", json.dumps(now["settings"]["strategy"]))
        self.assertEqual([label["name"] for label in now["labels"]], [f"L {HOSTILE}", "‮evil", "b"])
        for key in "cims":
            page.page.locator("body").press(key)
            page.page.wait_for_timeout(300)
            self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")
            self.assertEqual(complaints(page.page), [], key)
        page.page.goto(f"{self.server.base}/")
        page.page.wait_for_selector(f".project-name")
        self.assertIn(f"N {HOSTILE}", page.page.locator(".project-name").all_inner_texts())

    def test_json_lines_keep_what_they_hold(self):
        project = self.project("Lines", task="multi_label", labels=["x", "y", "z"])
        lines = [json.dumps(row) for row in [
            {"id": "1", "body": "one", "tags": ["x", "y"], "source": {"page": 3}},
            {"id": "2", "body": "two, with a line\nbreak and emoji 🌾", "tags": []},
            {"id": "3", "body": "three"}]] + ["not json", "[1]", json.dumps({"id": "4", "body": 7})]
        path = self.files / "rows.jsonl"
        path.write_text("\n".join(lines) + "\n")
        page = self.open(f"project.html?project={project}#import", **PHONE)
        page.page.set_input_files("#file", path)
        page.page.get_by_label("What the column tags is").select_option("label")
        page.shot("import-preview-phone")
        self.assertEqual(complaints(page.page), [])
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        self.assertIn("3 rows were refused", self.imported(page))
        kept = {item["key"]: item for item in self.items(project)}
        self.assertEqual(set(kept), {"1", "2", "3"})
        self.assertEqual((kept["1"]["text"], kept["1"]["meta"], kept["1"]["state"]), ("one", {"source": {"page": 3}}, "labelled"))
        self.assertEqual((kept["2"]["text"], kept["2"]["state"]), ("two, with a line\nbreak and emoji 🌾", "labelled"))
        self.assertEqual(kept["3"]["state"], "unlabelled")
        refused = page.download(lambda: page.page.locator("#rejected").press("Enter")).read_text("utf-8-sig")
        for line in ["not json", "[1]"]:
            self.assertIn(line, refused)

    @unittest.skipUnless(engineer.digits_truth(), "the pictures of digits cannot be had here")
    def test_a_zip_of_pictures_is_dropped(self):
        project = self.project("Dropped", "image", "0123456789")
        truth = engineer.digits_truth()
        path = self.files / "digits.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in sorted(truth)[:60]:
                archive.write(DIGITS / "images" / name, f"{truth[name]}/{name}")
            archive.writestr("3/broken.png", b"no picture")
        page = self.open(f"project.html?project={project}#import")
        page.page.wait_for_selector(".drop")
        # A file that is dropped comes as a hand would bring it: in an event's data.
        page.page.evaluate("""async (bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "digits.zip", { type: "application/zip" }));
          document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""", list(path.read_bytes()))
        page.page.locator("#folders").press(" ")
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        report = self.imported(page)
        self.assertIn("60 items are new", report)
        self.assertIn("1 row was refused", report)
        self.assertEqual(self.counts(project)["labelled"], 60)
        # The wrong kind of file is refused before it is sent.
        wrong = self.files / "wrong.csv"
        wrong.write_text("text\nno\n")
        page.page.set_input_files("#file", wrong)
        page.page.wait_for_selector(".notice:has-text('labels pictures')")

    def test_a_hundred_thousand_rows_go_in_and_are_paged_by_keyboard(self):
        project = self.project("Large", settings={"evaluation_fraction": 0})
        path, count = self.files / "large.csv", 100_000
        with path.open("w", newline="") as out:
            out.write("id,text\n")
            for number in range(count):
                out.write(f"r{number},message number {number} about {'parcels letters invoices refunds'.split()[number % 4]} {'word ' * 20}\n")
        page = self.open(f"project.html?project={project}#import")
        page.page.set_input_files("#file", path)
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        page.page.wait_for_selector("[role=progressbar][aria-valuenow]:not([aria-valuenow='0'])")
        heap = page.context.new_cdp_session(page.page)
        largest = 0
        while not page.page.locator("#report").count():
            heap.send("HeapProfiler.collectGarbage")
            largest = max(largest, heap.send("Runtime.getHeapUsage")["usedSize"])
            page.page.wait_for_timeout(500)
        self.assertIn("100,000 items are new", self.imported(page))
        # The file has some 15 MB; a page that held it would hold twice that, and its rows besides.
        self.assertLess(largest, 15_000_000)
        self.assertGreater(path.stat().st_size, 14_000_000)
        page.page.locator("#report a", has_text="See the items").press("Enter")
        rows = page.page.locator("table.items tbody tr")
        page.page.wait_for_selector("#where:has-text('1–100 of 100,000')")
        for step in range(2, 12):
            page.page.keyboard.press("n")
            page.page.wait_for_selector(f"#where:has-text('{(step - 1) * 100 + 1:,}–{step * 100:,} of 100,000')")
        self.assertIn("r1000", rows.first.inner_text())
        page.page.keyboard.press("End")
        self.assertEqual(page.page.evaluate("document.activeElement.dataset.index"), "99")
        page.page.keyboard.press("/")
        page.page.keyboard.type("number 99998 refunds")
        page.page.wait_for_selector("#where:has-text('No item fits')")
        page.page.locator("[name=q]").fill("99998 invoices")
        eventually("the one is found", lambda: rows.count() == 1)
        self.assertIn("r99998", rows.first.inner_text())


if __name__ == "__main__":
    unittest.main()
