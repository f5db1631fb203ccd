"""What may be under way when a process ends: each scenario makes a folder, does something there, and knows what must hold after.

`act` runs under the shim and returns what was acknowledged before the process ended; `check` looks at the folder afterwards,
through a normal start of the program. Standard library only.
"""

import http.client
import pathlib
import sqlite3
import struct
import time
import zlib

from client import Client
from winnow import EXAMPLES, ROOT, Server, eventually, must, run

TEXT = ["--create", "--modality", "text", "--text-column", "text", "--id-column", "id", "--labels-from", "label", "--batch-size", 6]
#: What a caller sees when the process at the other end is gone.
GONE = (OSError, http.client.HTTPException)


def picture(shade: int) -> bytes:
    """A grey PNG of 8 × 8."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([(shade + 9 * row) % 256] * 8) for row in range(8))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def messages(folder: pathlib.Path, count: int) -> pathlib.Path:
    """The head of the examples."""
    path = folder / "messages.csv"
    path.write_text("".join(EXAMPLES.read_text().splitlines(keepends=True)[:count + 1]))
    return path


class Scenario:
    """A folder `root/data` and what happens there."""

    name = ""

    def prepare(self, root: pathlib.Path) -> None:
        """Makes what is there before."""

    def act(self, disk, root: pathlib.Path):
        """Does it, as far as the process lives; what was acknowledged."""
        raise NotImplementedError

    def check(self, test, root: pathlib.Path, acknowledged) -> None:
        """What must hold afterwards."""
        raise NotImplementedError

    def served(self, data: pathlib.Path, look):
        """Starts the program as if nothing had happened, lets `look` look, stops it in order, and asks the doctor."""
        server = Server(data)
        try:
            server.start()
            look(server)
            if server.stop() != 0:
                raise AssertionError("the server did not stop in order")
        finally:
            server.close()
        sound(data)


def sound(data: pathlib.Path) -> None:
    """The doctor has no complaint, and nothing half-written is left."""
    done = run("doctor", "--data", data)
    if done.returncode != 0:
        raise AssertionError(f"{done.stdout}{done.stderr}")
    left = [path for path in data.rglob("*") if path.suffix in {".tmp", ".scratch", ".part"} or path.parent.name == "tmp"]
    if left:
        raise AssertionError(f"left behind: {left}")


def put_away(server: Server) -> None:
    """Lets go of a server that may be dead."""
    if server.process:
        server.kill()
    server.close()


class Migration(Scenario):
    name = "migration"

    def prepare(self, root):
        data = root / "data"
        data.mkdir(mode=0o700)
        connection = sqlite3.connect(data / "winnow.sqlite")
        connection.executescript((ROOT / "Migrations/0001_initial.sql").read_text())
        connection.executescript("""
            PRAGMA journal_mode = WAL; PRAGMA user_version = 1;
            INSERT INTO user VALUES (1, 'ada', 0);
            INSERT INTO project(id, name, modality, task, guidelines, settings, next_row, created_at)
                VALUES (1, 'p', 'text', 'single_label', '', '{}', 200, 0);
            INSERT INTO label(id, project_id, position, name) VALUES (1, 1, 0, 'a'), (2, 1, 1, 'b');
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
                INSERT INTO item(id, project_id, row, key, state, created_at) SELECT i + 1, 1, i, 'k' || i, i < 5, 0 FROM n;
            INSERT INTO item_content(item_id, text) SELECT id, 'text ' || id FROM item;
            INSERT INTO annotation(id, project_id, item_id, annotator_id, outcome, strategy, created_at)
                SELECT id, 1, id, 1, 0, 'direct', 0 FROM item WHERE id <= 5;
            INSERT INTO annotation_label SELECT id, 1 + id % 2 FROM annotation;
        """)
        connection.close()

    def act(self, disk, root):
        done = disk.run("token", "create", "--data", root / "data", "--role", "admin", "--name", "ada")
        return done.stdout.strip() if done.returncode == 0 else None

    def check(self, test, root, acknowledged):
        def look(server):
            if acknowledged:
                Client(server.base, acknowledged).call("GET", "/projects")
            test.assertEqual(server.labels(server.project("p")), {"k0": "b", "k1": "a", "k2": "b", "k3": "a", "k4": "b"})
            test.assertEqual(server.project("p")["counts"]["items"], 200)
        self.served(root / "data", look)


class Import(Scenario):
    name = "import of pictures"
    count = 10

    def prepare(self, root):
        for number in range(self.count):
            folder = root / "pictures" / ("dark" if number % 2 else "light")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.png").write_bytes(picture(20 * number))

    def arguments(self, root):
        return ["import", "--data", root / "data", "--project", "p", root / "pictures", "--create", "--labels", "light,dark"]

    def act(self, disk, root):
        return disk.run(*self.arguments(root)).returncode == 0

    def check(self, test, root, acknowledged):
        def look(server):
            names = [project["name"] for project in server.call("GET", "/projects")["items"]]
            count = server.project("p")["counts"]["items"] if names else 0
            test.assertIn(count, [self.count] if acknowledged else [0, self.count], "half an import is shown")
            if count:
                items = server.call("GET", f"/projects/{server.project('p')['id']}/items?limit=100")["items"]
                test.assertEqual(len(items), count)
        if (root / "data/winnow.sqlite").exists() or not acknowledged:
            self.served(root / "data", look)
        else:
            test.fail("an acknowledged import has no database")
        # The same command again completes it, and takes nothing twice.
        must(*self.arguments(root))
        self.served(root / "data", lambda server: test.assertEqual(server.project("p")["counts"]["items"], self.count))


class Labels(Scenario):
    name = "labels"

    def prepare(self, root):
        must("import", "--data", root / "data", "--project", "p", messages(root, 24), *TEXT[:-2], "--batch-size", 1000)
        self.settle(root / "data")

    @staticmethod
    def settle(data):
        """Lets the first round serve, so that it is not part of what is under way."""
        server = Server(data)
        try:
            server.start()
            eventually("the first round serves", lambda: (server.project("p")["round"] or {}).get("state") == "serving")
            # For later: a command beside the server would write what the shim in the server does not see.
            (data.parent / "token").write_text(server.token)
            server.stop()
        finally:
            server.close()

    def act(self, disk, root):
        """What each item's label was acknowledged to be, and what else it may be: an answer that was never heard."""
        acknowledged, possible = {}, {}
        server = Server(root / "data", environment=disk.environment)
        server.token = (root / "token").read_text()
        try:
            server.start()
            client = Client(server.base, server.token)
            project = server.project("p")
            names = [label["name"] for label in project["labels"]]
            path = f"/projects/{project['id']}"
            for turn in range(8):
                served = client.call("POST", f"{path}/next", {"prefetch": 2, "held": []})["items"]
                key, name = served[0]["item"]["key"], names[turn % len(names)]
                possible.setdefault(key, {None}).add(name)
                receipt = client.call("POST", f"{path}/annotations", {"key": key, "labels": [name], "lease": served[0]["lease"]})
                acknowledged[key], possible[key] = name, {name}
                if turn % 4 == 3:
                    possible[key] = {name, None}
                    client.call("DELETE", f"/annotations/{receipt['id']}")
                    acknowledged[key], possible[key] = None, {None}
            server.stop()
        except (*GONE, AssertionError):
            pass
        finally:
            put_away(server)
        return possible

    def check(self, test, root, acknowledged):
        def look(server):
            labels = server.labels(server.project("p"))
            for key, possible in acknowledged.items():
                test.assertIn(labels.get(key), possible, f"item {key}")
            test.assertLessEqual(set(labels), set(acknowledged))
            test.assertEqual(server.project("p")["counts"]["labelled"], len(labels))
        self.served(root / "data", look)


