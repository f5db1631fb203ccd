"""What the database holds, read beside the server or from a copy of a dead one's files."""

import json
import pathlib
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field

OUTCOMES = ["label", "skip", "flag"]
STATES = ["unlabelled", "labelled", "skipped", "excluded"]


@dataclass
class Annotation:
    """A row that is never changed, with what was added to it later."""

    id: int
    project: str
    item: str
    user: int
    outcome: str
    note: str | None
    lease: int | None
    strategy: str
    key: str | None
    created: int
    labels: tuple = ()
    #: Everything the row holds, to see that it stays as it is.
    row: tuple = ()
    #: (by whom, replaced by, when), where it was taken back.
    retraction: tuple | None = None


@dataclass
class Lease:
    id: int
    project: str
    item: str
    user: int
    issued: int
    expires: int
    ended: int | None
    strategy: str


@dataclass
class Item:
    id: str
    project: str
    row: int
    key: str
    state: str
    evaluation: bool
    priority: int
    #: Whether the outlier filter keeps it out.
    filtered: bool = False
    #: The newest adjudication: labels, or nothing where it was withdrawn.
    settled: tuple | None = None
    said: list = field(default_factory=list)

    @property
    def standing(self) -> list[Annotation]:
        return [one for one in self.said if one.retraction is None]


class Snapshot:
    """One consistent state of the database."""

    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection
        connection.execute("BEGIN")
        try:
            self.read()
        finally:
            connection.execute("ROLLBACK")

    @classmethod
    def beside(cls, data: pathlib.Path) -> "Snapshot":
        """Beside a server that runs."""
        connection = sqlite3.connect(f"file:{data}/winnow.sqlite?mode=ro", uri=True, isolation_level=None, timeout=20)
        try:
            return cls(connection)
        finally:
            connection.close()

    @classmethod
    def copied(cls, data: pathlib.Path, tamper=None) -> "Snapshot":
        """Of a server that is dead: its files are not touched. SQLite's own checks are run on the copy.

        `tamper` changes the copy before it is read, to see whether the rules notice."""
        with tempfile.TemporaryDirectory(prefix="winnow-copy-") as folder:
            for name in ("winnow.sqlite", "winnow.sqlite-wal"):
                if (data / name).exists():
                    shutil.copyfile(data / name, pathlib.Path(folder) / name)
            connection = sqlite3.connect(f"{folder}/winnow.sqlite", isolation_level=None)
            try:
                if tamper:
                    tamper(connection)
                found = cls(connection)
                found.integrity = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
                found.orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
                return found
            finally:
                connection.close()

    def all(self, sql, *arguments):
        return self.connection.execute(sql, arguments).fetchall()

    def read(self):
        self.integrity, self.orphans = [], []
        self.projects = {str(id): (name, settings, rows) for id, name, settings, rows in
                         self.all("SELECT id, name, settings, next_row FROM project")}
        self.users = dict(self.all("SELECT name, id FROM user"))
        self.members = defaultdict(set)
        for project, user in self.all("SELECT project_id, user_id FROM member"):
            self.members[str(project)].add(user)
        self.read_items()
        self.read_annotations()
        self.leases = {row[0]: Lease(row[0], str(row[1]), str(row[2]), *row[3:]) for row in self.all(
            "SELECT id, project_id, item_id, annotator_id, issued_at, expires_at, ended, strategy FROM lease")}
        self.rounds = defaultdict(list)
        for project, *row in self.all(
                "SELECT project_id, number, state, error, artifact, attempts FROM round ORDER BY project_id, number"):
            self.rounds[str(project)].append(row)
        self.queue = [(str(project), row) for project, row in self.all("SELECT project_id, row FROM queue_entry")]
        self.again = [(str(project), row) for project, row in self.all("SELECT project_id, row FROM ask_again_entry")]

    def read_items(self):
        self.items = {}
        for id, project, row, key, state, evaluation, priority in self.all(
                "SELECT id, project_id, row, key, state, evaluation, priority FROM item"):
            self.items[str(id)] = Item(str(id), str(project), row, key, STATES[state], bool(evaluation), priority)
        self.by_row = {(item.project, item.row): item for item in self.items.values()}
        self.by_key = {(item.project, item.key): item for item in self.items.values()}
        for project, row in self.all("SELECT project_id, row FROM exclusion"):
            if (str(project), row) in self.by_row:
                self.by_row[str(project), row].filtered = True
        self.adjudications = {}
        names = defaultdict(list)
        for adjudication, name in self.all(
                "SELECT adjudication_id, name FROM adjudication_label JOIN label ON label.id = label_id ORDER BY position"):
            names[adjudication].append(name)
        for id, item, user, withdrawn, note, created in self.all(
                "SELECT id, item_id, user_id, withdrawn, note, created_at FROM adjudication ORDER BY id"):
            labels = None if withdrawn else tuple(names[id])
            self.adjudications[id] = (str(item), user, labels, note, created)
            self.items[str(item)].settled = labels

    def read_annotations(self):
        labels = defaultdict(list)
        for annotation, name in self.all(
                "SELECT annotation_id, name FROM annotation_label JOIN label ON label.id = label_id ORDER BY position"):
            labels[annotation].append(name)
        taken_back = {row[0]: row[1:] for row in self.all(
            "SELECT annotation_id, user_id, replaced_by, created_at FROM retraction")}
        self.annotations = {}
        for row in self.all("SELECT * FROM annotation ORDER BY id"):
            named = dict(zip([column[0] for column in self.columns], row))
            one = Annotation(
                row[0], str(named["project_id"]), str(named["item_id"]), named["annotator_id"], OUTCOMES[named["outcome"]],
                named["note"], named["lease_id"], named["strategy"], named["request_key"], named["created_at"],
                tuple(labels[row[0]]), row, taken_back.get(row[0]))
            self.annotations[one.id] = one
            self.items[one.item].said.append(one)

    @property
    def columns(self):
        if not hasattr(self, "known_columns"):
            self.known_columns = self.connection.execute("SELECT * FROM annotation LIMIT 0").description
        return self.known_columns

    def setting(self, project: str, name: str):
        return json.loads(self.projects[project][1]).get(name)
