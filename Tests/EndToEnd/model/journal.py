"""What clients asked and what they were answered: an intent before each request, the outcome after it."""

import itertools
import json
import threading
import time
from dataclasses import dataclass, field


class Broken(AssertionError):
    """A promise that the server did not keep."""


@dataclass
class Entry:
    """One request. Without a status nobody knows whether it was carried out."""

    number: int
    actor: str
    kind: str
    method: str
    path: str
    body: object = None
    key: str | None = None
    project: str | None = None
    user: int | None = None
    #: What the rules need to know of the intent: notes, items, leases, keys of rows.
    about: dict = field(default_factory=dict)
    began: float = 0.0
    ended: float | None = None
    status: int | None = None
    answer: object = None
    #: How often it was sent; above 1 after a lost answer.
    sent: int = 0

    @property
    def done(self) -> bool:
        """Whether it was carried out for sure."""
        return self.status is not None and self.status < 400

    @property
    def maybe(self) -> bool:
        """Whether it may have been carried out."""
        return self.status is None or self.status < 400 or self.sent > 1

    def line(self) -> str:
        """For the log."""
        shown = {name: value for name, value in vars(self).items() if value not in (None, {}, 0)}
        return json.dumps(shown, default=str)[:4000]


class Journal:
    """All requests of one data folder, in the order of their intents; safe for threads."""

    def __init__(self, log=None):
        self.entries: list[Entry] = []
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.log = log

    def intend(self, **fields) -> Entry:
        """Writes down what is about to be asked."""
        with self.lock:
            entry = Entry(number=next(self.numbers), **fields)
            self.entries.append(entry)
        return entry

    def sending(self, entry: Entry):
        entry.sent += 1
        if entry.sent == 1:
            entry.began = time.time()
        self.write(">", entry)

    def answered(self, entry: Entry, status: int, answer):
        """Writes down what came of it."""
        entry.answer, entry.ended = answer, time.time()
        entry.status = status
        self.write("<", entry)

    def write(self, sign, entry):
        if self.log:
            with self.lock:
                self.log.write(f"{time.time():.4f} {sign} {entry.line()}\n")

    def note(self, text):
        """A line of the driver's own."""
        if self.log:
            with self.lock:
                self.log.write(f"{time.time():.4f} # {text}\n")
                self.log.flush()

    def of(self, *kinds) -> list[Entry]:
        """The requests of these kinds that were sent."""
        with self.lock:
            return [entry for entry in self.entries if entry.kind in kinds and entry.sent]

    def tail(self, count=25) -> str:
        """The last requests, for a failure's message."""
        with self.lock:
            return "\n".join(entry.line()[:400] for entry in self.entries[-count:])
