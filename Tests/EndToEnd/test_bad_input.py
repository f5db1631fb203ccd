"""Bad input over HTTP, and a data folder that is not as it should be: each error says what and where, and nothing else breaks."""

import base64
import json
import pathlib
import shutil
import socket
import sqlite3
import tempfile
import unittest
import urllib.parse

from client import Client, Refused
from winnow import EXAMPLES, Server, must, run

TWO_GIGABYTES = 2 << 30


class OverHTTP(unittest.TestCase):
    """One server takes all of it, and works after each."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        must("import", "--data", cls.server.data, "--project", "messages", EXAMPLES, "--create", "--labels-from", "label")
        cls.server.start()
        cls.project = cls.server.project("messages")
        cls.path = f"/projects/{cls.project['id']}"

    def tearDown(self):
        self.assertEqual(self.server.project("messages")["counts"]["items"], 240, "something was half-written")
        self.assertIsNone(self.server.process.poll(), "the server is gone")

    def refused(self, method, path, body, status, *saying, pointer=None, client=None):
        """The call is refused with a problem document that says each of `saying`, and points where it should."""
        with self.assertRaises(Refused) as caught:
            (client or Client(self.server.base, self.server.token)).call(method, path, body)
        problem = json.loads(caught.exception.problem)
        self.assertEqual(caught.exception.status, status, problem)
        self.assertEqual(problem["status"], status)
        for word in saying:
            self.assertIn(word.lower(), json.dumps(problem, ensure_ascii=False).lower())
        if pointer:
            self.assertIn(pointer, [one["pointer"] for one in problem["errors"]])

    def raw(self, path, headers, payload=b"", half=False):
        """Status and problem of a request written by hand; of a cut one only whether the server lives on."""
        address = urllib.parse.urlsplit(self.server.base)
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            lines = [f"POST /api/v1{path} HTTP/1.1", f"Host: {address.netloc}", f"Authorization: Bearer {self.server.token}"]
            connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode() + payload)
            if half:
                return None
            received = b""
            while piece := connection.recv(65536):
                received += piece
                head, _, body = received.partition(b"\r\n\r\n")
                try:
                    return int(head.split()[1]), json.loads(body)
                except ValueError:
                    continue
        self.fail(f"no whole answer: {received!r}")

    def rejected(self, project, rows):
        """What became of rows of which some are bad: the answer's rejections by row."""
        answer = self.server.call("POST", f"/projects/{project['id']}/items", {"items": rows})
        self.assertEqual(answer["received"], len(rows))
        self.assertEqual(answer["created"] + answer["duplicates"] + len(answer["rejected"]), len(rows))
        return {one["row"]: one for one in answer["rejected"]}

    def make(self, name, modality):
        return self.server.call("POST", "/projects", {"name": name, "modality": modality, "labels": [{"name": "a"}, {"name": "b"}]})

    def test_a_body_of_two_gigabytes_is_refused_unread(self):
        for place, kind in [("items", "application/x-ndjson"), ("items", "application/json"), ("annotations", "application/json")]:
            status, problem = self.raw(f"{self.path}/{place}", [f"Content-Type: {kind}", f"Content-Length: {TWO_GIGABYTES}"])
            self.assertEqual((status, problem["status"]), (413, 413))
            self.assertTrue(problem["detail"])

    def test_a_truncated_upload_leaves_no_half_row(self):
        rows = "".join(json.dumps({"text": f"cut {n}"}) + "\n" for n in range(100)).encode()
        for kind in ["application/x-ndjson", "application/json", "text/csv"]:
            self.raw(f"{self.path}/items", [f"Content-Type: {kind}", f"Content-Length: {len(rows) * 2}"], rows[:-4], half=True)
        answer = self.server.call("GET", "/healthz")
        self.assertTrue(answer)

    def test_json_that_is_none(self):
        for body in [b"{", b'{"items": [{"text": "a"}', b"\xff\xfe", b"[1, 2"]:
            status, problem = self.raw(f"{self.path}/items", ["Content-Type: application/json", f"Content-Length: {len(body)}"], body)
            self.assertIn(status, (400, 422), problem)
            self.assertTrue(problem["detail"])
        status, _ = self.raw(f"{self.path}/items", ["Content-Type: application/x-unheard-of", "Content-Length: 2"], b"{}")
        self.assertEqual(status, 415)

    def test_bad_rows_do_not_sink_good_ones(self):
        project = self.make("rows", "text")
        rejected = self.rejected(project, [{"text": "good"}, {"txet": "misspelt"}, {"text": 7}, {"text": ""},
                                           {"text": "also good", "label": "a"}, {"text": "bad", "label": "no such label"}])
        self.assertTrue({1, 2, 5} <= set(rejected), rejected)
        self.assertEqual(rejected[5]["pointer"], "/label")
        self.assertTrue(all(one["detail"] for one in rejected.values()))
        self.assertEqual(self.server.project("rows")["counts"]["labelled"], 1)

    def test_vectors(self):
        project = self.make("vectors", "vector")
        rejected = self.rejected(project, [{"vector": [1, 2, 3]}, {"vector": [1, 2]}, {"vector": ["x", 1, 2]}, {"vector": [1e39, 1, 2]},
                                           {"vector": []}, {"vector": [4, 5, 6]}])
        self.assertEqual(set(rejected), {1, 2, 3, 4})
        self.assertTrue(all(rejected[row]["pointer"].startswith("/vector") for row in (1, 2, 3, 4)), rejected)
        self.assertIn("out of range", rejected[3]["detail"])
        body = b'{"items": [{"vector": [NaN, 1, 2]}]}'
        status, problem = self.raw(f"/projects/{project['id']}/items", ["Content-Type: application/json", f"Content-Length: {len(body)}"], body)
        self.assertTrue(status in (400, 422) or problem["rejected"], problem)
        self.assertEqual(self.server.project("vectors")["counts"]["items"], 2)

    def test_an_image_that_is_none(self):
        project = self.make("images", "image")
        encoded = lambda data: base64.b64encode(data).decode()
        rejected = self.rejected(project, [{"image": encoded(b"not an image at all")}, {"image": "***"}, {"image": encoded(b"\x89PNG\r\n\x1a\n")}])
        self.assertEqual(set(rejected), {0, 1, 2})
        self.assertEqual(self.server.project("images")["counts"]["items"], 0)

    def test_labels_leases_and_strategies(self):
        offer = self.server.call("POST", f"{self.path}/next", {"prefetch": 1})["items"][0]
        item, lease = offer["item"]["id"], offer["lease"]
        self.refused("POST", f"{self.path}/annotations", {"item": item, "labels": ["refund"], "lease": lease}, 422,
                     "refund", "billing", pointer="/labels/0")
        token = must("token", "create", "--data", self.server.data, "--role", "annotator", "--name", "Eve", "--project", "messages")
        eve = Client(self.server.base, token)
        self.refused("POST", f"{self.path}/annotations", {"item": item, "labels": ["billing"], "lease": lease}, 403,
                     "somebody else", client=eve)
        self.refused("POST", f"/leases/{lease}/renew", {}, 404, "lease", client=eve)
        self.refused("GET", f"{self.path}/export", None, 403, client=eve)
        self.refused("POST", f"{self.path}/annotations", {"item": "999999", "labels": ["billing"]}, 422, pointer="/item")
        self.refused("POST", f"{self.path}/annotations", {"item": item, "labels": ["billing"], "lease": "999999"}, 422, pointer="/lease")
        self.refused("POST", f"{self.path}/queries", {"strategy": "crystal_ball"}, 422, "crystal_ball", "entropy", pointer="/strategy")
        self.refused("PATCH", self.path, {"settings": {"strategy": "crystal_ball"}}, 422, "crystal_ball", pointer="/settings/strategy")
        self.refused("PATCH", self.path, {"settings": {"bacth_size": 3}}, 422, pointer="/settings/bacth_size")
        self.assertEqual(self.server.labels(self.project), {})

    def test_projects(self):
        for labels in [{}, {"labels": []}]:
            self.refused("POST", "/projects", {"name": "unlabelled", "modality": "text", **labels}, 422, pointer="/labels")
        self.refused("POST", "/projects", {"name": "odd", "modality": "smell", "labels": [{"name": "a"}]}, 422, "smell", "text",
                     pointer="/modality")
        self.refused("GET", "/projects/999999", None, 404)
        self.refused("GET", "/no/such/thing", None, 404)
        self.refused("GET", self.path, None, 401, client=Client(self.server.base, "wnw_nonsense"))
        self.refused("PUT", self.path, {}, 405, "PUT")


