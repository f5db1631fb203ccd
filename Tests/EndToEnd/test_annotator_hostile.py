"""Items, labels, notes and file names from people who mean harm, or know no better; and what the page weighs."""

import json
import pathlib
import re
import unittest

from browser import PHONE, LabellingPage, chromium
from pools import images, texts
from winnow import SCREENSHOTS, Server

MARKUP = '<img src=x onerror="window.hacked = 1">'
# RIGHT-TO-LEFT OVERRIDE, never ended: what follows it would be shown backwards.
OVERRIDE = "invoice \u202egnp.exe"
LONG = "a" * 1_000_000
TEXTS = [MARKUP, OVERRIDE, LONG, "👩‍👩‍👧‍👦 🏳️‍🌈 ‮", "before\u0000after", "مرحبا <b>bold</b>", "${alert(1)} {{7*7}} javascript:alert(1)",
         "\u2028\u2029 line\r\nbreaks\ttabs", "Z̷̧̢͎̳̝a̶̡̛l̸g̵o"]
LABELS = [MARKUP, "\u202eevil", "a" * 200, "😈", "<script>window.hacked=1</script>"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        files = [f"{MARKUP.replace('/', '')}.png", "\u202egnp.exe.png", "x" * 200 + ".png", "plain.png"]
        images(cls.server, "files", files, ["yes", "no"])
        texts(cls.server, "plain", [f"message {n}" for n in range(20)], ["billing", "technical", "account", "delivery"])
        cls.server.start()
        made = cls.server.call("POST", "/projects", {
            "name": MARKUP, "modality": "text", "labels": [{"name": name, "description": MARKUP} for name in LABELS],
            "guidelines": f"# {MARKUP}\n[x](javascript:alert(1)) {OVERRIDE}"})
        cls.rows = [{"key": f"{MARKUP}{number}", "text": text, "meta": {MARKUP: OVERRIDE}} for number, text in enumerate(TEXTS)]
        cls.answer = cls.server.call("POST", f"/projects/{made['id']}/items", {"items": cls.rows})
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, name, **context):
        self.project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(self.project), **context)
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.errors, []))
        return page

    def check(self, page):
        self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")
        sideways = page.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        self.assertLessEqual(*sideways, "the page scrolls sideways")
        strangers = page.page.evaluate("""[...document.querySelectorAll('#stage script, #work script, dialog script, #stage img:not(.view img), dialog img:not(.thumbnail)')].length""")
        self.assertEqual(strangers, 0)

    def test_whatever_stands_in_an_item_is_text(self):
        refused = {row["row"] for row in self.answer["rejected"]}
        accepted = [text for number, text in enumerate(TEXTS) if number not in refused]
        self.assertEqual([TEXTS[row] for row in refused], ["before\u0000after"], "kept whole, or refused: never cut")
        page = self.open(MARKUP)
        self.assertEqual(page.page.locator("#project").inner_text(), MARKUP)
        shown = []
        for number in range(len(accepted)):
            text = page.page.locator(".item-text")
            shown.append(text.evaluate("element => element.textContent"))
            self.assertEqual(text.evaluate("element => element.childElementCount"), 0)
            self.assertIn("isolate", text.evaluate("element => getComputedStyle(element).unicodeBidi"))
            self.check(page)
            if shown[-1] == OVERRIDE:
                page.page.screenshot(path=SCREENSHOTS / "hostile.png")
            page.press(str(number % len(LABELS) + 1))
        self.assertCountEqual([text.replace("\r\n", "\n") for text in shown], [text.replace("\r\n", "\n") for text in accepted])
        page.saved()
        for key in "hg?":
            page.page.keyboard.press(key)
            page.page.wait_for_selector("dialog[open]")
            page.page.wait_for_timeout(200)
            self.check(page)
            page.page.keyboard.press("Escape")
        faces = page.page.locator(".label .name")
        self.assertEqual(faces.evaluate_all("all => all.map(one => one.textContent)"), LABELS)
        for face in range(faces.count()):
            self.assertIn("isolate", faces.nth(face).evaluate("element => getComputedStyle(element).unicodeBidi"))

    def test_file_names_and_notes_are_text(self):
        page = self.open("files", **PHONE)
        names = set()
        for _ in range(4):
            names.add(page.key)
            self.check(page)
            page.page.locator("#flag").tap()
            page.page.fill("#note", MARKUP + OVERRIDE)
            before = page.item
            page.page.locator("dialog .primary").tap()
            page.page.wait_for_selector(f'#stage[data-item]:not([data-item="{before}"]), .state')
        self.assertEqual(len(names), 4)
        page.saved()
        page.page.locator("#history").tap()
        page.page.locator(".history details summary").first.tap()
        self.assertEqual(page.page.locator(".history-note").first.inner_text(), MARKUP + OVERRIDE)
        self.check(page)

    def test_the_policy_lets_nothing_in(self):
        page = self.open("plain")
        answer = page.page.request.get(f"{self.server.base}/label.html")
        policy = answer.headers["content-security-policy"]
        for word in ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"]:
            self.assertNotIn(word, policy)
        errors = page.errors[:]
        blocked = page.page.evaluate("""async () => {
          const seen = [];
          document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
          const script = document.createElement('script');
          script.textContent = 'window.hacked = 1';
          const style = document.createElement('style');
          style.textContent = 'body { display: none }';
          const paragraph = document.createElement('p');
          paragraph.setAttribute('style', 'color: red');
          paragraph.setAttribute('onclick', 'window.hacked = 1');
          const frame = document.createElement('iframe');
          frame.src = 'https://example.com/';
          document.body.append(script, style, paragraph, frame);
          paragraph.click();
          await fetch('https://example.com/').catch(() => {});
          await new Promise((resolve) => setTimeout(resolve, 300));
          paragraph.remove();
          return seen;
        }""")
        self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")
        for directive in ["script-src-elem", "style-src-elem", "style-src-attr", "script-src-attr", "frame-src", "connect-src"]:
            self.assertIn(directive, blocked)
        page.errors[:] = errors

    def test_an_inline_script_is_refused_by_the_header_and_by_the_page_itself(self):
        script = "<script>window.hacked = 1</script><style>body { display: none }</style></head>"
        for without in ["header", "meta"]:
            with self.subTest(without=without):
                context = self.browser.new_context()
                self.addCleanup(context.close)
                page = context.new_page()

                def inject(route, without=without):
                    answer = route.fetch()
                    headers, text = dict(answer.headers), answer.text()
                    if without == "header":
                        self.assertTrue(headers.pop("content-security-policy"))
                    else:
                        text, count = re.subn(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", text)
                        self.assertEqual(count, 1)
                    route.fulfill(status=200, headers=headers, body=text.replace("</head>", script))

                page.route("**/label.html*", inject)
                refused = []
                page.on("console", lambda message, refused=refused: refused.append(message.text))
                page.goto(f"{self.server.base}/label.html?project=1")
                page.wait_for_selector(".sign-in")
                self.assertEqual(page.evaluate("typeof window.hacked"), "undefined")
                for kind in ["script", "style"]:
                    self.assertTrue([text for text in refused if "inline" in text and kind in text], refused)

    def test_the_page_is_light_and_asks_nobody_else(self):
        project = self.server.project("plain")
        context = self.browser.new_context()
        self.addCleanup(context.close)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        bytes_of, addresses = [], []
        session.on("Network.loadingFinished", lambda event: bytes_of.append(event["encodedDataLength"]))
        session.on("Network.requestWillBeSent", lambda event: addresses.append(event["request"]["url"]))
        page.goto(self.server.link(project, name="Edsger"))
        page.wait_for_selector("#stage[data-item]")
        page.wait_for_load_state("load")
        page.wait_for_timeout(500)
        first = page.evaluate("performance.getEntriesByName('winnow.first-item')[0]?.startTime")
        print(f"labelling page: {sum(bytes_of) / 1000:.1f} kB in {len(bytes_of)} answers, first item after {first:.0f} ms", flush=True)
        self.assertLess(sum(bytes_of), 100_000)
        self.assertGreater(len(bytes_of), 30, "something was not counted")
        self.assertEqual([address for address in addresses if not address.startswith(self.server.base)], [])


if __name__ == "__main__":
    unittest.main()
