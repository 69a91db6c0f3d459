"""What is asked of the court about its log: the newest checkpoint, proofs that it grew, and what is public, its tiles."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

from sharing.receiver import tiles
from sharing.receiver.calling import Registry, Reply, Unreachable, whole
from sharing.receiver.notes import HASH_BYTES
from sharing.receiver.tiles import WIDTH

_MOST_HASHES = 128
_LENGTH = HASH_BYTES.to_bytes(2, "big")  # before each entry of a bundle: every one is a commitment
_ENTRY_BYTES = len(_LENGTH) + HASH_BYTES
_NO_SUCH_TILE = "R-394"


class NoSuchTile(Exception):
    """The court itself says that its log has no such tile; ``path``: which."""

    def __init__(self, path: str) -> None:
        super().__init__(f"the court's log has no {path}")
        self.path = path


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


def tile(registry: Registry, epoch: int, size: int, level: int, number: int) -> list[bytes]:
    """As many hashes as a log of this size has in the tile, not verified. Raises Unreachable and NoSuchTile."""
    return _pieces(_tile(registry, epoch, size, level, number, HASH_BYTES), HASH_BYTES)


def entries(registry: Registry, epoch: int, size: int, number: int) -> list[bytes]:
    """As many commitments as a log of this size has in the bundle, not verified. Raises Unreachable and NoSuchTile."""
    found = _pieces(_tile(registry, epoch, size, None, number, _ENTRY_BYTES), _ENTRY_BYTES)
    if not all(each.startswith(_LENGTH) for each in found):
        raise Unreachable("the answer about the log is not a bundle of commitments")
    return [each.removeprefix(_LENGTH) for each in found]


def tile_path(epoch: int, level: int | None, number: int, width: int) -> str:
    """Where everybody reads it; level None: the entries."""
    prefix = "/log/" if epoch == 1 else f"/log/{epoch}/"
    return f"{prefix}tile/{tiles.address(level, number, width)}"


def _tile(registry: Registry, epoch: int, size: int, level: int | None, number: int, piece: int) -> bytes:
    """A partial tile may be gone once it is complete, which begins with the same."""
    width = served = tiles.width_of(level or 0, number, size)
    path = tile_path(epoch, level, number, width)
    read = partial(whole, longest=WIDTH * piece)
    reply = registry.read_public(path, read)
    if reply.status == 404 and width < WIDTH:
        served = WIDTH
        reply = registry.read_public(tile_path(epoch, level, number, WIDTH), read)
    _accept(reply, path)
    if len(reply.body) != served * piece:
        raise Unreachable("a tile of the log is not as long as it must be")
    return reply.body[: width * piece]


def _accept(reply: Reply, path: str) -> None:
    if reply.status == 410:
        raise Unreachable("the log of this epoch is closed")
    if reply.status == 404 and _code(reply.json()) == _NO_SUCH_TILE:
        raise NoSuchTile(path)
    if reply.status != 200:
        raise Unreachable(f"the registry answered {reply.status} about its log")


def _code(said: object) -> object:
    """Not every 404 is the court's own: whatever stands before it may have none of its pages."""
    return said.get("code") if isinstance(said, dict) else None


def _pieces(content: bytes, length: int) -> list[bytes]:
    return [content[begin : begin + length] for begin in range(0, len(content), length)]


def _asked(registry: Registry, path: str) -> dict[str, Any]:
    reply = registry.call("GET", path)
    if not reply.is_success:
        raise Unreachable(f"the registry answered {reply.status} about its log")
    said = reply.json()
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
