"""Damage of every kind is planted; the doctor names it, mends what is safe, and never touches a label."""

import json
import os
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

from crash_scenarios import Import, Labels, messages
from winnow import Server, eventually, must, run

TEXT = ["--create", "--modality", "text", "--text-column", "text", "--id-column", "id", "--labels-from", "label", "--batch-size", 6]


class Planted(unittest.TestCase):
    """A folder with pictures (project 1) and with labelled messages and a model (project 2), copied for each test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="winnow-doctor-")
        cls.addClassCleanup(cls.folder.cleanup)
        root = pathlib.Path(os.path.realpath(cls.folder.name))
        Import().prepare(root)
        must(*Import().arguments(root))
        must("import", "--data", root / "data", "--project", "q", messages(root, 24), *TEXT)
        with Server(root / "data") as server:
            for name in "pq":
                eventually("the first rounds serve", lambda: (server.project(name)["round"] or {}).get("state") == "serving")
            project = server.project("q")
            names = [label["name"] for label in project["labels"]]
            items = server.call("GET", f"/projects/{project['id']}/items?limit=100")["items"]
            for number, item in enumerate(items[:6]):
                server.call("POST", f"/projects/{project['id']}/annotations", {"key": item["key"], "labels": [names[number % 2]]})
            eventually("a model serves", lambda: server.project("q")["round"]["n"] >= 2 and server.project("q")["round"]["state"] == "serving")
        cls.base = root / "data"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-doctor-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(os.path.realpath(folder.name)) / "data"
        shutil.copytree(self.base, self.data)
        self.labels = self.labels_on_disk()

    def labels_on_disk(self):
        connection = sqlite3.connect(self.data / "winnow.sqlite")
        try:
            return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in ["annotation", "annotation_label", "retraction"]]
        finally:
            connection.close()

    def change(self, sql):
        connection = sqlite3.connect(self.data / "winnow.sqlite")
        connection.executescript("PRAGMA foreign_keys = OFF;" + sql)
        connection.close()

    def examine(self, *options) -> tuple:
        """The exit code, and the findings that are not sound, by what was examined."""
        done = run("doctor", "--data", self.data, "--json", *options)
        report = json.loads(done.stdout)
        bad = {finding["check"]: finding for finding in report["findings"] if finding["level"] != "sound"}
        self.assertEqual(done.returncode, 1 if report["problems"] else 0, done.stderr)
        return done.returncode, bad

    def found(self, check, code=1, mends=True):
        """The planted damage is all that is found; --repair makes it go away where it can, and leaves the labels alone."""
        found, bad = self.examine()
        self.assertEqual((found, set(bad)), (code, {check}), bad)
        self.assertEqual(bad[check]["can_be_mended"], mends)
        after, bad = self.examine("--repair")
        self.assertEqual(after, 0 if mends else 1)
        self.assertEqual(self.labels_on_disk(), self.labels)
        return self.examine()

    def mended(self, *arguments, **more):
        code, bad = self.found(*arguments, **more)
        self.assertEqual((code, bad), (0, {}))

    def picture(self):
        return next(path for path in sorted((self.data / "blobs").rglob("*")) if path.is_file())

    def test_a_sound_folder(self):
        self.assertEqual(self.examine(), (0, {}))
        self.assertEqual(self.examine("--repair"), (0, {}))

    def test_a_missing_picture(self):
        self.picture().unlink()
        self.found("pictures", mends=False)

    def test_a_damaged_picture(self):
        path = self.picture()
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        self.found("pictures", mends=False)

    def test_a_picture_of_no_item(self):
        folder = self.data / "blobs/00"
        folder.mkdir(exist_ok=True)
        (folder / ("0" * 62)).write_bytes(b"left over")
        self.mended("orphans", code=0)
        self.assertTrue(self.picture().exists())

    def test_a_matrix_that_is_too_short(self):
        path = next((self.data / "features").glob("2.*.f32"))
        with path.open("r+b") as file:
            file.truncate(100)
        code, bad = self.found("features")
        self.assertEqual((code, bad["features"]["level"]), (0, "note"))
        self.a_round_makes_it_whole()

    def test_a_featurizer_that_cannot_be_read(self):
        next((self.data / "features").glob("1.*.featurizer")).write_bytes(b"no")
        run("doctor", "--data", self.data, "--repair")
        self.assertEqual(self.labels_on_disk(), self.labels)
        self.a_round_makes_it_whole("p")

    def test_a_model_that_is_gone(self):
        for path in (self.data / "models/2").iterdir():
            path.unlink()
        self.found("models")
        with Server(self.data) as server:
            eventually("the round serves", lambda: server.project("q")["round"]["n"] >= 3 and server.project("q")["round"]["state"] == "serving")
        self.assertEqual(self.examine(), (0, {}))

    def a_round_makes_it_whole(self, name="q"):
        with Server(self.data) as server:
            project = server.project(name)
            server.call("POST", f"/projects/{project['id']}/rounds", {})
            eventually("the round serves", lambda: server.project(name)["round"]["n"] > project["round"]["n"]
                       and server.project(name)["round"]["state"] == "serving")
        self.assertEqual(self.examine(), (0, {}))

    def test_states_that_do_not_follow(self):
        self.change("UPDATE item SET state = 0 WHERE project_id = 2 AND state = 1;"
                    "UPDATE item SET state = 2 WHERE id = (SELECT max(id) FROM item);")
        self.mended("states")

    def test_half_written_files(self):
        for name in ["blobs/left.tmp", "models/2/left.tmp", "9.scratch"]:
            (self.data / name).write_bytes(b"half")
        self.mended("leftovers", code=0)

    def test_features_of_a_project_that_is_gone(self):
        (self.data / "features/99.v1.f32").write_bytes(bytes(64))
        self.mended("leftovers", code=0)

    def test_leases_of_items_that_are_gone(self):
        self.change("""INSERT INTO lease(project_id, item_id, annotator_id, issued_at, expires_at, strategy)
                       VALUES (1, 99999, 1, 0, 0, 'random')""")
        code, bad = self.examine()
        self.assertEqual((code, set(bad)), (1, {"database", "leases"}))
        self.examine("--repair")
        self.assertEqual(self.examine(), (0, {}))
        self.assertEqual(self.labels_on_disk(), self.labels)

    def test_rows_that_refer_to_nothing(self):
        self.change("INSERT INTO member VALUES (77, 1)")
        self.found("database", mends=False)

    def test_a_folder_that_others_may_read(self):
        self.data.chmod(0o755)
        self.mended("rights", code=0)
        self.assertEqual(self.data.stat().st_mode & 0o777, 0o700)

    def test_a_server_on_the_folder_keeps_it_from_being_mended(self):
        with Server(self.data):
            self.assertEqual(run("doctor", "--data", self.data).returncode, 0)
            done = run("doctor", "--data", self.data, "--repair")
            self.assertEqual(done.returncode, 1)
            self.assertIn("in use", done.stderr)


if __name__ == "__main__":
    unittest.main()
