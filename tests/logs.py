"""Logs of many events about nobody, and what is done to them by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from registry.checkpoints import origin, signing
from registry.models import Checkpoint, Event, EventType, LogHead
from registry.storing import new_row, store
from registry.tree.hashing import Frontier
from registry.tree.notes import COSIGNATURE, Signer
from registry.ulid import new_ulid

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
SIGNER = Signer("another.example/log", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
AWAY = Signer("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"a" * 32), COSIGNATURE)
WITNESS = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)


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


def back_to(size: int) -> None:
    """As a backup of that time has it."""
    by_hand("DELETE FROM witnesses_cosignature")
    by_hand("DELETE FROM registry_checkpoint WHERE size > %s", size)
    by_hand("DELETE FROM registry_treetile WHERE (number + 1) * 256 ^ (level + 1) > %s", size)
    by_hand("DELETE FROM registry_event WHERE position > %s", size)
    LogHead.objects.update(size=size)


def restored() -> None:
    """Signed at 320, lost, and back from a backup that was made at 300."""
    append(300)
    sign_all()
    append(20)
    sign_all()
    back_to(300)
    signing.sign(now=NOW)


def forget_guard() -> None:
    Path(settings.REGISTRY_LOG_GUARD).unlink()


def vkey(epoch: int = 1) -> str:
    return origin.keys(epoch)[0].vkey
