"""Receipts owed: what the department has and has not said what it did with.

The latest events are read from the log; what is owed for longer than minutes has a row of its own (`Owed`), and a
withdrawal its `Recall`. So neither a page nor an escalation reads all that was ever told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from registry.actions.acting import today
from registry.assessment import rules
from registry.terms import due
from sharing.delivery import reading
from sharing.delivery.meant import WITHDRAWN
from sharing.departments.models import Department, Owed

LAG = timedelta(minutes=10)
CHUNK = 500
RECEIPT, PURGE = "receipt", "purge_receipt"  # clocks


class Duty(NamedTuple):
    """``since``: when the department had the event; for a withdrawal, when its recall was opened."""

    position: int
    event_id: str
    type: str
    listing_number: str
    since: datetime
    due_on: date
    step: int
    told_at: datetime | None

    @property
    def is_recall(self) -> bool:
        return self.type == WITHDRAWN


# An endpoint that is to deliver it takes it off the members' hands, unless the department itself paused it.
_BY_HAND = """
    NOT EXISTS (SELECT 1 FROM delivery_endpoint o WHERE o.department_id = %(department)s
                AND o.state <> 'paused' AND o.stage = 'production'
                AND (o.began_position < e.position
                     OR EXISTS (SELECT 1 FROM delivery_held h WHERE h.endpoint_id = o.id
                                AND h.listing_id = e.listing_id AND h.from_position <= e.position)))
"""
SINCE = f"""
    coalesce((SELECT min(a.started_at) FROM delivery_attempt a JOIN delivery_endpoint o ON o.id = a.endpoint_id
              WHERE a.event_id = e.position AND o.department_id = %(department)s
                AND a.started_at >= least(e.recorded_at, e.occurred_at) - interval '1 day'
                AND a.failure = '' AND a.status BETWEEN 200 AND 299),
             CASE WHEN {_BY_HAND} THEN greatest(e.recorded_at, t.told_at) END)
"""  # noqa: S608 - only constants are put in
# What was silenced since needs no receipt; its withdrawal does, and has a recall. Who refused an event has not applied what
# it says: that is owed until he has, or has applied a later event of the listing. Nobody owes one for what could not be opened for him.
NEEDED = """
    e.type <> 'listing.withdrawn' AND t.ended_position IS NULL AND l.state IN ('active', 'suspended')
    AND NOT EXISTS (SELECT 1 FROM departments_leftover o WHERE o.department_id = %(department)s
                    AND o.listing_id = e.listing_id AND o.duty = 'give' AND o.opening IS NULL)
    AND NOT EXISTS (SELECT 1 FROM departments_receipt r
                    WHERE r.department_id = %(department)s AND r.event_id = e.position
                      AND (r.kind <> 'refused' OR EXISTS (
                        SELECT 1 FROM registry_event later JOIN departments_receipt s ON s.event_id = later.position
                        WHERE later.listing_id = e.listing_id AND later.position > e.position
                          AND s.department_id = r.department_id AND s.kind = 'applied')))
"""
TOLD = f"""
    JOIN delivery_told t ON {reading.SPAN.format(e="e", t="t")}
    JOIN registry_listing l ON l.id = e.listing_id