class DataFolders(unittest.TestCase):
    """A folder that is newer, cut short, or no data folder at all, is refused as it is."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-folder-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name) / "data"
        must("import", "--data", self.data, "--project", "p", EXAMPLES, "--create", "--labels-from", "label")
        self.database = self.data / "winnow.sqlite"

    def refused(self, *saying):
        before = self.database.read_bytes()
        for command in [["serve", "--port", "0"], ["doctor"], ["token", "create", "--role", "admin", "--name", "x"],
                        ["import", "--project", "p", EXAMPLES], ["export", "--project", "p"]]:
            done = run(*command, "--data", self.data, timeout=60)
            self.assertEqual(done.returncode, 1, f"{command}: {done.stderr}")
            for word in [str(self.database), *saying]:
                self.assertIn(word, done.stderr)
        self.assertEqual(self.database.read_bytes(), before, "the database was changed")

    def test_a_database_of_a_newer_version(self):
        connection = sqlite3.connect(self.database)
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
        connection.close()
        self.refused("newer", "99", "Install")

    def test_a_database_cut_short(self):
        size = self.database.stat().st_size
        for rest in [size // 2, 5000, 100]:
            with self.database.open("r+b") as file:
                file.truncate(rest)
            for name in ["winnow.sqlite-wal", "winnow.sqlite-shm"]:
                (self.data / name).unlink(missing_ok=True)
            self.refused("damaged", "backup")

    def test_a_file_that_is_no_database(self):
        for name in ["winnow.sqlite-wal", "winnow.sqlite-shm"]:
            (self.data / name).unlink(missing_ok=True)
        self.database.write_bytes(b"These are my notes, not a database. " * 500)
        self.refused("not a Winnow database")

    def test_a_folder_in_use(self):
        server = Server(self.data)
        self.addCleanup(server.close)
        server.start()
        done = run("serve", "--data", self.data, "--port", "0", timeout=60)
        self.assertEqual(done.returncode, 1)
        for word in [str(self.data), "in use", str(server.process.pid)]:
            self.assertIn(word, done.stderr)

    def test_a_folder_without_the_right_to_write(self):
        shutil.rmtree(self.data)
        done = run("serve", "--data", "/proc/winnow", "--port", "0", timeout=60)
        self.assertEqual(done.returncode, 1)
        for word in ["/proc/winnow", "--data"]:
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main()
