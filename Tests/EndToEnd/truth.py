"""A table of items whose labels are known: CSV, TSV or JSON Lines, gzip by content. Standard library only.

The options are those of `winnow import`, so one list of flags reads the same file for both.
"""

import argparse
import csv
import gzip
import io
import json
import pathlib


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how the table is to be read."""
    parser.add_argument("--format", choices=["csv", "tsv", "jsonl"], help="without it the file's name tells")
    parser.add_argument("--no-header", action="store_true", help="the first record is data; name them with --columns")
    parser.add_argument("--columns", help="the columns' names, with commas between")
    parser.add_argument("--no-quotes", action="store_true", help="quotation marks are ordinary characters")
    parser.add_argument("--label-column", default="label", help="the column with the true label")
    parser.add_argument("--label-separator", default=";", help="what stands between the labels of an item that may have several")
    parser.add_argument("--text-column", default="text", help="the column with the text")
    parser.add_argument("--id-column", help="the column with the key; without it, key or id")
    parser.add_argument("--where", help="only rows whose column has this value, as column=value")


def rows_of(path: pathlib.Path, options: argparse.Namespace):
    """The rows as dictionaries of text."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    text = data.decode("utf-8-sig")
    name = path.name.removesuffix(".gz")
    form = options.format or {"tsv": "tsv", "tab": "tsv", "jsonl": "jsonl", "ndjson": "jsonl"}.get(name.rsplit(".", 1)[-1], "csv")
    if form == "jsonl":
        rows = (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        names = options.columns.split(",") if options.no_header and options.columns else None
        quoting = csv.QUOTE_NONE if options.no_quotes else csv.QUOTE_MINIMAL
        rows = csv.DictReader(io.StringIO(text, newline=""), names, delimiter="\t" if form == "tsv" else ",", quoting=quoting)
    column, _, value = (options.where or "").partition("=")
    return [row for row in rows if not column or str(row.get(column)) == value]


class Truth:
    """What every item's label is, or what its labels are, found by its key, or by its text where the table has no keys."""

    def __init__(self, path, options):
        rows = rows_of(pathlib.Path(path), options)
        if not rows:
            raise SystemExit(f"{path} holds no rows")
        key = options.id_column or next((name for name in ["key", "id"] if name in rows[0]), None)
        for name in filter(None, [key, options.label_column, options.text_column]):
            if name not in rows[0]:
                raise SystemExit(f"there is no column {name!r} in {path}; it has {', '.join(rows[0])}")
        self.keyed = key is not None
        self.separator = options.label_separator
        self.labels, self.texts = {}, {}
        for row in rows:
            name = str(row[key]) if self.keyed else row[options.text_column]
            # Of a text that stands more than once the first label counts: a person could not do better.
            self.labels.setdefault(name, row[options.label_column])
            self.texts.setdefault(name, row[options.text_column])

    def name(self, item) -> str:
        """What an item is known by here."""
        return item["key"] if self.keyed else item["text"]

    def answer(self, item, several) -> list:
        """The labels that a person who knows would give to an item as the server shows it."""
        return self.names(self.label(item)) if several else [self.label(item)]

    def names(self, label) -> list:
        """The labels of a list, or of a field with separators."""
        return sorted(label) if isinstance(label, list) else sorted(filter(None, label.split(self.separator)))

    def label(self, item):
        """The true label of an item as the server shows it."""
        name = self.name(item)
        if name not in self.labels:
            raise AssertionError(f"the server served an item that the table does not hold: {item}")
        return self.labels[name]
