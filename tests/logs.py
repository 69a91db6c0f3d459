"""Logs of many events about nobody, and what is done to them by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from registry.checkpoints import origin, signing
from registry.models import Checkpoint, Event, EventType, LogHead
from registry.storing import new_row, store
from registry.tree.hashing import Frontier
from registry.ulid import new_ulid

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)


def commitment(number: int) -> bytes:
    return hashlib.sha256(f"event {number}".encode()).digest()


def append(count: int) -> list[bytes]:
    """Events without payload; their commitments."""
    head = LogHead.objects.get()
    positions = range(head.size + 1, head.size + count + 1)
    store(
        [
            new_row(
                Event,
                position=position,
                event_id=f"evt_{new_ulid(NOW)}",
                epoch=head.epoch,
                type=EventType.ANCHORED,
                version=0,
                occurred_at=NOW,
                commitment=commitment(position),
            )
            for position in positions
        ]
    )
    LogHead.objects.update(size=head.size + count)
    return [commitment(position) for position in positions]


def sign_all() -> Checkpoint:
    while signing.sign(now=NOW):
        pass
    newest = signing.latest()
    assert newest is not None
    return newest


def root_of(entries: list[bytes]) -> bytes:
    return Frontier().grown(entries).root


def by_hand(statement: str, *values: Any) -> None:
    """As somebody with the database's password would, past every trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)


def vkey(epoch: int = 1) -> str:
    return origin.keys(epoch)[0].vkey
