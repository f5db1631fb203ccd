"""The engineer's pages as a person at a keyboard uses them, and projects of real data that people have labelled."""

import csv
import gzip
import json
import os
import pathlib

from browser import WIDE
from winnow import DIGITS, ROOT, SCREENSHOTS, eventually, must

SHARED = pathlib.Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared/data"))


def digits_truth() -> dict:
    """The digit on each picture, by the picture's file name; empty where the pictures cannot be had."""
    table = DIGITS / "truth.csv"
    if not table.exists():
        return {}
    with table.open() as lines:
        return {row["file"]: row["label"] for row in csv.DictReader(lines)}


def trec_rows() -> list:
    """Questions with their coarse class; empty where the data set is not at hand."""
    return gzipped_rows("trec/trec.csv.gz")


def wait_for_round(server, project, number=1):
    """Waits until a round of at least that number serves and none is under way."""
    def settled():
        rounds = server.call("GET", f"/projects/{project}/rounds?limit=1")["items"]
        return rounds and rounds[0]["n"] >= number and rounds[0]["state"] == "serving"
    eventually(f"round {number} serves", settled, seconds=120)


def wait_until_quiet(server, project):
    """Waits until no round is under way, and the last one has seen all labels but those for which none is due yet."""
    def quiet():
        definition = server.call("GET", f"/projects/{project}")
        newest = server.call("GET", f"/projects/{project}/rounds?limit=1")["items"]
        if not newest or newest[0]["state"] not in ("serving", "cancelled"):
            return False
        seen = newest[0]["report"]["labels"]
        return definition["counts"]["labelled"] - seen["training"] - seen["evaluation"] < definition["settings"]["batch_size"]
    eventually("no round is under way or due", quiet, seconds=180)


def label(server, project, count, truth, spoil=lambda key, label: label):
    """Labels that many items as somebody would who knows the truth by key."""
    given = 0
    while given < count:
        items = server.call("POST", f"/projects/{project}/next", {"prefetch": min(20, count - given)})["items"]
        if not items:
            break
        server.call("POST", f"/projects/{project}/annotations", {"annotations": [
            {"item": entry["item"]["id"], "lease": entry["lease"], "duration_ms": 1500,
             "labels": [spoil(entry["item"]["key"], truth[entry["item"]["key"]])]} for entry in items]})
        given += len(items)
    return given


def some_of_each(rows, column, each) -> list:
    """The first rows of each value of a column, in the order of the file."""
    taken = {}
    return [row for row in rows if taken.setdefault(row[column], []).append(row) or len(taken[row[column]]) <= each]


def gzipped_rows(name) -> list:
    """The rows of a data set at hand, CSV or JSON Lines; empty where it is not."""
    path = SHARED / name
    if not path.exists():
        return []
    with gzip.open(path, "rt", newline="") as lines:
        return list(csv.DictReader(lines)) if ".csv" in name else [json.loads(line) for line in lines]


class EngineerPage:
    """One of the engineer's pages, signed in, with every error of its console kept."""

    def __init__(self, browser, server, path, role="engineer", name="Eve", **context):
        self.server = server
        self.context = browser.new_context(**(context or WIDE), accept_downloads=True)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.errors.append(message.text))
        self.come_in(path.split("#")[0], role, name)
        self.page.wait_for_selector("#sign-out:not([hidden])")
        if "#" in path:
            self.page.evaluate("hash => { location.hash = hash }", path.split("#")[1])

    def come_in(self, path, role, name):
        """Opens a page as somebody who has a token."""
        token = must("token", "create", "--data", self.server.data, "--role", role, "--name", name)
        self.page.goto(f"{self.server.base}/{path}#token={token}")

    def shot(self, name, full=True):
        """Takes a picture of the page for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        if full:
            self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)

    def tab_to(self, selector, most=80):
        """Presses Tab until the focus is on what the selector names."""
        for _ in range(most):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab do not lead to {selector}")

    def download(self, act) -> pathlib.Path:
        """The file that an act makes the browser save."""
        with self.page.expect_download() as waiting:
            act()
        return waiting.value.path()

    def close(self):
        self.context.close()
