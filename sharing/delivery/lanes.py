"""The lanes of one endpoint, in memory: which event goes next, and what a reply means. Pure: no database, no clock.

One lane per listing and one post per lane at a time, so versions arrive in order. The cursor stands before the oldest
event that is neither received nor in a held lane. A lane becomes held when it failed and another event succeeded after
it: so one poison event holds its own listing only, while an endpoint that is down holds nothing and is probed whole.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from sharing.delivery.meant import OVERTAKING, Meant


@dataclass(eq=False)
class Lane:
    """``held``: not at the cursor, delivered from ``from_position``; ``due``: its own waiting time is over.

    ``refusals``: failures that counted against the lane; ``ahead``: positions received out of turn.
    """

    listing_id: int
    queue: deque[Meant] = field(default_factory=deque)
    held: bool = False
    from_position: int = 0
    refusals: int = 0
    due: bool = True
    ahead: set[int] = field(default_factory=set)
    reason: str = "refused"
    in_flight: int = 0  # position, 0 if none
    changed: bool = False  # to be saved
    refused_now: bool = False  # a refusal was counted since the last save: a new due time is needed
    overtaken: set[int] = field(default_factory=set)  # overtaking tries that failed; not tried again in this run

    @property
    def is_waiting(self) -> bool:
        """Held by refusals of its own: its failures say nothing about the endpoint."""
        return self.held and self.refusals > 0

    def candidate(self) -> Meant | None:
        """The event to send now: the oldest; in a lane that must wait, the newest withdrawal or suspension."""
        if self.in_flight or not self.queue:
            return None
        if self.due:
            return self.queue[0]
        return self.overtaking()

    def overtaking(self) -> Meant | None:
        if not self.held:
            return None
        for event in reversed(self.queue):
            if event.type in OVERTAKING and event.position not in self.overtaken | self.ahead:
                return event
        return None

    def take(self, position: int) -> None:
        """The event at ``position`` was received."""
        if self.queue and self.queue[0].position == position:
            self.queue.popleft()
            self._skip_ahead(position)
        else:
            self.ahead.add(position)
        self.changed = self.held

    def _skip_ahead(self, position: int) -> None:
        while self.queue and self.queue[0].position in self.ahead:
            position = self.queue.popleft().position
            self.ahead.discard(position)
        self.from_position = position + 1


class Lanes:
    """Load with ``hold`` and ``extend``, ask ``next_post``, report ``succeeded`` or ``failed``, save what is left.

    ``failures``: failures in a row before this run; above 0 the endpoint is probed with one post at a time: the oldest
    event first, another lane next, and so on. ``early``: it is probed before its time, because the last probe had only
    one lane to try and there may be another one now; the lane that failed is left alone.
    """

    def __init__(self, *, cursor: int, failures: int = 0, cap: int = 32, early: bool = False) -> None:
        self.scanned = cursor
        self.failures = failures
        self.cap = cap
        self.early = early
        self.closed = False  # nothing more is sent in this run
        self.failed_now = False  # the run ended in failure: the endpoint needs a new due time
        self.was_alone = early  # the probe that failed had no other lane to ask
        self.in_flight = 0
        self.lanes: dict[int, Lane] = {}
        self._unresolved: list[int] = []  # heap of positions at the cursor
        self._resolved: set[int] = set()
        self._ready: deque[int] = deque()  # listing ids that may have something to send
        self._suspects: list[Lane] = []  # failed, and nothing has succeeded since
        self._probing = failures > 0
        self._second_opinion = False
        self._doubted: Lane | None = None  # failed in an earlier run; another lane has succeeded since

    def hold(self, lane: Lane, events: Iterable[Meant]) -> None:
        """Add a held lane with its events from ``from_position`` up to what was scanned."""
        lane.held = True
        lane.queue.extend(event for event in events if event.position not in lane.ahead)
        self.lanes[lane.listing_id] = lane
        self._ready.append(lane.listing_id)

    def extend(self, events: Iterable[Meant], upto: int) -> None:
        """Add the events meant for the endpoint after ``scanned`` and up to ``upto``, in order."""
        for event in events:
            lane = self.lanes.get(event.listing_id)
            if lane is None:
                lane = self.lanes[event.listing_id] = Lane(event.listing_id)
            if lane.held and (event.position < lane.from_position or event.position in lane.ahead):
                continue
            lane.queue.append(event)
            if not lane.held:
                heapq.heappush(self._unresolved, event.position)
            self._ready.append(event.listing_id)
        self.scanned = upto

    @property
    def cursor(self) -> int:
        while self._unresolved and self._unresolved[0] in self._resolved:
            self._resolved.discard(heapq.heappop(self._unresolved))
        return self._unresolved[0] - 1 if self._unresolved else self.scanned

    @property
    def backlog(self) -> int:
        """Events at the cursor that are loaded and not resolved."""
        return len(self._unresolved) - len(self._resolved)

    def next_post(self) -> Meant | None:
        """The event to post now, marked as in flight; None if nothing may go out at this moment."""
        one_at_a_time = self._probing or self._second_opinion
        if self.closed or self.in_flight >= (1 if one_at_a_time else self.cap):
            return None
        if self._suspects and not self._second_opinion:
            return None
        event = self._probe() if one_at_a_time else self._next_ready()
        if event is None:
            self.closed = self.closed or (one_at_a_time and not self.in_flight)
            return None
        self.lanes[event.listing_id].in_flight = event.position
        self.in_flight += 1
        return event

    def succeeded(self, event: Meant) -> None:
        lane = self._landed(event)
        if not lane.held:
            self._resolved.add(event.position)
        lane.take(event.position)
        if self._probing:
            self._doubt_oldest(lane)
        self._probing = self._second_opinion = self.was_alone = False
        self.failures = 0
        for suspect in self._suspects:
            self._refuse(suspect)
        self._suspects.clear()
        if lane.queue:
            self._ready.append(lane.listing_id)
        elif not lane.held:
            del self.lanes[lane.listing_id]

    def failed(self, event: Meant) -> None:
        lane = self._landed(event)
        if lane.queue[0].position != event.position:
            lane.overtaken.add(event.position)
        elif lane is self._doubted or (lane.is_waiting and not self._probing):
            self._refuse(lane)
        else:
            self._suspects.append(lane)
        if self._suspects and not self.in_flight:
            self._judge()

    def held_lanes(self) -> list[Lane]:
        return [lane for lane in self.lanes.values() if lane.held]

    def is_done(self) -> bool:
        """Nothing in flight and nothing that may be sent in this run."""
        if self.in_flight:
            return False
        return self.closed or self._peek_ready() is None

    def _judge(self) -> None:
        """Everything came back and nothing succeeded after the failure: ask another lane once, else it is down."""
        others = any(self._candidates())
        if others and not self._probing and not self._second_opinion:
            self._second_opinion = True
            return
        self.was_alone = not others and len(self._suspects) == 1
        self.closed = self.failed_now = True
        self.failures += 1

    def _doubt_oldest(self, succeeded: Lane) -> None:
        """The oldest event was what failed before this run; if it fails once more, it is not the endpoint."""
        candidates = self._candidates()
        oldest = self.lanes[candidates[0].listing_id] if candidates else None
        self._doubted = oldest if oldest is not succeeded else None

    def _landed(self, event: Meant) -> Lane:
        lane = self.lanes[event.listing_id]
        lane.in_flight = 0
        self.in_flight -= 1
        return lane

    def _refuse(self, lane: Lane) -> None:
        """Count a refusal; a lane at the cursor leaves it."""
        if not lane.held:
            lane.held = True
            lane.from_position = lane.queue[0].position
            self._resolved.update(event.position for event in lane.queue)
        lane.refusals += 1
        lane.due = False
        lane.changed = lane.refused_now = True
        if lane.overtaking():
            self._ready.append(lane.listing_id)

    def _next_ready(self) -> Meant | None:
        event = self._peek_ready()
        if event is not None:
            self._ready.popleft()
        return event

    def _peek_ready(self) -> Meant | None:
        while self._ready:
            lane = self.lanes.get(self._ready[0])
            event = lane.candidate() if lane and lane not in self._suspects else None
            if event is not None:
                return event
            self._ready.popleft()
        return None

    def _candidates(self) -> list[Meant]:
        """What other lanes could send, oldest first; lanes that wait for reasons of their own only if there is no other."""
        able = [lane for lane in self.lanes.values() if lane not in self._suspects]
        fresh = [event for lane in able if not lane.is_waiting and (event := lane.candidate())]
        waiting = [event for lane in able if lane.is_waiting and (event := lane.candidate())]
        return sorted(fresh or waiting, key=attrgetter("position"))

    def _probe(self) -> Meant | None:
        """The oldest event, or one of another lane: withdrawals and suspensions before others."""
        events = self._candidates()
        if self._second_opinion:
            return _urgent_first(events)
        if self.early:
            return _urgent_first(events[1:])
        if self.failures % 2 == 1 or len(events) < 2:
            return events[0] if events else None
        return _urgent_first(events[1:])


def _urgent_first(events: list[Meant]) -> Meant | None:
    urgent = (event for event in events if event.type in OVERTAKING)
    return next(urgent, events[0] if events else None)
