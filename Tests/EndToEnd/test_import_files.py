"""Files as people have them: other separators, other encodings, the wrong file, rows that are refused by the thousand, second thoughts."""

import csv
import io
import pathlib
import unittest

import pools
from axe import violations
from browser import PHONE, chromium
from engineer import EngineerPage
from winnow import Server, eventually

WIDE = {"viewport": {"width": 1440, "height": 900}}


class ImportFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.files = pathlib.Path(cls.server.folder.name)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)
        cls.made = 0

    def open(self, modality="text", **context):
        type(self).made += 1
        self.id = self.server.call("POST", "/projects", {"name": f"Project {self.made}", "modality": modality,
                                                         "labels": [{"name": "yes"}, {"name": "no"}]})["id"]
        page = EngineerPage(self.browser, self.server, f"project.html?project={self.id}#import", **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        page.page.wait_for_selector(".drop")
        return page

    def choose(self, page, name, content):
        page.page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": content})

    def go(self, page):
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        page.page.wait_for_selector("#report", timeout=240_000)
        return page.page.locator("#report").inner_text()

    def items(self):
        return {item["key"]: item for item in self.server.call("GET", f"/projects/{self.id}/items?limit=1000")["items"]}

    def refused(self, page):
        path = page.download(lambda: page.page.locator("#rejected").press("Enter"))
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))

    def test_separators_of_other_countries(self):
        page = self.open()
        self.choose(page, "liste.csv", "\ufeffid;text;urteil\r\n1;Größe, in cm;yes\r\n2;\"zwei; mit Strichpunkt\";no\r\n".encode())
        page.page.wait_for_selector(".preview-table")
        roles = page.page.locator(".preview-table select").evaluate_all("all => all.map(one => one.value)")
        # A column of nothing but the project's labels holds them, whatever it is called.
        self.assertEqual(roles, ["key", "content", "label"])
        self.assertIn("2 items are new", self.go(page))
        self.assertEqual({key: item["text"] for key, item in self.items().items()}, {"1": "Größe, in cm", "2": "zwei; mit Strichpunkt"})
        self.assertEqual(self.server.call("GET", f"/projects/{self.id}")["counts"]["labelled"], 2)

    def test_what_is_no_text_is_refused_before_it_is_sent(self):
        page = self.open()
        for name, content, says in [
            ("picture.csv", pools.png(60, 60, 1), "no text in UTF-8"), ("wide.csv", "id,text\n1,ä\n".encode("utf-16"), "UTF-16"),
            ("empty.csv", b"", "no rows"), ("header.csv", b"id,text\n", "no rows"), ("program.exe", b"MZ", "none of these"),
            ("twice.csv", b"id,text,text\n1,a,b\n", "Two of its columns"), ("pictures.zip", b"PK", "labels texts"),
        ]:
            self.choose(page, name, content)
            page.page.wait_for_selector(f".notice:has-text('{name}'):has-text('{says}')")
            self.assertEqual(page.page.get_by_role("button", name="Import", exact=True).count(), 0, name)
        self.assertEqual(violations(page.page), [])
        self.assertEqual(self.items(), {})

    def test_bytes_that_are_no_text_refuse_their_row_alone(self):
        page = self.open()
        # Far enough in that the file's beginning does not tell.
        good = b"".join(b"r%d,a row of plain text number %d\n" % (n, n) for n in range(3000))
        self.choose(page, "mixed.csv", b"id,text\n" + good + "latin,Größe\n".encode("latin-1") + "fine,Größe\n".encode())
        self.assertIn("3,001 items are new", self.go(page))
        self.assertEqual([(row["row"], row["reason"], row["id"]) for row in self.refused(page)], [("3001", "It holds bytes that are no UTF-8.", "latin")])

    def test_thousands_of_refused_rows_are_all_handed_back(self):
        page = self.open("vector")
        lines = ["id,p0,p1,label"] + [f"r{n},{-n},{'x' if n % 2 else n},{'yes' if n % 4 else 'perhaps'}" for n in range(6000)]
        self.choose(page, "rows.csv", "\n".join(lines).encode())
        page.page.wait_for_selector(".preview-table")
        page.page.get_by_label("What the column p1 is").select_option("number")
        report = self.go(page)
        self.assertIn("1,500 items are new", report)
        self.assertIn("4,500 rows were refused", report)
        rows = self.refused(page)
        self.assertEqual({row["id"] for row in rows}, {f"r{n}" for n in range(6000) if n % 2 or n % 4 == 0})
        # As they were, so that they can be mended and brought again; a number below zero is no formula.
        self.assertEqual(next(row["p0"] for row in rows if row["id"] == "r1"), "-1")
        self.assertEqual(self.items()["r2"]["vector"], [-2, 2])

    def test_second_thoughts_leave_what_was_sent(self):
        page = self.open(**PHONE)
        lines = ["id,text"] + [f"r{n},text number {n} " + "of many words " * 20 for n in range(30_000)]
        # Each batch is answered a little later than it would be, so that there is time to press a key.
        page.page.route("**/items", lambda route: (page.page.wait_for_timeout(150), route.continue_()))
        self.choose(page, "long.csv", "\n".join(lines).encode())
        page.page.get_by_role("button", name="Import", exact=True).press("Enter")
        page.page.wait_for_selector("[role=progressbar][aria-valuenow]:not([aria-valuenow='0'])")
        self.assertEqual(violations(page.page), [])
        page.page.get_by_role("button", name="Stop").press("Enter")
        page.page.wait_for_selector("#report:has-text('not everything went in'):has-text('what had been sent stays')")
        page.shot("import-stopped-phone", full=False)
        count = self.server.call("GET", f"/projects/{self.id}")["counts"]["items"]
        self.assertTrue(0 < count < 30_000, count)
        # The same file again brings the rest, and nothing twice.
        page.page.unroute("**/items")
        self.choose(page, "long.csv", "\n".join(lines).encode())
        report = self.go(page)
        self.assertRegex(report, r"[\d,]+ items are new, [\d,]+ were there already")
        self.assertEqual(self.server.call("GET", f"/projects/{self.id}")["counts"]["items"], 30_000)

    def test_a_file_is_dropped_by_hand(self):
        page = self.open()
        page.page.evaluate("""() => {
          const data = new DataTransfer();
          data.items.add(new File(["id,text\\n1,dropped\\n"], "dropped.csv"));
          const drop = document.querySelector(".drop");
          drop.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
          if (drop.dataset.over !== "yes") throw new Error("nothing shows that it may be dropped here");
          drop.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""")
        self.assertIn("1 item is new", self.go(page))
        eventually("it is there", lambda: "1" in self.items())


if __name__ == "__main__":
    unittest.main()
