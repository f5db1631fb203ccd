"""Tokens and sessions, by whoever runs the server and by everybody for themselves: shown once, listed, ended."""

import json
import subprocess
import unittest

from administrator import HOSTILE, PASSWORD, WithAdministrator, is_in, person, sign_in
from client import Client, Refused
from winnow import eventually


class Tokens(WithAdministrator):
    def test_a_token_is_made_used_and_ended(self):
        eve = person(self.server, "Eve", "engineer")
        page = self.open("tokens")
        page.page.wait_for_selector(".tokens-view tbody tr")
        page.page.keyboard.press("n")
        page.page.wait_for_selector("dialog.panel #token-user:focus")
        page.page.keyboard.type("Eve")
        # What Eve may not do, a token of hers may not either.
        page.page.wait_for_selector("dialog input[value=admin]", state="detached")
        page.tab_to("#token-note")
        page.page.fill("#token-note", HOSTILE)
        page.tab_to("dialog input[value=engineer]")
        page.page.keyboard.press("ArrowUp")
        page.tab_to("#token-lifetime")
        page.page.keyboard.type("a week")
        page.tab_to("dialog button.primary")
        page.page.keyboard.press("Enter")
        token = page.secret()
        self.assertRegex(token, r"^wnw_[\w-]{43}$")
        # The line that is ready to be run is run.
        command = page.page.locator("dialog pre").nth(1).inner_text()
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(json.loads(done.stdout)["items"], [])
        page.close_secret(token)
        row = page.page.locator(".tokens-view tbody tr", has_text="onerror")
        self.assertEqual(row.locator("td").first.inner_text(), HOSTILE)
        self.assertEqual([row.locator("td").nth(n).inner_text() for n in [1, 2, 4]], ["Eve", "annotator", "just now"])
        self.assertEqual(row.locator("img, script").count(), 0)
        self.assertFalse(page.hacked())
        listed = next(one for one in self.server.call("GET", f"/tokens?user={eve}")["items"])
        self.assertEqual((listed["role"], listed["note"]), ("annotator", HOSTILE))
        self.assertEqual(page.page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0)

        row.get_by_role("button").press("Enter")
        page.answer("Cancel")
        self.assertEqual(Client(self.server.base, token).call("GET", "/projects")["items"], [])
        row.get_by_role("button").press("Enter")
        page.answer("End it")
        row.wait_for(state="detached")
        with self.assertRaises(Refused) as refused:
            Client(self.server.base, token).call("GET", "/projects")
        self.assertEqual(refused.exception.status, 401)
        page.page.get_by_role("checkbox", name="Show those that have ended").press("Space")
        page.page.wait_for_selector("tr[data-ended]:has-text('ended by hand')")
        # The address says whose, so that the view can be shared.
        page.page.locator("select[name=user]").select_option(label="Eve")
        eventually("only Eve's tokens are listed", lambda: page.page.locator(".tokens-view tbody tr").count() == 1)
        self.assertTrue(page.page.url.endswith(f"#tokens?user={eve}"))


class Sessions(WithAdministrator):
    def test_sessions_are_told_apart_and_ended(self):
        person(self.server, "Ada", password=PASSWORD)
        cookies = [sign_in(self.server, {"name": "Ada", "password": PASSWORD}, agent)[0] for agent in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "<img src=x onerror='window.hacked=1'>"]]
        page = self.open("sessions")
        group = page.page.locator("tbody", has=page.page.locator("th", has_text="Ada"))
        # Choosing the password signed in too.
        eventually("Ada's sessions are listed", lambda: group.locator("tr[data-session]").count() == 3)
        strange = group.locator("tr", has_text="<img src=x")
        self.assertEqual((strange.locator("img").count(), page.hacked()), (0, False))
        self.assertIn("by password", strange.inner_text())
        self.assertIn("127.0.0.1", strange.inner_text())
        strange.get_by_role("button").press("Enter")
        page.answer("End it")
        strange.wait_for(state="detached")
        self.assertEqual([is_in(self.server, cookie) for cookie in cookies], [True, False])
        page.page.get_by_role("button", name="End all sessions of Ada").press("Enter")
        page.answer("End all 2")
        group.wait_for(state="detached")
        self.assertFalse(is_in(self.server, cookies[0]))
        entry = self.server.call("GET", "/audit?action=session.close_all")["items"][0]
        self.assertEqual((entry["user"]["name"], entry["after"]), ("Ruth", {"ended": 2}))
        # This browser's own is marked, and ending it ends here.
        own = page.page.locator("tr", has_text="this browser")
        own.get_by_role("button").press("Enter")
        page.page.wait_for_selector("dialog.middle:has-text('you are signed out here')")
        page.answer("End it")
        page.page.wait_for_selector("h1:has-text('Sign in to Winnow')")
        # Nobody is signed in any more.
        page.refusals = 1


