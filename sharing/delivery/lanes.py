"""The lanes of one endpoint, in memory: which event goes next, and what a reply means. Pure: no database, no clock.

One lane per listing and one post per lane at a time, so versions arrive in order. The cursor stands before the oldest
event that is neither received nor in a held lane. A lane becomes held when it failed and another event succeeded after
it: so one poison event holds its own listing only, while an endpoint that is down holds nothing and is probed whole.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from sharing.delivery.lane import Lane
from sharing.delivery.meant import OVERTAKING, Meant

UPCOMING = 64


class Lanes:
    """Load with ``hold`` and ``extend``, ask ``next_post``, report ``succeeded`` or ``failed``, save what is left.

    ``failures``: failures in a row before this run; above 0 the endpoint is probed with one post at a time: the oldest
    event first, another lane next, and so on. ``alone_at``: it is probed before its time, because the last probe had
    only one lane to ask; what was scanned by then is left alone, and only what came after it may be asked.
    ``failed_before``: positions that failed in earlier runs: where they fail once more after another event succeeded,
    it is not the endpoint; and others are asked before they are. ``paced``: posts wait for one another, so listings with
    a withdrawal or suspension to send go before the others. ``pause``: seconds for which the receiver asked to be left alone,
    None where it did not: nothing more is sent in this run, and nobody is held for it.
    """

    def __init__(self, *, cursor: int, failures: int, cap: int, alone_at: int | None, paced: bool) -> None:
        self.scanned = cursor
        self.failures = failures
        self.cap = cap
        self.alone_at = alone_at
        self.paced = paced
        self.closed = False  # nothing more is sent in this run
        self.failed_now = False  # the run ended in failure: the endpoint needs a new due time
        self.was_alone = self.early  # the probe that failed had no other lane to ask
        self.pause: float | None = None
        self.in_flight = 0
        self.failed_before: set[int] = set()
        self.lanes: dict[int, Lane] = {}
        self.held: dict[int, Lane] = {}
        self._unresolved: list[int] = []  # heap of positions at the cursor
        self._resolved: set[int] = set()
        self._ready: deque[int] = deque()  # listing ids that may have something to send
        self._suspects: list[Lane] = []  # failed, and nothing has succeeded since
        self._probing = failures > 0
        self._second_opinion = False
        self._alive = False  # something succeeded in this run

    def hold(self, lane: Lane, events: Iterable[Meant]) -> None:
        """Add a held lane with its events from ``from_position`` up to what was scanned."""
        lane.held = True
        for event in events:
            if event.position not in lane.ahead:
                lane.add(event)
        self.lanes[lane.listing_id] = self.held[lane.listing_id] = lane
        self._offer(lane)

    def extend(self, events: Iterable[Meant], upto: int) -> None:
        """Add the events meant for the endpoint after ``scanned`` and up to ``upto``, in order."""
        for event in events:
            lane = self.lanes.get(event.listing_id)
            if lane is None:
                lane = self.lanes[event.listing_id] = Lane(event.listing_id)
            if lane.held and (event.position < lane.from_position or event.position in lane.ahead):
                continue
            lane.add(event)
            if not lane.held:
                heapq.heappush(self._unresolved, event.position)
            self._offer(lane)
        self.scanned = upto

    def silence(self, withdrawn: Mapping[int, int]) -> None:
        """Each of the listings was withdrawn at its position: what is still to be sent from before goes out as stubs."""
        for listing_id, position in withdrawn.items():
            if listing_id in self.lanes:
                self.lanes[listing_id].silence(position)

    @property
    def early(self) -> bool:
        return self.alone_at is not None

    @property
    def cursor(self) -> int:
        while self._unresolved and self._unresolved[0] in self._resolved:
            self._resolved.discard(heapq.heappop(self._unresolved))
        return self._unresolved[0] - 1 if self._unresolved else self.scanned

    @property
    def backlog(self) -> int:
        """Events at the cursor that are loaded and not resolved."""
        return len(self._unresolved) - len(self._resolved)

    @property
    def at_cursor(self) -> int:
        """Lanes at the cursor: how many posts may be in flight side by side."""
        return len(self.lanes) - len(self.held)

    @property
    def lacks_witness(self) -> bool:
        """The endpoint is failing, and every lane at hand has failed: others may be further on in the log."""
        return self._probing and not any(self._is_fresh(event) for _, event in self._able())

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

    def upcoming(self) -> list[Meant]:
        """What will be sent next, if all goes well: some of it."""
        lanes = (self.lanes.get(listing_id) for listing_id in islice(self._ready, UPCOMING))
        return [event for lane in lanes if lane and (event := lane.candidate())]

    def succeeded(self, event: Meant) -> None:
        lane = self._landed(event)
        if not lane.held and not lane.is_head(event.position):
            # It overtook one that had failed: another event has succeeded after that one.
            self._suspects = [suspect for suspect in self._suspects if suspect is not lane]
            self._refuse(lane)
        if not lane.held:
            self._resolved.add(event.position)
        lane.take(event.position)
        self._probing = self._second_opinion = self.was_alone = False
        self._alive = True
        self.failures = 0
        for suspect in self._suspects:
            self._refuse(suspect)
        self._suspects.clear()
        if lane.queue:
            self._offer(lane)
        elif not lane.held:
            del self.lanes[lane.listing_id]
        self._leave_alone()

    def failed(self, event: Meant, *, pause: float | None = None) -> None:
        """``pause``: seconds for which the receiver asks to be left alone, which says nothing about the event."""
        lane = self._landed(event)
        if lane.is_head(event.position) and self._is_its_own(lane, event, pause):
            self._refuse(lane, pause)
        else:
            self._suspect(lane, event, pause)
        if self.pause is not None:
            self._leave_alone()
        elif (self._suspects or self._probing) and not self.in_flight:
            self._judge()

    def caught_up(self) -> list[Lane]:
        """Held lanes that delivered everything up to the cursor: ordinary lanes again, once they were dropped."""
        cursor = self.cursor
        return [lane for lane in self.held.values() if not lane.queue and lane.received_upto <= cursor]

    def drop(self, lanes: Iterable[Lane]) -> None:
        for lane in lanes:
            del self.lanes[lane.listing_id], self.held[lane.listing_id]

    def is_done(self) -> bool:
        """Nothing in flight and nothing that may be sent in this run."""
        if self.in_flight:
            return False
        if self._probing or self._second_opinion:
            return self.closed
        return self.closed or self._peek_ready() is None

    def _is_its_own(self, lane: Lane, event: Meant, pause: float | None) -> bool:
        """The lane waits already, or others were taken before it failed once more. Who asks for a pause may have asked it of
        many: then it is not the event.
        """
        again = self._alive and event.position in self.failed_before
        return lane.is_waiting or (again and (pause is None or len(self.failed_before) == 1))

    def _suspect(self, lane: Lane, event: Meant, pause: float | None) -> None:
        if pause is not None:
            self.pause, self.closed = max(pause, self.pause or pause), True
        if not lane.is_head(event.position):
            lane.tried.add(event.position)
            return
        lane.suspect = True
        if pause is None:
            self._suspects.append(lane)

    def _leave_alone(self) -> None:
        """The receiver asked for a pause, and everything came back."""
        if self.pause is not None and not self.in_flight:
            self.failed_now, self.was_alone = True, False
            self.failures += 1

    def _judge(self) -> None:
        """Everything came back and nothing succeeded after the failure: ask another lane once, else it is down."""
        if not self._probing and not self._second_opinion and any(True for _ in self._able()):
            self._second_opinion = True
            return
        # A lane that waits for reasons of its own is no witness against the endpoint, and no other lane to ask.
        others = any(not lane.is_waiting and not lane.suspect for lane, _ in self._able())
        self.was_alone = len(self._suspects) <= 1 and not others
        self.closed = self.failed_now = True
        self.failures += 1

    def _landed(self, event: Meant) -> Lane:
        lane = self.lanes[event.listing_id]
        lane.in_flight = 0
        self.in_flight -= 1
        return lane

    def _refuse(self, lane: Lane, pause: float | None = None) -> None:
        """Count a refusal; a lane at the cursor leaves it."""
        if not lane.held:
            lane.held = True
            lane.from_position = lane.queue[0].position
            self.held[lane.listing_id] = lane
            self._resolved.update(event.position for event in lane.queue)
        lane.refuse(pause)
        if lane.overtaking():
            self._offer(lane)

    def _offer(self, lane: Lane) -> None:
        if self.paced and lane.urgent is not None:
            self._ready.appendleft(lane.listing_id)
        else:
            self._ready.append(lane.listing_id)

    def _next_ready(self) -> Meant | None:
        event = self._peek_ready()
        if event is not None:
            self._ready.popleft()
        return event

    def _peek_ready(self) -> Meant | None:
        while self._ready:
            lane = self.lanes.get(self._ready[0])
            event = lane.candidate() if lane else None
            if event is not None:
                return event
            self._ready.popleft()
        return None

    def _able(self) -> Iterator[tuple[Lane, Meant]]:
        """What each lane could send; where the oldest failed, also the withdrawal or suspension that voids it."""
        for lane in self.lanes.values():
            for event in (lane.candidate(), self._voiding(lane)):
                if event is not None:
                    yield lane, event

    def _voiding(self, lane: Lane) -> Meant | None:
        if lane.held or lane.in_flight or not lane.queue:
            return None
        failed = lane.suspect or lane.queue[0].position in self.failed_before
        return lane.overtaking() if failed else None

    def _candidates(self) -> list[Meant]:
        """What could be asked, oldest first; lanes that wait for reasons of their own behind all others."""
        able = sorted(self._able(), key=lambda pair: (pair[0].is_waiting, pair[1].position))
        return [event for _, event in able]

    def _probe(self) -> Meant | None:
        """The oldest event, or one of another lane."""
        events = self._candidates()
        if self._second_opinion:
            return self._another(events)
        if self.alone_at is not None:
            return self._another([event for event in events if event.position > self.alone_at])
        if self.failures % 2 == 1 or len(events) < 2:
            return events[0] if events else None
        return self._another(events[1:])

    def _another(self, events: list[Meant]) -> Meant | None:
        """One that did not fail yet, withdrawals and suspensions first; else each in turn, so that none is left out."""
        fresh = [event for event in events if self._is_fresh(event)]
        if fresh:
            return min(fresh, key=lambda event: (event.type not in OVERTAKING, event.position))
        return events[self.failures // 2 % len(events)] if events else None

    def _is_fresh(self, event: Meant) -> bool:
        return event.position not in self.failed_before and not self.lanes[event.listing_id].is_waiting
