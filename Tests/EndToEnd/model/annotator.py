"""A person who labels: asks, answers, changes their mind, is late, tries what is not theirs."""

from model.actor import Actor
from model.journal import Broken, Entry


class Annotator(Actor):
    """Acts at random with what `next` gave, and remembers all of it: old leases are tried again later."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        #: (lease, item, project) in hand, and those that were once.
        self.hand: list = []
        self.past: list = []
        self.mine: list = []
        self.sent: list[Entry] = []

    def choose(self):
        if len(self.hand) < 2 and self.random.random() < 0.6:
            return self.next()
        self.pick([
            (16, self.next), (30, self.answer), (6, self.batch), (5, self.late), (4, self.uninvited), (6, self.skip),
            (1, self.flag), (2, self.foreign), (5, self.undo), (4, self.change), (4, self.renew), (5, self.release),
            (3, self.repeat), (3, self.look)])()

    # MARK: Asking

    def next(self):
        project = self.random.choice(self.world.projects)
        held = [lease for lease, _, of in self.hand if of is project and self.random.random() < 0.8]
        body = {"prefetch": self.random.randint(1, 4) + len(held), "held": held}
        self.learn(self.ask("next", "POST", f"{project.path}/next", body, project=project.id))

    def keep_offers(self, entry: Entry):
        project = next(one for one in self.world.projects if one.id == entry.project)
        for offer in entry.answer["items"]:
            held = (offer["lease"], offer["item"]["id"], project)
            if held not in self.hand:
                self.hand.append(held)
            self.world.leases.append((offer["lease"], offer["item"]["id"], project.id, self.user))
            self.world.items[project.id].append(offer["item"]["id"])

    def take(self):
        """One of those in hand; it is in the past from now on."""
        if not self.hand:
            return None
        taken = self.hand.pop(self.random.randrange(len(self.hand)))
        self.past = [*self.past[-40:], taken]
        return taken

    # MARK: Answering

    def say(self, kind, lease, item, project, outcome="label", key=None):
        body = {"item": item, "outcome": outcome, "note": self.world.fresh("n"), "duration_ms": 5}
        if outcome == "label":
            body["labels"] = project.labels(self.random)
        if lease:
            body["lease"] = lease
        key = key or (self.world.fresh("key") if self.random.random() < 0.6 else None)
        self.learn(self.ask(kind, "POST", f"{project.path}/annotations", body, key=key, project=project.id, says=[body]))

    def answer(self):
        if taken := self.take():
            self.say("annotate", *taken)

    def skip(self):
        if taken := self.take():
            self.say("annotate", *taken, outcome="skip")

    def flag(self):
        if taken := self.take():
            self.say("annotate", *taken, outcome="flag")

    def late(self):
        """With a lease that was answered, given back, or has run out."""
        if self.past:
            self.say("annotate", *self.random.choice(self.past))

    def uninvited(self):
        project = self.random.choice(self.world.projects)
        if known := self.world.items[project.id]:
            self.say("annotate", None, self.random.choice(known), project)

    def foreign(self):
        """With somebody else's lease: it must be refused."""
        theirs = [one for one in self.world.leases[-200:] if one[3] != self.user]
        if theirs:
            lease, item, of, _ = self.random.choice(theirs)
            project = next(one for one in self.world.projects if one.id == of)
            if self.random.random() < 0.5:
                self.say("foreign", lease, item, project)
            else:
                self.learn(self.ask("foreign", "POST", f"/leases/{lease}/renew", {}, project=of))

    def batch(self):
        project = self.random.choice(self.world.projects)
        taken = [one for one in self.hand if one[2] is project][:self.random.randint(1, 4)]
        if not taken:
            return
        self.hand = [one for one in self.hand if one not in taken]
        says = [{"item": item, "lease": lease, "outcome": "label", "labels": project.labels(self.random),
                 "note": self.world.fresh("n")} for lease, item, _ in taken]
        key = self.world.fresh("key") if self.random.random() < 0.7 else None
        self.learn(self.ask("batch", "POST", f"{project.path}/annotations", {"annotations": says}, key=key,
                            project=project.id, says=says))

    # MARK: Second thoughts

    def undo(self):
        if self.mine:
            annotation, project = self.random.choice(self.mine[-12:])
            key = self.world.fresh("key") if self.random.random() < 0.5 else None
            self.learn(self.ask("undo", "DELETE", f"/annotations/{annotation}", key=key, project=project, target=annotation))

    def change(self):
        if self.mine:
            annotation, of = self.random.choice(self.mine[-12:])
            project = next(one for one in self.world.projects if one.id == of)
            body = {"note": self.world.fresh("n"), "outcome": "label", "labels": project.labels(self.random)}
            if self.random.random() < 0.2:
                body = {"note": body["note"], "outcome": "skip"}
            self.learn(self.ask("change", "PATCH", f"/annotations/{annotation}", body, project=of, target=annotation,
                                says=[body]))

    def renew(self):
        if self.hand:
            lease, _, project = self.random.choice(self.hand)
            self.learn(self.ask("renew", "POST", f"/leases/{lease}/renew", {}, project=project.id, target=lease))

    def release(self):
        if taken := self.take():
            self.learn(self.ask("release", "DELETE", f"/leases/{taken[0]}", project=taken[2].id, target=taken[0]))

    def repeat(self):
        """The same request under the same key once more, although its answer came."""
        if self.sent:
            before = self.random.choice(self.sent[-15:])
            again = self.ask("repeat", before.method, before.path, before.body, key=before.key, project=before.project,
                             first=before.number)
            if again.done and isinstance(again.answer, dict) and "id" in again.answer:
                if again.answer["id"] != before.answer.get("id"):
                    raise Broken(f"one Idempotency-Key, two answers: {before.line()} and {again.line()}")

    def look(self):
        project = self.random.choice(self.world.projects)
        self.ask("look", "GET", self.random.choice([
            "/projects", project.path, f"{project.path}/annotations?annotator=me&limit=5"]))

    def learn(self, entry: Entry):
        if entry.kind == "foreign" and entry.done:
            raise Broken(f"somebody else's lease was taken: {entry.line()}")
        if not entry.done:
            return
        if entry.kind == "next":
            self.keep_offers(entry)
        elif entry.kind in ("annotate", "batch", "change"):
            receipts = entry.answer.get("annotations", [entry.answer])
            self.mine += [(one["id"], entry.project) for one in receipts]
            if entry.key:
                self.sent.append(entry)
        elif entry.kind == "undo" and entry.answer.get("lease"):
            project = next(one for one in self.world.projects if one.id == entry.project)
            self.hand.append((entry.answer["lease"], entry.answer["item"]["id"], project))
