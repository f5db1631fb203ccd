"""The network of an annotator: three items ahead, nothing lost and nothing twice, leases given back."""

import time
import unittest
import urllib.parse

from browser import LabellingPage, chromium, until
from pools import images, standing, texts
from winnow import SCREENSHOTS, Server, eventually

LABELS = ["billing", "technical", "account", "delivery"]


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)

    def open(self, name, **context):
        self.project = self.server.project(name)
        page = LabellingPage(self.browser, self.server.link(self.project), **context)
        self.addCleanup(page.close)
        return page

    def test_ten_seconds_without_a_server_lose_nothing_and_double_nothing(self):
        texts(self.server, "outage", [f"message {n}" for n in range(60)], LABELS)
        self.server.start()
        page = self.open("outage")
        given = {}

        def label(count):
            for _ in range(count):
                choice = LABELS[len(given) % 4]
                given[page.key] = choice
                page.press_label(choice)

        label(6)
        page.saved()
        port = urllib.parse.urlsplit(self.server.base).port
        # A kill cuts off what is under way, as a crash would.
        self.server.kill()
        stopped = time.monotonic()
        label(4)
        page.page.wait_for_selector("#saved:has-text('Offline – 4 answers waiting')")
        page.page.screenshot(path=SCREENSHOTS / "outage.png")
        label(1)
        self.assertEqual([entry["labels"] for entry in page.stored()], [[label] for label in list(given.values())[6:]])
        page.page.wait_for_timeout(max(0, 10 - (time.monotonic() - stopped)) * 1000)
        self.server.start(port)
        page.saved()
        label(6)
        page.saved()
        self.assertEqual(page.stored(), [])
        kept = standing(self.server, self.project)
        self.assertEqual([(row["key"], row["labels"]) for row in kept], [(key, [label]) for key, label in given.items()],
                         "an answer was lost, doubled, or came out of order")
        self.assertEqual(page.errors, [])

    def test_an_answer_whose_receipt_is_lost_counts_once(self):
        texts(self.server, "receipt", [f"message {n}" for n in range(20)], LABELS)
        self.server.start()
        page = self.open("receipt")

        def lose(route):
            route.fetch()
            route.abort()

        page.page.route("**/annotations", lose, times=2)
        key = page.key
        page.press_label("account")
        page.saved()
        kept = standing(self.server, self.project)
        self.assertEqual([(row["key"], row["labels"]) for row in kept], [(key, ["account"])])
        # And taken back once, though the answer of the undo is lost as well.
        page.page.route("**/annotations/*", lose, times=1)
        page.press("Backspace")
        page.saved()
        self.assertEqual(standing(self.server, self.project), [])
        self.assertEqual(page.key, key)

    def test_a_tab_closed_without_a_network_loses_nothing(self):
        texts(self.server, "closed", [f"message {n}" for n in range(20)], LABELS)
        self.server.start()
        page = self.open("closed")
        page.context.set_offline(True)
        given = []
        for label in LABELS[:3]:
            given.append((page.key, [label]))
            page.press_label(label)
        page.page.wait_for_selector("#saved[data-phase=offline]")
        page.page.close()
        page.context.set_offline(False)
        self.assertEqual(standing(self.server, self.project), [])
        again = page.context.new_page()
        again.goto(f"{self.server.base}/label.html?project={self.project['id']}")
        again.wait_for_selector("#stage[data-item]")
        eventually("the answers of the closed tab are there", lambda: len(standing(self.server, self.project)) == 3, 30)
        again.wait_for_selector("#saved[data-phase=saved]")
        self.assertEqual([(row["key"], row["labels"]) for row in standing(self.server, self.project)], given)
        self.assertNotIn(again.locator(".item-key").inner_text(), [key for key, _ in given])

    def test_the_last_answer_is_the_end(self):
        texts(self.server, "end", ["one", "two"], LABELS)
        self.server.start()
        page = self.open("end")
        page.press("1")
        page.press("2")
        page.page.wait_for_selector(".state:has-text('All done')")
        page.press("Backspace")
        page.page.keyboard.press("3")
        page.page.wait_for_selector(".state:has-text('All done')")
        page.saved()
        self.assertEqual(sorted(self.server.labels(self.project).values()), sorted([LABELS[0], LABELS[2]]))

    def test_three_items_and_their_images_are_ahead(self):
        images(self.server, "ahead", [f"image {n}.png" for n in range(30)], ["left", "right"])
        self.server.start()
        page = self.open("ahead")
        until(page.page, "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/image')).length >= 4")
        for _ in range(4):
            page.press("1")
        page.saved()
        page.page.wait_for_load_state("networkidle")
        # From here on nothing comes: three more are there, decoded, and the last is on screen.
        page.page.route("**/next", lambda route: route.abort())
        page.page.route("**/image", lambda route: route.abort())
        for _ in range(3):
            before = page.item
            page.page.keyboard.press("2")
            shown = page.page.evaluate("() => [document.querySelector('#stage').dataset.item, document.querySelector('.view img').complete, "
                                       "document.querySelector('.view img').naturalWidth]")
            self.assertNotEqual(shown[0], before, "the next item is there when the key is")
            self.assertEqual(shown[1:], [True, 320])

    def test_leaving_gives_the_items_back(self):
        texts(self.server, "leases", [f"message {n}" for n in range(40)], LABELS)
        self.server.start()
        page = self.open("leases")
        leased = lambda: self.server.project("leases")["counts"]["leased"]
        self.assertGreaterEqual(leased(), 4)
        page.press("1")
        page.saved()
        page.page.goto(f"{self.server.base}/")
        eventually("no lease is left after leaving", lambda: leased() == 0, 20)
        page.page.goto(f"{self.server.base}/label.html?project={self.project['id']}")
        page.page.wait_for_selector("#stage[data-item]")
        self.assertGreaterEqual(leased(), 4)
        key = page.key
        page.page.keyboard.press("2")
        page.page.close(run_before_unload=True)
        eventually("no lease is left after closing", lambda: leased() == 0, 20)
        self.assertEqual(self.server.labels(self.project).get(key), LABELS[1], "an answer given while closing arrives")

    def test_undo_goes_back_as_far_as_the_session(self):
        texts(self.server, "undo", [f"message {n}" for n in range(30)], LABELS)
        self.server.start()
        page = self.open("undo")
        keys = []
        for number in range(12):
            keys.append(page.key)
            page.press(["1", "2", " ", "4"][number % 4])
        page.saved()
        for number, key in enumerate(reversed(keys)):
            page.page.keyboard.press("Control+z" if number % 2 else "Backspace")
            until(page.page, "key => document.querySelector('.item-key')?.textContent === key", key)
        page.saved()
        self.assertEqual(standing(self.server, self.project), [])
        page.page.keyboard.press("Backspace")
        page.page.wait_for_selector(".toast:has-text('no answer to take back')")
        self.assertEqual(page.errors, [])


if __name__ == "__main__":
    unittest.main()
