"""The engineer's cockpit, items and code, by keyboard, on handwritten digits that people have labelled."""

import csv
import io
import json
import random
import unittest

import engineer
from accessibility import complaints
from browser import PHONE, chromium
from engineer import EngineerPage, label, wait_for_round, wait_until_quiet
from winnow import DIGITS, Server, eventually, must

WIDE = {"viewport": {"width": 1440, "height": 900}}
DARK = {**WIDE, "color_scheme": "dark"}
PLOTS = ["learning-curve", "confusion-matrix", "dataset-map", "label-distribution", "calibration", "cost"]


@unittest.skipUnless(engineer.digits_truth(), "the pictures of digits cannot be had here")
class Cockpit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        must("import", "--data", cls.server.data, "--project", "Handwritten digits", DIGITS / "images", "--create",
             "--labels", ",".join("0123456789"))
        cls.server.start()
        cls.truth = engineer.digits_truth()
        cls.id = cls.server.project("Handwritten digits")["id"]
        chance = random.Random(3)
        # One answer in twenty is wrong, as people's are.
        careless = lambda key, label: str(chance.randrange(10)) if chance.random() < 0.05 else label
        for step in range(6):
            label(cls.server, cls.id, 40, cls.truth, careless)
            wait_for_round(cls.server, cls.id, step + 1)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, view="cockpit", **context):
        page = EngineerPage(self.browser, self.server, f"project.html?project={self.id}#{view}", **(context or WIDE))
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, [], "errors in the console"))
        return page

    def drawn(self, page):
        """Waits until everything that the cockpit shows is there."""
        for plot in PLOTS:
            page.page.wait_for_selector(f"#{plot} .plot[data-drawn=yes]", timeout=120_000)
        page.page.wait_for_selector("#queue .item-button")
        page.page.wait_for_selector("#stopping .advice")

    def test_every_plot_is_drawn_told_and_saved(self):
        # A round that ended meanwhile would draw everything anew, with other figures than those that are compared here.
        wait_until_quiet(self.server, self.id)
        page = self.open()
        self.drawn(page)
        insights = self.server.call("GET", f"/projects/{self.id}/insights")
        for plot in PLOTS:
            title = page.page.locator(f"#{plot} h2").inner_text()
            path = page.download(lambda: page.page.get_by_role("button", name=f"Save {title} as PNG").press("Enter"))
            picture = path.read_bytes()
            self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
            # A picture of nothing but the ground is smaller by far.
            self.assertGreater(len(picture), 8_000, plot)
            path = page.download(lambda: page.page.get_by_role("button", name=f"Save {title} as CSV").press("Enter"))
            rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
            self.assertTrue(rows, plot)
            if plot == "learning-curve":
                active = [float(row["accuracy"]) for row in rows if row["curve"] == "active"]
                self.assertEqual(active, [point["value"] for point in insights["learning_curve"]["active"]])
            if plot == "label-distribution":
                self.assertEqual({row["label"]: int(row["training"]) for row in rows},
                                 {entry["label"]: entry["training"] for entry in insights["labels"]})
            # The same figures as a table, for whoever cannot see the plot.
            toggle = page.page.locator(f"#{plot} button", has_text="Table")
            toggle.press("Enter")
            self.assertEqual(page.page.locator(f"#{plot} tbody tr").count(), len(rows), plot)
            toggle.press("Enter")
            self.assertTrue(page.page.locator(f"#{plot} .plot").is_visible())
        page.shot("cockpit-wide")
        for name, context in [("dark", DARK), ("phone", PHONE)]:
            other = self.open(**context)
            self.drawn(other)
            self.assertEqual(complaints(other.page), [], name)
            if name == "phone":
                self.assertLessEqual(other.page.evaluate("document.documentElement.scrollWidth"), 390)
            other.shot(f"cockpit-{name}")

    def test_a_cell_and_a_brush_list_their_items(self):
        page = self.open()
        self.drawn(page)
        page.tab_to("#confusion-matrix .cell")
        page.page.keyboard.press("ArrowDown")
        name = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog .item-list .item-button")
        self.assertEqual(page.page.locator("dialog .item-list li").count(), int(name.split()[0]), name)
        page.page.locator("dialog .item-button").first.press("Enter")
        page.page.wait_for_selector(".story .facts >> text=the evaluation stream")
        page.page.keyboard.press("Escape")
        page.tab_to("#dataset-map svg")
        page.page.keyboard.press("ArrowUp")
        for _ in range(8):
            page.page.keyboard.press("Shift+ArrowUp")
        page.page.wait_for_selector(".brushed-list .item-button")
        shown = int(page.page.locator(".brushed strong").inner_text().split()[0])
        self.assertEqual(page.page.locator(".dot.in").count(), shown)
        self.assertEqual(page.page.locator(".brushed-list li").count(), min(60, shown))
        page.shot("cockpit-brush")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector(".brushed-list", state="detached")
        # The same with the hand.
        page.page.locator("#dataset-map svg").scroll_into_view_if_needed()
        box = page.page.locator("#dataset-map svg").bounding_box()
        page.page.mouse.move(box["x"] + 40, box["y"] + 5)
        page.page.mouse.down()
        page.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 20, steps=4)
        page.page.mouse.up()
        total = len(self.server.call("GET", f"/projects/{self.id}/insights")["dataset_map"]["items"])
        page.page.wait_for_selector(f".brushed strong:has-text('{total} items')")

    def test_what_happens_is_seen_without_a_reload(self):
        page = self.open()
        self.drawn(page)
        before = self.server.call("GET", f"/projects/{self.id}")
        given = label(self.server, self.id, 5, self.truth)
        page.page.wait_for_selector(f".figures strong:has-text('{before['counts']['labelled'] + given}')")
        # Another strategy, then a round by hand: what the page says comes from the server's events.
        page.tab_to("#strategy")
        page.page.keyboard.type("least")
        eventually("the strategy is changed", lambda: "least_confidence" in json.dumps(
            self.server.call("GET", f"/projects/{self.id}")["settings"]["strategy"]))
        page.tab_to("#train-now")
        page.page.keyboard.press("Enter")
        number = before["round"]["n"] + 1
        page.page.wait_for_selector(f".now-title:has-text('Round {number}')")
        page.page.wait_for_selector(".now[data-state=serving]", timeout=60_000)
        page.page.wait_for_selector(f"#queue p:has-text('Ranked by least confidence in round {number}')", timeout=60_000)
        self.assertEqual(self.server.call("GET", f"/projects/{self.id}/rounds/{number}")["trigger"], "requested")
        page.page.locator("summary", has_text="All rounds").press("Enter")
        page.page.wait_for_selector(f"#rounds tbody tr:has-text('least confidence')")
        shown = page.page.locator("#queue .item-button").evaluate_all("all => all.map(one => one.dataset.item)")
        queue = self.server.call("GET", f"/projects/{self.id}/queue?limit=16")["items"]
        self.assertEqual(shown, [entry["item"]["id"] for entry in queue])

    def test_a_server_that_was_started_anew_is_heard_again(self):
        page = self.open()
        self.drawn(page)
        page.page.wait_for_selector(".connection[data-connected=yes]")
        port = int(self.server.base.rsplit(":", 1)[1])
        self.assertEqual(self.server.stop(), 0)
        page.page.wait_for_selector(".connection[data-connected=no]:has-text('cannot be reached')")
        self.server.start(port=port)
        # What was said while nobody was told: it is there once the line is.
        before = self.server.call("GET", f"/projects/{self.id}")["counts"]["labelled"]
        given = label(self.server, self.id, 3, self.truth)
        page.page.wait_for_selector(".connection[data-connected=yes]", timeout=90_000)
        page.page.wait_for_selector(f".figures strong:text-is('{before + given}')")
        given += label(self.server, self.id, 2, self.truth)
        page.page.wait_for_selector(f".figures strong:text-is('{before + given}')")
        # The browser tells of the requests that found nobody.
        self.assertTrue(all("ERR_" in error for error in page.errors), page.errors)
        page.errors.clear()

    def test_a_round_under_way_is_cancelled(self):
        page = self.open()
        self.drawn(page)
        # A slow one: there is time to change one's mind.
        settings = self.server.call("GET", f"/projects/{self.id}")["settings"]["trainer"]
        self.server.call("PATCH", f"/projects/{self.id}", {"settings": {"trainer": {
            "epochs": 10_000, "early_stopping": "never", "committee": {"kind": "ensemble", "size": 10}}}})
        self.addCleanup(self.server.call, "PATCH", f"/projects/{self.id}", {"settings": {"trainer": {
            name: settings[name] for name in ["epochs", "early_stopping", "committee"]}}})
        page.page.locator("#train-now").press("Enter")
        page.page.wait_for_selector(".now[data-state=busy] .phases [data-at=now]:has-text('training')")
        page.tab_to("#cancel-round")
        page.page.keyboard.press("Enter")
        newest = lambda: self.server.call("GET", f"/projects/{self.id}/rounds?limit=1")["items"][0]
        eventually("the round is cancelled", lambda: newest()["state"] == "cancelled")
        page.page.wait_for_selector("#train-now:enabled")

    def test_groups_are_left_out_and_brought_back(self):
        page = self.open("items")
        page.page.wait_for_selector("table.items tbody tr")
        page.page.keyboard.press("/")
        page.page.keyboard.type("00 png")
        page.page.wait_for_selector("#where:not(:has-text('of'))")
        page.page.locator("select[name=state]").select_option("unlabelled")
        eventually("only open items are listed", lambda: page.page.evaluate(
            "[...document.querySelectorAll('table.items tbody tr')].every(r => r.textContent.includes('unlabelled'))"))
        page.page.locator("table.items tbody tr").first.focus()
        chosen = []
        for row in page.page.locator("table.items tbody tr").all():
            if len(chosen) == 3:
                break
            if "evaluation" not in row.inner_text():
                page.page.keyboard.press("x")
                chosen.append(row.get_attribute("data-item"))
            page.page.keyboard.press("j")
        page.page.get_by_role("button", name="Leave out 3").press("Enter")
        page.page.wait_for_selector(".toast:has-text('3 left out')")
        states = lambda: {self.server.call("GET", f"/projects/{self.id}/items/{item}")["state"] for item in chosen}
        self.assertEqual(states(), {"excluded"})
        page.page.locator("body").press("c")
        group = page.page.locator(".outlier-group", has_text="Left out by hand")
        self.assertIn("3 items", group.inner_text())
        self.assertEqual(group.locator(".examples .item-button").count(), 3)
        group.get_by_role("button", name="Bring back").press("Enter")
        page.page.wait_for_selector(".outlier-group[data-back=yes]")
        self.assertEqual(states(), {"unlabelled"})
        group.get_by_role("button", name="Leave out").press("Enter")
        page.page.wait_for_selector(".outlier-group[data-back=no]")
        self.assertEqual(states(), {"excluded"})
        page.shot("outliers")
        group.get_by_role("button", name="Bring back").press("Enter")
        page.page.wait_for_selector(".outlier-group[data-back=yes]")
        self.assertEqual(states(), {"unlabelled"})

    def test_without_the_system_s_charts_there_are_tables(self):
        page = EngineerPage(self.browser, self.server, "", **WIDE)
        self.addCleanup(page.close)
        page.context.route("**/vendor/chart.js", lambda route: route.fulfill(content_type="text/javascript", body="// not installed\n"))
        page.page.goto(f"{self.server.base}/project.html?project={self.id}")
        page.page.wait_for_selector("#learning-curve tbody tr", timeout=120_000)
        page.page.wait_for_selector("#confusion-matrix svg")
        self.assertEqual(page.page.locator("canvas").count(), 0)
        for plot in ["learning-curve", "label-distribution", "cost"]:
            self.assertTrue(page.page.locator(f"#{plot} table").is_visible(), plot)
            self.assertTrue(page.page.locator(f"#{plot} .tools button", has_text="PNG").is_disabled())
        page.shot("cockpit-tables")
        self.assertEqual(complaints(page.page), [])
        self.assertEqual(page.errors, [])

    def test_items_are_found_paged_and_told_by_keyboard(self):
        page = self.open("items")
        rows = page.page.locator("table.items tbody tr")
        page.page.wait_for_selector("table.items tbody tr")
        self.assertEqual(complaints(page.page), [])
        page.shot("items-wide", full=False)
        first = rows.first.get_attribute("data-item")
        page.page.keyboard.press("n")
        page.page.wait_for_selector("#where:has-text('101–200 of 1,797')")
        self.assertNotEqual(rows.first.get_attribute("data-item"), first)
        page.page.keyboard.press("p")
        page.page.wait_for_selector("#where:has-text('1–100 of 1,797')")
        self.assertEqual(rows.first.get_attribute("data-item"), first)
        page.page.keyboard.press("/")
        page.page.keyboard.type("0042")
        eventually("one item is found", lambda: rows.count() == 1)
        page.page.keyboard.press("Enter")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".story .guesses")
        self.assertEqual(page.page.locator("dialog h2").inner_text(), "0042.png")
        page.page.keyboard.press("Escape")
        page.page.locator("form.filters button", has_text="Clear").press("Enter")
        page.page.locator("select[name=predicted]").select_option("7")
        page.page.locator("select[name=state]").select_option("labelled")
        path = f"/projects/{self.id}/pool?state=labelled&predicted=7&limit=100"
        wanted = [row["item"]["id"] for row in self.server.call("GET", path)["items"]]
        self.assertGreater(len(wanted), 3)
        eventually("those items are found", lambda: rows.count() == len(wanted))
        self.assertEqual([row.get_attribute("data-item") for row in rows.all()], wanted)
        rows.first.focus()
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(".story .said li")
        story = page.page.locator(".story").inner_text()
        for words in ["When it was asked, and why", "tests", "answered", "took 1.5 s", "What each round said"]:
            self.assertIn(words, story)
        self.assertEqual(complaints(page.page), [])
        page.shot("story-wide", full=False)

    def test_a_search_that_finds_little_says_how_far_it_is_and_can_be_stopped(self):
        page = self.open("items")
        rows = page.page.locator("table.items tbody tr")
        page.page.wait_for_selector("table.items tbody tr")
        asked = []

        def little(route):
            """Answers as a server with a large pool would: nothing or little yet, and where to go on."""
            asked.append(route.request.url)
            if "q=endless" in route.request.url or len(asked) < 3:
                cursor = str(10 + len(asked))
                return route.fulfill(json={"items": [], "next_cursor": cursor, "progress": min(0.9, 0.3 * len(asked))})
            return route.continue_()

        page.page.route("**/pool?*q=*", little)
        page.page.keyboard.press("/")
        page.page.keyboard.insert_text("0042")
        eventually("it goes on until there is something", lambda: rows.count() == 1)
        self.assertEqual(len(asked), 3)
        self.assertIn("cursor=12", asked[2])
        page.page.get_by_label("Search").fill("endless")
        page.page.wait_for_selector("#where:has-text('looked through 90 % of the pool')")
        page.page.get_by_role("button", name="Stop").press("Enter")
        page.page.wait_for_selector("#where:has-text('the search was stopped')")
        until = len(asked)
        page.page.unroute("**/pool?*q=*")
        page.page.get_by_label("Search").fill("0007")
        eventually("another question is answered", lambda: rows.count() == 1)
        self.assertLessEqual(len(asked), until + 1)

    def test_the_first_page_leads_an_engineer_to_the_cockpit(self):
        page = EngineerPage(self.browser, self.server, "", **WIDE)
        self.addCleanup(page.close)
        page.page.wait_for_selector(".project")
        self.assertEqual(complaints(page.page), [])
        page.shot("projects-wide", full=False)
        page.tab_to("a.project")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#rounds-card .figures strong")
        self.assertEqual(page.page.locator("#views a[aria-current]").inner_text(), "Cockpit")
        # An annotator is led to the items, and may not look here.
        project = self.server.project("Handwritten digits")
        other = self.browser.new_page()
        self.addCleanup(other.close)
        other.goto(self.server.link(project, name="Ann"))
        other.wait_for_selector("#stage[data-item]")
        other.goto(f"{self.server.base}/project.html?project={self.id}")
        other.wait_for_url("**/label.html?project=*")
        self.assertEqual(page.errors, [])

    def test_every_view_fits_a_phone(self):
        page = self.open(**PHONE)
        for key, ready in [("c", "#queue .item-button"), ("i", "table.items tbody tr"), ("m", ".drop"), ("s", ".project-form")]:
            page.page.locator("body").press(key)
            page.page.wait_for_selector(ready, timeout=120_000)
            self.assertEqual(complaints(page.page), [], key)
            self.assertLessEqual(page.page.evaluate("document.documentElement.scrollWidth"), 390, key)
            page.shot(f"phone-{key}", full=False)
        page.page.locator("body").press("i")
        page.page.wait_for_selector("table.items tbody tr")
        page.page.locator("table.items tbody tr").first.tap()
        page.page.wait_for_selector(".story .facts")
        page.shot("phone-story", full=False)


if __name__ == "__main__":
    unittest.main()
