"""The pool that all programs of the speed comparison work on."""
import json
import pathlib

import numpy as np


def make(folder, rows=100_000, columns=384, classes=10, labelled=200, seed=1):
    """Writes normal clusters, one for each class, that overlap as text embeddings do."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, rows)
    centres = random.normal(0, 0.12, (classes, columns))
    features = (centres[labels] + random.normal(0, 1, (rows, columns))).astype(np.float32)
    features.tofile(folder / "pool.f32")
    description = {"rows": rows, "columns": columns, "classes": classes, "labelled": labelled, "labels": labels.tolist()}
    (folder / "pool.json").write_text(json.dumps(description))
    # Pictures with a bright bar at a place of its own for each class.
    pictures = random.normal(0, 0.3, (1000, 28, 28)).astype(np.float32)
    kinds = random.integers(0, 10, 1000)
    for picture, kind in zip(pictures, kinds):
        picture[2 * kind + 4: 2 * kind + 7, 6:22] += 1
    pictures.tofile(folder / "pictures.f32")
    kinds.astype(np.int64).tofile(folder / "pictures.i64")


def read(folder):
    """Returns features (n, d), labels (n) and the number of labelled rows, which come first."""
    folder = pathlib.Path(folder)
    description = json.loads((folder / "pool.json").read_text())
    features = np.fromfile(folder / "pool.f32", np.float32).reshape(description["rows"], description["columns"])
    return features, np.array(description["labels"]), description["labelled"]
