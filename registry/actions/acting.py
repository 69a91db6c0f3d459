"""The frame of every act: lock the listings, ask the table, change, record, and append to the log last.

Lock order, the same everywhere: court, decision, runs of terms, listings by id, digests by number, everything else, the head row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import F, prefetch_related_objects

from registry import log, payload, units
from registry.deputies import absent_for
from registry.errors import NoSuchListing, PaperReferenceIsPersonal, PaperReferenceNeeded, ReasonNeeded
from registry.lifecycle import ACTS, Act, refuse_court, refuse_role, refuse_state
from registry.models import ActRecord, Court, Decision, Event, EventType, FormerName, IdentityDocument, Listing, Officer
from registry.models.acts import sealed_reason
from registry.storing import store_alike
from registry.words import holds, is_number

Change = Callable[[Listing], None]

# With whom a listing waits for an act, so that a deputy's name stands beside whose work it is.
WAITS_WITH = {
    **dict.fromkeys(("enter", "amend", "discard", "submit", "confirm_no_appeal", "hold"), "held_by_id"),
    **dict.fromkeys(("return", "approve"), "assigned_to_id"),
}
REASON_LEAST, REASON_MOST = 2, 1000
PAPER_LEAST, PAPER_MOST = 2, 100


def today(now: datetime) -> date:
    """The calendar day in the court's time zone."""
    return now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).date()


def lock(listing_ids: Iterable[int], *, sealed_too: bool = False) -> list[Listing]:
    """The listings, locked in the order of their ids. Raises `NoSuchListing` if one is missing, or sealed.

    What hangs on them is read once they are held: a statement that waited for a row would read the new row, and beside it person,
    decision and party as they were before whoever held it wrote.
    """
    wanted = set(listing_ids)
    listings = (Listing.including_sealed if sealed_too else Listing.objects).filter(pk__in=wanted).order_by("pk")
    list(listings.select_for_update(no_key=True).values_list("pk"))
    rows = list(listings.select_related("court", "party__decision", "party__person"))
    if len(rows) != len(wanted):
        raise NoSuchListing
    return rows


def hold_decisions(decision_ids: Iterable[int]) -> None:
    """Until the end of the transaction nobody else enters a party in these, or amends them; to be called before `lock`."""
    held = Decision.objects.select_for_update(no_key=True).filter(pk__in=set(decision_ids))
    list(held.order_by("pk").values_list("pk"))


def fetch_for_dates(listings: Sequence[Listing]) -> None:
    """What computing effect and term reads, in one go for all of them."""
    prefetch_related_objects(listings, "party__prohibitions", "party__decision__parties")


def fetch_for_event(listings: Sequence[Listing], event: EventType) -> None:
    """What the event says, in one go for all of them; the documents' digests are locked in any case."""
    prefetch_related_objects(listings, "party__person__documents")
    if event in payload.WHOLE:
        prefetch_related_objects(listings, "party__prohibitions")
        of_units = [row for row in listings if units.is_unit(row.party.person)]
        prefetch_related_objects(of_units, "party__person__former_names", "party__person__unit_changes")


def admit(act: Act, officer: Officer, listings: Sequence[Listing]) -> None:
    """Ask the table for every listing, before anything is changed."""
    look_again(officer)
    refuse_role(act, officer)
    for listing in listings:
        refuse_court(act, officer, listing)
        refuse_state(act, listing)


def look_again(officer: Officer) -> None:
    """Whether he still serves: his appointment may have ended since his page was asked for, or while this waited for a row."""
    officer.account.refresh_from_db(fields=["is_active"])


def need_reason(act: Act, reason: str) -> str:
    return given(reason) if act.reason else reason.strip()


def given(reason: str) -> str:
    """The reason without blanks around it. Raises ReasonNeeded."""
    words = reason.strip()
    if not REASON_LEAST <= len(words) <= REASON_MOST:
        raise ReasonNeeded("reason")
    return words


def paper_reference(typed: str, listings: Sequence[Listing]) -> str:
    """By which paper something was said of these listings, without blanks around it. PaperReferenceNeeded,
    PaperReferenceIsPersonal.
    """
    words = " ".join(typed.split())
    if not PAPER_LEAST <= len(words) <= PAPER_MOST:
        raise PaperReferenceNeeded("reference", most=PAPER_MOST)
    if is_personal(words, listings):
        raise PaperReferenceIsPersonal("reference")
    return words


