"""Settling what people differ on, by keyboard, on texts, pictures and sets of labels; what is decided is on the server."""

import itertools
import unittest

import crowd
import engineer
from browser import PHONE
from test_quality import DARK, HOSTILE, WIDE, Shared
from winnow import eventually


class Desk(Shared):
    """The page on which items are settled, as hands use it."""

    def desk(self, project, source="contested", **context):
        page = self.open(project, f"adjudicate?from={source}", **context)
        page.page.wait_for_selector(".desk-item [data-item], .desk .state", timeout=120_000)
        return page

    def item(self, page):
        return page.page.get_attribute(".desk-item [data-item]", "data-item")

    def key(self, page):
        return page.page.locator(".desk-item .item-key").inner_text()

    def press(self, page, key):
        """Presses a key, and waits until another item, or none, is there."""
        before = self.item(page)
        page.page.keyboard.press(key)
        page.page.wait_for_selector(f'.desk-item [data-item]:not([data-item="{before}"]), .desk .state')

    def answers(self, page):
        """What each annotator said of the item on screen, as the page shows it."""
        page.page.wait_for_selector(".opinions:not([aria-busy]) .opinion")
        return {one[0]: one[1:] for one in page.page.locator(".opinion").evaluate_all(
            "all => all.map((one) => [one.querySelector('strong').innerText, ...[...one.querySelectorAll('.chip')].map((chip) => chip.innerText)])")}

    def settled(self, project):
        """What stands settled by hand: labels and note by key."""
        found = {}
        for entry in self.server.call("GET", f"/projects/{project}/adjudications?limit=1000")["items"][::-1]:
            found[entry["key"]] = None if entry["withdrawn"] else (entry["labels"], entry["note"])
        return {key: value for key, value in found.items() if value}


