"""A department's watch over the court's log, through the court's own doors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.test import Client as Browser

from sharing.departments import telling
from sharing.receiver import applying, store
from sharing.receiver.calling import Reply
from sharing.receiver.events import read_event
from sharing.receiver.log_watch import LogWatch
from sharing.receiver.notes import log_keys
from sharing.receiver.status import log_status
from tests import asking as calling
from tests import cast, logs
from tests.receiver_double import Json


class Line:
    """The department's line to the court, through its doors."""

    def __init__(self, headers: Any) -> None:
        self.headers = headers
        self.asked: list[str] = []

    def call(self, method: str, path: str) -> Reply:
        self.asked.append(path)
        answer = Browser().get(path, headers=self.headers)
        return Reply(answer.status_code, {}, answer.content)

    def read_public(self, path: str, read: Any) -> Reply:
        self.asked.append(path)
        answer = Browser().get(path)
        return Reply(answer.status_code, {}, answer.content)


def line_of(department: Any) -> Line:
    """Of one that has a measure from now on."""
    cast.measure(department)
    return Line(calling.bearer(department.organisation, ("events",)))


@contextmanager
def empty_store() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        yield opened


class Direct:
    def __init__(self, opened: sqlite3.Connection) -> None:
        self.opened = opened

    def run_in_store(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return work(self.opened)


def watching(line: Line, opened: sqlite3.Connection) -> LogWatch:
    keys = log_keys([logs.vkey()], [logs.WITNESS.key.vkey])
    return LogWatch(Direct(opened), line, lambda: opened, keys, lambda: None)  # type: ignore[arg-type]


def told(line: Line, opened: sqlite3.Connection) -> None:
    telling.walk(now=cast.NOW)
    for body in line.call("GET", "/api/v1/events?after=0").json()["events"]:
        applying.apply(opened, read_event(body), source="pull", now=1)


def looked(watch: LogWatch, opened: sqlite3.Connection) -> Json:
    watch._look(opened)
    said: Json = log_status(opened)
    return said
