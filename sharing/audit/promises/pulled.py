"""The feed of each department: everything that is meant for it, once, in order; and the same bytes when it is read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from registry.keys import KeyUnknown, SealBroken
from sharing.audit.promises.findings import Findings, Promise
from sharing.audit.promises.meant import Meant, Walk
from sharing.departments import feed

PAGE = 500


def look_at(walked: Walk, found: Findings, *, page: int = PAGE) -> None:
    for department_id, meant in walked.meant.items():
        where = f"feed of {department_id}"
        try:
            digest, other = _compared(department_id, walked.size, meant, page)
            if other:
                found.add(Promise.ARRIVES, where, f"it holds something else: {other}")
            elif _digest(department_id, walked.size, page) != digest:
                found.add(Promise.NO_GAP, where, "read again, it says something else")
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
