"""One leased endpoint in a slot's hands: what is loaded for it, what was sent, what is not saved yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from django.db.models import Q
from django.utils import timezone

from sharing.delivery import holding, reading, saving
from sharing.delivery.lane import Lane
from sharing.delivery.lanes import Lanes
from sharing.delivery.lease import Lease
from sharing.delivery.meant import Meant
from sharing.delivery.models import Attempt, EndpointSecret
from sharing.delivery.pace import Pace
from sharing.transport import Reply, TlsIdentity

WINDOW = 2000  # positions looked at at once
WINDOWS = 20  # looked at before the slot turns to its other endpoints and renews its leases
LOW_WATER = 256  # events at hand below which the next window is read
HIGH_WATER = 8192  # events at hand above which no further lanes are looked for
HELD = 1000  # held lanes taken up at once
SAVE_EVERY = 0.25  # seconds
SAVE_MANY = 1000  # attempts


class Work:
    """Reads ahead in windows, keeps attempts until they are saved in a batch, knows when it is done."""

    def __init__(
        self, lease: Lease, *, telling: int, secrets: tuple[bytes, ...], identity: TlsIdentity | None = None
    ) -> None:
        self.lease = lease
        self.secrets = secrets
        self.identity = identity
        self.pace = Pace(lease.per_second, lease.ahead) if lease.per_second else None
        self.lanes = Lanes(
            cursor=lease.cursor,
            failures=lease.failures,
            cap=lease.cap,
            alone_at=lease.alone_at,
            paced=self.pace is not None,
        )
        self.telling = telling
        self.lost = False
        self._attempts: list[saving.AttemptRow] = []
        self._last: Reply | None = None
        self._flying: dict[int, Meant] = {}
        self._saved_at = time.monotonic()
        self._moved = False
        self._more_held = True
        self._loaded: list[Meant] = []

    def read_ahead(self) -> None:
        """Load held lanes whose time has come and what is meant after the last window, while little is at hand."""
        if self.lost or self.lanes.closed:
            return
        if self._more_held and (len(self.lanes.held) < HELD // 2 or self.lanes.is_done()):
            lanes = holding.due(self.lease.endpoint_id, HELD, besides=self.lanes.held)
            self._more_held = len(lanes) == HELD
            self._hold(lanes)
        for _ in range(WINDOWS):
            if not self._wants_more():
                return
            self._read_window()

    def loaded(self) -> list[Meant]:
        """What was loaded since this was asked last."""
        loaded, self._loaded = self._loaded, []
        return loaded

    def next_post(self) -> Meant | None:
        if self.lost or self.throttled_for:
            return None
        event = self.lanes.next_post()
        if event is not None:
            self._flying[event.position] = event
            if self.pace is not None:
                self.pace.take()
        return event

    @property
    def throttled_for(self) -> float:
        """Seconds until the endpoint's pace allows the next post."""
        return self.pace.wait() if self.pace is not None else 0.0

    def settle(self, position: int, reply: Reply) -> None:
        """A post came back."""
        event = self._flying.pop(position)
        self._attempts.append(saving.attempt(self.lease.endpoint_id, position, reply))
        self._last = reply
        if reply.transported:
            self.lanes.succeeded(event)
        else:
            self.lanes.failed(event)

    def is_to_be_saved(self, *, whole: bool = False) -> bool:
        """What came back is written down in batches unless ``whole``."""
        if whole:
            return bool(self._attempts) or self._moved
        full = len(self._attempts) >= SAVE_MANY
        return full or (bool(self._attempts) and time.monotonic() - self._saved_at >= SAVE_EVERY)

    def save(self) -> None:
        ahead = self.pace.ahead if self.pace is not None else None
        ours = saving.save(self.lease, self.lanes, self._attempts, self._last, self.telling, ahead)
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
        read = self.lanes.scanned >= self.telling and not self._more_held
        return self.lost or (self.lanes.is_done() and (self.lanes.closed or read))

    def _wants_more(self) -> bool:
        """Also while few lanes are at hand, or none that may succeed: long lanes must not hide the others behind them."""
        lanes = self.lanes
        if lanes.scanned >= self.telling:
            return False
        few = lanes.at_cursor < lanes.cap and lanes.backlog < HIGH_WATER
        # A withdrawal is to be found, that it may go before what waits for the pace.
        low = LOW_WATER if self.pace is None else HIGH_WATER
        return lanes.backlog < low or few or lanes.lacks_witness

    def _read_window(self) -> None:
        upto = min(self.telling, self.lanes.scanned + WINDOW)
        events = reading.after(self.lease.department_id, self.lanes.scanned, upto)
        # Held rows are looked up after the events: what is told by a new measure is never met without its row.
        unknown = {event.listing_id for event in events} - self.lanes.lanes.keys()
        self._hold(holding.of_listings(self.lease.endpoint_id, unknown))
        self.lanes.extend(events, upto)
        self._note(events)

    def _hold(self, lanes: Iterable[Lane]) -> None:
        by_listing = {lane.listing_id: lane for lane in lanes}
        firsts = {listing_id: lane.from_position for listing_id, lane in by_listing.items()}
        found = reading.of_listings(self.lease.department_id, firsts, self.lanes.scanned)
        for listing_id, lane in by_listing.items():
            self.lanes.hold(lane, found[listing_id])
            self._note(found[listing_id])

    def _note(self, events: list[Meant]) -> None:
        self._moved = True
        self._loaded += events
        if self.lease.failures and events:
            failed = Attempt.objects.filter(
                endpoint_id=self.lease.endpoint_id, event_id__in=[event.position for event in events]
            ).exclude(failure="", status__range=(200, 299))
            self.lanes.failed_before.update(failed.values_list("event_id", flat=True))


def live_secrets(endpoint_ids: list[str]) -> Mapping[str, tuple[bytes, ...]]:
    """Every live secret of each endpoint, newest first: all of them sign during a rotation."""
    now = timezone.now()
    found: dict[str, list[bytes]] = {endpoint_id: [] for endpoint_id in endpoint_ids}
    live = Q(live_until=None) | Q(live_until__gt=now)
    for row in EndpointSecret.objects.filter(live, endpoint_id__in=endpoint_ids).order_by("-live_until"):
        found[row.endpoint_id].append(row.secret)
    return {endpoint_id: tuple(secrets) for endpoint_id, secrets in found.items()}
