"""What waits for an endpoint: how much is meant for it that it has not taken, and since when."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from sharing.delivery import reading

_OLDEST = f"""
    SELECT min(since) FROM (
        (SELECT greatest(e.occurred_at, t.told_at) AS since
         FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
         WHERE e.position > %(cursor)s AND e.position <= (SELECT position FROM delivery_tellingcursor WHERE id = 1)
         ORDER BY e.position LIMIT 1)
        UNION ALL
        SELECT greatest(e.occurred_at, t.told_at)
        FROM delivery_held h
        JOIN registry_event e ON e.position = h.from_position
        JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
        WHERE h.endpoint_id = %(endpoint)s AND h.reason <> 'replay'
    ) AS waits
"""  # noqa: S608 - only constants are put in


def count(department_id: int, cursor_position: int, *, most: int) -> int:
    """How many events meant for the department lie behind the cursor, counted up to ``most``."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e='e', t='t')} "  # noqa: S608 - only constants are put in
            "WHERE e.position > %(cursor)s AND e.position <= (SELECT position FROM delivery_tellingcursor WHERE id = 1) "
            "LIMIT %(most)s) AS behind",
            {"department": department_id, "cursor": cursor_position, "most": most},
        )
        (count,) = cursor.fetchone()
    return int(count)


def oldest(department_id: int, endpoint_id: str, cursor_position: int) -> datetime | None:
    """Since when the oldest event waits that is meant for the department and the endpoint has not taken; replays apart.

    An event of an opening set waits since it was told, not since it happened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, {"department": department_id, "endpoint": endpoint_id, "cursor": cursor_position})
        (since,) = cursor.fetchone()
    moment: datetime | None = since
    return moment
