"""The partitions of tables that are kept by the month: made ahead, dropped whole once their years are over, and looked at.

Both go by functions that the keeper alone may call (`registry.models.partitions`, and the migration of this room); each
partition is one transaction, with locks that are held for a moment. What was dropped has its `PurgeReport`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import Error, connection, transaction

from registry.actions.purging import as_keeper
from registry.models.partitions import MONTHS_AHEAD
from sharing.retention import ageing
from sharing.retention.models import PurgeReport, ReportKind

logger = logging.getLogger(__name__)

# Of each partition the moment at which it ends; the one for what has no other has none. `reltuples` is what VACUUM counted.
_STANDING = """
    SELECT parent.relname::text, part.relname::text, greatest(part.reltuples, 0)::bigint, pg_total_relation_size(part.oid),
        substring(pg_get_expr(part.relpartbound, part.oid) FROM $$TO \\('(.+)'\\)$$)::timestamptz
    FROM pg_partitioned_table AS whole JOIN pg_class AS parent ON parent.oid = whole.partrelid
    JOIN pg_inherits AS tie ON tie.inhparent = parent.oid JOIN pg_class AS part ON part.oid = tie.inhrelid
    WHERE parent.relnamespace = 'public'::regnamespace ORDER BY 1, 5 NULLS LAST
"""
_OUTSIDE = """
    SELECT {month}::date FROM {rest} WHERE {month} >= %s AND {month} < now() + interval '2 years' GROUP BY 1
"""
_COME = "INSERT INTO {part} SELECT * FROM {rest} WHERE {month} = %s::date"
_GO = "DELETE FROM {rest} WHERE {month} = %s::date"


class Partition(NamedTuple):
    """``rows``: about how many; ``size``: bytes with its indexes; ``ends``: None of the one for what has no other."""

    table: str
    name: str
    rows: int
    size: int
    ends: datetime | None


def standing() -> list[Partition]:
    """By table, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        return [Partition(*row) for row in cursor.fetchall()]


def make(*, now: datetime) -> list[str]:
    """Make what is missing of this month and those ahead; the names of what was made. A month that cannot be made now,
    because a lock did not come or rows of it lie where it would be, is logged and tried again by the clock.
    """
    called = "SELECT registry_make_partition(%s::regclass, %s)"
    wanted = [(table, month) for table in _tables() for month in _ahead(now)]
    made = {_name(table, month): _called(_name(table, month), called, table, month) for table, month in wanted}
    return [name for name, is_new in made.items() if is_new]


def drop(*, now: datetime) -> dict[str, int]:
    """Drop the months that are past their years; partition → rows. Of tables that the audit tree records, those that the
    purge of the rows has emptied.
    """
    called, over = "SELECT registry_drop_partition(%s::regclass, %s)", ageing.before(now)
    found = [each.name for each in standing() if each.ends is not None and each.ends <= over]
    counts = {name: _called(name, called, name, over) for name in found}
    return {name: count for name, count in counts.items() if count is not None}


def move() -> dict[str, int]:
    """Move rows that lie outside their months into them; table → rows. By the owner alone, who holds the whole table meanwhile:
    the clock moves nothing. Raises django.db.Error where the lock does not come within five seconds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT whole FROM registry_months_standing() WHERE strays ORDER BY 1")
        tables = [table for (table,) in cursor.fetchall()]
    return {table: _moved(table) for table in tables}


def dropped_until(table: str) -> datetime | None:
    """The end of the newest month of the table that was dropped; None: none was."""
    months = [
        name.removeprefix(f"{table}_")
        for report in PurgeReport.objects.filter(kind=ReportKind.MONTHS)
        for name in report.counts
        if name.startswith(f"{table}_")
    ]
    if not months:
        return None
    year, month = map(int, max(months).split("_"))
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _moved(table: str) -> int:
    """Taken off the table, the partition for the rest is a table without its triggers; their statements would say that the rows
    went and came.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL lock_timeout = '5s'")
        cursor.execute("SELECT registry_parted_by(%s::regclass)", [table])
        facts = {"whole": table, "rest": f"{table}_default", "month": f"date_trunc('month', {cursor.fetchone()[0]})"}
        cursor.execute("ALTER TABLE {whole} DETACH PARTITION {rest}".format(**facts))
        cursor.execute(
            _OUTSIDE.format(**facts), [min(each.ends for each in standing() if each.table == table and each.ends)]
        )
        counts = [_moved_month(cursor, first, facts) for (first,) in cursor.fetchall()]
        cursor.execute("ALTER TABLE {whole} ATTACH PARTITION {rest} DEFAULT".format(**facts))
    return sum(counts)


def _moved_month(cursor: Any, first: date, facts: Mapping[str, str]) -> int:
    cursor.execute("SELECT registry_make_partition(%s::regclass, %s)", [facts["whole"], first])
    cursor.execute(_COME.format(part=_name(facts["whole"], first), **facts), [first])
    cursor.execute(_GO.format(**facts), [first])
    return int(cursor.rowcount)


def _tables() -> list[str]:
    return sorted({each.table for each in standing()})


def _ahead(now: datetime) -> Sequence[date]:
    today = now.astimezone(UTC)
    numbers = range(today.year * 12 + today.month - 1, today.year * 12 + today.month + MONTHS_AHEAD)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _name(table: str, month: date) -> str:
    return f"{table}_{month:%Y_%m}"


def _called(part: str, statement: str, *given: object) -> int | None:
    """What the function says, in a transaction of its own; None where it could not now."""
    try:
        with transaction.atomic(), as_keeper() as cursor:
            cursor.execute(statement, given)
            return int(cursor.fetchone()[0])
    except Error as error:
        logger.warning("partition %s: %s", part, type(error.__cause__ or error).__name__)
        return None
