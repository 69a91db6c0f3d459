"""After a restore: departments and book are brought level, once what was lost is done again.

The court cannot know what it lost; its departments do, and hand it over (`python -m sharing.receiver.lost`). What they had
been told stays with them until an officer has done it again: a withdrawal above all is never taken back by telling a
department anew what an old backup says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from registry import actions, log
from registry.errors import LostShape
from registry.lifecycle import IN_FORCE
from registry.models import Event, EventType, Listing
from sharing.delivery.models import TellingCursor, Told
from sharing.departments import settling
from sharing.departments.eligibility import Said
from sharing.departments.models import Department

CHUNK = 500
NEW_EPOCH = "the log goes on in a new epoch"
_TYPES = frozenset(each.value for each in EventType)


@dataclass(frozen=True, order=True)
class Lost:
    """An event of a former epoch that a department had been told of and the log has no more."""

    position: int
    listing: str
    type: str


@dataclass(frozen=True)
class SortedOut:
    """``to_do``: acts on listings that the backup has, by position, as long as nothing of their type was told since;
    ``unknown``: numbers that the backup has not: entered anew they may have another one, and another listing this one;
    ``withdrawn``: of these, the withdrawal of each of which nothing was told after it.
    """

    to_do: list[Lost]
    unknown: list[str]
    withdrawn: dict[str, Lost]


def read_lost(lines: Iterable[str], *, name: str) -> set[Lost]:
    """What a department handed over, a JSON line for each event. Refusal: LostShape, naming file and line."""
    found = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.add(_lost(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            raise LostShape(name, name=name, line=number) from None
    return found


def sorted_out(lost: Collection[Lost]) -> SortedOut:
    """What of it is still to be done, as far as the book can tell."""
    _, epoch = log.head()
    numbers = {each.listing for each in lost}
    events = Event.objects.filter(listing__number__in=numbers, reader=None)
    since = set(events.filter(epoch=epoch).values_list("listing__number", "type"))
    ended = {number for number, type_ in since if type_ == EventType.WITHDRAWN}
    known = set(events.filter(epoch__lt=epoch).values_list("listing__number", flat=True))
    again = [each for each in sorted(lost) if each.listing in known]
    return SortedOut(
        to_do=[each for each in again if (each.listing, each.type) not in since and each.listing not in ended],
        unknown=sorted(numbers - known),
        withdrawn={
            number: last for number, last in _last(lost).items() if number not in known and _is_withdrawal(last)
        },
    )


def _last(lost: Collection[Lost]) -> dict[str, Lost]:
    return {each.listing: each for each in sorted(lost)}


def _is_withdrawal(lost: Lost) -> bool:
    return lost.type == EventType.WITHDRAWN.value


def waiting(department_id: int, besides: Collection[str] = ()) -> int:
    """How many listings in force it would be told of anew."""
    return _untold(department_id, besides).count()


def tell_anew(department_id: int, *, besides: Collection[str], now: datetime) -> int:
    """Tell the department what is in force, of each listing that it was told of and heard nothing of in this epoch; ``besides``:
    numbers of listings that wait for an officer. In chunks, each one transaction; what is done is not done again. How many.
    """
    told = 0
    while said := _tell_chunk(department_id, besides, now):
        told += said
    return told


def _tell_chunk(department_id: int, besides: Collection[str], now: datetime) -> int:
    with transaction.atomic():
        # The order of locks is that of settling.
        TellingCursor.objects.select_for_update().get(pk=1)
        Department.objects.select_for_update().get(pk=department_id)
        spans = {each.listing_id: each for each in _untold(department_id, besides).order_by("listing")[:CHUNK]}
        held = {listing.pk for listing in actions.hold_for_addressing(spans)}
        said: Mapping[int, Said] = {pk: Said.by(span) for pk, span in spans.items() if pk in held}
        settling.say_anew(department_id, said, now=now, reason=NEW_EPOCH)
        return len(said)


def _untold(department_id: int, besides: Collection[str]) -> QuerySet[Told]:
    _, epoch = log.head()
    heard = Event.objects.filter(Q(reader=None) | Q(reader=department_id), listing=OuterRef("listing"), epoch=epoch)
    waiting_for_officers = Listing.including_sealed.filter(number__in=besides)
    spans = Told.objects.filter(department_id=department_id, ended_position=None, listing__state__in=IN_FORCE)
    return spans.exclude(listing__in=waiting_for_officers).exclude(Exists(heard))


def _lost(told: Any) -> Lost:
    if told["type"] not in _TYPES or not isinstance(told["listing"], str):
        raise ValueError
    return Lost(int(told["position"]), told["listing"], told["type"])
