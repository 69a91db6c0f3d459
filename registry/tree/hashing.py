"""Hashes of the log's tree (RFC 6962, section 2.1): of leaves, of nodes, and of a tree that only grows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import Self

HASH_BYTES = 32
EMPTY = sha256(b"").digest()  # root of a tree without leaves


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """How many leaves of a tree of `size` (2 or more) are left of its root: the largest power of two below."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(frozen=True)
class Frontier:
    """All that a tree needs to grow: the roots of its complete subtrees, the largest first.

    One for each bit of `size`. Raises ValueError where they are not that many.
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != self.size.bit_count():
            raise ValueError(f"{len(self.roots)} roots of complete subtrees do not make a tree of {self.size}")

    def grown(self, entries: Iterable[bytes]) -> Self:
        """With these commitments after the last one; costs about two hashes each."""
        return self.joined(0, map(leaf, entries))

    def joined(self, level: int, subtrees: Iterable[bytes]) -> Self:
        """With these roots of complete subtrees of ``2**level`` leaves after the last one. ValueError: it ends within one."""
        size, roots = self.size >> level, list(self.roots)
        if size << level != self.size:
            raise ValueError(f"no subtree of {1 << level} leaves begins after {self.size}")
        for whole in subtrees:
            bits = size
            while bits & 1:
                whole, bits = node(roots.pop(), whole), bits >> 1
            roots.append(whole)
            size += 1
        return type(self)(size << level, tuple(roots))

    @property
    def root(self) -> bytes:
        if not self.roots:
            return EMPTY
        return reduce(lambda right, left: node(left, right), reversed(self.roots))
