"""A backlog for one endpoint: a delivery slot against a bare loop, against one Celery task per post, and against
django-webhook, which is what a Django project would take from the package index.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone
from django_webhook.models import Webhook
from django_webhook.tasks import fire_webhook

from config.celery import app
from config.loaded import leave_out_of_collection
from config.processes import Processes
from registry.models import EventType, Listing
from sharing import signing
from sharing.delivery import contents, envelope, reading, slot
from sharing.delivery.models import Attempt, Endpoint
from sharing.departments import telling
from tests import cast
from tests.benchmarks import book, tasks
from tests.benchmarks.figures import Figure
from tests.benchmarks.posting import BareLoop, Message
from tests.benchmarks.stage import Inbox, Stage, expect, inbox, seconds

LISTINGS = 5000
LATER = (EventType.FLAGGED, EventType.UNFLAGGED, EventType.CORRECTED)
EVENTS = LISTINGS * (1 + len(LATER))
ROUNDS = 5
TASKS = 2000  # the rival is slow: fewer posts tell its rate as well
PACKAGED = 1000
WORKER = "worker"
UNIT = "posts/s"

SLOT = (
    "sharing.delivery.slot.run drains {events:,} events of {listings:,} listings for one endpoint, {in_flight} in "
    "flight; v1 and v1a; every attempt saved, fsync on; the book and the log were made in bulk"
)
BARE = (
    "one process, pycurl multi, {in_flight} handles used again; v1 and v1a; the same bodies, rendered before; nothing "
    "is recorded; the same receiver program (asyncio protocol, keep-alive, 204)"
)
TASK = (
    "one Celery task per post: worker of 2 processes on Valkey, prefetch 4, one requests.Session each; v1 and v1a; "
    "the same bodies, rendered before; nothing is recorded; queued before the clock starts; the same receiver program"
)
PACKAGE = (
    "django-webhook 0.0.15, its own task for each post (an event row, then requests without a kept connection, then its "
    "state): worker of 2 processes on Valkey, prefetch 4; signed by its own HMAC; the same bodies, rendered before; "
    "queued before the clock starts; the same receiver program and database"
)


@dataclass(frozen=True)
class Backlog:
    inbox: Inbox
    endpoint: Endpoint
    secret: bytes
    messages: list[Message]


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        stage.say(f"{EVENTS:,} events of {LISTINGS:,} listings")
        backlog = _backlog(receiver)
        leave_out_of_collection()  # as every worker does
        rates = _rounds(stage, backlog)
    expect(Attempt.objects.count() == ROUNDS * EVENTS, "an attempt is missing")
    facts = {"events": EVENTS, "listings": LISTINGS, "in_flight": backlog.endpoint.in_flight_cap}
    measured = SLOT.format(**facts)
    return [
        Figure(
            name="delivery", unit=UNIT, values=rates["slot"], floors=rates["bare"], target_of="ratio", target=0.5,
            measured=measured, floor_is=BARE.format(**facts),
        ),
        Figure(
            name="delivery_per_task", unit=UNIT, values=rates["slot"], floors=rates["task"], target_of="ratio",
            target=10, measured=measured, floor_is=TASK,
        ),
        Figure(
            name="delivery_package", unit=UNIT, values=rates["slot"], floors=rates["package"], target_of="ratio",
            target=30, measured=measured, floor_is=PACKAGE,
        ),
    ]  # fmt: skip


def _backlog(receiver: Inbox) -> Backlog:
    department = cast.department()
    cast.measure(department)
    endpoint, secret_text = cast.add_endpoint(department, receiver.url, now=cast.NOW)
    listings = book.fill(LISTINGS)
    for type_ in LATER:
        book.append(listings, type_)
    telling.walk(now=timezone.now())
    events = reading.after(department.pk, 0, EVENTS)
    expect(len(events) == EVENTS, "the department was not told of every event")
    opened = contents.payloads(events)
    messages = [
        (event.event_id, envelope.body(event, opened[event.position], endpoint=endpoint.pk)) for event in events
    ]
    return Backlog(receiver, endpoint, signing.parse_secret(secret_text), messages)


def _rounds(stage: Stage, backlog: Backlog) -> dict[str, list[float]]:
    """Each in turn, and again: whatever else the machine does falls on all of them."""
    rates: dict[str, list[float]] = {"bare": [], "slot": [], "task": [], "package": []}
    package = _package(backlog)
    with _worker(stage, backlog) as worker:
        for number in range(1, ROUNDS + 1):
            stage.say(f"round {number} of {ROUNDS}")
            rates["bare"].append(_bare(backlog))
            rates["slot"].append(_slot(backlog))
            rates["task"].append(_queued(backlog, worker, TASKS, tasks.post_one.delay))
            rates["package"].append(_queued(backlog, worker, PACKAGED, package))
    return rates


def _bare(backlog: Backlog) -> float:
    loop = BareLoop(backlog.inbox.url, backlog.secret, signing.webhook_keys()[0], backlog.endpoint.in_flight_cap)
    with _posted(backlog):
        took = seconds(lambda: loop.post_all(backlog.messages))
    loop.close()
    return EVENTS / took


def _slot(backlog: Backlog) -> float:
    Endpoint.objects.update(cursor=0)
    with _posted(backlog):
        took = seconds(slot.run)
    expect(Endpoint.objects.get().cursor == EVENTS, "the slot left something")
    return EVENTS / took


def _queued(backlog: Backlog, worker: int, count: int, queue: Callable[[int], object]) -> float:
    """The worker stands still while its tasks are queued."""
    os.killpg(worker, signal.SIGSTOP)
    for number in range(count):
        queue(number)
    before, begun = backlog.inbox.seen()[0], time.monotonic()
    os.killpg(worker, signal.SIGCONT)
    took = backlog.inbox.wait_for(before + count) - begun
    expect(backlog.inbox.seen()[0] == before + count, f"not {count} posts")
    return count / took


def _package(backlog: Backlog) -> Callable[[int], object]:
    """What queues a post of django-webhook, for one receiver with one secret."""
    webhook = Webhook.objects.create(url=backlog.inbox.url)
    webhook.secrets.create(token="a secret of a benchmark")
    said = {"topic": f"{Listing._meta.label}/update", "object_type": Listing._meta.label}
    return lambda number: fire_webhook.delay(webhook.pk, backlog.messages[number][1].decode(), **said)


@contextmanager
def _posted(backlog: Backlog) -> Iterator[None]:
    """What runs here must bring every event, signed both ways."""
    expected = backlog.inbox.seen()[0] + EVENTS
    yield
    expect(backlog.inbox.seen()[0] == expected, f"not {EVENTS} posts")
    headers, body = backlog.inbox.last()
    signing.verify(headers, body, now=timezone.now(), secrets=[backlog.secret])
    signing.verify(headers, body, now=timezone.now(), public_keys=[key.public_key() for key in signing.webhook_keys()])


@contextmanager
def _worker(stage: Stage, backlog: Backlog) -> Iterator[int]:
    """The rival's worker, as the product starts it; its process group."""
    file = stage.folder / "messages.json"
    tasks.write_messages(file, backlog.inbox.url, backlog.secret, backlog.messages[:TASKS])
    app.control.purge()  # the bells that filling the log rang
    environment = stage.environment(BENCHMARK_PREFETCH="4", **{tasks.MESSAGES: str(file)})
    with Processes(stage.folder, environment) as processes:
        processes.start(WORKER)
        process = processes.children[WORKER].process
        expect(process is not None, "the worker is gone")
        yield process.pid if process else 0
