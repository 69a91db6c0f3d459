"""``GET /api/v1/listings``: which listings the court knows this department to have, read line by line.

Only the numbers are kept: a snapshot may be long, and it is about persons.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from http.client import HTTPResponse

from sharing.receiver.calling import Registry, Unreachable, wait_asked_for

_LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True)
class Snapshot:
    """``position``: up to which the log is in it."""

    numbers: frozenset[str]
    position: int


def fetch(registry: Registry) -> Snapshot:
    """Raises Unreachable, also where the last line does not fit those before it."""
    reader = _Reader()
    reply = registry.call("GET", "/api/v1/listings", read=reader.read)
    if not reply.is_success:
        wait = wait_asked_for(reply.headers)
        raise Unreachable(f"the registry answered {reply.said} to the question for its snapshot", wait=wait)
    try:
        end = json.loads(reply.body)
        position, count, sha256 = int(end["position"]), end["count"], end["sha256"]
    except (KeyError, TypeError, ValueError):
        raise Unreachable("the snapshot has no last line") from None
    if (count, sha256) != (reader.count, reader.digest.hexdigest()):
        raise Unreachable("the snapshot is not whole")
    return Snapshot(frozenset(reader.numbers), position)


class _Reader:
    def __init__(self) -> None:
        self._begin()

    def read(self, answer: HTTPResponse) -> bytes:
        """Returns the last line."""
        self._begin()
        last = b""
        while line := answer.readline(_LONGEST_LINE):
            if last:
                self._take(last)
            last = line
        answer.read()  # nothing is left; without this the connection would not know, and be opened anew
        return last

    def _begin(self) -> None:
        self.numbers: set[str] = set()
        self.count = 0
        self.digest = hashlib.sha256()

    def _take(self, line: bytes) -> None:
        self.digest.update(line)
        self.count += 1
        try:
            self.numbers.add(str(json.loads(line)["listing"]["number"]))
        except (KeyError, TypeError, ValueError):
            raise Unreachable("a line of the snapshot is no listing") from None
