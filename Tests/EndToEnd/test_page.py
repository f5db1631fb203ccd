"""What the page promises beyond the main job: nothing is lost, nothing becomes markup, keys mean what stands on them."""

import csv
import json
import pathlib
import unittest

from browser import LabellingPage, chromium
from winnow import SCREENSHOTS, Server, must

HOSTILE = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script> & \'quotes\''
MESSAGES = [HOSTILE, "  two  spaces\nand a line", "مرحبا، أين طردي؟"] + [f"message number {n}" for n in range(40)]
LABELS = ["billing", "technical", "account", "delivery"]


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        table = pathlib.Path(cls.server.folder.name) / "messages.csv"
        with table.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "text"])
            writer.writerows([f"k{number}", text] for number, text in enumerate(MESSAGES))
        for name in ["hostile", "offline", "refused", "history", "tabs"]:
            must("import", "--data", cls.server.data, "--project", name, table, "--create", "--modality", "text",
                 "--text-column", "text", "--id-column", "id", "--labels", ",".join(LABELS))
        cls.server.start()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def open(self, name, **context):
        self.project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(self.project), **context)
        self.addCleanup(page.close)
        return page

    def test_an_items_text_never_becomes_markup(self):
        page = self.open("hostile")
        seen = []
        for _ in MESSAGES:
            text = page.page.locator(".item-text")
            seen.append(text.evaluate("element => element.textContent"))
            self.assertEqual(text.evaluate("element => element.childElementCount"), 0)
            page.press(" ")
        self.assertCountEqual(seen, MESSAGES, "an item is missing, shown twice, or not shown as it was sent")
        self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")
        page.page.wait_for_selector(".state[data-kind=empty]")
        page.page.keyboard.press("h")
        page.page.wait_for_selector(".history details")
        self.assertEqual(page.page.evaluate("typeof window.hacked"), "undefined")
        self.assertEqual(page.errors, [])

    def test_answers_given_without_a_network_are_kept_and_sent(self):
        page = self.open("offline")
        page.press_label("billing")
        page.saved()
        page.context.set_offline(True)
        page.page.wait_for_selector("#saved[data-phase=offline]:has-text('Offline')")
        given = {}
        for label in ["technical", "account"]:
            given[page.key] = label
            page.press_label(label)
        taken_back = page.key
        page.press_label("delivery")
        page.press("Backspace")
        self.assertEqual(page.key, taken_back, "an undo does not wait for the network")
        page.page.wait_for_selector("#saved:has-text('Offline – 2 answers waiting')")
        page.page.screenshot(path=SCREENSHOTS / "offline.png")
        self.assertEqual([entry["labels"] for entry in page.stored()], [["technical"], ["account"]])
        self.assertEqual(len(self.server.labels(self.project)), 1)
        page.context.set_offline(False)
        page.saved()
        self.assertEqual(page.stored(), [])
        found = self.server.labels(self.project)
        self.assertEqual({key: found.get(key) for key in given}, given)
        self.assertEqual(len(found), 3)

    def test_unsent_answers_survive_a_reload(self):
        page = self.open("tabs")
        page.page.route("**/annotations", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        key = page.key
        page.press_label("account")
        page.page.wait_for_selector("#saved:has-text('1 answer waiting')")
        page.page.on("dialog", lambda dialog: dialog.accept())
        page.page.reload()
        page.page.wait_for_selector("#stage[data-item]")
        self.assertNotEqual(page.key, key, "an answered item came back while its answer was waiting")
        page.page.unroute("**/annotations")
        # Waiting inside the browser lets it work; the page retries by itself.
        page.saved()
        self.assertEqual(self.server.labels(self.project).get(key), "account")
        # A second tab of the same person would lend itself the same items.
        second = page.context.new_page()
        second.goto(f"{self.server.base}/label.html?project={self.project['id']}")
        second.wait_for_selector(".state[data-kind=elsewhere]")
        second.get_by_role("button", name="Label here instead").click()
        second.wait_for_selector("#stage[data-item]")
        page.page.wait_for_selector(".state[data-kind=elsewhere]")

    def test_a_refused_answer_is_shown_and_its_item_is_kept(self):
        page = self.open("refused")
        problem = {"type": "about:blank", "title": "Invalid", "status": 422, "detail": "this label is closed"}
        page.page.route("**/annotations", lambda route: route.fulfill(
            status=422, content_type="application/problem+json", body=json.dumps(problem)), times=1)
        key = page.key
        page.page.keyboard.press("1")
        page.page.wait_for_selector(".notice:has-text('This label is closed.')")
        self.assertEqual(page.key, key)
        page.press_label("delivery")
        page.saved()
        self.assertEqual(self.server.labels(self.project), {key: "delivery"})

    def test_history_changes_and_takes_back(self):
        page = self.open("history")
        first = page.key
        page.press_label("billing")
        second = page.key
        page.press_label("billing")
        page.saved()
        page.page.keyboard.press("h")
        rows = page.page.locator(".history details")
        rows.nth(1).locator("summary").click()
        rows.nth(1).locator("button.chip", has_text="delivery").click()
        page.page.wait_for_selector(".history li:nth-child(2) summary .chip:has-text('delivery')")
        self.assertEqual(self.server.labels(self.project), {first: "delivery", second: "billing"})
        rows.nth(0).locator("summary").click()
        rows.nth(0).get_by_role("button", name="Undo").click()
        page.page.wait_for_selector("dialog", state="detached")
        self.assertEqual(page.key, second)
        self.assertEqual(self.server.labels(self.project), {first: "delivery"})
        # After a reload nothing is remembered here, so the server says what the last answer was.
        page.page.reload()
        page.page.wait_for_selector("#stage[data-item]")
        page.press("Backspace")
        self.assertEqual(page.key, first)
        self.assertEqual(self.server.labels(self.project), {})

    def test_keys_are_silent_while_typing_with_modifiers_and_on_repeat(self):
        page = self.open("refused")
        before = page.item
        page.page.keyboard.press("f")
        page.page.keyboard.type("12 f h")
        self.assertEqual(page.page.locator("#note").input_value(), "12 f h")
        page.page.keyboard.press("Escape")
        page.page.keyboard.press("Control+1")
        page.page.keyboard.press("Alt+2")
        page.page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', repeat: true, bubbles: true}))")
        self.assertEqual(page.item, before)

    def test_which_key_chooses_which_label(self):
        page = self.browser.new_page()
        self.addCleanup(page.close)
        page.goto(f"{self.server.base}/")
        keys = lambda *labels: page.evaluate(
            "async labels => (await import('/js/hotkeys.js')).assignHotkeys(labels)",
            [label if isinstance(label, dict) else {"name": label} for label in labels])
        self.assertEqual(keys("yes", "no"), ["1", "2"])
        self.assertEqual(keys(*"0123456789"), list("0123456789"))
        self.assertEqual(keys({"name": "a", "hotkey": "F"}, {"name": "b", "hotkey": "f"}), ["f", "b"])
        self.assertEqual(keys(*[f"n{i}" for i in range(12)])[8:], ["9", "0", "n", "a"])
        many = keys(*[f"label {i}" for i in range(60)])
        used = [key for key in many if key]
        self.assertEqual(len(used), len(set(used)))
        self.assertTrue(set("fgh /?").isdisjoint(used))
        self.assertIsNone(many[-1])

    def test_guidelines_are_a_safe_part_of_markdown(self):
        page = self.browser.new_page()
        self.addCleanup(page.close)
        page.goto(f"{self.server.base}/")
        html = page.evaluate("""async text => {
          const { markdown } = await import('/js/markdown.js');
          const place = document.createElement('div');
          place.append(...markdown(text));
          return place.innerHTML;
        }""", "# Title\n\n**bold** and `a<b`\n- one\n- *two*\n\n3. three\n\n[good](https://example.com/x) [bad](javascript:alert(1))\n"
              "<script>x</script>\n\n```\n<b>\n```")
        self.assertEqual(html, "<h3>Title</h3><p><strong>bold</strong> and <code>a&lt;b</code></p>"
                         "<ul><li>one</li><li><em>two</em></li></ul><ol start=\"3\"><li>three</li></ol>"
                         "<p><a href=\"https://example.com/x\" target=\"_blank\" rel=\"noopener noreferrer\">good</a> "
                         "[bad](javascript:alert(1))\n&lt;script&gt;x&lt;/script&gt;</p><pre><code>&lt;b&gt;</code></pre>")

    def test_a_dead_link_leads_to_the_form_and_a_token_signs_in(self):
        context = self.browser.new_context()
        self.addCleanup(context.close)
        page = context.new_page()
        page.goto(f"{self.server.base}/#token=nonsense")
        page.wait_for_selector(".sign-in .form-error:has-text('no longer valid')")
        self.assertNotIn("nonsense", page.url)
        token = self.server.link(self.server.project("hostile"), name="Edsger").split("#token=")[1]
        page.fill("#token", token)
        page.keyboard.press("Enter")
        page.wait_for_selector(".project")
        self.assertEqual(page.locator(".project-name").all_inner_texts(), ["hostile"])
        page.reload()
        page.wait_for_selector(".project")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_selector(".sign-in")
        page.reload()
        page.wait_for_selector(".sign-in")


if __name__ == "__main__":
    unittest.main()
