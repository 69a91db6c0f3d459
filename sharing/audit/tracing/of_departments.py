"""What departments were told, sent, took and passed on, and what they say they did with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from registry import auditing
from registry.models import AuditEntry, AuditKind, Event, EventType
from sharing.audit.tracing.scope import PartyKind, Scope
from sharing.audit.tracing.source import AT, Found, Row, Source, of, who
from sharing.delivery.models import MEANT_EVENTS, Attempt, Told
from sharing.departments.looking import FILES, given_again
from sharing.departments.models import LeftOver, Look, LookPage, OnwardReceipt, Reached, Receipt
from sharing.parties.models import Client

PULLING = (PartyKind.DEPARTMENT, PartyKind.CLIENT)


def _told(found: Found, scope: Scope) -> Iterator[Row]:
    code, event = found["department__code"], found["listing__events__event_id"]
    said = _event(found, "listing__events__")
    yield Row(found[AT], "told", code, f"department:{code}", found["listing__number"], event, said)


def _pushed(found: Found, scope: Scope) -> Iterator[Row]:
    at, code = who(PartyKind.ENDPOINT, found["endpoint"]), found["endpoint__department__code"]
    said = f"{_event(found, 'event__')} {found['failure'] or 'status'} {found['status']}"
    yield Row(found[AT], "pushed", code, at, found["event__listing__number"] or "", found["event__event_id"], said)


def _pulled(found: Found, scope: Scope) -> Iterator[Row]:
    """As the API noted it: one listing by its number, the whole list ("0-7": as it was at position 7), or a page of events
    ("8-9 opened 3-4": and at or before position 7 those of the third and fourth opening).
    """
    client_id, about = found["who"].removeprefix(auditing.client("")), found["about"]
    department, code = Client.objects.values_list("organisation", "organisation__code").get(client_id=client_id)
    row = Row(found[AT], "pulled", code, who(PartyKind.CLIENT, client_id), about, "", "one listing")
    page, _, behind = about.partition(" opened ")
    first, _, last = page.partition("-")
    if not (first.isascii() and first.isdecimal()):
        if scope.party is not None or about in scope.numbers:
            yield row
    elif int(first) == 0:
        for number in _held(scope, department, int(last), Q(told_at__lte=found[AT])):
            yield row._replace(listing=number, said=f"list at {last}")
    else:
        openings = _opened(scope, department, int(first), behind) if behind else ()
        for event in (*openings, *_meant(scope, department, int(first), int(last))):
            what, said = event["listing__events__event_id"], _event(event, "listing__events__")
            yield row._replace(listing=event["listing__number"], what=what, said=said)


def _looked(found: Found, scope: Scope) -> Iterator[Row]:
    """A question that found nothing is about whoever's document it named."""
    code, member = found["department__code"], who(PartyKind.MEMBER, f"M{found['member']}")
    asked_about = scope.digests.get(bytes(found["digest"] or b""), ("",))
    for number in [found["listing__number"]] if found["listing__number"] else asked_about:
        yield Row(found[AT], "looked", code, member, number, "", found["page"])


def _downloaded(found: Found, scope: Scope) -> Iterator[Row]:
    code, member = found["department__code"], who(PartyKind.MEMBER, f"M{found['member']}")
    said = f"{found['page']} at {found['position']}"
    in_file = Q(opening__lte=found["opened"])
    after = found["after"]
    again = given_again(found["department"], after, found["opened"]).values("listing") if after is not None else ()
    for number in _held(scope, found["department"], found["position"], in_file, after=after, again=again):
        yield Row(found[AT], "downloaded", code, member, number, "", said)


def _reached(found: Found, scope: Scope) -> Iterator[Row]:
    code = found["told__department__code"]
    institution = f"institution:{code}/{found['institution__code']}"
    yield Row(found[AT], "reached", code, institution, found["told__listing__number"], "", "")


def _receipt(found: Found, scope: Scope) -> Iterator[Row]:
    code = found["department__code"]
    by = who(PartyKind.MEMBER, f"M{found['declared_by']}") if found["declared_by"] else f"department:{code}"
    how = "on paper" if found["recorded_by"] else "signed" if found["signed"] else ""
    said = " ".join(filter(None, (found["kind"], how)))
    yield Row(found[AT], "receipt", code, by, found["event__listing__number"] or "", found["event__event_id"], said)


def _onward(found: Found, scope: Scope) -> Iterator[Row]:
    code = found["recall__department__code"]
    institution = f"institution:{code}/{found['institution__code']}"
    yield Row(found[AT], "receipt", code, institution, found["recall__listing__number"], "", found["kind"])


def _event(found: Found, path: str) -> str:
    return f"position {found[f'{path}position']} version {found[f'{path}version']} {found[f'{path}type']}"


def _spans(scope: Scope, department_id: int) -> QuerySet[Told]:
    spans = Told.objects.filter(department=department_id)
    return spans if scope.party is not None else spans.filter(listing__in=scope.listings)


