"""A data folder with something in every corner: each modality and task, labels, leases, rounds, settled items."""

import base64
import struct
import zlib

from client import Client
from winnow import Server, eventually, must

ROLES = ["annotator", "engineer", "admin"]
LABELS = [{"name": "billing", "hotkey": "1", "description": "Money"}, {"name": "outage", "color": "#3b82f6"}, {"name": "other"}]
ITEMS = 60


def png(seed: int) -> str:
    """A grey picture of 8 × 8 points as base64."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((seed * 7 + x * y) % 256 for x in range(8)) for y in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(data).decode()


def rows(modality: str) -> list[dict]:
    words = ["invoice", "refund", "server", "down", "hello", "thanks", "card", "slow", "login", "charge"]
    made = []
    for n in range(ITEMS):
        row: dict = {"key": f"k{n}", "meta": {"n": n}}
        if modality == "text":
            row["text"] = f"{words[n % 10]} {words[n * 7 % 10]} {n}"
        elif modality == "vector":
            row["vector"] = [float(n % 5), float(n * 3 % 7), n / ITEMS]
        else:
            row["image"] = png(n)
        made.append(row)
    return made


class Seeded:
    """A served copy of the folder, its tokens by role, and identifiers that exist in it."""

    def __init__(self):
        # Without rate limits: what is refused for haste tells nothing of the description.
        self.server = Server(options=["--rate-limit", "0"])
        self.tokens: dict[str, str | None] = {"nobody": None}
        self.identifiers: dict[str, list[str]] = {}

    def __enter__(self):
        self.server.start()
        try:
            self.fill()
        except BaseException:
            self.server.close()
            raise
        return self

    def __exit__(self, *_):
        self.server.close()

    def fill(self):
        admin = Client(self.server.base, self.server.token)
        projects = []
        for modality in ["text", "vector", "image"]:
            for task in ["single_label", "multi_label"]:
                settings = {"batch_size": 8, "overlap": 2 if task == "multi_label" else 1, "trainer": {"hidden": 8, "epochs": 4, "committee_size": 3}}
                draft = {"name": f"{modality} {task}", "modality": modality, "task": task, "labels": LABELS, "settings": settings}
                project = admin.call("POST", "/projects", draft)["id"]
                admin.call("POST", f"/projects/{project}/items", {"items": rows(modality)})
                projects.append(project)
        for role in ROLES:
            names = [part for project in projects for part in ("--project", self.name(admin, project))]
            self.tokens[role] = must("token", "create", "--data", self.server.data, "--role", role, "--name", f"a {role}", *names)
        annotations, leases, items = [], [], []
        for project in projects:
            for role in ["annotator", "engineer"]:
                person = Client(self.server.base, self.tokens[role])
                for n in range(12):
                    served = person.call("POST", f"/projects/{project}/next", {"prefetch": 1})["items"][0]
                    said = {"item": served["item"]["id"], "lease": served["lease"]}
                    said |= {"outcome": "skip"} if n == 5 else {"outcome": "flag", "note": "odd"} if n == 7 else {"labels": [LABELS[n % 3]["name"]]}
                    receipt = person.call("POST", f"/projects/{project}/annotations", said)
                    items.append(receipt["item"])
                    if n % 4 == 0:
                        annotations.append(receipt["id"])
                held = person.call("POST", f"/projects/{project}/next", {"prefetch": 3})["items"]
                leases += [one["lease"] for one in held]
            admin.call("POST", f"/projects/{project}/adjudications", {"item": items[-1], "labels": [LABELS[0]["name"]]})
        for project in projects:
            eventually(
                f"a round of project {project} serves",
                lambda project=project: any(r["state"] == "serving" for r in admin.call("GET", f"/projects/{project}/rounds")["items"]),
            )
        members = admin.call("GET", f"/projects/{projects[0]}/members")["items"]
        self.identifiers = {
            "project": projects, "item": items[::5], "annotation": annotations, "lease": leases, "round": ["1", "2"],
            "user": [one["id"] for one in members],
        }

    @staticmethod
    def name(admin: Client, project: str) -> str:
        return admin.call("GET", f"/projects/{project}")["name"]
