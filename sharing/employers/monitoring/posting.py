"""Changes are posted to the employer's endpoint: leased by one sender, signed anew on every try, never given up.

A post is taken only while its monitoring goes on, which its own statement asks in the transaction that takes it, and
only after the earlier ones of the same monitoring. A change whose result was recalled is posted no more, and holds up no later
one. What a sender that died had taken is free again after the lease; the
id and the bytes of a repeat are the same.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from registry import log
from registry.actions.acting import today
from sharing.delivery import backoff, clock
from sharing.employers.models import Channel, EmployerEndpoint, MonitoringAttempt, MonitoringPost, MonitoringTold
from sharing.employers.monitoring import endpoint, reaching
from sharing.transport import PROXY, Reply

TYPE = "monitoring.changed"
BODY_BYTES = 1024  # of every message, whatever its outcome
LEASE_SECONDS = 20  # longer than a post may take, so that none is out twice
AT_ONCE = 100
YIELDS_AFTER = 20.0  # seconds
UNREADABLE = "secret"  # the failure where no secret of the endpoint can be opened

logger = logging.getLogger(__name__)

_DUE = """
    FROM employers_monitoringpost p
    JOIN employers_monitoringchange c ON c.id = p.change_id
    JOIN employers_monitoring m ON m.id = c.monitoring_id
    JOIN employers_employerendpoint e ON e.id = p.endpoint_id
    JOIN parties_organisation o ON o.id = m.employer_id
    WHERE p.taken_at IS NULL AND e.state = 'active'
      AND m.ended_at IS NULL AND m.until >= %(today)s AND o.suspended_at IS NULL
      AND NOT EXISTS (SELECT FROM employers_resultrecall r WHERE r.screening_id = c.screening_id)
      AND (p.next_due IS NULL OR p.next_due <= clock_timestamp())
      AND (p.lease_until IS NULL OR p.lease_until < clock_timestamp())
      AND NOT EXISTS (
        SELECT FROM employers_monitoringchange earlier
        JOIN employers_monitoringpost waiting ON waiting.change_id = earlier.id AND waiting.taken_at IS NULL
        WHERE earlier.monitoring_id = m.id AND earlier.number < c.number
          AND NOT EXISTS (SELECT FROM employers_resultrecall r WHERE r.screening_id = earlier.screening_id))
"""
_IS_DUE = f"SELECT EXISTS (SELECT {_DUE})"
# Picked once, or a plan that asks again for each post takes more than the limit.
_TAKE = f"""
    WITH due AS MATERIALIZED (
        SELECT p.change_id, p.endpoint_id, e.url, m.id AS monitoring, m.reference, c.outcome, c.screening_id, c.at
        {_DUE}
        ORDER BY p.next_due NULLS FIRST, p.change_id LIMIT %(most)s FOR NO KEY UPDATE OF p SKIP LOCKED
    )
    UPDATE employers_monitoringpost AS post
    SET lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds', fence = post.fence + 1
    FROM due
    WHERE post.change_id = due.change_id
    RETURNING due.*, post.fence, post.failures
"""  # noqa: S608 - only a constant is put in


@dataclass(frozen=True, slots=True)
class Taken:
    """A post in this sender's hands: what it says, where to, and the fence of its lease."""

    change_id: str
    endpoint_id: str
    url: str
    monitoring: str
    reference: str
    outcome: str
    screening: str
    at: datetime
    fence: int
    failures: int

    @property
    def body(self) -> bytes:
        """Canonical JSON of `BODY_BYTES`: no name, no number, nothing of the listing; the result is fetched by its id.

        ``endpoint`` binds it to its receiver, as a department's message is bound: sent on to another one it is refused.
        """
        said = {
            "type": TYPE,
            "id": self.change_id,
            "endpoint": self.endpoint_id,
            "monitoring": self.monitoring,
            "reference": self.reference,
            "outcome": self.outcome,
            "screening": self.screening,
            "at": log.utc_text(self.at),
        }
        missing = BODY_BYTES - len(log.canonical({**said, "padding": ""}))
        return log.canonical({**said, "padding": " " * missing})