class Account(WithAdministrator):
    def test_an_annotator_keeps_their_own_account(self):
        person(self.server, "Ada", password=PASSWORD)
        elsewhere, _ = sign_in(self.server, {"name": "Ada", "password": PASSWORD})
        page = self.open(None, name="Ada", path="", password=PASSWORD)
        page.tab_to("#user")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#sessions tbody tr")
        self.assertFalse(page.page.locator("#administer").is_visible())
        new = "four blind bats"
        for present, fresh, repeated, words in [
            ("", "", "", "Fill in all three"), (PASSWORD, new, "five blind bats", "The two differ"),
            ("six blind owls", new, new, "not the present password"), (PASSWORD, "short", "short", "at least 10 characters"),
        ]:
            page.page.fill("#present-password", present)
            page.page.fill("#new-password", fresh)
            page.page.fill("#repeated-password", repeated)
            page.page.keyboard.press("Enter")
            page.page.wait_for_selector(f"#password-error:has-text('{words}')")
            page.page.wait_for_selector("#password [aria-invalid=true]:focus")
        self.assertTrue(is_in(self.server, elsewhere))
        for field in ["#new-password", "#repeated-password"]:
            page.page.fill(field, new)
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("#password [role=status]:has-text('The password is changed')")
        # The wrong password and the short one.
        page.refusals += 2
        self.assertFalse(is_in(self.server, elsewhere))
        self.assertEqual(page.page.locator("#password input[type=password]").evaluate_all("all => all.map(one => one.value)"), [""] * 3)
        sign_in(self.server, {"name": "Ada", "password": new})

        # The page goes on with its new proof: a token is made for oneself, with one's own role at most, and ended.
        page.page.locator("#make-token").press("Enter")
        page.page.wait_for_selector("#token-note:focus")
        self.assertEqual(page.page.locator("dialog input[name=role]").evaluate_all("all => all.map(one => one.value)"), ["annotator"])
        page.page.keyboard.type("my script")
        page.page.keyboard.press("Enter")
        token = page.secret()
        self.assertEqual(Client(self.server.base, token).call("GET", "/sessions/current")["user"]["name"], "Ada")
        page.close_secret(token)
        page.page.wait_for_selector("#tokens tbody tr:has-text('my script')")
        page.page.get_by_role("button", name="End the token my script of Ada").press("Enter")
        page.answer("End it")
        page.page.wait_for_selector("#tokens tbody:has-text('Every token has ended')")

        # Colours are kept in this browser, for every page.
        page.page.get_by_role("radio", name="Dark").press("Space")
        page.page.goto(self.server.base)
        page.page.wait_for_selector(".state")
        self.assertEqual(page.page.evaluate("document.documentElement.dataset.theme"), "dark")
        page.page.goto(f"{self.server.base}/account.html")
        page.page.get_by_role("button", name="Sign out everywhere…").press("Enter")
        page.answer("Sign out everywhere")
        page.page.wait_for_selector("h1:has-text('Sign in to Winnow')")
        page.refusals += 1

    def test_the_way_leads_from_every_page(self):
        page = self.open(None, path="")
        page.page.wait_for_selector("#administer:not([hidden])")
        page.page.locator("#administer").press("Enter")
        page.page.wait_for_selector(".people-view tbody tr")
        for key, view in [("2", "tokens"), ("3", "sessions"), ("4", "audit"), ("5", "server"), ("1", "people")]:
            page.page.keyboard.press(key)
            page.page.wait_for_selector(f"#views a[data-view={view}][aria-current=page]")
            self.assertEqual(page.page.locator("h1").count(), 1)
        page.page.go_back()
        page.page.wait_for_selector("#views a[data-view=server][aria-current=page]")
        # Where the session has ended meanwhile, the page asks to sign in, and does not speak of tokens and headers.
        page.page.keyboard.press("1")
        page.page.wait_for_selector(".people-view tbody tr")
        ruth = next(user["id"] for user in self.server.call("GET", "/users")["items"] if user["name"] == "Ruth")
        self.server.call("DELETE", f"/sessions?user={ruth}")
        page.page.keyboard.press("3")
        page.page.wait_for_selector("h1:has-text('Sign in to Winnow')")
        page.refusals = len([error for error in page.errors if "401" in error])


if __name__ == "__main__":
    unittest.main()
