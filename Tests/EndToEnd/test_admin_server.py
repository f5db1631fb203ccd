"""The audit log and the server's own state: filters in the address, before and after, live figures, a backup that restores."""

import csv
import io
import json
import re
import unittest

from administrator import HOSTILE, WithAdministrator, person, project
from winnow import ROOT, eventually, must, run

# Over a thousand characters, a thousand of them without a place to break a line.
LONG = HOSTILE + "\n" + "W" * 1000
ROWS = ".audit-view tbody tr[data-entry]"


class AuditLog(WithAdministrator):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.id = project(cls.server, "Tickets")
        cls.server.call("PATCH", f"/projects/{cls.id}", {"guidelines": LONG, "settings": {"batch_size": 7}})
        for number in range(70):
            person(cls.server, f"Person {number:02}")
        cls.server.call("POST", f"/projects/{cls.id}/members", {"name": "Person 07"})

    def entries(self, query=""):
        return self.server.call("GET", f"/audit?limit=1000{query}")["items"]

    def shown(self, page):
        return page.page.locator(ROWS).evaluate_all("all => all.map(row => row.dataset.entry)")

    def test_pages_are_turned_by_keys(self):
        page = self.open("audit")
        page.page.wait_for_selector(ROWS)
        # Looking at the log writes nothing into it.
        wanted = [entry["id"] for entry in self.entries()]
        self.assertEqual(self.shown(page), wanted[:50])
        page.page.keyboard.press("n")
        page.page.wait_for_selector("[role=status]:has-text('51–')")
        self.assertEqual(self.shown(page), wanted[50:100])
        self.assertTrue(page.page.evaluate("document.activeElement.matches('.audit-view tbody tr:first-child .row-name')"))
        page.page.keyboard.press("p")
        page.page.wait_for_selector("[role=status]:has-text('1–50, newest first')")
        self.assertEqual(self.shown(page), wanted[:50])

    def test_filters_stand_in_the_address_and_are_shared(self):
        page = self.open("audit")
        page.page.wait_for_selector(ROWS)
        page.page.keyboard.press("/")
        page.page.wait_for_selector("select[name=user]:focus")
        page.page.keyboard.type("tests")
        page.tab_to("select[name=action]")
        page.page.keyboard.type("Members: all")
        page.page.wait_for_function("() => document.querySelectorAll('.audit-view tbody tr').length === 1")
        self.assertEqual(page.page.locator(ROWS).inner_text().split("\t")[1:4], ["tests", "added a member Person 07", "Tickets"])
        today = page.page.evaluate("new Date().toLocaleDateString('sv')")
        page.page.locator("input[name=from]").fill(today)
        page.page.locator("select[name=project]").select_option(label="Tickets")
        address = page.page.url
        tests = next(user["id"] for user in self.server.call("GET", "/users?limit=1000")["items"] if user["name"] == "tests")
        self.assertEqual(address.split("#")[1], f"audit?user={tests}&action=member.&project={self.id}&from={today}")
        # Somebody else who follows it sees the same, filters and all.
        other = self.open("audit?" + address.split("?")[1], name="Rita")
        other.page.wait_for_selector(ROWS)
        self.assertEqual(self.shown(other), self.shown(page))
        self.assertEqual(other.page.locator("select[name=action]").input_value(), "member.")
        other.page.locator("input[name=to]").fill("2020-01-01")
        other.page.wait_for_selector(".empty:has-text('Nothing fits these filters')")
        other.page.get_by_role("button", name="Clear").press("Enter")
        eventually("everything is listed again", lambda: len(self.shown(other)) == 50)
        self.assertTrue(other.page.url.endswith("#audit"))
        # What is gone by now can still be asked for.
        other.page.evaluate("location.hash = 'audit?project=999'")
        other.page.wait_for_selector(".empty")
        self.assertEqual(other.page.locator("select[name=project] option:checked").inner_text(), "project 999, gone")

    def test_an_entry_shows_before_and_after(self):
        page = self.open("audit?action=project.change")
        page.page.wait_for_selector(ROWS)
        page.page.keyboard.press("ArrowDown")
        page.page.keyboard.press("Enter")
        page.page.wait_for_selector("dialog.panel h2:has-text('tests changed a project')")
        rows = page.page.locator("dialog .sides").first.locator("tbody tr")
        self.assertEqual(rows.locator("th").all_inner_texts(), ["guidelines", "settings › batch size"])
        self.assertEqual(rows.nth(1).locator("td").all_inner_texts(), ["20", "7"])
        self.assertEqual(rows.nth(0).locator("td").nth(1).evaluate("e => [e.textContent, e.querySelectorAll('img, script').length]"), [LONG, 0])
        self.assertEqual(page.page.evaluate("e => e.scrollWidth - e.clientWidth", page.page.query_selector("dialog.panel")), 0)
        self.assertFalse(page.hacked())
        page.page.locator("dialog summary").press("Enter")
        page.page.wait_for_selector("dialog details td:has-text('Tickets')")
        page.page.keyboard.press("Escape")
        page.page.wait_for_selector("dialog", state="detached")
        self.assertTrue(page.page.evaluate("document.activeElement.matches('.audit-view .row-name')"))

    def test_what_is_filtered_is_saved_as_csv(self):
        page = self.open("audit?action=user.create")
        page.page.wait_for_selector(ROWS)
        path = page.download(lambda: page.page.locator("#audit-csv").press("Enter"))
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        wanted = self.entries("&action=user.create")
        self.assertGreater(len(wanted), 50)
        self.assertEqual([(row["id"], row["user"], json.loads(row["after"])) for row in rows],
                         [(entry["id"], (entry["user"] or {}).get("name", ""), entry["after"]) for entry in wanted])

    def test_every_action_has_words(self):
        routes = "".join(path.read_text() for path in (ROOT / "Sources/RESTAPI/Routes").glob("*.swift"))
        promised = {action for actions in re.findall(r"audit: \.writes\(\[(.*?)\]\)", routes) for action in re.findall(r'"(.*?)"', actions)}
        self.assertGreater(len(promised), 25)
        page = self.open("audit")
        page.page.wait_for_selector(ROWS)
        offered = dict(page.page.locator("select[name=action] option").evaluate_all("all => all.map(one => [one.value, one.textContent])"))
        self.assertEqual(promised - set(offered), set())
        self.assertEqual([action for action in promised if offered[action] == action], [])


