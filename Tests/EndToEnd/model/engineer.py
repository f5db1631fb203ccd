"""An engineer who fills pools, settles, changes settings, trains and exports while people label."""

import json

from model.annotator import Annotator
from model.world import LABELS


class Engineer(Annotator):
    """Does what annotators do now and then, and everything that only engineers and administrators may."""

    #: Which of the settings and memberships are this one's to change: two at once would make either outcome right.
    share = 0

    def choose(self):
        self.pick([
            (8, self.push), (4, self.push_lines), (4, self.stream), (4, self.remove), (6, self.settle),
            (3, self.withdraw), (2, self.restore), (5, self.configure), (4, self.train), (3, self.cancel),
            (2, self.export), (6, self.query), (3, self.membership), (4, self.overrule), (3, self.browse),
            (20, super().choose)])()

    def project(self):
        return self.random.choice(self.world.projects)

    def item(self, project):
        known = self.world.items[project.id]
        return self.random.choice(known[-80:]) if known else None

    # MARK: The pool

    def rows(self, project, count):
        """Rows, some with labels, some of them wrong."""
        rows = [self.world.row(project, self.random) for _ in range(count)]
        for row in rows:
            if self.random.random() < 0.1:
                row["labels"] = project.labels(self.random)
            elif self.random.random() < 0.1:
                row["labels"] = ["nonsense"]
        return rows

    def push(self):
        project = self.project()
        rows = self.rows(project, self.random.randint(5, 40))
        key = self.world.fresh("key") if self.random.random() < 0.5 else None
        self.ask("push", "POST", f"{project.path}/items", {"items": rows}, key=key, project=project.id, rows=rows)

    def push_lines(self):
        project = self.project()
        rows = self.rows(project, self.random.randint(20, 120))
        lines = "\n".join(json.dumps(row) for row in rows).encode()
        self.ask("push", "POST", f"{project.path}/items", lines, project=project.id, rows=rows)

    def stream(self):
        project = self.project()
        rows = [self.world.row(project, self.random) for _ in range(self.random.randint(1, 12))]
        self.ask("stream", "POST", f"{project.path}/stream", {"items": rows, "budget": 0.5}, project=project.id, rows=rows)

    def remove(self):
        project = self.project()
        if item := self.item(project):
            self.ask("delete", "DELETE", f"{project.path}/items/{item}", project=project.id, target=item)

    # MARK: Judgement

    def settle(self):
        project = self.project()
        if item := self.item(project):
            key = self.world.fresh("key") if self.random.random() < 0.5 else None
            body = {"item": item, "labels": project.labels(self.random), "note": self.world.fresh("n")}
            self.ask("settle", "POST", f"{project.path}/adjudications", body, key=key, project=project.id, says=[body])

    def withdraw(self):
        settled = [entry for entry in self.journal.of("settle") if entry.done and entry.actor == self.name][-10:]
        if settled:
            entry = self.random.choice(settled)
            body = {"item": entry.body["item"], "withdraw": True, "note": self.world.fresh("n")}
            self.ask("settle", "POST", entry.path, body, project=entry.project, says=[body])

    def restore(self):
        project = self.project()
        listed = self.ask("look", "GET", f"{project.path}/excluded?limit=20")
        for entry in listed.answer["items"][:3] if listed.done else []:
            self.ask("restore", "POST", f"{project.path}/excluded/{entry['item']['id']}/restore", {}, project=project.id)

    def overrule(self):
        """An administrator takes back or changes what somebody else said."""
        others = [one for one in self.world_annotations() if one[2] != self.user]
        if others:
            annotation, of, _ = self.random.choice(others)
            if self.random.random() < 0.5:
                self.ask("undo", "DELETE", f"/annotations/{annotation}", project=of, target=annotation)
            else:
                project = next(one for one in self.world.projects if one.id == of)
                body = {"note": self.world.fresh("n"), "outcome": "label", "labels": project.labels(self.random)}
                self.ask("change", "PATCH", f"/annotations/{annotation}", body, project=of, target=annotation, says=[body])

    def world_annotations(self):
        done = [entry for entry in self.journal.entries[-300:] if entry.kind == "annotate" and entry.done]
        return [(entry.answer["id"], entry.project, entry.user) for entry in done]

    # MARK: Running it

    def configure(self):
        project = self.random.choice(self.world.projects[self.share::2])
        settings = {"batch_size": self.random.randint(6, 16)}
        if not project.fixed and self.random.random() < 0.5:
            settings["overlap"] = self.random.randint(1, 3)
        if self.random.random() < 0.3:
            settings["lease_seconds"] = self.random.choice([1, 2, 5, 60])
        if self.random.random() < 0.2:
            settings["outlier_filter"] = {"method": self.random.choice(["auto", "none"])}
        self.ask("configure", "PATCH", project.path, {"settings": settings}, project=project.id, settings=settings)

    def train(self):
        project = self.project()
        self.ask("train", "POST", f"{project.path}/rounds", {}, project=project.id)

    def cancel(self):
        project = self.project()
        listed = self.ask("look", "GET", f"{project.path}/rounds?limit=1")
        if listed.done and listed.answer["items"]:
            number = listed.answer["items"][0]["n"]
            self.ask("cancel", "POST", f"{project.path}/rounds/{number}/cancel", {}, project=project.id, target=number)

    def export(self):
        project = self.project()
        self.ask("export", "GET", f"{project.path}/export?format=jsonl", raw=True)

    def query(self):
        """A batch of one's own, answered like what `next` gives."""
        project = self.project()
        body = {"batch_size": self.random.randint(1, 5), "lease_seconds": self.random.choice([1, 30]),
                "strategy": self.random.choice(["random", "auto", "margin", "ask_again"])}
        entry = self.ask("query", "POST", f"{project.path}/queries", body, project=project.id)
        if entry.done:
            self.keep_offers(entry)

    def membership(self):
        """Somebody is shown out and let in again."""
        project = self.project()
        name, user = self.random.choice(self.world.members[self.share::2])
        self.ask("expel", "DELETE", f"{project.path}/members/{user}", project=project.id, target=user)
        self.ask("admit", "POST", f"{project.path}/members", {"name": name}, project=project.id, target=user)

    def browse(self):
        project = self.project()
        self.ask("look", "GET", self.random.choice([
            f"{project.path}/items?state=leased", f"{project.path}/items?label={LABELS[0]}", f"{project.path}/agreement",
            f"{project.path}/disagreements", f"{project.path}/insights", f"{project.path}/rounds"]))
