"""Defects planted on purpose that only a death at the wrong moment shows, each one line of the product done wrong."""

from __future__ import annotations

import os
import re
import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from registry import log
from sharing import signing
from sharing.employers import screening
from sharing.transport import Reply
from tests.faults import crashing, planted
from tests.faults.planted import Defect, Patch

MOST_LIVES = 10


def event_outside_the_transaction(patch: Patch) -> None:
    """The database itself refuses this, so what refuses it is off as well."""
    append = log.append
    triggers_of_listings("DISABLE")

    def afterwards(entries: Any) -> list[Any]:
        transaction.on_commit(lambda: append(entries))
        return []

    patch.setattr(log, "append", afterwards)


def triggers_of_listings(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE registry_listing {what} TRIGGER ALL")


def a_retry_makes_a_new_id(patch: Patch) -> None:
    headers = signing.webhook_headers

    def new_id(event_id: str, *args: Any, **kwargs: Any) -> Any:
        return headers(f"{event_id}-{os.getpid()}", *args, **kwargs)

    patch.setattr(signing, "webhook_headers", new_id)


def gone_marks_as_delivered(patch: Patch) -> None:
    transported = Reply.transported.fget  # type: ignore[attr-defined]  # a property of a named tuple
    patch.setattr(Reply, "transported", property(lambda reply: reply.status == 410 or transported(reply)))


def a_question_without_its_transaction(patch: Patch) -> None:
    patch.setattr(screening, "transaction", SimpleNamespace(atomic=nullcontext))


DEFECTS = [
    Defect("event outside the transaction", event_outside_the_transaction, "I1|I5"),
    Defect("cursor moved before send", planted.cursor_moved_before_send, "I1|I2"),
    Defect("events sorted backwards", planted.sorted_backwards, "I1|I2"),
    Defect("a retry makes a new id", a_retry_makes_a_new_id, "I3|I4"),
    Defect("410 marks as delivered", gone_marks_as_delivered, "I1|I2"),
    Defect("a repeat makes a new body", planted.repeat_with_a_new_body, "I3"),
    Defect("telling cursor outside the transaction", planted.telling_cursor_outside_the_transaction, "I1"),
    Defect("held lanes not saved", planted.held_lanes_not_saved, "I1"),
    Defect("a question without its transaction", a_question_without_its_transaction, "question|answered twice"),
]


def caught(defect: Defect, seed: int) -> str:
    """By which life, and after how long; "" where none found it. On a ground that is laid already."""
    start, lives = time.monotonic(), 0
    with pytest.MonkeyPatch.context() as patch:
        defect.plant(patch)
        try:
            while lives < MOST_LIVES:
                found = _found(defect, seed + lives)
                lives += 1
                if found:
                    return f"in life {lives} after {time.monotonic() - start:.1f} s: {found}"
        finally:
            triggers_of_listings("ENABLE")
    return ""


def _found(defect: Defect, seed: int) -> str:
    """What the life's judge says. AssertionError where it says something else than what the defect is."""
    try:
        crashing.live(seed)
    except AssertionError as problem:
        if re.search(defect.caught, str(problem)) is None:
            raise
        return str(problem)[:200]
    return ""
