"""What a department's own store says: read as the department reads it, never from the registry."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.demo.period.history import BEIJING
from config.demo.watched_lists import delay_of, duration
from registry.errors import Text
from sharing.departments.models import ReceiptKind
from sharing.receiver import store
from sharing.receiver.store import Condition, Seen

SECOND, DAY = 1000, 86_400_000  # in milliseconds
NO_BREAK = "\N{NO-BREAK SPACE}"


class StoreUnreadable(Exception):
    """The file is not there, or is no store. Holds nothing of what it says."""


@dataclass(frozen=True)
class Received:
    """One event as the department keeps it."""

    seen: Seen

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.seen.received_at / SECOND, BEIJING)

    @property
    def delay(self) -> Text:
        return spoken_delay(delay_of(self.seen))

    @property
    def receipt(self) -> Text:
        if self.seen.receipt_kind is None:
            return _("none yet")
        kind = ReceiptKind(self.seen.receipt_kind).label
        if self.seen.receipt_accepted_at is None:
            return format_lazy(_("{kind}, not taken by the court yet"), kind=kind)
        return format_lazy(_("{kind}, taken by the court"), kind=kind)


@dataclass(frozen=True)
class Inbox:
    """``latest``: the events received last, the newest first."""

    condition: Condition
    latest: list[Received]


@dataclass(frozen=True)
class Holding:
    """What the department has of one listing: its version (0: not held), whether only a tombstone is left, its events."""

    version: int
    flags: tuple[str, ...]
    withdrawn: bool
    events: list[Received]

    def event(self, type_: str) -> Received | None:
        return next((each for each in self.events if each.seen.type == type_), None)


def inbox(path: str, last: int) -> Inbox:
    """Raises `StoreUnreadable`."""
    try:
        with closing(store.open_readonly(path)) as opened:
            events = sorted(store.events_since(opened), key=lambda seen: (seen.received_at, seen.position))
            return Inbox(store.condition(opened), [Received(seen) for seen in reversed(events[-last:])])
    except (sqlite3.Error, OSError) as error:
        raise StoreUnreadable from error


def holding(path: str, number: str) -> Holding:
    """Raises `StoreUnreadable`."""
    try:
        with closing(store.open_readonly(path)) as opened:
            held = store.listing(opened, number)
            events = [Received(seen) for seen in store.events_since(opened) if seen.number == number]
            return Holding(
                version=held.version if held else 0,
                flags=tuple(held.flags) if held else (),
                withdrawn=store.is_withdrawn(opened, number),
                events=events,
            )
    except (sqlite3.Error, OSError) as error:
        raise StoreUnreadable from error


def spoken_delay(milliseconds: int | None) -> Text:
    """From the act to its arrival; what is older than the department's connection came with its opening set."""
    if milliseconds is None:
        return "—"
    spoken = duration(milliseconds).replace(" ", NO_BREAK)
    return spoken if milliseconds < DAY else format_lazy(_("{duration}, with the opening set"), duration=spoken)