def is_personal(words: str, listings: Sequence[Listing]) -> bool:
    """Whether they may hold a document number, or name a person of these listings."""
    persons = [listing.party.person for listing in listings]
    numbers = [row.number for row in IdentityDocument.including_mistaken.filter(person__in=persons)]
    former = [row.name for row in FormerName.at_the_desk.filter(person__in=persons)]
    names = [*(person.name for person in persons), *former]
    return is_number(words) or any(holds(words, each) for each in (*numbers, *names))


def perform(
    name: str,
    listings: Sequence[Listing],
    *,
    officer: Officer | None,
    now: datetime,
    change: Change | None = None,
    alike: Mapping[str, Any] | None = None,
    reason: str = "",
    reader: int | None = None,
) -> list[Event]:
    """Carry the act out on locked, admitted listings: new state, new version where the log must know, record, event.

    ``officer`` None is the system. ``change`` is applied to each listing before it is saved. ``alike``: nothing else
    changes but these fields, to the same values everywhere, so one statement saves them all; listings that have their
    keys and are not stored yet are for the caller to store. ``reader``: the events are meant for it alone. Returns the events, in the listings' order.
    """
    act = ACTS[name]
    if act.event is not None:
        fetch_for_event(listings, act.event)
        lock_digests(listings)
    for listing in listings:
        refuse_state(act, listing)
        if change is not None:
            change(listing)
        if act.target is not None:
            listing.state = act.target
        if act.event is not None:
            listing.version += 1
        if alike is None:
            listing.save()
    if alike is not None:
        _save_alike(act, listings, alike)
    record(name, listings, officer=officer, now=now, reason=reason)
    if act.event is None:
        return []
    return log.append([_entry(act.event, listing, now, reader) for listing in listings])


def _save_alike(act: Act, listings: Sequence[Listing], values: Mapping[str, Any]) -> None:
    further = {} if act.event is None else {"version": F("version") + 1}
    moved = {} if act.target is None else {"state": act.target}
    stored = [row.pk for row in listings if not row._state.adding]
    if stored:
        Listing.including_sealed.filter(pk__in=stored).update(**further, **moved, **values)
    for listing in listings:
        for name, value in values.items():
            setattr(listing, name, value)


def _entry(event: EventType, listing: Listing, now: datetime, reader: int | None) -> log.Entry:
    return log.Entry(type=event, listing=listing, payload=payload.of(listing, event), occurred_at=now, reader=reader)


def record(name: str, listings: Sequence[Listing], *, officer: Officer | None, now: datetime, reason: str = "") -> None:
    """Write down who did what to each listing and why, and for whom where he stands in for the one it waits with."""
    absent = _absent(name, listings, officer, now)
    rows = []
    for listing in listings:
        key = uuid4()
        rows.append((key, listing.number, listing.version, absent.get(listing.pk), sealed_reason(key, reason)))
    varying = ("id", "listing_number", "version", "on_behalf_of_id", "reason_sealed")
    store_alike(ActRecord(act=name, officer=officer, at=now), varying, rows)


def _absent(name: str, listings: Sequence[Listing], officer: Officer | None, now: datetime) -> dict[int, int]:
    """For whom the officer does the act, by listing: with whom it waits, where he stands in for that one today."""
    holder = WAITS_WITH.get(name)
    if officer is None or holder is None:
        return {}
    others = {row.pk: getattr(row, holder) for row in listings}
    others = {pk: other for pk, other in others.items() if other not in (None, officer.pk)}
    if not others:
        return {}
    absent = absent_for(officer, set(others.values()), today(now))
    return {pk: other for pk, other in others.items() if other in absent}


def lock_digests(listings: Sequence[Listing]) -> None:
    """Exclusive against screenings of the same documents: no positive answer slips past the event that ends it."""
    hold_digests(bytes(row.digest) for each in listings for row in each.party.person.documents.all())


def hold_digests(digests: Iterable[bytes]) -> None:
    """Until the end of the transaction, nobody else enters or ends anything under these document digests."""
    keys = sorted({digest_lock(digest) for digest in digests})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS locks (key)", [keys])


def hold_court(officer: Officer) -> None:
    """Until the end of the transaction, nobody else enters a case or a decision in the officer's court.

    What is entered twice at the same moment is then refused by name and not by a constraint.
    """
    Court.objects.select_for_update(no_key=True).get(pk=officer.court_id)


def digest_lock(digest: bytes) -> int:
    """The advisory lock's key for a document digest: its first 8 bytes as a signed number."""
    return int.from_bytes(digest[:8], "big", signed=True)