def post(*, now: datetime) -> int:
    """Post what is due; how many were taken. Yields after `YIELDS_AFTER` seconds; several senders share the work."""
    ends, heard = time.monotonic() + YIELDS_AFTER, 0
    while time.monotonic() < ends and (taken := take(now=now)):
        heard += _send(taken, now)
    return heard


def is_due(now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_IS_DUE, {"today": today(now)})
        return bool(cursor.fetchone()[0])


def take(*, now: datetime) -> list[Taken]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"today": today(now), "most": AT_ONCE})
        return [Taken(*row) for row in cursor.fetchall()]


def _send(taken: list[Taken], now: datetime) -> int:
    by_id = {each.change_id: each for each in taken}
    secrets = endpoint.live_secrets(list({each.endpoint_id for each in taken}), now)
    transport = reaching.open_transport()
    heard = 0
    try:
        for each in taken:
            if not secrets[each.endpoint_id]:
                _saved(each, Reply.unsent(each.change_id, UNREADABLE), now)
                continue
            transport.send(endpoint.message(each.endpoint_id, each.url, each.change_id, each.body, secrets))
        while transport.in_flight:
            for reply in reaching.heard(transport):
                heard += _saved(by_id[reply.key], reply, now)
    finally:
        transport.close()
    return heard


def _saved(taken: Taken, reply: Reply, now: datetime) -> bool:
    """Whether it was taken, and is written down. What is not is posted again after its lease; the others are saved."""
    try:
        save(taken, reply, now=now)
    except DatabaseError as error:
        logger.error("post of change %s was not written down: %s", taken.change_id, type(error).__name__)
        return False
    return reply.transported


def save(taken: Taken, reply: Reply, *, now: datetime) -> None:
    """The attempt is written down in any case; what follows from it only under the lease that it was made with.

    The endpoint is locked before its posts, as wherever both are.
    """
    failure = "" if reply.transported else reply.failure or str(reply.status)
    with transaction.atomic():
        endpoint.lock(taken.endpoint_id)
        MonitoringAttempt.objects.create(
            endpoint_id=taken.endpoint_id,
            change_id=taken.change_id,
            started_at=datetime.fromtimestamp(reply.started_at, UTC),
            elapsed_ms=reply.elapsed_ms,
            status=reply.status,
            failure=reply.failure,
            content_type=reply.content_type,
            length=reply.length,
            sha256=reply.sha256,
        )
        own = MonitoringPost.objects.filter(pk=taken.change_id, fence=taken.fence, taken_at=None)
        if failure:
            own.update(failures=F("failures") + 1, next_due=_next_due(taken, reply), lease_until=None)
            _failed(taken.endpoint_id, failure, now)
        else:
            own.update(taken_at=now, failures=0, next_due=None, lease_until=None)
            said = MonitoringTold(change_id=taken.change_id, channel=Channel.ENDPOINT, at=now)
            MonitoringTold.objects.bulk_create([said], ignore_conflicts=True)
            _heard(taken.endpoint_id, now)


def _next_due(taken: Taken, reply: Reply) -> datetime:
    ours = reply.failure == PROXY
    wait = backoff.delay(taken.failures + 1, status=reply.status, retry_after=reply.retry_after, ours=ours)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        at: datetime = cursor.fetchone()[0]
    return at + timedelta(seconds=wait)


def _failed(endpoint_id: str, failure: str, now: datetime) -> None:
    EmployerEndpoint.objects.filter(pk=endpoint_id).update(
        failures=F("failures") + 1, failing_since=Coalesce("failing_since", now), last_failure=failure
    )


def _heard(endpoint_id: str, now: datetime) -> None:
    """Where it had failed, what waits for its time need not wait any more."""
    was_failing = EmployerEndpoint.objects.filter(pk=endpoint_id, failures__gt=0).update(
        failures=0, failing_since=None, last_failure=""
    )
    EmployerEndpoint.objects.filter(pk=endpoint_id).update(heard_at=now)
    if was_failing:
        endpoint.let_go(endpoint_id)


def set_back(back: timedelta) -> None:
    """The database's clock went back, see `sharing.delivery.clock`."""
    clock.shift(MonitoringPost.objects.filter(taken_at=None), back, "next_due")
    clock.cut_leases(MonitoringPost.objects.all(), timedelta(seconds=LEASE_SECONDS))
