"""Small pools to label: tables of texts, images made here, vectors."""

import csv
import pathlib
import struct
import urllib.parse
import zlib

from winnow import must


def texts(server, name, messages, labels, *more) -> None:
    """A project of texts with the keys k0, k1, …"""
    table = pathlib.Path(server.folder.name) / f"{abs(hash(name))}.csv"
    with table.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "text"])
        writer.writerows([f"k{number}", text] for number, text in enumerate(messages))
    must("import", "--data", server.data, "--project", name, table, "--create", "--modality", "text", "--text-column", "text",
         "--id-column", "id", "--labels", ",".join(labels), *more)


def images(server, name, names, labels, width=320, height=200) -> None:
    """A project of images, each of one colour with a brighter square."""
    folder = pathlib.Path(server.folder.name) / f"images-{abs(hash(name))}"
    folder.mkdir()
    for number, file in enumerate(names):
        (folder / file).write_bytes(png(width, height, number))
    must("import", "--data", server.data, "--project", name, folder, "--create", "--modality", "image", "--format", "images",
         "--labels", ",".join(labels))


def png(width, height, number) -> bytes:
    """A PNG of grey levels whose square stands elsewhere for each number."""
    left, top = number * 37 % (width - 40), number * 23 % (height - 40)
    pixels = b"".join(
        bytes(230 if left <= x < left + 40 and top <= y < top + 40 else 40 + number % 90 for x in range(width))
        for y in range(height))
    return grey_png(width, height, pixels)


def grey_png(width, height, pixels) -> bytes:
    """A PNG of these grey levels, row by row."""
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def standing(server, project) -> list:
    """Every annotation that stands, oldest first."""
    found, cursor = [], ""
    while cursor is not None:
        page = server.call("GET", f"/projects/{project['id']}/annotations?limit=1000{cursor and f'&cursor={urllib.parse.quote(cursor)}'}")
        found += page["items"]
        cursor = page["next_cursor"]
    return found[::-1]