def _opened(scope: Scope, department_id: int, before: int, openings: str) -> QuerySet[Told, dict[str, Any]]:
    """The events of these openings ("3-4") that lie before a position."""
    first, _, last = openings.partition("-")
    of_these = (int(first), int(last))
    again = LeftOver.objects.filter(department_id=department_id, opening__range=of_these).values("listing")
    spans = _spans(scope, department_id).filter(MEANT_EVENTS, Q(opening__range=of_these) | Q(listing__in=again))
    rows = spans.filter(listing__events__position__lt=before).order_by("opening", "listing__events__position")
    found: QuerySet[Told, dict[str, Any]] = rows.values("listing__number", *_EVENT_COLUMNS)
    return found


def _meant(scope: Scope, department_id: int, first: int, last: int) -> QuerySet[Told, dict[str, Any]]:
    """The events meant for it from one position to another, both among them."""
    spans = _spans(scope, department_id).filter(MEANT_EVENTS, listing__events__position__range=(first, last))
    rows = spans.order_by("listing__events__position")
    found: QuerySet[Told, dict[str, Any]] = rows.values("listing__number", *_EVENT_COLUMNS)
    return found


def _held(
    scope: Scope, department_id: int, position: int, told: Q, *, after: int | None = None, again: Any = ()
) -> QuerySet[Told, str]:
    """What its list held at a position, or what had changed in it ``after`` another one (`departments.looking.of_listing`);
    ``told``: which spans were known by then; ``again``: listings that could be opened meanwhile.
    """
    events = Event.objects.filter(listing=OuterRef("listing"), position__lte=position)
    gone = events.filter(type=EventType.WITHDRAWN, reader=None)
    spans = _spans(scope, department_id).filter(told, first_position__lte=position)
    held = spans.filter(Q(ended_position=None) | Q(ended_position__gt=position))
    if after is None:
        held = held.exclude(Exists(gone))
    else:
        changed = Q(Exists(events.filter(position__gt=after))) | Q(decided_position__gt=after)
        held = held.filter(changed | Q(listing__in=again))
    return held.order_by("listing__number").values_list("listing__number", flat=True)


def _told_departments(scope: Scope) -> Q:
    told = Told.objects.filter(listing__in=scope.listings).values("department")
    clients = Client.objects.filter(organisation__in=told).values_list("client_id", flat=True)
    return Q(who__in=[*map(auditing.client, clients)])


def _looked_at(scope: Scope) -> Q:
    return Q(listing__in=scope.listings) | Q(page=LookPage.LOOK_UP, digest__in=list(scope.digests))


def _files_of_told(scope: Scope) -> Q:
    return Q(department__in=Told.objects.filter(listing__in=scope.listings).values("department"))


_EVENT_COLUMNS = tuple(f"listing__events__{each}" for each in ("event_id", "position", "version", "type"))
_LOOK = ("department", "department__code", "member", "page", "position", "after", "opened", "digest", "listing__number")

SOURCES = (
    Source(
        model=Told,
        at="",
        moment=Greatest("told_at", "listing__events__occurred_at"),
        of=lambda: MEANT_EVENTS,
        about=lambda scope: Q(listing__in=scope.listings),
        by=of(department="department"),
        taken=("department__code", "listing__number", *_EVENT_COLUMNS),
        read=_told,
        besides=(Event,),
    ),
    Source(
        model=Attempt,
        at="started_at",
        about=lambda scope: Q(event__listing__in=scope.listings),
        by=of(department="endpoint__department", endpoint="endpoint"),
        taken=(
            *("endpoint", "endpoint__department__code", "status", "failure"),
            *("event__event_id", "event__position", "event__version", "event__type", "event__listing__number"),
        ),
        read=_pushed,
    ),
    Source(
        model=AuditEntry,
        at="at",
        of=lambda: Q(kind=AuditKind.PULL),
        about=_told_departments,
        by=lambda party: Q(who__in=party.signs_in_as) if party.kind in PULLING else None,
        taken=("who", "about"),
        read=_pulled,
    ),
    Source(
        model=Look,
        at="at",
        of=lambda: ~Q(page__in=FILES),
        about=_looked_at,
        by=of(department="department", member="member"),
        taken=_LOOK,
        read=_looked,
    ),
    Source(
        model=Look,
        at="at",
        of=lambda: Q(page__in=FILES),
        about=_files_of_told,
        by=of(department="department", member="member"),
        taken=_LOOK,
        read=_downloaded,
    ),
    Source(
        model=Reached,
        at="at",
        about=lambda scope: Q(told__listing__in=scope.listings),
        by=of(department="told__department"),
        taken=("told__department__code", "institution__code", "told__listing__number"),
        read=_reached,
    ),
    Source(
        model=Receipt,
        at="received_at",
        about=lambda scope: Q(event__listing__in=scope.listings),
        by=of(department="department", member="declared_by"),
        taken=(
            *("department__code", "declared_by", "recorded_by", "signed", "kind"),
            *("event__event_id", "event__listing__number"),
        ),
        read=_receipt,
    ),
    Source(
        model=OnwardReceipt,
        at="received_at",
        about=lambda scope: Q(recall__listing__in=scope.listings),
        by=of(department="recall__department"),
        taken=("recall__department__code", "institution__code", "recall__listing__number", "kind"),
        read=_onward,
    ),
)