@unittest.skipUnless(engineer.trec_rows(), "TREC is not at hand")
class Texts(Desk):
    numbers = itertools.count(1)

    def setUp(self):
        self.project, self.truth = crowd.trec(self.server, 70, name=f"Questions {next(self.numbers)}")
        self.crowd = crowd.Crowd(self.server, self.project, self.truth)
        self.said = self.crowd.label(list(self.truth)[:30])
        self.disputed = {key for key, by in self.said.items() if len({tuple(labels) for labels in by.values()}) > 1}

    def test_a_sitting_by_keyboard(self):
        page = self.desk(self.project)
        total = len(self.disputed)
        self.assertIn(f"0 settled now, {total} to go", page.page.locator(".desk-progress").inner_text())
        # Side by side: who said what, how long it took, what the consensus is.
        first = self.key(page)
        self.assertEqual(self.answers(page), self.said[first])
        self.assertIn("took", page.page.locator(".opinion").first.inner_text())
        self.assertEqual(page.page.locator("#announcer").inner_text().count("Ada:"), 1)
        # A label's key settles, and the next one is there.
        self.press(page, "3")
        label = page.page.locator("#labels .label .name").nth(2).inner_text()
        eventually("it is settled", lambda: self.settled(self.project) == {first: ([label], None)})
        second = self.key(page)
        self.assertIn(second, self.disputed - {first})
        # A note goes with the decision; the marked label is taken by Enter.
        page.page.keyboard.press("f")
        page.page.wait_for_selector("dialog textarea:focus")
        page.page.keyboard.type("a comma decides 1 2 3")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog", state="detached")
        self.assertIn("a comma decides", page.page.locator(".commands").inner_text())
        marked = page.page.locator(".label.suggested .name")
        label = marked.inner_text() if marked.count() else page.page.locator("#labels .label .name").first.inner_text()
        self.press(page, "Enter" if marked.count() else "1")
        eventually("it is settled with its note", lambda: self.settled(self.project).get(second) == ([label], "a comma decides 1 2 3"))
        self.assertIn("2 settled now", page.page.locator(".desk-progress").inner_text())
        # Skipped is passed over, and nothing is sent; undo brings back first that, then the decision itself.
        third = self.key(page)
        self.press(page, " ")
        self.assertIn("1 skipped", page.page.locator(".desk-progress").inner_text())
        self.press(page, "Backspace")
        self.assertEqual(self.key(page), third)
        self.press(page, "Control+z")
        self.assertEqual(self.key(page), second)
        eventually("it is given back", lambda: set(self.settled(self.project)) == {first})
        self.assertIn("1 settled now", page.page.locator(".desk-progress").inner_text())
        # To the end: the last ones that were skipped are offered once more.
        self.press(page, " ")
        while page.page.locator(".desk-item [data-item]").count():
            self.press(page, "2")
        page.page.wait_for_selector(".state >> text=Only skipped ones are left")
        page.page.get_by_role("button", name="Look at the one you skipped").press("Enter")
        page.page.wait_for_selector(f".desk-item .item-key:text-is('{second}')")
        self.press(page, "1")
        page.page.wait_for_selector(".state >> text=Nothing left to settle")
        eventually("all are settled", lambda: set(self.settled(self.project)) == self.disputed)
        self.assertEqual(self.server.call("GET", f"/projects/{self.project}/disagreements")["open"], 0)
        page.page.get_by_role("link", name="Export what was settled").press("Enter")
        page.page.wait_for_selector("#download[href]")
        self.assertIn(f"{total} rows", page.page.locator(".export-count").inner_text())
        # People are held against what was settled from now on.
        page.page.keyboard.press("q")
        page.page.wait_for_selector(f"#annotators tr:has-text('Ada') >> text=of {total}")

    def test_flags_and_suspects_are_settled_too(self):
        self.crowd.say("Cleo", "q40", outcome="flag", note=HOSTILE)
        self.crowd.say("Ben", "q41", outcome="flag")
        page = self.desk(self.project, "flagged")
        self.assertIn("2 to go", page.page.locator(".desk-progress").inner_text())
        self.assertEqual(self.answers(page), {"Cleo": ["flagged it"]})
        self.assertEqual(page.page.locator(".opinion-note").inner_text(), HOSTILE)
        self.assertEqual(page.page.locator(".desk img").count(), 0)
        # The story of an item opens over it, and its keys settle nothing meanwhile.
        page.page.keyboard.press("h")
        page.page.wait_for_selector("dialog .said")
        page.page.keyboard.press("1")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("dialog", state="detached")
        self.assertEqual((self.key(page), self.settled(self.project)), ("q40", {}))
        self.press(page, "1")
        self.press(page, "2")
        page.page.wait_for_selector(".state >> text=Nothing left to settle")
        eventually("they are settled", lambda: set(self.settled(self.project)) == {"q40", "q41"})
        states = {entry["item"]["key"]: entry["item"]["state"] for entry in self.server.call("GET", f"/projects/{self.project}/pool?flagged=true")["items"]}
        self.assertEqual(states, {"q40": "labelled", "q41": "labelled"})
        # A round has features; then models that have not seen a label say which they doubt.
        self.server.call("POST", f"/projects/{self.project}/rounds", {})
        engineer.wait_for_round(self.server, self.project)
        doubted = self.server.call("GET", f"/projects/{self.project}/label-errors")["items"]
        page.page.get_by_role("link", name="Suspected errors").press("Enter")
        page.page.wait_for_selector(".desk-item [data-item]")
        self.assertEqual(self.key(page), doubted[0]["item"]["key"])
        self.assertEqual(page.page.locator(".label.suggested .name").inner_text(), doubted[0]["suggested"][0])
        page.page.wait_for_selector(".answers .guesses")

    def test_nothing_is_lost_where_the_server_says_no(self):
        page = self.desk(self.project)
        first = self.key(page)
        # Once not at all, then an answer of no use: it is sent again, and after a refusal the item comes back.
        page.page.route("**/adjudications", lambda route: route.abort(), times=1)
        self.press(page, "1")
        eventually("it is sent again", lambda: first in self.settled(self.project))
        second = self.key(page)
        page.page.route("**/adjudications", lambda route: route.fulfill(
            status=422, content_type="application/problem+json", body='{"title": "No", "detail": "Not today.", "status": 422}'), times=1)
        self.press(page, "1")
        page.page.wait_for_selector("#toasts >> text=Not today")
        self.assertIn("1 settled now", page.page.locator(".desk-progress").inner_text())
        for _ in range(len(self.disputed) - 2):
            self.press(page, "1")
        self.assertEqual(self.key(page), second)
        self.press(page, "1")
        eventually("everything is settled in the end", lambda: set(self.settled(self.project)) == self.disputed)
        page.errors[:] = [error for error in page.errors if "Failed to load resource" not in error]

    def test_what_somebody_else_settles_does_not_come(self):
        page = self.desk(self.project)
        entries = self.server.call("GET", f"/projects/{self.project}/disagreements?limit=3")["items"]
        self.server.call("POST", f"/projects/{self.project}/adjudications", {"item": entries[1]["item"]["id"], "labels": ["NUM"]})
        page.page.wait_for_selector(f".desk-progress:has-text('{len(self.disputed) - 1} to go')")
        self.press(page, "1")
        self.assertEqual(self.item(page), entries[2]["item"]["id"])

    def test_everybody_can_use_it(self):
        for kind, context in {"light": WIDE, "dark": DARK, "phone": PHONE}.items():
            page = self.desk(self.project, **context)
            self.answers(page)
            self.inspect(page, kind, context, "adjudicate")


