"""Few items and many people, over the real server and the real page: nobody waits in vain, nobody keeps what they left."""

import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from browser import LabellingPage, chromium
from client import Client
from winnow import Server, eventually, must

LABELS = [{"name": "yes"}, {"name": "no"}]


class Queue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def project(self, name, items, **settings) -> dict:
        """A project with so many texts."""
        made = self.server.call("POST", "/projects", {"name": name, "modality": "text", "labels": LABELS,
                                                      "settings": {"evaluation_fraction": 0, **settings}})
        rows = [{"key": f"k{number}", "text": f"text number {number}"} for number in range(items)]
        self.server.call("POST", f"/projects/{made['id']}/items", {"items": rows})
        return made

    def people(self, count, project) -> list[Client]:
        def join(number):
            token = must("token", "create", "--data", self.server.data, "--role", "annotator", "--name",
                         f"{project['name']} {number}", "--project", project["name"])
            return Client(self.server.base, token)

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(join, range(count)))

    def test_fifty_people_and_one_item(self):
        project = self.project("one left", 1)
        path = f"/projects/{project['id']}"
        people = self.people(50, project)
        gate, lock, had, failures = threading.Barrier(50), threading.Lock(), [], []
        holder: list[int] = []

        def work(number):
            person = people[number]
            try:
                gate.wait()
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline:
                    served = person.call("POST", f"{path}/next", {"prefetch": 5})
                    if not served["items"]:
                        if not served["reason"]:
                            raise AssertionError("an empty answer without a reason")
                        time.sleep(0.01)
                        continue
                    with lock:
                        if holder:
                            raise AssertionError(f"the item is with {holder[0]} and with {number}")
                        holder.append(number)
                    time.sleep(0.005)
                    with lock:
                        holder.clear()
                        had.append(number)
                    person.call("DELETE", f"/leases/{served['items'][0]['lease']}")
                    return
                raise AssertionError("never had the item within a minute")
            except BaseException as error:  # noqa: BLE001  told by the main thread
                failures.append(f"person {number}: {error}")

        threads = [threading.Thread(target=work, args=[number]) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        self.assertEqual(failures, [])
        self.assertEqual(sorted(had), list(range(50)), "everybody gives it back, so everybody has it once")

    def test_what_an_abandoned_client_held_returns_to_the_head(self):
        project = self.project("abandoned", 30, lease_seconds=1, strategy="random")
        path = f"/projects/{project['id']}"
        ann, bob = self.people(2, project)
        hers = [offer["item"]["id"] for offer in ann.call("POST", f"{path}/next", {"prefetch": 3})["items"]]
        self.assertEqual(len(hers), 3)
        others = bob.call("POST", f"{path}/next", {"prefetch": 1})["items"]
        self.assertNotIn(others[0]["item"]["id"], hers)
        bob.call("POST", f"{path}/annotations", {"item": others[0]["item"]["id"], "labels": ["yes"], "lease": others[0]["lease"]})
        time.sleep(1.1)
        back = [offer["item"]["id"] for offer in bob.call("POST", f"{path}/next", {"prefetch": 4})["items"]]
        self.assertEqual(back[:3], hers, "before everything else, in the order in which they were lent")
        self.assertNotIn(back[3], hers)

    def test_the_page_keeps_what_is_looked_at_and_gives_up_what_is_not(self):
        project = self.project("page", 1, lease_seconds=4)
        path = f"/projects/{project['id']}"
        other = self.people(1, project)[0]
        with chromium() as browser:
            page = LabellingPage(browser, self.server.link(project))
            # Somebody moves: for more than twice the lease's time the item stays theirs.
            until = time.monotonic() + 9
            step = 0
            while time.monotonic() < until:
                step += 1
                page.page.mouse.move(100 + step % 50, 100)
                page.page.wait_for_timeout(200)
                self.assertEqual(other.call("POST", f"{path}/next", {"prefetch": 1})["items"], [])
            # Nobody moves: the page stops renewing, and the item goes to who asks.
            eventually("an idle page's item returns",
                       lambda: other.call("POST", f"{path}/next", {"prefetch": 1})["items"], seconds=30)
            page.close()

    def test_a_closed_page_gives_back_at_once(self):
        project = self.project("closed", 4, lease_seconds=600)
        path = f"/projects/{project['id']}"
        other = self.people(1, project)[0]
        with chromium() as browser:
            page = LabellingPage(browser, self.server.link(project))
            self.assertEqual(other.call("POST", f"{path}/next", {"prefetch": 1})["items"], [])
            page.page.goto("about:blank")
            eventually("a closed page's items return",
                       lambda: other.call("POST", f"{path}/next", {"prefetch": 4})["items"], seconds=10)
            page.close()

    def test_an_empty_page_hears_of_what_comes_back(self):
        project = self.project("heard", 1)
        path = f"/projects/{project['id']}"
        other = self.people(1, project)[0]
        offer = other.call("POST", f"{path}/next", {"prefetch": 1})["items"][0]
        with chromium() as browser:
            context = browser.new_context()
            page = context.new_page()
            page.goto(self.server.link(project))
            page.wait_for_selector(".state[data-kind=empty]")
            self.assertIn("somebody's hands", page.inner_text(".state").replace("\u2019", "'"))
            # The page asks again every ten seconds; an event brings it at once.
            began = time.monotonic()
            other.call("DELETE", f"/leases/{offer['lease']}")
            page.wait_for_selector(f"#stage[data-item=\"{offer['item']['id']}\"]", timeout=30_000)
            print(f"\nthe page had the item {time.monotonic() - began:.2f} s after it was given back", flush=True)
            context.close()


if __name__ == "__main__":
    unittest.main()
