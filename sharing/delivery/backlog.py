"""What waits for an endpoint: how much is meant for it that it has not taken, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from sharing.delivery import reading
from sharing.delivery.models import Endpoint


class Backlog(NamedTuple):
    """``waiting`` is counted up to a limit; ``oldest``: since when the oldest event waits."""

    waiting: int
    oldest: datetime | None


_COUNT = f"""
    SELECT count(*) FROM (
        SELECT 1 FROM registry_event e JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
        WHERE e.position > %(cursor)s AND e.position <= (SELECT position FROM delivery_tellingcursor WHERE id = 1)
        LIMIT %(most)s
    ) AS behind
"""  # noqa: S608 - only constants are put in
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


def _of_asked(sql: str) -> str:
    for name, column in (("department", "department"), ("endpoint", "endpoint"), ("cursor", "position")):
        sql = sql.replace(f"%({name})s", f"asked.{column}")
    return sql


_OF_EACH = f"""
    SELECT asked.endpoint, ({_of_asked(_COUNT)}), ({_of_asked(_OLDEST)})
    FROM unnest(%(departments)s::bigint[], %(endpoints)s::text[], %(cursors)s::bigint[])
        AS asked (department, endpoint, position)
"""  # noqa: S608 - only constants are put in


def count(department_id: int, cursor_position: int, *, most: int) -> int:
    """How many events meant for the department lie behind the cursor, counted up to ``most``."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"department": department_id, "cursor": cursor_position, "most": most})
        (count,) = cursor.fetchone()
    return int(count)


def of_each(endpoints: Sequence[Endpoint], *, most: int) -> dict[str, Backlog]:
    """What waits for each of them, by its id, asked for at once; counted as `count` does.

    An event of an opening set waits since it was told, not since it happened; replays are left out.
    """
    facts: dict[str, Any] = {
        "departments": [each.department_id for each in endpoints],
        "endpoints": [each.pk for each in endpoints],
        "cursors": [each.cursor for each in endpoints],
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_EACH, facts)
        return {endpoint_id: Backlog(int(waiting), oldest) for endpoint_id, waiting, oldest in cursor.fetchall()}
