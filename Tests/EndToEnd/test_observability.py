"""What the real binary tells of itself: metrics that Prometheus reads, alerts that name them, logs without secrets."""

import http.client
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from client import Client, Refused
from prometheus_client.parser import text_string_to_metric_families
from winnow import BINARY, EXAMPLES, ROOT, Server, eventually, must

ALERTS = ROOT / "docs/alerts.yml"
OPERATIONS = ROOT / "docs/operations.md"


class Telling(Server):
    """A server whose answers are looked at as they are."""

    def ask(self, method, path, body=None, headers=None):
        """Status, header fields and text of one request as it is."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


class Observed(unittest.TestCase):
    """One server, at its most talkative."""

    @classmethod
    def setUpClass(cls):
        cls.server = Telling(options=["--log-level", "trace", "--log-format", "json"])
        cls.addClassCleanup(cls.server.close)
        must("import", "--data", cls.server.data, "--project", "messages", EXAMPLES, "--create", "--labels-from", "label")
        cls.server.start()
        cls.project = cls.server.project("messages")

    def metrics(self):
        status, headers, text = self.server.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("version=0.0.4", headers["Content-Type"])
        return text

    def lines(self):
        return [json.loads(line) for line in self.server.log.read_text().splitlines()]

    def test_prometheus_reads_the_metrics(self):
        for _ in range(3):
            self.server.call("POST", f"/projects/{self.project['id']}/next", {"prefetch": 2})
        text = self.metrics()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        self.assertGreater(len(families), 35)
        series = [(sample.name, tuple(sorted(sample.labels.items()))) for family in families.values() for sample in family.samples]
        self.assertEqual(len(series), len(set(series)), "a series stands twice")
        for family in families.values():
            self.assertTrue(family.documentation, family.name)
            self.assertIn(family.type, ("counter", "gauge", "histogram"), family.name)
            if family.type != "histogram":
                continue
            buckets: dict = {}
            for sample in family.samples:
                labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
                if sample.name.endswith("_bucket"):
                    buckets.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
                elif sample.name.endswith("_count"):
                    self.assertEqual(buckets[labels][-1], (float("inf"), sample.value))
            for counts in buckets.values():
                self.assertEqual(counts, sorted(counts), family.name)
                self.assertEqual([n for _, n in counts], sorted(n for _, n in counts))
        leased = {s.labels["project"]: s.value for s in families["winnow_items_leased"].samples}[self.project["id"]]
        self.assertGreaterEqual(leased, 2)
        self.assertEqual(leased, self.server.project("messages")["counts"]["leased"])
        open_now = families["winnow_connections_open"].samples[0].value
        self.assertGreaterEqual(open_now, 1)
        self.assertGreater(families["process_resident_memory_bytes"].samples[0].value, 10e6)

    @unittest.skipUnless(shutil.which("promtool"), "needs promtool")
    def test_promtool_has_nothing_to_say(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.metrics(), text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        done = subprocess.run(["promtool", "check", "rules", ALERTS], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_alerts_and_the_manual_name_metrics_that_exist(self):
        samples = {sample.name for family in text_string_to_metric_families(self.metrics()) for sample in family.samples}
        families = {family.name for family in text_string_to_metric_families(self.metrics())}
        # Of phases nothing is told before the first round.
        samples |= {f"winnow_round_phase_seconds{suffix}" for suffix in ("_bucket", "_sum", "_count")}
        expressions = re.findall(r"^\s+expr: (.+)$", ALERTS.read_text(), re.MULTILINE)
        self.assertGreater(len(expressions), 8)
        for expression in expressions:
            named = set(re.findall(r"\b(?:winnow|process)_[a-z_]+", expression)) - {"process_"}
            self.assertTrue(named or expression.startswith("up"), expression)
            self.assertEqual(named - samples, set(), expression)
        described = set(re.findall(r"`((?:winnow|process)_[a-z_]+)[`{]", OPERATIONS.read_text()))
        served = {name if not name.startswith("winnow_") or name in samples else name for name in samples}
        names = {re.sub(r"_(bucket|sum|count)$", "", name) if re.sub(r"_(bucket|sum|count)$", "", name) in families | {"winnow_round_phase_seconds"} else name
                 for name in served}
        self.assertEqual(names - described, set(), "metrics that the manual does not name")
        self.assertEqual(described - names, set(), "metrics that only the manual names")

    def test_no_secret_reaches_the_log(self):
        """Everything that is secret goes through the server, where it belongs and where it does not."""
        server = self.server
        secrets = {"admin": server.token}
        for role in ["annotator", "engineer"]:
            secrets[role] = must("token", "create", "--data", server.data, "--role", role, "--name", f"log {role}", "--project", "messages")
        status, headers, text = server.ask("POST", "/api/v1/sessions", json.dumps({"token": secrets["annotator"]}), {"Content-Type": "application/json"})
        self.assertEqual(status, 201)
        secrets["cookie"] = headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
        secrets["csrf"] = json.loads(text)["csrf_token"]
        secrets |= {"content": "Zanzibar-content-4711", "note": "Zanzibar-note-4712", "password": "Zanzibar-password-4713", "query": "Zanzibar-query-4714",
                    "name": "Zanzibar-name-4715", "wrong": "wnw_Zanzibar4716"}
        bearer = {"Authorization": f"Bearer {secrets['admin']}", "Content-Type": "application/json"}
        project = f"/api/v1/projects/{self.project['id']}"
        server.ask("POST", f"{project}/items", json.dumps({"items": [{"key": "zz", "text": secrets["content"]}]}), bearer)
        server.ask("POST", f"{project}/annotations", json.dumps({"key": "zz", "labels": ["billing"], "note": secrets["note"]}), bearer)
        server.ask("POST", f"{project}/annotations", json.dumps({"key": "zz", "labels": [secrets["content"]]}), bearer)
        server.ask("POST", "/api/v1/projects", json.dumps({"name": secrets["name"], "modality": "text", "labels": [{"name": "a"}]}), bearer)
        server.ask("POST", "/api/v1/projects", json.dumps({"name": "x", "password": secrets["password"]}), bearer)
        server.ask("POST", "/api/v1/projects", f'{{"password": "{secrets["password"]}', bearer)
        server.ask("GET", "/api/v1/sessions/current", headers={"Cookie": f"winnow_session={secrets['cookie']}"})
        server.ask("POST", f"{project}/next", "{}", {"Cookie": f"winnow_session={secrets['cookie']}", "X-CSRF-Token": secrets["csrf"], "Content-Type": "application/json"})
        server.ask("POST", f"{project}/next", "{}", {"Cookie": f"winnow_session={secrets['cookie']}", "X-CSRF-Token": secrets["wrong"]})
        for secret in list(secrets.values()):
            quoted = urllib.parse.quote(secret, safe="")
            for path in [f"/{quoted}", f"/api/v1/{quoted}", f"/label.html?token={quoted}", f"{project}/items?q={quoted}&cursor={quoted}", f"{project}/items/{quoted}"]:
                server.ask("GET", path, headers=bearer)
            server.ask("POST", "/api/v1/sessions", json.dumps({"token": f"{secret}-not"}), {"Content-Type": "application/json"})
            server.ask("GET", "/api/v1/projects", headers={"Authorization": f"Bearer {secret}-not"})
            server.ask("GET", "/api/v1/projects", headers={"Authorization": f"Basic {secret}"})
        last = "the-last-request"
        server.ask("GET", "/healthz", headers={"X-Request-Id": last})
        eventually("the last request stands in the log", lambda: last in server.log.read_text(), 10)
        log = server.log.read_text()
        self.assertGreater(log.count("\n"), 60)
        for name, secret in secrets.items():
            self.assertNotIn(secret, log, f"the {name} stands in the log")
        self.assertNotIn("Zanzibar", log)

    def test_lines_name_the_request(self):
        status, headers, text = self.server.ask("GET", "/api/v1/projects/999", headers={"Authorization": f"Bearer {self.server.token}", "X-Request-Id": "mine-1"})
        self.assertEqual((status, headers["X-Request-Id"], json.loads(text)["request_id"]), (404, "mine-1", "mine-1"))
        eventually("the request is logged", lambda: "mine-1" in self.server.log.read_text(), 10)
        line = next(line for line in self.lines() if line.get("request") == "mine-1")
        self.assertEqual((line["level"], line["method"], line["route"], line["status"]), ("info", "GET", "/api/v1/projects/{project}", 404))
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreaterEqual(line["ms"], 0)
        self.assertTrue(line["user"].isdigit())

    def test_a_request_cannot_forge_a_line(self):
        before = len(self.lines())
        status, _, _ = self.server.ask("GET", "/api/v1/x%0a%7b%22level%22:%22forged%22%7d?a=%0d%0aforged", headers={"X-Request-Id": "a b\tforged"})
        self.assertEqual(status, 404)
        eventually("it is logged", lambda: len(self.lines()) > before, 10)
        self.assertNotIn("forged", self.server.log.read_text())


class Stopping(unittest.TestCase):
    def test_text_logs_and_wrong_options(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([BINARY, "serve", "--data", pathlib.Path(folder) / "d", "--log-format", "xml"], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("xml", done.stderr)
        server = Telling(options=["--log-level", "debug"])
        self.addCleanup(server.close)
        server.start()
        with self.assertRaises(Refused):
            Client(server.base, "wnw_wrong").call("GET", "/projects")
        eventually("it is logged", lambda: "status=401" in server.log.read_text(), 10)
        self.assertEqual(server.stop(), 0)
        for line in server.log.read_text().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\S+Z (trace|debug|info|notice|warning|error|critical) +\S")


if __name__ == "__main__":
    unittest.main()
