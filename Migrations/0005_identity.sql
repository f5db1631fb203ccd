-- People who sign in by themselves: roles of users, passwords, one-time links, sessions that rotate, and the audit log.

ALTER TABLE user ADD COLUMN role TEXT NOT NULL DEFAULT 'annotator' CHECK (role IN ('annotator', 'engineer', 'admin'));
-- Argon2id with its salt and cost, as libsodium writes it. NULL: nobody signs in with this name and a password.
ALTER TABLE user ADD COLUMN password TEXT;
ALTER TABLE user ADD COLUMN disabled_at INTEGER;
-- When they last signed in by a password, a link or a token of theirs.
ALTER TABLE user ADD COLUMN signed_in_at INTEGER;
-- Names are told apart by case where they were given before; they are found without it.
CREATE INDEX user_by_folded_name ON user(lower(name));

-- A token allows what both it and its user may: users get the highest role that a token of theirs has now.
UPDATE user SET role = coalesce(
  (SELECT role FROM token WHERE user_id = user.id AND revoked_at IS NULL
   ORDER BY CASE role WHEN 'admin' THEN 2 WHEN 'engineer' THEN 1 ELSE 0 END DESC LIMIT 1), 'annotator');

-- What a token is for, in its owner's words.
ALTER TABLE token ADD COLUMN note TEXT;

-- A browser's sign-in. It ends with its own time, when it was not used for long, with the token that it was opened by
-- where it was, and with its user.
CREATE TABLE session_of_user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  -- The secret before the last rotation, for requests that were under way then.
  previous_hash BLOB UNIQUE CHECK (length(previous_hash) = 32),
  user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  token_id INTEGER REFERENCES token(id) ON DELETE CASCADE,
  opened_by TEXT NOT NULL CHECK (opened_by IN ('password', 'link', 'token')),
  -- Whether a password may be chosen without the present one: a one-time link opened it, and none was chosen since.
  may_choose_password INTEGER NOT NULL DEFAULT 0 CHECK (may_choose_password IN (0, 1)),
  address TEXT,
  agent TEXT,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

INSERT INTO session_of_user(hash, user_id, token_id, opened_by, created_at, seen_at, rotated_at, expires_at)
SELECT session.hash, token.user_id, token.id, 'token', session.created_at, unixepoch('now') * 1000, session.created_at,
  session.expires_at
FROM session JOIN token ON token.id = session.token_id;

DROP TABLE session;
ALTER TABLE session_of_user RENAME TO session;
CREATE INDEX session_by_user ON session(user_id, id);
CREATE INDEX session_by_token ON session(token_id) WHERE token_id IS NOT NULL;

-- A link that signs its user in once. Only the hash of its secret is kept.
CREATE TABLE link (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;
CREATE INDEX link_of_user ON link(user_id);

-- Every change: who, what, from where, before and after. No references: what it tells of may be gone, it stays.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_id INTEGER,
  user_name TEXT,
  role TEXT,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT,
  project_id INTEGER,
  address TEXT,
  request_id TEXT,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after))
) STRICT;
CREATE INDEX audit_by_action ON audit(action, id);
CREATE INDEX audit_by_user ON audit(user_id, id);
CREATE INDEX audit_by_project ON audit(project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX audit_by_time ON audit(at);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- REPLACE removes rows without asking the trigger above.
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- What was said is history too: it is never changed, and goes only with its item or its project. Whoever removes those
-- says so here first, and clears it in the same transaction.
CREATE TABLE removal (
  project_id INTEGER NOT NULL,
  -- 0: the whole project.
  item_id INTEGER NOT NULL,
  PRIMARY KEY (project_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER annotation_is_never_changed BEFORE UPDATE ON annotation
BEGIN SELECT RAISE(ABORT, 'annotations are append-only'); END;
CREATE TRIGGER annotation_goes_with_its_item BEFORE DELETE ON annotation
WHEN NOT EXISTS (SELECT 1 FROM removal WHERE project_id = OLD.project_id AND item_id IN (0, OLD.item_id))
BEGIN SELECT RAISE(ABORT, 'annotations are append-only'); END;

CREATE TRIGGER annotation_label_is_never_changed BEFORE UPDATE ON annotation_label
BEGIN SELECT RAISE(ABORT, 'annotations are append-only'); END;
CREATE TRIGGER annotation_label_goes_with_its_annotation BEFORE DELETE ON annotation_label
WHEN EXISTS (SELECT 1 FROM annotation WHERE id = OLD.annotation_id)
BEGIN SELECT RAISE(ABORT, 'annotations are append-only'); END;

-- A retraction forgets what replaced its annotation when that goes with its item, and nothing else of it changes.
CREATE TRIGGER retraction_is_never_changed BEFORE UPDATE ON retraction
WHEN NEW.replaced_by IS NOT NULL OR NEW.annotation_id <> OLD.annotation_id OR NEW.user_id <> OLD.user_id
  OR NEW.created_at <> OLD.created_at OR EXISTS (SELECT 1 FROM annotation WHERE id = OLD.replaced_by)
BEGIN SELECT RAISE(ABORT, 'retractions are append-only'); END;
CREATE TRIGGER retraction_goes_with_its_annotation BEFORE DELETE ON retraction
WHEN EXISTS (SELECT 1 FROM annotation WHERE id = OLD.annotation_id)
BEGIN SELECT RAISE(ABORT, 'retractions are append-only'); END;

CREATE TRIGGER adjudication_is_never_changed BEFORE UPDATE ON adjudication
BEGIN SELECT RAISE(ABORT, 'adjudications are append-only'); END;
CREATE TRIGGER adjudication_goes_with_its_item BEFORE DELETE ON adjudication
WHEN NOT EXISTS (SELECT 1 FROM removal WHERE project_id = OLD.project_id AND item_id IN (0, OLD.item_id))
BEGIN SELECT RAISE(ABORT, 'adjudications are append-only'); END;
