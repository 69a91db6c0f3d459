"""What came in at receivers: as they wrote it down themselves, or, where they did not, as the court noted its attempts.

A receiver's own record is a file of lines, each a JSON object of one request as it came in, in the order in which they
were answered: ``headers`` (lower case names), ``body`` (base64), ``answered`` (the status that was sent back, 0 for none).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sharing.delivery.models import Attempt

CHUNK = 2000


class RecordUnreadable(Exception):
    """A line that is no request; says which."""


@dataclass(frozen=True)
class Request:
    """One request as a receiver wrote it down. Raises `RecordUnreadable` when it is asked for what it does not hold."""

    headers: dict[str, str]
    body: bytes
    answered: int

    @property
    def accepted(self) -> bool:
        return 200 <= self.answered < 300

    @cached_property
    def data(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads(self.body)["data"]
        except (ValueError, KeyError, TypeError) as problem:
            raise RecordUnreadable("a body is not a message of the registry's") from problem
        return data

    @property
    def is_event(self) -> bool:
        """A heartbeat and a test message hold none."""
        return "event" in self.data and "endpoint" in self.data

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = self.data["event"]
        return event


def read(file: Path) -> Iterator[Request]:
    """Line by line. Raises `RecordUnreadable`, saying which line and what it should be."""
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                told = json.loads(line)
                yield Request(dict(told["headers"]), base64.b64decode(told["body"]), int(told["answered"]))
            except (ValueError, KeyError, TypeError) as problem:
                raise RecordUnreadable(
                    f"{file}, line {number}: not a JSON object with headers, body (base64) and answered"
                ) from problem


def events(requests: Iterable[Request]) -> Iterator[Request]:
    return (each for each in requests if each.is_event)


def in_chunks(requests: Iterable[Request]) -> Iterator[list[Request]]:
    chunk: list[Request] = []
    for each in requests:
        chunk.append(each)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def attempts(endpoint_id: str) -> Iterator[tuple[int, bool]]:
    """(position, whether it was received) of each, in the order of writing."""
    rows = Attempt.objects.filter(endpoint_id=endpoint_id).order_by("id")
    for position, status, failure in rows.values_list("event_id", "status", "failure").iterator(CHUNK):
        yield position, 200 <= status < 300 and not failure
