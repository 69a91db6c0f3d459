"""What stands at the other end of a connection to the database: asked of each one when it opens, in processes that serve.

A standby is behind: whoever was listed a second ago would be answered "not listed" there, and the log would be shown shorter
than it was signed. A pooler between transactions gives a session's locks to whoever comes next, and workers hold some.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

STANDBY = (
    "DATABASE_URL leads to a standby (pg_is_in_recovery). Nothing is asked or answered there: lead it to the primary, or promote this one "
    "(docs/operating.md, “Several hosts”)."
)
POOLER = (
    "Between DATABASE_URL and the server stands a pooler. Workers and beat hold locks of sessions: lead their DATABASE_URL to the "
    "server itself (docs/operating.md, “Several hosts”)."
)


class WrongServer(OperationalError):
    """What asks for the database then is told that it is away; the text says what to change."""


def watch(*, without_pooler: bool) -> None:
    """From now on every connection of this process is asked."""
    judge = _refuse_pooler_too if without_pooler else _refuse_standby
    connection_created.connect(judge, dispatch_uid="reached")


def _refuse_standby(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    if _asked(connection, "SELECT pg_is_in_recovery()"):
        _refuse(connection, STANDBY)


def _refuse_pooler_too(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    """A pooler shows a number of its own for the process that serves the session."""
    _refuse_standby(connection)
    if _asked(connection, "SELECT pg_backend_pid()") != connection.connection.info.backend_pid:
        _refuse(connection, POOLER)


def _asked(connection: BaseDatabaseWrapper, question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _refuse(connection: BaseDatabaseWrapper, why: str) -> None:
    connection.close()  # or it would be used as it is the next time
    raise WrongServer(why)
