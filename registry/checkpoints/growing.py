"""How the stored tree grows by new events: at a cost that the log's size does not change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.checkpoints import stored
from registry.models import TreeTile
from registry.tree.hashing import HASH_BYTES, Frontier, leaf
from registry.tree.tiles import WIDTH, over


@dataclass(frozen=True)
class Grown:
    """``marks``: the roots at the sizes that were asked for on the way."""

    frontier: Frontier
    tiles: tuple[TreeTile, ...]
    marks: dict[int, bytes]


def grown(frontier: Frontier, size: int, *, marked: frozenset[int] = frozenset()) -> Grown:
    """The tree of `size`, and the tiles that are complete by then and were not before. Raises stored.LogBroken."""
    first = frontier.size // WIDTH
    begin = first * WIDTH if size // WIDTH > first else frontier.size
    entries = stored.commitments(begin, size)
    marks: dict[int, bytes] = {}
    at = frontier.size
    for stop in sorted({each for each in marked if at <= each <= size} | {size}):
        frontier = frontier.grown(entries[at - begin : stop - begin])
        marks[stop], at = frontier.root, stop
    return Grown(frontier, tuple(_completed(first, entries)), marks)


def packed(frontier: Frontier) -> bytes:
    return b"".join(frontier.roots)


def unpacked(size: int, raw: bytes) -> Frontier:
    """Raises ValueError where these are not the roots of a tree of this size."""
    return Frontier(size, tuple(raw[begin : begin + HASH_BYTES] for begin in range(0, len(raw), HASH_BYTES)))


def _completed(first: int, entries: list[bytes]) -> Iterator[TreeTile]:
    """Of the lowest level from tile `first` on, and of those above it that they complete."""
    level, number = 0, first
    row = [leaf(entry) for entry in entries]
    while row:
        roots = []
        for index in range(len(row) // WIDTH):
            hashes = b"".join(row[index * WIDTH : (index + 1) * WIDTH])
            roots.append(over(hashes))
            yield TreeTile(level=level, number=number + index, hashes=hashes, root=roots[-1])
        if not roots:
            return
        number, before = divmod(number, WIDTH)
        row = [*stored.roots(level, number * WIDTH, before), *roots]
        level += 1
