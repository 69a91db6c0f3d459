"""Withdrawals that an endpoint has not taken, be it that the department has confirmed: a `purged` receipt is the department's word,
and another endpoint of it may stand for a program that still shows the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.delivery.models import Endpoint, EndpointState
from sharing.departments.models import Recall

# Behind the cursor, or in a lane that is held. An opening that was never tried gave the endpoint nothing to purge. It had been told of
# the listing and heard of the log by then; a replay of what it took once is no debt of it. On trial it owes nothing, unless it was in
# production before. Of what its department says is kept nowhere, nothing is to be withdrawn.
_UNTAKEN = """
WITH waiting AS (
    SELECT r.id, r.position, r.opened_at, e.id AS endpoint, e.cursor, e.stage
    FROM delivery_endpoint e JOIN departments_recall r ON r.department_id = e.department_id AND r.position > e.cursor
    WHERE e.purged_at IS NULL AND (%(department)s::bigint IS NULL OR e.department_id = %(department)s) AND (%(recall)s::bigint IS NULL OR r.id = %(recall)s)
    UNION
    SELECT r.id, r.position, r.opened_at, e.id, e.cursor, e.stage
    FROM delivery_endpoint e JOIN delivery_held h ON h.endpoint_id = e.id
    JOIN departments_recall r ON r.department_id = e.department_id AND r.listing_id = h.listing_id
        AND r.position >= h.from_position AND r.position <> ALL (h.ahead)
    WHERE e.purged_at IS NULL AND (%(department)s::bigint IS NULL OR e.department_id = %(department)s) AND (%(recall)s::bigint IS NULL OR r.id = %(recall)s)
        AND NOT (h.reason = 'opening' AND h.refusals = 0)
)
    SELECT w.id, w.endpoint, change.at FROM waiting AS w
    JOIN departments_recall r ON r.id = w.id
    LEFT JOIN LATERAL (
        SELECT c.at FROM departments_stagechange c WHERE c.endpoint_id = w.endpoint AND c.stage = 'trial'
        ORDER BY c.at DESC LIMIT 1
    ) AS change ON w.stage = 'trial'
    WHERE (w.stage = 'production' OR change.at IS NOT NULL)
        AND w.cursor >= (
            SELECT max(t.first_position) FROM delivery_told t
            WHERE t.department_id = r.department_id AND t.listing_id = r.listing_id AND t.first_position <= r.position
        )
        AND w.opened_at >= coalesce(
            (SELECT min(c.at) FROM departments_stagechange c WHERE c.endpoint_id = w.endpoint AND c.stage = 'production'),
            '-infinity'
        )
        AND NOT EXISTS (
            SELECT 1 FROM delivery_attempt a WHERE a.event_id = w.position AND a.endpoint_id = w.endpoint
                AND a.failure = '' AND a.status BETWEEN 200 AND 299
        )
    ORDER BY w.opened_at, w.position, w.endpoint LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Untaken:
    """``ended_at``: since when nothing is sent to the endpoint any more, where it is out of production."""

    recall: Recall
    endpoint: Endpoint
    ended_at: datetime | None

    @property
    def state(self) -> tuple[Text, str]:
        """A word, and its colour."""
        if self.ended_at is not None:
            return _("ended without it"), "red"
        if self.endpoint.state == EndpointState.PAUSED:
            return _("paused"), "orange"
        if self.endpoint.failures or self.is_held:
            return _("not taken"), "red"
        return _("on its way"), "blue"

    @property
    def is_held(self) -> bool:
        """What went out before it was refused, and the cursor has passed it."""
        return self.endpoint.cursor >= self.recall.position

    @property
    def remedy(self) -> Text:
        if self.ended_at is not None:
            return _("Nothing is sent to it any more: what its program keeps of the listing is to be purged by hand.")
        if self.endpoint.state == EndpointState.PAUSED:
            return _(
                "Resume it: the withdrawal then goes out at once. Until then its program shows who is listed no more."
            )
        if self.endpoint.failures or self.is_held:
            return _("Mend its program: the withdrawal is tried again by itself, and at once when it is released.")
        return _("Nothing, for the next minutes.")


def of(department_id: int | None, *, limit: int, recall: Recall | None = None) -> list[Untaken]:
    """Of the department (None: of all), or of this recall of it; those that wait for longest first."""
    facts = {"department": department_id, "recall": recall.pk if recall else None, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_UNTAKEN, facts)
        found = cursor.fetchall()
    if not found:
        return []
    recalls = Recall.objects.select_related("listing", "department").in_bulk([row[0] for row in found])
    endpoints = Endpoint.objects.in_bulk([row[1] for row in found])
    return [Untaken(recalls[recall_id], endpoints[endpoint_id], at) for recall_id, endpoint_id, at in found]
