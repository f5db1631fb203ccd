-- What the outlier filter keeps out of queries, as of the last time it ran. Items are never deleted for it.

CREATE TABLE exclusion (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  row INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  round INTEGER NOT NULL,
  method TEXT NOT NULL,
  -- The chance that no model learns the item, in 0 to 1.
  probability REAL NOT NULL,
  reason TEXT NOT NULL,
  -- Rows of the labelled items that spoke against it.
  neighbours TEXT NOT NULL CHECK (json_valid(neighbours)),
  -- Excluded items that are alike share a group, so that a person judges them at one look.
  outlier_group INTEGER,
  PRIMARY KEY (project_id, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX exclusion_of_item ON exclusion(item_id);
CREATE INDEX exclusion_by_group ON exclusion(project_id, outlier_group, row);

-- Items that a person put back: no filter keeps them out again.
CREATE TABLE restoration (
  project_id INTEGER NOT NULL REFERENCES project(id) ON DELETE CASCADE,
  row INTEGER NOT NULL,
  item_id INTEGER NOT NULL REFERENCES item(id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES user(id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX restoration_of_item ON restoration(item_id);
