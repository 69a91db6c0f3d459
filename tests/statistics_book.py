"""Invented books for the tests of the statistics: random units with what is counted of them, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from registry import codes
from registry.statistics.bases import BASES
from registry.statistics.counting import Counts, Period
from registry.statistics.figures import FIGURES
from registry.statistics.shapes import NOT_RECORDED, Row, Table, base, cell, figure
from registry.statistics.tables import TABLES

COUNTED_AT = datetime(2026, 11, 26, 4, tzinfo=UTC)
COURTS = ("京0105", "京0108", "京0106", "京0102", "京0115", "京03", "京01")
LENIENT = ("detention", "term_to_1", "term_to_3")  # of which one may be on probation
OF_A_PERSON = ("sentences", "probation", "fines", "employed", "education", "industries", "occupations")


@dataclass(frozen=True)
class Unit:
    """One case, decision, person or listing: the day on which it is counted, and the names of what it counts for."""

    day: date
    names: tuple[str, ...]


class Book:
    """``cases`` of the years from ``first`` to ``last`` with a decision and about four persons for each three of them."""

    def __init__(self, seed: int, cases: int, first: date, last: date) -> None:
        self._random = Random(seed)
        self.units: list[Unit] = []
        for _ in range(cases):
            day = first + timedelta(days=self._random.randrange((last - first).days + 1))
            self.units += self._case(day)

    def grow(self, cases: int, first: date, last: date) -> None:
        self.units += Book(self._random.randrange(10**9), cases, first, last).units

    def seal(self, unit: Unit) -> None:
        self.units.remove(unit)

    def counts(self, period: Period) -> Counts:
        found = Counter(name for unit in self._of(period) for name in unit.names)
        rows = {table.name: _rows(table, period) for table in TABLES}
        numbers = {base(each.name): found[base(each.name)] for each in BASES}
        numbers |= {cell(table, row): found[cell(table, row)] for table in rows for row in rows[table]}
        numbers |= {figure(each.name): sum(found[cell(each.table, row)] for row in each.rows) for each in FIGURES}
        return Counts(period, COUNTED_AT, numbers, rows, 0)

    def _of(self, period: Period) -> Iterator[Unit]:
        """Listings in force are counted whatever the period."""
        for unit in self.units:
            if base("in_force") in unit.names or period.begins <= unit.day <= period.ends:
                yield unit

    def _case(self, day: date) -> Iterator[Unit]:
        court = self._skewed(COURTS)
        filed = [base("cases_filed"), cell("filed_by_year", str(day.year)), cell("filed_by_court", court)]
        yield Unit(day, tuple(filed))
        if self._random.random() < 0.97:
            yield Unit(day, tuple(self._concluded(day, court)))
            if self._random.random() < 0.85:
                yield from self._decided(day)

    def _concluded(self, day: date, court: str) -> Iterator[str]:
        first = self._random.random() < 0.8
        yield from (
            base("cases_concluded"),
            cell("concluded_by_year", str(day.year)),
            cell("concluded_by_court", court),
        )
        yield cell("outcomes", self._row("outcomes"))
        yield cell("instances", "first" if first else self._random.choice(["second"] * 9 + ["other"]))
        if first:
            yield base("first_instance")
        if self._random.random() < 0.9:
            yield from self._kinds(first)

    def _kinds(self, first: bool) -> Iterator[str]:
        tiers = list(codes.entries("data_tiers"))
        known = codes.entries("data_kinds")
        kinds = self._some("data_kinds", 3) or [next(iter(known))]
        yield base("with_kinds")
        yield cell("data_tiers", min((str(known[kind].extra["tier"]) for kind in kinds), key=tiers.index))
        yield from (cell("data_kinds", kind) for kind in kinds)
        if first:
            yield from (base("on_records"), cell("records", self._row("records")))

    def _decided(self, day: date) -> Iterator[Unit]:
        criminal = self._random.random() < 0.97
        names = [base("decisions"), cell("decision_kinds", "criminal" if criminal else "penalty")]
        names.append(cell("gains", self._row("gains")))
        for table in ("channels", "payments", "evasions", "associated_offences"):
            names += [cell(table, row) for row in self._some(table, 2)]
        yield Unit(day, tuple(names))
        for _ in range(self._random.choice((1, 1, 1, 1, 2, 2, 3))):
            if criminal:
                yield Unit(day, tuple(self._convicted()))
            yield Unit(day, tuple(self._listing()))

    def _convicted(self) -> Iterator[str]:
        rows = lawful({table: self._row(table) for table in OF_A_PERSON})
        yield base("convicted")
        yield from (cell(table, row) for table, row in rows.items())
        listed = codes.entries("industries").get(rows["industries"])
        yield cell("sectors", str(listed.extra.get("sector", "") if listed else "") or "none")
        if rows["fines"] != "not_fined":
            yield base("fined")

    def _listing(self) -> Iterator[str]:
        yield base("in_force")
        for row in self._some("told", 3):
            yield cell("told", row)
            if self._random.random() < 0.7:
                yield cell("applied", row)

    def _row(self, table: str) -> str:
        return self._skewed([row.code for row in _listed(table)])

    def _some(self, table: str, most: int) -> list[str]:
        return sorted({self._row(table) for _ in range(self._random.randrange(most + 1))})

    def _skewed(self, among: Sequence[str]) -> str:
        """The later in the list, the rarer; what is not recorded is half as frequent as what comes first."""
        weights = [1 / (place + 1) ** 1.3 for place in range(len(among))]
        if among[-1] == NOT_RECORDED:
            weights[-1] = 0.5
        return self._random.choices(among, weights)[0]


def lawful(rows: dict[str, str]) -> dict[str, str]:
    """No probation of more than three years or of a lighter penalty; a fine alone is one, and the exempt have none."""
    if rows["sentences"] not in LENIENT:
        rows["probation"] = "without"
    if rows["sentences"] == "exempt":
        rows["fines"] = "not_fined"
    if (rows["sentences"], rows["fines"]) == ("fine_only", "not_fined"):
        rows["fines"] = "to_10000"
    return rows


def _listed(table: str) -> Sequence[Row]:
    return next(each.rows() for each in TABLES if each.name == table and each.rows)


def _rows(table: Table, period: Period) -> tuple[str, ...]:
    return tuple(row.code for row in table.rows()) if table.rows else tuple(period.years)
