"""How fast: from the act at the court to the department's receipt, by month; never better for what failed.

Each span of a listing told to a department counts once, in the month in which it began: at the act that made it
meant for the department, or, for an opening set, when it was told. What has not happened yet counts with its age so far;
what was withdrawn before it happened, with its age at the withdrawal.

- first tried: the first attempt at an endpoint; by hand, when it stood in the portal.
- had: the first attempt answered with 2xx, or the first look or download in the portal that showed it.
- confirmed: the first receipt that says that it was done, when the court received it; who refused has not done it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.errors import Text
from sharing.delivery import reading

MARGIN = timedelta(days=1)  # clocks of several machines differ
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Figure:
    """Median, 95th percentile and longest, in seconds (or working days); ``open``: how many are not over yet."""

    median: float
    p95: float
    longest: float
    count: int
    open: int


@dataclass(frozen=True)
class Month:
    """``told``: how often a listing was told to a department, ``listings``: how many listings those are.
    ``confirmed`` is None where nobody has anything yet.
    """

    first: date
    told: int
    listings: int
    tried: Figure
    had: Figure
    confirmed: Figure | None


@dataclass(frozen=True)
class Way:
    """The way of one listing to one department: when it was meant for it, first tried, had and confirmed."""

    department_id: int
    began: datetime
    tried: datetime | None
    had: datetime | None
    said: datetime | None


@dataclass(frozen=True)
class Period:
    """Whole months of the court's time zone: from the first day of ``months`` ago to now."""

    begins: datetime
    ends: datetime


