"""The tree as the database has it: complete tiles are stored, and the ends of its rows follow from what is below."""

from __future__ import annotations

from functools import partial

from django.db import connection

from registry.models import Event
from registry.tree.hashing import HASH_BYTES, leaf
from registry.tree.tiles import HEIGHT, WIDTH, Tile, Tiled

COMMITMENT_BYTES = 32

# In one piece: a row for each of them would cost more than all the hashing.
_COMMITMENTS = """
    SELECT count(*), bool_and(length(commitment) = 32), string_agg(commitment, ''::bytea ORDER BY position)
    FROM registry_event WHERE position > %s AND position <= %s
"""
_TILE = "SELECT hashes FROM registry_treetile WHERE level = %s AND number = %s"
_ROOTS = """
    SELECT count(*), string_agg(root, ''::bytea ORDER BY number)
    FROM registry_treetile WHERE level = %s AND number >= %s AND number < %s
"""


class LogBroken(Exception):
    """An event that must be there is missing; ``position``: the first one."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the log has no event {position}")
        self.position = position


class TileMissing(LookupError):
    """A log of this size has no such tile, or not so wide a one."""


def tree(size: int) -> Tiled:
    """The first `size` leaves, for proofs (`registry.tree.proofs`)."""
    return Tiled(partial(hashes, size=size))


def tile(wanted: Tile, size: int) -> bytes:
    """What is served of a log of this size. Raises TileMissing."""
    if width_of(wanted.level or 0, wanted.number, size) < wanted.width:
        raise TileMissing(wanted.address)
    if wanted.level is None:
        return _bundle(wanted.number, wanted.width)
    found = _complete(wanted.level, wanted.number) or hashes(wanted.level, wanted.number, size)
    return found[: wanted.width * HASH_BYTES]


def hashes(level: int, number: int, size: int) -> bytes:
    """As many of a tile as a log of this size has. Raises LogBroken."""
    width = width_of(level, number, size)
    if width == WIDTH and (found := _complete(level, number)):
        return found
    if level == 0:
        first = number * WIDTH
        return b"".join(map(leaf, commitments(first, first + width)))
    return b"".join(roots(level - 1, number * WIDTH, width))


def width_of(level: int, number: int, size: int) -> int:
    """How many hashes the tile has in a log of this size."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def commitments(begin: int, end: int) -> list[bytes]:
    """Of the leaves in [begin, end). Raises LogBroken."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMITMENTS, [begin, end])
        count, are_whole, joined = cursor.fetchone()
    if count != end - begin or are_whole is False:
        raise LogBroken(_first_missing(begin, end))
    return _parts(bytes(joined or b""), COMMITMENT_BYTES)


def roots(level: int, first: int, count: int) -> list[bytes]:
    """Of so many tiles from the first one on. Raises TileMissing."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, [level, first, first + count])
        found, joined = cursor.fetchone()
    if found != count:
        raise TileMissing(f"{level}/{first + found}")
    return _parts(bytes(joined or b""), HASH_BYTES)


def _first_missing(begin: int, end: int) -> int:
    rows = Event.objects.filter(position__gt=begin, position__lte=end).order_by("position")
    for expected, (position, commitment) in enumerate(rows.values_list("position", "commitment"), start=begin + 1):
        if position != expected or len(commitment) != COMMITMENT_BYTES:
            return expected
    return begin + rows.count() + 1


def _parts(joined: bytes, length: int) -> list[bytes]:
    return [joined[place : place + length] for place in range(0, len(joined), length)]


def _complete(level: int, number: int) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(_TILE, [level, number])
        found = cursor.fetchone()
    return None if found is None else bytes(found[0])


def _bundle(number: int, width: int) -> bytes:
    """Entries, each with its length in two bytes before it (C2SP tlog-tiles)."""
    first = number * WIDTH
    length = COMMITMENT_BYTES.to_bytes(2, "big")
    return b"".join(length + each for each in commitments(first, first + width))
