"""Agreement, annotators, what wants a look, and members, on real questions that people have labelled."""

import csv
import io
import unittest

import crowd
import engineer
from accessibility import complaints
from axe import violations
from browser import PHONE, chromium
from engineer import EngineerPage
from winnow import Server, eventually

WIDE = {"viewport": {"width": 1440, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
HOSTILE = "<img src=x onerror=alert(1)> \u202eevil 😀"


class Shared(unittest.TestCase):
    """A server and a browser for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.close)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, project, view, role="engineer", name="Eve", **context):
        page = EngineerPage(self.browser, self.server, f"project.html?project={project}#{view}", role=role, name=name, **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        return page

    def inspect(self, page, kind, context, name):
        """What everybody can expect of a view, and a picture of it."""
        self.assertEqual(complaints(page.page), [], kind)
        self.assertEqual(violations(page.page), [], kind)
        self.assertLessEqual(page.page.evaluate("document.documentElement.scrollWidth"), context["viewport"]["width"], kind)
        page.shot(f"{name}-{kind}")


@unittest.skipUnless(engineer.trec_rows(), "TREC is not at hand")
class Quality(Shared):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project, truth = crowd.trec(cls.server, 70)
        cls.crowd = crowd.Crowd(cls.server, cls.project, truth)
        cls.said = cls.crowd.label(list(truth)[:45])
        cls.crowd.say("Cleo", "q60", outcome="flag", note="Two questions in one: which of them?")
        cls.crowd.say("Ben", "q61", outcome="flag", note=HOSTILE)
        cls.crowd.say("Ada", "q62", outcome="skip")

    def loaded(self, page):
        page.page.wait_for_selector("#annotators tbody tr", timeout=120_000)
        for card in ("contested", "suspected", "flagged"):
            page.page.wait_for_selector(f"#{card} .card-body:not([aria-busy])", timeout=120_000)

    def test_the_page_says_what_the_answers_say(self):
        page = self.open(self.project, "quality")
        self.loaded(page)
        report = self.server.call("GET", f"/projects/{self.project}/agreement")
        same = sum(len({tuple(labels) for labels in by.values()}) == 1 for by in self.said.values())
        self.assertIn(f"On {same} of 45 items", page.page.locator("#agreement .advice").inner_text())
        self.assertIn(f"{report['krippendorff_alpha']:.2f}"[:4], page.page.locator("#agreement .figures").inner_text())
        page.page.locator("#agreement summary").press("Enter")
        pairs = page.page.locator("#agreement tbody tr").all_inner_texts()
        self.assertEqual(len(pairs), 3)
        both = sum(by["Ada"] == by["Ben"] for by in self.said.values())
        self.assertTrue(any("Ada · Ben" in text and f"{round(both / 45 * 100)} %" in text for text in pairs), pairs)
        # Each person as their answers were: who is careless stands out by the model's estimate.
        rows = {cells[0]: cells for cells in page.page.locator("#annotators tbody tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))")}
        self.assertEqual(set(rows), {"Ada", "Ben", "Cleo"})
        self.assertEqual([rows[name][1:4] for name in ("Ada", "Ben", "Cleo")], [["45", "1", "0"], ["45", "0", "1"], ["45", "0", "1"]])
        share = lambda name: int(rows[name][7].removesuffix(" %"))
        self.assertGreater(share("Ada"), share("Cleo"))
        self.assertEqual(rows["Ada"][8], "none settled")
        path = page.download(lambda: page.page.get_by_role("button", name="Save annotators as CSV").press("Enter"))
        saved = {row["annotator"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}
        for one in report["annotators"]:
            self.assertAlmostEqual(float(saved[one["name"]]["estimated_accuracy"]), one["reliability"])
        # What wants a look.
        self.assertIn(f"{45 - same} open", page.page.locator("#contested h2").inner_text())
        self.assertIn("2 waiting", page.page.locator("#flagged h2").inner_text())
        self.assertIn(HOSTILE, page.page.locator("#flagged").inner_text())
        self.assertEqual(page.page.locator("#flagged img").count(), 0)
        page.page.locator("#flagged .item-button").first.press("Enter")
        page.page.wait_for_selector("dialog .said .note")
        page.page.keyboard.press("Escape")
        # All flagged items, with their notes, among the items.
        page.page.get_by_role("link", name="All flagged items").press("Enter")
        page.page.wait_for_selector("table.items tbody tr .notes")
        self.assertEqual(page.page.locator("table.items tbody tr").count(), 2)
        self.assertIn("Two questions in one", page.page.locator("table.items").inner_text())

    def test_it_tells_when_more_was_said(self):
        page = self.open(self.project, "quality")
        self.loaded(page)
        self.crowd.say("Ada", "q63", outcome="skip")
        page.page.wait_for_selector(".news:not([hidden])")
        page.page.get_by_role("button", name="Look again").press("Enter")
        page.page.wait_for_selector("#annotators tr:has(th:text('Ada')) td:nth-of-type(2):text-is('2')")
        self.assertTrue(page.page.locator(".news").is_hidden())
        annotation = next(one for one in self.server.call("GET", f"/projects/{self.project}/annotations?limit=5")["items"] if one["outcome"] == "skip")
        self.server.call("DELETE", f"/annotations/{annotation['id']}")

    def test_too_little_is_said_to_be_too_little(self):
        empty = crowd.make(self.server, "Nothing", "text", ["a", "b"], [{"key": "one", "text": "one"}, {"key": "two", "text": "two"}])
        page = self.open(empty, "quality")
        page.page.wait_for_selector("#agreement .advice")
        self.assertIn("Nobody has labelled anything yet", page.page.locator("#agreement").inner_text())
        self.assertEqual(page.page.locator("#agreement .figures").count(), 0)
        for person in ("Ada", "Ben"):
            crowd.Crowd(self.server, empty, {"one": "a"}, {person: 1}).label(["one"])
        page.page.reload()
        page.page.wait_for_selector("#agreement .advice[data-state=few]")
        self.assertIn("That is few", page.page.locator("#agreement").inner_text())
        self.assertIn("No item has different answers.", page.page.locator("#contested").inner_text())

    def test_everybody_can_read_it(self):
        for kind, context in {"light": WIDE, "dark": DARK, "phone": PHONE}.items():
            page = self.open(self.project, "quality", **context)
            self.loaded(page)
            self.inspect(page, kind, context, "quality")


@unittest.skipUnless(engineer.trec_rows(), "TREC is not at hand")
class Members(Shared):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project, truth = crowd.trec(cls.server, 30)
        cls.crowd = crowd.Crowd(cls.server, cls.project, truth)
        cls.crowd.label(list(truth)[:6])
        for name in ("Zoe", "Zack", HOSTILE.replace("\u202e", "")):
            cls.server.call("POST", "/users", {"name": name, "role": "annotator"})

    def names(self):
        return [one["name"] for one in self.server.call("GET", f"/projects/{self.project}/members")["items"]]

    def test_people_come_and_go_by_keyboard(self):
        held = self.crowd.clients["Cleo"].call("POST", f"/projects/{self.project}/next", {"prefetch": 2})["items"]
        self.assertEqual(len(held), 2)
        page = self.open(self.project, "members", role="admin", name="Root")
        page.page.wait_for_selector(".members tbody tr")
        row = page.page.locator(".members tr", has_text="Cleo")
        self.assertEqual([cell.strip() for cell in row.locator("td").all_inner_texts()][:3], ["6", "0", "0"])
        self.assertEqual(row.locator("td").nth(4).inner_text(), "2")
        # An admin is offered names, but no member's.
        page.tab_to("#member-name")
        page.page.wait_for_selector("#accounts option[value=Zoe]", state="attached")
        self.assertEqual(page.page.locator("#accounts option[value=Cleo]").count(), 0)
        page.page.keyboard.type("Zoe")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".members tr:has-text('Zoe') >> text=never")
        self.assertIn("Zoe is a member now.", page.page.locator("#toasts").inner_text())
        self.assertEqual(page.page.evaluate("document.activeElement.id"), "member-name")
        page.page.keyboard.type("Somebody new")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#toasts >> text=by a new account")
        page.page.keyboard.type("x\u200b")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#member-error:has-text('no invisible characters')")
        # The browser tells of every refusal.
        page.errors[:] = [error for error in page.errors if "status of 422" not in error]
        self.assertEqual(sorted(self.names()), ["Ada", "Ben", "Cleo", "Somebody new", "Zoe"])
        # Before somebody goes it is said what that does; Escape keeps them.
        button = page.page.get_by_role("button", name="Take Cleo away")
        button.press("Enter")
        page.page.wait_for_selector("dialog:has-text('2 items that they hold are offered to others at once')")
        self.assertIn("Their 6 answers stay and count", page.page.locator("dialog").inner_text())
        page.page.keyboard.press("Escape")
        self.assertIn("Cleo", self.names())
        button.press("Enter")
        # Keeping has the focus: nobody goes by a key too many.
        page.page.wait_for_selector("dialog button:focus:has-text('Keep')")
        page.page.keyboard.press("Tab")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".members .group")
        self.assertNotIn("Cleo", self.names())
        # What was said is done: the items go to others, the answers stay, under those who are no members.
        taken = set()
        while items := self.crowd.clients["Ada"].call("POST", f"/projects/{self.project}/next", {"prefetch": 20, "held": list(taken)})["items"]:
            taken |= {entry["lease"] for entry in items}
            ids = {entry["item"]["id"] for entry in items}
            if {entry["item"]["id"] for entry in held} & ids:
                break
        self.assertTrue({entry["item"]["id"] for entry in held} & ids)
        self.assertIn("6", page.page.locator(".members tr", has_text="Cleo").inner_text())
        page.page.get_by_role("button", name="Make Cleo a member").press("Enter")
        page.page.wait_for_selector(".members .group", state="detached")
        self.assertIn("Cleo", self.names())

    def test_engineers_add_by_name_too(self):
        page = self.open(self.project, "members")
        page.page.wait_for_selector(".members tbody tr")
        page.tab_to("#member-name")
        hostile = HOSTILE.replace("\u202e", "")
        page.page.keyboard.insert_text(hostile)
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".members tr:has-text('onerror')")
        self.assertIn(hostile, self.names())
        self.assertEqual(page.page.locator("#accounts option").count(), 0)
        page.page.get_by_role("button", name=f"Take {hostile} away").press("Enter")
        page.page.wait_for_selector("dialog:has-text('answered nothing')")
        self.assertEqual(page.page.locator("#stage img, dialog img, #toasts img").count(), 0)
        page.page.get_by_role("button", name="Take away", exact=True).press("Enter")
        eventually("they are gone", lambda: hostile not in self.names())

    def test_everybody_can_read_it(self):
        for kind, context in {"light": WIDE, "dark": DARK, "phone": PHONE}.items():
            page = self.open(self.project, "members", role="admin", name="Root", **context)
            page.page.wait_for_selector(".members tbody tr")
            self.inspect(page, kind, context, "members")


if __name__ == "__main__":
    unittest.main()
