"""Trees of any size for tests, the log that is published of one, and who signs it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.checkpoints import Checkpoint
from registry.tree.hashing import Frontier, leaf
from registry.tree.notes import Note, Signer
from registry.tree.tiles import WIDTH, Tile, Tiled, over

ORIGIN = "registry.example/log/1"
COURT = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
OTHER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))  # another key of this name


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


def checkpoint(grown: Grown) -> Checkpoint:
    return Checkpoint(ORIGIN, len(grown.leaves), grown.root)


def flipped(raw: bytes, at: int) -> bytes:
    """One bit of it."""
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def _tiles(level: int | None, count: int) -> Iterator[Tile]:
    for number in range(0, count, WIDTH):
        yield Tile(level, number // WIDTH, min(WIDTH, count - number))
