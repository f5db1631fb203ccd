"""A disk that is full, read-only or broken: writes are refused in words, reads go on, and it recovers by itself."""

import errno
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from browser import LabellingPage, chromium
from client import Client, Refused
from failing_disk import CREATE, EVERYTHING, RENAME, RESIZE, SYNC, WRITE, FailingDisk
from winnow import EXAMPLES, Server, eventually, must, run

TEXT = ["--create", "--modality", "text", "--text-column", "text", "--id-column", "id", "--labels-from", "label"]
CHANGES = WRITE | RESIZE | CREATE | RENAME


class OnAFailingDisk(unittest.TestCase):
    """A server with 240 messages whose disk can be told to fail."""

    power = False

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="winnow-full-")
        self.addCleanup(self.folder.cleanup)
        data = pathlib.Path(os.path.realpath(self.folder.name)) / "data"
        data.mkdir()
        self.disk = FailingDisk(data, power=self.power)
        self.addCleanup(self.disk.close)
        done = self.disk.run("import", "--data", data, "--project", "p", EXAMPLES, *TEXT, "--batch-size", 8)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server = Server(data, environment=self.disk.environment)
        self.addCleanup(self.server.close)
        self.addCleanup(self.disk.mend)
        self.server.start()
        self.client = Client(self.server.base, self.server.token)
        self.id = self.server.project("p")["id"]
        self.labels = [label["name"] for label in self.server.project("p")["labels"]]

    def next(self, count=1):
        return self.client.call("POST", f"/projects/{self.id}/next", {"prefetch": count, "held": []})["items"]

    def label(self, key, key_of_request=None, label=0):
        return self.client.call("POST", f"/projects/{self.id}/annotations",
                                {"key": key, "labels": [self.labels[label]]}, key=key_of_request)

    def refusal(self, *call, **more) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.client.call(*call, **more)
        return caught.exception

    def labelled(self) -> dict:
        return self.server.labels(self.server.project("p"))


class Writing(OnAFailingDisk):
    def test_labels_are_refused_and_taken_again_without_a_restart(self):
        keys = [item["key"] for item in self.client.call("GET", f"/projects/{self.id}/items?limit=40")["items"]]
        used = iter(keys)
        kept = {}
        for code, status in [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EROFS, 503), (errno.EIO, 503)]:
            with self.subTest(errno.errorcode[code]):
                before = next(used)
                self.label(before)
                kept[before] = self.labels[0]
                refused = next(used)
                with self.disk.failing(code, CHANGES):
                    path, body = f"/projects/{self.id}/annotations", {"key": refused, "labels": [self.labels[1]]}
                    for _ in range(3):
                        refusal = self.refusal("POST", path, body, key=f"r-{code}")
                        problem = json.loads(refusal.problem)
                        self.assertEqual((refusal.status, problem["status"]), (status, status))
                        self.assertIn("send it again", problem["detail"])
                        self.assertNotIn(str(self.disk.data), problem["detail"])
                        self.assertGreater(int(refusal.headers["Retry-After"]), 0)
                    self.assertEqual(self.refusal("POST", f"/projects/{self.id}/next", {"prefetch": 1, "held": []}).status, status)
                    # What is there is shown all the same; taking it away waits, since that is written down first.
                    shown = self.client.call("GET", f"/projects/{self.id}/items?state=labelled&limit=100")["items"]
                    self.assertEqual({item["key"] for item in shown}, set(kept))
                    self.assertEqual(self.client.call("GET", f"/projects/{self.id}")["counts"]["labelled"], len(kept))
                    self.assertEqual(self.refusal("GET", f"/projects/{self.id}/export", raw=True).status, status)
                self.assertGreater(self.disk.get("failed"), 0)
                # The same request as before, as the page and programs repeat it.
                self.client.call("POST", path, body, key=f"r-{code}")
                kept[refused] = self.labels[1]
                self.assertEqual(self.labelled(), kept)
                self.assertEqual(self.server.project("p")["counts"]["labelled"], len(kept))
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.labelled(), kept)
        self.assertEqual(run("doctor", "--data", self.disk.data).returncode, 0)

    def test_items_are_refused_whole(self):
        before = self.server.project("p")["counts"]["items"]
        rows = {"items": [{"key": f"n{number}", "text": "x" * 3000} for number in range(300)]}
        with self.disk.failing(errno.ENOSPC, CHANGES):
            self.assertEqual(self.refusal("POST", f"/projects/{self.id}/items", rows).status, 507)
            self.assertEqual(self.server.project("p")["counts"]["items"], before)
        self.client.call("POST", f"/projects/{self.id}/items", rows)
        self.assertEqual(self.server.project("p")["counts"]["items"], before + 300)

    def test_a_disk_that_fills_in_the_middle_keeps_what_was_acknowledged(self):
        keys = [item["key"] for item in self.client.call("GET", f"/projects/{self.id}/items?limit=60")["items"]]
        kept = {}
        for turn, key in enumerate(keys):
            self.disk.fail(errno.ENOSPC, CHANGES, after=turn % 40)
            try:
                self.label(key)
                kept[key] = self.labels[0]
            except Refused as refusal:
                self.assertEqual(refusal.status, 507)
            self.disk.mend()
        self.assertTrue(0 < len(kept) < len(keys), f"{len(kept)} of {len(keys)} were taken")
        self.assertEqual(self.labelled(), kept)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.labelled(), kept)


