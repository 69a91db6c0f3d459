"""Counting: one pass over the cases, one over the decisions and one over the persons of a period.

Counted are decisions and persons whose listing is or was in force, as the book says now; what is sealed or was entered in
error is not. Small numbers are in what this returns: it is for the court alone (`sharing.statistics` protects them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from registry import codes
from registry.statistics import tables
from registry.statistics.tables import BASES, FIGURES, NOT_RECORDED, TABLES, Row, base, cell, figure

WITHOUT_SECTOR = "none"


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    begins: date
    ends: date


@dataclass(frozen=True)
class Counts:
    """``numbers``: every number by its name (`registry.statistics.tables`); ``rows``: table → its rows, in their order."""

    period: Period
    counted_at: datetime
    numbers: Mapping[str, int]
    rows: Mapping[str, tuple[str, ...]]


def count(period: Period, *, now: datetime) -> Counts:
    """Every number of the period but those of the tables "told" and "applied", which the book does not know."""
    found: Counter[str] = Counter()
    with _one_moment() as cursor:
        for part in (_cases, _findings, _kinds, _decisions, _lists, _persons, _in_force):
            for name, number in part(cursor, period):
                found[name] += number
    for name, number in list(_sectors(found)):
        found[name] += number
    rows = {table.name: tuple(_rows(table, found)) for table in TABLES}
    numbers = {name: found[name] for name in _names(rows)} | _figures(found)
    return Counts(period, now, numbers, rows)


@contextmanager
def _one_moment() -> Iterator[Any]:
    """A cursor for which the book stands still, so that the numbers add up. In a caller's transaction that is his."""
    own = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if own:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield cursor


