"""The administrator's pages as a person at a keyboard uses them, and what must never stay in a page."""

import json
import unittest
import urllib.error
import urllib.request

from browser import WIDE, chromium
from engineer import EngineerPage
from winnow import Server

PASSWORD = "three blind mice"
# Names take no invisible characters; what people write about tokens and projects may hold anything.
HOSTILE_NAME = "<img src=x onerror=\"window.hacked=1\"> 🐭 & 'q'"
HOSTILE = "\u202e<img src=x onerror='window.hacked=1'><script>window.hacked=1</script> 🦉 " + "w" * 40

# Everything that a page keeps: its markup, what fields hold, its address, and the browser's stores.
KEPT = """async () => JSON.stringify([document.documentElement.outerHTML, [...document.querySelectorAll('input, textarea')].map((f) => f.value),
  location.href, history.state, {...localStorage}, {...sessionStorage}, document.cookie, (await indexedDB.databases()).map((d) => d.name)])"""


class AdminPage(EngineerPage):
    """One of the administrator's pages, signed in; a refusal that a test provokes is told by it."""

    def __init__(self, browser, server, view="people", name="Ruth", path="admin.html", role="admin", password=None, **context):
        self.password = password
        self.refusals = 0
        super().__init__(browser, server, f"{path}#{view}" if view else path, role=role, name=name, **(context or WIDE))

    def come_in(self, path, role, name):
        """Opens a page by a name and a password where there is one, else as others do."""
        if self.password is None:
            return super().come_in(path, role, name)
        self.page.goto(f"{self.server.base}/{path}")
        for field, text in [("#name", name), ("#password", self.password)]:
            self.page.fill(field, text)
        self.page.keyboard.press("Enter")
        # That nobody was signed in yet is told by a 401.
        self.refusals = 1

    def mistakes(self) -> list:
        """What the console says, but for the refusals that were provoked."""
        refused = [error for error in self.errors if "Failed to load resource" in error]
        others = [error for error in self.errors if error not in refused]
        return others if len(refused) == self.refusals else self.errors

    def secret(self) -> str:
        """What the dialog shows that shows it once."""
        self.page.wait_for_selector("dialog[data-dialog=once]")
        return self.page.locator("dialog[data-dialog=once] pre").first.inner_text()

    def close_secret(self, secret):
        """Closes that dialog; nothing of the secret is left anywhere."""
        assert secret.split("=")[-1] in self.page.evaluate(KEPT), "the secret was not even shown"
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector("dialog[data-dialog=once]", state="detached")
        kept = self.page.evaluate(KEPT)
        assert secret.split("=")[-1] not in kept, "the secret is still in the page"
        assert "wnl_" not in kept and "wnw_" not in kept, "a secret is still in the page"

    def row(self, name):
        """The button by which somebody's row is opened."""
        return self.page.locator(".people-view .row-name", has_text=name)

    def open_person(self, name):
        """Opens a person's panel, by keyboard."""
        self.row(name).press("Enter")
        self.page.wait_for_selector("dialog.panel[data-panel=person]")

    def answer(self, button):
        """Answers the question that is asked in the middle of the page."""
        self.page.wait_for_selector("dialog.middle")
        self.page.locator("dialog.middle").get_by_role("button", name=button).press("Enter")

    def hacked(self) -> bool:
        """Whether something that somebody wrote was run."""
        return self.page.evaluate("typeof window.hacked !== 'undefined'")


class WithAdministrator(unittest.TestCase):
    """A server and a browser for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.chromium = chromium()
        cls.browser = cls.chromium.__enter__()
        cls.addClassCleanup(cls.chromium.__exit__, None, None, None)
        cls.server = cls.serve()

    @classmethod
    def serve(cls):
        server = Server()
        cls.addClassCleanup(server.close)
        return server.start()

    def open(self, *arguments, server=None, **options):
        page = AdminPage(self.browser, server or self.server, *arguments, **options)
        self.addCleanup(page.close)
        self.addCleanup(lambda: self.assertEqual(page.mistakes(), [], "errors in the console"))
        return page


def person(server, name, role="annotator", password=None) -> str:
    """Somebody new, by identifier; with a password where one is given."""
    id = server.call("POST", "/users", {"name": name, "role": role})["id"]
    if password:
        cookie, csrf = sign_in(server, {"code": server.call("POST", f"/users/{id}/link")["code"]})
        body = json.dumps({"new_password": password}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{server.base}/api/v1/sessions/current/password", body, {
            "Content-Type": "application/json", "Cookie": cookie, "X-CSRF-Token": csrf})).close()
    return id


def sign_in(server, shown, agent="Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"):
    """Another browser that is signed in: its cookie and the proof that goes with it."""
    request = urllib.request.Request(f"{server.base}/api/v1/sessions", json.dumps(shown).encode(),
                                     {"Content-Type": "application/json", "User-Agent": agent})
    with urllib.request.urlopen(request) as answer:
        return answer.headers["Set-Cookie"].split(";")[0], json.load(answer)["csrf_token"]


def is_in(server, cookie) -> bool:
    """Whether the browser with that cookie is signed in still."""
    try:
        urllib.request.urlopen(urllib.request.Request(f"{server.base}/api/v1/sessions/current", headers={"Cookie": cookie})).close()
        return True
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        return False


def project(server, name) -> str:
    """An empty project of texts."""
    return server.call("POST", "/projects", {"name": name, "modality": "text", "labels": [{"name": "a"}, {"name": "b"}],
                                             "settings": {"evaluation_fraction": 0}})["id"]


