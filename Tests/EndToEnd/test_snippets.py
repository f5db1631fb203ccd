"""The code that each view of the engineer's pages offers: copied as it stands, and run against the server."""

import json
import os
import pathlib
import subprocess
import sys
import unittest
import zipfile

import pools
from browser import chromium
from engineer import EngineerPage
from winnow import Server

WIDE = {"viewport": {"width": 1440, "height": 900}}


class Snippets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.files = pathlib.Path(cls.server.folder.name)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)
        cls.ids = {modality: cls.server.call("POST", "/projects", {
            "name": f"{modality} to run code on", "modality": modality, "labels": [{"name": "a"}, {"name": "b"}]})["id"]
            for modality in ["text", "vector", "image"]}
        for number in range(4):
            cls.push("text", [{"key": f"k{number}", "text": f"text {number}", "label": "ab"[number % 2]} | ({} if number < 2 else {"label": None})])
        items = cls.server.call("GET", f"/projects/{cls.ids['text']}/items?state=unlabelled")["items"]
        left = cls.server.call("POST", f"/projects/{cls.ids['text']}/excluded", {"items": [item["id"] for item in items if not item["evaluation"]]})
        assert left["excluded"] > 0, "there is no group to bring back"

    @classmethod
    def push(cls, modality, rows):
        sent = cls.server.call("POST", f"/projects/{cls.ids[modality]}/items", {"items": [
            {name: value for name, value in row.items() if value is not None} for row in rows]})
        assert sent["created"] == len(rows), sent

    def offered(self, path, view):
        """The titles of a view's calls, and each as curl and as Python, as they are copied."""
        page = EngineerPage(self.browser, self.server, path, **WIDE)
        # A page reads the clipboard while it has the focus: of several only one has.
        page.page.bring_to_front()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.page.wait_for_selector(view)
        page.page.locator("#snippets").press("Enter")
        page.page.wait_for_selector(".snippets pre")
        titles = page.page.locator(".snippets h3").all_inner_texts()
        copied = {}
        for language in ["curl", "Python"]:
            page.page.get_by_role("button", name=language, exact=True).press("Enter")
            page.page.wait_for_selector(f"button[aria-pressed=true]:has-text('{language}')")
            copied[language] = []
            for button in page.page.locator(".snippets section header button").all():
                button.press("Enter")
                page.page.wait_for_selector(f".snippets section:nth-child({len(copied[language]) + 1}) button:has-text('Copied')")
                copied[language].append(page.page.evaluate("navigator.clipboard.readText()"))
            self.assertEqual(copied[language], page.page.locator(".snippets pre").all_inner_texts())
        page.shot(f"code-{view.strip('.').split('-')[0]}", full=False)
        self.assertNotIn(self.server.token, json.dumps(copied))
        self.assertEqual(page.errors, [])
        page.close()
        return titles, copied

    def run_all(self, titles, copied, each=lambda step: None, change=lambda code, step: code):
        """Runs every call in both languages; each has to succeed and to print what the server said."""
        step = 0
        for language, command in [("curl", ["bash", "-euo", "pipefail", "-c"]), ("Python", [sys.executable, "-c"])]:
            for title, code in zip(titles, copied[language]):
                with self.subTest(title=title, language=language):
                    step += 1
                    each(step)
                    endless = "/events" in code
                    try:
                        done = subprocess.run([*command, change(code, step)], env={**os.environ, "WINNOW_TOKEN": self.server.token}, cwd=self.files,
                                              capture_output=True, timeout=4 if endless else 120, check=False)
                        self.assertFalse(endless, "the events came to an end")
                        self.assertEqual(done.returncode, 0, f"{code}\n{done.stderr.decode()}")
                        self.assertTrue(done.stdout.strip(), code)
                        self.assertNotIn(b'"status":4', done.stdout, code)
                    except subprocess.TimeoutExpired as ended:
                        self.assertTrue(endless, code)
                        # The stream stays open and nothing is wrong with it.
                        self.assertFalse(ended.stderr, ended.stderr)

    def test_the_cockpit_the_items_and_the_settings(self):
        for view in ["cockpit", "items", "settings"]:
            titles, copied = self.offered(f"project.html?project={self.ids['text']}#{view}", f".{view}-view")
            self.assertGreaterEqual(len(titles), 3)
            if view == "cockpit":
                self.assertIn("Bring a group back", titles)

            def again(step):
                # A group that was brought back is no more: the next one is to be left out for it.
                if view == "cockpit" and step == titles.index("Bring a group back") + 1 + len(titles):
                    rows = self.server.call("GET", f"/projects/{self.ids['text']}/items?state=unlabelled")["items"]
                    self.group = self.server.call("POST", f"/projects/{self.ids['text']}/excluded", {
                        "items": [item["id"] for item in rows if not item["evaluation"]]})["group"]

            self.group = None
            self.run_all(titles, copied, again, lambda code, step: code if self.group is None else
                         code.replace('{"group":1}', f'{{"group":{self.group}}}'))

    def test_the_views_about_people_and_what_they_made(self):
        for view in ["quality", "adjudicate", "members", "export"]:
            titles, copied = self.offered(f"project.html?project={self.ids['text']}#{view}", f".{view}-view")
            # Those that change something name people and keys of the reader's own: they are read and not run.
            asks = [at for at, code in enumerate(copied["curl"]) if "-d '" not in code and "-X DELETE" not in code]
            self.assertTrue(asks, titles)
            self.run_all([titles[at] for at in asks], {language: [codes[at] for at in asks] for language, codes in copied.items()})

    def test_imports_of_each_modality(self):
        for modality, files in {"text": 3, "vector": 3, "image": 2}.items():
            titles, copied = self.offered(f"project.html?project={self.ids[modality]}#import", ".import-view")
            self.assertEqual(len(titles), files, titles)
            self.run_all(titles, copied, lambda step: self.write_files(modality, step))
            counts = self.server.call("GET", f"/projects/{self.ids[modality]}")["counts"]
            # Each file was new; the rows and the picture that the code itself names came twice.
            self.assertGreaterEqual(counts["items"], 2 * files - 1, titles)

    def write_files(self, modality, step):
        value = f"text {step}" if modality == "text" else None
        (self.files / "items.csv").write_text(
            f"id,text\nrow {step},{value}\n" if value else f"id,p0,p1,p2,label\nrow {step},{step},2,3,a\n")
        (self.files / "items.jsonl").write_text(
            json.dumps({"key": f"line {step}", **({"text": value} if value else {"vector": [step, 2, 3]})}) + "\n")
        (self.files / "picture.png").write_bytes(pools.png(60, 60, step))
        with zipfile.ZipFile(self.files / "pictures.zip", "w") as archive:
            archive.writestr(f"a/{step}.png", pools.png(60, 60, 100 + step))

    def test_a_new_project(self):
        titles, copied = self.offered("create.html", ".project-form")
        self.run_all(titles, copied, change=lambda code, step: code.replace("Support tickets", f"Support tickets {step}"))
        names = [project["name"] for project in self.server.call("GET", "/projects")["items"]]
        self.assertEqual(sum(name.startswith("Support tickets") for name in names), 2)


if __name__ == "__main__":
    unittest.main()
