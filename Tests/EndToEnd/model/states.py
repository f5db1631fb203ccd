"""Every state follows from what stands; nobody holds what is not theirs; rounds are legal."""

import pathlib
import time
from collections import Counter, defaultdict

from model.journal import Broken, Journal
from model.snapshot import Item, Snapshot

PENDING = {"queued", "training", "scoring", "selecting"}


def check_states(now: Snapshot):
    """What must hold in every committed state, whoever does what at this moment."""
    if now.integrity or now.orphans:
        raise Broken(f"SQLite finds: {now.integrity} {now.orphans}")
    holders = defaultdict(list)
    for lease in now.leases.values():
        if lease.ended is None:
            holders[lease.item].append(lease)
    overlaps = {project: now.setting(project, "overlap") for project in now.projects}
    more = {project: (now.setting(project, "ask_again") or {}).get("max_opinions", 5) for project in now.projects}
    for item in now.items.values():
        check_item(item, holders[item.id], overlaps[item.project], more[item.project])
    for project, row in now.queue + now.again:
        if (project, row) not in now.by_row:
            raise Broken(f"the queue of project {project} holds row {row}, whose item was removed")


def check_item(item: Item, held, overlap, most):
    standing = item.standing
    labels, skips, flags = (sum(1 for one in standing if one.outcome == name) for name in ("label", "skip", "flag"))
    if len({one.user for one in standing}) < len(standing):
        raise Broken(f"two opinions of one annotator stand: {item}")
    if len({lease.user for lease in held}) < len(held) or {one.user for one in standing} & {lease.user for lease in held}:
        raise Broken(f"an annotator holds an item twice, or has answered it: {item}, {held}")
    expected = derived(item, labels, skips, flags, overlap)
    if item.state != expected:
        raise Broken(f"the state should be {expected} at overlap {overlap}: {item}")
    again = [lease for lease in held if lease.strategy == "ask_again"]
    right = {
        "unlabelled": len(held) + labels + skips <= overlap,
        "skipped": len(held) <= 1,
        "labelled": held == again and len(again) <= (1 if item.settled is None and labels < most else 0),
        "excluded": not held or (item.filtered and not flags and len(held) <= overlap),
    }[expected]
    if not right:
        raise Broken(f"too many hold an item at overlap {overlap}: {held}, {item}")


def derived(item, labels, skips, flags, overlap) -> str:
    if item.settled is not None:
        return "labelled"
    if flags:
        return "excluded"
    if labels >= overlap or labels and labels + skips >= overlap:
        return "labelled"
    if labels + skips >= overlap:
        return "skipped"
    return "excluded" if item.filtered and labels + skips == 0 else "unlabelled"


def check_rounds(now: Snapshot, journal: Journal, data: pathlib.Path):
    """Numbers without gaps, one round that serves, one that is under way, its model's file where it names one."""
    cancelled = {(entry.project, entry.about["target"]) for entry in journal.of("cancel") if entry.maybe}
    for project, rounds in now.rounds.items():
        if [row[0] for row in rounds] != list(range(1, len(rounds) + 1)):
            raise Broken(f"rounds of project {project} have gaps: {rounds}")
        states = Counter(row[1] for row in rounds)
        if states["serving"] > 1 or sum(states[state] for state in PENDING) > 1:
            raise Broken(f"rounds of project {project}: {states}")
        for number, state, error, artifact, attempts in rounds:
            if state not in PENDING | {"serving", "superseded", "failed", "cancelled"}:
                raise Broken(f"round {number} of project {project} is {state}")
            if state == "failed" and "attempts" not in (error or ""):
                raise Broken(f"round {number} of project {project} failed: {error}")
            if state == "cancelled" and (project, number) not in cancelled:
                raise Broken(f"round {number} of project {project} was cancelled by nobody")
            if state == "serving" and artifact and not (data / artifact).is_file():
                raise Broken(f"round {number} of project {project} serves {artifact}, which is not there")


def check_settings(now: Snapshot, journal: Journal):
    """Acknowledged settings hold; those without an answer may or may not."""
    possible = defaultdict(dict)
    for entry in journal.of("configure"):
        for name, value in entry.about["settings"].items():
            if entry.done:
                possible[entry.project][name] = [value]
            elif entry.maybe:
                possible[entry.project].setdefault(name, []).append(value)
    for project, names in possible.items():
        for name, values in names.items():
            found = now.setting(project, name)
            if name == "outlier_filter":
                found, values = found["method"], [value["method"] for value in values]
            acknowledged = [entry for entry in journal.of("configure") if entry.project == project and entry.done
                            and name in entry.about["settings"]]
            if acknowledged and found not in values:
                raise Broken(f"setting {name} of project {project} is {found}; acknowledged was {values}")
    members = {}
    for entry in journal.of("expel", "admit"):
        who = (entry.project, entry.about["target"])
        # Everybody was a member at first.
        members[who] = {entry.kind} if entry.done else members.get(who, {"admit"}) | ({entry.kind} if entry.maybe else set())
    for (project, user), outcomes in members.items():
        if ("admit" if user in now.members[project] else "expel") not in outcomes:
            raise Broken(f"membership of user {user} in project {project} is not what was acknowledged")


def milliseconds() -> int:
    return int(time.time() * 1000)
