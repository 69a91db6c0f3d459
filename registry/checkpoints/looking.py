"""Whether somebody who signs is to be asked to: beat looks, so that nobody is sent a message for nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_LOOK = """
    SELECT pg_postmaster_start_time(), h.halted <> '' OR (h.epoch, h.size) <> (coalesce(c.epoch, h.epoch), coalesce(c.size, 0))
    FROM registry_loghead h LEFT JOIN LATERAL (
        SELECT epoch, size FROM registry_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1
    ) AS c ON true
    WHERE h.id = 1
"""

_server: datetime | None = None  # when the server began that was asked last


def is_due() -> bool:
    """Something is not signed; nothing may be signed, and it may again by now; or another server answers than the last time,
    which may lack what was signed. Raises django.db.Error.
    """
    global _server
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        server, is_waiting = cursor.fetchone()
    is_new, _server = server != _server, server
    return is_new or bool(is_waiting)
