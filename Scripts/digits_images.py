#!/usr/bin/env python3
"""Writes the 8×8 handwritten digits of scikit-learn as PNG files, with the true labels beside them.

    digits_images.py digits.csv.gz FOLDER truth.csv

The images are flat in FOLDER (0000.png, 0001.png, …): which digit each one shows stands only in truth.csv
(columns file,label), since an annotator is to say it. Standard library only.
"""

import csv
import gzip
import pathlib
import struct
import sys
import zlib

SIDE = 8
DARKEST = 16  # the data set counts ink from 0 to 16


def chunk(kind: bytes, payload: bytes) -> bytes:
    """One PNG chunk: length, kind, payload, and the CRC of the last two."""
    body = kind + payload
    return struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))


def grey_png(pixels: list[int], width: int, height: int) -> bytes:
    """An 8-bit greyscale PNG from row-major pixels of 0…255; every row unfiltered."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(pixels[y * width : (y + 1) * width]) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def numeric_rows(table: pathlib.Path):
    """The rows of the table as (64 counts of ink, digit); a header line, where there is one, is passed over."""
    opened = gzip.open(table, "rt") if table.suffix == ".gz" else table.open()
    with opened as lines:
        for number, row in enumerate(csv.reader(lines), start=1):
            try:
                values = [int(float(cell)) for cell in row]
            except ValueError:
                if number == 1:
                    continue
                raise SystemExit(f"{table}, line {number}: not a number in {row!r}")
            if len(values) != SIDE * SIDE + 1:
                raise SystemExit(f"{table}, line {number}: {len(values)} columns where {SIDE * SIDE + 1} were expected")
            yield values[:-1], values[-1]


def main() -> None:
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    table, folder, truth = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    labels = []
    for index, (ink, digit) in enumerate(numeric_rows(table)):
        name = f"{index:04}.png"
        (folder / name).write_bytes(grey_png([min(255, value * 255 // DARKEST) for value in ink], SIDE, SIDE))
        labels.append((name, digit))
    # The list of truths is written last: its presence says that the images are complete.
    with truth.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["file", "label"])
        writer.writerows(labels)
    print(f"digits: {len(labels)} images in {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
