"""Somebody who acts on a server that may be killed under their hands."""

import http.client
import random

from client import Client, Refused
from model.journal import Broken, Entry, Journal

CUT = (OSError, http.client.HTTPException)


class Cut(Exception):
    """The connection broke off: the server is gone."""


class Actor:
    """One client with one token, one request at a time, its choices from a seed of its own."""

    def __init__(self, name: str, token: str, user: int, world, seed: str):
        self.name, self.user, self.world = name, user, world
        self.client = Client("http://127.0.0.1:1", token, timeout=30)
        self.journal: Journal = world.journal
        self.seed = seed
        self.random = random.Random(seed)
        self.pending: Entry | None = None

    def begin(self, epoch: int, base: str):
        """A new server: the same seed chooses the same way again, whatever the server before it did."""
        self.client.moved(base)
        self.random = random.Random(f"{self.seed}-{epoch}")

    def ask(self, kind, method, path, body=None, key=None, project=None, raw=False, **about):
        """One request; its entry, answered. A refusal is an answer too, a failure of the server is not."""
        entry = self.journal.intend(actor=self.name, kind=kind, method=method, path=path, body=body, key=key,
                                    project=project, user=self.user, about=about)
        return self.send(entry, raw)

    def send(self, entry: Entry, raw=False) -> Entry:
        self.pending = entry
        self.journal.sending(entry)
        try:
            answer = self.client.call(entry.method, entry.path, entry.body, key=entry.key, raw=raw)
            self.journal.answered(entry, 200, answer if not raw else f"{len(answer)} characters")
            if raw:
                entry.about["text"] = answer
        except Refused as refused:
            if refused.status >= 500:
                raise Broken(f"{entry.method} {entry.path} was answered {refused}: {entry.line()}") from refused
            self.journal.answered(entry, refused.status, refused.problem)
        except CUT as error:
            raise Cut(str(error)) from error
        self.pending = None
        return entry

    def act(self):
        """One step: what broke off is asked again at first, as a client does that keeps its requests."""
        if self.pending is not None:
            entry, self.pending = self.pending, None
            if self.random.random() < 0.8 and entry.kind not in ("next", "export"):
                self.learn(self.send(entry))
            return
        self.choose()

    def pick(self, choices):
        """One of `(weight, what)`, by weight."""
        return self.random.choices([what for _, what in choices], [weight for weight, _ in choices])[0]

    def choose(self):
        raise NotImplementedError

    def learn(self, entry: Entry):
        """Takes in what an answer says; an entry that was sent again comes here too."""
