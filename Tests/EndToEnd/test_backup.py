"""Backups made while people label: they open, hold every label that was acknowledged before, and are refused when damaged."""

import errno
import http.client
import json
import os
import pathlib
import shutil
import socket
import tarfile
import tempfile
import threading
import unittest
import urllib.parse

from client import Client, Refused
from crash_scenarios import Import, Labels, sound
from failing_disk import CREATE, RESIZE, WRITE, FailingDisk
from winnow import EXAMPLES, Server, eventually, must, run

TEXT = ["--create", "--modality", "text", "--text-column", "text", "--id-column", "id", "--labels-from", "label"]


def files(folder: pathlib.Path) -> dict:
    """The bytes of everything in a folder by its path there."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class WithPictures(unittest.TestCase):
    """A data folder with ten pictures and a model's features."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-backup-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(os.path.realpath(folder.name))
        self.data = self.root / "data"
        Import().prepare(self.root)
        must(*Import().arguments(self.root))
        Labels.settle(self.data)
        # Which that keeps for others; what stands in this folder is compared.
        (self.root / "token").unlink()

    def backup(self, name="copy.tar", *options):
        must("backup", "--data", self.data, "--to", self.root / name, *options)
        return self.root / name

    def refused(self, *command, saying):
        done = run(*command)
        self.assertEqual(done.returncode, 1, done.stdout)
        for word in saying:
            self.assertIn(word, done.stderr)


