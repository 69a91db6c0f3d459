"""Answers against the log: none says "listed" of what was not, or was withdrawn before the question was begun.

What the database can tell. That nobody is answered "not listed" who is listed cannot be told from it alone, since an
answer does not say whom it is about; that is measured from outside, while acts race questions.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from registry.models import EventType
from sharing.audit.promises.findings import Findings, Promise
from sharing.employers.models import ScreeningOutcome

# An act may take so long from writing its event to its commit, and clocks differ a little: a question that was begun
# meanwhile may be answered from before it.
MARGIN = timedelta(seconds=15)
_STANDING = tuple(each.value for each in (EventType.PUBLISHED, EventType.REINSTATED))
_ENDING = tuple(each.value for each in (EventType.SUSPENDED, EventType.WITHDRAWN))

# For each answer "listed", the last event that decided whether its listing stood, up to what the answer is as of.
_NOT_STANDING = """
    SELECT s.id, s.as_of FROM employers_screening s
    LEFT JOIN LATERAL (
        SELECT e.type FROM registry_event e
        WHERE e.listing_id = s.listing_id AND e.position <= s.as_of AND e.reader IS NULL AND e.type = ANY(%(deciding)s)
        ORDER BY e.position DESC LIMIT 1
    ) AS last ON true
    WHERE s.outcome = %(listed)s AND (last.type IS NULL OR last.type <> ALL(%(standing)s))
    ORDER BY s.as_of LIMIT %(most)s
"""
_ANSWERED_FROM_BEFORE = """
    SELECT s.id, e.position FROM employers_screening s
    JOIN registry_event e ON e.listing_id = s.listing_id AND e.position > s.as_of AND e.reader IS NULL
     AND e.type = ANY(%(ending)s) AND e.recorded_at + %(margin)s < s.asked_at
    WHERE s.outcome = %(listed)s
    ORDER BY s.as_of LIMIT %(most)s
"""
_MOST = 1000


def look_at(found: Findings) -> None:
    facts: dict[str, Any] = {
        "listed": ScreeningOutcome.LISTED.value,
        "standing": list(_STANDING),
        "ending": list(_ENDING),
        "deciding": [*_STANDING, *_ENDING],
        "margin": MARGIN,
        "most": _MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOT_STANDING, facts)
        for screening, as_of in cursor.fetchall():
            found.add(Promise.ANSWERS, str(screening), f"says listed as of {as_of}, where the log does not")
        cursor.execute(_ANSWERED_FROM_BEFORE, facts)
        for screening, position in cursor.fetchall():
            found.add(Promise.ANSWERS, str(screening), f"says listed, and was begun after {position} was answered")
