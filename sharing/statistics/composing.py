"""From what was counted to the content of a release: the words of every number, and null for those that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime

from registry import codes
from registry.statistics.bases import BASES
from registry.statistics.counting import Counts
from registry.statistics.figures import FIGURES, sums
from registry.statistics.shapes import UNITS, Base, Figure, Table, Words, base, cell, figure
from registry.statistics.tables import TABLES
from sharing.statistics.content import FORMAT, METHOD
from sharing.statistics.knowledge import AtMost, Earlier, Shape
from sharing.statistics.protecting import Why, protect, refuse_period

BY_YEAR = "_by_year"


@dataclass(frozen=True)
class Correction:
    """The number of the release that is replaced, and what was wrong with it."""

    number: str
    why: Words


@dataclass(frozen=True)
class Composed:
    """``content`` says of a number only that it is left out; ``why`` is for the court alone."""

    content: dict[str, Any]
    left_out: frozenset[str]
    why: Mapping[str, Why]


def compose(
    counts: Counts,
    *,
    number: str,
    title: Words,
    smallest: int,
    earlier: Sequence[Earlier],
    corrects: Correction | None = None,
) -> Composed:
    """The release of these counts. PeriodsOverlap, PeriodInsideAnother (`protecting.refuse_period`).

    ``earlier``: every release that was published, in that order, also those that were corrected.
    """
    refuse_period(counts.period, (each.period for each in earlier))
    shape = shape_of([counts.numbers, *(each.numbers for each in earlier)])
    why = protect(counts.numbers, counts.period, shape, smallest=smallest, earlier=earlier)
    values = {name: None if name in why else value for name, value in counts.numbers.items()}
    content = {
        "format": FORMAT,
        "method": METHOD,
        "number": number,
        "title": _both(title),
        "period": {"begins": counts.period.begins.isoformat(), "ends": counts.period.ends.isoformat()},
        "counted_at": localtime(counts.counted_at).isoformat(timespec="seconds"),
        "smallest": smallest,
        "corrects": {"number": corrects.number, "why": _both(corrects.why)} if corrects else None,
        "units": {unit.value: _both(words) for unit, words in UNITS.items()},
        "bases": [_base(each, values) for each in BASES],
        "figures": [_figure(each, values) for each in FIGURES],
        "tables": [_table(each, counts.rows[each.name], values) for each in TABLES],
    }
    return Composed(content, frozenset(why), why)


def shape_of(releases: Sequence[Mapping[str, int]]) -> Shape:
    """How the numbers of all these releases hang together."""
    rows = {table.name: list(dict.fromkeys(_rows(table, releases))) for table in TABLES}
    return Shape(
        sums=tuple(sums(rows)),
        at_most=tuple(_at_most(rows)),
        counted_out_of={base(each.name): frozenset(_out_of(each.name, rows)) for each in BASES},
        years={cell(table, row): int(row) for table in rows if table.endswith(BY_YEAR) for row in rows[table]},
        of_the_moment=frozenset(_of_the_moment(rows)),
    )


def _of_the_moment(rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for each in (one for one in BASES if one.of_the_moment):
        yield base(each.name)
        yield from _out_of(each.name, rows)


def _rows(table: Table, releases: Sequence[Mapping[str, int]]) -> Iterator[str]:
    prefix = cell(table.name, "")
    for numbers in releases:
        yield from (name.removeprefix(prefix) for name in numbers if name.startswith(prefix))


def _at_most(rows: Mapping[str, Sequence[str]]) -> Iterator[AtMost]:
    """What is part of what without adding up to it."""
    for each in BASES:
        if each.within:
            yield AtMost(base(each.name), (base(each.within),))
    for table in TABLES:
        if table.several:
            yield from (AtMost(cell(table.name, row), (base(table.base),)) for row in rows[table.name])
    for sector in rows["applied"]:
        yield AtMost(cell("applied", sector), (cell("told", sector),))
    yield AtMost(base("on_records"), (base("with_kinds"),))
    yield AtMost(cell("decision_kinds", "criminal"), (base("convicted"), base("units_convicted")))
    yield from _of_the_sentences()
    yield from _of_the_tiers(rows["data_kinds"])


def _of_the_sentences() -> Iterator[AtMost]:
    """What the law tells everybody: on probation is nobody but of detention or up to three years (CL 72), a fine alone is a
    fine (CL 34), and who is exempted from punishment is not fined (CL 37).
    """
    lenient = ("detention", "term_to_1", "term_to_3")
    yield AtMost(cell("probation", "on_probation"), tuple(cell("sentences", row) for row in lenient))
    yield AtMost(cell("sentences", "fine_only"), (base("fined"),))
    yield AtMost(cell("sentences", "exempt"), (cell("fines", "not_fined"),))


def _of_the_tiers(kinds: Sequence[str]) -> Iterator[AtMost]:
    """A case counts under the highest tier among its kinds of data: it has a kind of this tier, and a kind of this tier stands
    in cases of this one or a higher one. What has left its list may have been of any.
    """
    known = codes.entries("data_kinds")
    up_to: list[str] = []
    for tier in codes.entries("data_tiers"):
        up_to.append(cell("data_tiers", tier))
        of_tier = [kind for kind in kinds if kind in known and known[kind].extra["tier"] == tier]
        yield from (AtMost(cell("data_kinds", kind), tuple(up_to)) for kind in of_tier)
        unknown = [kind for kind in kinds if kind not in known]
        yield AtMost(cell("data_tiers", tier), tuple(cell("data_kinds", kind) for kind in (*of_tier, *unknown)))


def _out_of(name: str, rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What tells how the units of this base divide: its rows, the figures of them, and the bases within it."""
    of_base = [table.name for table in TABLES if table.base == name]
    for table in of_base:
        yield from (cell(table, row) for row in rows[table])
    yield from (figure(each.name) for each in FIGURES if each.base == name or each.table in of_base)
    for part in BASES:
        if part.within == name:
            yield base(part.name)
            yield from _out_of(part.name, rows)


def _base(each: Base, values: Mapping[str, int | None]) -> dict[str, Any]:
    return {
        "name": each.name,
        "unit": each.unit.value,
        "within": each.within,
        "words": _both(each.words),
        "definition": _both(each.definition),
        "value": values[base(each.name)],
    }


def _figure(each: Figure, values: Mapping[str, int | None]) -> dict[str, Any]:
    return {
        "name": each.name,
        "words": _both(each.words),
        "table": each.table,
        "rows": list(each.rows),
        "base": each.base,
        "value": values[figure(each.name)],
    }


def _table(each: Table, rows: Sequence[str], values: Mapping[str, int | None]) -> dict[str, Any]:
    words = _words_of_rows(each, rows)
    return {
        "name": each.name,
        "base": each.base,
        "unit": next(one.unit.value for one in BASES if one.name == each.base),
        "words": _both(each.words),
        "note": _both(each.note) if each.note else None,
        "several": each.several,
        "by_size": each.by_size,
        "rows": [{"code": row, "words": _both(words[row]), "value": values[cell(each.name, row)]} for row in rows],
    }


def _words_of_rows(table: Table, rows: Sequence[str]) -> dict[str, Words]:
    """A code that has left its list stands for itself."""
    if table.name.endswith(BY_YEAR):
        return {row: Words(f"{row}年", row) for row in rows}
    known = {row.code: row.words for row in table.rows()} if table.rows else {}
    return {row: known.get(row, Words(row, row)) for row in rows}


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
