"""How fast at the court: from the judgment to effect, to the entry and to the approval, by month of approval.

Working days, but for the time to effect, which the law sets in days. An entry or an approval that came before the day
of effect counts as 0 from there. What is sealed by now counts as it did (`timeliness.of_departments` says why).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from registry.assessment import rules
from sharing.departments.timeliness import Figure, Period

YEARS_BACK = 10  # a day of effect before this counts as that long ago


@dataclass(frozen=True)
class CourtMonth:
    """``to_effect``: days from pronouncement; ``entered``, ``approved``: working days from the step before;
    ``late``: working days from effect to approval.
    """

    first: date
    to_effect: Figure
    entered: Figure
    approved: Figure
    late: Figure


def of_court(during: Period) -> list[CourtMonth]:
    """The latest month first; a month without an approval is left out."""
    begins = during.begins.date()
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {
            "begins": during.begins,
            "ends": during.ends,
            "zone": settings.REGISTRY_TIME_ZONE,
            "workdays": list(_working_days(begins.replace(year=begins.year - YEARS_BACK, day=1), during.ends.date())),
        }
        cursor.execute(_COURT, facts)
        return [_month(*row) for row in cursor.fetchall()]


def _working_days(begins: date, ends: date) -> Iterator[date]:
    calendar = rules().calendar
    for number in range((ends - begins).days + 1):
        if calendar.is_working(begins + timedelta(days=number)):
            yield begins + timedelta(days=number)


def _month(first: date, count: int, *steps: Any) -> CourtMonth:
    """``steps``: percentiles and longest of each."""
    pairs = zip(steps[::2], steps[1::2], strict=True)
    return CourtMonth(first, *(Figure(median, p95, longest, count, 0) for (median, p95), longest in pairs))


_STEPS = ("to_effect", "entered", "approved", "late")
_FIGURES = ", ".join(
    f"percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY {step}), max({step})" for step in _STEPS
)
# The number of working days up to a day is its place among them.
_COURT = f"""
    WITH days AS (
        SELECT date_trunc('month', approved_at AT TIME ZONE %(zone)s)::date AS month,
               l.effective_on - d.pronounced_on AS to_effect,
               width_bucket(l.effective_on, w.days) AS effect,
               width_bucket((l.entered_at AT TIME ZONE %(zone)s)::date, w.days) AS entry,
               width_bucket((l.approved_at AT TIME ZONE %(zone)s)::date, w.days) AS approval
        FROM (SELECT %(workdays)s::date[] AS days) w, registry_listing l
             JOIN registry_party p ON p.id = l.party_id JOIN registry_decision d ON d.id = p.decision_id
        WHERE l.approved_at >= %(begins)s AND l.approved_at < %(ends)s AND l.effective_on IS NOT NULL
    ),
    steps AS (
        SELECT month, greatest(to_effect, 0)::float8 AS to_effect, greatest(entry - effect, 0)::float8 AS entered,
               greatest(approval - entry, 0)::float8 AS approved, greatest(approval - effect, 0)::float8 AS late
        FROM days
    )
    SELECT month, count(*), {_FIGURES} FROM steps GROUP BY month ORDER BY month DESC
"""  # noqa: S608 - only constants are put in
