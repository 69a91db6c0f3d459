"""Memory: of a worker over many deliveries, and of a snapshot over many listings; both must stay as they began.

`DELIVERIES=1000000` and `SNAPSHOT=1000000` name how many. The further listings of a snapshot are copies of the first one,
each with an event and a sealed payload of its own.
"""

from __future__ import annotations

import os
import time
from itertools import islice

import psutil
from django.db import connection
from django.utils import timezone

from config.processes import Processes
from registry import bell, log
from registry.models import Event, EventPayload, EventType, Listing, LogHead
from registry.models.log import open_part, seal_part
from sharing.delivery.models import Attempt, Endpoint, TellingCursor, Told
from sharing.departments import feed, telling
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.copies import Copies, insert
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Inbox, Stage, expect, inbox

DELIVERIES = int(os.environ.get("DELIVERIES", "200000"))
SNAPSHOT = int(os.environ.get("SNAPSHOT", "20000"))
LISTINGS = 5000
CHUNK = 50_000
LATER = (EventType.FLAGGED, EventType.UNFLAGGED, EventType.CORRECTED)
WARM = 0.1  # the part of the way after which memory is looked at first
PATIENCE = 600  # seconds for one drain
MEGABYTE = 1024 * 1024
UNIT = "MB"

WORKER = (
    "resident memory of the two processes of a worker, the larger one, after a tenth of {deliveries:,} deliveries; a "
    "backlog of {events:,} events of {listings:,} listings, delivered again and again to one endpoint"
)
WORKER_THEN = "the same after all of them"
SNAPSHOTS = "resident memory of a process that streams a snapshot, after a tenth of {listings:,} listings"
SNAPSHOT_THEN = "the same at its end; {megabytes:,.0f} MB were streamed"

# What is not named here is as in the row that is copied: of a copied listing there is neither party nor case.
_COPIES: Copies = (
    (Listing, {"id": "nth", "party_id": "nth", "number": "'C ' || nth"}),
    (Event, {"position": "nth", "event_id": "'evt_' || lpad(nth::text, 26, '0')", "listing_id": "nth"}),
    (Told, {"id": "nth", "listing_id": "nth", "first_position": "nth", "decided_position": "nth"}),
)  # fmt: skip


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        return [_worker(stage, receiver), _snapshot(stage)]


def _worker(stage: Stage, receiver: Inbox) -> Figure:
    department = cast.department()
    cast.measure(department)
    cast.add_endpoint(department, receiver.url, now=cast.NOW)
    keys = book.fill(LISTINGS)
    for type_ in LATER:
        book.append(keys, type_)
    telling.walk(now=timezone.now())
    end, _ = log.head()
    drains = -(-DELIVERIES // end)
    with Processes(stage.folder, stage.environment()) as processes:
        processes.start("worker", "beat")
        worker = processes.children["worker"].process
        expect(worker is not None, "the worker is gone")
        looks = []
        for number in range(drains):
            stage.say(f"{number * end:,} deliveries")
            _drain(end)
            looks.append(_largest(worker.pid if worker else 0))
    expect(Attempt.objects.count() == drains * end, "an attempt is missing")
    facts = {"deliveries": drains * end, "events": end, "listings": LISTINGS}
    return Figure(
        name="worker_memory", unit=UNIT, values=[looks[int(len(looks) * WARM)]], floors=[looks[-1]],
        target_of="ratio", target=0.95, measured=WORKER.format(**facts), floor_is=WORKER_THEN,
    )  # fmt: skip


def _drain(end: int) -> None:
    Endpoint.objects.update(cursor=0, lease_until=None)
    bell.ring()
    ends = time.monotonic() + PATIENCE
    while Endpoint.objects.filter(cursor__lt=end).exists():
        expect(time.monotonic() < ends, "the worker does not deliver")
        time.sleep(0.1)


def _largest(pid: int) -> float:
    """Of the worker's processes, the one that has taken most."""
    return max(_megabytes(child) for child in psutil.Process(pid).children(recursive=True))


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MEGABYTE


def _grow(stage: Stage, count: int) -> None:
    """So many further listings in force that the department was told of."""
    size, _ = log.head()
    for first in range(size + 1, size + count + 1, CHUNK):
        last = min(first + CHUNK - 1, size + count)
        insert(_COPIES, first, last)
        _seal(range(first, last + 1))
        stage.say(f"{LISTINGS + last - size:,} listings")
    LogHead.objects.update(size=size + count)
    TellingCursor.objects.update(position=size + count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _seal(positions: range) -> None:
    """Of each of these events, what the first one says, with its own listing's number."""
    first = Event.objects.select_related("payload", "listing").earliest("position")
    assert first.listing is not None
    body = open_part(first.event_id, "body", first.payload.body_sealed)
    salt = open_part(first.event_id, "salt", first.payload.salt_sealed)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {EventPayload._meta.db_table} (event_id, body_sealed, salt_sealed) FROM STDIN") as copy,
    ):
        for position in positions:
            own, named = body.replace(first.listing.number.encode(), f"C {position}".encode()), f"evt_{position:026}"
            copy.write_row([position, seal_part(named, "body", own), seal_part(named, "salt", salt)])


def _snapshot(stage: Stage) -> Figure:
    _grow(stage, SNAPSHOT - LISTINGS)
    stage.say("snapshot")
    process = psutil.Process()
    lines = feed.snapshot(cast.department().pk)
    streamed = sum(len(line) for line in islice(lines, int(SNAPSHOT * WARM)))
    first = _megabytes(process)
    left = 0
    for line in lines:
        streamed += len(line)
        left += 1
    expect(left == SNAPSHOT - int(SNAPSHOT * WARM) + 1, "a listing is missing")
    return Figure(
        name="snapshot_memory", unit=UNIT, values=[first], floors=[_megabytes(process)], target_of="ratio", target=0.95,
        measured=SNAPSHOTS.format(listings=SNAPSHOT), floor_is=SNAPSHOT_THEN.format(megabytes=streamed / MEGABYTE),
    )  # fmt: skip
