"""A hundred endpoints at once: from the commit of an act to the first try at each; and what trouble at six costs the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.utils import timezone

from config.processes import Processes
from config.valkey import free_port
from registry import actions, log
from registry.models import Event, Flag, Listing
from sharing.delivery.models import Endpoint
from sharing.departments import telling
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.receiver import HOST
from tests.benchmarks.stage import Inbox, Stage, expect, inbox

ENDPOINTS, DEAD, SLOW = 100, 1, 5
FAST_MS, SLOW_MS = 50, 5000
LISTINGS = 50
EVENTS_A_SECOND, SECONDS, ROUNDS = 10, 15, 2
SETTLES_WITHIN = 60
IN_FLIGHT_ENDS = 16  # seconds, one more than a post may take

MEASURED = (
    "ms from the commit of an act to the first try; {endpoints} endpoints of {endpoints} departments, all told of each of "
    "{events} events a second: {posts:,} posts a second; receivers that take {fast} ms; worker of 2 processes and beat as "
    "in production, Valkey, fsync on; {rounds} rounds of {seconds} s"
)
TROUBLE = "the {others} other endpoints while {dead} refuses connections and {slow} take {slow_ms:,} ms: {what}"
SERVED = "what each receiver takes to answer"


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    median: float
    p99: float


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        stage.say(f"{ENDPOINTS} departments, {LISTINGS} listings")
        endpoints = join(receiver, ENDPOINTS)
        keys = book.fill(LISTINGS)
        telling.walk(now=timezone.now())
        level()
        calm, trouble = [], []
        with Processes(stage.folder, stage.environment()) as processes:
            processes.start("worker", "beat")
            for number in range(1, ROUNDS + 1):
                stage.say(f"round {number} of {ROUNDS}")
                calm.append(_played(keys, endpoints))
                with _troubled(endpoints[: DEAD + SLOW], receiver):
                    trouble.append(_played(keys, endpoints[DEAD + SLOW :]))
    return _figures(calm, trouble)


def _figures(calm: Sequence[Latency], trouble: Sequence[Latency]) -> list[Figure]:
    facts = {
        "endpoints": ENDPOINTS, "events": EVENTS_A_SECOND, "posts": ENDPOINTS * EVENTS_A_SECOND, "fast": FAST_MS,
        "rounds": ROUNDS, "seconds": SECONDS, "others": ENDPOINTS - DEAD - SLOW, "dead": DEAD, "slow": SLOW,
        "slow_ms": SLOW_MS,
    }  # fmt: skip
    measured, served = MEASURED.format(**facts), [float(FAST_MS)] * ROUNDS
    return [
        Figure(
            name="fanout_median", unit="ms", values=[each.median for each in calm], floors=served,
            target_of="value", target=300, measured=measured, floor_is=SERVED,
        ),
        Figure(
            name="fanout_p99", unit="ms", values=[each.p99 for each in calm], floors=served,
            target_of="value", target=1500, measured=measured, floor_is=SERVED,
        ),
        Figure(
            name="isolation_median", unit="ms", values=[each.median for each in calm],
            floors=[each.median for each in trouble], target_of="ratio", target=1 / 1.1, measured=measured,
            floor_is=TROUBLE.format(what="the median", **facts),
        ),
        Figure(
            name="isolation_p99", unit="ms", values=[each.p99 for each in calm],
            floors=[each.p99 for each in trouble], target_of="ratio", target=1 / 1.5, measured=measured,
            floor_is=TROUBLE.format(what="the 99th percentile", **facts),
        ),
    ]  # fmt: skip


def join(receiver: Inbox, count: int) -> list[str]:
    """So many departments with a measure and an endpoint each; the ids of the endpoints."""
    ids = []
    for number in range(count):
        department = cast.department(code=f"department-{number}")
        cast.measure(department)
        endpoint, _ = cast.add_endpoint(department, address(receiver, FAST_MS, number), now=cast.NOW)
        ids.append(endpoint.pk)
    return ids


def address(receiver: Inbox, milliseconds: int, number: int) -> str:
    """Of an endpoint that takes so long to answer."""
    return f"{receiver.url}/after/{milliseconds}/{number}"


def level() -> None:
    """Nothing waits for anybody; whoever has a lease has lost it."""
    size, _ = log.head()
    Endpoint.objects.update(
        cursor=size, failures=0, failing_since=None, next_due=None, last_failure="", fence=F("fence") + 1
    )


@contextmanager
def _troubled(ids: Sequence[str], receiver: Inbox) -> Iterator[None]:
    addresses = dict(Endpoint.objects.filter(pk__in=ids).values_list("pk", "url"))
    for number, pk in enumerate(ids):
        dead = f"http://{HOST}:{free_port()}/webhooks"
        url = dead if number < DEAD else address(receiver, SLOW_MS, number)
        Endpoint.objects.filter(pk=pk).update(url=url)
    yield
    for pk, url in addresses.items():
        Endpoint.objects.filter(pk=pk).update(url=url)
    level()
    time.sleep(IN_FLIGHT_ENDS)
    level()


def _played(keys: Sequence[int], ids: Sequence[str]) -> Latency:
    """Acts at an even pace; then how long the first try at each of the endpoints took."""
    before, _ = log.head()
    begun = time.monotonic()
    for number in range(EVENTS_A_SECOND * SECONDS):
        time.sleep(max(begun + number / EVENTS_A_SECOND - time.monotonic(), 0))
        _act(keys[number % len(keys)])
    after, _ = log.head()
    ends = time.monotonic() + SETTLES_WITHIN
    while Endpoint.objects.filter(pk__in=ids, cursor__lt=after).exists():
        expect(time.monotonic() < ends, "an endpoint is behind")
        time.sleep(0.1)
    return _latency(before, after, ids)


def _act(key: int) -> None:
    flagged = Flag.DISPUTED in Listing.objects.values_list("flags", flat=True).get(pk=key)
    act = actions.unflag if flagged else actions.flag
    act([key], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def _latency(before: int, after: int, ids: Sequence[str]) -> Latency:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY waited) FROM ("
            " SELECT extract(epoch FROM min(a.started_at) - e.recorded_at)::float8 * 1000 AS waited"
            " FROM registry_event e JOIN delivery_attempt a ON a.event_id = e.position"
            " WHERE e.position > %s AND e.position <= %s AND a.endpoint_id = ANY(%s) GROUP BY e.position, a.endpoint_id"
            ") AS tries",
            [before, after, list(ids)],
        )
        count, (median, p99) = cursor.fetchone()
    told = Event.objects.filter(position__gt=before, position__lte=after, listing__isnull=False).count()
    expect(count == told * len(ids), "a first try is missing")
    return Latency(median, p99)
