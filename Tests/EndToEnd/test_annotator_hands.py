"""What an annotator's hands do: finding a label among many, looking closer, swiping, asking why, setting a goal."""

import json
import unittest

from browser import PHONE, LabellingPage, chromium, until
from pools import images, texts
from winnow import EXAMPLES, SCREENSHOTS, Server, eventually, must

MANY = [f"{thing}_{verb}" for thing in ["card", "account", "balance", "transfer", "rewards"]
        for verb in ["declined", "blocked", "report", "limit", "update_info"]] + ["change_accent", "international_visa"]


class Hands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        texts(cls.server, "many", [f"message {n}" for n in range(60)], MANY)
        texts(cls.server, "few", [f"message {n}" for n in range(60)], ["billing", "technical"])
        images(cls.server, "images", [f"{n}.png" for n in range(12)], ["left", "right"])
        must("import", "--data", cls.server.data, "--project", "learnt", EXAMPLES, "--create", "--modality", "text",
             "--text-column", "text", "--id-column", "id", "--labels-from", "label", "--evaluation-fraction", "0.3")
        cls.server.start()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, name, annotator="Ada", **context):
        self.project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(self.project, name=annotator), **context)
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, []))
        return page

    def test_how_well_a_label_fits_what_is_typed(self):
        page = self.open("few").page
        ranked = lambda typed, recent=(): [MANY[index] for index in page.evaluate(
            "async ([names, typed, recent]) => (await import('/js/label-search.js')).ranked(names, typed, recent)",
            [MANY, typed, list(recent)])]
        self.assertEqual(ranked("card lim")[0], "card_limit")
        self.assertEqual(ranked("REPORT")[:2], ["card_report", "account_report"], "a word's beginning")
        self.assertEqual(ranked("iv")[0], "international_visa", "the beginnings of words")
        self.assertEqual(ranked("tui")[0], "transfer_update_info")
        self.assertEqual(ranked("áccent")[0], "change_accent", "accents and capitals do not matter")
        self.assertEqual(ranked("intvisa")[0], "international_visa")
        self.assertEqual(ranked("xyz"), [])
        last = MANY.index("rewards_report")
        self.assertEqual(ranked("report", [last])[0], "rewards_report", "used lately comes first among equals")

    def test_many_labels_by_keyboard_alone(self):
        page = self.open("many")
        field = page.page.locator("#label-filter")
        given = {page.key: "transfer_limit"}
        page.page.keyboard.press("/")
        page.page.keyboard.type("tran")
        found = lambda: page.page.locator("#labels .label").evaluate_all("all => all.map(one => one.dataset.label)")
        self.assertEqual(found(), [name for name in sorted(MANY, key=len) if name.startswith("transfer")])
        self.assertEqual(page.page.locator(".label.first").get_attribute("data-label"), found()[0])
        while page.page.locator(".label.first").get_attribute("data-label") != "transfer_limit":
            page.page.keyboard.press("ArrowDown")
        self.assertRegex(page.page.locator("#announcer").inner_text(), r"transfer_limit, \d of 5")
        page.press("Enter")
        # The search stays for the next item, and digits in it are letters like all others.
        self.assertEqual(field.input_value(), "")
        given[page.key] = "balance_update_info"
        before = page.key
        page.page.keyboard.type("bal 1")
        self.assertEqual((page.key, found()), (before, []))
        page.page.keyboard.press("Backspace")
        page.page.keyboard.press("Backspace")
        page.page.keyboard.type("u")
        page.press("Enter")
        page.page.keyboard.press("Escape")
        self.assertNotEqual(page.page.evaluate("document.activeElement.id"), "label-filter")
        # Those used lately stand first, where there was nothing to lead the eye before.
        self.assertEqual(found()[:2], ["balance_update_info", "transfer_limit"])
        self.assertEqual(len(found()), len(MANY))
        # Out of the search, keys are keys again.
        given[page.key] = MANY[0]
        page.press("1")
        page.press("Backspace")
        self.assertEqual(page.page.locator(f'[data-label="{MANY[0]}"] kbd').inner_text(), "1")
        page.press("1")
        page.saved()
        self.assertEqual(self.server.labels(self.project), given)

    def test_an_image_comes_closer(self):
        page = self.open("images")
        transform = lambda: page.page.locator(".view img").evaluate("image => image.style.transform")
        page.page.keyboard.press("+")
        page.page.keyboard.press("+")
        self.assertIn("scale(2.25)", transform())
        before = transform()
        page.page.keyboard.press("ArrowRight")
        self.assertNotEqual(transform(), before)
        page.page.keyboard.press("Escape")
        self.assertEqual(transform(), "")
        box = page.page.locator(".view").bounding_box()
        page.page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.page.mouse.wheel(0, -400)
        until(page.page, "document.querySelector('.view').dataset.zoom === 'close'")
        before = transform()
        page.page.mouse.down()
        page.page.mouse.move(box["x"] + 60, box["y"] + 50)
        page.page.mouse.up()
        self.assertNotEqual(transform(), before, "dragging moves it")
        page.page.mouse.dblclick(box["x"] + 100, box["y"] + 100)
        self.assertEqual(transform(), "")
        page.page.get_by_role("button", name="Zoom in").click()
        self.assertIn("scale(1.5)", transform())
        page.press("1")
        self.assertEqual(transform(), "", "the next image is shown whole")
        page.saved()

    def swipe(self, page, by):
        """A finger over the item, as the browser's own protocol sends it."""
        box = page.page.locator(".item").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = page.context.new_cdp_session(page.page)
        touch = lambda kind, points: session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch("touchStart", [{"x": x, "y": y}])
        for step in range(1, 6):
            touch("touchMove", [{"x": x + by * step / 5, "y": y}])
        touch("touchEnd", [])

    def test_swipes_skip_and_undo(self):
        page = self.open("few", "Grace", **PHONE)
        first = page.key
        self.swipe(page, -160)
        until(page.page, "key => document.querySelector('.item-key').textContent !== key", first)
        second = page.key
        self.swipe(page, -40)
        self.assertEqual(page.key, second, "a short one is none")
        self.swipe(page, 160)
        until(page.page, "key => document.querySelector('.item-key').textContent === key", first)
        page.saved()
        kept = self.server.call("GET", f"/projects/{self.project['id']}/annotations")["items"]
        self.assertEqual([row for row in kept if row["annotator"] == "Grace"], [])

    def test_settings_goal_theme_and_flag(self):
        page = self.open("few", "Linus")
        page.page.locator("#settings").click()
        page.page.fill("#goal", "2")
        page.page.get_by_label("Dark").check()
        page.page.keyboard.press("Escape")
        ground = lambda: page.page.evaluate("getComputedStyle(document.body).backgroundColor")
        self.assertEqual(ground(), "rgb(14, 20, 19)")
        for _ in range(2):
            page.press("1")
        page.page.wait_for_selector(".pace.reached:has-text('2 of 2 today')")
        page.press("Backspace")
        page.page.wait_for_selector(".pace:not(.reached):has-text('1 of 2 today')")
        page.page.keyboard.press("f")
        page.page.keyboard.type("<b>torn</b>")
        page.press("Enter")
        page.saved()
        page.page.reload()
        page.page.wait_for_selector("#stage[data-item]")
        self.assertEqual(ground(), "rgb(14, 20, 19)", "what was chosen is kept")
        self.assertIn("2 of 2 today", page.page.locator("#pace").inner_text())
        page.page.keyboard.press("h")
        page.page.locator(".history details summary").first.click()
        self.assertEqual(page.page.locator(".history-note").first.inner_text(), "<b>torn</b>")

    def test_why_an_item_is_asked_and_what_the_model_would_say(self):
        page = self.open("learnt")
        bodies = []
        page.page.on("request", lambda request: request.url.endswith("/next") and bodies.append(json.loads(request.post_data)))
        self.assertEqual(page.page.locator(".why").count(), 0, "off unless somebody wants it")
        for number in range(24):
            page.press(str(number % 3 + 1))
        page.saved()
        self.assertTrue(bodies and all("guess" not in body for body in bodies))
        eventually("a model serves", lambda: self.server.project("learnt")["model"], 120)
        page.page.wait_for_load_state("networkidle")
        while page.offers[-1]["round"] is None or page.offers[-1]["evaluation"]:
            page.press(" ")
        page.page.keyboard.press("w")
        page.page.wait_for_selector(".why")
        kinds = set()
        for _ in range(40):
            offer = next(offer for offer in reversed(page.offers) if offer["item"]["id"] == page.item)
            words = page.page.locator(".why").inner_text()
            kinds.add(offer["evaluation"])
            if offer["evaluation"]:
                self.assertIn("at random, to keep score", words)
                self.assertNotIn("guess:", words)
            elif offer.get("guess"):
                label = offer["guess"]["labels"][0]
                self.assertIn(f"{label['name']} {round(label['confidence'] * 100)} %", words)
                kinds.add("guess")
            if kinds == {True, False, "guess"}:
                break
            page.press(" ")
        self.assertEqual(kinds, {True, False, "guess"})
        page.page.screenshot(path=SCREENSHOTS / "why.png")
        page.page.keyboard.press("w")
        page.page.wait_for_selector(".why", state="detached")
        # The project may have the guess chosen already: Enter takes it, another key overrules it.
        self.server.call("PATCH", f"/projects/{self.project['id']}", {"settings": {"pre_annotation": True}})
        page.page.reload()
        page.page.wait_for_selector("#stage[data-item]")
        while not page.page.locator(".label.suggested").count():
            page.press(" ")
        name = page.page.locator(".label.suggested").get_attribute("data-label")
        page.page.screenshot(path=SCREENSHOTS / "pre-annotation.png")
        key = page.key
        page.press("Enter")
        page.saved()
        self.assertEqual(self.server.labels(self.project)[key], name)


if __name__ == "__main__":
    unittest.main()
