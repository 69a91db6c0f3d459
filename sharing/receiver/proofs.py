"""Proofs about the court's log, verified without trusting whoever made them (RFC 6962 hashing; RFC 9162 §2.1.3.2, §2.1.4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a log without entries."""


def leaf(commitment: bytes) -> bytes:
    return sha256(b"\x00" + commitment).digest()


def includes(root: bytes, size: int, position: int, commitment: bytes, hashes: Sequence[bytes]) -> bool:
    """Whether the hashes prove that the commitment stands at this position (from 1 on) of the log of this size and root."""
    return includes_leaf(root, size, position, leaf(commitment), hashes)


def includes_leaf(root: bytes, size: int, position: int, found: bytes, hashes: Sequence[bytes]) -> bool:
    """The same of a leaf, where the commitment itself is not at hand."""
    if not 1 <= position <= size:
        return False
    place, last = position - 1, size - 1
    for beside in hashes:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(beside, found)
            place, last = _past_levels_without_sibling(place, last)
        else:
            found = node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: bytes, new: int, new_root: bytes, hashes: Sequence[bytes]) -> bool:
    """Whether the hashes prove that the log of the old size and root is the beginning of the new one."""
    if old == 0 or old == new:
        return not hashes and old_root == (new_root if old == new else EMPTY)
    path = [old_root, *hashes] if old & (old - 1) == 0 else list(hashes)
    if not 0 < old < new or not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for beside in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(beside, before), node(beside, after)
            place, last = _past_levels_without_sibling(place, last)
        else:
            after = node(after, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, new_root)


def _past_levels_without_sibling(place: int, last: int) -> tuple[int, int]:
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
