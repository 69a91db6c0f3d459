"""Each endpoint: everything that is meant for it arrived, in the order of each listing, and nothing else did."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from registry.models import Event
from sharing.audit.promises import arrivals
from sharing.audit.promises.findings import Findings, Promise
from sharing.audit.promises.meant import Meant, Walk
from sharing.delivery import reading
from sharing.delivery.meant import OVERTAKING
from sharing.delivery.models import Attempt, Endpoint, Held
from sharing.retention import months

SHOWN = 20  # positions in one finding


@dataclass
class Arrived:
    """At one endpoint so far, by position. ``noted``: as the court noted it; ``waiting``: listings that wait in a held
    lane, and from which position on.
    """

    endpoint: Endpoint
    meant: Meant
    waiting: dict[int, int]
    noted: bytearray
    received: bytearray
    overtaking: set[int] = field(default_factory=set)

    def take(self, position: int, into: bytearray, overtakes: bool, found: Findings) -> None:
        """An arrival; the first one comes after all older versions of its listing."""
        if not 0 < position < len(into) or into[position]:
            return
        if position in self.meant and not overtakes and not self._all_before(position, into):
            found.add(
                Promise.IN_ORDER,
                f"endpoint {self.endpoint.pk}",
                f"{position} arrived before an older version of its listing",
            )
        into[position] = 1

    def _all_before(self, position: int, into: bytearray) -> bool:
        """Up to the last one that did not overtake: what arrived in its turn came after all before it."""
        before = self.meant.before[position]
        while before and into[before] and before in self.overtaking:
            before = self.meant.before[before]
        return not before or bool(into[before])


def begun(walked: Walk, overtaking: set[int]) -> dict[str, Arrived]:
    """By endpoint. Cursors are read before held lanes and those before attempts: what leaves a lane meanwhile was noted.

    Of events whose attempts may be past their years it cannot be said any more what was noted: they count as noted.
    """
    endpoints = list(Endpoint.objects.all())
    waiting = _waiting()
    forgotten = _forgotten()
    return {
        endpoint.pk: Arrived(
            endpoint,
            walked.of(endpoint.department_id),
            waiting[endpoint.pk],
            _noted(walked.size, forgotten),
            bytearray(walked.size + 1),
            overtaking,
        )
        for endpoint in endpoints
    }


def overtaking(size: int) -> set[int]:
    """The positions of what may come before older versions of its listing."""
    rows = Event.objects.filter(type__in=OVERTAKING, position__lte=size)
    return set(rows.values_list("position", flat=True).iterator())


def look_at_attempts(at: Arrived, found: Findings) -> None:
    """By what the court noted."""
    endpoint = at.endpoint
    for position, received in arrivals.attempts(endpoint.pk):
        if position not in at.meant and position < len(at.noted):
            found.add(Promise.COMMITTED, f"endpoint {endpoint.pk}", f"{position} was sent and is not meant for it")
        if received:
            at.take(position, at.noted, position in at.overtaking, found)


def nothing_is_missing(at: Arrived, arrived: bytearray, found: Findings, *, drained: bool) -> None:
    """``drained``: everything must be there by now, wherever the cursor stands. What was meant before an endpoint began
    is told to it as far as it is replayed.
    """
    size, endpoint = len(arrived) - 1, at.endpoint
    upto = size if drained else min(endpoint.cursor, size)
    excused = set() if drained else _excused(at)
    missing = [
        position
        for position in at.meant
        if endpoint.began_position < position <= upto and not arrived[position] and position not in excused
    ]
    if missing:
        found.add(Promise.ARRIVES, f"endpoint {endpoint.pk}", f"never arrived: {missing[:SHOWN]}")


def _excused(at: Arrived) -> set[int]:
    """What waits in held lanes, found by walking back from the last event of each listing."""
    found = set()
    for listing, begins in at.waiting.items():
        position = at.meant.last.get(listing, 0)
        while position >= begins and position:
            found.add(position)
            position = at.meant.before[position]
    return found


def _noted(size: int, forgotten: int) -> bytearray:
    known = max(1, min(forgotten, size + 1))
    return bytearray([0]) + b"\x01" * (known - 1) + bytes(size + 1 - known)


def _forgotten() -> int:
    """The first position of which every attempt is still kept."""
    dropped = months.dropped_until(Attempt._meta.db_table)
    return reading.position_at(dropped) if dropped else 0


def _waiting() -> dict[str, dict[int, int]]:
    waiting: dict[str, dict[int, int]] = defaultdict(dict)
    for row in Held.objects.iterator():
        waiting[row.endpoint_id][row.listing_id] = row.from_position
    return waiting
