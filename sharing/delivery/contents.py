"""What events say, as it lies sealed beside the log: read in one place by push, pull and whoever shows it.

A withdrawal says nothing but whose it is, which stands in the log too: where it cannot be opened it is written anew from
there, for it must go out whatever is broken. Any other event that cannot be opened goes out as a stub once its listing was
told whole again; until then it is left to the caller.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from registry import log
from registry.keys import SealBroken
from registry.models import Event
from registry.models.log import open_part, open_parts
from registry.payload import WHOLE
from sharing.delivery.meant import WITHDRAWN, Meant

Payload = tuple[bytes, bytes | None]
"""Canonical body and salt; no salt where it cannot be opened, or does not fit what was written anew."""

_PAYLOADS = "SELECT event_id, body_sealed, salt_sealed FROM registry_eventpayload WHERE event_id = ANY(%s::bigint[])"

logger = logging.getLogger(__name__)


class Readable(NamedTuple):
    """``payloads`` by position, without those that go out as stubs or were purged; ``broken``: positions that cannot be
    opened.
    """

    payloads: dict[int, Payload]
    broken: frozenset[int]


def payloads(events: Sequence[Meant]) -> dict[int, Payload]:
    """By position, opened; without those that go out as stubs or were purged. Raises `KeyUnknown`, `SealBroken`."""
    found, broken = readable(events)
    if broken:
        raise SealBroken
    return found


def readable(events: Sequence[Meant]) -> Readable:
    """Those that can be opened, and which cannot. Raises `KeyUnknown`: another host may have the key."""
    parts, found, broken = sealed(events), dict[int, Payload](), set[int]()
    for event in events:
        try:
            payload = opened(event, parts.get(event.position))
        except SealBroken:
            broken.add(event.position)
            logger.error("event at position %d cannot be opened", event.position)
            continue
        if payload is not None:
            found[event.position] = payload
    return Readable(found, frozenset(broken))


def sealed(events: Sequence[Meant]) -> dict[int, tuple[bytes, bytes]]:
    """(body, salt) as they are stored; without those that go out as stubs or were purged."""
    wanted = [event.position for event in events if not event.is_stub]
    with connection.cursor() as cursor:
        cursor.execute(_PAYLOADS, [wanted])
        return {position: (bytes(body), bytes(salt)) for position, body, salt in cursor.fetchall()}


def is_kept(event: Meant) -> bool:
    """Whether the event's content still exists; once purged, all that is left to send is a stub."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM registry_eventpayload WHERE event_id = %s)", [event.position])
        (kept,) = cursor.fetchone()
    return bool(kept)


def opened(event: Meant, parts: tuple[bytes, bytes] | None) -> Payload | None:
    """None for what goes out as a stub. Raises `KeyUnknown`, `SealBroken`."""
    try:
        if parts is not None:
            return open_parts(event.event_id, *parts)
    except SealBroken:
        if event.type != WITHDRAWN and not _is_told_again(event):
            raise
    return _anew(event, parts[1] if parts else None) if event.type == WITHDRAWN else None


def _is_told_again(event: Meant) -> bool:
    later = Event.objects.filter(listing=event.listing_id, position__gt=event.position, reader=None)
    return later.filter(type__in=WHOLE).exists()


def _anew(event: Meant, salt_sealed: bytes | None) -> Payload:
    logger.error("the withdrawal at position %d cannot be opened and is written anew", event.position)
    version = Event.objects.values_list("version", flat=True).get(position=event.position)
    body = log.body(
        event_id=event.event_id,
        epoch=event.epoch,
        position=event.position,
        type=event.type,
        occurred_at=event.occurred_at,
        listing={"number": event.listing_number, "version": version},
    )
    return body, _fitting_salt(event, body, salt_sealed)


def _fitting_salt(event: Meant, body: bytes, salt_sealed: bytes | None) -> bytes | None:
    try:
        salt = open_part(event.event_id, "salt", salt_sealed) if salt_sealed else None
    except SealBroken:
        return None
    return salt if salt and log.commitment(salt, body) == event.commitment else None
