"""The real stack for fault tests: a database of its own, worker and beat as processes, a receiver in this process.

What the acts commit here, other processes see. The servers are those of the test session.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from django.conf import settings
from django.db import connection
from kombu import Connection

from config.celery import app
from config.processes import Processes
from registry import log
from registry.models import Event
from sharing.delivery.models import Endpoint, Held
from tests import cast, tables
from tests.bells import ringing_at
from tests.embedded import numbered
from tests.faults import checker
from tests.receiving import Received, Receiver, receiver

BROKER_NUMBER = 9  # the numbered database of the broker that no test session uses
ENDS_AFTER = 60.0
RESTART_SECONDS = 1.0  # of the units


def supervised(processes: Processes) -> int:
    """As systemd does: those that ended by themselves begin again a second later. How many did."""
    ended = [name for name, child in processes.children.items() if not child.alive]
    if ended:
        time.sleep(RESTART_SECONDS)
        processes.begin(*ended)
    return len(ended)


@dataclass
class Stack:
    processes: Processes
    inbox: Receiver
    broker: str
    arrivals: list[float] = field(default_factory=list)

    def settled(self) -> bool:
        """Everything meant was received and nothing is held."""
        size, _ = log.head()
        behind = Endpoint.objects.exclude(cursor=size).exists()
        return not behind and not Held.objects.exists()

    def wait_until(self, come: Callable[[], bool]) -> float:
        """Seconds until it came. AssertionError where it does not come."""
        begun = time.monotonic()
        while not come():
            assert time.monotonic() - begun < ENDS_AFTER, "it did not come"
            time.sleep(0.02)
        return time.monotonic() - begun

    def repeats(self) -> int:
        """How many more events arrived than listings had: an anchor of the audit trail is in the log and told to nobody."""
        return len(self.inbox.accepted_events) - Event.objects.exclude(listing=None).count()

    def drain(self) -> None:
        """Until everything arrived; then the checker judges."""
        self.wait_until(self.settled)
        checker.check(list(self.inbox.requests))

    def empty_broker(self) -> None:
        """Whatever waits in the broker is gone."""
        if urlsplit(self.broker).scheme.startswith("amqp"):
            with Connection(self.broker) as broker:
                queue = app.amqp.queues[app.conf.task_default_queue].bind(broker.channel())
                queue.declare()
                queue.purge()
            return
        with redis.Redis.from_url(self.broker) as broker:
            broker.flushdb()


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """A department with a measure and an endpoint at the receiver; worker and beat are started by the test."""
    with own_database() as database_url, receiver() as inbox:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": numbered(settings.REDIS_URL, BROKER_NUMBER),
            "SHARING_HEARTBEAT_SECONDS": "1",  # in the middle of everything, not only after a minute of silence
        }
        broker = environment.setdefault("BROKER_URL", environment["REDIS_URL"])
        with ringing_at(broker), Processes(folder, environment, patience=ENDS_AFTER) as processes:
            made = Stack(processes, inbox, broker)
            inbox.answer = slowly(made)
            department = cast.department()
            cast.measure(department)
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
            made.empty_broker()
            yield made


def slowly(made: Stack) -> Callable[[Received], int]:
    """Ten milliseconds for each post, so that a backlog lasts long enough to be interrupted."""

    def answer(received: Received) -> int:
        time.sleep(0.01)
        made.arrivals.append(time.monotonic())
        return 204

    return answer


@contextmanager
def own_database() -> Iterator[str]:
    """A migrated database on the session's server, used by this process too until the block ends."""
    name = f"faults_{os.getpid()}"
    before = connection.settings_dict["NAME"]
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{tables.ready()}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield url._replace(path=f"/{name}").geturl()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