def _cases(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    for table, day in (("filed", "filed_on"), ("concluded", "concluded_on")):
        cursor.execute(_BY_YEAR_AND_COURT.format(day=day), _during(period))
        for year, court, number in cursor.fetchall():
            yield base(f"cases_{table}"), number
            yield cell(f"{table}_by_year", str(year)), number
            yield cell(f"{table}_by_court", court), number
    cursor.execute(_OUTCOMES, _during(period) | _kinds_of_case())
    for outcome, instance, number in cursor.fetchall():
        yield cell("outcomes", outcome), number
        yield cell("instances", instance), number
        if instance == "first":
            yield base("first_instance"), number


def _findings(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    """Of each concluded case: what the decision in force of its matter found."""
    tiers = list(codes.entries("data_tiers"))
    cursor.execute(_FINDINGS, _during(period) | _kinds_of_case() | _ranks(tiers) | {"records": _edges(tables.RECORDS)})
    for rank, instance, band, number in cursor.fetchall():
        yield base("with_kinds"), number
        yield cell("data_tiers", tiers[rank]), number
        if instance == "first" and band:
            yield base("on_records"), number
            yield cell("records", tables.RECORDS[band - 1].code), number


def _kinds(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    cursor.execute(_KINDS, _during(period))
    return ((cell("data_kinds", kind), number) for kind, number in cursor.fetchall())


def _decisions(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    cursor.execute(_DECISIONS, _during(period) | {"gains": _edges(tables.GAINS)})
    for kind, band, number in cursor.fetchall():
        yield base("decisions"), number
        yield cell("decision_kinds", kind), number
        yield cell("gains", tables.GAINS[band - 1].code if band else NOT_RECORDED), number


def _lists(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    """What a decision may have several of. The distinct combinations are few, so they are taken apart here."""
    for name in ("channels", "payments", "evasions", "associated_offences"):
        cursor.execute(_COMBINATIONS.format(column=name), _during(period))
        for combination, number in cursor.fetchall():
            for code in combination:
                yield cell(name, code), number


def _persons(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    cursor.execute(_PERSONS, _during(period) | {"terms": _edges(tables.TERMS), "fines": _edges(tables.FINES)})
    for who, *facts, number in cursor.fetchall():
        yield base(who), number
        if who == "convicted":
            yield from ((name, number) for name in _of_a_convict(*facts))


def _of_a_convict(
    kind: str,
    term: int,
    probation: bool,
    fine: int,
    occupation: str,
    industry: str,
    education: str,
    employed: bool | None,
) -> Iterator[str]:
    """The rows in which such a person stands."""
    yield cell("sentences", tables.TERMS[term - 1].code if kind == "fixed_term" else kind)
    yield cell("probation", "on_probation" if probation else "without")
    yield cell("fines", tables.FINES[fine - 1].code)
    yield cell("occupations", occupation or NOT_RECORDED)
    yield cell("industries", industry or NOT_RECORDED)
    yield cell("education", education or NOT_RECORDED)
    yield cell("employed", {True: "employed", False: "not_employed", None: NOT_RECORDED}[employed])
    if fine > 1:
        yield base("fined")


def _in_force(cursor: Any, period: Period) -> Iterator[tuple[str, int]]:
    """At the moment of counting, whatever the period."""
    cursor.execute("SELECT count(*) FROM registry_listing WHERE state IN ('active', 'suspended') AND sealed_at IS NULL")
    return ((base("in_force"), number) for (number,) in cursor.fetchall())


def _sectors(found: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    listed = codes.entries("industries")
    for name, number in found.items():
        kind, _, industry = name.rpartition(":")
        if kind == "table:industries":
            sector = str(listed[industry].extra.get("sector", "")) if industry in listed else ""
            yield cell("sectors", sector or WITHOUT_SECTOR), number


def _figures(found: Mapping[str, int]) -> dict[str, int]:
    return {figure(each.name): sum(found[cell(each.table, row)] for row in each.rows) for each in FIGURES}


def _names(rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from (base(each.name) for each in BASES)
    yield from (cell(table, row) for table, listed in rows.items() for row in listed)


def _rows(table: tables.Table, found: Iterable[str]) -> Iterator[str]:
    """The rows of the list, and after them those of codes that have left it; of years and courts, those that were found."""
    prefix = cell(table.name, "")
    counted = sorted(name.removeprefix(prefix) for name in found if name.startswith(prefix))
    listed = [row.code for row in table.rows()] if table.rows else []
    yield from listed
    yield from (code for code in counted if code not in listed)


def _during(period: Period) -> dict[str, Any]:
    return {"begins": period.begins, "ends": period.ends}


def _kinds_of_case() -> dict[str, Any]:
    """Patterns of case numbers by instance."""
    kinds = codes.entries("case_kinds").values()
    return {
        instance: [f"%{each.code}%" for each in kinds if each.extra.get("instance") == instance]
        for instance in ("first", "second")
    }


def _ranks(tiers: Sequence[str]) -> dict[str, Any]:
    """Each kind of data with the place of its tier, the highest tier first."""
    kinds = codes.entries("data_kinds")
    return {"kinds": list(kinds), "ranks": [tiers.index(str(each.extra["tier"])) for each in kinds.values()]}


def _edges(bands: Sequence[Row]) -> list[int]:
    """Where each band begins, for width_bucket."""
    return [row.above or 0 for row in bands]


# A listing that is or was in force; what is sealed or was entered in error leaves the figures.
_STANDS = "l.version >= 1 AND l.sealed_at IS NULL AND NOT l.in_error"
_INSTANCE = """CASE WHEN c.number LIKE ANY (%(first)s) THEN 'first'
                    WHEN c.number LIKE ANY (%(second)s) THEN 'second' ELSE 'other' END"""
# The decision in force of each matter: the last one that stands.
_IN_FORCE = f"""
    SELECT DISTINCT ON (matter) coalesce(c.matter_id, c.id) AS matter, d.id AS decision
    FROM registry_decision d JOIN registry_case c ON c.id = d.case_id
    WHERE EXISTS (SELECT FROM registry_party p JOIN registry_listing l ON l.party_id = p.id
                  WHERE p.decision_id = d.id AND {_STANDS})
    ORDER BY matter, d.pronounced_on DESC, d.id DESC
"""  # noqa: S608 - only constants are put in
_CONCLUDED = f"""
    registry_case c JOIN ({_IN_FORCE}) f ON f.matter = coalesce(c.matter_id, c.id)
"""
_BY_YEAR_AND_COURT = """
    SELECT extract(year FROM c.{day})::int, k.code, count(*)
    FROM registry_case c JOIN registry_court k ON k.id = c.court_id
    WHERE c.{day} BETWEEN %(begins)s AND %(ends)s GROUP BY 1, 2
"""
_OUTCOMES = f"""
    SELECT c.outcome, {_INSTANCE}, count(*) FROM registry_case c
    WHERE c.concluded_on BETWEEN %(begins)s AND %(ends)s GROUP BY 1, 2
"""  # noqa: S608 - only constants are put in
_FINDINGS = f"""
    WITH found AS (
        SELECT i.decision_id, min(r.rank) AS rank, sum(i.records) AS records
        FROM registry_datainvolved i
             JOIN unnest(%(kinds)s::text[], %(ranks)s::int[]) AS r (kind, rank) ON r.kind = i.kind
        GROUP BY i.decision_id
    )
    SELECT found.rank, {_INSTANCE}, width_bucket(found.records::numeric, %(records)s::numeric[]), count(*)
    FROM {_CONCLUDED} JOIN found ON found.decision_id = f.decision
    WHERE c.concluded_on BETWEEN %(begins)s AND %(ends)s GROUP BY 1, 2, 3
"""  # noqa: S608 - only constants are put in
_KINDS = f"""
    SELECT i.kind, count(*) FROM {_CONCLUDED} JOIN registry_datainvolved i ON i.decision_id = f.decision
    WHERE c.concluded_on BETWEEN %(begins)s AND %(ends)s GROUP BY 1
"""  # noqa: S608 - only constants are put in
_OF_PERIOD = f"""
    FROM registry_decision d WHERE d.pronounced_on BETWEEN %(begins)s AND %(ends)s
    AND EXISTS (SELECT FROM registry_party p JOIN registry_listing l ON l.party_id = p.id
                WHERE p.decision_id = d.id AND {_STANDS})
"""
_DECISIONS = f"""
    SELECT d.kind, width_bucket(d.gains_yuan::numeric, %(gains)s::numeric[]), count(*) {_OF_PERIOD} GROUP BY 1, 2
"""
_COMBINATIONS = "SELECT d.{column}, count(*) " + _OF_PERIOD + " AND d.{column} <> '{{}}' GROUP BY 1"
_PERSONS = f"""
    SELECT CASE WHEN n.kind = 'unit' AND d.kind = 'criminal' THEN 'units_convicted'
                WHEN d.kind = 'criminal' THEN 'convicted'
                WHEN n.kind = 'natural' THEN 'penalised' ELSE 'units_penalised' END,
           p.penalty_kind, width_bucket(p.sentence_months, %(terms)s::int[]), p.probation_months > 0,
           width_bucket(p.fine_yuan::numeric, %(fines)s::numeric[]), p.occupation, p.industry, p.education,
           p.employed_at_time, count(*)
    FROM registry_listing l JOIN registry_party p ON p.id = l.party_id
         JOIN registry_decision d ON d.id = p.decision_id JOIN registry_person n ON n.id = p.person_id
    WHERE {_STANDS} AND d.pronounced_on BETWEEN %(begins)s AND %(ends)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""  # noqa: S608 - only constants are put in
