"""What the register holds about a person who proved who he is: found by number and name, never by a name alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet

from registry.actions.acting import today
from registry.errors import NoSuchRecord
from registry.models import ActRecord, Listing, State
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.persons.models import OtherNameAlarm

# What was approved. A draft is not in the register yet; of what was purged nothing is left to show.
SHOWN = (State.AWAITING_EFFECT, State.ACTIVE, State.SUSPENDED, State.WITHDRAWN)
ENDS = ("withdraw", "expire")


@dataclass(frozen=True, kw_only=True)
class Holding:
    """``listings``: the newest first."""

    listings: list[Listing]
    as_of: datetime

    @property
    def numbers(self) -> list[str]:
        return [listing.number for listing in self.listings]


class Ending(NamedTuple):
    """How a listing ended. ``reason``: the officers' words; "" where its term was over."""

    at: datetime
    reason: str


def of(subject: Subject, *, now: datetime) -> Holding:
    """Everything that is held. A number that another name bears holds nothing here, and a person at the court hears of it."""
    bearers = lookup.bearers(subject)
    if bearers and not any(each.called for each in bearers):
        _alarm(subject, [each.person_id for each in bearers], now)
    mine = [each.person_id for each in bearers if each.called]
    return Holding(listings=list(_listings(mine).order_by("-number")), as_of=now)


def one(subject: Subject, number: str, *, now: datetime) -> Listing:
    """Raises `NoSuchRecord`: another person's listing is as absent as one that never was."""
    found = next((each for each in of(subject, now=now).listings if each.number == number), None)
    if found is None:
        raise NoSuchRecord
    return found


def persons(subject: Subject) -> set[UUID]:
    """As whom the register holds him, where anything of it is shown: all that is his meets there, whatever document and name
    he came with.
    """
    return set(_listings(lookup.persons(subject)).values_list("party__person", flat=True))


def endings(numbers: Collection[str]) -> Mapping[str, Ending]:
    """By listing number, of those that have ended."""
    acts = ActRecord.objects.filter(listing_number__in=numbers, act__in=ENDS).order_by("at", "recorded_at")
    return {act.listing_number: Ending(act.at, act.reason) for act in acts}


def shown_of(person: OuterRef) -> QuerySet[Listing]:
    """What is shown of a person of the question around it."""
    return Listing.objects.filter(party__person=person, state__in=SHOWN)


def _listings(person_ids: Collection[UUID]) -> QuerySet[Listing]:
    """What was sealed is not among them, nor said to have been."""
    rows = Listing.objects.filter(party__person__in=person_ids, state__in=SHOWN)
    return rows.select_related("court", "party__decision__court", "party__decision__case", "party__person")


def _alarm(subject: Subject, person_ids: Collection[UUID], now: datetime) -> None:
    """One a day for each number: the same visit opens several pages. Of what is sealed, or was never approved, nobody hears
    that its number is in the book.
    """
    shown = Listing.objects.filter(party__person__in=person_ids, state__in=SHOWN)
    numbers = list(shown.order_by("number").values_list("number", flat=True))
    if not numbers:
        return
    row = OtherNameAlarm(subject_digest=subject.digest, listing_numbers=numbers, day=today(now), at=now)
    OtherNameAlarm.objects.bulk_create([row], ignore_conflicts=True)
