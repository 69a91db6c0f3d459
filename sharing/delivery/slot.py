"""A delivery slot: leases endpoints that have work and drives all their posts in one loop until nothing is due.

Slots may run on any number of hosts; each leaves what another leased. A slot yields after its time so that the worker
that runs it can be asked other things, and a slot that dies is taken over when its leases run out.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from django.dispatch import Signal

from registry import log
from registry.keys import KeyUnknown, SealBroken
from registry.turns import Lock
from sharing import signing
from sharing.delivery import connecting, envelope, lease, library, loading, reading, saving
from sharing.delivery.meant import Meant
from sharing.delivery.work import Work, live_secrets
from sharing.transport import Post, Reply, Transport

SECONDS = 20.0
ENDPOINTS = 128
LEASES = 32  # taken at one look, so that slots that look at the same time share what there is
IN_FLIGHT = 256
TOGETHER = 32  # events rendered, signed and sent step by step
SLOW_IN_FLIGHT = 256  # to receivers that are slow, on top: they keep no other waiting
LOOK_EVERY = 0.5  # seconds between looks for further endpoints, though nothing has happened
GLANCE_EVERY = 0.05  # seconds between glances at the end of the log
SETTLE_EVERY = 0.05  # seconds between savings, and for which what is done waits for others
HOPE_SECONDS = 1.5  # for which a slot without an endpoint waits for those that have many
LEAVE_SECONDS = 1.0  # for which a slot takes back none of those that it gave up
WAIT_LEAST, WAIT_MOST = 0.01, 0.1  # seconds for replies, or for the pace of an endpoint
UNREADABLE = "unreadable"

logger = logging.getLogger(__name__)

replied = Signal()
"""``reply``: what became of one post. For those who measure; whoever hears it changes nothing."""


class Slot:
    """``before_look`` is called before each look at the telling position.

    Only endpoints that are stirred are asked for posts: those leased just now, those that were answered, those that wait
    for room or for their pace, and all when something was told. With a hundred at hand, asking all at every reply would
    cost more than posting.
    """

    def __init__(self, transport: Transport, before_look: Callable[[], object]) -> None:
        self.transport = transport
        self.before_look = before_look
        self.library = library.Library()
        self.works: dict[str, Work] = {}
        self._stirred: dict[str, None] = {}
        self._keys = signing.webhook_keys()
        self._renewed_at = self._looked_at = self._glanced_at = self._settled_at = 0.0
        self._log_end, _ = log.head()
        self._telling = 0
        self._begun = time.monotonic()
        self._counted_at = 0.0
        self._slots, self._leased = 1, 0
        self._left_until: dict[str, float] = {}

    def run(self, seconds: float = SECONDS) -> int:
        """Deliver until nothing is due or the time is over; the number of posts that came back."""
        ends = time.monotonic() + seconds
        settled = 0
        self._look(force=True)
        while self.works or self._hopes(ends):
            yielding = time.monotonic() >= ends
            self._renew()
            if not yielding:
                self._glance()
                self._look()
                self._fill()
            if self._is_overtaken:
                logger.warning("the database kept silent for longer than a lease lasts: the slot gives up")
                break
            settled += self._collect()
            self._settle(yielding)
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
        room = min(ENDPOINTS - len(self.works), LEASES)
        self._left_until = {key: until for key, until in self._left_until.items() if until > now}
        leases = lease.take(room, besides={*self.works, *self._left_until}) if room > 0 else []
        if len(leases) == LEASES:
            self._looked_at = 0.0
        self._telling = reading.telling_position()
        for work in self.works.values():
            work.telling = self._telling
        secrets = live_secrets([one.endpoint_id for one in leases]) if leases else {}
        apart = [one.endpoint_id for one in leases if one.has_identity]
        identities = connecting.identities(apart) if apart else {}
        for one in leases:
            self.works[one.endpoint_id] = Work(
                one,
                telling=self._telling,
                secrets=secrets[one.endpoint_id],
                identity=identities.get(one.endpoint_id),
            )
        self._share()
        self._stirred.update(dict.fromkeys(self.works))

    def _share(self) -> None:
        """Whoever came first has leased all there is: what is more than its share it leaves to slots that have come since.

        Only of what is far behind, and its share of that: where events come one by one, a hand-over would take longer than the post.
        """
        now = time.monotonic()
        if now - self._counted_at < LOOK_EVERY:
            return
        self._counted_at = now
        self._slots, self._leased = lease.crowd(Lock.DELIVERING)
        kept = [work for work in self.works.values() if not work.is_over]
        far = [work for work in kept if work.is_far_behind]
        slots = max(self._slots, 1)
        surplus = len(kept) - math.ceil(self._leased / slots)
        for work in far[max(math.ceil(len(far) / slots), len(far) - surplus) :]:
            work.given_up = True
            self._left_until[work.lease.endpoint_id] = now + LEAVE_SECONDS

    def _hopes(self, ends: float) -> bool:
        """With nothing to do: look again for a while, where the others have more than one endpoint each to leave us one."""
        alone = self._slots < 2 or self._leased < self._slots
        if alone or time.monotonic() >= min(ends, self._begun + HOPE_SECONDS):
            return False
        time.sleep(WAIT_MOST)
        self._look(force=True)
        return True

    def _glance(self) -> None:
        """Whether the log has grown: then there may be work; and of a listing withdrawn, what is at hand goes as stubs.

        There is work only once it was decided for whom: another walker may be at it, and is waited for.
        """
        now = time.monotonic()
        if now - self._glanced_at < GLANCE_EVERY:
            return
        self._glanced_at = now
        if self._telling < self._log_end:
            self._looked_at = 0.0
        if log.head()[0] == self._log_end:
            return
        self._log_end, withdrawn = reading.withdrawn_after(self._log_end)
        self._looked_at = 0.0
        for work in self.works.values() if withdrawn else ():
            mine = (None, work.lease.department_id)
            work.lanes.silence({each.listing_id: each.position for each in withdrawn if each.reader in mine})

    def _fill(self) -> None:
        """One post of each endpoint in turn, until there is no more room or nothing to send."""
        eager = [self.works[endpoint_id] for endpoint_id in self._stirred]
        self.library.fetch(loading.read_ahead(eager)[: library.PAYLOADS])
        self._stirred = {}
        slow = {work for work in self.works.values() if work.is_slow}
        flying = sum(work.in_flight for work in slow)
        self._post_in(SLOW_IN_FLIGHT - flying, [work for work in eager if work in slow])
        self._post_in(IN_FLIGHT - (self.transport.in_flight - flying), [work for work in eager if work not in slow])

    def _post_in(self, room: int, eager: Iterable[Work]) -> None:
        asked = deque(eager)
        while room > 0 and (drawn := self._drawn(min(room, TOGETHER), asked)):
            room -= len(drawn)
            self._send(drawn)
        for work in asked:
            self._stir(work)

    def _drawn(self, most: int, asked: deque[Work]) -> list[tuple[Work, Meant]]:
        """What each has to send, in turn; whoever has nothing more is not asked again."""
        drawn: list[tuple[Work, Meant]] = []
        while asked and len(drawn) < most:
            work = asked.popleft()
            event = work.next_post()
            if event is not None:
                drawn.append((work, event))
                asked.append(work)
            elif work.is_restless:
                self._stir(work)
        return drawn

    def _stir(self, work: Work) -> None:
        """Those that wait keep their place: who was asked last is asked last."""
        self._stirred[work.lease.endpoint_id] = None

    def _send(self, drawn: Sequence[tuple[Work, Meant]]) -> None:
        """Step by step for all of them: what one step needs at hand drives what the others need out of the processor's caches."""
        bodies = [self._body(work, event) for work, event in drawn]
        ready = [(*each, body) for each, body in zip(drawn, bodies, strict=True) if body is not None]
        now = int(time.time())
        signed = [
            signing.webhook_headers(event.event_id, now, body, secrets=work.secrets, private_keys=self._keys)
            for work, event, body in ready
        ]
        for (work, event, body), headers in zip(ready, signed, strict=True):
            key = (work.lease.endpoint_id, event.position)
            self.transport.send(Post(key=key, url=work.lease.url, headers=headers, body=body, identity=work.identity))

    def _body(self, work: Work, event: Meant) -> bytes | None:
        try:
            payload = self.library.payload(event, work.lanes.upcoming)
            return envelope.body(event, payload, endpoint=work.lease.endpoint_id)
        except (KeyUnknown, SealBroken, ValueError, KeyError, TypeError) as error:
            # One event that cannot be rendered holds its own listing, like one that the receiver refuses.
            # Its text may hold what was to be rendered, so it is not logged.
            logger.error("event at position %d cannot be rendered: %s", event.position, type(error).__name__)
            work.settle(event.position, Reply.unsent((work.lease.endpoint_id, event.position), UNREADABLE))
            self._stir(work)
            return None

    def _collect(self) -> int:
        replies = self._wait()
        for reply in replies:
            endpoint_id, position = reply.key
            self.works[endpoint_id].settle(position, reply)
            self._stirred[endpoint_id] = None
            replied.send_robust(Slot, reply=reply)
        return len(replies)

    def _wait(self) -> list[Reply]:
        """For replies; with nothing in flight for the first endpoint that its pace lets go on."""
        throttled = [seconds for endpoint_id in self._stirred if (seconds := self.works[endpoint_id].throttled_for)]
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
            work.until = self._renewed_at + lease.TRUSTED

    @property
    def _is_overtaken(self) -> bool:
        """What was begun under leases that ran out meanwhile is cut off with the transport: a successor may be further."""
        return any(time.monotonic() > work.until for work in self.works.values())

    def _settle(self, yielding: bool) -> None:
        """Save, and give back what has nothing to do any more; when yielding, whatever has nothing in flight.

        Now and then, for many together: each transaction waits for the disk. At once where nothing else is to be done.
        """
        now = time.monotonic()
        busy = bool(self.transport.in_flight or self._stirred)
        if busy and not yielding and now - self._settled_at < SETTLE_EVERY:
            return
        self._settled_at = now
        done = {key: work for key, work in self.works.items() if work.is_done or (yielding and not work.in_flight)}
        self._save([work for key, work in self.works.items() if work.is_to_be_saved(whole=key in done)])
        for endpoint_id in done:
            del self.works[endpoint_id]
            self._stirred.pop(endpoint_id, None)
        if done:
            lease.release(work.lease for work in done.values())

    def _save(self, works: Sequence[Work]) -> None:
        if not works:
            return
        ours = saving.save([work.progress() for work in works])
        for work in works:
            work.saved(ours=work.lease.endpoint_id in ours)


def run(seconds: float = SECONDS, before_look: Callable[[], object] = lambda: None) -> int:
    """One slot with its own transport."""
    transport = connecting.open_transport()
    try:
        return Slot(transport, before_look).run(seconds)
    finally:
        transport.close()