"""
_OWED = f"""
    SELECT DISTINCT ON (position) position, event_id, type, number, since, due_on, step, told_at FROM (
        (SELECT e.position, e.event_id, e.type, l.number, c.opened_at AS since, c.due_on, c.step, c.told_at
         FROM departments_recall c JOIN registry_event e ON e.position = c.position
         JOIN registry_listing l ON l.id = c.listing_id
         WHERE c.department_id = %(department)s AND c.closed_by_id IS NULL
           AND c.position > %(after)s AND c.position <= %(upto)s
         ORDER BY c.position LIMIT %(limit)s)
        UNION ALL
        (SELECT e.position, e.event_id, e.type, l.number, w.since, w.due_on, w.step, w.told_at
         FROM departments_owed w JOIN registry_event e ON e.position = w.event_id {TOLD}
         WHERE w.department_id = %(department)s AND w.since IS NOT NULL AND {NEEDED}
           AND w.event_id > %(after)s AND w.event_id <= %(upto)s
         ORDER BY w.event_id LIMIT %(limit)s)
        UNION ALL
        (SELECT * FROM (
            SELECT e.position, e.event_id, e.type, l.number, {SINCE} AS since,
                   NULL::date AS due_on, 0::smallint AS step, NULL::timestamptz AS told_at
            FROM registry_event e {TOLD}
            WHERE e.position > greatest(%(mark)s, %(after)s) AND e.position <= %(upto)s AND {NEEDED}
         ) AS latest WHERE since IS NOT NULL ORDER BY position LIMIT %(limit)s)
    ) AS owed ORDER BY position, due_on NULLS LAST LIMIT %(limit)s
"""  # noqa: S608 - only constants are put in
_COUNTED = f"""
    SELECT asked.department, (
        SELECT count(*) FROM ({_OWED.replace("%(department)s", "asked.department").replace("%(mark)s", "asked.mark")}) AS each
    ) FROM (
        SELECT organisation_id AS department, owed_position AS mark FROM departments_department
        WHERE organisation_id = ANY(%(departments)s::bigint[])
    ) AS asked
"""  # noqa: S608 - only constants are put in


def owed(department_id: int, limit: int, *, after: int = 0, upto: int | None = None) -> list[Duty]:
    """The oldest duties: receipts not given and recalls not closed; after a position of the log and up to one, if given."""
    clocks = rules()
    return [
        duty if duty.due_on else duty._replace(due_on=due(RECEIPT, today(duty.since), clocks.calendar, clocks.clocks))
        for duty in map(Duty._make, _rows(department_id, limit, after, upto))
    ]


def count(department_id: int, most: int) -> int:
    """How many there are, counted up to ``most``."""
    return len(_rows(department_id, most, 0, None))


def count_each(department_ids: Sequence[int], most: int) -> dict[int, int]:
    """The same for each of them, asked for at once."""
    facts: dict[str, Any] = {
        "departments": list(department_ids),
        "limit": most,
        "after": 0,
        "upto": reading.telling_position(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, facts)
        return dict(cursor.fetchall())


def keep(department_id: int, *, now: datetime) -> None:
    """Give a row to what is owed for longer than minutes, and take away the rows of what is not owed any more."""
    while _keep_chunk(department_id, now - LAG):
        pass
    _forget(department_id)
    _arrive(department_id)


def keep_young(department_id: int) -> None:
    """Give a row, too, to what is owed since a moment ago, before an endpoint is to deliver what the department has by hand:
    it goes on having it. In the caller's transaction, before it locks the endpoint.
    """
    while _keep_chunk(department_id, None):
        pass
    _arrive(department_id)


def reopen(department_id: int, position: int) -> None:
    """An opening set, or what is given again, reaches back behind what was kept and announced; in the transaction that tells it."""
    marks = Department.objects.filter(pk=department_id)
    marks.filter(owed_position__gte=position).update(owed_position=position - 1)
    marks.filter(announced_position__gte=position).update(announced_position=position - 1)


def _rows(department_id: int, limit: int, after: int, upto: int | None) -> list[tuple[Any, ...]]:
    telling = reading.telling_position()
    mark = Department.objects.values_list("owed_position", flat=True).get(pk=department_id)
    facts = {
        "department": department_id,
        "limit": limit,
        "mark": mark,
        "after": after,
        "upto": telling if upto is None else min(upto, telling),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWED, facts)
        return list(cursor.fetchall())


def _keep_chunk(department_id: int, before: datetime | None) -> bool:
    """Whether there is more to do at once. ``before``: what is younger is left; None: nothing is."""
    with transaction.atomic(), connection.cursor() as cursor:
        department = Department.objects.select_for_update().get(pk=department_id)
        after = department.owed_position
        old = after + CHUNK if before is None else min(after + CHUNK, _last_before(after, before))
        upto = min(old, reading.telling_position())
        if upto <= after:
            return False
        cursor.execute(_KEEP, {"department": department_id, "after": after, "upto": upto})
        department.owed_position = upto
        department.save(update_fields=["owed_position"])
    return upto == after + CHUNK


_KEEP = f"""
    INSERT INTO departments_owed (department_id, event_id, since, step)
    SELECT %(department)s, e.position, {SINCE}, 0 FROM registry_event e {TOLD}
    WHERE e.position > %(after)s AND e.position <= %(upto)s AND {NEEDED}
    ON CONFLICT (department_id, event_id) DO NOTHING
