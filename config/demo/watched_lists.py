"""A department's side of the live board, read from its receiver's own store."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.demo.watched_book import type_label
from registry import ulid
from registry.errors import Text
from sharing.departments.models import ReceiptKind
from sharing.receiver import store
from sharing.receiver.store import Seen

LOCKED_MS = 200  # how long a store may keep the board waiting
CONNECT_SECONDS = 0.2


@dataclass(frozen=True)
class Arrival:
    """One event as the receiver keeps it."""

    type: str
    number: str
    at: datetime
    delay_ms: int | None
    receipt: str | None
    confirmed: bool

    @property
    def label(self) -> Text:
        return type_label(self.type)

    @property
    def after(self) -> str:
        """From occurred to received, in words; empty for an event of which only its number was told."""
        return "" if self.delay_ms is None else duration(self.delay_ms)

    @property
    def receipt_label(self) -> Text:
        return ReceiptKind(self.receipt).label if self.receipt in ReceiptKind.values else _("none")


@dataclass(frozen=True)
class Copy:
    """A department's own list: listings held, events received, and those by id."""

    held: int
    received: int
    by_event: dict[str, Arrival]
    last: Arrival | None


def read_store(path: Path) -> Copy | None:
    """None where there is no store, or where it is locked or damaged."""
    try:
        with closing(store.open_readonly(path)) as opened:
            opened.execute(f"PRAGMA busy_timeout = {LOCKED_MS}")
            held, events = store.count(opened), store.events_since(opened)
    except sqlite3.Error:
        return None
    arrivals = {event.id: arrival_of(event) for event in events}
    last = max(
        reversed(arrivals.values()), key=lambda arrival: arrival.at, default=None
    )  # of several at once, the latest
    return Copy(held, len(arrivals), arrivals, last)


def answers(url: str) -> bool:
    """Whether anybody listens at a receiver's address."""
    where = urlsplit(url)
    with suppress(OSError), socket.create_connection((where.hostname, where.port or 80), CONNECT_SECONDS):
        return True
    return False


def duration(milliseconds: int) -> str:
    """A delay in the unit that fits it: 63 ms, 2.4 s, 5 min, 3 h, 12 days."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return gettext("%(minutes)s min") % {"minutes": round(seconds / 60)}
    if seconds < 48 * 3600:
        return gettext("%(hours)s h") % {"hours": round(seconds / 3600)}
    days = round(seconds / 86400)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def arrival_of(event: Seen) -> Arrival:
    """What the board shows of an event in the inbox."""
    at = datetime.fromtimestamp(event.received_at / 1000, UTC)
    confirmed = event.receipt_accepted_at is not None
    return Arrival(event.type, event.number, at, delay_of(event), event.receipt_kind, confirmed)


def delay_of(event: Seen) -> int | None:
    """Milliseconds from the act, by the moment in the event's id: what is told of it names whole seconds only."""
    if event.delay is None:
        return None
    try:
        return max(0, event.received_at - ulid.milliseconds(event.id.removeprefix("evt_")))
    except ValueError:
        return event.delay
