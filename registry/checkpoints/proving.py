"""Proofs about the log as it was signed: that a position is in it, and that it only grew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from registry.checkpoints import signing, stored
from registry.errors import LogDamaged, NoCheckpointYet, PositionBeyondHead, SizesBackward
from registry.models import Checkpoint, LogHead
from registry.tree import proofs


@dataclass(frozen=True)
class Inclusion:
    """``path``: the hashes beside the leaf's way to the root of the first `size` leaves (RFC 6962, section 2.1.1)."""

    position: int
    size: int
    commitment: bytes
    path: list[bytes]


def newest() -> Checkpoint:
    """Of the epoch that goes on. Refusal: NoCheckpointYet."""
    found = signing.latest(LogHead.objects.get().epoch)
    if found is None:
        raise NoCheckpointYet
    return found


def inclusion(position: int, size: int, *, newest: Checkpoint) -> Inclusion:
    """Refusals: PositionBeyondHead, of the field to blame; LogDamaged."""
    _refuse_beyond("size", size, newest.size)
    _refuse_beyond("position", position, size)
    with undamaged():
        path = proofs.inclusion(stored.tree(size), position - 1, size)
        return Inclusion(position, size, stored.commitments(position - 1, position)[0], path)


def consistency(old: int, new: int, *, newest: Checkpoint) -> list[bytes]:
    """That the log of `old` events is the beginning of that of `new` (RFC 6962, section 2.1.2).

    Refusals: PositionBeyondHead, SizesBackward, LogDamaged.
    """
    _refuse_beyond("to", new, newest.size)
    if old > new:
        raise SizesBackward("from")
    with undamaged():
        return proofs.consistency(stored.tree(new), old, new)


@contextmanager
def undamaged() -> Iterator[None]:
    """Whoever asks from outside is told by name which event is missing."""
    try:
        yield
    except stored.LogBroken as broken:
        raise LogDamaged(position=broken.position) from None


def _refuse_beyond(field: str, asked: int, size: int) -> None:
    if not 1 <= asked <= size:
        raise PositionBeyondHead(field, asked=asked, size=size)
