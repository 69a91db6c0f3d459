"""What stands at the other end of a connection to the database: asked of each one when it opens.

A standby is behind: whoever was listed a second ago would be answered "not listed" there, and the log would be shown shorter
than it was signed. A pooler between transactions gives a session's locks to whoever comes next, and workers hold some. So it
does with cursors, and processes may call theirs alike: one would read another's rows. Behind a pooler none is used.
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


def know_poolers() -> None:
    """From now on this process reads many rows by cursors on the server once it knows that no pooler is on the way."""
    connection_created.connect(_know_pooler, dispatch_uid="pooler")


def watch(*, without_pooler: bool) -> None:
    """For processes that serve: from now on every connection is refused that leads elsewhere."""
    judge = _refuse_pooler_too if without_pooler else _refuse_standby
    connection_created.connect(judge, dispatch_uid="reached")


def _know_pooler(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = _is_pooled(connection)


def _refuse_standby(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    if _asked(connection, "SELECT pg_is_in_recovery()"):
        _refuse(connection, STANDBY)


def _refuse_pooler_too(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    _refuse_standby(connection)
    if _is_pooled(connection):
        _refuse(connection, POOLER)


def _is_pooled(connection: BaseDatabaseWrapper) -> bool:
    """A pooler shows a number of its own for the process that serves the session."""
    return bool(_asked(connection, "SELECT pg_backend_pid()") != connection.connection.info.backend_pid)


def _asked(connection: BaseDatabaseWrapper, question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def _refuse(connection: BaseDatabaseWrapper, why: str) -> None:
    connection.close()  # or it would be used as it is the next time
    raise WrongServer(why)
