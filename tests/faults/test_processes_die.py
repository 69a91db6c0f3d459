"""kill -9 of the worker and of beat, and an emptied broker, in the middle of a backlog: nothing is lost or overtaken."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from registry import actions, log
from registry.models import Flag, Listing
from tests import cast
from tests.faults.stack import Stack, stack

pytestmark = [pytest.mark.service, pytest.mark.broker, pytest.mark.timeout(240)]
LISTINGS, ROUNDS = 8, 12


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    """The stack with its processes not yet started, and listings in force."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        with stack(tmp_path_factory.mktemp("stack")) as made:
            yield made


@pytest.fixture(scope="module")
def listings(running) -> list[Listing]:
    numbers = [cast.resident(f"11010519880304{serial}") for serial in range(101, 101 + LISTINGS)]
    return [cast.in_force(cast.party(cast.person(number, f"某{number[-2]}")), number=number) for number in numbers]


def write(listings, rounds=ROUNDS) -> None:
    """One event of each listing a round, each an act of its own."""
    for _ in range(rounds):
        for listing in listings:
            act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
            act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def at_work(running) -> None:
    """Worker and beat, whatever an earlier test left; each test may run first."""
    if missing := {"worker", "beat"} - running.processes.children.keys():
        running.processes.start(*missing)


def say(capsys, figure: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n  {figure}\n")


def test_a_worker_killed_in_the_middle_of_a_backlog_loses_nothing(running, listings, capsys):
    write(listings)
    size, _ = log.head()
    at_work(running)
    running.wait_until(lambda: len(running.arrivals) > size // 4)
    running.processes.kill("worker")
    killed, got = time.monotonic(), len(running.arrivals)
    assert got < size, "killed in the middle"
    write(listings, 2)
    running.processes.start("worker")
    running.wait_until(lambda: len(running.arrivals) > got)
    taken_over = running.arrivals[got] - killed
    running.drain()
    say(capsys, f"takeover {taken_over:.1f} s after kill -9 of the worker; {running.repeats()} repeats")


def test_without_beat_the_bell_still_brings_everything_and_beat_comes_back(running, listings, capsys):
    at_work(running)
    running.processes.kill("beat")
    write(listings, 1)
    seconds = running.wait_until(running.settled)
    running.processes.start("beat")
    write(listings, 1)
    running.drain()
    say(capsys, f"without beat, all told {seconds:.1f} s after the last act")


def test_an_emptied_broker_costs_time_and_no_event(running, listings, capsys):
    at_work(running)
    running.processes.kill("worker")
    write(listings, 2)
    running.empty_broker()
    running.processes.start("worker")
    seconds = running.wait_until(running.settled)
    running.drain()
    say(capsys, f"after the broker was emptied, all told {seconds:.1f} s after the worker's start")


def test_worker_and_beat_killed_together_start_again_where_they_were(running, listings):
    at_work(running)
    write(listings, 3)
    running.processes.kill("worker")
    running.processes.kill("beat")
    number = cast.resident(
        "11010519880305101"
    )  # of nobody else: the other listings are written on in whichever order tests run
    cast.withdrawn(cast.in_force(cast.party(cast.person(number, "某零")), number=number))
    running.processes.start("worker", "beat")
    running.drain()
