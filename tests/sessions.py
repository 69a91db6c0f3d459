"""Sessions of the database that end while somebody still relies on them."""

from __future__ import annotations

from contextlib import closing

from django.db import connection


def end(session: int) -> None:
    """As a database that is started again ends it: its owner hears nothing until he asks. ``session``: the server's process."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
