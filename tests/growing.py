"""Trees of any size for tests, and the log that is published of one."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from registry.tree.hashing import Frontier, leaf
from registry.tree.notes import Note
from registry.tree.tiles import WIDTH, Tile, Tiled, over


def entry(number: int) -> bytes:
    return sha256(b"entry %d" % number).digest()


class Grown:
    """A tree of all its hashes, as tiles hold them."""

    def __init__(self, size: int) -> None:
        self.leaves = [entry(number) for number in range(size)]
        self.levels: list[list[bytes]] = [[leaf(each) for each in self.leaves]]
        while len(self.levels[-1]) >= WIDTH:
            below = self.levels[-1]
            whole = range(0, len(below) - WIDTH + 1, WIDTH)
            self.levels.append([over(b"".join(below[begin : begin + WIDTH])) for begin in whole])
        self.tree = Tiled(self.read)
        self.root = Frontier().grown(self.leaves).root

    def read(self, level: int, number: int) -> bytes:
        return b"".join(self.levels[level][number * WIDTH : (number + 1) * WIDTH])

    def published(self, note: Note) -> dict[str, bytes]:
        """Every address below `/log/` and what lies there, with this note as the checkpoint."""
        tiles = {f"tile/{tile.address}": self.read(tile.level or 0, tile.number) for tile in self._hashes()}
        bundles = {f"tile/{tile.address}": self._bundle(tile.number) for tile in _tiles(None, len(self.leaves))}
        return {"checkpoint": str(note).encode(), **tiles, **bundles}

    def _hashes(self) -> Iterator[Tile]:
        for level, hashes in enumerate(self.levels):
            yield from _tiles(level, len(hashes))

    def _bundle(self, number: int) -> bytes:
        entries = self.leaves[number * WIDTH : (number + 1) * WIDTH]
        return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def _tiles(level: int | None, count: int) -> Iterator[Tile]:
    for number in range(0, count, WIDTH):
        yield Tile(level, number // WIDTH, min(WIDTH, count - number))
