"""People at a keyboard: adding somebody who then comes in, roles and what guards them, projects, shutting out, removing."""

import unittest

from administrator import HOSTILE_NAME, PASSWORD, WithAdministrator, is_in, person, project, sign_in
from browser import WIDE
from winnow import eventually


class People(WithAdministrator):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.projects = {name: project(cls.server, name) for name in ["Tickets", "Digits"]}

    def user(self, name):
        return next(user for user in self.server.call("GET", "/users")["items"] if user["name"] == name)

    def test_somebody_is_added_and_comes_in_by_the_link(self):
        page = self.open()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.page.wait_for_selector(".people-view tbody tr")
        page.page.keyboard.press("n")
        page.page.wait_for_selector("dialog.panel")
        # What is wrong is said before anything is sent.
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#person-error:has-text('Write the name')")
        page.page.keyboard.type("Ada")
        page.tab_to("input[name=project]")
        page.page.keyboard.press("Space")
        page.tab_to("dialog button.primary")
        page.page.keyboard.press("Enter")
        link = page.secret()
        self.assertTrue(link.startswith(f"{self.server.base}/#code=wnl_"), link)
        self.assertIn("works once, until", page.page.inner_text("dialog[data-dialog=once]"))
        # The button that copies has the focus.
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog button:has-text('Copied')")
        self.assertEqual(page.page.evaluate("navigator.clipboard.readText()"), link)
        page.close_secret(link)
        eventually("the row of the new person has the focus", lambda: page.page.evaluate("document.activeElement.textContent") == "Ada")
        self.assertEqual([one["name"] for one in self.user("Ada")["projects"]], ["Tickets"])

        context = self.browser.new_context(**WIDE)
        self.addCleanup(context.close)
        other = context.new_page()
        other.goto(link)
        other.wait_for_selector("h1:has-text('Welcome, Ada')")
        for field in ["#new-password", "#repeated"]:
            other.fill(field, PASSWORD)
        other.keyboard.press("Enter")
        other.wait_for_selector(".project-name:has-text('Tickets')")
        self.assertEqual(other.locator(".project").count(), 1)
        # An annotator is not offered the administrator's pages, and is refused kindly where they come by themselves.
        self.assertFalse(other.locator("#administer").is_visible())
        other.goto(f"{self.server.base}/admin.html")
        other.wait_for_selector(".state:has-text('This page is for admins')")
        self.assertEqual(other.locator("#views a").count(), 0)
        page.page.reload()
        row = page.page.locator(".people-view tr", has_text="Ada")
        self.assertRegex(row.inner_text(), r"annotator\s+Tickets\s+just now\s+password")

    def test_roles_and_projects_are_changed(self):
        id = person(self.server, "Bo")
        page = self.open()
        page.open_person("Bo")
        for name, isIn in [("Digits", ["Digits"]), ("Tickets", ["Tickets", "Digits"]), ("Digits", ["Tickets"])]:
            page.page.get_by_role("checkbox", name=name).press("Space")
            eventually(f"{name} is ticked or not", lambda: [one["name"] for one in self.user("Bo")["projects"]] == isIn)
            page.page.wait_for_selector(f"dialog [role=status]:has-text('{name}')")
        page.tab_to("dialog input[name=role]")
        page.page.keyboard.press("ArrowDown")
        page.tab_to("dialog form button.primary")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog [role=status]:has-text('Saved')")
        self.assertEqual(self.user("Bo")["role"], "engineer")
        page.page.wait_for_selector("dialog p:has-text('they see every project')")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector(f"tr[data-person='{id}'] td:has-text('engineer')")
        eventually("the focus is where it was", lambda: page.page.evaluate("document.activeElement.textContent") == "Bo")
        # A name that is somebody else's is refused in the server's words.
        page.open_person("Bo")
        page.page.fill("#person-name", "ruth")
        page.page.keyboard.press("Enter")
        page.refusals = 1
        page.page.wait_for_selector("dialog .form-error:has-text('There is a user “Ruth” already')")

    def test_somebody_is_shut_out_let_in_and_removed(self):
        id = person(self.server, "Grace", password=PASSWORD)
        cookie, _ = sign_in(self.server, {"name": "Grace", "password": PASSWORD})
        page = self.open()
        page.open_person("Grace")
        page.page.get_by_role("button", name="Disable…").press("Enter")
        # Nothing happens where one thinks better of it; the focus is on that button.
        page.page.wait_for_selector("dialog.middle:has-text('tokens and links of theirs stop working')")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog.middle", state="detached")
        self.assertTrue(is_in(self.server, cookie))
        page.page.get_by_role("button", name="Disable…").press("Enter")
        page.answer("Disable")
        page.page.wait_for_selector(f"tr[data-person='{id}'][data-state=disabled]")
        self.assertFalse(is_in(self.server, cookie))
        page.open_person("Grace")
        self.assertTrue(page.page.get_by_role("button", name="New sign-in link").is_disabled())
        page.page.get_by_role("button", name="Enable…").press("Enter")
        page.answer("Enable")
        page.page.wait_for_selector(f"tr[data-person='{id}'][data-state=active]")
        page.open_person("Grace")
        page.page.get_by_role("button", name="New sign-in link").press("Enter")
        page.close_secret(page.secret())
        page.page.get_by_role("button", name="Remove…").press("Enter")
        page.answer("Remove")
        page.page.wait_for_selector(f"tr[data-person='{id}']", state="detached")
        self.assertNotIn("Grace", [user["name"] for user in self.server.call("GET", "/users")["items"]])

    def test_who_has_answered_is_disabled_and_that_is_told(self):
        id = person(self.server, "Kim", password=PASSWORD)
        self.server.call("POST", f"/projects/{self.projects['Digits']}/members", {"name": "Kim"})
        self.server.call("POST", f"/projects/{self.projects['Digits']}/items", {"items": [{"text": "one"}]})
        token = self.server.call("POST", "/tokens", {"user": id})["token"]
        given = self.server.token
        self.server.token = token
        self.addCleanup(setattr, self.server, "token", given)
        self.server.call("POST", f"/projects/{self.projects['Digits']}/next", {"prefetch": 1})
        self.server.token = given
        page = self.open()
        page.open_person("Kim")
        page.page.get_by_role("button", name="Remove…").press("Enter")
        page.answer("Remove")
        page.page.wait_for_selector("dialog[data-dialog=told]:has-text('Kim is disabled')")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector(f"tr[data-person='{id}'][data-state=disabled]")
        self.assertTrue(self.user("Kim")["disabled"])

    def test_rows_are_walked_and_filtered_by_keys(self):
        for name in ["Zoe", "Zora"]:
            person(self.server, name)
        page = self.open()
        page.page.wait_for_selector(".people-view tbody tr")
        page.page.keyboard.press("/")
        page.page.keyboard.type("zo")
        page.page.wait_for_selector("[role=status]:has-text('2 of ')")
        self.assertEqual(page.page.locator(".people-view .row-name").all_inner_texts(), ["Zoe", "Zora"])
        page.page.keyboard.press("Escape")
        focused = lambda: page.page.evaluate("document.activeElement.textContent")
        self.assertEqual(focused(), "Zoe")
        page.page.keyboard.press("j")
        self.assertEqual(focused(), "Zora")
        page.page.keyboard.press("ArrowUp")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog.panel h2:has-text('Zoe')")
        page.page.locator("dialog a", has_text="What they did").press("Enter")
        page.page.wait_for_selector(".audit-view tbody tr")
        self.assertEqual(page.page.url.split("#")[1], f"audit?user={self.user('Zoe')['id']}")
        self.assertEqual(page.page.locator("dialog").count(), 0)

    def test_hostile_names_are_text(self):
        id = person(self.server, HOSTILE_NAME)
        # 200 bytes are the longest name that there may be, here without a place to break a line.
        long = "ü" * 100
        person(self.server, long)
        nasty = project(self.server, "<script>window.hacked=1</script>")
        self.server.call("POST", f"/projects/{nasty}/members", {"name": HOSTILE_NAME})
        page = self.open()
        page.open_person(HOSTILE_NAME)
        self.assertEqual(page.page.locator("dialog h2").first.evaluate("e => [e.textContent, e.childElementCount]"), [HOSTILE_NAME, 0])
        self.assertEqual(page.page.get_by_role("checkbox", name="<script>window.hacked=1</script>").count(), 1)
        page.page.get_by_role("button", name="Remove…").press("Enter")
        page.page.wait_for_selector("dialog.middle h2:has-text('<img src=x')")
        page.page.keyboard.press("Escape")
        page.page.get_by_role("button", name="New sign-in link").press("Enter")
        page.close_secret(page.secret())
        page.page.keyboard.press("Escape")
        self.assertEqual(page.row(long).inner_text(), long)
        self.assertEqual(page.page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)
        self.assertEqual(page.page.locator(f"tr[data-person='{id}'] img, tr[data-person='{id}'] script").count(), 0)
        self.assertFalse(page.hacked())
        # A name that would not be told from another is refused in the server's words.
        page.page.keyboard.press("n")
        page.page.fill("#person-name", "Eve\u202eevE")
        page.page.keyboard.press("Enter")
        page.refusals = 1
        page.page.wait_for_selector("#person-error:has-text('no invisible characters')")
        page.page.wait_for_selector("#person-name[aria-invalid=true]:focus")


