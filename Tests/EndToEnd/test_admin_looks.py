"""The administrator's pages for everybody: every view and every dialog by axe-core, dark and wide, light and on a phone."""

import unittest

from accessibility import complaints
from administrator import HOSTILE_NAME, WithAdministrator, person, project, sign_in
from axe_playwright_python.sync_playwright import Axe
from browser import PHONE

DARK = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", "reduced_motion": "reduce"}
PEOPLE = [("Ada", "annotator"), ("Bo", "annotator"), ("Eve", "engineer"), ("Grace", "annotator"), ("مريم", "annotator"), (HOSTILE_NAME, "annotator")]


class Looks(WithAdministrator):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        projects = [project(cls.server, name) for name in ["Support tickets", "Handwritten digits", "News topics"]]
        for name, role in PEOPLE:
            id = person(cls.server, name, role)
            if name in ("Ada", "Eve"):
                sign_in(cls.server, {"code": cls.server.call("POST", f"/users/{id}/link")["code"]})
        for project_id, name in [(projects[0], "Ada"), (projects[1], "Ada"), (projects[1], "Bo")]:
            cls.server.call("POST", f"/projects/{project_id}/members", {"name": name})
        cls.server.call("PATCH", f"/users/{id}", {"disabled": True})
        cls.server.call("PATCH", f"/projects/{projects[0]}", {"guidelines": "Read twice, then answer.", "settings": {"batch_size": 50}})
        cls.server.call("POST", "/tokens", {"note": "nightly import", "lifetime_seconds": 86_400 * 90})

    def look(self, page, name, kind):
        """One state of the page: nothing to complain about, nothing that sticks out, a picture of it."""
        found = Axe().run(page.page, options={"resultTypes": ["violations"]}).response["violations"]
        told = [f"{one['id']}: {one['help']}\n    " + "\n    ".join(node["html"] + " " + node["failureSummary"] for node in one["nodes"])
                for one in found]
        self.assertEqual(told, [], f"{name}, {kind}:\n" + "\n".join(told))
        self.assertEqual(complaints(page.page), [], f"{name}, {kind}")
        self.assertLessEqual(page.page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0, f"{name}, {kind}")
        # No button hides at the far end of a table.
        hidden = page.page.locator(".scroller").evaluate_all("all => all.filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth).length")
        self.assertEqual(hidden, 0, f"{name}, {kind}")
        page.shot(f"admin-{name}-{kind}", full=False)

    def leave(self, page):
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("dialog", state="detached")

    def walk(self, kind, context):
        page = self.open("people", **context)
        page.page.wait_for_selector(".people-view tbody tr")
        self.look(page, "people", kind)
        page.open_person("Ada")
        self.look(page, "person", kind)
        page.page.get_by_role("button", name="Remove…").press("Enter")
        page.page.wait_for_selector("dialog.middle")
        self.look(page, "question", kind)
        page.page.keyboard.press("Escape")
        self.leave(page)
        page.page.locator("#add-person").press("Enter")
        page.page.fill("#person-name", f"Sam on {kind}")
        self.look(page, "add", kind)
        page.page.keyboard.press("Enter")
        page.secret()
        self.look(page, "link", kind)
        self.leave(page)
        for view, ready in [("tokens", "tbody tr"), ("sessions", "tbody tr"), ("audit", "tbody tr[data-entry]"), ("server", ".verdict[data-state=good]")]:
            page.page.evaluate("view => { location.hash = view }", view)
            page.page.wait_for_selector(f".{view}-view {ready}")
            self.look(page, view, kind)
            if view == "tokens":
                page.page.locator("#make-token").press("Enter")
                page.page.wait_for_selector("dialog.panel")
                self.look(page, "token-form", kind)
                self.leave(page)
            if view == "audit":
                page.page.locator(".row-name", has_text="changed a project").press("Enter")
                page.page.wait_for_selector("dialog.panel")
                self.look(page, "entry", kind)
                self.leave(page)
        page.page.goto(f"{self.server.base}/account.html")
        page.page.wait_for_selector("#tokens tbody tr")
        self.look(page, "account", kind)
        self.assertFalse(page.hacked())

    def test_wide_and_dark(self):
        self.walk("dark", DARK)

    def test_on_a_phone_in_the_light(self):
        self.walk("phone", {**PHONE, "reduced_motion": "reduce"})


if __name__ == "__main__":
    unittest.main()