class Round(Labels):
    name = "a round"

    def prepare(self, root):
        must("import", "--data", root / "data", "--project", "p", messages(root, 24), *TEXT)
        self.settle(root / "data")
        server = Server(root / "data")
        try:
            server.start()
            self.label(server, range(5))
            server.stop()
        finally:
            server.close()

    @staticmethod
    def label(server, numbers):
        project = server.project("p")
        names = [label["name"] for label in project["labels"]]
        items = server.call("GET", f"/projects/{project['id']}/items?limit=100")["items"]
        for number in numbers:
            server.call("POST", f"/projects/{project['id']}/annotations",
                        {"key": items[number]["key"], "labels": [names[number % 2]]})

    def act(self, disk, root):
        acknowledged = 5
        server = Server(root / "data", environment=disk.environment)
        server.token = (root / "token").read_text()
        try:
            server.start()
            self.label(server, [5])
            acknowledged = 6
            deadline = time.monotonic() + 60
            while server.project("p")["round"]["n"] < 2 or server.project("p")["round"]["state"] != "serving":
                if time.monotonic() > deadline:
                    raise RuntimeError("the round did not come to serve")
                time.sleep(0.02)
            server.stop()
        except (*GONE, AssertionError):
            pass
        finally:
            put_away(server)
        return acknowledged

    def check(self, test, root, acknowledged):
        def look(server):
            project = server.project("p")
            test.assertIn(len(server.labels(project)), [acknowledged, 6])
            if len(server.labels(project)) == 6:
                eventually("the round serves", lambda: server.project("p")["round"]["state"] == "serving"
                           and server.project("p")["round"]["n"] >= 2)
                rounds = server.call("GET", f"/projects/{project['id']}/rounds")["items"]
                test.assertEqual([round["state"] for round in rounds].count("serving"), 1)
        self.served(root / "data", look)


