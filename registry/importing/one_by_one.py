"""A chunk that failed again and again is taken decision by decision, so that one which cannot be taken is blamed for it.

Until then it is tried whole: the database may have gone, or a worker been called off, and no row is to blame for that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction

from registry.errors import LogHalted, NotTaken
from registry.importing.grouping import Line
from registry.models import Import, ImportRow

TRIES = 5  # of a whole chunk, a minute between them
NOBODYS_FAULT = (OperationalError, LogHalted, SoftTimeLimitExceeded)
COUNTED = ("waiting", "sound", "wrong", "entered", "written")
logger = logging.getLogger(__name__)


def is_due(import_: Import) -> bool:
    return import_.failures >= TRIES


def failed(import_: Import, error: Exception) -> int:
    """How often its next rows failed now, one after another; what is nobody's fault does not count."""
    return import_.failures if isinstance(error, NOBODYS_FAULT) else min(import_.failures + 1, TRIES)


def take(
    decisions: Iterable[list[ImportRow]],
    import_: Import,
    act: Callable[[list[ImportRow]], None],
    passing: tuple[type[Exception], ...] = NOBODYS_FAULT,
) -> list[Line]:
    """Take the rows of each decision for themselves; the rows of those that failed, blamed and not saved yet.

    Inside the caller's transaction. What the database asks at its end alone it is asked for each decision, whose fault could not be
    told any more then. Raises what is in ``passing``.
    """
    blamed: list[Line] = []
    for rows in decisions:
        before = {name: getattr(import_, name) for name in COUNTED}
        try:
            with transaction.atomic():
                act(rows)
                connection.check_constraints()
        except passing:
            raise
        except Exception as error:
            # No words of the error: a database repeats rows in them.
            logger.error("import %s: row %s is not taken: %s", import_.pk, rows[0].row, type(error).__name__)
            for name, count in before.items():  # what was counted of it is not so
                setattr(import_, name, count)
            blamed += [Line(row, {}, {}, [("", NotTaken())]) for row in rows]
    return blamed