class Rounds(OnAFailingDisk):
    def rounds(self):
        return self.client.call("GET", f"/projects/{self.id}/rounds")["items"]

    def test_a_round_waits_for_room_and_says_so(self):
        eventually("the first round serves", lambda: self.rounds() and self.rounds()[0]["state"] == "serving")
        keys = [item["key"] for item in self.client.call("GET", f"/projects/{self.id}/items?limit=30")["items"]]
        for number, key in enumerate(keys[:7]):
            self.label(key, label=number % 2)
        # Room for the label that starts the round, and for nothing that the round writes.
        self.disk.fail(errno.ENOSPC, CREATE)
        self.label(keys[7])
        waiting = eventually("the round waits", lambda: next(
            (round for round in self.rounds() if round["state"] == "queued" and round["error"]), None))
        self.assertIn("no room", waiting["error"].lower())
        self.assertEqual(len(self.next(1)), 1, "people go on while a round waits")
        self.disk.mend()
        eventually("the same round serves", lambda: self.rounds()[0]["n"] == waiting["n"] and self.rounds()[0]["state"] == "serving")
        self.assertIsNone(self.rounds()[0]["error"])

    def test_a_round_whose_end_cannot_be_written_is_taken_up(self):
        eventually("the first round serves", lambda: self.rounds() and self.rounds()[0]["state"] == "serving")
        keys = [item["key"] for item in self.client.call("GET", f"/projects/{self.id}/items?limit=30")["items"]]
        for number, key in enumerate(keys[:8]):
            self.label(key, label=number % 2)
        self.disk.fail(errno.ENOSPC, CHANGES)
        eventually("something was refused", lambda: self.disk.get("failed") > 0)
        self.client.call("GET", f"/projects/{self.id}/items?limit=5")
        self.disk.mend()
        eventually("the newest round serves", lambda: self.rounds()[0]["n"] >= 2 and self.rounds()[0]["state"] == "serving")


class AfterAFailedSync(OnAFailingDisk):
    power = True

    def test_nothing_rests_on_what_was_not_synced(self):
        keys = [item["key"] for item in self.client.call("GET", f"/projects/{self.id}/items?limit=60")["items"]]
        kept = {}
        for turn, key in enumerate(keys[:40]):
            if turn % 3 == 1:
                with self.disk.failing(errno.EIO, SYNC):
                    with self.assertRaises(Refused) as caught:
                        self.label(key, label=1)
                    self.assertEqual(caught.exception.status, 503)
            else:
                self.label(key)
                kept[key] = self.labels[0]
        self.assertEqual(self.labelled(), kept)
        self.server.kill()
        # The process is gone, the system lives: frames of refused commits may be in the log, but nothing may take them up.
        with tempfile.TemporaryDirectory(prefix="winnow-cut-") as folder:
            for name, data in [("alive", self.disk.data), ("cut", self.disk.after_power_cut(pathlib.Path(folder) / "cut"))]:
                with self.subTest(name):
                    server = Server(data)
                    self.addCleanup(server.close)
                    server.start()
                    self.assertEqual(server.labels(server.project("p")), kept)
                    server.stop()
                    self.assertEqual(run("doctor", "--data", data).returncode, 0)


