"""Whether a post costs more where the log and the attempts are long: a backlog behind few old events, and behind many.

`HISTORY=10000000` names how many; the old events are of one listing, were all delivered and have an attempt each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from registry import log
from registry.models import EventType, Listing, LogHead
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, TellingCursor
from sharing.departments import telling
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Inbox, Stage, expect, inbox, seconds

FEW, MANY = 10_000, int(os.environ.get("HISTORY", "1000000"))
CHUNK = 500_000
LISTINGS, ROUNDS, DRAINS = 2500, 9, 6
EVENTS = 2 * LISTINGS
UNIT = "posts/s"

MEASURED = (
    "sharing.delivery.slot.run drains {events:,} events of {listings:,} listings for one endpoint behind {many:,} old "
    "events with an attempt each; v1 and v1a; every attempt saved, fsync on"
)
FLOOR = "the same behind {few:,} old events, before; {rounds} rounds of {drains} times each"

_EVENTS = """
    INSERT INTO registry_event
        (position, event_id, epoch, type, listing_id, version, occurred_at, recorded_at, commitment)
    SELECT number, 'evt_' || lpad(number::text, 26, '0'), 1, 'listing.flagged', %(listing)s,
           %(version)s + number - %(first)s, now(), now(), decode(repeat('00', 32), 'hex')
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
"""
_ATTEMPTS = """
    INSERT INTO delivery_attempt (endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256)
    SELECT %(endpoint)s, number, now(), 1, 204, '', '', 0, repeat('0', 64)
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS number
"""


@dataclass
class History:
    """Old events of one listing, which the department was told of and the endpoint has had."""

    listing: int
    endpoint: str
    say: Callable[[str], None]
    version: int = 1

    def grow(self, count: int) -> None:
        self.say(f"{count:,} old events")
        while count > 0:
            self._append(min(count, CHUNK))
            count -= CHUNK
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE registry_event, delivery_attempt")
            cursor.execute("CHECKPOINT")  # what was old long ago is on the disk, and is not written while others wait

    def _append(self, count: int) -> None:
        size, _ = log.head()
        facts: dict[str, int | str] = {
            "listing": self.listing,
            "endpoint": self.endpoint,
            "version": self.version + 1,
            "first": size + 1,
            "last": size + count,
        }
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(_EVENTS, facts)
            cursor.execute(_ATTEMPTS, facts)
        self.version += count
        Listing.objects.filter(pk=self.listing).update(version=self.version)
        LogHead.objects.update(size=size + count)
        TellingCursor.objects.update(position=size + count)


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        history = _begun(stage, receiver)
        history.grow(FEW)
        keys = book.fill(LISTINGS)
        few = _rounds(stage, keys)
        history.grow(MANY)
        many = _rounds(stage, keys)
    facts = {"events": EVENTS, "listings": LISTINGS, "many": MANY, "few": FEW, "rounds": ROUNDS, "drains": DRAINS}
    return [
        Figure(
            name="history", unit=UNIT, values=many, floors=few, target_of="ratio", target=0.9,
            measured=MEASURED.format(**facts), floor_is=FLOOR.format(**facts),
        )
    ]  # fmt: skip


def _begun(stage: Stage, receiver: Inbox) -> History:
    department = cast.department()
    cast.measure(department)
    endpoint, _ = cast.add_endpoint(department, receiver.url, now=cast.NOW)
    (old,) = book.fill(1, after=LISTINGS)
    telling.walk(now=timezone.now())
    return History(old, endpoint.pk, stage.say)


def _rounds(stage: Stage, keys: list[int]) -> list[float]:
    """A new backlog at the end of the log, drained again and again."""
    before, _ = log.head()
    book.append(keys, EventType.FLAGGED)
    book.append(keys, EventType.UNFLAGGED)
    telling.walk(now=timezone.now())
    end, _ = log.head()
    rates = []
    for number in range(ROUNDS + 1):
        stage.say(f"round {number} of {ROUNDS}")
        took = sum(_drain(before, end) for _ in range(DRAINS))
        rates.append((end - before) * DRAINS / took)
    return rates[1:]  # the first one warms up


def _drain(before: int, end: int) -> float:
    """Seconds. One alone takes half a second or nearly one, by which processor the receiver happens to run on."""
    Endpoint.objects.update(cursor=before)
    took = seconds(slot.run)
    expect(Endpoint.objects.get().cursor == end, "the slot left something")
    return took
