"""The listing part of each event (WIRE §1): built once, from the rows as they are after the act."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry import units
from registry.models import EventType, Listing, Person, Prohibition

Payload = dict[str, Any]


def of(listing: Listing, event: EventType) -> Payload:
    """The payload that ``event`` carries for ``listing``; `listing.withdrawn` never says more than number and version."""
    return _SHAPES[event](listing)


def whole(listing: Listing) -> Payload:
    return {
        **_standing(listing),
        "ends_on": _day(listing.ends_on),
        "person": _person(listing),
        "decision": _decision(listing),
        "prohibitions": [_prohibition(row) for row in listing.party.prohibitions.all()],
        "statement": listing.statement,
    }


def _identity(listing: Listing) -> Payload:
    return {"number": listing.number, "version": listing.version}


def _standing(listing: Listing) -> Payload:
    return {**_identity(listing), "state": listing.state, "flags": sorted(listing.flags)}


def _stated(listing: Listing) -> Payload:
    """Empty where the person took his words back: version 1 promises a text here."""
    return {**_identity(listing), "statement": listing.statement or ""}


def _person(listing: Listing) -> Payload:
    person = listing.party.person
    documents = sorted(
        ({"type": row.type, "number": row.number} for row in person.documents.all()), key=_document_order
    )
    return {"kind": person.kind, "name": person.name, "documents": documents, **_unit(person)}


def _unit(person: Person) -> Payload:
    """What else is needed to find a unit that changed; of a natural person nothing. Who represents it, who came after it and
    who was punished with it is told to nobody.
    """
    if not units.is_unit(person):
        return {}
    found = units.registration(person)
    return {
        "former_names": units.former_names(person),
        "registration": {"status": found.status.value, "since": _day(found.since)},
    }


def _document_order(document: Payload) -> tuple[str, str]:
    return document["type"], document["number"]


def _decision(listing: Listing) -> Payload:
    party, decision = listing.party, listing.party.decision
    return {
        "kind": decision.kind,
        "article": party.article,
        "facts": sorted(decision.facts),
        "court": listing.court.code,
        "case_number": decision.number,
        "effective_on": _day(listing.effective_on),
    }


def _prohibition(row: Prohibition) -> Payload:
    return {"scope": row.scope, "starts_on": _day(row.runs_from), "ends_on": _day(row.ends_on), "basis": row.basis}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


WHOLE = (EventType.PUBLISHED, EventType.CORRECTED, EventType.REVISED, EventType.REINSTATED)

_SHAPES = {
    **dict.fromkeys(WHOLE, whole),
    EventType.FLAGGED: _standing,
    EventType.UNFLAGGED: _standing,
    EventType.SUSPENDED: _standing,
    EventType.STATED: _stated,
    EventType.WITHDRAWN: _identity,
}
