"""One leased endpoint in a slot's hands: what is at hand for it, what was sent, what is not saved yet."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from registry.keys import KeyUnknown, SealBroken
from sharing.delivery import saving
from sharing.delivery.lanes import Lanes
from sharing.delivery.lease import Lease
from sharing.delivery.meant import Meant
from sharing.delivery.models import EndpointSecret
from sharing.delivery.pace import Pace
from sharing.transport import Reply, TlsIdentity

LOW_WATER = 256  # events at hand below which the next window is read
HIGH_WATER = 8192  # events at hand above which no further lanes are looked for
SAVE_EVERY = 0.25  # seconds
SAVE_MANY = 1000  # attempts
FAR_BEHIND = 1000  # positions
SLOW_SECONDS = 1.0  # a receiver that takes longer to answer must not be waited for by others
logger = logging.getLogger(__name__)


class Flying(NamedTuple):
    """``since``: monotonic."""

    event: Meant
    since: float


class Work:
    """Keeps attempts until they are saved in a batch, knows what it lacks and when it is done.

    ``moved``: there is something to be saved besides attempts; ``has_more_held``: there may be more held lanes; ``given_up``: another
    slot is to have it, once nothing is in flight.
    """

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
        self.lost = self.given_up = False
        self.until = lease.until
        self.moved = False
        self.has_more_held = lease.has_held
        self._attempts: list[saving.AttemptRow] = []
        self._last: Reply | None = None
        self._last_failed: Reply | None = None
        self._flying: dict[int, Flying] = {}
        self._saved_at = time.monotonic()

    def next_post(self) -> Meant | None:
        # While the database kept silent, the lease may have run out, and a withdrawal gone out that is unknown here.
        if self.is_over or self.throttled_for or time.monotonic() > self.until:
            return None
        event = self.lanes.next_post()
        if event is not None:
            self._flying[event.position] = Flying(event, time.monotonic())
            if self.pace is not None:
                self.pace.take()
        return event

    @property
    def throttled_for(self) -> float:
        """Seconds until the endpoint's pace allows the next post."""
        return self.pace.wait() if self.pace is not None else 0.0

    def settle(self, position: int, reply: Reply) -> None:
        """A post came back."""
        event = self._flying.pop(position).event
        self._attempts.append(saving.attempt(self.lease.endpoint_id, position, reply))
        self._last = reply
        if reply.transported:
            self.lanes.succeeded(event)
        else:
            self._last_failed = reply
            self.lanes.failed(event, pause=reply.pause)

    def is_to_be_saved(self, *, whole: bool = False) -> bool:
        """What came back is written down in batches unless ``whole``."""
        if whole:
            return bool(self._attempts) or self.moved
        full = len(self._attempts) >= SAVE_MANY
        return full or (bool(self._attempts) and time.monotonic() - self._saved_at >= SAVE_EVERY)

    def progress(self) -> saving.Progress:
        ahead = self.pace.ahead if self.pace is not None else None
        return saving.Progress(self.lease, self.lanes, self._attempts, self._last_failed, self.telling, ahead)

    def saved(self, *, ours: bool) -> None:
        """Its `progress` is written down; not ``ours``: the lease went to somebody else."""
        self.lost = self.lost or not ours
        self._attempts = []
        self.moved = False
        self._saved_at = time.monotonic()

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    @property
    def is_slow(self) -> bool:
        """The last answer was long in coming, or one is long out."""
        if self._last is not None and self._last.elapsed_ms >= SLOW_SECONDS * 1000:
            return True
        oldest = next(iter(self._flying.values()), None)
        return oldest is not None and time.monotonic() - oldest.since >= SLOW_SECONDS

    @property
    def is_done(self) -> bool:
        if self._flying:
            return False
        read = self.lanes.scanned >= self.telling and not self.has_more_held
        return self.is_over or (self.lanes.is_done() and (self.lanes.closed or read))

    @property
    def is_far_behind(self) -> bool:
        """What is left to be sent keeps a slot for a while."""
        return self.telling - self.lanes.cursor >= FAR_BEHIND

    @property
    def is_over(self) -> bool:
        """No further post leaves here."""
        return self.lost or self.given_up

    @property
    def is_restless(self) -> bool:
        """It had nothing to send just now, and no reply will change that: its pace must let it go on, or more be read."""
        return bool(self.throttled_for) or self.wants_more or not (self._flying or self.is_done)

    def wants_held(self, few: int) -> bool:
        """Held lanes are to be looked for while fewer are at hand."""
        if self.is_over or self.lanes.closed or not self.has_more_held:
            return False
        return len(self.lanes.held) < few or self.lanes.is_done()

    @property
    def wants_more(self) -> bool:
        """Also while few lanes are at hand, or none that may succeed: long lanes must not hide the others behind them."""
        lanes = self.lanes
        if self.is_over or lanes.closed or lanes.scanned >= self.telling:
            return False
        few = lanes.at_cursor < lanes.cap and lanes.backlog < HIGH_WATER
        # A withdrawal is to be found, that it may go before what waits for the pace.
        low = LOW_WATER if self.pace is None else HIGH_WATER
        return lanes.backlog < low or few or lanes.lacks_witness


def live_secrets(endpoint_ids: list[str]) -> Mapping[str, tuple[bytes, ...]]:
    """Every live secret of each endpoint, newest first: all of them sign during a rotation. One that cannot be opened is left
    out: it is missed by its own endpoint, and stops no other.
    """
    now = timezone.now()
    found: dict[str, list[bytes]] = {endpoint_id: [] for endpoint_id in endpoint_ids}
    live = Q(live_until=None) | Q(live_until__gt=now)
    for row in EndpointSecret.objects.filter(live, endpoint_id__in=endpoint_ids).order_by("-live_until"):
        try:
            found[row.endpoint_id].append(row.secret)
        except (KeyUnknown, SealBroken) as error:
            logger.error("a secret of endpoint %s cannot be opened: %s", row.endpoint_id, type(error).__name__)
    return {endpoint_id: tuple(secrets) for endpoint_id, secrets in found.items()}
