"""The labelling page for everybody: names, roles, contrast, order of focus, less motion; checked by axe-core."""

import unittest

from axe import violations
from browser import PHONE, WIDE, LabellingPage, chromium
from pools import images, texts
from winnow import Server

MANY = [f"label {n}" for n in range(30)]
DARK = {**WIDE, "color_scheme": "dark"}


class Accessibility(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        messages = ["short"] + [f"message {n} " + "with many words " * (n * 4) for n in range(20)]
        texts(cls.server, "texts", messages, ["billing", "technical", "account", "delivery"])
        texts(cls.server, "several", messages, MANY, "--task", "multi_label")
        images(cls.server, "images", [f"{n}.png" for n in range(8)], list("01234"))
        cls.server.start()
        made = cls.server.call("POST", "/projects", {"name": "vectors", "modality": "vector", "labels": [{"name": "up"}, {"name": "down"}],
                                                     "guidelines": "# Look\n\n" + "A long text to scroll.\n\n" * 60})
        cls.server.call("POST", f"/projects/{made['id']}/items", {"items": [
            {"vector": [n, -n / 2, 3, n * n / 7], "meta": {"sensor": f"no. {n}"}} for n in range(1, 9)]})
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, name, **context):
        page = LabellingPage(self.browser, self.server.link(self.server.project(name)), **context, reduced_motion="reduce")
        self.addCleanup(page.close)
        return page

    def axe(self, page, what):
        told = violations(page)
        self.assertEqual(told, [], f"{what}:\n" + "\n".join(told))

    def test_every_state_passes_axe(self):
        projects = {"light": ["texts", "several", "images", "vectors"], "dark": ["several", "vectors"], "phone": ["several", "images"]}
        for kind, context in {"light": WIDE, "dark": DARK, "phone": PHONE}.items():
            for name in projects[kind]:
                with self.subTest(kind=kind, name=name):
                    page = self.open(name, **context)
                    page.page.evaluate("localStorage['winnow.preferences'] = JSON.stringify({why: true, goal: 10})")
                    page.page.reload()
                    page.page.wait_for_selector("#stage[data-item]")
                    self.axe(page.page, f"{name}, {kind}")
                    page.page.keyboard.press("1")
                    if name == "several":
                        page.page.keyboard.press("Enter")
                        page.page.keyboard.press("2")
                        page.page.keyboard.press("/")
                        page.page.keyboard.type("label 2")
                        self.axe(page.page, f"search, {kind}")
                        page.page.keyboard.press("Escape")
                        page.page.keyboard.press("Escape")
                    page.saved()
                    if name != projects[kind][1]:
                        continue  # panels look the same in each project
                    for key, panel in [("?", "help"), ("g", "guidelines"), ("h", "history"), ("f", "flag")]:
                        page.page.keyboard.press(key)
                        page.page.wait_for_selector("dialog[open]")
                        if panel == "history":
                            page.page.locator(".history details summary").first.click()
                        self.axe(page.page, f"{panel} of {name}, {kind}")
                        page.page.keyboard.press("Escape")
                        page.page.wait_for_selector("dialog", state="detached")
                    page.page.locator("#settings").click()
                    self.axe(page.page, f"settings, {kind}")
                    page.page.keyboard.press("Escape")
                    self.assertEqual(page.errors, [])

    def test_the_other_states_pass_axe(self):
        context = self.browser.new_context(**DARK)
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto(f"{self.server.base}/label.html?project=1")
        page.wait_for_selector(".sign-in")
        self.axe(page, "signing in")
        page = self.open("texts")
        page.page.route("**/next", lambda route: route.abort())
        page.page.route("**/annotations", lambda route: route.abort())
        while page.page.locator("#stage[data-item]").count():
            page.page.keyboard.press("1")
        page.page.wait_for_selector(".state[data-kind=unreachable]")
        page.page.wait_for_selector("#saved[data-phase=offline]")
        self.axe(page.page, "offline")
        page.page.goto(f"{self.server.base}/")

    def test_the_order_of_focus_is_the_order_of_reading(self):
        page = self.open("texts").page
        seen = []
        page.evaluate("document.activeElement.blur()")
        for _ in range(16):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("""() => {
              const one = document.activeElement;
              return one.dataset.label ?? (one.id || one.getAttribute('aria-label') || one.tagName);
            }"""))
        wanted = ["All projects", "settings", "sign-out", "billing", "technical", "account", "delivery", "undo", "skip", "flag",
                  "guidelines", "history", "help"]
        self.assertEqual([one for one in seen if one in wanted][:len(wanted)], wanted)
        # A button reached by Tab is pressed by Space and Enter, and then the item has the keys again.
        page.locator('[data-label="account"]').focus()
        item = page.get_attribute("#stage", "data-item")
        page.keyboard.press("Space")
        page.wait_for_selector(f'#stage[data-item]:not([data-item="{item}"])')
        self.assertEqual(page.evaluate("document.activeElement.id"), "stage")
        self.assertRegex(page.locator("#announcer").inner_text(), r"^Labelled account\. Next: ")
        # A panel gives the focus back to where it was.
        page.locator("#history").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open]")
        self.assertTrue(page.evaluate("document.querySelector('dialog').contains(document.activeElement)"))
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        self.assertEqual(page.evaluate("document.activeElement.id"), "history")

    def test_less_motion_is_none(self):
        page = self.open("texts").page
        page.keyboard.press("1")
        page.keyboard.press("?")
        page.wait_for_selector("dialog[open]")
        self.assertEqual(page.evaluate("document.getAnimations().length"), 0)


if __name__ == "__main__":
    unittest.main()
