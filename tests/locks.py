"""Who holds what in the database of this test: the server's list also names those of its neighbours."""

from __future__ import annotations

from django.db import connection


def held(table: str, mode: str) -> bool:
    """Whether another transaction that did not end has done this to rows of the table.

    Databases made from one template give a table one oid in all of them, so the database is asked for too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND relation = %s::regclass AND mode = %s AND pid <> pg_backend_pid()",
            [table, mode],
        )
        (count,) = cursor.fetchone()
    return bool(count)
