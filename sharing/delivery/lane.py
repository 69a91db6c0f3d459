"""One lane: the events of one listing that one endpoint has still to receive, in order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sharing.delivery.meant import OVERTAKING, WITHDRAWN, Meant


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
    suspect: bool = False  # failed, and nothing has succeeded since: not asked again in this run
    changed: bool = False  # to be saved
    refused_now: bool = False  # a refusal was counted since the last save: a new due time is needed
    pause: float | None = None  # seconds that the receiver asked for with that refusal
    tried: set[int] = field(default_factory=set)  # overtaking tries that failed; not tried again in this run
    urgent: Meant | None = None  # the newest withdrawal or suspension

    @property
    def is_waiting(self) -> bool:
        """Held by refusals of its own: its failures say nothing about the endpoint."""
        return self.held and self.refusals > 0

    @property
    def first_position(self) -> int:
        """Where the lane goes on: everything of the listing before it was received."""
        return self.queue[0].position if self.queue else self.from_position

    @property
    def received_upto(self) -> int:
        """The last position of the listing that was received, once nothing is left in the queue."""
        return max(self.from_position - 1, *self.ahead) if self.ahead else self.from_position - 1

    def is_head(self, position: int) -> bool:
        return bool(self.queue) and self.queue[0].position == position

    def add(self, event: Meant) -> None:
        """The listing's next event. What comes before a withdrawal goes out as a stub from now on."""
        if event.type == WITHDRAWN:
            self.silence(event.position)
        if event.type in OVERTAKING:
            self.urgent = event
        self.queue.append(event)

    def silence(self, withdrawn_at: int) -> None:
        """What comes before the withdrawal at this position goes out as a stub; what was told of the listing again does not."""
        self.queue = deque(_silenced(event, withdrawn_at) for event in self.queue)
        self.urgent = self.urgent and _silenced(self.urgent, withdrawn_at)

    def candidate(self) -> Meant | None:
        """The event to send now: the oldest; in a lane that must wait, the newest withdrawal or suspension."""
        if self.in_flight or self.suspect or not self.queue:
            return None
        return self.queue[0] if self.due else self.overtaking()

    def overtaking(self) -> Meant | None:
        """What may be sent before older versions that it voids. The oldest event itself waits for the lane's time."""
        event = self.urgent
        if event is None or self.is_head(event.position) or event.position in self.tried:
            return None
        return None if self.ahead and max(self.ahead) >= event.position else event

    def take(self, position: int) -> None:
        """The event at ``position`` was received."""
        if self.is_head(position):
            self.queue.popleft()
            self._skip_ahead(position)
        else:
            self.ahead.add(position)
        self.changed = self.held

    def refuse(self, pause: float | None = None) -> None:
        self.refusals += 1
        self.pause = pause
        self.due = self.suspect = False
        self.changed = self.refused_now = True

    def saved(self) -> None:
        self.changed = self.refused_now = False

    def _skip_ahead(self, position: int) -> None:
        while self.queue and self.queue[0].position in self.ahead:
            position = self.queue.popleft().position
            self.ahead.discard(position)
        self.from_position = position + 1


def _silenced(event: Meant, withdrawn_at: int) -> Meant:
    return event._replace(silent=True) if event.position < withdrawn_at else event