def period(months: int, *, now: datetime) -> Period:
    """The last so many months, the present one included."""
    local = now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE))
    index = local.year * 12 + local.month - months
    begins = local.replace(year=index // 12, month=index % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(begins, now)


def of_departments(department_ids: Collection[int], during: Period) -> dict[int | None, list[Month]]:
    """Of each department, and under None of all of them together: by month, the latest first.

    What is sealed by now counts as it did: a number that got smaller would tell whoever got the withdrawal why.
    """
    found: dict[int | None, list[Month]] = {each: [] for each in (None, *department_ids)}
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {
            "departments": list(department_ids),
            "begins": during.begins,
            "ends": during.ends,
            "from_position": reading.position_at(during.begins - MARGIN),
            "zone": settings.REGISTRY_TIME_ZONE,
        }
        cursor.execute(_MONTHS, facts)
        for department_id, *row in cursor.fetchall():
            found[department_id].append(_month(row))
    return found


def of_listing(listing_id: int, *, now: datetime) -> list[Way]:
    """Each span in which a department was told of the listing, in the order in which they began."""
    with connection.cursor() as cursor:
        cursor.execute(_WAYS, {"listing": listing_id, "ends": now})
        return [Way(*row) for row in cursor.fetchall()]


def spoken(seconds: float) -> Text:
    """As long as it is: in seconds, minutes, hours or days."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 2 * MINUTE:
        return ngettext("%(count)s second", "%(count)s seconds", round(seconds)) % {"count": round(seconds)}
    if seconds < 2 * HOUR:
        minutes = round(seconds / MINUTE)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < 2 * DAY:
        hours = round(seconds / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = round(seconds / DAY)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _month(row: Sequence[Any]) -> Month:
    first, told, listings, tried, longest_try, untried, had, longest_had, not_had, said, longest, known, unsaid = row
    return Month(
        first,
        told,
        listings,
        _figure(tried, longest_try, told, untried),
        _figure(had, longest_had, told, not_had),
        _figure(said, longest, known, unsaid) if known else None,
    )


def _figure(percentiles: Sequence[float], longest: float, count: int, still_open: int) -> Figure:
    median, p95 = percentiles
    return Figure(median, p95, longest, count, still_open)


_SPANS = """
    SELECT t.department_id, t.listing_id, e.position, t.told_at, e.recorded_at,
           CASE WHEN t.decided_position = t.first_position THEN e.occurred_at ELSE t.told_at END AS began
    FROM delivery_told t JOIN registry_event e ON e.position = t.first_position
"""
# Nothing is sent of an event before it is told, so no earlier partition is looked into: a day for clocks that differ.
_ATTEMPTS = """
    SELECT min(a.started_at) AS tried,
           min(a.started_at + a.elapsed_ms * interval '1 millisecond')
               FILTER (WHERE a.failure = '' AND a.status BETWEEN 200 AND 299) AS taken
    FROM delivery_attempt a JOIN delivery_endpoint o ON o.id = a.endpoint_id
    WHERE a.event_id = b.position AND o.department_id = b.department_id
      AND a.started_at >= b.told_at - interval '1 day'
"""
# A later download goes further, so the first one that goes far enough is the one that was first.
_SEEN = """
    least((SELECT k.at FROM departments_look k
           WHERE k.listing_id = b.listing_id AND k.at >= b.told_at AND k.department_id = b.department_id
             AND k.position >= b.position ORDER BY k.at LIMIT 1),
          (SELECT k.at FROM departments_look k
           WHERE k.department_id = b.department_id AND k.page IN ('download', 'changes')
             AND k.position >= b.position AND k.at >= b.told_at ORDER BY k.position, k.at LIMIT 1))
"""
# An endpoint in production that was there and not paused is to deliver it; without one it stands in the portal.
_STOOD = """
    CASE WHEN NOT EXISTS (
        SELECT 1 FROM delivery_endpoint o WHERE o.department_id = b.department_id AND o.state <> 'paused' AND o.stage = 'production'
          AND (o.began_position < b.position
               OR EXISTS (SELECT 1 FROM delivery_held h WHERE h.endpoint_id = o.id AND h.listing_id = b.listing_id))
    ) THEN greatest(b.told_at, b.recorded_at) END
"""
_STOPPED = """
    (SELECT min(w.occurred_at) FROM registry_event w
     WHERE w.listing_id = m.listing_id AND w.type = 'listing.withdrawn' AND w.position > m.position
       AND (w.reader IS NULL OR w.reader = m.department_id)), %(ends)s
"""
_MOMENTS = f"""
    SELECT b.*, coalesce(a.tried, {_STOOD}) AS tried, least(a.taken, {_SEEN}) AS had,
           (SELECT min(r.received_at) FROM departments_receipt r
            WHERE r.department_id = b.department_id AND r.event_id = b.position AND r.kind <> 'refused') AS said
    FROM begun b CROSS JOIN LATERAL ({_ATTEMPTS}) a
"""  # noqa: S608 - only constants are put in
_WAYS = f"""
    WITH begun AS ({_SPANS} WHERE t.listing_id = %(listing)s)
    SELECT department_id, began, tried, had, said FROM ({_MOMENTS} WHERE b.began < %(ends)s) AS moments
    ORDER BY position, department_id
"""  # noqa: S608
# What is looked up for each span is looked up once, and what is asked only of the few that are open, only of them.
_MONTHS = f"""
    WITH begun AS (
        {_SPANS} WHERE t.department_id = ANY(%(departments)s::bigint[]) AND t.decided_position >= %(from_position)s
    ),
    moments AS MATERIALIZED ({_MOMENTS} WHERE b.began >= %(begins)s AND b.began < %(ends)s),
    ages AS MATERIALIZED (
        SELECT m.department_id, m.listing_id, date_trunc('month', began AT TIME ZONE %(zone)s)::date AS month, tried, had, said,
               greatest(extract(epoch FROM coalesce(tried, {_STOPPED}) - began), 0)::float8 AS to_tried,
               greatest(extract(epoch FROM coalesce(had, {_STOPPED}) - began), 0)::float8 AS to_had,
               greatest(extract(epoch FROM coalesce(said, {_STOPPED}) - had), 0)::float8 AS to_said
        FROM moments m
    )
    SELECT department_id, month, count(*), count(DISTINCT listing_id),
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY to_tried), max(to_tried),
           count(*) FILTER (WHERE tried IS NULL),
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY to_had), max(to_had),
           count(*) FILTER (WHERE had IS NULL),
           percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY to_said) FILTER (WHERE had IS NOT NULL),
           max(to_said) FILTER (WHERE had IS NOT NULL),
           count(*) FILTER (WHERE had IS NOT NULL), count(*) FILTER (WHERE had IS NOT NULL AND said IS NULL)
    FROM ages GROUP BY GROUPING SETS ((month), (department_id, month)) ORDER BY month DESC
"""  # noqa: S608 - only constants are put in
