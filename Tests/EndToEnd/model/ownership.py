"""Leases: none is forgotten, each end has its reason, and a further opinion is called one."""

from collections import defaultdict

from model.facts import receipt_of
from model.journal import Broken, Journal
from model.snapshot import Snapshot
from model.states import milliseconds

ANSWERED, RELEASED, EXPIRED, WITHDRAWN = 1, 2, 3, 4


def check_leases(now: Snapshot, journal: Journal, fixed: set[str]):
    """Holds the leases against what was asked; `fixed` are projects whose overlap never changed."""
    gone = {entry.about["target"] for entry in journal.of("delete") if entry.maybe}
    for entry in journal.of("next", "query"):
        for offer in entry.answer["items"] if entry.done else ():
            lease = now.leases.get(int(offer["lease"]))
            if lease is None:
                if offer["item"]["id"] not in gone:
                    raise Broken(f"a lease was forgotten: {offer}, {entry.line()}")
            elif (lease.item, lease.user) != (offer["item"]["id"], entry.user):
                raise Broken(f"a lease is not what was given: {offer}, {lease}")
    check_ends(now, journal)
    check_further_opinions(now, journal, fixed, gone)


def check_ends(now: Snapshot, journal: Journal):
    """Why each lease ended."""
    released = {int(entry.about["target"]) for entry in journal.of("release") if entry.maybe}
    expelled = {(entry.project, entry.about["target"]) for entry in journal.of("expel") if entry.maybe}
    reshaped = {entry.project for entry in journal.of("configure") if "overlap" in entry.about["settings"]}
    settled = {item for item, *_ in now.adjudications.values()}
    time = milliseconds()
    newest = {}
    for lease in now.leases.values():
        newest[lease.item] = max(newest.get(lease.item, lease), lease, key=lambda one: one.id)
    for lease in now.leases.values():
        said = now.items[lease.item].said
        reason = {
            None: True,
            ANSWERED: any(one.user == lease.user for one in said),
            RELEASED: lease.id in released,
            EXPIRED: lease.expires <= time,
            WITHDRAWN: bool(said) or lease.item in settled or lease.project in reshaped
            or (lease.project, lease.user) in expelled
            # What lies unopened may go to somebody who has nothing.
            or newest[lease.item].user != lease.user,
        }[lease.ended]
        if not reason:
            raise Broken(f"a lease ended as {lease.ended} without a reason: {lease}, {said}")


def check_further_opinions(now: Snapshot, journal: Journal, fixed, gone):
    """Beyond the overlap there are only opinions that came late or unasked, and each was told so."""
    receipts = {}
    for entry in journal.of("annotate", "batch"):
        for index, body in enumerate(entry.about["says"]):
            receipt = receipt_of(entry, index)
            if receipt and not receipt["repeated"]:
                receipts[int(receipt["id"])] = (receipt, body)
    by_item = defaultdict(list)
    for one in now.annotations.values():
        if one.project in fixed and one.strategy != "ask_again":
            by_item[one.item].append(one)
    for item, said in by_item.items():
        if any(one.retraction for one in said) or any(one.strategy == "ask_again" for one in now.items[item].said):
            continue
        labels = [one for one in said if one.outcome == "label"]
        for position, one in enumerate(labels):
            receipt, body = receipts.get(one.id, (None, None))
            if receipt is None:
                continue
            overlap = now.setting(one.project, "overlap")
            if receipt["extra_opinion"] != (position >= overlap):
                raise Broken(f"opinion {position + 1} of {overlap} was told extra_opinion {receipt['extra_opinion']}: {labels}")
            # Whoever settles an item, or labels it unasked, takes it out of its owner's hands.
            unasked = any("lease" not in (receipts.get(other.id, (None, {}))[1] or {}) or receipts[other.id][0]["lease_ended"]
                          for other in labels[:position])
            if receipt["extra_opinion"] and "lease" in body and not receipt["lease_ended"] and not unasked:
                raise Broken(f"item {item} was in two hands: {labels}")
