"""Nothing acknowledged is lost, nothing is there twice, and history only grows."""

from collections import defaultdict

from model.journal import Broken, Entry, Journal
from model.snapshot import Snapshot


def check_facts(now: Snapshot, before: Snapshot | None, journal: Journal):
    """Holds a snapshot against everything that was asked and answered, and against the snapshot before it."""
    gone = {entry.about["target"] for entry in journal.of("delete") if entry.maybe}
    rows = defaultdict(list)
    for one in now.annotations.values():
        rows[one.note].append(one)
    check_intents(now, journal, rows, gone)
    check_retractions(now, journal, gone)
    check_settlements(now, journal, gone)
    check_pool(now, journal, gone)
    check_growth(now, before, gone)


def check_intents(now, journal, rows, gone):
    """Each answer is there once where it was acknowledged, at most once where it was not, as it was sent."""
    intents = {}
    for entry in journal.of("annotate", "batch", "change", "foreign"):
        for index, body in enumerate(entry.about.get("says", ())):
            intents[body["note"]] = entry
            check_intent(now, entry, index, body, rows[body["note"]], gone)
    for one in now.annotations.values():
        if one.note not in intents and one.strategy != "import":
            raise Broken(f"annotation {one} was asked for by nobody")


def check_intent(now: Snapshot, entry: Entry, index, body, found, gone):
    receipt = receipt_of(entry, index)
    if entry.kind == "foreign" and found:
        raise Broken(f"an answer to somebody else's lease was kept: {found}, {entry.line()}")
    # Without a key a resent answer whose first copy was taken back meanwhile is another answer.
    standing = [one for one in found if one.retraction is None]
    if len(found) > (1 if entry.key or entry.sent == 1 else entry.sent) or len(standing) > 1:
        raise Broken(f"one answer is there {len(found)} times: {found}, {entry.line()}")
    if found and not entry.maybe:
        raise Broken(f"a refused answer was kept: {found}, {entry.line()}")
    for one in found:
        said = (one.outcome, list(one.labels), one.project)
        if said != (body["outcome"], body.get("labels", []), entry.project) or one.item != body.get("item", one.item):
            raise Broken(f"another answer was kept than was sent: {one}, {body}")
        if entry.kind != "change" and one.user != entry.user:
            raise Broken(f"an answer was kept under another name: {one}, {entry.line()}")
    if receipt is None:
        return
    kept = now.annotations.get(int(receipt["id"]))
    if kept is None:
        if receipt["item"] not in gone:
            raise Broken(f"an acknowledged answer is lost: {receipt}, {entry.line()}")
    elif not receipt["repeated"] and [one.id for one in found][-1:] != [kept.id]:
        raise Broken(f"an acknowledged answer is not what was kept: {receipt}, {found}")
    elif list(kept.labels) != sorted(receipt["labels"]) or kept.outcome != receipt["outcome"]:
        raise Broken(f"another answer was acknowledged than was kept: {receipt}, {kept}")


def receipt_of(entry: Entry, index: int):
    """What the server said of one answer; nothing where it said nothing, or refused it."""
    if not entry.done:
        return None
    if entry.kind != "batch":
        return entry.answer
    refused = {one["row"] for one in entry.answer["rejected"]}
    if index in refused:
        return None
    return entry.answer["annotations"][index - sum(1 for row in refused if row < index)]


def check_retractions(now, journal, gone):
    """What was taken back was to be taken back; what is to be, was."""
    wished = defaultdict(list)
    for entry in journal.of("undo", "change"):
        wished[int(entry.about["target"])].append(entry)
        known = now.annotations.get(int(entry.about["target"]))
        if entry.done and known and known.retraction is None:
            raise Broken(f"an acknowledged undo or change is lost: {known}, {entry.line()}")
        if entry.done and entry.kind == "change" and known and known.retraction[1] != int(entry.answer["id"]):
            raise Broken(f"a change does not point at what replaced it: {known}, {entry.line()}")
    for one in now.annotations.values():
        if one.retraction is None:
            continue
        replacement = now.annotations.get(one.retraction[1])
        if replacement and (replacement.user, replacement.item) != (one.user, one.item):
            raise Broken(f"{one} was replaced by somebody else's {replacement}")
        if not replacement and not any(entry.maybe for entry in wished[one.id]):
            raise Broken(f"{one} was taken back, which nobody asked for")


def check_settlements(now, journal, gone):
    rows = defaultdict(list)
    for id, (item, user, labels, note, _) in now.adjudications.items():
        rows[note].append((id, item, labels))
    for entry in journal.of("settle"):
        body = entry.about["says"][0]
        found = rows.pop(body["note"], [])
        if len(found) > 1:
            raise Broken(f"one adjudication is there {len(found)} times: {found}, {entry.line()}")
        if found and (not entry.maybe or found[0][1] != body["item"]):
            raise Broken(f"an adjudication is not what was asked for: {found}, {entry.line()}")
        if entry.done and not found and body["item"] not in gone:
            raise Broken(f"an acknowledged adjudication is lost: {entry.line()}")
    if rows:
        raise Broken(f"adjudications that nobody asked for: {dict(rows)}")


def check_pool(now, journal, gone):
    """Acknowledged rows are there, refused ones are not, removed items are gone with all that was said."""
    for entry in journal.of("push", "stream"):
        for index, row in enumerate(entry.about["rows"]):
            item = now.by_key.get((entry.project, row["key"]))
            bad = row.get("labels") == ["nonsense"]
            if item and (bad or not entry.maybe):
                raise Broken(f"a row that was refused is in the pool: {item}, {entry.line()}")
            if entry.kind == "push":
                expected = entry.done and not bad
            else:
                expected = entry.done and entry.answer["items"][index].get("decision") == "query"
            if expected and not item and not removed(entry.project, row["key"], journal, gone):
                raise Broken(f"an acknowledged row is lost: {row}, {entry.line()}")
    for entry in journal.of("delete"):
        if entry.done and entry.about["target"] in now.items:
            raise Broken(f"an item that was removed is there: {entry.line()}")


def removed(project, key, journal: Journal, gone) -> bool:
    """Whether an item of that key may have been removed: somebody must have seen it with its identifier."""
    return any(offer["item"]["key"] == key and offer["item"]["id"] in gone for entry in journal.of("next", "query")
               if entry.done and entry.project == project for offer in entry.answer["items"])


def check_growth(now, before, gone):
    """Every row ever seen is there unchanged; retractions are only added."""
    for old in before.annotations.values() if before else ():
        new = now.annotations.get(old.id)
        if new is None:
            if old.item not in gone:
                raise Broken(f"history lost {old}")
        elif (new.row, new.labels) != (old.row, old.labels) or (old.retraction and new.retraction != old.retraction):
            raise Broken(f"history changed: {old} became {new}")
    for id, old in before.adjudications.items() if before else ():
        if now.adjudications.get(id, old) != old or (id not in now.adjudications and old[0] not in gone):
            raise Broken(f"history changed: adjudication {old} became {now.adjudications.get(id)}")
