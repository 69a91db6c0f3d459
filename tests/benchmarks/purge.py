"""Purging 100,000 payloads, with everything else that goes with their listings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from registry import actions
from registry.models import EventPayload, EventType, IdentityDocument, LogHead
from sharing.delivery.models import TellingCursor
from sharing.employers.models import MonitoringCursor, RecallingCursor
from sharing.retention import purging
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

LISTINGS, EVENTS, CHUNK = 20_000, 5, 500  # events of each that are destroyed
LATE = datetime(2030, 1, 1, tzinfo=UTC)

MEASURED = (
    "s for {payloads:,} payloads of {listings:,} withdrawn listings, found due, their persons, documents, prohibitions "
    "and reasons destroyed with them, in chunks of {chunk} with a report each, fsync on"
)
FLOOR = "as many payloads deleted from a copy of the table without triggers, in as many committed statements"


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{LISTINGS:,} listings with {EVENTS} events each")
    keys = book.fill(LISTINGS)
    for turn in range(EVENTS - 1):
        book.append(keys, (EventType.FLAGGED, EventType.UNFLAGGED)[turn % 2])
    stage.say("all withdrawn")
    actions.expire(now=LATE)
    _walked()
    floor = seconds(lambda: _floor(keys))
    stage.say("the purge")
    value = seconds(_purge)
    expect(EventPayload.objects.count() == LISTINGS, "not every payload but those of the withdrawals is gone")
    expect(not IdentityDocument.objects.exists(), "a document is left")
    said = {"payloads": LISTINGS * EVENTS, "listings": LISTINGS, "chunk": CHUNK}
    return [
        Figure(
            name="purge", unit="s", values=[value], floors=[floor], target_of="value", target=60,
            measured=MEASURED.format(**said), floor_is=FLOOR,
        )
    ]  # fmt: skip


def _purge() -> None:
    while purging.purge(now=timezone.now() + timedelta(days=31)):
        pass


def _walked() -> None:
    """Nobody was told and nobody was answered: whoever reads the log is at its end."""
    size = LogHead.objects.get().size
    for cursor in (TellingCursor, RecallingCursor, MonitoringCursor):
        cursor.objects.update(position=size)


def _floor(keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE benchmark_payload AS SELECT e.listing_id, p.* FROM registry_eventpayload p "
            "JOIN registry_event e ON e.position = p.event_id WHERE e.type <> 'listing.withdrawn'"
        )
        cursor.execute("ALTER TABLE benchmark_payload ADD PRIMARY KEY (event_id)")
        cursor.execute("CREATE INDEX ON benchmark_payload (listing_id)")
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM benchmark_payload WHERE listing_id = ANY(%s)", [keys[start : start + CHUNK]])
