"""What is asked of the court about its log: the newest checkpoint, and proofs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sharing.receiver.calling import Registry, Unreachable
from sharing.receiver.notes import HASH_BYTES

_MOST_HASHES = 128


@dataclass(frozen=True)
class Inclusion:
    """What the court says stands at a position, with the hashes that prove it. ``answer``: its words, as evidence."""

    commitment: bytes
    hashes: tuple[bytes, ...]
    answer: str


def newest(registry: Registry) -> str:
    """The newest signed checkpoint, not verified. Raises Unreachable."""
    note = _asked(registry, "/api/v1/log").get("checkpoint")
    if not isinstance(note, str):
        raise Unreachable("the court has signed nothing of its log yet")
    return note


def consistency(registry: Registry, old: int, new: int) -> tuple[bytes, ...]:
    """The hashes that should prove that the log of the old size is the beginning of the new one. Raises Unreachable."""
    said = _asked(registry, f"/api/v1/log/proof?from={old}&to={new}")
    if (said.get("from"), said.get("to")) != (old, new):
        raise Unreachable("the proof is of other sizes than were asked for")
    return _hashes(said)


def inclusion(registry: Registry, position: int, size: int) -> Inclusion | None:
    """What stands at the position in the log of this size; None where the court says: nothing. Raises Unreachable."""
    reply = registry.call("GET", f"/api/v1/log/proof?position={position}&size={size}")
    if reply.status == 404:
        return None
    said = _object(reply.status, reply.json() if reply.is_success else None)
    if (said.get("position"), said.get("size")) != (position, size):
        raise Unreachable("the proof is of another position or size than was asked for")
    return Inclusion(_hash(said.get("commitment")), _hashes(said), reply.body.decode(errors="replace"))


def _asked(registry: Registry, path: str) -> dict[str, Any]:
    reply = registry.call("GET", path)
    return _object(reply.status, reply.json() if reply.is_success else None)


def _object(status: int, said: object) -> dict[str, Any]:
    if not 200 <= status < 300:
        raise Unreachable(f"the registry answered {status} about its log")
    if not isinstance(said, dict):
        raise Unreachable("the answer about the log is not an object")
    return said


def _hashes(said: dict[str, Any]) -> tuple[bytes, ...]:
    hashes = said.get("hashes")
    if not isinstance(hashes, list) or len(hashes) > _MOST_HASHES:
        raise Unreachable("the answer about the log is not a proof")
    return tuple(_hash(each) for each in hashes)


def _hash(text: object) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != HASH_BYTES:
        raise Unreachable("the answer about the log is not a proof")
    return raw
