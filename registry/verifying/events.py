"""Single events: that the bytes give the commitment, and that the row says what the bytes say.

The bytes are compared without being parsed: canonical JSON (RFC 8785) has its keys in order, so what the columns say stands
at its beginning and at its end, and a quotation mark inside a text is never a bare one.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Value, When

from registry.keys import KeyUnknown, SealBroken
from registry.log import SCHEMA, utc_text
from registry.models import Event, EventType, State
from registry.models.log import open_parts
from registry.payload import WHOLE
from registry.verifying.findings import Finding, Kind


class Row(NamedTuple):
    """One row of the log, with the number and state of its listing, and what it said as it is sealed."""

    position: int
    event_id: str
    epoch: int
    type: str
    listing_id: int | None
    version: int
    occurred_at: datetime
    commitment: bytes
    number: str | None
    state: str | None
    body_sealed: bytes | None
    salt_sealed: bytes | None


class Opened(NamedTuple):
    row: Row
    body: bytes
    salt: bytes


_COLUMNS = (
    "position", "event_id", "epoch", "type", "listing_id", "version", "occurred", "commitment",
    "listing__number", "listing__state", "payload__body_sealed", "payload__salt_sealed",
)  # fmt: skip
# A moment that no calendar has stops nobody from reading the others: it is read as another one, and so is not what the event says.
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_OCCURRED = Case(When(occurred_at__range=(_FIRST, _LAST), then="occurred_at"), default=Value(_FIRST))
_WHOLE = frozenset(each.value for each in WHOLE)
_STANDING = frozenset(each.value for each in (EventType.FLAGGED, EventType.UNFLAGGED, EventType.SUSPENDED))


def read(begin: int, end: int) -> list[Row]:
    """The rows of the positions after `begin` up to `end`, read by one statement: as they all were at one moment."""
    rows = Event.objects.filter(position__gt=begin, position__lte=end).order_by("position", "event_id")
    return [_row(told) for told in rows.annotate(occurred=_OCCURRED).values_list(*_COLUMNS)]


def _row(told: tuple[Any, ...]) -> Row:
    *plain, commitment, number, state, body, salt = told
    return Row._make((*plain, bytes(commitment), number, state, _bytes(body), _bytes(salt)))


def _bytes(column: memoryview | None) -> bytes | None:
    return None if column is None else bytes(column)


def opened(rows: Iterable[Row], findings: list[Finding]) -> Iterator[Opened]:
    """Those whose payload is there; what is wrong with the others goes to `findings`."""
    for row in rows:
        if row.listing_id is not None and row.number is None:
            findings.append(Finding(kind=Kind.NO_LISTING, position=row.position))
        is_purged = row.state == State.PURGED and row.type != EventType.WITHDRAWN
        if row.body_sealed is None or row.salt_sealed is None:
            if not is_purged:
                findings.append(Finding(kind=Kind.NO_PAYLOAD, position=row.position))
            continue
        if is_purged:
            findings.append(Finding(kind=Kind.KEPT_PAYLOAD, position=row.position))
        try:
            body, salt = open_parts(row.event_id, row.body_sealed, row.salt_sealed)
        except (SealBroken, KeyUnknown):
            findings.append(Finding(kind=Kind.UNREADABLE, position=row.position))
            continue
        yield Opened(row, body, salt)


def differing(events: Iterable[Opened]) -> Iterator[Finding]:
    """What is wrong with events that are read and opened already."""
    for row, body, salt in events:
        if hmac.digest(salt, body, "sha256") != row.commitment:
            yield Finding(kind=Kind.COMMITMENT, position=row.position)
        elif not _says(body, row):
            yield Finding(kind=Kind.COLUMNS, position=row.position)


def _says(body: bytes, row: Row) -> bool:
    begin = f'{{"epoch":{row.epoch},"id":"{row.event_id}","listing":{{'
    end = (
        f'"version":{row.version}}},"occurred_at":"{utc_text(row.occurred_at)}",'
        f'"position":{row.position},"schema":{SCHEMA},"type":"{row.type}"}}'
    )
    if row.type in _WHOLE:
        # Documents have numbers, too, but none of theirs follows a list.
        middle = f'],"number":"{row.number}","person":{{'
        return body.startswith(begin.encode()) and middle.encode() in body and body.endswith(f",{end}".encode())
    if row.type in _STANDING:
        middle = f'],"number":"{row.number}","state":"'
        return body.startswith(f'{begin}"flags":['.encode()) and middle.encode() in body and body.endswith(end.encode())
    if row.type == EventType.STATED:
        named = f'{begin}"number":"{row.number}","statement":"'
        return body.startswith(named.encode()) and body.endswith(f'",{end}'.encode())
    if row.type == EventType.WITHDRAWN:
        return body == f'{begin}"number":"{row.number}",{end}'.encode()
    return body.startswith(begin.encode()) and body.endswith(end.encode())