class Deletion(Scenario):
    name = "deletion of pictures"

    def prepare(self, root):
        Import().prepare(root)
        must(*Import().arguments(root))
        Labels.settle(root / "data")

    def act(self, disk, root):
        server = Server(root / "data", environment=disk.environment)
        server.token = (root / "token").read_text()
        gone = []
        self.asked = []
        try:
            server.start()
            project = server.project("p")["id"]
            for item in server.call("GET", f"/projects/{project}/items?limit=100")["items"][:3]:
                self.asked.append(item["key"])
                server.call("DELETE", f"/projects/{project}/items/{item['id']}")
                gone.append(item["key"])
            server.stop()
        except (*GONE, AssertionError):
            pass
        finally:
            put_away(server)
        return gone

    def check(self, test, root, acknowledged):
        def look(server):
            project = server.project("p")["id"]
            keys = {item["key"] for item in server.call("GET", f"/projects/{project}/items?limit=100")["items"]}
            test.assertFalse(keys & set(acknowledged), "a deleted item is back")
            test.assertGreaterEqual(len(keys), Import.count - len(self.asked))
        self.served(root / "data", look)


class BackUp(Scenario):
    name = "a backup"

    def prepare(self, root):
        Deletion().prepare(root)

    def act(self, disk, root):
        return disk.run("backup", "--data", root / "data", "--to", root / "copy.tar").returncode == 0

    def check(self, test, root, acknowledged):
        copy = root / "copy.tar"
        test.assertTrue(copy.exists() or not acknowledged, "an acknowledged backup is gone")
        if copy.exists():
            must("backup", "verify", copy)
        self.served(root / "data", lambda server: test.assertEqual(server.project("p")["counts"]["items"], Import.count))


class Restoring(Scenario):
    name = "a restoration"

    def prepare(self, root):
        BackUp().prepare(root)
        must("backup", "--data", root / "data", "--to", root / "copy.tar")

    def act(self, disk, root):
        return disk.run("restore", root / "copy.tar", "--data", root / "new").returncode == 0

    def check(self, test, root, acknowledged):
        test.assertTrue((root / "new").exists() or not acknowledged, "an acknowledged restoration is gone")
        if not (root / "new").exists():
            must("restore", root / "copy.tar", "--data", root / "new")
        self.served(root / "new", lambda server: test.assertEqual(server.project("p")["counts"]["items"], Import.count))


SCENARIOS = [Migration, Import, Labels, Round, Deletion, BackUp, Restoring]
