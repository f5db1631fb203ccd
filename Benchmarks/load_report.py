"""The figures of the load as Markdown, and what of them is a failure."""

LABEL_GOAL_MS, P99_GOAL_MS, GROWTH_GOAL, EXPORT_GOAL = 0.4, 25.0, 1.3, 100_000
_TITLES = {"label": "answering at once", "label-training": "answering at once, a round trains",
           "think": "looking 1 s", "think-training": "looking 1 s, a round trains"}


def _table(head: list, rows: list) -> list[str]:
    widths = [max(len(str(row[column])) for row in [head, *rows]) for column in range(len(head))]

    def line(row):
        cells = [str(cell).ljust(width) if column == 0 else str(cell).rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "|".join("-" * (width + 1) + ("-" if column == 0 else ":") for column, width in enumerate(widths)) + "|"
    return [line(head), rule, *map(line, rows), ""]


def _labelling(result: dict) -> list[str]:
    rows = []
    for phase, title in _TITLES.items():
        for pool in result["pools"]:
            if (row := pool.get(phase)) is None:
                continue
            floor = result["bare"]["think" if row["think_ms"] else "label"]["cpu_ms_per_label"]
            rows.append([
                title, f"{pool['items']:,}", f"{row['labels_per_s']:.0f}", f"{row['cpu_ms_per_label']:.3f}",
                f"{row['cpu_ms_per_request']:.3f}", f"{row['cpu_ms_per_label'] / floor:.1f}",
                *(f"{row[kind][share]:.1f}" for kind in ("next_ms", "annotation_ms") for share in ("median", "p95", "p99")),
                row["failed"], f"{row['memory']['anonymous_mb']:.0f}", f"{row['memory']['peak_mb']:.0f}"])
    for phase in ("label", "think"):
        row = result["bare"][phase]
        rows.append([f"bare handler, {_TITLES[phase]}", "", f"{row['labels_per_s']:.0f}", f"{row['cpu_ms_per_label']:.3f}",
                     f"{row['cpu_ms_per_request']:.3f}", "1.0",
                     *(f"{row[kind][share]:.1f}" for kind in ("next_ms", "annotation_ms")
                       for share in ("median", "p95", "p99")), row["failed"], "", ""])
    return _table(
        [f"{result['annotators']} annotators", "items", "labels/s", "CPU ms/label", "CPU ms/request", "× bare",
         "next p50", "p95", "p99", "label p50", "p95", "p99", "errors", "own MB", "peak MB"], rows)


def _growth(result: dict) -> list[str]:
    pools = result["pools"]
    head = ["growth" if len(pools) > 1 else "", *(f"{pool['items']:,} items" for pool in pools)]
    if len(pools) > 1:
        head.append("last : first")
    rows = []

    def add(name, values, form="{:.2f}"):
        if any(value is None for value in values):
            return
        row = [name, *(form.format(value) for value in values)]
        if len(pools) > 1:
            row.append(f"{values[-1] / values[0]:.2f}" if values[0] else "")
        rows.append(row)

    for phase, title in _TITLES.items():
        add(f"CPU ms a label, {title}", [pool.get(phase, {}).get("cpu_ms_per_label") for pool in pools], "{:.3f}")
    for name in pools[-1].get("reads", {}):
        add(f"GET {name}, ms", [pool.get("reads", {}).get(name) for pool in pools])
    for form in ("jsonl", "csv"):
        add(f"export {form}: first byte, ms", [pool.get(f"export_{form}", {}).get("first_byte_ms") for pool in pools])
    return _table(head, rows) if rows else []


def _volume(result: dict) -> list[str]:
    rows = []
    for pool in result["pools"]:
        size = f"{pool['items']:,}"
        for name, key in (("import, texts and features", "import"), ("import, labelled texts", "import_labelled")):
            if row := pool.get(key):
                rows.append([name, size, f"{row['seconds']:.1f}", f"{row['rows_per_s']:,.0f}", f"{row['cpu_s']:.1f}",
                             f"{row['peak_mb']:.0f}"])
        for form in ("jsonl", "csv"):
            if row := pool.get(f"export_{form}"):
                rows.append([f"export, {form} ({row['megabytes']:.0f} MB)", size, f"{row['seconds']:.1f}",
                             f"{row['rows_per_s']:,.0f}", f"{row['cpu_s']:.1f}",
                             f"{row['peak_mb']:.0f} (+{row['grew_mb']:.0f})"])
        if row := pool.get("start"):
            rows.append(["start to first answer, first next", size,
                         f"{row['first_answer_s']:.2f}, {row['first_next_s']:.2f}", "", "",
                         f"{row['memory']['peak_mb']:.0f}"])
    return _table(["", "items", "seconds", "rows/s", "CPU s", "peak MB"], rows)


def tables(result: dict) -> str:
    """The whole report as Markdown."""
    machine = result["machine"]
    lines = [
        f"{machine['cores']} cores ({machine['processor']}), load {machine['load_at_start']:.1f} at the start, 4 KiB and "
        f"fdatasync {machine['fdatasync_ms']:.2f} ms; {result['columns']} features an item; "
        f"{result.get('minutes', 0):.1f} minutes in all.", "",
        *_labelling(result), *_growth(result), *_volume(result)]
    for pool in result["pools"]:
        seen = pool["check"]
        lines.append(
            f"- {pool['items']:,} items: {seen['acknowledged']:,} labels acknowledged, {seen['lost']} lost, "
            f"{seen['served_to_two']} of {seen['served']:,} items served to two people, {seen['labelled_twice']} labelled "
            f"twice; {pool['rounds']} rounds, {pool['failed_rounds']} failed. Database {pool['database_mb']:,.0f} MB, "
            f"features {pool['features_mb']:,.0f} MB; at the end {pool['end']['rss_mb']:.0f} MB resident, of which "
            f"{pool['end']['anonymous_mb']:.0f} MB not files.")
        for name in ("first_round", "labelled_round", "last_round"):
            if name in pool:
                lines.append(f"  - {name.replace('_', ' ')}: "
                             + ", ".join(f"{phase} {ms} ms" for phase, ms in pool[name].items()))
    missed = goals_missed(result)
    lines += ["", "Goals missed: " + "; ".join(missed) + "." if missed else "All goals are kept.", ""]
    return "\n".join(lines)


def goals_missed(result: dict) -> list[str]:
    """Goals of speed that this run did not reach."""
    missed = []
    for pool in result["pools"]:
        for phase, title in _TITLES.items():
            if (row := pool.get(phase)) is None:
                continue
            if row["cpu_ms_per_label"] > LABEL_GOAL_MS:
                missed.append(f"{pool['items']:,}, {title}: {row['cpu_ms_per_label']:.2f} ms of CPU a label")
            if (slowest := max(row["next_ms"]["p99"], row["annotation_ms"]["p99"])) > P99_GOAL_MS:
                missed.append(f"{pool['items']:,}, {title}: p99 {slowest:.0f} ms")
        for form in ("jsonl", "csv"):
            row = pool.get(f"export_{form}")
            if row and pool["items"] >= 1_000_000 and row["rows_per_s"] < EXPORT_GOAL:
                missed.append(f"{pool['items']:,}: export {form} {row['rows_per_s']:,.0f} rows/s")
    first, last = result["pools"][0], result["pools"][-1]
    for phase, title in _TITLES.items():
        if phase in first and phase in last:
            growth = last[phase]["cpu_ms_per_label"] / first[phase]["cpu_ms_per_label"]
            if growth > GROWTH_GOAL:
                missed.append(f"{title}: CPU a label grows {growth:.2f} times")
    return missed


def problems(result: dict) -> list[str]:
    """What must never happen, whatever the machine."""
    found = []
    for pool in result["pools"]:
        for name in ("lost", "served_to_two", "labelled_twice", "acknowledged_twice"):
            if pool["check"][name]:
                found.append(f"{pool['items']:,} items: {pool['check'][name]} {name.replace('_', ' ')}")
        failed = sum(pool[phase]["failed"] for phase in _TITLES if phase in pool)
        if failed or pool["failed_rounds"]:
            found.append(f"{pool['items']:,} items: {failed} requests and {pool['failed_rounds']} rounds failed")
    return found
