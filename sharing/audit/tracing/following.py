"""Every source followed at once: one stream in order of time, in constant memory."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from sharing.audit.tracing import of_departments, of_employers, of_the_court
from sharing.audit.tracing.scope import Scope
from sharing.audit.tracing.source import Row, Source, rows

SOURCES: Sequence[Source] = (*of_departments.SOURCES, *of_employers.SOURCES, *of_the_court.SOURCES)


def follow(scope: Scope) -> Generator[Row, None, None]:
    """Close it where it is not read to its end: each source holds a cursor of the database."""
    streams = [rows(source, scope) for source in SOURCES]
    with _unhurried():
        try:
            yield from heapq.merge(*streams, key=lambda row: row.at)
        finally:
            for each in streams:
                each.close()


@contextmanager
def _unhurried() -> Iterator[None]:
    """Nobody waits behind it, and the largest table is read whole. Of the session: a transaction would be held open meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10min'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
