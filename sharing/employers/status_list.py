"""Status lists: where each result has one bit that says whether it was recalled (IETF Token Status List, bits = 1).

A place tells nothing. Places are numbered in the order of asking, but the number is shuffled inside its list by a
permutation under the list's own random seed, so neighbours in the list are no neighbours in time and the next place
cannot be foretold; only the list itself tells a period, that of some 250,000 results. The last places of a list are
never given to a result: they are decoys, whose bits are set one by one over three years at moments that the seed
decides. So whoever compares two days' lists cannot tell which of the bits that were set, and how many, are results.
A place never given reads as valid, like a result that stands.
"""

from __future__ import annotations

import base64
import hmac
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from registry.addresses import absolute
from sharing import signing
from sharing.employers.models import ResultRecall, StatusList

TYPE = "statuslist+jwt"
MEDIA_TYPE = f"application/{TYPE}"
BITS = 1
HALF = 9  # bits of one half of a place
SIZE = 1 << 2 * HALF  # places of a list
DECOYS = 1 << 12
GIVEN = SIZE - DECOYS
ROUNDS = 6
DECOYS_SET_WITHIN = timedelta(days=3 * 365)
SEED_BYTES = 32
TTL_SECONDS = 300
VALID_FOR = timedelta(days=1)

# The same statement for every answer: it takes the next numbers, and opens a list where one is its first.
_TAKE = f"""
WITH next AS MATERIALIZED (
    SELECT nextval('employers_status_number') - 1 AS number FROM generate_series(1, %(count)s)
), opened AS (
    INSERT INTO employers_statuslist (number, seed, opened_at)
    SELECT DISTINCT next.number / {GIVEN} + 1, sha256(%(seed)s || int8send(next.number / {GIVEN})), %(now)s::timestamptz
    FROM next
    WHERE NOT EXISTS (SELECT FROM employers_statuslist AS list WHERE list.number = next.number / {GIVEN} + 1)
    ON CONFLICT DO NOTHING RETURNING number, seed
)
SELECT next.number / {GIVEN} + 1, next.number %% {GIVEN}, coalesce(list.seed, opened.seed)
FROM next LEFT JOIN employers_statuslist AS list ON list.number = next.number / {GIVEN} + 1
LEFT JOIN opened ON opened.number = next.number / {GIVEN} + 1 ORDER BY next.number
"""  # noqa: S608 - only constants are put in


@dataclass(frozen=True)
class Place:
    """Where the status of one result is kept."""

    list: int
    index: int

    @property
    def claim(self) -> dict[str, Any]:
        """The claim ``status`` of the signed result."""
        return {"status_list": {"idx": self.index, "uri": address(self.list)}}


def take(now: datetime, count: int) -> list[Place]:
    """Places for results that are about to be given. One statement; what is rolled back leaves its places empty."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"seed": os.urandom(SEED_BYTES), "now": now, "count": count})
        return [_place(*row) for row in cursor.fetchall()]


def _place(number: int, nth: int, seed: bytes | None) -> Place:
    # None: somebody else opened the list while the statement ran.
    known = StatusList.objects.get(pk=number).seed if seed is None else seed
    return Place(number, shuffled(bytes(known), nth))


def shuffled(seed: bytes, nth: int) -> int:
    """The place of the ``nth`` of a list: a permutation of 0 to `SIZE` - 1 (a Feistel network under the seed)."""
    left, right = divmod(nth, 1 << HALF)
    for each in range(ROUNDS):
        left, right = right, left ^ _mixed(seed, each, right)
    return left << HALF | right


def address(number: int) -> str:
    """The list's ``uri``, and the ``sub`` of its token."""
    return absolute(f"/status-lists/{number}")


def token(number: int, *, now: datetime) -> str | None:
    """The signed list as of the present minute, the same text until something changes; None: no such list."""
    opened = StatusList.objects.filter(pk=number).first()
    if opened is None:
        return None
    at = now.replace(second=0, microsecond=0)
    seed, since = bytes(opened.seed), opened.opened_at
    recalled = ResultRecall.objects.filter(status_list=number).values_list("status_index", flat=True)
    invalid = {index for index in recalled if index is not None}
    invalid.update(index for index, delay in decoys(seed) if since + delay <= at)
    claims = {
        "sub": address(number),
        "iat": int(at.timestamp()),
        "exp": int((at + VALID_FOR).timestamp()),
        "ttl": TTL_SECONDS,
        "status_list": {"bits": BITS, "lst": compressed(invalid)},
    }
    return signing.sign_result(claims, typ=TYPE)


@lru_cache(maxsize=16)
def decoys(seed: bytes) -> tuple[tuple[int, timedelta], ...]:
    """The places that no result gets, each with the time from the list's opening until its bit is set."""
    return tuple((shuffled(seed, nth), _delay(seed, nth)) for nth in range(GIVEN, SIZE))


def compressed(invalid: Iterable[int], size: int = SIZE) -> str:
    """``lst``: one bit a place, the lowest bit of the first byte first; ZLIB (RFC 1950), base64url."""
    bits = bytearray(size // 8)
    for index in invalid:
        bits[index >> 3] |= 1 << (index & 7)
    return base64.urlsafe_b64encode(zlib.compress(bits, level=9)).rstrip(b"=").decode()


def _mixed(seed: bytes, each: int, half: int) -> int:
    message = bytes([each]) + half.to_bytes(2, "big")
    return int.from_bytes(hmac.digest(seed, message, "sha256")[:2], "big") & ((1 << HALF) - 1)


def _delay(seed: bytes, nth: int) -> timedelta:
    drawn = int.from_bytes(hmac.digest(seed, b"decoy" + nth.to_bytes(4, "big"), "sha256")[:8], "big")
    return DECOYS_SET_WITHIN * (drawn / 2**64)
