"""`make chaos`: many deliveries while receiver and worker are killed and answers fail; then every judge is asked.

Bounded: CHAOS deliveries, ten kills, and an end after at most an hour. Not part of an ordinary run.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings

from config.processes import Processes
from config.valkey import free_port
from registry import actions, log
from registry.models import Flag, Listing
from sharing.delivery.models import Endpoint, Held
from tests import cast
from tests.bells import ringing_at
from tests.embedded import numbered
from tests.faults import checker
from tests.faults.stack import BROKER_NUMBER, own_database
from tests.judges import asking
from tests.judges.asking import Question
from tests.receiving import Received

DELIVERIES = int(os.environ.get("CHAOS", "0"))
LISTINGS = 200
KILLS = 10
ENDS_AFTER = 3600.0
BATCH = 5000
DUE_EVERY = 1.0  # seconds: nobody waits for a long backoff here

pytestmark = [
    pytest.mark.timeout(int(ENDS_AFTER) + 600),
    pytest.mark.skipif(not DELIVERIES, reason="bounded by CHAOS=number of deliveries: make chaos"),
]


@dataclass
class Chaos:
    """The department's receiver, in a process of its own, and the worker; either may die."""

    processes: Processes
    port: int
    kept: Path
    secret: str = ""
    receiver: subprocess.Popen[bytes] | None = None
    kills: dict[str, int] = field(default_factory=lambda: {"receiver": 0, "worker": 0})
    due_at: float = 0.0

    def open_receiver(self) -> None:
        program = str(Path(__file__).parent / "crashing_receiver.py")
        self.receiver = subprocess.Popen([sys.executable, program, str(self.port), str(self.kept)])

    def kill_receiver(self) -> None:
        if self.receiver is not None:
            self.receiver.kill()
            self.receiver.wait()
        self.kills["receiver"] += 1

    def kill_worker(self) -> None:
        self.processes.kill("worker")
        self.kills["worker"] += 1
        self.processes.start("worker")

    def strike(self) -> None:
        """The receiver and the worker in turn."""
        if sum(self.kills.values()) % 2 == 0:
            self.kill_receiver()
            time.sleep(0.5)
            self.open_receiver()
        else:
            self.kill_worker()

    def make_due(self) -> None:
        if time.monotonic() - self.due_at > DUE_EVERY:
            self.due_at = time.monotonic()
            Endpoint.objects.update(next_due=None)
            Held.objects.update(next_due=None)

    def settled(self) -> bool:
        size, _ = log.head()
        return not Endpoint.objects.exclude(cursor=size).exists() and not Held.objects.exists()

    def requests(self) -> list[Received]:
        with self.kept.open() as lines:
            return [_received(json.loads(line)) for line in lines]


def _received(line: dict[str, object]) -> Received:
    headers, answered = line["headers"], line["answered"]
    return Received(headers, base64.b64decode(str(line["body"])), answered)  # type: ignore[arg-type]  # as it was written


@pytest.fixture
def chaos(tmp_path, monkeypatch, django_db_blocker) -> Iterator[Chaos]:
    waiver = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setenv("REGISTRY_NOTICE_WAIVER", waiver)
    monkeypatch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", waiver)
    with django_db_blocker.unblock(), own_database() as database_url:
        broker = numbered(settings.REDIS_URL, BROKER_NUMBER)
        environment = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": broker, "BROKER_URL": broker}
        with ringing_at(broker), Processes(tmp_path, environment) as processes:
            made = Chaos(processes, free_port(), tmp_path / "received.jsonl")
            department = cast.department()
            cast.measure(department)
            _, made.secret = cast.add_endpoint(department, f"http://127.0.0.1:{made.port}/webhooks", now=cast.NOW)
            try:
                yield made
            finally:
                made.kill_receiver()


def listings() -> list[Listing]:
    numbers = [cast.resident(f"11010519880304{serial}") for serial in range(100, 100 + LISTINGS)]
    return [cast.in_force(cast.party(cast.person(number, f"某{number[14:]}")), number=number) for number in numbers]


def test_nothing_is_lost_or_overtaken_and_every_judge_accepts_every_request(chaos, capsys):
    begun = time.monotonic()
    listed = listings()
    chaos.open_receiver()
    chaos.processes.start("worker", "beat")
    rounds = max(2, DELIVERIES // LISTINGS)
    for number in range(rounds):
        act = actions.unflag if number % 2 else actions.flag
        act(
            [each.pk for each in listed],
            Flag.DISPUTED,
            officer=cast.registrar(),
            now=cast.NOW,
            reason="objection received",
        )
        chaos.make_due()
        if number % max(1, rounds // KILLS) == rounds // KILLS // 2 and sum(chaos.kills.values()) < KILLS:
            chaos.strike()
    for listing in listed[::20]:
        cast.withdrawn(cast.fresh(listing))
    while not chaos.settled():
        assert time.monotonic() - begun < ENDS_AFTER, "it did not end"
        chaos.make_due()
        time.sleep(0.1)
    took = time.monotonic() - begun
    chaos.processes.stop()
    requests = chaos.requests()
    checker.check(requests)
    judge(requests, chaos.secret)
    with capsys.disabled():
        size, _ = log.head()
        sys.stdout.write(
            f"\n  {size} events, {len(requests)} requests in {took:.0f} s, {chaos.kills} killed: 0 lost, 0 out of order, "
            "all accepted by every judge\n"
        )


def judge(requests: list[Received], secret: str) -> None:
    for start in range(0, len(requests), BATCH):
        asked = [
            Question(each.headers, each.body, secret, int(each.headers["webhook-timestamp"]))
            for each in requests[start : start + BATCH]
        ]
        for name in asking.FROM_PYPI:
            assert all(asking.pypi(asked, name)), f"{name} of PyPI refuses a request"
        for name, said in asking.npm(asked).items():
            assert all(said), f"{name} of npm refuses a request"
            assert len(said) == len(asked)
