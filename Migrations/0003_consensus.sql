-- What engineers settle by hand, and what is asked again.

-- Append-only: the newest of an item counts; a withdrawn one gives the item back to its annotators.
CREATE TABLE adjudication (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES user(id),
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  note TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX adjudication_of_item ON adjudication(item_id, id);
CREATE INDEX adjudication_of_project ON adjudication(project_id, id);

CREATE TABLE adjudication_label (
  adjudication_id INTEGER NOT NULL REFERENCES adjudication(id) ON DELETE CASCADE,
  label_id INTEGER NOT NULL REFERENCES label(id),
  PRIMARY KEY (adjudication_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX adjudication_by_label ON adjudication_label(label_id);

-- Labelled items of which the serving round wants one more opinion, most wanted first.
CREATE TABLE ask_again_entry (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  row INTEGER NOT NULL,
  position INTEGER NOT NULL,
  utility REAL NOT NULL,
  PRIMARY KEY (project_id, row)
) STRICT, WITHOUT ROWID;
