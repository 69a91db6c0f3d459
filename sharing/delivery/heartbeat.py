"""Heartbeats: a signed message after a minute of silence, so that "nothing changed" never looks like "feed broken".

It says how far the log is told and which position was the last one meant for the department, so that a receiver that
misses something knows it; a heartbeat is no event, is not kept, and its failure delays no event.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from registry import log
from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery import backoff, connecting, reading
from sharing.delivery.models import Held
from sharing.delivery.work import live_secrets
from sharing.transport import PROXY, Post, Reply, TlsIdentity
from sharing.witnesses import publishing

TYPE = "registry.heartbeat"
ENDPOINTS = 500
TOTAL_SECONDS = 5.0
HELD_MOST = 100  # listing numbers named

# Whoever takes it sets the time of the next one, so nobody else sends one meanwhile. An endpoint that has something
# to be sent, or that fails, is heard of by its events. Picked once, as in `lease`.
_TAKE = """
    WITH silent AS MATERIALIZED (
        SELECT e.id FROM delivery_endpoint e, delivery_tellingcursor t
        WHERE e.state = 'active' AND e.stage = 'production' AND e.failures = 0 AND e.cursor >= t.position
          AND (e.heard_at IS NULL OR e.heard_at <= clock_timestamp() - %(seconds)s * interval '1 second')
          AND (e.beat_due IS NULL OR e.beat_due <= clock_timestamp())
        ORDER BY e.beat_due NULLS FIRST LIMIT %(limit)s FOR NO KEY UPDATE OF e SKIP LOCKED
    )
    UPDATE delivery_endpoint AS endpoint SET beat_due = clock_timestamp() + %(seconds)s * interval '1 second'
    FROM silent
    WHERE endpoint.id = silent.id
    RETURNING endpoint.id, endpoint.department_id, endpoint.url, endpoint.beat_failures
"""
_SAVE = """
    UPDATE delivery_endpoint SET
        heard_at = CASE WHEN %(heard)s THEN clock_timestamp() ELSE heard_at END,
        beat_failures = CASE WHEN %(heard)s THEN 0 ELSE beat_failures + 1 END,
        unanswered_since = CASE WHEN %(heard)s THEN NULL WHEN %(ours)s THEN unanswered_since
            WHEN heard_at > unanswered_since THEN clock_timestamp()
            ELSE coalesce(unanswered_since, clock_timestamp()) END,
        unanswered_because = CASE WHEN %(heard)s THEN '' WHEN %(ours)s THEN unanswered_because ELSE %(because)s END,
        beat_due = clock_timestamp() + %(wait)s * interval '1 second'
    WHERE id = %(id)s
"""


@dataclass(frozen=True)
class Silent:
    """An endpoint that has taken nothing for the time of a heartbeat."""

    endpoint_id: str
    department_id: int
    url: str
    beat_failures: int


def beat(*, now: datetime) -> int:
    """A heartbeat to every endpoint that heard nothing for `SHARING_HEARTBEAT_SECONDS`; how many took it."""
    silent = {each.endpoint_id: each for each in _take()}
    if not silent:
        return 0
    secrets = live_secrets(list(silent))
    identities = connecting.identities(list(silent))
    transport = connecting.open_transport(TOTAL_SECONDS)
    try:
        for each in silent.values():
            transport.send(_post(each, secrets[each.endpoint_id], identities.get(each.endpoint_id), now))
        taken = 0
        while transport.in_flight:
            for reply in transport.wait(TOTAL_SECONDS):
                _save(silent[reply.key], reply)
                taken += reply.transported
    finally:
        transport.close()
    return taken


def body(endpoint_id: str, department_id: int, now: datetime) -> bytes:
    """Canonical JSON, as every message."""
    telling = reading.telling_position()
    _, epoch = log.head()
    published = publishing.newest()
    held = Held.objects.filter(endpoint_id=endpoint_id)
    numbers = held.order_by("listing__number").values_list("listing__number", flat=True)[:HELD_MOST]
    facts = {
        "epoch": epoch,
        "head": telling,
        "last_position": reading.last_meant(department_id, telling),
        "held": held.count(),
        "held_listings": list(numbers),
        "checkpoint": published.note if published else None,
    }
    return rendered(endpoint_id, facts, now)


def rendered(endpoint_id: str, facts: Mapping[str, object], now: datetime) -> bytes:
    """``facts``: epoch, head, last_position, held, held_listings, checkpoint."""
    data = {"endpoint": endpoint_id, **facts}
    return log.canonical({"type": TYPE, "timestamp": log.utc_text(now), "data": data})


def _take() -> list[Silent]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"seconds": settings.SHARING_HEARTBEAT_SECONDS, "limit": ENDPOINTS})
        return [Silent(*row) for row in cursor.fetchall()]


def _post(silent: Silent, secrets: tuple[bytes, ...], identity: TlsIdentity | None, now: datetime) -> Post:
    content = body(silent.endpoint_id, silent.department_id, now)
    headers = signing.webhook_headers(
        "hb_" + new_ulid(now), int(time.time()), content, secrets=secrets, private_keys=signing.webhook_keys()
    )
    return Post(key=silent.endpoint_id, url=silent.url, headers=headers, body=content, identity=identity)


def _save(silent: Silent, reply: Reply) -> None:
    heard = reply.transported
    wait = settings.SHARING_HEARTBEAT_SECONDS
    ours = reply.failure == PROXY
    if not heard:
        delay = backoff.delay(silent.beat_failures + 1, status=reply.status, retry_after=reply.retry_after, ours=ours)
        wait = max(wait, delay)
    with connection.cursor() as cursor:
        because = reply.failure or str(reply.status)
        said = {"heard": heard, "ours": ours, "because": because, "wait": wait, "id": silent.endpoint_id}
        cursor.execute(_SAVE, said)
