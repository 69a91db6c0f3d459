"""A month of 1,000,000 attempts that goes, and what it costs every attempt that months are kept apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from sharing.delivery.models import Attempt
from sharing.retention import months
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

MONTH, ROWS = date(2021, 5, 1), 1_000_000
PART = f"delivery_attempt_{MONTH:%Y_%m}"
ROUNDS, BATCHES, BATCH = 5, 100, 1000

DROPPED = "s for a month of {rows:,} attempts: sharing.retention.months.drop counts, reports and drops its partition, fsync on"
DELETED = "as many rows of the same month deleted from a plain table with the same indexes, in chunks of 500 as the purge does"
WRITTEN = (
    "attempts copied into the table of {months} partitions in transactions of {batch:,}, as a slot saves them, fsync on"
)
WRITTEN_PLAIN = "the same into a plain table with the same columns and indexes, in turns; {rounds} rounds each"

_FILL = """
    INSERT INTO {table} (id, endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256)
    SELECT n, 'ep_01', n, %s::timestamptz + n * interval '2 seconds', 1, 204, '', '', 0, repeat('0', 64)
    FROM generate_series(1, %s) AS n
"""
_COPY = """
    COPY {table} (endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256) FROM STDIN
"""


def measure(stage: Stage) -> list[Figure]:
    _lay_out()
    stage.say(f"{ROWS:,} attempts in a month, twice")
    _fill(PART)
    _fill("benchmark_attempt")
    dropped, deleted = seconds(_drop), seconds(_delete)
    stage.say("attempts written")
    into_parts, into_plain = [], []
    for _round in range(ROUNDS):
        into_parts.append(_per_second("delivery_attempt"))
        into_plain.append(_per_second("benchmark_attempt"))
    expect(Attempt.objects.count() == ROUNDS * BATCHES * BATCH, "an attempt is missing")
    said = {"rows": ROWS, "batch": BATCH, "rounds": ROUNDS, "months": len(_attempts())}
    return [
        Figure(
            name="month-dropped", unit="s", values=[dropped], floors=[deleted], target_of="value", target=1,
            measured=DROPPED.format(**said), floor_is=DELETED,
        ),
        Figure(
            name="attempts-parted", unit="attempts/s", values=into_parts, floors=into_plain, target_of="ratio",
            target=0.77, measured=WRITTEN.format(**said), floor_is=WRITTEN_PLAIN.format(**said),
        ),
    ]  # fmt: skip


def _lay_out() -> None:
    """The past month, and a plain table whose numbers come as those of the other."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT registry_make_partition('delivery_attempt', %s)", [MONTH])
        cursor.execute("CREATE TABLE benchmark_attempt (LIKE delivery_attempt INCLUDING ALL)")


def _fill(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FILL.format(table=table), [datetime(MONTH.year, MONTH.month, 1, tzinfo=UTC), ROWS])
        cursor.execute(f"VACUUM ANALYZE {table}")


def _drop() -> None:
    expect(months.drop(now=timezone.now()) == {PART: ROWS}, "the month was not dropped")


def _delete() -> None:
    chunk = (
        "DELETE FROM benchmark_attempt WHERE id IN (SELECT id FROM benchmark_attempt WHERE started_at < %s LIMIT 500)"
    )
    deleted = ROWS
    while deleted:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(chunk, [timezone.now()])
            deleted = cursor.rowcount


def _per_second(table: str) -> float:
    return BATCHES * BATCH / seconds(lambda: _copy(table))


def _copy(table: str) -> None:
    for _batch in range(BATCHES):
        _copy_batch(table, timezone.now())


def _copy_batch(table: str, now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(_COPY.format(table=table)) as copy:
        for number in range(BATCH):
            copy.write_row(("ep_01", number, now - timedelta(milliseconds=number), 1, 204, "", "", 0, "0" * 64))


def _attempts() -> list[months.Partition]:
    return [each for each in months.standing() if each.table == "delivery_attempt"]
