"""Defects planted in a web process on purpose: the environment names which. A race that never fails proves nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from sharing.employers import lookup
from sharing.employers.lookup import Book, Subject

PLANTED = "BENCHMARK_PLANTED"
COPY_SECONDS = 0.2


def read_from_a_copy(seconds: float = COPY_SECONDS) -> None:
    """What the book said is believed so much longer."""
    read = lookup.read
    copies: dict[bytes, tuple[float, list[Book]]] = {}

    def stale(subjects: Sequence[Subject], *args: Any, **said: Any) -> list[Book]:
        digest, now = subjects[0].digest, time.monotonic()
        until, books = copies.get(digest, (0.0, []))
        if until < now:
            books = read(subjects, *args, **said)
            copies[digest] = (now + seconds, books)
        return books

    patch.object(lookup, "read", stale).start()


def without_the_lock() -> None:
    """A question does not wait for acts on the document, nor they for it."""
    patch.object(lookup, "lock", lambda subjects, *, employer=None: None).start()


DEFECTS: Mapping[str, Callable[[], None]] = {"copy": read_from_a_copy, "unlocked": without_the_lock}


def planting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    name = os.environ.get(PLANTED, "")
    if not name:
        raise MiddlewareNotUsed
    DEFECTS[name]()
    return get_response
