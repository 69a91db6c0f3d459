"""What events say, as it lies sealed beside the log: read in one place by push, pull and whoever shows it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from registry.models.log import open_parts
from sharing.delivery.meant import Meant

_PAYLOADS = "SELECT event_id, body_sealed, salt_sealed FROM registry_eventpayload WHERE event_id = ANY(%s::bigint[])"


def payloads(events: Sequence[Meant]) -> dict[int, tuple[bytes, bytes]]:
    """(canonical body, salt) by position, opened; without those that go out as stubs or were purged."""
    sealed_parts = sealed(events)
    return {
        event.position: opened(event, sealed_parts[event.position])
        for event in events
        if event.position in sealed_parts
    }


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


def opened(event: Meant, parts: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """(canonical body, salt). Raises `KeyUnknown`, `SealBroken`."""
    return open_parts(event.event_id, *parts)
