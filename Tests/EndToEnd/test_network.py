"""The server and the network: what it costs to wait, certificates, proxies, and exports for spreadsheets."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from winnow import BINARY, EXAMPLES, Server, must, run


def processor_seconds(pid: int) -> float:
    """What a process has used so far, in user and system mode."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Waiting(unittest.TestCase):
    """Connections that wait cost nothing: a callback that returned too early would be called millions of times."""

    @unittest.skipUnless(pathlib.Path("/proc/self/stat").exists(), "no /proc")
    def test_waiting_connections_do_not_spin(self):
        server = Server()
        self.addCleanup(server.close)
        must("import", "--data", server.data, "--project", "messages", EXAMPLES, "--create", "--labels-from", "label")
        server.start()
        path = f"/api/v1/projects/{server.project('messages')['id']}"
        port = urllib.parse.urlparse(server.base).port
        bearer = f"Host: t\r\nAuthorization: Bearer {server.token}\r\n"
        waiting = []
        for request in [
            f"GET {path}/events HTTP/1.1\r\n{bearer}\r\n",
            f"POST {path}/items HTTP/1.1\r\n{bearer}Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{{",
            f"POST {path}/next HTTP/1.1\r\n{bearer}Content-Length: 1000\r\n\r\n{{",
            "GET /openapi.json HTTP/1.1\r\nHost: t\r\n\r\n",
            "GET / HT",
            "",
        ] * 5:
            connection = socket.create_connection(("127.0.0.1", port))
            self.addCleanup(connection.close)
            connection.sendall(request.encode())
            waiting.append(connection)
        time.sleep(1)
        before = processor_seconds(server.process.pid)
        time.sleep(3)
        used = processor_seconds(server.process.pid) - before
        self.assertLess(used, 0.5, f"{len(waiting)} waiting connections took {used} s of processor time in 3 s")


class Options(unittest.TestCase):
    """What is wrong with the options that face the network is said before anything listens."""

    def refused(self, code, saying, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            done = run("serve", "--data", f"{folder}/data", "--port", "0", *arguments, timeout=30)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(saying, done.stderr)

    def test_wrong_options_are_refused(self):
        self.refused(2, "belong together", "--tls-cert", "c.pem")
        self.refused(2, "belong together", "--tls-key", "k.pem")
        self.refused(2, "neither an address nor a range", "--trusted-proxy", "proxy.example")
        self.refused(2, "neither an address nor a range", "--trusted-proxy", "10.0.0.1/8")
        self.refused(2, "--connections", "--connections", "0")
        self.refused(2, "--rate-limit", "--rate-limit=-1")
        self.refused(1, "Cannot read the TLS file", "--tls-cert", "/no/such.pem", "--tls-key", "/no/such.key")

    @unittest.skipUnless(shutil.which("openssl"), "openssl is missing")
    def test_certificates_are_taken_under_both_names(self):
        with tempfile.TemporaryDirectory() as folder:
            def make(name):
                subprocess.run(
                    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                     "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem"], check=True, capture_output=True)
            make("a"), make("b")
            self.refused(1, "cannot be used", "--tls-cert", f"{folder}/a.pem", "--tls-key", f"{folder}/b.key")
            for option in ["--tls-cert", "--tls-certificate"]:
                process = subprocess.Popen(
                    [BINARY, "serve", "--data", f"{folder}/data", "--port", "0", option, f"{folder}/a.pem", "--tls-key", f"{folder}/a.key"],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                try:
                    self.assertTrue(process.stdout.readline().startswith("listening on https://"))
                finally:
                    process.terminate()
                    process.wait(30)
                    process.stdout.close()


class Spreadsheets(unittest.TestCase):
    """Formulas leave the server as they came, or disarmed where that is asked for."""

    def test_safe_cells(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "t.csv"
            table.write_text('text,label\n"=1+1",a\nplain,b\n')
            data = f"{folder}/data"
            must("import", "--data", data, "--project", "p", table, "--create", "--label-column", "label", "--labels", "a,b")
            export = ["export", "--data", data, "--project", "p", "--format", "csv"]
            self.assertIn(",=1+1,", must(*export))
            self.assertIn(",'=1+1,", must(*export, "--safe-cells"))


if __name__ == "__main__":
    unittest.main()
