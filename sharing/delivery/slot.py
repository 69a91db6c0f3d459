"""A delivery slot: leases endpoints that have work and drives all their posts in one loop until nothing is due.

Slots may run on any number of hosts; each leaves what another leased. A slot yields after its time so that the worker
that runs it can be asked other things, and a slot that dies is taken over when its leases run out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from django.db import transaction

from registry import log
from registry.keys import KeyUnknown, SealBroken
from sharing import signing
from sharing.delivery import connecting, envelope, lease, reading
from sharing.delivery.meant import Meant
from sharing.delivery.work import Work, live_secrets
from sharing.transport import Post, Reply, Transport

SECONDS = 20.0
ENDPOINTS = 128
IN_FLIGHT = 256
PAYLOADS = 5000  # opened events kept at hand for the other endpoints
TRIMMED = 1000  # events by which more may be at hand for a moment
LOOK_EVERY = 0.5  # seconds between looks for further endpoints
HUSH_EVERY = 0.1  # seconds between looks for withdrawals
WAIT_LEAST, WAIT_MOST = 0.01, 0.1  # seconds for replies, or for the pace of an endpoint
UNREADABLE = "unreadable"

logger = logging.getLogger(__name__)


class Library:
    """Sealed payloads of recent events at hand, each opened once for all endpoints, when it is first sent."""

    def __init__(self) -> None:
        self._sealed: dict[int, tuple[bytes, bytes]] = {}
        self._opened: dict[int, tuple[bytes, bytes]] = {}

    def fetch(self, events: Sequence[Meant]) -> None:
        missing = [event for event in events if event.position not in self._sealed]
        if missing:
            self._sealed.update(reading.sealed(missing))
        _trim(self._sealed)

    def payload(self, event: Meant) -> tuple[bytes, bytes] | None:
        """None for a stub, or once purged. Raises `KeyUnknown`, `SealBroken`."""
        if event.is_stub:
            return None
        if event.position in self._opened:
            return self._opened[event.position]
        self.fetch([event])
        if event.position not in self._sealed:
            return None
        opened = self._opened[event.position] = reading.opened(event, self._sealed[event.position])
        _trim(self._opened)
        return opened


def _trim(kept: dict[int, tuple[bytes, bytes]]) -> None:
    """The oldest go, many at once: looking for the first of a dictionary costs more the more went before it."""
    if len(kept) > PAYLOADS + TRIMMED:
        for position in list(islice(kept, len(kept) - PAYLOADS)):
            del kept[position]


class Slot:
    """``before_look`` is called before each look at the telling position."""

    def __init__(self, transport: Transport, before_look: Callable[[], object]) -> None:
        self.transport = transport
        self.before_look = before_look
        self.library = Library()
        self.works: dict[str, Work] = {}
        self._keys = signing.webhook_keys()
        self._renewed_at = self._looked_at = self._hushed_at = 0.0
        self._log_end, _ = log.head()

    def run(self, seconds: float = SECONDS) -> int:
        """Deliver until nothing is due or the time is over; the number of posts that came back."""
        ends = time.monotonic() + seconds
        settled = 0
        self._look(force=True)
        while self.works:
            yielding = time.monotonic() >= ends
            if not yielding:
                self._look()
            self._renew()
            if not yielding:
                self._hush()
                self._fill()
            settled += self._collect()
            self._finish(yielding)
            if not self.works and not yielding:
                self._look(force=True)
        return settled

    def _look(self, *, force: bool = False) -> None:
        """Lease further endpoints; also the last thing before ending, so that no event slips between two slots."""
        now = time.monotonic()
        if not force and now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        self.before_look()
        room = ENDPOINTS - len(self.works)
        leases = lease.take(room, besides=self.works) if room > 0 else []
        telling = reading.telling_position()
        for work in self.works.values():
            work.telling = telling
        secrets = live_secrets([one.endpoint_id for one in leases]) if leases else {}
        apart = [one.endpoint_id for one in leases if one.has_identity]
        identities = connecting.identities(apart) if apart else {}
        for one in leases:
            self.works[one.endpoint_id] = Work(
                one,
                telling=telling,
                secrets=secrets[one.endpoint_id],
                identity=identities.get(one.endpoint_id),
            )

    def _hush(self) -> None:
        """Of a listing withdrawn meanwhile, what is at hand already goes out as stubs."""
        now = time.monotonic()
        if now - self._hushed_at < HUSH_EVERY:
            return
        self._hushed_at = now
        self._log_end, withdrawn = reading.withdrawn_after(self._log_end)
        for work in self.works.values() if withdrawn else ():
            mine = (None, work.lease.department_id)
            work.lanes.silence(each.listing_id for each in withdrawn if each.reader in mine)

    def _fill(self) -> None:
        """One post of each endpoint in turn, until the slot or every endpoint is full."""
        eager = list(self.works.values())
        for work in eager:
            work.read_ahead()
            self.library.fetch(work.loaded()[:PAYLOADS])
        while eager and self.transport.in_flight < IN_FLIGHT:
            eager = [work for work in eager if self.transport.in_flight < IN_FLIGHT and self._post(work)]

    def _post(self, work: Work) -> bool:
        event = work.next_post()
        if event is None:
            return False
        key = (work.lease.endpoint_id, event.position)
        try:
            body = envelope.body(event, self.library.payload(event), endpoint=work.lease.endpoint_id)
        except (KeyUnknown, SealBroken, ValueError, KeyError, TypeError) as error:
            # One event that cannot be rendered holds its own listing, like one that the receiver refuses.
            # Its text may hold what was to be rendered, so it is not logged.
            logger.error("event at position %d cannot be rendered: %s", event.position, type(error).__name__)
            work.settle(event.position, unsent(key))
            return True
        headers = signing.webhook_headers(
            event.event_id, int(time.time()), body, secrets=work.secrets, private_keys=self._keys
        )
        self.transport.send(Post(key=key, url=work.lease.url, headers=headers, body=body, identity=work.identity))
        return True

    def _collect(self) -> int:
        replies = self._wait()
        for reply in replies:
            endpoint_id, position = reply.key
            self.works[endpoint_id].settle(position, reply)
        self._save(self.works.values())
        return len(replies)

    def _save(self, works: Iterable[Work], *, whole: bool = False) -> None:
        """In one transaction, for each commit waits for the disk; in the order of ids, so that no two slots block."""
        unsaved = [work for work in works if work.is_to_be_saved(whole=whole)]
        if not unsaved:
            return
        with transaction.atomic():
            for work in sorted(unsaved, key=lambda work: work.lease.endpoint_id):
                work.save()

    def _wait(self) -> list[Reply]:
        """For replies; with nothing in flight for the first endpoint that its pace lets go on."""
        throttled = [seconds for work in self.works.values() if (seconds := work.throttled_for)]
        patience = max(min(throttled, default=WAIT_MOST), WAIT_LEAST)
        if self.transport.in_flight or not throttled:
            return self.transport.wait(min(patience, WAIT_MOST))
        time.sleep(min(patience, WAIT_MOST))
        return []

    def _renew(self) -> None:
        if time.monotonic() - self._renewed_at < lease.RENEW_EVERY:
            return
        self._renewed_at = time.monotonic()
        ours = lease.renew(work.lease for work in self.works.values())
        for endpoint_id, work in self.works.items():
            work.lost = work.lost or endpoint_id not in ours

    def _finish(self, yielding: bool) -> None:
        """Save and give back what has nothing to do any more; when yielding, whatever has nothing in flight."""
        done = [work for work in self.works.values() if work.is_done or (yielding and not work.in_flight)]
        self._save(done, whole=True)
        for work in done:
            del self.works[work.lease.endpoint_id]
        if done:
            lease.release(work.lease for work in done)


def unsent(key: tuple[str, int]) -> Reply:
    """What becomes of an event that cannot be rendered: an attempt that did not leave."""
    return Reply(
        key=key,
        started_at=time.time(),
        elapsed_ms=0,
        status=0,
        failure=UNREADABLE,
        retry_after=None,
        content_type="",
        length=0,
        sha256="",
    )


def run(seconds: float = SECONDS, before_look: Callable[[], object] = lambda: None) -> int:
    """One slot with its own transport."""
    transport = connecting.open_transport()
    try:
        return Slot(transport, before_look).run(seconds)
    finally:
        transport.close()
