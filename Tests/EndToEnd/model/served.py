"""What the REST interface says is what the database holds."""

import json
import time
from collections import Counter

from model.journal import Broken
from model.snapshot import STATES, Snapshot


def check_served(server, world, people):
    """Compares counts, items, exports and everybody's annotations; rounds may change what is compared, so it looks again."""
    deadline = time.monotonic() + 20
    while True:
        now = Snapshot.beside(world.data)
        complaint = first_difference(server, world, people, now)
        if complaint is None:
            return now
        if time.monotonic() > deadline:
            raise Broken(complaint)
        time.sleep(0.2)


def first_difference(server, world, people, now: Snapshot):
    listed = {one["id"]: one for one in server.call("GET", "/projects")["items"]}
    for project in world.projects:
        counts = server.call("GET", project.path)["counts"]
        expected = counted(now, project.id)
        if counts != expected or listed[project.id]["counts"] != expected:
            return f"project {project.name} says {counts}, the database {expected}"
        if complaint := items_differ(server, project, now) or export_differs(server, project, now):
            return complaint
    for person in people:
        if complaint := annotations_differ(person, world, now):
            return complaint
    return None


def counted(now: Snapshot, project) -> dict:
    states = Counter(item.state for item in now.items.values() if item.project == project)
    held = {lease.item for lease in now.leases.values() if lease.ended is None and lease.project == project}
    return {"items": sum(states.values()), **{state: states[state] for state in STATES}, "leased": len(held)}


def items_differ(server, project, now: Snapshot):
    listed, cursor = {}, ""
    while cursor is not None:
        page = server.call("GET", f"{project.path}/items?limit=1000{cursor and f'&cursor={cursor}'}")
        listed.update((item["id"], item["state"]) for item in page["items"])
        cursor = page["next_cursor"]
    expected = {item.id: item.state for item in now.items.values() if item.project == project.id}
    if listed != expected:
        return f"items of {project.name} differ: {set(listed.items()) ^ set(expected.items())}"
    return None


def export_differs(server, project, now: Snapshot):
    """Every opinion that stands is exported, under its annotator's name, once."""
    names = {user: name for name, user in now.users.items()}
    text = server.call("GET", f"{project.path}/export?format=jsonl", raw=True)
    exported = Counter((row["id"], one["annotator"], tuple(one["labels"])) for row in map(json.loads, text.splitlines())
                       for one in row["annotations"] if one["outcome"] == "label")
    expected = Counter((one.item, names[one.user], tuple(one.labels)) for one in now.annotations.values()
                       if one.project == project.id and one.retraction is None and one.outcome == "label")
    if exported != expected:
        return f"the export of {project.name} differs: {exported - expected} too many, {expected - exported} missing"
    return None


def annotations_differ(person, world, now: Snapshot):
    for project in world.projects:
        if person.user not in now.members[project.id]:
            continue
        page = person.client.call("GET", f"{project.path}/annotations?annotator=me&limit=1000")
        expected = {str(one.id) for one in now.annotations.values()
                    if one.user == person.user and one.project == project.id and one.retraction is None}
        listed = {one["id"] for one in page["items"]}
        if listed != expected and len(expected) < 1000:
            return f"{person.name} sees {listed ^ expected} differently in {project.name}"
    return None
