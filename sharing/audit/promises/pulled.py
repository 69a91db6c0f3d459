"""The feed of each department: everything that is meant for it, once, in order; and the same bytes when it is read again.
What was opened is shown to whoever had read on already, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from django.db.models import F, Q

from registry.keys import KeyUnknown, SealBroken
from sharing.audit.promises.findings import Findings, Promise
from sharing.audit.promises.meant import Meant, Walk
from sharing.delivery import reading
from sharing.delivery.models import MEANT_EVENTS, Told
from sharing.departments import feed

PAGE = 500
SHOWN = 20  # positions in one finding


def look_at(walked: Walk, found: Findings, *, page: int = PAGE) -> None:
    for department_id, meant in walked.meant.items():
        where = f"feed of {department_id}"
        try:
            digest, other = _compared(department_id, walked.size, meant, page)
            if other:
                found.add(Promise.ARRIVES, where, f"it holds something else: {other}")
            elif _digest(department_id, walked.size, page) != digest:
                found.add(Promise.NO_GAP, where, "read again, it says something else")
            if missed := _missed(department_id, walked.size, page):
                found.add(Promise.ARRIVES, where, f"opened behind who had read on, and never shown: {missed[:SHOWN]}")
        except (KeyUnknown, SealBroken, ValueError) as problem:
            found.add(Promise.ARRIVES, where, f"it cannot be read: {type(problem).__name__}")


def _compared(department_id: int, size: int, meant: Meant, page: int) -> tuple[bytes, str]:
    """The digest of all items, and where they are not those that are meant; "" where they are."""
    digest, expected = hashlib.sha256(), iter(meant)
    for item in _items(department_id, size, page):
        digest.update(item)
        position, due = _position(item), next(expected, None)
        if position != due:
            return b"", f"{position}, and not {due or 'nothing'}"
    left = next(expected, None)
    return digest.digest(), "" if left is None else f"{left} is missing"


def _digest(department_id: int, size: int, page: int) -> bytes:
    digest = hashlib.sha256()
    for item in _items(department_id, size, page):
        digest.update(item)
    return digest.digest()


def _missed(department_id: int, size: int, page: int) -> list[int]:
    """Of what was told behind readers, which only an opening does, that which is not shown to one who had read to the end."""
    behind = MEANT_EVENTS & Q(first_position__lt=F("decided_position"), listing__events__position__lte=size)
    told = Told.objects.filter(behind, department_id=department_id).order_by("listing__events__position")
    shown = set(_opened(department_id, size, page))
    positions = told.values_list("listing__events__position", flat=True)
    return [position for position in positions if position not in shown]


def _opened(department_id: int, size: int, page: int) -> Iterator[int]:
    """The positions of what comes before the position at which the walk over the log ended."""
    end = min(size, reading.telling_position())
    opened, pulled = -1, feed.page(department_id, end, page, 0)
    while pulled.opened > opened:
        yield from map(_position, pulled.items[: pulled.behind])
        opened, pulled = pulled.opened, feed.page(department_id, end, page, pulled.opened)


def _items(department_id: int, size: int, page: int) -> Iterator[bytes]:
    """Up to the position at which the walk over the log ended."""
    after = 0
    while (pulled := feed.page(department_id, after, page)).next > after:
        for item in pulled.items:
            if _position(item) > size:
                return
            yield item
        after = pulled.next


def _position(item: bytes) -> int:
    return int(json.loads(item)["data"]["event"]["position"])
