"""The command line with bad input: each error says what, where and what to do, and leaves nothing half-written."""

import pathlib
import socket
import subprocess
import tempfile
import unittest

from winnow import BINARY, EXAMPLES, Server, exported_labels, must, run

TEXT = ["--modality", "text", "--text-column", "text", "--id-column", "id"]


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.data = self.folder / "data"

    def fails(self, *arguments, saying, code=None):
        """The command ends with 1 or 2, and its error names each of `saying`."""
        done = run(*arguments, timeout=60)
        self.assertIn(done.returncode, [1, 2] if code is None else [code], done.stderr)
        for word in saying:
            self.assertIn(word.lower(), done.stderr.lower())
        for ugly in ["Fatal error", "Stack dump", "SQLITE_"]:
            self.assertNotIn(ugly, done.stderr)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_help_and_usage(self):
        for command in ["serve", "demo", "import", "export", "token", "doctor"]:
            self.assertEqual(run(command, "--help").returncode, 0, command)
        self.fails("no-such-command", saying=["no-such-command"])
        self.fails("serve", "--port", "seventy", "--data", self.data, saying=["port"])

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.fails("serve", "--data", self.data, "--port", port, saying=[str(port), "in use"], code=1)

    def test_a_data_folder_that_cannot_be_written(self):
        # A file where a folder is needed stops even root.
        blocked = self.write("file", "") / "data"
        self.fails("serve", "--data", blocked, "--port", "0", saying=[str(blocked)], code=1)
        self.fails("import", "--data", blocked, "--project", "p", EXAMPLES, "--create", *TEXT, "--labels", "a,b",
                   saying=[str(blocked)], code=1)

    def test_importing_what_cannot_be_imported(self):
        start = ["import", "--data", self.data, "--project", "p"]
        self.fails(*start, self.folder / "absent.csv", "--create", *TEXT, "--labels", "a,b", saying=["absent.csv"])
        self.fails(*start, EXAMPLES, *TEXT, saying=["p", "--create"])
        self.fails(*start, EXAMPLES, "--create", *TEXT, "--labels", "a,b", "--format", "spreadsheet",
                   saying=["spreadsheet", "csv", "jsonl"])
        self.fails(*start, EXAMPLES, "--create", "--modality", "text", "--text-column", "txet", "--labels", "a,b",
                   saying=["txet", "text"])

    def test_a_project_without_labels(self):
        self.fails("import", "--data", self.data, "--project", "p", EXAMPLES, "--create", *TEXT, saying=["label"])
        self.fails("export", "--data", self.data, "--project", "p", "--format", "jsonl", saying=["p"])

    def test_a_bad_row_does_not_sink_the_others(self):
        rows = self.write("rows.jsonl", '{"id": "a", "text": "fine", "label": "x"}\n{"id": "b", "text": \n'
                          '{"id": "c", "text": "fine too", "label": "y"}\n')
        done = run("import", "--data", self.data, "--project", "p", rows, "--create", *TEXT, "--label-column", "label",
                   "--labels", "x,y")
        self.assertIn("2", done.stderr + done.stdout, "which row was bad is not said")
        out = must("export", "--data", self.data, "--project", "p", "--format", "jsonl")
        self.assertEqual(exported_labels(out), {"a": "x", "c": "y"})

    def test_the_truth_is_no_number_of_a_vector(self):
        """A column that the labels are taken from, or that is called so, would tell a model the answer."""
        rows = self.write("numbers.csv", "key,p0,p1,label\na,1,2,0\nb,3,4,1\n")
        start = ["import", "--data", self.data, "--project"]
        must(*start, "from", rows, "--create", "--modality", "vector", "--labels-from", "label")
        must(*start, "ignored", rows, "--create", "--modality", "vector", "--labels", "0,1", "--ignore-columns", "label")
        self.fails(*start, "unsaid", rows, "--create", "--modality", "vector", "--labels", "0,1", saying=["label", "answer"])
        more = self.write("more.csv", "key,p0,p1,label\nc,5,6,0\n")
        done = run(*start, "from", more)
        self.assertIn("1 rows not taken", done.stdout + done.stderr)
        with Server(self.data) as server:
            self.assertEqual({project["name"] for project in server.call("GET", "/projects")["items"]}, {"from", "ignored"})
            for name in ["from", "ignored"]:
                items = server.call("GET", f"/projects/{server.project(name)['id']}/items")["items"]
                self.assertEqual({item["key"]: item["vector"] for item in items}, {"a": [1, 2], "b": [3, 4]}, name)

    def test_export_says_what_it_cannot(self):
        must("import", "--data", self.data, "--project", "p", EXAMPLES, "--create", *TEXT, "--label-column", "label",
             "--labels-from", "label")
        self.fails("export", "--data", self.data, "--project", "q", "--format", "jsonl", saying=["q"], code=1)
        self.fails("export", "--data", self.data, "--project", "p", "--format", "spreadsheet", saying=["spreadsheet"])
        self.fails("export", "--data", self.data, "--project", "p", "--format", "jsonl",
                   "--output", self.folder / "no/such/folder/x", saying=["no/such/folder"])
        self.assertEqual(len(exported_labels(must("export", "--data", self.data, "--project", "p", "--format", "jsonl"))), 240)
        table = must("export", "--data", self.data, "--project", "p", "--format", "csv")
        self.assertEqual(len(table.splitlines()), 241)

    def test_a_token_is_printed_alone_and_a_role_is_checked(self):
        token = must("token", "create", "--data", self.data, "--role", "admin", "--name", "me")
        self.assertRegex(token, r"\A\S{20,}\Z")
        self.fails("token", "create", "--data", self.data, "--role", "emperor", "--name", "me", saying=["emperor", "annotator"])

    def test_doctor_finds_a_sound_machine(self):
        done = run("doctor", "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.strip())

    def test_a_signal_to_stop_ends_the_server_in_order(self):
        server = Server()
        self.addCleanup(server.close)
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_kill_loses_no_acknowledged_answer(self):
        server = Server()
        self.addCleanup(server.close)
        must("import", "--data", server.data, "--project", "p", EXAMPLES, "--create", *TEXT, "--labels-from", "label")
        server.start()
        project = server.project("p")
        given = {}
        for offer in server.call("POST", f"/projects/{project['id']}/next", {"prefetch": 5, "held": []})["items"]:
            server.call("POST", f"/projects/{project['id']}/annotations", {
                "item": offer["item"]["id"], "outcome": "label", "labels": ["billing"], "lease": offer["lease"]})
            given[offer["item"]["key"]] = "billing"
        server.kill()
        server.start()
        self.assertEqual(len(given), 5)
        self.assertEqual(server.labels(server.project("p")), given)


class Demo(unittest.TestCase):
    def test_a_second_demo_keeps_the_labels(self):
        with tempfile.TemporaryDirectory(prefix="winnow-demo-") as folder:
            ids = [self.project_of_demo(folder) for _ in range(2)]
        self.assertEqual(ids[0], ids[1])

    def project_of_demo(self, folder):
        """Starts the demo, waits for its link, ends it; the project's id."""
        process = subprocess.Popen([BINARY, "demo", "--data", pathlib.Path(folder, "data"), "--port", "0", "--csv", EXAMPLES],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            for line in process.stdout:
                if "label.html?project=" in line:
                    self.assertIn("#token=", line)
                    return line.split("project=")[1].split("#")[0]
            self.fail("the demo printed no link")
        finally:
            process.terminate()
            process.wait(timeout=30)
            process.stdout.close()


if __name__ == "__main__":
    unittest.main()
