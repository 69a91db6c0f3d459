"""Which withdrawn listings may be purged: every copy that was handed out is known to be gone, and retention is over.

The end of all recalls is read from what recipients said, never from a flag: a department told has closed its recall, an
employer shown it has confirmed its own, and both walkers of the log are past the withdrawal, so that every recall that
it calls for is there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

_GONE = """
    FROM registry_listing l CROSS JOIN LATERAL (
        SELECT e.position, e.recorded_at FROM registry_event e
        WHERE e.listing_id = l.id AND e.type = 'listing.withdrawn' AND e.reader IS NULL
        ORDER BY e.position DESC LIMIT 1
    ) AS gone
    WHERE l.state = 'withdrawn'
"""
_WALKED = """
    gone.position <= (SELECT position FROM delivery_tellingcursor WHERE id = 1)
    AND gone.position <= (SELECT position FROM employers_recallingcursor WHERE id = 1)
    AND gone.position <= (SELECT position FROM employers_monitoringcursor WHERE id = 1)
"""
_AT_DEPARTMENTS = """
    EXISTS (SELECT FROM departments_recall c WHERE c.listing_id = l.id AND c.closed_by_id IS NULL)
    OR EXISTS (SELECT FROM delivery_told t WHERE t.listing_id = l.id AND NOT EXISTS (
        SELECT FROM departments_recall c WHERE c.listing_id = l.id AND c.department_id = t.department_id
        AND c.position >= t.first_position))
"""
# Every answer that showed the listing or a prohibition of it, a verdict's among them.
_SHOWN = """
    SELECT s.id FROM employers_screening s WHERE s.listing_id = l.id
    UNION ALL SELECT s.id FROM employers_screening s WHERE s.also_told @> ARRAY[l.id]
    UNION ALL SELECT v.screening_id FROM employers_consentverdict v
              WHERE v.listing_id = l.id OR v.also_told @> ARRAY[l.id]
"""
_AT_EMPLOYERS = f"""
    EXISTS (SELECT FROM ({_SHOWN}) AS shown (id) JOIN employers_resultrecall r ON r.screening_id = shown.id
            WHERE NOT EXISTS (SELECT FROM employers_recallconfirmation c WHERE c.recall_id = r.screening_id AND c.removed))
"""  # noqa: S608 - only constants are put in
# Whoever decides on an objection needs what it is about; it ends by its clocks, and what was decided is served. From then on
# retention runs anew: the person reads the decision, and has the letter that clears him. What the court does not serve is no
# reason to keep it for ever. About a sealed listing nobody decides. A recall is closed by the receipt of its department, which
# may have come long before its last institution confirmed, or was named to the court; and who was named may confirm later.
UNSERVED_DAYS = 150  # longer than retention
_UNSERVED = f"CASE WHEN o.clock <> '' THEN interval '{UNSERVED_DAYS} days' ELSE interval '0' END"
# That another was meant, two officers may say of a listing that is withdrawn already: from then on she has as long for her letter.
_SAID_SINCE = f"""
    SELECT max(coalesce(p.decided_at, p.proposed_at + interval '{UNSERVED_DAYS} days')) FROM registry_proposal p
    WHERE p.listing_id = l.id AND p.act IN ('state_cause', 'mark_mistaken') AND p.outcome IN ('pending', 'carried_out')
"""  # noqa: S608 - only constants are put in
_CLOSED_AT = f"""
    CASE WHEN l.sealed_at IS NULL AND EXISTS (SELECT FROM persons_objection o WHERE o.listing_id = l.id
                      AND o.state NOT IN ('refused', 'withdrawn', 'closed'))
    THEN 'infinity'::timestamptz ELSE greatest(
        gone.recorded_at,
        (SELECT max(s.at + {_UNSERVED})
         FROM persons_objection o JOIN persons_objectionstep s ON s.objection_id = o.number
         WHERE o.listing_id = l.id AND l.sealed_at IS NULL),
        ({_SAID_SINCE}),
        (SELECT max(r.received_at) FROM departments_recall c JOIN departments_receipt r ON r.id = c.closed_by_id
         WHERE c.listing_id = l.id),
        (SELECT max(i.received_at) FROM departments_recall c JOIN departments_onwardreceipt i ON i.recall_id = c.id
         WHERE c.listing_id = l.id),
        (SELECT max(c.at) FROM ({_SHOWN}) AS shown (id) JOIN employers_recallconfirmation c ON c.recall_id = shown.id
         WHERE c.removed)) END
"""  # noqa: S608 - only constants are put in
_DUE = f"""
    SELECT l.id, l.number {_GONE} AND {_WALKED} AND NOT ({_AT_DEPARTMENTS}) AND NOT ({_AT_EMPLOYERS})
    AND {_CLOSED_AT} <= %(before)s