"""  # noqa: S608 - only constants are put in
_LAST_BEFORE = """
    SELECT coalesce(min(position) FILTER (WHERE recorded_at >= %s) - 1, max(position), 0)
    FROM registry_event WHERE position > %s AND position <= %s
"""


def _last_before(after: int, moment: datetime) -> int:
    """The last position of the chunk before the first one that is younger than the moment."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BEFORE, [moment, after, after + CHUNK])
        return int(cursor.fetchone()[0])


_NO_MORE = f"""
    SELECT w.id FROM departments_owed w WHERE w.department_id = %(department)s AND w.id > %(last)s
    AND NOT EXISTS (SELECT 1 FROM registry_event e {TOLD} WHERE e.position = w.event_id AND {NEEDED})
    ORDER BY w.id LIMIT %(limit)s
"""  # noqa: S608 - only constants are put in


def _forget(department_id: int) -> None:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NO_MORE, {"department": department_id, "last": last, "limit": CHUNK})
            ids = [row[0] for row in cursor.fetchall()]
        Owed.objects.filter(pk__in=ids).delete()
        if len(ids) < CHUNK:
            return
        last = ids[-1]


_ARRIVED = f"""
    UPDATE departments_owed w SET since = found.since FROM (
        SELECT w.id, {SINCE} AS since FROM departments_owed w JOIN registry_event e ON e.position = w.event_id {TOLD}
        WHERE w.department_id = %(department)s AND w.since IS NULL AND w.id > %(last)s
        ORDER BY w.id LIMIT %(limit)s
    ) AS found WHERE w.id = found.id RETURNING w.id
"""  # noqa: S608 - only constants are put in
_UNDATED = """
    SELECT DISTINCT (since AT TIME ZONE %(zone)s)::date FROM departments_owed
    WHERE department_id = %(department)s AND due_on IS NULL AND since IS NOT NULL
"""
_DATE = """
    UPDATE departments_owed SET due_on = %(due)s
    WHERE id IN (SELECT id FROM departments_owed WHERE department_id = %(department)s AND due_on IS NULL
                 AND (since AT TIME ZONE %(zone)s)::date = %(day)s LIMIT %(limit)s)
"""


def _arrive(department_id: int) -> None:
    """Note since when the department has what was still on its way, and from that by when the receipt is due."""
    facts: dict[str, Any] = {
        "department": department_id,
        "limit": CHUNK,
        "last": 0,
        "zone": settings.REGISTRY_TIME_ZONE,
    }
    clocks = rules()
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_ARRIVED, facts)
            ids = [row[0] for row in cursor.fetchall()]
            if len(ids) < CHUNK:
                break
            facts["last"] = max(ids)
        cursor.execute(_UNDATED, facts)
        for (day,) in cursor.fetchall():
            on = due(RECEIPT, day, clocks.calendar, clocks.clocks)
            cursor.execute(_DATE, {**facts, "day": day, "due": on})
            while cursor.rowcount == CHUNK:
                cursor.execute(_DATE, {**facts, "day": day, "due": on})
