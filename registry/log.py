"""Appending to the log: the last thing every act does, inside the act's own transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from registry import bell
from registry.errors import LogHalted
from registry.models import Event, EventPayload, EventType, Listing
from registry.models.log import open_part, seal_part
from registry.storing import new_row, store
from registry.ulid import new_ulid

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one act has to say: the event's type and the listing part of its payload (WIRE §1); ``listing`` None: of nobody."""

    type: EventType
    listing: Listing | None
    payload: dict[str, Any]
    occurred_at: datetime
    reader: int | None = None


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes; the same as JSON with sorted keys because keys are ASCII and numbers are small integers."""
    return _ENCODER.encode(value).encode()


def commitment(salt: bytes, body: bytes) -> bytes:
    """HMAC-SHA256(salt, canonical event): meaningless once salt and body are destroyed."""
    return hmac.new(salt, body, hashlib.sha256).digest()


def body(
    *, event_id: str, epoch: int, position: int, type: str, occurred_at: datetime, listing: dict[str, Any]
) -> bytes:
    """The event as it is sealed and committed to: canonical JSON (WIRE §1)."""
    return canonical(
        {
            "id": event_id,
            "epoch": epoch,
            "position": position,
            "type": type,
            "occurred_at": utc_text(occurred_at),
            "schema": SCHEMA,
            "listing": listing,
        }
    )


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds, as in every payload."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def append(entries: Sequence[Entry]) -> list[Event]:
    """Give the entries the next positions and store them; ring the bell after commit.

    Takes the head row's lock, so it comes last in the transaction: positions are gap-free and in commit order.
    Refusal: LogHalted.
    """
    if not entries:
        return []
    first, epoch = _advance_head(len(entries))
    events, payloads = [], []
    for position, entry in enumerate(entries, start=first):
        event, payload = _event(entry, position, epoch)
        events.append(event)
        payloads.append(payload)
    store(events)
    store(payloads)
    transaction.on_commit(bell.ring, robust=True)
    return events


def read(event: Event) -> dict[str, Any]:
    """The event as it was sealed. Raises `EventPayload.DoesNotExist` once purged."""
    said: dict[str, Any] = json.loads(open_part(event.event_id, "body", event.payload.body_sealed))
    return said


def head() -> tuple[int, int]:
    """(size, epoch) as committed now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, epoch FROM registry_loghead WHERE id = 1")
        size, epoch = cursor.fetchone()
    return size, epoch


def _advance_head(count: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_loghead SET size = size + %s WHERE id = 1 RETURNING size, epoch, halted", [count]
        )
        size, epoch, halted = cursor.fetchone()
    if halted:
        raise LogHalted
    return size - count + 1, epoch


def _event(entry: Entry, position: int, epoch: int) -> tuple[Event, EventPayload]:
    event_id = "evt_" + new_ulid(entry.occurred_at)
    said = body(
        event_id=event_id,
        epoch=epoch,
        position=position,
        type=entry.type.value,
        occurred_at=entry.occurred_at,
        listing=entry.payload,
    )
    salt = secrets.token_bytes(32)
    event = new_row(
        Event,
        position=position,
        event_id=event_id,
        epoch=epoch,
        type=entry.type,
        listing=entry.listing,
        version=entry.payload["version"],
        occurred_at=entry.occurred_at,
        commitment=commitment(salt, said),
        reader=entry.reader,
    )
    payload = new_row(
        EventPayload,
        event=event,
        body_sealed=seal_part(event_id, "body", said),
        salt_sealed=seal_part(event_id, "salt", salt),
    )
    return event, payload
