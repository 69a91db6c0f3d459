"""Tiles: the tree's hashes in pieces of 256, each at an address of its own (C2SP tlog-tiles)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Self

from registry.tree.hashing import HASH_BYTES, node

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVEL_MOST = 63
ENTRIES = "entries"  # in the place of a level: the commitments themselves
_ADDRESS = re.compile(r"(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class TileMalformed(ValueError):
    """This is the address of no tile."""


class Tile(NamedTuple):
    """``level`` None: entries. ``number``: within its level. ``width`` of `WIDTH` once it is complete, and never changed from then on."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def is_complete(self) -> bool:
        return self.width == WIDTH

    @property
    def address(self) -> str:
        """As below ``tile/``: the index in groups of three digits, with x before all but the last."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        level = ENTRIES if self.level is None else str(self.level)
        partial = "" if self.is_complete else f".p/{self.width}"
        return f"{level}/{'/'.join(groups)}{partial}"

    @classmethod
    def parse(cls, address: str) -> Self:
        """Raises TileMalformed."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise TileMalformed(address)
        level, groups, width = found.groups()
        tile = cls(
            level=None if level == ENTRIES else int(level),
            number=int(groups.replace("x", "").replace("/", "")),
            width=WIDTH if width is None else int(width),
        )
        if tile.address != address or (tile.level or 0) > LEVEL_MOST:
            raise TileMalformed(address)
        return tile


def tiles_of(size: int) -> list[Tile]:
    """The last tile of each level of a tree, if it is partial."""
    found, level = [], 0
    while size:
        index, width = divmod(size, WIDTH)
        if width:
            found.append(Tile(level, index, width))
        size, level = index, level + 1
    return found


class Tiled:
    """A tree whose hashes are read from tiles (`registry.tree.proofs.Subtrees`); each tile is read once.

    ``read``: hashes of the tile of a level and index, as many as there are by now.
    """

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._kept: dict[tuple[int, int], bytes] = {}

    def subtree(self, level: int, index: int) -> bytes:
        row, height = divmod(level, HEIGHT)
        first = index << height
        tile, place = divmod(first, WIDTH)
        hashes = self._tile(row, tile)
        wanted = hashes[place * HASH_BYTES : (place + (1 << height)) * HASH_BYTES]
        if len(wanted) != (1 << height) * HASH_BYTES:
            raise IndexError(f"the tree has no subtree {level}/{index}")
        return over(wanted)

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._kept:
            self._kept[level, index] = self._read(level, index)
        return self._kept[level, index]


def over(hashes: bytes) -> bytes:
    """Root over a power of two of hashes, one after another."""
    row = [hashes[begin : begin + HASH_BYTES] for begin in range(0, len(hashes), HASH_BYTES)]
    while len(row) > 1:
        row = [node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]
