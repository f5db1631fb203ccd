-- The source of truth of a Winnow server. Times are milliseconds since 1970 in UTC.
-- Once shipped this file is never edited: later changes get files of their own.

CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

-- The secret itself is never stored, only its SHA-256: 256 random bits need no slow hash.
CREATE TABLE token (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('annotator', 'engineer', 'admin')),
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX token_of_user ON token(user_id);

-- A browser's sign-in. It ends with its own time or with the token that it was opened by.
CREATE TABLE session (
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  token_id INTEGER NOT NULL REFERENCES token(id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_of_token ON session(token_id);

CREATE TABLE project (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  modality TEXT NOT NULL CHECK (modality IN ('text', 'image', 'vector')),
  task TEXT NOT NULL CHECK (task IN ('single_label')),
  guidelines TEXT NOT NULL,
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  version INTEGER NOT NULL DEFAULT 1,
  -- How long the vectors and embeddings of its items are: fixed by the first item.
  vector_length INTEGER,
  embedding_length INTEGER,
  -- The number of rows that the pool has ever had: rows are never given out twice.
  next_row INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE label (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  hotkey TEXT,
  color TEXT,
  UNIQUE (project_id, name)
) STRICT;

CREATE TABLE member (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_of_user ON member(user_id);

CREATE TABLE item (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  -- Place in the pool and in the feature matrix.
  row INTEGER NOT NULL,
  key TEXT NOT NULL,
  -- 0 unlabelled, 1 labelled, 2 skipped, 3 excluded
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
  evaluation INTEGER NOT NULL DEFAULT 0 CHECK (evaluation IN (0, 1)),
  -- Above 0: asked before the ranking (queried by a stream).
  priority INTEGER NOT NULL DEFAULT 0,
  meta TEXT,
  predictions TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (project_id, row),
  UNIQUE (project_id, key)
) STRICT;
CREATE INDEX item_by_state ON item(project_id, state, id);

-- Apart from the item, so that scans of items stay short.
CREATE TABLE item_content (
  item_id INTEGER PRIMARY KEY REFERENCES item(id) ON DELETE CASCADE,
  text TEXT,
  image_hash TEXT,
  image_format TEXT,
  vector BLOB,
  embedding BLOB
) STRICT;
CREATE INDEX item_by_image ON item_content(image_hash) WHERE image_hash IS NOT NULL;

CREATE TABLE lease (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  annotator_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- 1 answered, 2 released, 3 expired, 4 withdrawn
  ended INTEGER CHECK (ended BETWEEN 1 AND 4),
  strategy TEXT NOT NULL,
  round INTEGER,
  rank INTEGER,
  utility REAL,
  propensity REAL,
  evaluation INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX lease_active ON lease(project_id, item_id, annotator_id) WHERE ended IS NULL;
CREATE INDEX lease_of_item ON lease(item_id);

-- Append-only: taking back or replacing adds a row to retraction.
CREATE TABLE annotation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  annotator_id INTEGER NOT NULL REFERENCES user(id),
  -- 0 label, 1 skip, 2 flag
  outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 2),
  note TEXT,
  duration_ms INTEGER,
  -- Not a reference: each index on the path of a label costs every label, and nothing is ever looked up by this.
  lease_id INTEGER,
  strategy TEXT NOT NULL,
  round INTEGER,
  rank INTEGER,
  utility REAL,
  propensity REAL,
  evaluation INTEGER NOT NULL DEFAULT 0,
  -- The client's Idempotency-Key and the hash of what it sent with it.
  request_key TEXT,
  request_hash BLOB,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX annotation_of_item ON annotation(item_id, id);
CREATE INDEX annotation_of_project ON annotation(project_id, id);
CREATE INDEX annotation_of_annotator ON annotation(annotator_id, project_id, id);
CREATE UNIQUE INDEX annotation_request ON annotation(annotator_id, request_key) WHERE request_key IS NOT NULL;

CREATE TABLE annotation_label (
  annotation_id INTEGER NOT NULL REFERENCES annotation(id) ON DELETE CASCADE,
  label_id INTEGER NOT NULL REFERENCES label(id),
  PRIMARY KEY (annotation_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_by_label ON annotation_label(label_id);

CREATE TABLE retraction (
  annotation_id INTEGER PRIMARY KEY REFERENCES annotation(id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES user(id),
  replaced_by INTEGER REFERENCES annotation(id) ON DELETE SET NULL,
  created_at INTEGER NOT NULL
) STRICT;
-- Removing an annotation looks for what it replaced.
CREATE INDEX retraction_by_replacement ON retraction(replaced_by) WHERE replaced_by IS NOT NULL;

CREATE TABLE round (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  state TEXT NOT NULL,
  trigger TEXT NOT NULL,
  seed INTEGER NOT NULL,
  -- The newest annotation and the size of the pool when it was asked for.
  annotations_seen INTEGER NOT NULL,
  pool_size INTEGER NOT NULL,
  report TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(report)),
  strategy_used TEXT,
  reason TEXT,
  artifact TEXT,
  feature_version INTEGER,
  error TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (project_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX round_pending ON round(project_id, number) WHERE state IN ('queued', 'training', 'scoring', 'selecting');

-- The head of the serving round's ranking. The rest lives in memory.
CREATE TABLE queue_entry (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  row INTEGER NOT NULL,
  utility REAL NOT NULL,
  PRIMARY KEY (project_id, position)
) STRICT, WITHOUT ROWID;

-- A fitted featurizer and how many rows of its matrix are filled.
CREATE TABLE feature_set (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  -- The pool's size when it was fitted.
  fitted_on INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream_state (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  strategy TEXT NOT NULL,
  budget REAL NOT NULL,
  state TEXT NOT NULL CHECK (json_valid(state)),
  PRIMARY KEY (project_id, strategy, budget)
) STRICT, WITHOUT ROWID;

-- Answers kept for clients that repeat an unsafe request with the same Idempotency-Key.
CREATE TABLE idempotent_answer (
  user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  request_key TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, request_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_answer_by_age ON idempotent_answer(created_at);