class Copies(WithPictures):
    def test_a_tar_file_and_a_folder_restore_the_same(self):
        for name in ["copy.tar", "copy"]:
            with self.subTest(name):
                copy = self.backup(name)
                self.assertIn("whole", must("backup", "verify", copy))
                target = self.root / f"restored-{name}"
                must("restore", copy, "--data", target)
                for part in ["blobs", "features"]:
                    self.assertEqual(files(target / part), files(self.data / part))
                self.assertEqual(target.stat().st_mode & 0o077, 0)
                self.assertEqual((target / "winnow.sqlite").stat().st_mode & 0o077, 0)
                sound(target)
                with Server(target) as server:
                    self.assertEqual(server.project("p")["counts"]["items"], Import.count)
        self.assertEqual((self.root / "copy.tar").stat().st_mode & 0o077, 0)
        self.assertEqual({path.name for path in self.root.iterdir()},
                         {"data", "pictures", "copy.tar", "copy", "restored-copy.tar", "restored-copy"})
        # Any tar reads it.
        with tarfile.open(self.root / "copy.tar") as tar:
            self.assertIn("manifest.json", tar.getnames())
            self.assertTrue(all(entry.mode == 0o600 and entry.isfile() for entry in tar))

    def test_without_features_the_next_round_makes_them(self):
        copy = self.backup("small.tar", "--without-features")
        with tarfile.open(copy) as tar:
            self.assertFalse([name for name in tar.getnames() if name.endswith(".f32")])
        must("restore", copy, "--data", self.root / "restored")
        self.assertIn("next round", must("doctor", "--data", self.root / "restored"))
        with Server(self.root / "restored") as server:
            project = server.project("p")
            server.call("POST", f"/projects/{project['id']}/rounds", {})
            eventually("the round serves", lambda: server.project("p")["round"]["n"] > project["round"]["n"]
                       and server.project("p")["round"]["state"] == "serving")
        self.assertNotIn("next round", must("doctor", "--data", self.root / "restored"))

    def test_what_is_there_is_never_replaced(self):
        copy = self.backup()
        self.refused("backup", "--data", self.data, "--to", copy, saying=["there already"])
        self.refused("restore", copy, "--data", self.data, saying=[str(self.data), "not empty"])
        must("doctor", "--data", self.data)
        empty = self.root / "empty"
        empty.mkdir()
        must("restore", copy, "--data", empty)
        sound(empty)

    def test_every_damage_is_found(self):
        def cut(tar):
            tar.write_bytes(tar.read_bytes()[:-20_000])

        def flip(part):
            def change(tar):
                with tarfile.open(tar) as file:
                    entry = next(entry for entry in file if part in entry.name)
                with tar.open("r+b") as file:
                    file.seek(entry.offset_data + entry.size // 2)
                    byte = file.read(1)[0]
                    file.seek(-1, os.SEEK_CUR)
                    file.write(bytes([byte ^ 0x55]))
            return change

        def repack(change):
            def rewrite(tar):
                with tarfile.open(tar) as file:
                    entries = [(entry, file.extractfile(entry).read()) for entry in file]
                import io
                with tarfile.open(tar, "w", format=tarfile.USTAR_FORMAT) as file:
                    for entry, content in change(entries):
                        entry.size = len(content)
                        file.addfile(entry, io.BytesIO(content))
            return rewrite

        def without(part):
            return repack(lambda entries: [pair for pair in entries if part not in pair[0].name])

        def leading_out(entries):
            entry, content = entries[0]
            other = tarfile.TarInfo("../outside")
            return [(other, b"x")] + entries

        good = self.backup("good.tar")
        for name, damage in [("cut", cut), ("picture", flip("blobs/")), ("matrix", flip(".f32")), ("database", flip("winnow.sqlite")),
                             ("a picture missing", without(f"blobs/{next((self.data / 'blobs').iterdir()).name}")),
                             ("no manifest", without("manifest")), ("no database", without("winnow.sqlite")),
                             ("a way out", repack(leading_out))]:
            with self.subTest(name):
                bad = self.root / "bad.tar"
                shutil.copyfile(good, bad)
                damage(bad)
                self.refused("backup", "verify", bad, saying=["bad.tar"])
                self.refused("restore", bad, "--data", self.root / "never", saying=["bad.tar"])
                self.assertFalse((self.root / "never").exists())
                self.assertFalse((self.root / "outside").exists() or list(self.root.glob("never*")))

    def test_a_full_disk_leaves_nothing_behind(self):
        disk = FailingDisk(self.root)
        self.addCleanup(disk.close)
        copy = self.backup("good.tar")
        for step in range(0, 40, 3):
            for command in [["backup", "--data", self.data, "--to", self.root / "new.tar"], ["restore", copy, "--data", self.root / "new"]]:
                disk.fail(errno.ENOSPC, WRITE | RESIZE | CREATE, after=step)
                done = disk.run(*command)
                disk.mend()
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("room", done.stderr)
                self.assertEqual({path.name for path in self.root.iterdir()}, {"data", "pictures", "good.tar"})


class UnderLoad(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        must("import", "--data", self.server.data, "--project", "p", EXAMPLES, *TEXT, "--batch-size", 1000)
        self.server.start()
        self.id = self.server.project("p")["id"]
        self.names = [label["name"] for label in self.server.project("p")["labels"]]
        folder = tempfile.TemporaryDirectory(prefix="winnow-backup-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def download(self, target):
        """POST /backup to a file; the status."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.server.base).netloc, timeout=60)
        connection.request("POST", "/api/v1/backup", headers={"Authorization": f"Bearer {self.server.token}"})
        answer = connection.getresponse()
        with target.open("wb") as file:
            shutil.copyfileobj(answer, file)
        connection.close()
        return answer.status

    def test_every_label_acknowledged_before_is_in_the_copy(self):
        keys = [item["key"] for item in self.server.call("GET", f"/projects/{self.id}/items?limit=240")["items"]]
        acknowledged, errors, stop = [], [], threading.Event()

        def label():
            client = Client(self.server.base, self.server.token)
            for key in keys:
                if stop.is_set():
                    return
                try:
                    client.call("POST", f"/projects/{self.id}/annotations", {"key": key, "labels": [self.names[0]]})
                    acknowledged.append(key)
                except Exception as error:
                    errors.append(error)

        worker = threading.Thread(target=label)
        worker.start()
        copies = []
        try:
            for number in range(6):
                eventually("labels come in", lambda: len(acknowledged) > 10 * number)
                before = list(acknowledged)
                target = self.folder / f"{number}.tar"
                if number % 2:
                    must("backup", "--data", self.server.data, "--to", target)
                else:
                    self.assertEqual(self.download(target), 200)
                copies.append((target, before, list(acknowledged)))
        finally:
            stop.set()
            worker.join()
        self.assertEqual(errors, [])
        for target, before, after in copies:
            must("backup", "verify", target)
            restored = target.with_suffix("")
            must("restore", target, "--data", restored)
            sound(restored)
            rows = must("export", "--data", restored, "--project", "p", "--format", "jsonl").splitlines()
            labelled = {row["key"] for row in map(json.loads, rows) if row.get("label")}
            self.assertLessEqual(set(before), labelled)

    def test_who_does_not_read_holds_nobody_up(self):
        address = urllib.parse.urlsplit(self.server.base)
        idle = socket.create_connection((address.hostname, address.port))
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.sendall(f"POST /api/v1/backup HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Bearer {self.server.token}\r\n\r\n".encode())
        self.assertIn(b"200", idle.recv(64))
        for key in [item["key"] for item in self.server.call("GET", f"/projects/{self.id}/items?limit=5")["items"]]:
            self.server.call("POST", f"/projects/{self.id}/annotations", {"key": key, "labels": [self.names[0]]})
        idle.close()
        eventually("its scratch file is gone", lambda: not list((self.server.data / "tmp").iterdir()))
        eventually("another may have one", lambda: self.download(self.folder / "next.tar") == 200)
        must("backup", "verify", self.folder / "next.tar")

    def test_only_an_administrator_may(self):
        for role in ["annotator", "engineer"]:
            token = must("token", "create", "--data", self.server.data, "--role", role, "--name", role, "--project", "p")
            with self.assertRaises(Refused) as caught:
                Client(self.server.base, token).call("POST", "/backup", raw=True)
            self.assertEqual(caught.exception.status, 403)


if __name__ == "__main__":
    unittest.main()