class OnThePage(OnAFailingDisk):
    def test_answers_wait_for_room(self):
        with chromium() as browser:
            page = LabellingPage(browser, self.server.link(self.server.project("p")))
            page.press_label(self.labels[0])
            page.saved()
            given = {}
            with self.disk.failing(errno.ENOSPC, CHANGES):
                for label in self.labels[:2]:
                    given[page.key] = label
                    page.press_label(label)
                page.page.wait_for_selector("#saved:has-text('2 answers waiting')")
                self.assertEqual(self.server.project("p")["counts"]["labelled"], 1)
            page.saved()
            page.close()
            found = self.labelled()
            self.assertEqual({key: found.get(key) for key in given}, given)
            self.assertEqual(len(found), 3)


class Starting(unittest.TestCase):
    def test_a_start_on_a_disk_that_cannot_be_written_says_so(self):
        with tempfile.TemporaryDirectory(prefix="winnow-start-") as folder:
            data = pathlib.Path(os.path.realpath(folder)) / "data"
            must("import", "--data", data, "--project", "p", EXAMPLES, *TEXT)
            disk = FailingDisk(data)
            self.addCleanup(disk.close)
            for code, words in [(errno.ENOSPC, ["room"]), (errno.EROFS, ["read"]), (errno.EIO, ["disk"])]:
                for command in [["serve", "--port", "0"], ["import", "--project", "p", EXAMPLES, *TEXT[1:-2]]]:
                    with self.subTest(f"{errno.errorcode[code]} {command[0]}"):
                        with disk.failing(code, EVERYTHING):
                            done = disk.run(*command, "--data", data, timeout=60)
                        self.assertEqual(done.returncode, 1, done.stderr)
                        for word in [str(data), *words]:
                            self.assertIn(word, done.stderr)
                        self.assertNotIn("damaged", done.stderr)
            self.assertEqual(run("doctor", "--data", data).returncode, 0)

    def test_a_real_disk_of_twelve_megabytes(self):
        """Not a simulation: a file system that is full, filled by somebody else, and emptied again."""
        with tempfile.TemporaryDirectory(prefix="winnow-small-") as folder:
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True, text=True)
            if mounted.returncode != 0:
                self.skipTest(f"a file system cannot be mounted here: {mounted.stderr.strip()}")
            try:
                self.fill_and_empty(pathlib.Path(folder))
            finally:
                subprocess.run(["umount", "--lazy", folder], check=False)

    def fill_and_empty(self, folder):
        data = folder / "data"
        must("import", "--data", data, "--project", "p", EXAMPLES, *TEXT, "--batch-size", 8)
        server = Server(data)
        try:
            server.start()
            client = Client(server.base, server.token)
            project = server.project("p")
            names = [label["name"] for label in project["labels"]]
            keys = [item["key"] for item in client.call("GET", f"/projects/{project['id']}/items?limit=240")["items"]]
            ballast, kept, refused = folder / "ballast", {}, []
            eventually("the first round serves", lambda: server.project("p")["round"]["state"] == "serving")
            with ballast.open("wb", buffering=0) as file, self.assertRaises(OSError):
                while True:
                    file.write(bytes(4096))
            for key in keys[:40]:
                try:
                    client.call("POST", f"/projects/{project['id']}/annotations", {"key": key, "labels": [names[0]]})
                    kept[key] = names[0]
                except Refused as refusal:
                    self.assertEqual(refusal.status, 507)
                    refused.append(key)
            self.assertTrue(refused, "the disk was never full")
            self.assertEqual(server.project("p")["counts"]["labelled"], len(kept))
            ballast.unlink()
            self.assertEqual(server.labels(project), kept)
            for key in refused:
                client.call("POST", f"/projects/{project['id']}/annotations", {"key": key, "labels": [names[0]]})
            self.assertEqual(server.labels(project), kept | {key: names[0] for key in refused})
            self.assertEqual(server.stop(), 0)
            self.assertEqual(run("doctor", "--data", data).returncode, 0)
        finally:
            server.close()


if __name__ == "__main__":
    unittest.main()
