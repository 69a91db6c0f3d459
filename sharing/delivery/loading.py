"""What slots have at hand for their endpoints: read ahead in windows, one look at the database for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sharing.delivery import attempts, holding, reading
from sharing.delivery.lane import Lane
from sharing.delivery.meant import Meant
from sharing.delivery.reading import Stretch
from sharing.delivery.work import Work

WINDOW = 2000  # positions looked at at once
WINDOWS = 20  # looked at before the slot turns to its other endpoints and renews its leases
HELD = 1000  # held lanes taken up at once


def read_ahead(works: Sequence[Work]) -> list[Meant]:
    """Load held lanes whose time has come and what is meant after the last window, where little is at hand.

    What was loaded, for whatever else must be fetched of it.
    """
    loaded: list[Meant] = []
    for work in works:
        if work.wants_held(HELD // 2):
            lanes = holding.due(work.lease.endpoint_id, HELD, besides=work.lanes.held)
            work.has_more_held = len(lanes) == HELD
            loaded += _hold(work, lanes)
    for _ in range(WINDOWS):
        wanting = [work for work in works if work.wants_more]
        if not wanting:
            break
        loaded += _read_windows(wanting)
    return loaded


def _read_windows(works: Sequence[Work]) -> list[Meant]:
    stretches = [
        Stretch(work.lease.department_id, work.lanes.scanned, min(work.telling, work.lanes.scanned + WINDOW))
        for work in works
    ]
    meant = reading.after_each(stretches)
    # Held rows are looked up after the events: what is told by a new measure is never met without its row.
    held = holding.among(
        {
            work.lease.endpoint_id: {event.listing_id for event in events} - work.lanes.lanes.keys()
            for work, events in zip(works, meant, strict=True)
        }
    )
    loaded: list[Meant] = []
    for work, stretch, events in zip(works, stretches, meant, strict=True):
        loaded += _hold(work, held.get(work.lease.endpoint_id, ()))
        work.lanes.extend(events, stretch.upto)
        loaded += _noted(work, events)
    return loaded


def _hold(work: Work, lanes: Sequence[Lane]) -> list[Meant]:
    firsts = {lane.listing_id: lane.from_position for lane in lanes}
    found = reading.of_listings(work.lease.department_id, firsts, work.lanes.scanned)
    loaded: list[Meant] = []
    for lane in lanes:
        work.lanes.hold(lane, found[lane.listing_id])
        loaded += _noted(work, found[lane.listing_id])
    return loaded


def _noted(work: Work, events: list[Meant]) -> list[Meant]:
    work.moved = True
    if work.lease.failures and events:
        tried = attempts.of([event.position for event in events]).filter(endpoint_id=work.lease.endpoint_id)
        failed = tried.exclude(failure="", status__range=(200, 299))
        work.lanes.failed_before.update(failed.values_list("event_id", flat=True))
    return events
