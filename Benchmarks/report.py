"""The figures as a table for people, beside what other tools needed for the same."""

# Measured on such a machine (2 cores) with Label Studio 1.23, doccano 1.8 and potato, on the same work.
PEERS = {
    "label": ("Label Studio", 138.0, "ms"), "import": ("Label Studio", 13.6, "s"),
    "export": ("slowest peer", 11.0, "s"), "memory": ("lightest figure known", 265.0, "MB"),
    "start": ("on an empty folder", 35.0, "s"),
}
LABEL_PEERS = "CPU per label of others: Label Studio 138-161 ms, doccano 40-45 ms, potato 37 ms"
SOURCE = "Others: measured on such a machine (Label Studio 1.23, doccano 1.8, potato)."


def _line(name: str, value: str, other="", ratio="") -> str:
    return f"{name:<52}{value:>26}  {other:>10}  {ratio:>7}".rstrip()


def _against(name: str, value: float, text: str, peer: str) -> str:
    other, unit = PEERS[peer][1], PEERS[peer][2]
    return _line(name, text, f"{other:g} {unit}", f"{other / value:.0f} x" if value > 0 else "")


def _people(row: dict) -> str:
    pace = f", looking {row['think_ms']} ms" if row["think_ms"] else ""
    return f"{row['annotators']} annotator{'s' if row['annotators'] > 1 else ''}{pace}"


def _labelling(rows: list) -> list[str]:
    lines = []
    for row in rows:
        lines.append(
            f"  {_people(row):<31}{row['labels_per_s']:>8.0f}{row['cpu_ms_per_label']:>12.3f}"
            f"{37 / max(row['cpu_ms_per_label'], 1e-9):>8.0f} x"
            + "".join(f"{row[kind][q]:>8.2f}" for kind in ("next_ms", "annotation_ms") for q in ("median", "p95", "p99")))
        if row["failed"]:
            lines.append(f"    {row['failed']} requests FAILED")
    return lines


def table(result: dict) -> str:
    """The whole report as text."""
    machine, imported, export = result["machine"], result["import"], result["export"]
    bare = result["bare_us"]
    lines = [
        f"Winnow on {machine['cores']} cores ({machine['processor']}); load {machine['load_at_start']:.1f} at the start; "
        f"4 KiB and fdatasync: {machine['fdatasync_ms']:.2f} ms; pool of {result['items']:,} texts",
        "",
        _line("", "Winnow", "others", "ratio"),
        _against("first answer on an empty folder", result["start"]["first_answer_s"],
                 f"{result['start']['first_answer_s'] * 1e3:.0f} ms", "start"),
        _against("memory at the start", result["start"]["rss_mb"], f"{result['start']['rss_mb']:.0f} MB", "memory"),
        _line("memory after import and the first round", f"{result['after_import']['rss_mb']:.0f} MB"),
        _line("  of which not files", f"{result['after_import']['anonymous_mb']:.0f} MB"),
        _line("memory after all labels and rounds", f"{result['end']['rss_mb']:.0f} MB"),
        _line("  of which not files", f"{result['end']['anonymous_mb']:.0f} MB"),
        _line("memory at its peak", f"{result['end']['peak_mb']:.0f} MB"),
        _against(f"import of {imported['rows']:,} rows", imported["seconds"],
                 f"{imported['seconds']:.2f} s, {imported['rows_per_s']:,.0f} rows/s", "import"),
        _line("  its CPU", f"{imported['cpu_s']:.2f} s"),
        _against(f"export of {export['items']:,} labelled items", export["seconds"],
                 f"{export['seconds']:.2f} s, {export['megabytes']:.1f} MB", "export"),
        *(_line(f"bare libmicrohttpd handler, {method}, 1 and 32 clients",
                f"{bare[method]['1']:.1f}, {bare[method]['32']:.1f} us of CPU") for method in ("GET", "POST")),
        *(_line(f"next + submit, {name}, to 2 such POSTs", f"{row['cpu_ms_per_label'] * 500 / bare['POST'][clients]:.1f} x")
          for name, clients, row in (("1 annotator", "1", result["quiet"][0]), ("32 annotators", "32", result["quiet"][2]))),
        "",
        f"  {'':<31}{'labels/s':>8}{'CPU ms/label':>13}{'to 37 ms':>9}{'next ms: median, p95, p99':>26}"
        f"{'annotation ms: the same':>24}",
    ]
    for state, title in (("quiet", "quiet"), ("training", "while a round trains")):
        lines += [title, *_labelling(result[state])]
        if state == "training":
            busy = sum(row["training_cpu_s"] for row in result[state])
            wall = sum(row["seconds"] for row in result[state])
            lines.append(f"  the trainer used {busy / wall:.2f} cores meanwhile")
    lines.append("")
    for title, durations in zip(("first round", "last round"), result["rounds"]):
        lines.append(f"{title}: " + ", ".join(f"{phase} {ms} ms" for phase, ms in durations.items()))
    lines += [LABEL_PEERS + " (ratio to potato's 37 ms above).", SOURCE]
    return "\n".join(lines)
