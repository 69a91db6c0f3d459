"""What was measured before, a line each in `measured.jsonl`, and docs/figures.md, the page that is made of it. Pure but for the files.

Figures are compared only where the same was measured: the words that say what ran, how many of it and against what.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.figures import Figure
from tests.ledger.writing import append

HERE = Path(__file__).parent / "measured.jsonl"
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "figures.md"
EARLIER = 5  # lines that a figure is compared with
FALL = 1.25  # times worse than their median, and worse than each of them

Row = Mapping[str, Any]

HEAD = """# Figures

Written by `make bench`: each figure beside a floor that was measured in the same run, turn by turn; the newest of each, what it
has to reach, and the median of up to five measured before with the same words. **Fell**: a quarter worse than that median and
worse than each of the five. A ratio says more than a value: the machine is in both. All lines: `tests/benchmarks/measured.jsonl`.

| figure | value | floor | ratio | to reach | holds | before | measured |
|---|---|---|---|---|---|---|---|
"""


def line(figure: Figure, *, commit: str, on: date) -> dict[str, Any]:
    """As the history keeps it."""
    return figure.row(commit) | {
        "on": on.isoformat(),
        "processors": os.cpu_count(),
        "by": figure.target_of,
        "measured": figure.measured,
        "floor_is": figure.floor_is,
    }


def keep(path: Path, figures: Iterable[Figure], *, commit: str, on: date) -> None:
    """Lines at the end of the history. What was measured on changed files is nobody's figure, and is not kept."""
    if not commit or commit.endswith("-dirty"):
        return
    for figure in figures:
        append(path, line(figure, commit=commit, on=on))


def earlier(row: Row, rows: Sequence[Row]) -> list[float]:
    """What is compared of up to five lines before that measured the same, the newest last."""
    same = ("name", "measured", "floor_is", "processors")
    return [compared(each) for each in rows if all(each[what] == row[what] for what in same)][-EARLIER:]


def compared(row: Row) -> float:
    """The ratio, or where a value has to be reached the value."""
    return float(row["value"] if row["by"] == "value" else row["ratio"])


def fell(row: Row, before: Sequence[float]) -> bool:
    """Whether it is worse than ever, and by a quarter. A ratio is better the higher; a value, or how many times the floor it is, the lower."""
    if not before:
        return False
    worse = [_worse(row, each) for each in (*before, median(before))]
    return min(worse) > 1 and worse[-1] > FALL


def newest(rows: Sequence[Row]) -> list[tuple[Row, list[float]]]:
    """Each figure's newest line with what is compared of those before, in the order of their names."""
    places = {row["name"]: place for place, row in enumerate(rows)}
    return [(rows[place], earlier(rows[place], rows[:place])) for _name, place in sorted(places.items())]


def page(rows: Sequence[Row]) -> str:
    """docs/figures.md."""
    found = newest(rows)
    lines = [_cells(row, before) for row, before in found]
    words = [f"- **{row['name']}**: {row['measured']}. Floor: {row['floor_is']}." for row, _before in found]
    return HEAD + "\n".join([*lines, "", "## What ran against what", "", *words]) + "\n"


def _worse(row: Row, before: float) -> float:
    now, least = compared(row), 1e-9
    return max(before, least) / max(now, least) if row["by"] == "ratio" else max(now, least) / max(before, least)


def _cells(row: Row, before: Sequence[float]) -> str:
    said = f"{median(before):g}" if before else "–"
    if fell(row, before):
        said = f"**fell** from {said}"
    cells = (
        row["name"],
        f"{row['value']:,} {row['unit']}".strip(),
        f"{row['floor']:,} {row['unit']}".strip(),
        f"{row['ratio']:,}",
        row["target"],
        "yes" if row["holds"] else "**no**",
        said,
        f"{row['on']}, {row['commit']}, {row['processors']} processors",
    )
    return f"| {' | '.join(map(str, cells))} |"
