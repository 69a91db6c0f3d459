"""The audit trail as auditors search it: acts, looks, refused acts, what members did, and everything else, in one list.

Each table is asked for a page at most, within days, by an index; no person is named, and no reason is opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import auditing
from registry.errors import PeriodBackwards, PeriodTooLong, Text
from registry.models import AccessRecord, ActRecord, AuditEntry, AuditKind, AuditLeaf, Officer, RefusedAct
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.parties.models import Client, Member, MemberAct

A_PAGE = 50
MOST_DAYS = 92
SHOWN_DAYS = 7
MEMBER_PREFIX = "M"
MEMBER = re.compile(r"M([1-9][0-9]{0,8})", re.ASCII)  # a member's number, as the desk shows it

ACT, LOOK, REFUSED, OUTSIDE = "act", "look", "refused_act", "member_act"
KINDS: Mapping[str, Text] = {
    ACT: _("act on a listing"),
    LOOK: _("look at a person’s data"),
    REFUSED: _("refused act"),
    OUTSIDE: _("act of a member"),
    **{kind.value: kind.label for kind in AuditKind},
}


class Place(NamedTuple):
    """Where a page ends: rows up to this moment, without the first so many of that very moment."""

    at: datetime
    seen: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """``who``: a staff number, a member's number or the id of a machine; ``about``: a number, whole."""

    begins: date
    ends: date
    kind: str = ""
    who: str = ""
    about: str = ""


@dataclass(frozen=True)
class Trace:
    """One row. ``who``: as `Search.who` takes it, "" for the clock or a stranger; ``position``: in the audit tree."""

    table: str
    key: UUID
    at: datetime
    kind: str
    what: str
    who: str
    about: str
    code: str
    position: int | None = None


class Found(NamedTuple):
    traces: list[Trace]
    next: Place | None


class _Who(NamedTuple):
    """Whom a search means, as each table has him; None: nobody of that table."""

    officer: int | None = None
    member: int | None = None
    entries: tuple[str, ...] = ()


class _Shelf(NamedTuple):
    """``narrowed``: which rows of the table are meant; None: none of them."""

    model: type[Model]
    kinds: frozenset[str]
    narrowed: Callable[[Search, _Who | None], Q | None]
    read: Callable[[Any], Trace]
    fetched: tuple[str, ...] = ()


def searched(search: Search, place: Place | None = None) -> Found:
    """A page, the newest first. Raises PeriodBackwards, PeriodTooLong."""
    refuse_days(search)
    if search.about and _sealed([search.about]):
        return Found([], None)
    who = _meant(search.who) if search.who else None
    place = place or Place(_end(search.ends), 0)
    most = A_PAGE + place.seen + 1
    every = [trace for shelf in _SHELVES for trace in _of(shelf, search, who, place.at, most)]
    every.sort(key=lambda each: (-each.at.timestamp(), each.table, each.key))
    rows = every[place.seen : place.seen + A_PAGE]
    more = len(every) > place.seen + A_PAGE
    return Found(_placed(rows), _after(rows, place) if more else None)


def refuse_days(search: Search) -> None:
    """Raises PeriodBackwards, PeriodTooLong."""
    if search.ends < search.begins:
        raise PeriodBackwards
    if (search.ends - search.begins).days >= MOST_DAYS:
        raise PeriodTooLong(most=MOST_DAYS)


def _after(rows: list[Trace], place: Place) -> Place:
    last = rows[-1].at
    seen = sum(each.at == last for each in rows)
    return Place(last, seen + (place.seen if last == place.at else 0))


def _of(shelf: _Shelf, search: Search, who: _Who | None, upto: datetime, most: int) -> list[Trace]:
    if search.kind and search.kind not in shelf.kinds:
        return []
    narrowed = shelf.narrowed(search, who)
    if narrowed is None:
        return []
    rows = shelf.model._default_manager.filter(narrowed, at__gte=_begin(search.begins), at__lte=upto)
    return [shelf.read(row) for row in rows.select_related(*shelf.fetched).order_by("-at", "pk")[:most]]


