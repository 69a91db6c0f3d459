"""The tree grown anew from the commitments, and the stored tiles compared with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from registry.models import TreeTile
from registry.tree.hashing import HASH_BYTES, Frontier, leaf
from registry.tree.tiles import HEIGHT, WIDTH, over
from registry.verifying.findings import Finding, Kind


class Leaves(NamedTuple):
    """A complete tile of the lowest level."""

    number: int
    hashes: bytes
    root: bytes


@dataclass(frozen=True)
class Grown:
    """``marks``: the trees of the sizes that were asked for on the way."""

    frontier: Frontier
    tiles: tuple[Leaves, ...]
    marks: dict[int, Frontier]


def grown(frontier: Frontier, commitments: Sequence[bytes], marked: Iterable[int]) -> Grown:
    """`frontier` ends with a complete tile; of the one that is begun only the last call may have commitments."""
    wanted = sorted(marked)
    tiles: list[Leaves] = []
    marks: dict[int, Frontier] = {}
    for begin in range(0, len(commitments), WIDTH):
        row = [leaf(each) for each in commitments[begin : begin + WIDTH]]
        first, part, at = frontier.size, Frontier(), 0
        stops = {each - first for each in wanted if first < each <= first + len(row)}
        for stop in sorted(stops | {len(row)}):
            part, at = part.joined(0, row[at:stop]), stop
            marks[first + stop] = _with(frontier, part)
        frontier = marks[first + len(row)]
        if len(row) == WIDTH:
            tiles.append(Leaves(first // WIDTH, b"".join(row), part.roots[0]))
    return Grown(frontier, tuple(tiles), marks)


def complete(frontier: Frontier) -> Frontier:
    """Without the leaves of the tile that is begun."""
    size = frontier.size >> HEIGHT << HEIGHT
    return Frontier(size, frontier.roots[: size.bit_count()])


def compared(tiles: Sequence[Leaves], signed_size: int) -> Iterator[Finding]:
    """With those stored; of a log of this size that was signed each must be there."""
    if not tiles:
        return
    rows = TreeTile.objects.filter(level=0, number__gte=tiles[0].number, number__lte=tiles[-1].number)
    kept = {
        number: (bytes(hashes), bytes(root)) for number, hashes, root in rows.values_list("number", "hashes", "root")
    }
    for tile in tiles:
        first, part = tile.number * WIDTH + 1, f"0/{tile.number}"
        if tile.number not in kept:
            if first + WIDTH - 1 <= signed_size:
                yield Finding(kind=Kind.TILE, position=first, until=first + WIDTH - 1, part=part)
            continue
        hashes, root = kept[tile.number]
        if hashes != tile.hashes:
            yield Finding(kind=Kind.TILE, position=first + _first_other(hashes, tile.hashes), part=part)
        elif root != tile.root:
            yield Finding(kind=Kind.TILE, position=first, until=first + WIDTH - 1, part=part)


def upper(signed_size: int) -> Iterator[Finding]:
    """Of the stored tiles above the lowest level: each has the roots of those below it."""
    level, signed_size = 1, max(signed_size, 0)
    while count := signed_size >> (HEIGHT * (level + 1)):
        for number in range(count):
            if not _stands(level, number):
                first = (number << (HEIGHT * (level + 1))) + 1
                until = (number + 1) << (HEIGHT * (level + 1))
                yield Finding(kind=Kind.TILE, position=first, until=until, part=f"{level}/{number}")
        level += 1


def _stands(level: int, number: int) -> bool:
    tile = TreeTile.objects.filter(level=level, number=number).first()
    below = TreeTile.objects.filter(level=level - 1, number__gte=number * WIDTH, number__lt=(number + 1) * WIDTH)
    hashes = b"".join(map(bytes, below.order_by("number").values_list("root", flat=True)))
    if tile is None or len(hashes) != WIDTH * HASH_BYTES:
        return False
    return (bytes(tile.hashes), bytes(tile.root)) == (hashes, over(hashes))


def _with(frontier: Frontier, part: Frontier) -> Frontier:
    """`frontier` ends with a complete tile, and `part` is of the next one."""
    if part.size == WIDTH:
        return frontier.joined(HEIGHT, part.roots)
    return Frontier(frontier.size + part.size, frontier.roots + part.roots)


def _first_other(one: bytes, another: bytes) -> int:
    """Which hash differs, counted from 0."""
    pairs = zip(_hashes(one), _hashes(another), strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), 0)


def _hashes(row: bytes) -> Iterator[bytes]:
    return (row[begin : begin + HASH_BYTES] for begin in range(0, len(row), HASH_BYTES))
