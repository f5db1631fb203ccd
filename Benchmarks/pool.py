"""A pool of made-up short texts in four classes, the same each time."""

import json
import random

LABELS = ["billing", "outage", "feature", "praise"]

_TOPICS = [
    "invoice refund charge payment card receipt price subscription bank overdue amount discount tax plan renewal".split(),
    "down error crash timeout offline slow unreachable broken failing restart outage login server freeze lost".split(),
    "add support export option dark integration filter sort shortcut allow custom wish column language import".split(),
    "thanks great love excellent helpful fast friendly happy wonderful recommend best nice perfect team pleased".split(),
]
_COMMON = (
    "the a our my this that account page today yesterday week please customer order project when after before with for "
    "and but still again always never since from into about could would should have has been was were is are"
).split()


def words_of_others(generator: random.Random) -> list[str]:
    """A vocabulary with a long tail, as real text has: syllables put together."""
    syllables = "ba ke li mo nu ra se ti vo za pre con der lin mar tel gor fen".split()
    return ["".join(generator.choices(syllables, k=generator.randint(2, 4))) for _ in range(20_000)]


def rows(count: int, seed: int = 7):
    """Yields `(row, class)`; the class stands after the last “-” of the key, where the annotators' program finds it."""
    generator = random.Random(seed)
    tail = words_of_others(generator)
    for number in range(count):
        kind = generator.choices(range(4), weights=[4, 3, 2, 1])[0]
        # One text in ten is about something else: no model is always right.
        topic = kind if generator.random() > 0.1 else generator.randrange(4)
        words = generator.choices(_COMMON, k=generator.randint(6, 14))
        words += generator.choices(_TOPICS[topic], k=generator.randint(1, 4))
        words += [tail[int(len(tail) * generator.random() ** 3)] for _ in range(generator.randint(2, 6))]
        generator.shuffle(words)
        yield {"key": f"item-{number}-{kind}", "text": " ".join(words)}, kind


def write(path, count: int) -> int:
    """Writes a pool as NDJSON and returns its size in bytes."""
    with open(path, "w", encoding="utf-8") as file:
        for row, _ in rows(count):
            file.write(json.dumps(row) + "\n")
        return file.tell()
