"""Who comes in and how: the first administrator's link, passwords in a real browser, and `winnow user` beside a server."""

import json
import os
import pty
import subprocess
import tempfile
import unittest

from browser import WIDE, chromium
from client import Client, Refused
from winnow import BINARY, ROOT, SCREENSHOTS, Server, eventually, must, run

PASSWORD = "three blind mice"


def first_link(server) -> str:
    """The link that serve prints below its address on a new folder."""
    for _ in range(10):
        line = server.process.stdout.readline()
        if "#code=" in line:
            return line.strip()
    raise AssertionError("no link was printed")


def with_input(text, *arguments) -> subprocess.CompletedProcess:
    """One command that reads a line."""
    return subprocess.run([BINARY, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60,
                          cwd=ROOT, check=False)


class Browsing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)

    def serve(self):
        server = Server()
        self.addCleanup(server.close)
        # No token is made: the server is as new as its folder.
        server.token = "none"
        return server.start()

    def open(self, address):
        context = self.browser.new_context(**WIDE)
        self.addCleanup(context.close)
        context.set_default_timeout(20_000)
        page = context.new_page()
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text)
                if "Content Security Policy" in message.text else None)
        page.goto(address)
        return page

    def test_the_first_administrator_comes_in_by_the_printed_link(self):
        server = self.serve()
        link = first_link(server)
        page = self.open(link)
        page.wait_for_selector("h1:has-text('Welcome, admin')")
        self.assertNotIn("code", page.url)
        page.screenshot(path=SCREENSHOTS / "choose-password.png")
        self.assertEqual(page.get_attribute("#new-password", "autocomplete"), "new-password")
        self.assertEqual(page.evaluate("document.activeElement.id"), "new-password")
        page.fill("#new-password", PASSWORD)
        page.fill("#repeated", "three blind cats")
        page.keyboard.press("Enter")
        page.wait_for_selector(".form-error:has-text('differ')")
        for field in ["#new-password", "#repeated"]:
            page.fill(field, "password123")
        page.keyboard.press("Enter")
        page.wait_for_selector(".form-error:has-text('first that others would try')")
        page.screenshot(path=SCREENSHOTS / "choose-password-refused.png")
        for field in ["#new-password", "#repeated"]:
            page.fill(field, PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".state:has-text('No projects yet')")
        self.assertEqual(page.inner_text("#user"), "admin")
        page.reload()
        page.wait_for_selector(".state:has-text('No projects yet')")

        page.click("#sign-out")
        page.wait_for_selector("h1:has-text('Sign in')")
        for field, name in [("#name", "username"), ("#password", "current-password")]:
            self.assertEqual(page.get_attribute(field, "autocomplete"), name)
            self.assertEqual(page.locator(f"label[for={field[1:]}]").count(), 1)
        page.screenshot(path=SCREENSHOTS / "sign-in.png")
        page.fill("#name", "admin")
        page.fill("#password", "three blind rats")
        page.keyboard.press("Enter")
        page.wait_for_selector(".form-error:has-text('nobody with this name and this password')")
        page.screenshot(path=SCREENSHOTS / "sign-in-refused.png")
        # The field is ready for the next try.
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".state:has-text('No projects yet')")

        again = self.open(link)
        again.wait_for_selector(".form-error:has-text('used already')")
        self.assertEqual(self.complaints, [])
        # The link's secret went to the terminal alone.
        self.assertNotIn(link.split("#code=")[1], server.log.read_text())

        server.stop()
        server.start()
        server.process.terminate()
        self.assertNotIn("#code=", server.process.stdout.read(), "somebody runs the server by now")

    def test_a_fresh_link_is_printed_until_the_administrator_has_come(self):
        server = self.serve()
        first = first_link(server)
        server.stop()
        server.start()
        second = first_link(server)
        self.assertNotEqual(first.split("#code=")[1], second.split("#code=")[1])
        page = self.open(f"{server.base}/#code={first.split('#code=')[1]}")
        page.wait_for_selector(".form-error:has-text('used already or has ended')")
        page = self.open(second)
        page.wait_for_selector("h1:has-text('Welcome, admin')")

    def test_a_token_can_be_pasted(self):
        server = self.serve()
        token = must("token", "create", "--data", server.data, "--role", "engineer", "--name", "Grace")
        page = self.open(server.base)
        page.click("button:has-text('Use a token instead')")
        page.fill("#token", "wnw_nonsense")
        page.keyboard.press("Enter")
        page.wait_for_selector(".form-error:has-text('not known here')")
        page.fill("#token", f" {token} ")
        page.keyboard.press("Enter")
        page.wait_for_selector(".state:has-text('No projects yet')")
        self.assertEqual(page.inner_text("#user"), "Grace")
        self.assertEqual(self.complaints, [])


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="winnow-people-")
        self.addCleanup(folder.cleanup)
        self.data = folder.name + "/data"

    def user(self, command, *arguments):
        return run("user", command, "--data", self.data, *arguments)

    def add(self, name, role="annotator", *arguments):
        return json.loads(must("user", "add", "--data", self.data, "--name", name, "--role", role, "--json", *arguments))

    def test_people_are_made_changed_and_removed(self):
        made = self.add("Ada", "admin", "--url", "https://labels.example/")
        self.assertTrue(made["link"].startswith("https://labels.example/#code=wnl_"), made["link"])
        self.assertEqual(made["user"]["role"], "admin")
        self.add("Bob")
        listed = [json.loads(line) for line in must("user", "list", "--data", self.data, "--json").splitlines()]
        self.assertEqual([(one["name"], one["role"], one["has_password"]) for one in listed],
                         [("Ada", "admin", False), ("Bob", "annotator", False)])
        self.assertEqual(json.loads(self.user("role", "--name", "Bob", "--role", "engineer", "--json").stdout)["role"], "engineer")
        self.assertIn("wnl_", self.user("link", "--name", "bob").stdout)
        self.assertTrue(json.loads(self.user("disable", "--name", "Bob", "--json").stdout)["disabled"])
        refused = self.user("link", "--name", "Bob")
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn("disabled", refused.stderr)
        self.assertFalse(json.loads(self.user("enable", "--name", "Bob", "--json").stdout)["disabled"])
        self.assertEqual(json.loads(self.user("remove", "--name", "Bob", "--json").stdout), {"removed": True, "user": None})
        for arguments, code, words in [
            (["role", "--name", "Ada", "--role", "engineer"], 1, "only administrator"),
            (["disable", "--name", "Ada"], 1, "only administrator"), (["remove", "--name", "Ada"], 1, "only administrator"),
            (["link", "--name", "Nobody"], 1, "no user"), (["add", "--name", "ada", "--role", "admin"], 1, "already"),
            (["add", "--name", "Eve", "--role", "king"], 2, "role"), (["add", "--name", "Eve"], 2, "role"), (["passwd"], 2, "name"),
        ]:
            done = self.user(*arguments)
            self.assertEqual(done.returncode, code, f"{arguments}: {done.stderr}")
            self.assertIn(words, done.stderr)

    def test_a_password_comes_from_standard_input_or_the_terminal_without_an_echo(self):
        self.add("Ada", "admin")
        for text, code in [("", 1), ("short\n", 1), (PASSWORD + "\n", 0)]:
            done = with_input(text, "user", "passwd", "--data", self.data, "--name", "Ada")
            self.assertEqual(done.returncode, code, done.stderr)
        master, slave = pty.openpty()
        process = subprocess.Popen([BINARY, "user", "passwd", "--data", self.data, "--name", "Ada"], stdin=slave,
                                   stdout=subprocess.PIPE, stderr=slave, text=True, cwd=ROOT)
        os.close(slave)
        shown = b""
        for question in [b"New password", b"once more"]:
            while question not in shown:
                shown += os.read(master, 1000)
            os.write(master, b"four blind bats\n")
        self.assertIn("new password", process.communicate(timeout=60)[0])
        self.assertEqual(process.returncode, 0)
        try:
            while piece := os.read(master, 1000):
                shown += piece
        except OSError:
            pass  # The other side of a terminal that was closed.
        os.close(master)
        self.assertNotIn(b"blind", shown)

    def test_a_running_server_notices(self):
        with_server = Server(self.data)
        self.addCleanup(with_server.close)
        with_server.start()
        token = must("token", "create", "--data", self.data, "--role", "engineer", "--name", "Eve")
        client = Client(with_server.base, token)
        self.assertEqual(client.call("GET", "/projects")["items"], [])

        def status():
            try:
                client.call("POST", "/projects", {})
            except Refused as refused:
                return refused.status
            return 201

        self.assertEqual(status(), 422)
        self.user("role", "--name", "Eve", "--role", "annotator")
        eventually("a lower role", lambda: status() == 403, seconds=20)
        self.user("disable", "--name", "Eve")
        eventually("a disabled user", lambda: status() == 401, seconds=20)
        lines = with_server.call("GET", "/audit?action=user.")["items"]
        self.assertEqual({(line["user"]["name"], line["address"].split(" of ")[0]) for line in lines},
                         {("command line", "command line")})
        self.assertIn({"role": "annotator", "name": "Eve", "disabled": True}, [line["after"] for line in lines])


if __name__ == "__main__":
    unittest.main()
