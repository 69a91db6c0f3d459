"""One leased endpoint in a slot's hands: what is loaded for it, what was sent, what is not saved yet."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.db.models import Q
from django.utils import timezone

from sharing.delivery import reading, saving
from sharing.delivery.lanes import Lane, Lanes
from sharing.delivery.lease import Lease
from sharing.delivery.meant import Meant
from sharing.delivery.models import EndpointSecret, Held
from sharing.transport import Reply

WINDOW = 2000  # positions looked at at once
LOW_WATER = 256  # events at hand below which the next window is read
SAVE_EVERY = 0.25  # seconds
SAVE_MANY = 1000  # attempts


class Work:
    """Reads ahead in windows, keeps attempts until they are saved in a batch, knows when it is done."""

    def __init__(self, lease: Lease, *, telling: int, secrets: tuple[bytes, ...]) -> None:
        self.lease = lease
        self.secrets = secrets
        self.lanes = Lanes(cursor=lease.cursor, failures=lease.failures, cap=lease.cap, early=lease.early)
        self.telling = telling
        self.lost = False
        self._attempts: list[saving.AttemptRow] = []
        self._last: Reply | None = None
        self._flying: dict[int, Meant] = {}
        self._saved_at = time.monotonic()
        self._moved = False
        self._load_held()

    def read_ahead(self) -> list[Meant]:
        """Load what is meant after the last window while little is at hand; what was newly loaded."""
        loaded: list[Meant] = []
        while self.lanes.backlog < LOW_WATER and self.lanes.scanned < self.telling:
            upto = min(self.telling, self.lanes.scanned + WINDOW)
            events = reading.after(self.lease.department_id, self.lanes.scanned, upto)
            self.lanes.extend(events, upto)
            self._moved = True
            loaded += events
        return loaded

    def next_post(self) -> Meant | None:
        if self.lost:
            return None
        event = self.lanes.next_post()
        if event is not None:
            self._flying[event.position] = event
        return event

    def settle(self, position: int, reply: Reply) -> None:
        """A post came back."""
        event = self._flying.pop(position)
        self._attempts.append(saving.attempt(self.lease.endpoint_id, position, reply))
        self._last = reply
        if reply.transported:
            self.lanes.succeeded(event)
        else:
            self.lanes.failed(event)

    def save(self, *, whole: bool = False) -> None:
        """Write down what came back, in batches unless ``whole``."""
        full = len(self._attempts) >= SAVE_MANY
        old = self._attempts and time.monotonic() - self._saved_at >= SAVE_EVERY
        if not (full or old or (whole and (self._attempts or self._moved))):
            return
        ours = saving.save(self.lease, self.lanes, self._attempts, self._last)
        self.lost = self.lost or not ours
        self._attempts = []
        self._moved = False
        self._saved_at = time.monotonic()

    @property
    def in_flight(self) -> bool:
        return bool(self._flying)

    @property
    def is_done(self) -> bool:
        if self._flying:
            return False
        return self.lost or (self.lanes.is_done() and (self.lanes.closed or self.lanes.scanned >= self.telling))

    def _load_held(self) -> None:
        now = timezone.now()
        for row in Held.objects.filter(endpoint_id=self.lease.endpoint_id):
            lane = Lane(
                listing_id=row.listing_id,
                from_position=row.from_position,
                refusals=row.refusals,
                due=row.next_due is None or row.next_due <= now,
                ahead=set(row.ahead),
                reason=row.reason,
            )
            upto = self.lanes.scanned
            events = reading.of_listing(self.lease.department_id, row.listing_id, row.from_position, upto)
            self.lanes.hold(lane, events)


def live_secrets(endpoint_ids: list[str]) -> Mapping[str, tuple[bytes, ...]]:
    """Every live secret of each endpoint, newest first: all of them sign during a rotation."""
    now = timezone.now()
    found: dict[str, list[bytes]] = {endpoint_id: [] for endpoint_id in endpoint_ids}
    live = Q(live_until=None) | Q(live_until__gt=now)
    for row in EndpointSecret.objects.filter(live, endpoint_id__in=endpoint_ids).order_by("-live_until"):
        found[row.endpoint_id].append(row.secret)
    return {endpoint_id: tuple(secrets) for endpoint_id, secrets in found.items()}
