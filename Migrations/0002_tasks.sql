-- Projects whose items may have several labels. SQLite can't change a CHECK in place, so the table is made anew; rows that
-- refer to a project keep doing so by its name. Foreign keys are off while migrations run, and are checked before they end.

CREATE TABLE project_with_tasks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  modality TEXT NOT NULL CHECK (modality IN ('text', 'image', 'vector')),
  task TEXT NOT NULL CHECK (task IN ('single_label', 'multi_label')),
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

INSERT INTO project_with_tasks(
  id, name, modality, task, guidelines, settings, version, vector_length, embedding_length, next_row, created_at)
SELECT
  id, name, modality, task, guidelines, settings, version, vector_length, embedding_length, next_row, created_at
FROM project;

-- Identifiers of projects that were removed are not given out again.
DELETE FROM sqlite_sequence WHERE name = 'project_with_tasks';
INSERT INTO sqlite_sequence(name, seq) SELECT 'project_with_tasks', seq FROM sqlite_sequence WHERE name = 'project';

DROP TABLE project;
ALTER TABLE project_with_tasks RENAME TO project;
