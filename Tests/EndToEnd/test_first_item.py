"""The way to the first item: nothing is waited for that could have been asked for sooner, and nothing comes before it that could wait."""

import pathlib
import re
import unittest

from browser import WIDE, LabellingPage, chromium, until
from pools import images, texts
from winnow import ROOT, Server

PUBLIC = ROOT / "Public"
IMPORT = re.compile(r'^(?:import|export)\b[^"\']*?"(\.[^"]+)";', re.M)


def graph(entry: pathlib.Path, found=None) -> set:
    """A module with all that it imports, and that those import, from the start."""
    found = set() if found is None else found
    if entry not in found:
        found.add(entry)
        for path in IMPORT.findall(entry.read_text()):
            graph((entry.parent / path).resolve(), found)
    return found


class FirstItem(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        texts(cls.server, "texts", [f"message {n}" for n in range(40)], ["billing", "technical"])
        images(cls.server, "images", [f"{n}.png" for n in range(12)], ["left", "right"])
        cls.server.start()
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def context(self, name):
        """A browser that is signed in, with nothing in its cache; and the address of the project."""
        project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(project, name=self.id().rsplit(".", 1)[1]))
        state = page.context.storage_state()
        page.page.goto("about:blank")
        page.close()
        context = self.browser.new_context(**WIDE, storage_state=state)
        context.set_default_timeout(20_000)
        self.addCleanup(context.close)
        return context, f"{self.server.base}/label.html?project={project['id']}"

    def test_every_module_is_named_at_the_head_of_the_page(self):
        # Otherwise each is asked for only once the one that imports it is there: a round trip for every step of the way.
        pages = [page for page in PUBLIC.glob("*.html") if "modulepreload" in page.read_text()]
        self.assertIn(PUBLIC / "label.html", pages)
        for page in pages:
            text = page.read_text()
            entries = [PUBLIC / path for path in re.findall(r'<script type="module" src="([^"]+)"', text)]
            named = [PUBLIC / path for path in re.findall(r'<link rel="modulepreload" href="([^"]+)"', text)]
            self.assertEqual(len(named), len(set(named)), f"{page.name} names a module twice")
            imported = set().union(*map(graph, entries)) - set(entries)
            self.assertEqual({path.name for path in named}, {path.name for path in imported}, page.name)

    def test_the_items_are_asked_for_before_the_page_is_there(self):
        context, address = self.context("texts")
        page = context.new_page()
        # The page's own module comes only after the items were asked for: whoever waits for it waits for ever.
        asked, held = [], []

        def hold(route):
            held.append(route)
            release()

        def release():
            if any(path.endswith("/next") for path in asked):
                while held:
                    held.pop().continue_()

        def note(request):
            asked.append(request.url)
            release()

        page.on("request", note)
        page.route("**/js/annotate.js", hold)
        page.goto(address, wait_until="commit")
        page.wait_for_selector("#stage[data-item]")
        for end in ["/next", "/sessions/current"]:
            self.assertEqual(sum(path.endswith(end) for path in asked), 1, f"what came ahead was asked for again: {end}")

    def test_what_can_wait_comes_after_the_first_item(self):
        context, address = self.context("images")
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#stage[data-item]")
        page.wait_for_selector(".zoom-buttons", state="attached")
        # What is on its way is listed once it is here.
        until(page, """(names) => {
          const first = performance.getEntriesByName('winnow.first-item')[0].startTime;
          const late = performance.getEntriesByType('resource').filter((one) => one.startTime > first).map((one) => one.name.split('/').at(-1));
          return names.every((name) => late.includes(name));
        }""", ["zoom.js", "swipes.js", "live-events.js", "panel-help.js", "panel-history.js", "sign-in-forms.js"])
        page.keyboard.press("+")
        self.assertIn("scale(1.5)", page.locator(".view img").evaluate("image => image.style.transform"))

    def test_keys_for_a_panel_on_its_way_are_not_the_items(self):
        context, address = self.context("texts")
        page = context.new_page()
        held = []
        page.route("**/js/panel-flag.js", lambda route: held.append(route))
        page.goto(address)
        page.wait_for_selector("#stage[data-item]")
        item = page.get_attribute("#stage", "data-item")
        page.keyboard.press("f")
        page.keyboard.type("12 ")
        self.assertEqual(page.get_attribute("#stage", "data-item"), item)
        while not held:
            page.wait_for_timeout(20)
        for route in held:
            route.continue_()
        page.wait_for_selector("#note")
        page.keyboard.type("torn")
        self.assertEqual(page.locator("#note").input_value(), "torn")


if __name__ == "__main__":
    unittest.main()
