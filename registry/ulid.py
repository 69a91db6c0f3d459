"""Sortable, unguessable identifiers: ULID (48 bits of time, 80 random bits, Crockford base 32)."""

from __future__ import annotations

import secrets
from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(now: datetime) -> str:
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def milliseconds(ulid: str) -> int:
    """The moment in it, as unix milliseconds. ValueError: it is no ULID."""
    if len(ulid) != 26:
        raise ValueError("a ULID has 26 characters")
    number = 0
    for character in ulid[:10]:
        number = number << 5 | _ALPHABET.index(character)
    return number