class ManyLabels(Desk):
    def test_a_label_is_found_by_typing_beside_the_guidelines(self):
        labels = [f"intent {number} {HOSTILE[:20]}" for number in range(60)]
        project = crowd.make(self.server, "Many", "text", labels, [{"key": f"k{n}", "text": "Which of sixty? " * (n * 30 + 1)} for n in range(4)],
                             guidelines="# Rules\n\nRead *all* of it.")
        people = crowd.Crowd(self.server, project, {f"k{n}": labels[n] for n in range(4)}, {"Ada": 1, "Ben": 0})
        people.label([f"k{n}" for n in range(4)])
        page = self.desk(project)
        page.page.keyboard.press("g")
        page.page.wait_for_selector("dialog >> text=Rules")
        first = self.key(page)
        # The panel takes no keys: a label is found and settled, and the search goes on.
        page.page.keyboard.press("/")
        page.page.keyboard.type("int 27")
        page.page.wait_for_selector(".label.first")
        self.press(page, "Enter")
        eventually("it is settled", lambda: self.settled(project) == {first: ([labels[27]], None)})
        self.assertEqual(page.page.evaluate("document.activeElement.id"), "label-filter")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("dialog", state="attached")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("dialog", state="detached")
        self.assertEqual(page.page.locator(".desk img").count(), 0)
        self.press(page, "Backspace")
        self.assertEqual(self.key(page), first)
        # Nobody had been ahead of the other: nothing is marked for Enter.
        self.assertEqual(self.server.call("GET", f"/projects/{project}/disagreements")["items"][0]["probability"], 0.5)


@unittest.skipUnless(engineer.digits_truth(), "the pictures of digits cannot be had here")
class Pictures(Desk):
    def test_pictures_are_settled_by_their_own_digit(self):
        project, truth = crowd.digits(self.server)
        people = crowd.Crowd(self.server, project, truth)
        keys = sorted(truth)[:25]
        said = people.label(keys)
        disputed = {key for key, by in said.items() if len({tuple(labels) for labels in by.values()}) > 1}
        page = self.desk(project)
        eventually("the picture is there", lambda: page.page.evaluate("document.querySelector('.desk-item img')?.naturalWidth > 0"))
        self.answers(page)
        page.shot("adjudicate-picture", full=False)
        page.page.keyboard.press("+")
        self.assertIn("scale", page.page.locator(".desk-item img").evaluate("image => image.style.transform"))
        while page.page.locator(".desk-item [data-item]").count():
            key = self.key(page)
            self.assertEqual(self.answers(page), said[key])
            self.press(page, truth[key])
        eventually("all are settled as they are", lambda: {key: value[0] for key, value in self.settled(project).items()}
                   == {key: [truth[key]] for key in disputed})


@unittest.skipUnless(crowd.GOEMOTIONS.exists(), "GoEmotions is not at hand")
class Sets(Desk):
    def test_sets_of_labels_are_put_together_and_settled(self):
        project, truth = crowd.emotions(self.server, 40)
        people = crowd.Crowd(self.server, project, truth)
        said = people.label(list(truth)[:30])
        disputed = {key for key, by in said.items() if len({tuple(sorted(labels)) for labels in by.values()}) > 1}
        page = self.desk(project)
        key = self.key(page)
        self.assertEqual({name: set(labels) for name, labels in self.answers(page).items()}, {name: set(labels) for name, labels in said[key].items()})
        page.shot("adjudicate-sets", full=False)
        # Keys put the set together, Enter settles it; what was chosen comes back with undo.
        for chip in range(page.page.locator("#chosen .chip").count()):
            page.page.locator("#chosen .chip").first.click()
        page.page.keyboard.press("1")
        page.page.keyboard.press("3")
        chosen = page.page.locator("#chosen .chip").all_inner_texts()
        self.assertEqual(chosen, [crowd.KIND[0], crowd.KIND[2]])
        self.press(page, "Enter")
        eventually("the set is settled", lambda: self.settled(project).get(key, [None])[0] == chosen)
        self.press(page, "Backspace")
        self.assertEqual((self.key(page), page.page.locator("#chosen .chip").all_inner_texts()), (key, chosen))
        eventually("it is given back", lambda: not self.settled(project))
        while page.page.locator(".desk-item [data-item]").count():
            self.press(page, "Enter")
        eventually("all are settled", lambda: set(self.settled(project)) == disputed)
        # Quality of several labels: α of each of them.
        page.page.get_by_role("link", name="Back to quality").press("Enter")
        page.page.wait_for_selector(f"#agreement summary:has-text('α of each of {len(crowd.KIND)} labels')")


if __name__ == "__main__":
    unittest.main()