class ServerState(WithAdministrator):
    def test_figures_are_live_and_checks_are_told(self):
        id = project(self.server, "Tickets")
        self.server.call("POST", f"/projects/{id}/items", {"items": [{"text": f"message {n}"} for n in range(8)]})
        page = self.open("server")
        page.page.wait_for_selector(".verdict[data-state=good]:has-text('Ready')")
        checks = self.server.call("GET", "/readyz")["checks"]
        self.assertEqual(page.page.locator(".checks [data-ok=yes]").count(), len(checks))
        # Each check has words of its own.
        self.assertFalse(set(page.page.locator(".checks li").all_inner_texts()) & {check["name"] for check in checks})
        figure = lambda card, name: page.page.locator(f"#{card} .readings > div", has=page.page.get_by_text(name, exact=True)).locator("strong").inner_text()
        eventually("the items without a label are shown", lambda: figure("work", "Items without a label") == "8")
        self.assertEqual(figure("work", "Answers since the start"), "0")
        self.assertRegex(figure("process", "Memory"), r"^[\d.]+ MB$")
        self.assertEqual(figure("process", "Version"), must("--version").split()[-1])
        items = self.server.call("POST", f"/projects/{id}/next", {"prefetch": 3})["items"]
        self.server.call("POST", f"/projects/{id}/annotations", {"annotations": [{"item": one["item"]["id"], "labels": ["a"]} for one in items]})
        eventually("the answers are counted without a reload", lambda: figure("work", "Answers since the start") == "3")
        eventually("so are the commits", lambda: figure("writes", "Half of the commits take at most") != "–")
        page.page.wait_for_selector("#traffic .sparkline polyline", state="attached")

        # A disk that is full, as /readyz tells it.
        page.page.route("**/readyz", lambda route: route.fulfill(status=503, content_type="application/problem+json", body=json.dumps({
            "status": 503, "title": "Service Unavailable", "detail": "disk", "checks": [
                {"name": "database", "ok": True}, {"name": "disk", "ok": False, "detail": "12 MB are free on the disk: make room."}]})))
        page.page.wait_for_selector(".verdict[data-state=bad]:has-text('Not ready: 1 of 2 checks fail')")
        page.page.wait_for_selector(".checks [data-ok=no]:has-text('12 MB are free on the disk: make room.')")
        page.page.unroute("**/readyz")
        page.page.wait_for_selector(".verdict[data-state=good]")
        page.context.set_offline(True)
        page.page.wait_for_selector(".verdict:has-text('cannot be reached')")
        page.context.set_offline(False)
        page.page.wait_for_selector(".verdict:has-text('Ready')")
        page.refusals = len([error for error in page.errors if "503" in error or "ERR_INTERNET_DISCONNECTED" in error])

    def test_a_backup_is_saved_and_can_be_restored(self):
        project(self.server, "Kept")
        page = self.open("server")
        page.page.wait_for_selector("#backups:has-text('Nobody has saved one')")
        page.page.wait_for_selector("#backups:has-text('so large is the database')")
        page.page.get_by_role("checkbox", name="with feature matrices").press("Space")
        path = page.download(lambda: page.page.locator("#backup").press("Enter"))
        page.page.wait_for_selector("#backups [role=status]:has-text('The download has ended after')")
        page.page.wait_for_selector("#backups:has-text('Last saved just now by Ruth')")
        # The browser names the file as it likes; what is told to do with it works.
        copy = path.rename(path.with_suffix(".tar"))
        self.assertIn("whole", must("backup", "verify", copy))
        page.page.locator("#backups summary").press("Enter")
        words = page.page.locator("#backups pre").nth(1).inner_text().split()
        self.assertEqual(words[:2] + words[3:4], ["winnow", "restore", "--data"])
        restored = self.server.folder.name + "/restored"
        must(words[1], copy, words[3], restored)
        self.assertEqual(run("doctor", "--data", restored).returncode, 0)
        entry = self.server.call("GET", "/audit?action=backup.download")["items"][0]
        self.assertEqual((entry["user"]["name"], entry["after"]), ("Ruth", {"features": False}))


if __name__ == "__main__":
    unittest.main()
