"""What was told is looked for in the court's log, a bundle of 256 entries at a time. Nothing that is fetched is trusted:
only what a proof ties to the root that the court signed counts.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from sharing.receiver import court_log, proofs, tiles
from sharing.receiver.calling import Registry
from sharing.receiver.court_log import NoSuchTile
from sharing.receiver.log_records import Committed, Kept
from sharing.receiver.tiles import WIDTH

_TILES_KEPT = 64


@dataclass(frozen=True)
class Missed:
    """An event that is not in the log as it was told. ``proof``: what the court shows there, as JSON."""

    event: Committed
    proof: str


@dataclass(frozen=True)
class Found:
    """What came of the events of one bundle.

    ``another``: at their positions the log has something else. ``unproved``: what the court shows of the bundle is not of
    the tree that it signed, so nothing is known of any of them; one that is told otherwise there, else the first.
    """

    included: Sequence[Committed] = ()
    another: Sequence[Missed] = ()
    unproved: Missed | None = None


def bundle_of(event: Committed) -> int:
    """The number of the bundle that has the event's position; below 0 where no log has it."""
    return (event.position - 1) // WIDTH


class Lookup:
    """In the log of one verified checkpoint."""

    def __init__(self, registry: Registry, kept: Kept) -> None:
        self._kept = kept
        self._entries = lru_cache(maxsize=1)(partial(court_log.entries, registry, kept.epoch, kept.size))
        self._tile = lru_cache(maxsize=_TILES_KEPT)(partial(court_log.tile, registry, kept.epoch, kept.size))

    def find(self, number: int, asked: Sequence[Committed]) -> Found:
        """``asked``: of this bundle, at least one. Raises Unreachable."""
        if number < 0:
            return Found(unproved=Missed(asked[0], ""))
        try:
            entries = self._entries(number)
            leaves = self._proved(number, entries)
        except NoSuchTile as absent:
            return Found(unproved=self._unproved(asked[0], absent.path))
        if leaves is None:
            suspect = next((each for each in asked if entries[_place(each)] != each.commitment), asked[0])
            return Found(unproved=self._unproved(suspect, self._path(0, number)))
        wrong = [each for each in asked if not _is_there(each, entries, leaves)]
        another = [Missed(each, self._shown(each, entries, leaves)) for each in wrong]
        return Found([each for each in asked if each not in wrong], another)

    def _proved(self, number: int, entries: Sequence[bytes]) -> Sequence[bytes] | None:
        """The leaves that the tree has there: those of the entries, or where these are not of the tree, the tile's."""
        leaves: Sequence[bytes] = [proofs.leaf(each) for each in entries]
        if self._is_proved(number, leaves):
            return leaves
        leaves = self._tile(0, number)
        return leaves if self._is_proved(number, leaves) else None

    def _is_proved(self, number: int, leaves: Sequence[bytes]) -> bool:
        """The proof of the first leaf is made of all the others of its tile, so it proves them all."""
        first = number * WIDTH
        beside = self._beside(first, leaves)
        return proofs.includes_leaf(self._kept.root, self._kept.size, first + 1, leaves[0], beside)

    def _beside(self, place: int, leaves: Sequence[bytes]) -> list[bytes]:
        def read(level: int, number: int) -> Sequence[bytes]:
            return leaves if (level, number) == (0, place // WIDTH) else self._tile(level, number)

        return tiles.inclusion(read, place, self._kept.size)

    def _shown(self, event: Committed, entries: Sequence[bytes], leaves: Sequence[bytes]) -> str:
        return self._said(
            event,
            commitment=_text(entries[_place(event)]),
            hashes=[_text(each) for each in self._beside(event.position - 1, leaves)],
            tile=self._path(None, bundle_of(event)),
        )

    def _unproved(self, event: Committed, path: str) -> Missed:
        return Missed(event, self._said(event, tile=path))

    def _said(self, event: Committed, **shown: str | list[str]) -> str:
        return json.dumps({"position": event.position, "size": self._kept.size, **shown})

    def _path(self, level: int | None, number: int) -> str:
        width = tiles.width_of(level or 0, number, self._kept.size)
        return court_log.tile_path(self._kept.epoch, level, number, width)


def _is_there(event: Committed, entries: Sequence[bytes], leaves: Sequence[bytes]) -> bool:
    """In the tree, and in the entries that the court shows everybody as those of the tree."""
    place = _place(event)
    return (entries[place], leaves[place]) == (event.commitment, proofs.leaf(event.commitment))


def _place(event: Committed) -> int:
    return (event.position - 1) % WIDTH


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
