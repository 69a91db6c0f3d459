"""What of a listing is broken is left over: noted, owed to the department, and tried again (`retrying`).

An event that cannot be opened holds its own listing, as in a push. What is told of the others goes on, and so does what
overtakes: a withdrawal is never held.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils import timezone

from registry.payload import WHOLE
from sharing.delivery.meant import OVERTAKING, Meant
from sharing.departments.models import LeftDuty, LeftOver


class Held(NamedTuple):
    """Positions of a page that are not given, and the listings that are found broken and are to be noted."""

    positions: frozenset[int]
    broken: frozenset[int]


def note(department_id: int, listing_ids: Collection[int], duty: LeftDuty) -> None:
    """Once for as long as it lasts."""
    now = timezone.now()
    rows = [
        LeftOver(department_id=department_id, listing_id=listing_id, duty=duty, since=now, tried_at=now)
        for listing_id in listing_ids
    ]
    LeftOver.objects.bulk_create(rows, ignore_conflicts=True)


def held(department_id: int, events: Sequence[Meant], broken: Collection[int]) -> Held:
    """Of a listing from a ``broken`` position on, now or when it was noted, all but what overtakes; until it is told whole again."""
    noted = _noted(department_id, {event.listing_id for event in events})
    waiting, positions = set(noted), set[int]()
    for event in events:
        if event.position in broken:
            waiting.add(event.listing_id)
            positions.add(event.position)
        elif event.type in WHOLE:
            waiting.discard(event.listing_id)
        elif event.listing_id in waiting and event.type not in OVERTAKING:
            positions.add(event.position)
    found = {event.listing_id for event in events if event.position in broken}
    return Held(frozenset(positions), frozenset(found & waiting))


def _noted(department_id: int, listing_ids: Collection[int]) -> set[int]:
    owed = LeftOver.objects.filter(department_id=department_id, duty=LeftDuty.GIVE, opening=None)
    return set(owed.filter(listing__in=listing_ids).values_list("listing_id", flat=True))
