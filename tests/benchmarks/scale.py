"""Two worker hosts against one, each held to a quarter of a processor by the kernel: whether a second one adds its share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from django.utils import timezone

from config.celery import app
from config.processes import Processes
from registry.models import EventType
from sharing.delivery.models import Endpoint
from sharing.departments import telling
from tests import cast
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import POLL_SECONDS, Inbox, Stage, expect, inbox

ENDPOINTS = 8
LISTINGS = 3250
LATER = (EventType.FLAGGED, EventType.UNFLAGGED, EventType.CORRECTED)
EVENTS = LISTINGS * (1 + len(LATER))
ANSWERS_AFTER = 50  # milliseconds
QUOTA, PERIOD = 25_000, 100_000  # microseconds: a quarter of a processor
ROUNDS = 3
MEASURED = 20  # seconds
FIRST_POSTS, FIRST_SECONDS = 1000, 60.0  # what each process does for the first time is over after so many posts
GROUPS = Path("/sys/fs/cgroup")

MEASURED_IS = (
    "two workers of four processes and two slots each, held to {quota:.2f} of a processor each (cgroup {version}); {endpoints} endpoints with "
    "a backlog of {events:,} events each, receivers that answer after {after} ms; posts that came within {seconds} s, after "
    "the first {first:,}, and after a round that is not counted; beat, database and receiver are not held"
)
FLOOR_IS = "one such worker, in the same round"


def measure(stage: Stage) -> list[Figure]:
    with inbox(stage) as receiver:
        stage.say(f"{EVENTS:,} events of {LISTINGS:,} listings for {ENDPOINTS} endpoints")
        _backlog(receiver)
        stage.say("a round that is not counted: a new log is signed and verified")
        _rate(stage, receiver, 2)
        rates: dict[int, list[float]] = {1: [], 2: []}
        for number in range(1, ROUNDS + 1):
            for workers in (1, 2):
                stage.say(f"round {number} of {ROUNDS}, {workers} of 2 workers")
                rates[workers].append(_rate(stage, receiver, workers))
                stage.say(f"{rates[workers][-1]:.0f} posts/s")
    facts = {"quota": QUOTA / PERIOD, "version": _version(), "endpoints": ENDPOINTS, "events": EVENTS}
    waits = {"after": ANSWERS_AFTER, "seconds": MEASURED, "first": FIRST_POSTS}
    return [
        Figure(
            name="scale", unit="posts/s", values=rates[2], floors=rates[1], target_of="ratio", target=1.8,
            measured=MEASURED_IS.format(**facts, **waits), floor_is=FLOOR_IS,
        )
    ]  # fmt: skip


def _backlog(receiver: Inbox) -> None:
    for number in range(ENDPOINTS):
        department = cast.department("finance", code=f"bank-{number}")
        cast.measure(department, code=f"bank-{number}-measure")
        cast.add_endpoint(department, f"{receiver.url}/after/{ANSWERS_AFTER}/{number}", now=cast.NOW)
    listings = book.fill(LISTINGS)
    for type_ in LATER:
        book.append(listings, type_)
    telling.walk(now=timezone.now())
    app.control.purge()  # the bells that filling the log rang


def _rate(stage: Stage, receiver: Inbox, workers: int) -> float:
    """Posts a second of so many workers, from the same beginning."""
    Endpoint.objects.update(cursor=0, lease_until=None, failures=0, next_due=None)
    with ExitStack() as stack:
        for number in range(workers):
            stack.enter_context(_worker(stage, number))
        beat = stack.enter_context(Processes(stage.folder / "beat", stage.environment()))
        sent, _ = receiver.seen()
        beat.start("beat")
        receiver.wait_for(sent + FIRST_POSTS, FIRST_SECONDS)
        (before, _), begun = receiver.seen(), time.monotonic()
        time.sleep(MEASURED)
        (after, _), ended = receiver.seen(), time.monotonic()
    expect(after > before, f"nothing was posted in {MEASURED} s")
    expect(not Endpoint.objects.filter(cursor=EVENTS).exists(), "an endpoint had nothing left to be sent")
    expect(not Endpoint.objects.filter(failures__gt=0).exists(), "an endpoint failed")
    return (after - before) / (ended - begun)


@contextmanager
def _worker(stage: Stage, number: int) -> Iterator[None]:
    """As the product starts it; held once it is ready, with all that it started."""
    group = _group(f"registry-scale-{os.getpid()}-{number}")
    try:
        with Processes(stage.folder / f"worker-{number}", stage.environment()) as processes:
            processes.start("worker")
            process = processes.children["worker"].process
            expect(process is not None, "the worker is gone")
            _hold(group, psutil.Process(process.pid) if process else psutil.Process())
            yield
    finally:
        _end(group)


def _end(group: Path) -> None:
    """Once the kernel has done with those that were in it."""
    while (group / "cgroup.procs").read_text():
        time.sleep(POLL_SECONDS)
    group.rmdir()


def _version() -> int:
    return 2 if (GROUPS / "cgroup.controllers").exists() else 1


def _group(name: str) -> Path:
    """A group of processes that has no more of the processors than the quota. Void where this machine lets us have none."""
    made = GROUPS / name if _version() == 2 else GROUPS / "cpu" / name
    try:
        made.mkdir()
        _limit(made)
    except OSError as error:
        expect(False, f"no processor quota can be set here ({error.strerror}): run as root, with cgroups")
    return made


def _limit(group: Path) -> None:
    if _version() == 1:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(QUOTA))
    else:
        (group / "cpu.max").write_text(f"{QUOTA} {PERIOD}")


def _hold(group: Path, leader: psutil.Process) -> None:
    processes: Sequence[psutil.Process] = [leader, *leader.children(recursive=True)]
    for each in processes:
        (group / "cgroup.procs").write_text(str(each.pid))
