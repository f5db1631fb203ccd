"""Projects of real data that several people have labelled, each as well as they can."""

import base64
import gzip
import json
import random

import engineer
from client import Client
from engineer import SHARED
from winnow import DIGITS, must

# Share of answers that are right, by person.
PEOPLE = {"Ada": 0.95, "Ben": 0.85, "Cleo": 0.6}
GOEMOTIONS = SHARED / "goemotions/goemotions_train_dev.jsonl.gz"
# Comments that say nothing else than these may be looked at by anybody.
KIND = ["gratitude", "joy", "love", "admiration", "optimism", "excitement"]


class Crowd:
    """A project with people who answer in it, and what is true of its items."""

    def __init__(self, server, project, truth, people=None, seed=5):
        self.server, self.project, self.truth = server, project, truth
        self.path = f"/projects/{project}"
        self.chance = random.Random(seed)
        self.people = people or PEOPLE
        name = server.call("GET", self.path)["name"]
        self.clients = {person: Client(server.base, must(
            "token", "create", "--data", server.data, "--role", "annotator", "--name", person, "--project", name)) for person in self.people}
        self.labels = [label["name"] for label in server.call("GET", self.path)["labels"]]

    def say(self, person, key, labels=None, **more):
        """One answer; what is missing is skipped."""
        body = {"key": key, "duration_ms": self.chance.randrange(900, 6000), **more}
        if labels is not None:
            body["labels"] = labels
        return self.clients[person].call("POST", f"{self.path}/annotations", body)

    def label(self, keys):
        """Everybody labels all of these, right or wrong by their own share; what each of them said, by key."""
        said = {key: {} for key in keys}
        for person, right in self.people.items():
            rows = []
            for key in keys:
                labels = self.truth[key] if isinstance(self.truth[key], list) else [self.truth[key]]
                if self.chance.random() >= right:
                    labels = [self.chance.choice([name for name in self.labels if name not in labels])]
                said[key][person] = labels
                rows.append({"key": key, "labels": labels, "duration_ms": self.chance.randrange(900, 6000)})
            answer = self.clients[person].call("POST", f"{self.path}/annotations", {"annotations": rows})
            refused = [one for one in answer["annotations"] if "error" in one or one.get("status", 201) >= 400] if "annotations" in answer else []
            assert not refused, refused
        return said


def trec(server, count, name="Questions") -> tuple:
    """Questions of TREC with their coarse class, and that class by key."""
    rows = engineer.trec_rows()[:count]
    labels = sorted({row["coarse"] for row in engineer.trec_rows()})
    items = [{"key": f"q{number}", "text": row["text"]} for number, row in enumerate(rows)]
    return make(server, name, "text", labels, items), {f"q{number}": row["coarse"] for number, row in enumerate(rows)}


def emotions(server, count, name="Emotions") -> tuple:
    """Kind comments of GoEmotions with their labels, and those labels by key."""
    with gzip.open(GOEMOTIONS, "rt") as lines:
        rows = [row for row in map(json.loads, lines) if set(row["labels"]) <= set(KIND)][:count]
    items = [{"key": row["id"], "text": row["text"]} for row in rows]
    return make(server, name, "text", KIND, items, task="multi_label"), {row["id"]: row["labels"] for row in rows}


def make(server, name, modality, labels, items, **more) -> str:
    """A project whose items want three opinions each."""
    made = server.call("POST", "/projects", {"name": name, "modality": modality, "labels": [{"name": label} for label in labels],
                                             "settings": {"overlap": 3, "evaluation_fraction": 0, "batch_size": 1000}, **more})
    if items:
        server.call("POST", f"/projects/{made['id']}/items", {"items": items})
    return made["id"]


def digits(server, count=60, name="Handwritten digits") -> tuple:
    """Pictures of digits, and the digit by key."""
    truth = engineer.digits_truth()
    project = make(server, name, "image", list("0123456789"), [])
    pictures = [{"key": key, "image": base64.b64encode((DIGITS / "images" / key).read_bytes()).decode()} for key in sorted(truth)[:count]]
    server.call("POST", f"/projects/{project}/items", {"items": pictures})
    return project, truth
