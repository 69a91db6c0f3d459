"""Sealing: a listing leaves everybody's sight for good (CPL 286; docs/sealing.md).

What was in force is withdrawn by the same event as any other withdrawal. The mark is set in the same statement, so there
is no moment in which a sealed listing is found, counted or told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from registry import identity
from registry.actions.acting import given, perform, record
from registry.actions.departing import mark_what_they_held
from registry.actions.examining import ADULT
from registry.actions.people import forget_party
from registry.actions.purging import forget_files
from registry.errors import NoSuchSealed, SealingRegistrarNeeded
from registry.lifecycle import DESK, IN_FORCE
from registry.models import (
    AccessRecord,
    Listing,
    Officer,
    Person,
    Seal,
    SealGround,
    SealingOrder,
    SealOpened,
    State,
)
from registry.overseeing import refuse_unless_registrar
from registry.storing import store

PAGE = "sealed"


def seal(
    listings: Sequence[Listing],
    ground: SealGround,
    *,
    words: str,
    officer: Officer,
    now: datetime,
    order: SealingOrder | None = None,
) -> None:
    """Seal locked listings that are or were in force; those in force are withdrawn, last of all. The judgment's file, which
    names them with the others, is destroyed. What is purged by now is left: nothing of it is there to be seen.
    """
    listings = [row for row in listings if row.state != State.PURGED]
    over = [row.pk for row in listings if row.state not in IN_FORCE]
    store([_seal(row, ground, words, officer, now, order) for row in listings])
    forget_files({row.party.decision_id for row in listings})
    Listing.objects.filter(pk__in=over).update(sealed_at=now)
    standing = [row for row in listings if row.state in IN_FORCE]
    perform("seal", standing, officer=officer, now=now, alike={"sealed_at": now})


def shown_birth_date(changes: Mapping[str, Any]) -> date | None:
    """The birth date that a proposal's changes show, the youngest if several; None where they say nothing of it."""
    told: set[date | None] = set()
    if "birth_date" in changes:
        told.add(date.fromisoformat(changes["birth_date"]))
    if "document" in changes:
        told.add(identity.birth_date(changes["document"]["type"], changes["document"]["number"]))
    return max((day for day in told if day is not None), default=None)


def young(person: Person, birth: date) -> list[int]:
    """Ids of the person's listings, in whatever state, with an offence before the age of 18 if born on that day."""
    rows = Listing.objects.filter(party__person=person).values_list("pk", "party__offence_dates")
    return sorted(pk for pk, days in rows if any(identity.age_on(birth, day) < ADULT for day in days))


def found_young(person: Person, changes: Mapping[str, Any]) -> list[int]:
    """Ids of the listings that carrying out these changes seals or destroys."""
    birth = shown_birth_date(changes)
    return [] if birth is None or birth == person.birth_date else young(person, birth)


def seal_young(listings: Sequence[Listing], *, words: str, officer: Officer, now: datetime) -> None:
    """Of a person who turns out to have been under 18: drafts are destroyed, what was told is sealed."""
    drafts = [row for row in listings if row.state in DESK]
    record("discard", drafts, officer=officer, now=now)
    mark_what_they_held(drafts)
    forget_files({row.party.decision_id for row in drafts})
    for row in drafts:
        forget_party(row)
    told = [row for row in listings if row.state not in DESK]
    seal(told, SealGround.JUVENILE, words=words, officer=officer, now=now)


def open_sealed(number: str, *, officer: Officer, reason: str, now: datetime) -> Listing:
    """A registrar of the High Court looks at a sealed listing; who, when and why is on record before it is shown.

    Raises `SealingRegistrarNeeded`, `ReasonNeeded`; `NoSuchSealed` alike for what is not sealed and what is not there.
    """
    refuse_not_sealing(officer)
    words = given(reason)
    listing = (
        Listing.including_sealed.exclude(sealed_at=None)
        .select_related("court", "party__decision", "party__person", "seal__officer", "seal__order")
        .filter(number=number.strip().upper())
        .first()
    )
    if listing is None:
        raise NoSuchSealed("number")
    opened = SealOpened(listing=listing, officer=officer, at=now)
    opened.reason = words
    with transaction.atomic():
        opened.save()
        AccessRecord.objects.create(officer=officer, listing_number=listing.number, page=PAGE, at=now)
    return listing


def refuse_not_sealing(officer: Officer) -> None:
    """Raise `SealingRegistrarNeeded` unless the officer is a registrar of the High Court."""
    refuse_unless_registrar(officer, SealingRegistrarNeeded)


def _seal(
    listing: Listing, ground: SealGround, words: str, officer: Officer, now: datetime, order: SealingOrder | None
) -> Seal:
    row = Seal(listing=listing, ground=ground, order=order, officer=officer, at=now)
    row.words = words
    return row
