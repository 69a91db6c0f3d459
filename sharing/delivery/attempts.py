"""What was tried of some events. The months before the oldest of them was written are not looked into; and what an endpoint has
had is known from its cursor for longer than its attempts are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper, QuerySet, Subquery, Value
from django.db.models.functions import Least

from registry.models import Event
from sharing.delivery.models import Attempt, Endpoint, EndpointStage, Held, Told

CLOCKS_DIFFER = timedelta(days=1)  # the most by which those of hosts may


def of(positions: Collection[int]) -> QuerySet[Attempt]:
    """At any endpoint, of the events at these positions."""
    if not positions:
        return Attempt.objects.none()
    oldest = Event.objects.filter(position=min(positions)).order_by().values(at=Least("recorded_at", "occurred_at"))
    begins = ExpressionWrapper(Subquery(oldest) - Value(CLOCKS_DIFFER), output_field=DateTimeField())
    return Attempt.objects.filter(event__in=positions, started_at__gte=begins)


class Had:
    """What endpoints have had, by cursors and held lanes alone: it stays true when the attempts are past their years."""

    def __init__(self, departments: Collection[int], listings: Collection[int]) -> None:
        self._endpoints: defaultdict[int, list[Endpoint]] = defaultdict(list)
        for each in Endpoint.objects.filter(department__in=departments, stage=EndpointStage.PRODUCTION):
            self._endpoints[each.department_id].append(each)
        held = Held.objects.filter(endpoint__department__in=departments, listing__in=listings)
        self._held = {(each.endpoint_id, each.listing_id): each for each in held}

    def has(self, span: Told, position: int) -> bool:
        """Whether an endpoint of the department had the event at this position, within this span."""
        return any(
            each.began_position < max(position, span.decided_position)
            and position <= each.cursor
            and not self._waits(each, span.listing_id, position)
            for each in self._endpoints[span.department_id]
        )

    def _waits(self, endpoint: Endpoint, listing: int, position: int) -> bool:
        held = self._held.get((endpoint.pk, listing))
        return held is not None and held.holds(position)
