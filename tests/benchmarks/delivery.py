"""A backlog for one endpoint: a delivery slot against a bare loop, and against one Celery task per post."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from config.celery import app
from config.processes import Processes
from registry.models import EventType
from sharing import signing
from sharing.delivery import envelope, reading, slot
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
    opened = reading.payloads(events)
    messages = [
        (event.event_id, envelope.body(event, opened[event.position], endpoint=endpoint.pk)) for event in events
    ]
    return Backlog(receiver, endpoint, signing.parse_secret(secret_text), messages)


def _rounds(stage: Stage, backlog: Backlog) -> dict[str, list[float]]:
    """Bare loop, slot, tasks, and again: whatever else the machine does falls on all three."""
    rates: dict[str, list[float]] = {"bare": [], "slot": [], "task": []}
    with _worker(stage, backlog) as worker:
        for number in range(1, ROUNDS + 1):
            stage.say(f"round {number} of {ROUNDS}")
            rates["bare"].append(_bare(backlog))
            rates["slot"].append(_slot(backlog))
            rates["task"].append(_task(backlog, worker))
    return rates


def _bare(backlog: Backlog) -> float:
    loop = BareLoop(backlog.inbox.url, backlog.secret, signing.webhook_keys()[0], backlog.endpoint.in_flight_cap)
    with _posted(backlog, EVENTS):
        took = seconds(lambda: loop.post_all(backlog.messages))
    loop.close()
    return EVENTS / took


def _slot(backlog: Backlog) -> float:
    Endpoint.objects.update(cursor=0)
    with _posted(backlog, EVENTS):
        took = seconds(slot.run)
    expect(Endpoint.objects.get().cursor == EVENTS, "the slot left something")
    return EVENTS / took


def _task(backlog: Backlog, worker: int) -> float:
    """The worker stands still while its tasks are queued."""
    os.killpg(worker, signal.SIGSTOP)
    for number in range(TASKS):
        tasks.post_one.delay(number)
    with _posted(backlog, TASKS) as expected:
        begun = time.monotonic()
        os.killpg(worker, signal.SIGCONT)
        took = backlog.inbox.wait_for(expected) - begun
    return TASKS / took


@contextmanager
def _posted(backlog: Backlog, count: int) -> Iterator[int]:
    """What runs here must bring so many posts, signed both ways; the number that the receiver must have seen then."""
    expected = backlog.inbox.seen()[0] + count
    yield expected
    expect(backlog.inbox.seen()[0] == expected, f"not {count} posts")
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
