"""A real headless Chromium, and the labelling page as a person uses it."""

import contextlib
import os
import shutil
import time

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-dev-shm-usage", "--proxy-server=direct://",
]
WIDE = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}

# What a page writes where a value is missing; nobody is meant to read it, so it is an error of the console, which fails the test.
STRAY = """new MutationObserver((changes) => {
  const strays = (node) => node.nodeType === Node.TEXT_NODE
    ? /^(null|undefined|NaN|\\[object \\w+\\])$/.test(node.data.trim()) && console.error(`stray text: ${node.data}`)
    : node.childNodes.forEach(strays);
  for (const change of changes) change.addedNodes.forEach(strays);
}).observe(document, {childList: true, subtree: true});"""


def executable() -> str:
    """The browser: CHROMIUM, or Debian's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        raise AssertionError("no chromium on this machine: run Scripts/setup-debian.sh tests, or name one by CHROMIUM")
    return found


@contextlib.contextmanager
def chromium():
    """Debian's Chromium, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        new_context = browser.new_context

        def watched(**options):
            context = new_context(**options)
            context.add_init_script(STRAY)
            return context

        browser.new_context = watched
        try:
            yield browser
        finally:
            browser.close()


def until(page, script, argument=None, seconds=20):
    """The first true value of a function in the page. Playwright's own `wait_for_function` polls by `eval`, which the page's policy forbids."""
    deadline = time.monotonic() + seconds
    while True:
        found = page.evaluate(script, argument)
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {script}")
        page.wait_for_timeout(20)


def completed(page):
    """Waits for what comes after the first item: a hand is slower than that, a test is not."""
    until(page, "performance.getEntriesByName('winnow.complete').length")


class LabellingPage:
    """The page of one annotator; every method does what a hand would."""

    def __init__(self, browser, link, **context):
        self.context = browser.new_context(**(context or WIDE))
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.errors = []
        self.offers = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._complain)
        self.page.on("response", self._remember)
        self.page.goto(link)
        self.page.wait_for_selector("#stage[data-item]")
        completed(self.page)

    def _complain(self, message):
        # That a request failed is for the test to say; all else is a mistake of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def _remember(self, response):
        if response.url.endswith("/next") and response.ok:
            self.offers += response.json()["items"]

    @property
    def item(self) -> str:
        """The id of the item on screen."""
        return self.page.get_attribute("#stage", "data-item")

    @property
    def key(self) -> str:
        """The caller's own key of the item on screen."""
        return self.page.locator(".item-key").inner_text()

    def press_label(self, label):
        """Presses the key that stands on the label's button."""
        key = self.page.locator(f'[data-label="{label}"] kbd').inner_text()
        self.press(key.lower())

    def press(self, key):
        """Presses a key, and waits until another item, or none, is there."""
        before = self.item
        self.page.keyboard.press(key)
        # After the last item at hand the next one may still be on its way.
        self.page.wait_for_selector(f'#stage[data-item]:not([data-item="{before}"]), .state')

    def saved(self):
        """Waits until every answer is acknowledged."""
        # What a key does besides showing the next item is told a frame later.
        self.page.evaluate("""() => new Promise((done) => {
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
          setTimeout(done, 500);
        })""")
        self.page.wait_for_selector('#saved[data-phase="saved"]')

    def stored(self) -> list:
        """What the page keeps in the browser until the server has it."""
        return self.page.evaluate("""async () => {
          const asked = indexedDB.open("winnow");
          const database = await new Promise((resolve, reject) => {
            asked.onsuccess = () => resolve(asked.result);
            asked.onerror = () => reject(asked.error);
          });
          const read = database.transaction("outbox").objectStore("outbox").getAll();
          await new Promise((resolve) => (read.onsuccess = resolve));
          database.close();
          return read.result.map((record) => record.entry);
        }""")

    def close(self):
        self.context.close()