class GuardRails(WithAdministrator):
    def test_there_is_always_somebody_who_runs_the_server(self):
        page = self.open()
        page.page.wait_for_selector(".people-view tbody tr")
        for name in ["admin", "tests"]:
            page.open_person(name)
            page.page.get_by_role("button", name="Disable…").press("Enter")
            page.answer("Disable")
            page.page.wait_for_selector(f"tr[data-state=disabled]:has-text('{name}')")
        words = "“Ruth” is the only administrator: make another one first."
        page.open_person("Ruth")
        page.page.get_by_role("radio", name="annotator").press("Space")
        page.page.locator("dialog form button.primary").press("Enter")
        page.page.wait_for_selector(f"dialog .form-error:has-text('{words}')")
        for act, button in [("Disable…", "Disable"), ("Remove…", "Remove")]:
            page.page.get_by_role("button", name=act).press("Enter")
            page.answer(button)
            page.page.wait_for_selector(f"dialog.middle .form-error:has-text('{words}')")
            page.page.keyboard.press("Escape")
            page.page.wait_for_selector("dialog.middle", state="detached")
        page.refusals = 3
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("tr[data-state=active]:has-text('Ruth')")
        # With another one it goes, and the page says at once that it is no longer theirs.
        page.open_person("tests")
        page.page.get_by_role("button", name="Enable…").press("Enter")
        page.answer("Enable")
        page.page.wait_for_selector("tr:has-text('tests'):not([data-state=disabled])")
        page.open_person("Ruth")
        page.page.get_by_role("radio", name="engineer").press("Space")
        page.page.locator("dialog form button.primary").press("Enter")
        page.page.wait_for_selector(".state:has-text('You are signed in as Ruth, an engineer')")


if __name__ == "__main__":
    unittest.main()
