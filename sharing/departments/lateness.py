"""What departments should have confirmed or purged by now, as of the last `owing.keep`: however many departments are
behind, one statement says how far, and one what some of them owe for longest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import connection

from sharing.departments.owing import NEEDED, TOLD, Duty

_RECALLS = """
    FROM departments_recall c JOIN registry_event e ON e.position = c.position
    JOIN registry_listing l ON l.id = c.listing_id
    WHERE c.closed_by_id IS NULL AND c.due_on < %(day)s
"""
_RECEIPTS = f"""
    FROM departments_owed w JOIN registry_event e ON e.position = w.event_id {TOLD}
    WHERE w.since IS NOT NULL AND w.due_on < %(day)s AND {NEEDED}
"""
_COUNTS = f"""
    SELECT department, count(*) FROM (
        SELECT c.department_id AS department {_RECALLS}
        UNION ALL
        SELECT w.department_id {_RECEIPTS.replace("%(department)s", "w.department_id")}
    ) AS late GROUP BY department ORDER BY count(*) DESC, department
"""  # noqa: S608 - only constants are put in
_OLDEST = f"""
    SELECT asked.department, oldest.* FROM unnest(%(departments)s::bigint[]) AS asked (department)
    CROSS JOIN LATERAL (
        SELECT e.position, e.event_id, e.type, l.number, c.opened_at AS since, c.due_on, c.step, c.told_at
        {_RECALLS} AND c.department_id = asked.department
        UNION ALL
        SELECT e.position, e.event_id, e.type, l.number, w.since, w.due_on, w.step, w.told_at
        {_RECEIPTS.replace("%(department)s", "asked.department")} AND w.department_id = asked.department
        ORDER BY due_on, position LIMIT %(limit)s
    ) AS oldest ORDER BY asked.department, oldest.due_on, oldest.position
"""  # noqa: S608 - only constants are put in


def counts(*, day: date) -> dict[int, int]:
    """How many duties of each department were due before the day, where there are any; the most first."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"day": day})
        return dict(cursor.fetchall())


def oldest(departments: Iterable[int], *, day: date, limit: int) -> defaultdict[int, list[Duty]]:
    """Of each of these departments, those of them that have been due for longest."""
    found = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, {"departments": list(departments), "day": day, "limit": limit})
        for department, *duty in cursor.fetchall():
            found[department].append(Duty._make(duty))
    return found
