"""Clients at work, a server that is killed again and again, and every rule after each time."""

import itertools
import pathlib
import random
import shutil
import tempfile
import threading
import time

from client import Client
from model.actor import Cut
from model.annotator import Annotator
from model.engineer import Engineer
from model.facts import check_facts
from model.journal import Broken, Journal
from model.ownership import check_leases
from model.served import check_served
from model.snapshot import Snapshot
from model.states import check_rounds, check_settings, check_states
from model.victim import Ballast, Victim
from model.world import World
from winnow import must, run

#: Seconds between two acts of a client: people, not a load test.
PAUSE = 0.012


class Era:
    """One data folder from nothing to its last kill."""

    def __init__(self, seed: str, log=None, annotators=6):
        self.seed, self.log = seed, log
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="winnow-crash-"))
        self.journal = Journal(log)
        self.world = World(seed, self.folder / "data", self.journal)
        self.random = random.Random(f"{seed}-killer")
        self.server = Victim(self.world.data, self.folder / "log.txt")
        self.epochs = itertools.count(1)
        self.kinds: dict[str, int] = {}
        self.before: Snapshot | None = None
        self.failure: BaseException | None = None
        self.build(annotators)

    def build(self, annotators: int):
        must("token", "create", "--data", self.world.data, "--role", "admin", "--name", "tests")
        self.server.launch()
        self.server.listen()
        token = must("token", "create", "--data", self.world.data, "--role", "admin", "--name", "tests")
        self.admin = Client(self.server.base, token, timeout=30)
        self.world.build(self.server.base, token)
        self.actors = []
        for number, kind in enumerate([Annotator] * annotators + [Engineer, Engineer]):
            name = f"{'person' if kind is Annotator else 'engineer'} {number + 1}"
            secret = self.world.token("annotator" if kind is Annotator else "admin", name)
            user = Snapshot.beside(self.world.data).users[name]
            self.actors.append(kind(name, secret, user, self.world, f"{self.seed}-{name}"))
        for share, engineer in enumerate(self.actors[annotators:]):
            engineer.share = share
        self.people = [actor for actor in self.actors if type(actor) is Annotator]
        self.world.members = [(person.name, person.user) for person in self.people]

    # MARK: One life of the server

    def work(self, actor, epoch):
        """Acts until the server is gone."""
        try:
            while not self.failure and not self.stopping:
                actor.act()
                time.sleep(PAUSE)
        except Cut as cut:
            if not self.stopping and self.server.process.poll() is None:
                self.failure = self.failure or Broken(f"{actor.name} lost the connection to a server that lives: {cut}")
        except BaseException as error:  # noqa: BLE001  whatever it is, the driver must know of it
            self.failure = self.failure or error

    def live(self, most: float):
        """The clients work until the server is killed at a moment that the seed chooses."""
        self.work_beside(lambda: self.wait_for_the_moment(most))

    def work_until(self, is_enough, seconds: float):
        """The clients work until there is enough of what they do; then the server is killed."""
        def wait():
            deadline = time.monotonic() + seconds
            while not is_enough() and not self.failure and time.monotonic() < deadline:
                time.sleep(0.05)
            return "any"
        self.work_beside(wait)

    def work_beside(self, wait):
        """The clients work until `wait` comes back; it says what moment that is."""
        epoch = next(self.epochs)
        self.stopping = False
        for actor in self.actors:
            actor.begin(epoch, self.server.base)
        threads = [threading.Thread(target=self.work, args=[actor, epoch], daemon=True) for actor in self.actors]
        for thread in threads:
            thread.start()
        kind = wait()
        self.stopping = True
        self.server.kill()
        for thread in threads:
            thread.join(60)
        if any(thread.is_alive() for thread in threads):
            raise Broken("a client waits for a server that is gone")
        if self.failure:
            raise self.failure
        self.killed(kind)

    def wait_for_the_moment(self, most: float) -> str:
        kind = self.random.choices(["soon", "any", "round", "checkpoint"], [3, 5, 4, 1])[0]
        if kind == "soon":
            time.sleep(self.random.uniform(0, min(1, most)))
        elif kind == "any":
            time.sleep(self.random.uniform(0, most))
            check_states(Snapshot.beside(self.world.data))
            time.sleep(self.random.uniform(0, most / 2))
        elif kind == "round":
            if not self.server.round_trains(self.admin.call, [one.path for one in self.world.projects], most):
                kind = "any"
            time.sleep(self.random.uniform(0, 0.3))
        else:
            Ballast(Client(self.server.base, self.admin.token), self.world.fresh("ballast ")).start()
            if not self.server.checkpoint_begins(6):
                kind = "import"
            time.sleep(self.random.uniform(0, 0.03))
        return kind

    def killed(self, kind):
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.journal.note(f"killed ({kind})")

    def start_again(self):
        """Starts the server; now and then it is killed before it can say a word."""
        while self.random.random() < 0.15:
            self.server.launch()
            time.sleep(self.random.uniform(0, 0.25))
            self.server.kill()
            self.killed("start")
        self.server.launch()
        self.server.listen()
        self.admin.moved(self.server.base)

    # MARK: The rules

    def check(self, tamper=None):
        """What the dead server left on disk, as it is or after `tamper` has changed a copy of it."""
        now = Snapshot.copied(self.world.data, tamper)
        fixed = {project.id for project in self.world.projects if project.fixed}
        check_states(now)
        check_facts(now, self.before, self.journal)
        check_leases(now, self.journal, fixed)
        check_rounds(now, self.journal, self.world.data)
        check_settings(now, self.journal)
        self.before = self.before if tamper else now

    def check_alive(self):
        for actor in self.actors:
            actor.client.moved(self.server.base)
        check_states(check_served(self, self.world, self.people))
        for project in self.admin.call("GET", "/projects")["items"]:
            if project["name"].startswith("ballast"):
                self.admin.call("DELETE", f"/projects/{project['id']}")
        examined = run("doctor", "--data", self.world.data)
        if examined.returncode != 0:
            raise Broken(f"the doctor finds something:\n{examined.stdout}{examined.stderr}")

    def call(self, *arguments, **options):
        """One request of the driver's own, as administrator."""
        return self.admin.call(*arguments, **options)

    def run(self, kills: int, most: float):
        """So many kills, each followed by every check."""
        while sum(self.kinds.values()) < kills:
            self.live(most)
            self.check()
            self.start_again()
            self.check_alive()
        self.server.kill()
        return self.figures()

    def figures(self) -> dict:
        entries = [entry for entry in self.journal.entries if entry.sent]
        return {
            "kills": dict(self.kinds), "requests": len(entries),
            "acknowledged": sum(1 for entry in entries if entry.done),
            "refused": sum(1 for entry in entries if entry.status and entry.status >= 400),
            "unanswered": sum(1 for entry in entries if entry.status is None),
            "sent again": sum(1 for entry in entries if entry.sent > 1),
            "annotations": len(self.before.annotations), "retractions": sum(
                1 for one in self.before.annotations.values() if one.retraction),
            "leases": len(self.before.leases), "rounds": sum(map(len, self.before.rounds.values())),
            "items": len(self.before.items),
        }

    def close(self):
        if self.server.process and self.server.process.poll() is None:
            self.server.process.kill()
            self.server.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
