"""The feed of each department: everything that is meant for it, once, in order; and the same bytes when it is read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from sharing.audit.promises.findings import Findings, Promise
from sharing.audit.promises.meant import Walk
from sharing.departments import feed

PAGE = 500


def look_at(walked: Walk, found: Findings, *, page: int = PAGE) -> None:
    for department_id, meant in walked.meant.items():
        where, digest = f"feed of {department_id}", hashlib.sha256()
        expected = iter(meant)
        for item in _items(department_id, walked.size, page):
            digest.update(item)
            position = json.loads(item)["data"]["event"]["position"]
            due = next(expected, 0)
            if position != due:
                found.add(
                    Promise.ARRIVES, where, f"I5: the feed holds something else: {position}, and not {due or '-'}"
                )
                break
        else:
            left = next(expected, None)
            if left is not None:
                found.add(Promise.ARRIVES, where, f"I5: the feed holds something else: {left} is missing")
            if _digest(department_id, walked.size, page) != digest.digest():
                found.add(Promise.NO_GAP, where, "read again, the feed says something else")


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
            if json.loads(item)["data"]["event"]["position"] > size:
                return
            yield item
        after = pulled.next
