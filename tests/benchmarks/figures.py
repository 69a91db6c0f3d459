"""A figure and its floor, as a row of the table and of var/bench.json. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

HEADINGS = ("name", "value", "min-max", "unit", "floor", "min-max", "ratio", "min-max", "target", "holds")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """``values`` and ``floors`` were measured in turns: the first of one beside the first of the other.

    ``measured`` and ``floor_is`` say in words what ran: client, signatures, how many at once, receiver. The target is
    a least ratio, a most ratio (`"times"`), or a most value in ``unit``.
    """

    name: str
    unit: str
    values: Sequence[float]
    floors: Sequence[float]
    target_of: Literal["ratio", "times", "value"]
    target: float
    measured: str
    floor_is: str

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def floor(self) -> float:
        return median(self.floors)

    @property
    def ratio(self) -> float:
        return self.value / self.floor

    @property
    def ratios(self) -> list[float]:
        return [value / floor for value, floor in zip(self.values, self.floors, strict=True)]

    @property
    def holds(self) -> bool:
        if self.target_of == "value":
            return self.value < self.target
        return self.ratio >= self.target if self.target_of == "ratio" else self.ratio < self.target

    @property
    def target_text(self) -> str:
        if self.target_of == "value":
            return f"value < {self.target:g} {self.unit}"
        return f"ratio {'>=' if self.target_of == 'ratio' else '<'} {self.target:g}"

    def row(self, commit: str) -> dict[str, Any]:
        """As `bench.json` keeps it; medians."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "floor": _rounded(self.floor),
            "ratio": _rounded(self.ratio),
            "target": self.target_text,
            "holds": self.holds,
            "commit": commit,
        }


def table(figures: Sequence[Figure]) -> str:
    """For the terminal: medians with their spread, and below them what was measured against what."""
    rows = [HEADINGS, *map(_cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    notes = [f"\n{figure.name}: {figure.measured}\n  floor: {figure.floor_is}" for figure in figures]
    return "\n".join([*lines, *notes]) + "\n"


def save(path: Path, figures: Sequence[Figure], commit: str) -> None:
    """Write the list; rows of other names that are already there stay, each with the commit it was measured on."""
    measured = {figure.name for figure in figures}
    kept = [row for row in _rows(path) if row["name"] not in measured]
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = kept + [figure.row(commit) for figure in figures]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _text(figure.value),
        _span(figure.values),
        figure.unit,
        _text(figure.floor),
        _span(figure.floors),
        _text(figure.ratio),
        _span(figure.ratios),
        figure.target_text,
        "yes" if figure.holds else "NO",
    )


def _span(samples: Iterable[float]) -> str:
    ordered = sorted(samples)
    return f"{_text(ordered[0])}-{_text(ordered[-1])}"


def _text(number: float) -> str:
    return f"{_rounded(number):,}"


def _rounded(number: float) -> float:
    """Three digits that mean something; no benchmark here knows more."""
    return round(number) if number >= 100 else round(number, 1) if number >= 10 else round(number, 2)
