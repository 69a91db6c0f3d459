"""From the judge's approval to the last of four receivers: act, commit, bell, worker, telling, slot, four posts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.processes import Processes
from registry.models import Listing
from sharing import signing
from sharing.delivery.models import Endpoint
from tests import cast
from tests.benchmarks import book, tasks
from tests.benchmarks.figures import Figure
from tests.benchmarks.posting import BareLoop
from tests.benchmarks.stage import Inbox, Stage, expect, inbox, seconds

RUNS = 20
SECTORS = ("finance", "telecom", "real_estate", "transport")
WAIT_SECONDS = 30
PAUSE_SECONDS = 0.5  # between runs, so that each begins with an idle worker
BODY = b'{"type":"benchmark"}'

MEASURED = (
    "ms from calling actions.approve until the last of 4 receiver processes has the event; worker of 2 processes and "
    "beat as in production, Valkey, fsync on; {runs} runs, the median; most: {most:.0f} ms"
)
FLOOR = (
    "the sum of one inserted and committed row, one Celery task that does nothing, there and back, and one signed post "
    "to one of the receivers"
)


@dataclass
class Floor:
    """The three things that no design could leave out, each measured alone."""

    inbox: Inbox
    loop: BareLoop
    broker: redis.Redis = field(default_factory=lambda: redis.Redis.from_url(settings.REDIS_URL))

    def milliseconds(self) -> float:
        return 1000 * sum(map(seconds, (self._commit, self._round_trip, self._post)))

    def _commit(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benchmark_row (at) VALUES (clock_timestamp())")

    def _round_trip(self) -> None:
        tasks.nothing.delay()
        expect(self.broker.blpop([tasks.DONE], timeout=WAIT_SECONDS) is not None, "no worker answered")

    def _post(self) -> None:
        self.loop.post_all([("benchmark", BODY)])


def measure(stage: Stage) -> list[Figure]:
    with ExitStack() as stack:
        inboxes = [stack.enter_context(inbox(stage, f"receiver-{sector}")) for sector in SECTORS]
        for sector, each in zip(SECTORS, inboxes, strict=True):
            _join(sector, each)
        stage.say(f"{RUNS} submitted listings")
        listings = [_submitted(serial) for serial in range(RUNS + 1)]
        processes = stack.enter_context(Processes(stage.folder, stage.environment()))
        processes.start("worker", "beat")
        floor = stack.enter_context(_floor(inboxes[0]))
        stage.say(f"{RUNS} approvals")
        values, floors = _runs(listings, inboxes, floor)
    return [
        Figure(
            name="approval", unit="ms", values=values, floors=floors, target_of="value", target=300,
            measured=MEASURED.format(runs=RUNS, most=max(values)), floor_is=FLOOR,
        )
    ]  # fmt: skip


def _runs(listings: Sequence[Listing], inboxes: Sequence[Inbox], floor: Floor) -> tuple[list[float], list[float]]:
    """The first run only warms up."""
    values, floors = [], []
    for serial, listing in enumerate(listings):
        floors.append(floor.milliseconds())
        values.append(_approved(listing, serial, inboxes))
        time.sleep(PAUSE_SECONDS)
    expect(Endpoint.objects.filter(failures=0, cursor=len(listings)).count() == len(SECTORS), "an endpoint is behind")
    return values[1:], floors[1:]


def _approved(listing: Listing, serial: int, inboxes: Sequence[Inbox]) -> float:
    counts = [each.seen()[0] for each in inboxes]
    begun = time.monotonic()
    cast.approve(listing, book.number_of(serial), now=timezone.now())
    received = [each.wait_for(count + 1, WAIT_SECONDS) for each, count in zip(inboxes, counts, strict=True)]
    return 1000 * (max(received) - begun)


def _submitted(serial: int) -> Listing:
    return cast.submitted(cast.party(cast.person(book.number_of(serial), book.name_of(serial))))


def _join(sector: str, receiver: Inbox) -> None:
    department = cast.department(sector)
    cast.measure(department, code=f"measure-{sector}".replace("_", "-"))
    cast.add_endpoint(department, receiver.url, now=cast.NOW)


@contextmanager
def _floor(receiver: Inbox) -> Iterator[Floor]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE benchmark_row (id bigserial PRIMARY KEY, at timestamptz NOT NULL)")
    loop = BareLoop(receiver.url, signing.new_secret(), signing.webhook_keys()[0], in_flight=1)
    try:
        yield Floor(receiver, loop)
    finally:
        loop.close()
