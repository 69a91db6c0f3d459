"""What one signed body says: an event, a stub of an event, or a heartbeat. Parsing only; nothing is stored here."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from sharing.receiver.commitments import commitment_of

WHOLE = frozenset({"listing.published", "listing.corrected", "listing.revised", "listing.reinstated"})
STANDING = frozenset({"listing.flagged", "listing.unflagged", "listing.suspended"})
STATED = "listing.stated"
WITHDRAWN = "listing.withdrawn"
KNOWN = WHOLE | STANDING | {STATED, WITHDRAWN}
HEARTBEAT = "registry.heartbeat"
ABOUT_NOBODY = "registry."
SCHEMA = 1

Json = dict[str, Any]
Mark = tuple[int, int]
"""(epoch, version): what decides which of two events about one listing is the later one."""


class Malformed(Exception):
    """A genuine body that this program cannot read. Its text names the place, never a value."""


@dataclass(frozen=True)
class Event:
    """One event as told to this department. ``occurred_at`` is unix milliseconds, None in a stub.

    ``onward``: whether it may be passed on, "" where that is not said; ``trial``: of a conformance run, about an
    invented person; ``commitment``: what stands in the court's log for it, None where it cannot be computed.
    """

    id: str
    epoch: int
    position: int
    type: str
    previous_position: int
    number: str
    occurred_at: int | None = None
    stub: bool = False
    schema: int = SCHEMA
    listing: Json = field(default_factory=dict)
    measures: Any = None
    onward: str = ""
    trial: bool = False
    commitment: bytes | None = None

    @property
    def mark(self) -> Mark:
        return self.epoch, int(self.listing.get("version", 0))

    @property
    def understood(self) -> bool:
        return self.type in KNOWN and self.schema == SCHEMA and not self.stub


@dataclass(frozen=True)
class Heartbeat:
    """ "Nothing changed": the last position meant for this department when the registry last looked.

    ``epoch`` 0 and ``checkpoint`` "" where they are not said; the checkpoint is not verified yet.
    """

    last_position: int
    epoch: int = 0
    checkpoint: str = ""


def read_data(body: object) -> Json:
    """The ``data`` of a body, or Malformed."""
    return _object(_object(body, "body").get("data"), "data")


def read_heartbeat(body: object) -> Heartbeat:
    """The heartbeat in a body; Malformed when it is none."""
    data = read_data(body)
    checkpoint = data.get("checkpoint")
    return Heartbeat(
        last_position=_whole_number(data.get("last_position"), "data.last_position"),
        epoch=_whole_number(data.get("epoch", 0), "data.epoch"),
        checkpoint=checkpoint if isinstance(checkpoint, str) else "",
    )


def read_event(body: object) -> Event:
    """The event in a pushed or pulled body; Malformed when a part that this program needs is missing."""
    data = read_data(body)
    told = _object(data.get("event"), "data.event")
    if _object(body, "body").get("type") != told.get("type"):
        raise Malformed("type and data.event.type differ")
    stub = told.get("stub") is True
    event = Event(
        id=_text(told.get("id"), "data.event.id"),
        epoch=_whole_number(told.get("epoch"), "data.event.epoch"),
        position=_whole_number(told.get("position"), "data.event.position"),
        type=_text(told.get("type"), "data.event.type"),
        previous_position=_whole_number(data.get("previous_position") or 0, "data.previous_position"),
        number=_number_of(told),
        occurred_at=None if stub else _milliseconds(told.get("occurred_at")),
        stub=stub,
        schema=told.get("schema", SCHEMA),
        listing=told.get("listing") or {},
        measures=data.get("measures"),
        onward=str(data.get("onward", "")),
        trial=is_of_a_trial(data),
        commitment=commitment_of(data),
    )
    _check_listing(event)
    return event


def is_of_a_trial(data: Json) -> bool:
    """Whether the registry says that this is no real person; ``trial`` names the conformance run."""
    return bool(data.get("trial"))


def read_outline(body: object) -> Event:
    """Only what places an event in the log, for one whose rest cannot be read; Malformed when even that is missing."""
    told = _object(read_data(body).get("event"), "data.event")
    return Event(
        id=_text(told.get("id"), "data.event.id"),
        epoch=_whole_number(told.get("epoch"), "data.event.epoch"),
        position=_whole_number(told.get("position"), "data.event.position"),
        type=_text(told.get("type"), "data.event.type"),
        previous_position=_whole_number(read_data(body).get("previous_position") or 0, "data.previous_position"),
        number="",
        stub=True,
        trial=is_of_a_trial(read_data(body)),
        commitment=commitment_of(read_data(body)),
    )


def _check_listing(event: Event) -> None:
    """The parts without which an event of a known type could not be applied."""
    if not event.understood:
        return
    _text(event.number, "data.event.listing.number")
    _whole_number(event.listing.get("version"), "data.event.listing.version")
    if event.type in WHOLE | STANDING:
        _text(event.listing.get("state"), "data.event.listing.state")
    if event.type in WHOLE:
        _check_person(_object(event.listing.get("person"), "data.event.listing.person"))
    if event.type == STATED and "statement" not in event.listing:
        raise Malformed("data.event.listing.statement")
    _check_characters([event.listing, event.measures], "data.event.listing")


def _check_person(person: Json) -> None:
    """The documents, by which the listing is found."""
    documents, place = person.get("documents") or [], "data.event.listing.person.documents"
    if not isinstance(documents, list):
        raise Malformed(place)
    for document in documents:
        if not all(isinstance(_object(document, place).get(name) or "", str) for name in ("type", "number")):
            raise Malformed(place)


def _check_characters(said: object, place: str) -> None:
    """JSON may hold half a character, which nothing can be written down with."""
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed(place) from None


def _number_of(told: Json) -> str:
    listing = told.get("listing") or {}
    number = _object(listing, "data.event.listing").get("number", "")
    _check_characters(number, "data.event.listing.number")
    return number if isinstance(number, str) else ""


def _milliseconds(text: object) -> int:
    try:
        moment = datetime.datetime.fromisoformat(_text(text, "data.event.occurred_at"))
    except ValueError:
        raise Malformed("data.event.occurred_at") from None
    if moment.tzinfo is None:
        raise Malformed("data.event.occurred_at has no time zone")
    return round(moment.timestamp() * 1000)


def _object(value: object, place: str) -> Json:
    if not isinstance(value, dict):
        raise Malformed(place)
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise Malformed(place)
    _check_characters(value, place)
    return value


def _whole_number(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Malformed(place)
    return value