def _placed(rows: list[Trace]) -> list[Trace]:
    """With the positions of those that have one, and without the numbers of listings that are sealed."""
    asked = Q(pk=None)
    for each in rows:
        asked |= Q(source=each.table, row_key=str(each.key))
    found = AuditLeaf.objects.filter(asked).values_list("source", "row_key", "position")
    positions = {(source, key): position for source, key, position in found}
    hidden = _sealed([each.about for each in rows])
    return [
        replace(
            each,
            position=positions.get((each.table, str(each.key))),
            about=HIDDEN if hidden.intersection(each.about.split()) else each.about,
        )
        for each in rows
    ]


def _sealed(told: list[str]) -> set[str]:
    """Which listings that are sealed these words name."""
    words = {word for each in told for word in each.split()}
    return set(sealed_numbers().filter(number__in=words))


def _meant(who: str) -> _Who:
    officer = Officer.numbered(who).first()
    if officer is not None:
        return _Who(officer=officer.pk, entries=(auditing.account(officer.account_id),))
    number = MEMBER.fullmatch(who)
    member = Member.objects.filter(pk=int(number[1])).first() if number else None
    if member is not None:
        return _Who(member=member.pk, entries=(auditing.account(member.account_id),))
    if Client.objects.filter(client_id=who).exists():
        return _Who(entries=(auditing.client(who),))
    return _Who()


def _of_officer(about: str) -> Callable[[Search, _Who | None], Q | None]:
    """``about``: the column that names what it is about."""

    def narrowed(search: Search, who: _Who | None) -> Q | None:
        if who is not None and who.officer is None:
            return None
        of = Q() if who is None else Q(officer=who.officer)
        return of & Q(**{about: search.about}) if search.about else of

    return narrowed


def _of_member(search: Search, who: _Who | None) -> Q | None:
    if who is not None and who.member is None:
        return None
    of = Q() if who is None else Q(member=who.member)
    return of & Q(about=search.about) if search.about else of


def _of_entry(search: Search, who: _Who | None) -> Q | None:
    if who is not None and not who.entries:
        return None
    of = Q(kind=search.kind) if search.kind else Q()
    of &= Q() if who is None else Q(who__in=who.entries)
    return of & Q(about=search.about) & ~Q(about="") if search.about else of


def _act(row: ActRecord) -> Trace:
    who = row.officer.staff_number if row.officer else ""
    return Trace("registry_actrecord", row.id, row.at, ACT, row.act, who, row.listing_number, "")


def _look(row: AccessRecord) -> Trace:
    return Trace(
        "registry_accessrecord", row.id, row.at, LOOK, row.page, row.officer.staff_number, row.listing_number, ""
    )


def _refused(row: RefusedAct) -> Trace:
    return Trace("registry_refusedact", row.id, row.at, REFUSED, row.act, row.officer.staff_number, row.about, row.code)


def _member(row: MemberAct) -> Trace:
    who = f"{MEMBER_PREFIX}{row.member_id}"
    return Trace("parties_memberact", row.id, row.at, OUTSIDE, row.act, who, row.about, "")


def _entry(row: AuditEntry) -> Trace:
    return Trace("registry_auditentry", row.id, row.at, row.kind, row.door, row.who, row.about, row.code)


_SHELVES = (
    _Shelf(ActRecord, frozenset({ACT}), _of_officer("listing_number"), _act, ("officer",)),
    _Shelf(AccessRecord, frozenset({LOOK}), _of_officer("listing_number"), _look, ("officer",)),
    _Shelf(RefusedAct, frozenset({REFUSED}), _of_officer("about"), _refused, ("officer",)),
    _Shelf(MemberAct, frozenset({OUTSIDE}), _of_member, _member),
    _Shelf(AuditEntry, frozenset(AuditKind.values), _of_entry, _entry),
)


def named(traces: list[Trace]) -> dict[str, str]:
    """For audit entries, which know accounts: the staff number, the member's number, or the machine's id; by `who`."""
    accounts = {int(each.who.partition(":")[2]) for each in traces if each.who.startswith("account:")}
    found = {each.who: each.who.partition(":")[2] for each in traces if each.who.startswith(("client:", "command:"))}
    officers = Officer.objects.filter(account__in=accounts).values_list("account_id", "staff_number")
    found |= {auditing.account(account): number for account, number in officers}
    members = Member.objects.filter(account__in=accounts).values_list("account_id", "pk")
    return found | {auditing.account(account): f"{MEMBER_PREFIX}{number}" for account, number in members}


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _end(day: date) -> datetime:
    return _begin(day + timedelta(days=1)) - timedelta(microseconds=1)
