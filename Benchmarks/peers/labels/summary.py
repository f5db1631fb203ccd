"""Tables of label efficiency: area under the curve with its 95 % interval, labels to 95 % of full-data accuracy."""
import json
import pathlib

import numpy as np
from scipy import stats


def area(labels, accuracy):
    """Mean height of the curve over its labels, by the trapezoid rule."""
    labels, accuracy = np.asarray(labels, float), np.asarray(accuracy, float)
    return float(np.trapezoid(accuracy, labels) / (labels[-1] - labels[0])) if len(labels) > 1 else float("nan")


def reach(labels, accuracy, goal):
    """The first number of labels at which the accuracy is reached; infinite where it never is."""
    for count, value in zip(labels, accuracy):
        if value >= goal:
            return count
    return float("inf")


def interval(values):
    values = np.asarray(values, float)
    if len(values) < 2:
        return float("nan")
    return float(stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))


def table(folder):
    """Rows (name, area, half interval, difference to auto with its paired half interval, median labels to the goal)."""
    folder = pathlib.Path(folder)
    result = json.loads((folder / "curves.json").read_text())
    goal = 0.95 * float(np.mean(result["ceilings"]))
    budget = json.loads((folder / "protocol.json").read_text())["labels"]
    curves = {}
    for curve in result["curves"]:
        points = curve["points"]
        if points and points[-1]["labels"] >= budget:
            curves.setdefault(curve["name"], {})[curve["seed"]] = points
    areas, rows = {}, []
    for name, seeds in curves.items():
        areas[name] = {s: area([p["labels"] for p in c], [p["accuracy"] for p in c]) for s, c in seeds.items()}
    for name, seeds in curves.items():
        common = [s for s in areas[name] if s in areas.get("auto", {})]
        gaps = [areas["auto"][s] - areas[name][s] for s in common]
        labels = [reach([p["labels"] for p in c], [p["accuracy"] for p in c], goal) for c in seeds.values()]
        rows.append({
            "name": name, "seeds": len(seeds), "area": float(np.mean(list(areas[name].values()))),
            "interval": interval(list(areas[name].values())), "auto_lead": float(np.mean(gaps)) if gaps else float("nan"),
            "lead_interval": interval(gaps), "labels": float(np.median(labels))})
    rows.sort(key=lambda row: -row["area"])
    return {"ceiling": float(np.mean(result["ceilings"])), "goal": goal, "rows": rows}


def spread(half):
    """Half an interval behind its value; nothing where one seed has none."""
    return "" if np.isnan(half) else f" ± {half:.4f}"


def markdown(folder):
    t = table(folder)
    lines = [f"Accuracy with all labels {t['ceiling']:.3f}; goal {t['goal']:.3f}.", "",
             "| strategy | seeds | area under the curve | `auto` ahead by | labels to the goal |", "|---|---|---|---|---|"]
    for row in t["rows"]:
        labels = "–" if np.isinf(row["labels"]) else f"{row['labels']:.0f}"
        lead = "–" if row["name"] == "auto" else f"{row['auto_lead']:+.4f}{spread(row['lead_interval'])}"
        lines.append(
            f"| {row['name']} | {row['seeds']} | {row['area']:.4f}{spread(row['interval'])} | {lead} | {labels} |")
    return "\n".join(lines)


def sentence(folder, budget):
    """How many labels `auto` and random draws need to the goal."""
    labels = {row["name"]: row["labels"] for row in table(folder)["rows"]}
    auto, random = labels["auto"], labels["random"]
    if np.isinf(auto):
        return f"Up to {budget} labels neither reaches the goal."
    if np.isinf(random):
        return f"With more labels `auto` reaches the goal at {auto:.0f}; a random draw does not up to {budget}."
    return f"With more labels `auto` reaches the goal at {auto:.0f} and a random draw at {random:.0f}: {auto / random:.2f} ×."


if __name__ == "__main__":
    import sys

    for folder in sys.argv[1:]:
        print(f"### {pathlib.Path(folder).name}\n\n{markdown(folder)}\n")
