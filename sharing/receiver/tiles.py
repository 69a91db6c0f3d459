"""The log's tree in tiles of 256 hashes: where each is read, and proofs made of them (C2SP tlog-tiles, RFC 6962 §2.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sharing.receiver.proofs import node

WIDTH = 256
_HEIGHT = 8

Read = Callable[[int, int], Sequence[bytes]]
"""The hashes of a tile, by its level and its number within the level."""


def address(level: int | None, number: int, width: int) -> str:
    """As below ``tile/``; level None: of the entries. The number is in groups of three digits, all but the last with x."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"{'entries' if level is None else level}/{'/'.join(groups)}{partial}"


def width_of(level: int, number: int, size: int) -> int:
    """How many hashes the tile has in a log of this size; 0 where it has no such tile."""
    return max(0, min(WIDTH, (size >> (_HEIGHT * level)) - number * WIDTH))


def inclusion(read: Read, place: int, size: int) -> list[bytes]:
    """The hashes beside the way from a leaf (from 0 on, below the size) to the root, the lowest first."""
    beside: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if place < middle:
            beside.append(_root(read, middle, end))
            end = middle
        else:
            beside.append(_root(read, begin, middle))
            begin = middle
    return beside[::-1]


def _root(read: Read, begin: int, end: int) -> bytes:
    """Over the leaves in [begin, end), as the whole tree has it."""
    size = end - begin
    if size.bit_count() == 1:
        return _complete(read, size.bit_length() - 1, begin)
    middle = begin + _split(size)
    return node(_root(read, begin, middle), _root(read, middle, end))


def _complete(read: Read, height: int, begin: int) -> bytes:
    level, rest = divmod(height, _HEIGHT)
    number, first = divmod(begin >> (_HEIGHT * level), WIDTH)
    row = list(read(level, number)[first : first + (1 << rest)])
    while len(row) > 1:
        row = [node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
