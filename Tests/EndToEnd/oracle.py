#!/usr/bin/env python3
"""Labels a project over REST as people would, from a table of known labels, and checks what the server promises.

    oracle.py --data DIR --project NAME TABLE [--format tsv --no-header --columns label,text --no-quotes …]
              [--annotators 8] [--labels 100] [--kill-after 40]

Starts `winnow serve` on DIR (the project must be there: see `winnow import`), makes a token for each annotator, and lets
all of them ask `next` and answer at the same time. Labels run ahead of the rounds by no more than --lead batches, so that
models train while labelling goes on, as they do behind people. With --kill-after the server is killed with SIGKILL once
that many answers are acknowledged and a round is under way, and started again. Standard library only.

It ends with 1, and says why, if an item was in two hands at overlap 1 or served again after its answer, if an answer that
was acknowledged is missing or differs, if a lease did not survive, or if a round did not end.
"""

import argparse
import http.client
import json
import pathlib
import sys
import threading
import time
import urllib.parse

from client import Client, Refused
from truth import Truth, add_options
from winnow import Server, must

PENDING = {"queued", "training", "scoring", "selecting"}
CUT = (OSError, http.client.HTTPException)


class Broken(AssertionError):
    """A promise that the server did not keep."""


class Oracle:
    """The people, what they hold, what was acknowledged, and where the rounds stand."""

    def __init__(self, server, project, truth, annotators, labels, lead):
        self.server, self.truth = server, truth
        self.wanted, self.lead = labels, lead
        self.admin = Client(server.base, server.token)
        self.path = f"/projects/{urllib.parse.quote(project['id'])}"
        self.batch = project["settings"]["batch_size"]
        self.several = project["task"] == "multi_label"
        tokens = [must("token", "create", "--data", server.data, "--role", "annotator", "--name", f"oracle {n + 1}",
                       "--project", project["name"]) for n in range(annotators)]
        self.clients = [Client(server.base, token) for token in tokens]
        self.lock = threading.Condition()
        self.holder = {}  # item → the annotator who was given it
        self.held = [{} for _ in tokens]  # per annotator: lease → item
        self.acknowledged = {}  # item → (key, labels, annotator)
        self.in_flight = [None] * annotators  # per annotator: (lease, item) whose answer is on its way
        self.started = self.sent = self.ended = self.generation = 0
        self.killing = False
        self.failure = None
        self.interrupted = []

    # MARK: People

    def receive(self, who, offers):
        """Takes what `next` gave, and looks whether it may be given."""
        with self.lock:
            for offer in offers:
                item = offer["item"]
                owner = self.holder.setdefault(item["id"], who)
                if owner != who:
                    raise Broken(f"item {item['id']} went to annotators {owner + 1} and {who + 1}")
                if item["id"] in self.acknowledged:
                    raise Broken(f"item {item['id']} was served again after its answer")
                self.held[who][offer["lease"]] = item

    def turn(self):
        """Waits until another answer is wanted; false where all are given."""
        deadline = time.monotonic() + 90
        with self.lock:
            while not self.failure:
                if self.started >= self.wanted:
                    return False
                if not self.killing and self.started < self.batch * (self.ended + 1 + self.lead):
                    self.started += 1
                    return True
                if time.monotonic() > deadline:
                    raise Broken(f"no round ended for 90 s: {self.sent} answers, {self.ended} rounds")
                self.lock.wait(1)
            return False

    def annotator(self, who):
        """One person's work; a connection that broke off is tried again, an answer under the same key."""
        try:
            while self.turn():
                lease, item = self.pick(who)
                if lease is None:
                    return
                body = {"item": item["id"], "outcome": "label", "labels": self.truth.answer(item, self.several), "lease": lease}
                key = f"{who}-{lease}-{item['id']}"
                with self.lock:
                    self.in_flight[who] = (lease, item["id"])
                receipt = self.patiently(lambda: self.clients[who].call("POST", f"{self.path}/annotations", body, key=key))
                if receipt["item"] != item["id"] or receipt["labels"] != body["labels"]:
                    raise Broken(f"another answer was acknowledged than the one sent: {body} became {receipt}")
                if receipt["extra_opinion"] or receipt["lease_ended"]:
                    raise Broken(f"the lease of item {item['id']} did not hold: {receipt}")
                with self.lock:
                    self.in_flight[who] = None
                    self.held[who].pop(lease, None)
                    self.acknowledged[item["id"]] = (item["key"], body["labels"], who)
                    self.sent += 1
                    self.lock.notify_all()
        except BaseException as error:  # whatever it is, the others must not wait for this one
            self.fail(error)

    def pick(self, who):
        """The next item in hand; asks for more where there is none."""
        while not self.failure:
            with self.lock:
                if self.held[who]:
                    return next(iter(self.held[who].items()))
                generation = self.generation
            served = self.patiently(lambda: self.clients[who].call("POST", f"{self.path}/next", {"prefetch": 3, "held": []}))
            if not served["items"]:
                raise Broken(f"the pool ran out after {self.sent} answers: {served['reason']}")
            if generation == self.generation:
                self.receive(who, served["items"])
        return None, None

    def patiently(self, ask):
        """Asks until the server answers; only a server that was killed may break off."""
        deadline = time.monotonic() + 60
        while True:
            generation = self.generation
            try:
                return ask()
            except CUT as error:
                with self.lock:
                    while self.killing and not self.failure:
                        self.lock.wait(1)
                    if self.failure or time.monotonic() > deadline or self.generation == generation:
                        raise Broken(f"the server did not answer: {error!r}") from error

    def fail(self, error):
        with self.lock:
            self.failure = self.failure or error
            self.lock.notify_all()

    # MARK: Rounds

    def rounds(self):
        return list(reversed(self.admin.call("GET", f"{self.path}/rounds?limit=1000")["items"]))

    def watch(self, kill_after):
        """Follows the rounds until every answer is given; kills the server where that was asked for."""
        try:
            while not self.failure and any(thread.is_alive() for thread in self.threads):
                rounds = self.rounds()
                with self.lock:
                    # The first round of a pool, before any label, is nobody's batch.
                    self.ended = sum(1 for one in rounds if one["trigger"] == "labels" and one["state"] not in PENDING)
                    self.lock.notify_all()
                active = [one["n"] for one in rounds if one["state"] in PENDING - {"queued"}]
                if kill_after is not None and active and self.sent >= kill_after:
                    self.kill(active[0])
                    kill_after = None
                time.sleep(0.01)
            if kill_after is not None and not self.failure:
                raise Broken("no round was under way after the answers that the kill should wait for")
        except BaseException as error:
            self.fail(error)

    def kill(self, number):
        """Ends the server without warning, starts it again, and looks whether all is there."""
        with self.lock:
            self.killing = True
        self.server.kill()
        self.server.start()
        self.admin.moved(self.server.base)
        for client in self.clients:
            client.moved(self.server.base)
        kept = {row["id"]: row for row in self.export()}
        with self.lock:
            expected = dict(self.acknowledged)
            held = [dict(leases) for leases in self.held]
        for item, (_, labels, _) in expected.items():
            if item not in kept or self.exported(kept[item]) != labels:
                raise Broken(f"item {item} was acknowledged as {labels!r}, and is gone after the kill")
        for who, leases in enumerate(held):
            with self.lock:
                maybe = {self.in_flight[who][0]} if self.in_flight[who] else set()
            again = self.clients[who].call("POST", f"{self.path}/next", {"prefetch": max(1, len(leases)), "held": []})["items"]
            missing = set(leases) - maybe - {offer["lease"] for offer in again}
            if missing:
                raise Broken(f"annotator {who + 1} lost the leases {sorted(missing)} by the kill")
            self.receive_after_kill(who, again)
        self.interrupted.append(number)
        with self.lock:
            self.killing = False
            self.generation += 1
            self.lock.notify_all()
        print(f"killed and started again after {len(expected)} acknowledged answers, in round {number}: "
              f"all are there, {sum(map(len, held))} leases hold", flush=True)

    def receive_after_kill(self, who, offers):
        """As `receive`; an item whose answer is on its way stays in hand."""
        with self.lock:
            busy = self.in_flight[who]
        self.receive(who, [offer for offer in offers if not busy or offer["lease"] != busy[0]])

    # MARK: The end

    def export(self):
        text = self.admin.call("GET", f"{self.path}/export?format=jsonl", raw=True)
        return [json.loads(line) for line in text.splitlines()]

    def exported(self, row) -> list:
        """The labels that an exported item has."""
        return sorted(row["labels"]) if self.several else [row["label"]]

    def run(self, kill_after=None):
        """All labels, then all checks."""
        began = time.monotonic()
        self.threads = [threading.Thread(target=self.annotator, args=[who], daemon=True) for who in range(len(self.clients))]
        for thread in self.threads:
            thread.start()
        self.watch(kill_after)
        for thread in self.threads:
            thread.join(90)
        if self.failure:
            raise self.failure
        seconds = time.monotonic() - began
        rounds = self.settle()
        self.check_export()
        return self.summary(rounds, seconds)

    def settle(self):
        """The rounds once none is under way."""
        deadline = time.monotonic() + 90
        rounds = self.rounds()
        while any(one["state"] in PENDING for one in rounds):
            if time.monotonic() > deadline:
                raise Broken("a round did not end within 90 s")
            time.sleep(0.05)
            rounds = self.rounds()
        bad = [one for one in rounds if one["state"] in ("failed", "cancelled")]
        if bad:
            raise Broken(f"rounds that did not reach serving: {bad}")
        for number in self.interrupted:
            one = rounds[number - 1]
            if one["n"] != number or one["attempts"] < 2:
                raise Broken(f"the interrupted round {number} was not taken up again: {one}")
        return rounds

    def check_export(self):
        """The export holds exactly what was sent: items, labels, annotators, one opinion each."""
        exported = {row["id"]: row for row in self.export()}
        if set(exported) != set(self.acknowledged):
            raise Broken(f"export and answers differ in the items {sorted(set(exported) ^ set(self.acknowledged))}")
        for item, (key, labels, who) in self.acknowledged.items():
            row = exported[item]
            said = [(one["annotator"], sorted(one["labels"])) for one in row["annotations"]]
            if (row["key"], self.exported(row)) != (key, labels) or said != [(f"oracle {who + 1}", labels)]:
                raise Broken(f"item {item} was labelled {labels!r} by oracle {who + 1}; the export says {row}")

    def accuracy_over_rest(self, most):
        """The share of the items that nobody labelled which the last model names rightly, of at most so many.

        Where an item may have several labels it is the micro F1 of all decisions instead.
        """
        if self.truth.keyed:
            seen = {key for key, _, _ in self.acknowledged.values()}
        else:
            seen = {row["text"] for row in self.export()}
        rest = [name for name in self.truth.labels if name not in seen][:most]
        right = predicted = true = 0
        for start in range(0, len(rest), 500):
            names = rest[start:start + 500]
            answer = self.admin.call("POST", f"{self.path}/predict", {"items": [{"text": self.truth.texts[name]} for name in names]})
            for one in answer["items"]:
                label = self.truth.labels[names[one["row"]]]
                wanted = set(self.truth.names(label) if self.several else [label])
                right += len(wanted & set(one["labels"]))
                predicted += len(one["labels"])
                true += len(wanted)
        return 2 * right / max(1, predicted + true), len(rest)

    def summary(self, rounds, seconds):
        """What is printed: one line a round and one for the whole."""
        for one in rounds:
            labels, metrics = one["report"]["labels"], one["report"].get("metrics") or one["report"].get("label_metrics")
            measured = f"{self.measure} {metrics[self.measure]:.3f} on {labels['evaluation']} evaluation labels" if metrics else "no model yet"
            print(f"round {one['n']}: {one['state']}, {one['strategy_used']}, {labels['training']} training labels, {measured}")
        share, count = self.accuracy_over_rest(4000)
        print(f"{self.sent} labels from {len(self.clients)} annotators in {seconds:.1f} s, {self.trained_of(rounds)} models, "
              f"{self.measure} {share:.3f} on {count} items that nobody labelled; the export holds exactly the labels sent", flush=True)
        return {"sent": self.sent, "models": self.trained_of(rounds), "accuracy": share, "interrupted": self.interrupted,
                "evaluated": [metrics[self.measure] for one in rounds
                              if (metrics := one["report"].get("metrics") or one["report"].get("label_metrics"))]}

    @property
    def measure(self):
        """What a round's quality is told by."""
        return "micro_f1" if self.several else "accuracy"

    @staticmethod
    def trained_of(rounds):
        return sum(1 for one in rounds if one["report"].get("model"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", help="the file with the true labels")
    parser.add_argument("--data", required=True, help="the data folder; no other server may use it")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--annotators", type=int, default=8)
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--lead", type=int, default=1, help="batches by which labels may be ahead of the rounds")
    parser.add_argument("--kill-after", type=int, help="kill the server once so many answers are acknowledged")
    add_options(parser)
    options = parser.parse_args()
    truth = Truth(options.table, options)
    server = Server(pathlib.Path(options.data)).start()
    try:
        Oracle(server, server.project(options.project), truth, options.annotators, options.labels,
               options.lead).run(options.kill_after)
    except (Broken, Refused) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return 1
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
