"""Figures are read together, and where one fails, part by part, each in a savepoint of its own: it takes no other one away, and is
named.

Who asks whether all is well waits for none of them longer than is said here, however many fail.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

TOGETHER, ALONE = 3.0, 1.0  # seconds of one question
Figure = TypeVar("Figure")
Whole = TypeVar("Whole")

logger = logging.getLogger(__name__)


class Reading:
    """Within a transaction. ``seconds``: for all parts, read one by one; None: together, and whatever fails is raised. ``unread``: the
    names of those that failed, or whose turn never came.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.unread: list[str] = []
        self._until = None if seconds is None else time.monotonic() + seconds
        self._limit()

    def part(self, group: str, figure: Callable[[], Figure]) -> Figure | None:
        """None where it is unread. Raises django.db.Error where it is the database that is away."""
        if self._until is None:
            return figure()
        if self._left(self._until) > 0:
            try:
                with transaction.atomic():
                    return figure()
            except Exception as error:
                # No words of the error: a database repeats values in them.
                logger.error("the figures of %s cannot be read: %s", group, type(error).__name__)
                self._limit()
        self.unread.append(group)
        return None

    def _limit(self) -> None:
        """Of the next question. Said anew after each that failed, so that a database that is away is told from one that is not."""
        seconds = TOGETHER if self._until is None else max(0.001, min(ALONE, self._left(self._until)))
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {round(1000 * seconds)}")

    def _left(self, until: float) -> float:
        return until - time.monotonic()


def read(whole: Callable[[Reading], Whole], *, seconds: float) -> Whole:
    """``seconds``: for all parts, where they are read one by one. Raises django.db.Error while the database is away."""
    try:
        with transaction.atomic():
            return whole(Reading())
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise
        logger.warning("figures are read one by one: %s", type(error).__name__)
    with transaction.atomic():
        return whole(Reading(seconds))
