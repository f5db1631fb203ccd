"""What a server that breaks its promises would leave in the database: each of these the rules must notice."""

import sqlite3


def rows(connection: sqlite3.Connection, sql: str) -> list:
    found = connection.execute(sql).fetchall()
    if not found:
        raise LookupError(f"nothing to tamper with: {sql}")
    return found


#: An answer that stands, was said once about its item, and did not come from an import.
STANDING = """SELECT a.id, a.item_id, a.annotator_id FROM annotation a WHERE a.strategy <> 'import' AND a.outcome = 0
  AND a.note IS NOT NULL AND a.id NOT IN (SELECT annotation_id FROM retraction)
  AND a.id NOT IN (SELECT replaced_by FROM retraction WHERE replaced_by IS NOT NULL) ORDER BY a.id DESC"""
ACTIVE = "SELECT id, project_id, item_id, annotator_id, expires_at FROM lease WHERE ended IS NULL ORDER BY expires_at DESC"


def lost_answer(db):
    """As if it had been answered before the commit."""
    answer = rows(db, STANDING)[0][0]
    db.execute("DELETE FROM annotation_label WHERE annotation_id = ?", [answer])
    db.execute("DELETE FROM annotation WHERE id = ?", [answer])


def answer_twice(db):
    """As if a request that was sent again had been carried out again."""
    answer, item, _ = rows(db, STANDING)[0]
    columns = [row[1] for row in db.execute("PRAGMA table_info(annotation)") if row[1] not in ("id", "request_key")]
    names = ", ".join(columns)
    again = db.execute(f"INSERT INTO annotation({names}) SELECT {names} FROM annotation WHERE id = ?", [answer]).lastrowid
    db.execute("INSERT INTO annotation_label SELECT ?, label_id FROM annotation_label WHERE annotation_id = ?", [again, answer])
    db.execute("INSERT INTO retraction(annotation_id, user_id, replaced_by, created_at) "
               "SELECT id, annotator_id, ?, created_at FROM annotation WHERE id = ?", [again, answer])


def overwritten_answer(db):
    """As if a late answer had overwritten what stood."""
    answer, item, _ = rows(db, STANDING)[0]
    db.execute("UPDATE annotation SET outcome = 1 WHERE id = ?", [answer])
    db.execute("DELETE FROM annotation_label WHERE annotation_id = ?", [answer])


def taken_back_by_nobody(db):
    answer, _, annotator = rows(db, STANDING)[-1]
    db.execute("INSERT INTO retraction(annotation_id, user_id, created_at) VALUES (?, ?, 0)", [answer, annotator])


def lost_undo(db):
    rows(db, "SELECT 1 FROM retraction")
    db.execute("DELETE FROM retraction")


def changed_history(db):
    """As if a row had been written anew: seen by comparing with the snapshot before."""
    answer = rows(db, "SELECT id FROM annotation ORDER BY id")[0][0]
    db.execute("UPDATE annotation SET created_at = created_at + 1 WHERE id = ?", [answer])


def two_owners(db):
    """As if an item of the project whose overlap is always 1 had been given to somebody else too."""
    lease, project, item, owner, expires = rows(db, ACTIVE.replace("WHERE", "WHERE project_id = 1 AND"))[0]
    other = rows(db, f"SELECT id FROM user WHERE id <> {owner}")[0][0]
    db.execute("INSERT INTO lease(project_id, item_id, annotator_id, issued_at, expires_at, strategy) "
               "VALUES (?, ?, ?, 0, ?, 'random')", [project, item, other, expires])


def forgotten_leases(db):
    rows(db, ACTIVE)
    db.execute("DELETE FROM lease WHERE ended IS NULL")


def leases_withdrawn_at_the_start(db):
    rows(db, ACTIVE)
    db.execute("UPDATE lease SET ended = 4 WHERE ended IS NULL")


def lease_ended_before_its_time(db):
    lease = rows(db, ACTIVE)[0][0]
    db.execute("UPDATE lease SET ended = 3 WHERE id = ?", [lease])


def wrong_state(db):
    item = rows(db, "SELECT id FROM item WHERE state = 0")[0][0]
    db.execute("UPDATE item SET state = 1 WHERE id = ?", [item])


def queue_of_removed_items(db):
    db.execute("INSERT OR REPLACE INTO queue_entry(project_id, position, row, utility) VALUES (1, 99999, 99999, 0)")


def lost_rows(db):
    """As if an acknowledged import had not been written."""
    item = rows(db, "SELECT id FROM item WHERE id > 300 AND id NOT IN (SELECT item_id FROM annotation) AND id NOT IN "
                    "(SELECT item_id FROM lease) AND id NOT IN (SELECT item_id FROM adjudication)")[0][0]
    db.execute("DELETE FROM item_content WHERE item_id = ?", [item])
    db.execute("DELETE FROM queue_entry")
    db.execute("DELETE FROM ask_again_entry")
    db.execute("DELETE FROM item WHERE id = ?", [item])


def rounds_with_a_gap(db):
    project, number = rows(db, "SELECT project_id, max(number) FROM round GROUP BY project_id")[0]
    db.execute("UPDATE round SET number = number + 1 WHERE project_id = ? AND number = ?", [project, number])


ALL = [lost_answer, answer_twice, overwritten_answer, taken_back_by_nobody, lost_undo, changed_history, two_owners,
       forgotten_leases, leases_withdrawn_at_the_start, lease_ended_before_its_time, wrong_state, queue_of_removed_items,
       lost_rows, rounds_with_a_gap]


def without_guards(change):
    """The change, made on a database whose triggers and foreign keys do not stand in its way."""
    def tamper(connection: sqlite3.Connection):
        connection.execute("PRAGMA foreign_keys = OFF")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
    return tamper
