"""The projects and people of a crash test."""

import itertools
import json
import random

from client import Client
from model.journal import Journal
from winnow import must

TRAINER = {"kind": "embedded", "hidden": 16, "epochs": 8, "committee": {"kind": "mc_dropout", "size": 2}}
LABELS = ["alpha", "beta", "gamma"]
WORDS = "parcel invoice password refund login delivery charge reset late broken double blue green red tall short".split()

#: Name, modality, task, settings. What has `fixed` keeps its overlap, so that every further opinion can be explained.
PROJECTS = [
    ("texts", "text", "single_label", {"overlap": 1, "lease_seconds": 2, "batch_size": 8}, True),
    ("vectors", "vector", "single_label", {"overlap": 2, "lease_seconds": 60, "batch_size": 10}, False),
    ("topics", "text", "multi_label", {"overlap": 3, "lease_seconds": 5, "batch_size": 12}, False),
    ("points", "vector", "multi_label",
     {"overlap": 1, "lease_seconds": 30, "batch_size": 10, "ask_again": {"enabled": True, "fraction": 0.2}}, False),
]


class Project:
    """What everybody knows of a project."""

    def __init__(self, answer, fixed):
        self.id, self.name = answer["id"], answer["name"]
        self.modality, self.several = answer["modality"], answer["task"] == "multi_label"
        self.settings, self.fixed = answer["settings"], fixed
        self.path = f"/projects/{self.id}"

    def labels(self, rng: random.Random) -> list[str]:
        """A random answer, in the order in which the server gives it back."""
        return [one for one in LABELS if rng.random() < 0.4] if self.several else [rng.choice(LABELS)]


class World:
    """Projects, people, what was seen, and unique names for what is made."""

    def __init__(self, seed: str, data, journal: Journal):
        self.seed, self.data, self.journal = seed, data, journal
        self.random = random.Random(seed)
        self.numbers = itertools.count(1)
        self.projects: list[Project] = []
        #: Items that were ever seen by somebody, by project; and leases with their holders.
        self.items: dict[str, list[str]] = {}
        self.leases: list[tuple[str, str, str, int]] = []
        self.annotations: list[tuple[str, str, int]] = []

    def fresh(self, prefix: str) -> str:
        """A name that nothing else has."""
        return f"{prefix}{next(self.numbers)}"

    def token(self, role: str, name: str) -> str:
        projects = [part for project in self.projects for part in ("--project", project.name)]
        return must("token", "create", "--data", self.data, "--role", role, "--name", name,
                    *(projects if role == "annotator" else []))

    def build(self, base: str, token: str):
        """Makes the projects, each with a small pool."""
        admin = Client(base, token)
        for name, modality, task, settings, fixed in PROJECTS:
            answer = admin.call("POST", "/projects", {
                "name": name, "modality": modality, "task": task, "labels": [{"name": label} for label in LABELS],
                "settings": {"evaluation_fraction": 0.2, "trainer": TRAINER, "seed": 7, **settings}})
            project = Project(answer, fixed)
            self.projects.append(project)
            self.items[project.id] = []
            rows = [self.row(project, self.random) for _ in range(60)]
            report = admin.call("POST", f"{project.path}/items", {"items": rows})
            assert report["created"] == 60, json.dumps(report)

    def row(self, project: Project, rng: random.Random) -> dict:
        """A row for a pool, with a key of its own."""
        row = {"key": self.fresh("k")}
        if project.modality == "text":
            row["text"] = " ".join(rng.choices(WORDS, k=6)) + f" {row['key']}"
        else:
            row["vector"] = [round(rng.gauss(0, 1), 3) for _ in range(4)]
        return row
