"""Several at once, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection


def in_threads(*works: Callable[[], object]) -> None:
    """Run all at once; the first error is raised here."""
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def first_paused(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, first: Callable[[], object], second: Callable[[], object]
) -> None:
    """``second`` begins once ``first`` has come out of the function of this name, and ``first`` goes on when the other waits for a
    lock, or has ended. The first error is raised here.
    """
    done, reached, over = getattr(module, name), threading.Event(), threading.Event()

    def pausing(*given: Any, **named: Any) -> Any:
        found = done(*given, **named)
        if threading.current_thread().name == "first" and not reached.is_set():
            reached.set()
            _until_one_waits(over)
        return found

    def run(who: str, work: Callable[[], object]) -> None:
        threading.current_thread().name = who
        if who == "second":
            assert reached.wait(10)
        try:
            work()
        finally:
            (reached if who == "first" else over).set()

    monkeypatch.setattr(module, name, pausing)
    in_threads(partial(run, "first", first), partial(run, "second", second))


def _until_one_waits(over: threading.Event) -> None:
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot()"
            )  # a transaction sees who waits as it was at its first look
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if over.is_set() or cursor.fetchone()[0]:
                return
        over.wait(0.02)