"""
_NEXT_DUE = f"{_DUE} AND l.id > %(after)s ORDER BY l.id LIMIT %(limit)s"
_STILL_DUE = f"{_DUE} AND l.id = ANY(%(ids)s)"
_OVERVIEW = f"""
    SELECT count(*), count(*) FILTER (WHERE at_departments), count(*) FILTER (WHERE at_employers),
           count(*) FILTER (WHERE NOT walked),
           count(*) FILTER (WHERE walked AND NOT at_departments AND NOT at_employers AND closed_at > %(before)s),
           count(*) FILTER (WHERE walked AND NOT at_departments AND NOT at_employers AND closed_at <= %(before)s)
    FROM (SELECT ({_WALKED}) AS walked, ({_AT_DEPARTMENTS}) AS at_departments, ({_AT_EMPLOYERS}) AS at_employers,
                 {_CLOSED_AT} AS closed_at {_GONE}) AS found
"""  # noqa: S608 - only constants are put in


# Whoever named no listing, or said of somebody else's that he is not the one, has a clock of his own, and as long to open what
# was decided as whoever is listed. What was said about a draft that was destroyed goes with it. What cleared somebody stays as
# long as the listing: her letter names her by it, and nobody else in her place.
_CLEARS = """
    o.part = 'identity' AND EXISTS (SELECT FROM registry_listing l WHERE l.id = o.listing_id AND l.state = 'withdrawn')
    AND EXISTS (SELECT FROM persons_objectionstep s WHERE s.objection_id = o.number AND s.follows = 'withdraw')
"""
_UNNAMED = f"""
    FROM persons_objection o CROSS JOIN LATERAL (
        SELECT max(s.at + {_UNSERVED}) AS ended_at FROM persons_objectionstep s WHERE s.objection_id = o.number
    ) AS last
    WHERE (o.listing_id IS NULL OR NOT o.of_person_listed)
    AND o.state IN ('refused', 'withdrawn', 'closed') AND o.content_sealed IS NOT NULL AND NOT ({_CLEARS})
"""  # noqa: S608 - only constants are put in
_UNNAMED_OVER = "(ended_at <= %(before)s OR o.listing_id IS NULL AND o.part <> 'identity')"
_UNNAMED_DUE = f"SELECT o.number {_UNNAMED} AND {_UNNAMED_OVER} ORDER BY o.number LIMIT %(limit)s"
_UNNAMED_OVERVIEW = f"""
    SELECT count(*) FILTER (WHERE NOT {_UNNAMED_OVER}), count(*) FILTER (WHERE {_UNNAMED_OVER}) {_UNNAMED}
"""


@dataclass(frozen=True)
class Overview:
    """Withdrawn listings that are not purged, and what they wait for; one may wait for departments and employers.

    ``retained``: until retention is over, or an objection is decided; ``unnamed_retained`` and ``unnamed_due``: objections
    about no listing that have ended.
    """

    withdrawn: int
    at_departments: int
    at_employers: int
    not_walked: int
    retained: int
    due: int
    unnamed_retained: int
    unnamed_due: int


def listings(*, now: datetime, limit: int, after: int = 0) -> list[tuple[int, str]]:
    """(id, number) of listings that may be purged now, by id, behind ``after``; the sealed among them."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_DUE, {**_facts(now), "limit": limit, "after": after})
        return [(pk, number) for pk, number in cursor.fetchall()]


def still(listing_ids: Collection[int], *, now: datetime) -> set[int]:
    """Which of these may be purged now. Asked once they are held: whoever objects, proposes or confirms holds them, too."""
    with connection.cursor() as cursor:
        cursor.execute(_STILL_DUE, {**_facts(now), "ids": list(listing_ids)})
        return {pk for pk, _number in cursor.fetchall()}


def unnamed(*, now: datetime, limit: int, held: bool = False) -> list[str]:
    """Numbers of objections about no listing whose retention is over. ``held``: locked for the caller's transaction,
    without those that another worker holds.
    """
    with connection.cursor() as cursor:
        lock = " FOR UPDATE OF o SKIP LOCKED" if held else ""
        cursor.execute(_UNNAMED_DUE + lock, {**_facts(now), "limit": limit})
        return [number for (number,) in cursor.fetchall()]


def overview(*, now: datetime) -> Overview:
    with connection.cursor() as cursor:
        cursor.execute(_OVERVIEW, _facts(now))
        listings = cursor.fetchone()
        cursor.execute(_UNNAMED_OVERVIEW, _facts(now))
        return Overview(*listings, *cursor.fetchone())


def _facts(now: datetime) -> dict[str, Any]:
    return {"before": now - timedelta(days=settings.REGISTRY_RETENTION_DAYS)}
