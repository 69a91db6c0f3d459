"""Officers are written to about what waits for too long: how many, of what, and where; never whom it is about.

Judges after the time limit ``review``, the court's registrars after ``review_registrar``, clerks of returned drafts that
nobody touched after ``draft_returned``; on working days from the morning on, about each listing once a day. What is due
is read from the book. A message goes out before it is marked, outside a transaction: rather told twice than never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from registry import deputies, letters, overdue
from registry.addresses import absolute
from registry.assessment import rules
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Listing, Officer, Reminded, Role
from registry.turns import Lock, one_of

ABOUT = "what is due, to officer"
MORNING = 8  # nobody is written to before this hour of the court
KEPT = timedelta(days=30)
REVIEW, REGISTRAR, RETURNED = "review", "review_registrar", "draft_returned"
Due = dict[Officer, list[tuple[int, str]]]


def remind(*, now: datetime) -> int:
    """Write to everybody who has something to hear and did not hear it today; the number of messages. Run by the clock."""
    local = now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE))
    if local.hour < MORNING or not rules().calendar.is_working(local.date()):
        return 0
    with one_of(of=Lock.REMINDING) as turn:
        if turn is None:
            return 0
        Reminded.objects.filter(day__lt=local.date() - KEPT).delete()
        return sum(_tell(officer, found, now) for officer, found in _due(now).items())


def _due(now: datetime) -> Due:
    due: Due = {}
    for clock, listing, officers in (*_reviews(now), *_registrars(now), *_returned(now)):
        for officer in officers:
            due.setdefault(officer, []).append((listing, clock))
    return due


def _reviews(now: datetime) -> Iterator[tuple[str, int, list[Officer]]]:
    """The judge who is asked first and his deputy, or every judge of the court."""
    judges = _by_court(Role.JUDGE)
    absent = _deputies(now)
    for row in overdue.in_review(REVIEW, now).select_related("assigned_to__account"):
        asked = row.assigned_to
        if asked is not None and asked.account.is_active:
            yield REVIEW, row.pk, _reachable([asked, *absent.get(asked.pk, [])])
        else:
            yield REVIEW, row.pk, _reachable(judges.get(row.court_id, []))


def _registrars(now: datetime) -> Iterator[tuple[str, int, list[Officer]]]:
    """Those of the court, or else of the High Court; one without an address is reached by the registry's own."""
    registrars = _by_court(Role.REGISTRAR)
    above = next((each for each in registrars.values() if each[0].court.level == HIGH_COURT_LEVEL), [])
    for pk, court_id in overdue.in_review(REGISTRAR, now).values_list("pk", "court_id"):
        officers = registrars.get(court_id) or above
        yield REGISTRAR, pk, _reachable(officers) or officers[:1]


def _returned(now: datetime) -> Iterator[tuple[str, int, list[Officer]]]:
    """The clerk with whom the draft waits, and his deputy."""
    absent = _deputies(now)
    for row in overdue.untouched(now).select_related("held_by__account"):
        if row.held_by is not None and row.held_by.account.is_active:
            yield RETURNED, row.pk, _reachable([row.held_by, *absent.get(row.held_by.pk, [])])


def _by_court(role: Role) -> dict[int, list[Officer]]:
    found: dict[int, list[Officer]] = {}
    rows = Officer.objects.filter(role=role, account__is_active=True).select_related("account", "court")
    for each in rows.order_by("pk"):
        found.setdefault(each.court_id, []).append(each)
    return found


def _deputies(now: datetime) -> dict[int, list[Officer]]:
    day = now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).date()
    found: dict[int, list[Officer]] = {}
    for row in deputies.standing(day).select_related("deputy__account"):
        found.setdefault(row.officer_id, []).append(row.deputy)
    return found


def _reachable(officers: Iterable[Officer]) -> list[Officer]:
    return [each for each in officers if each.account.email]


def _tell(officer: Officer, found: list[tuple[int, str]], now: datetime) -> bool:
    day = now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).date()
    told = set(Reminded.objects.filter(officer=officer, day=day).values_list("listing", "clock"))
    new = [each for each in found if each not in told]
    write = partial(_message, officer, Counter(clock for _pk, clock in new))
    if not new or not letters.sent_unless_it_rests(write, ABOUT, officer.pk, now=now):
        return False
    standing = set(Listing.objects.filter(pk__in=[pk for pk, _clock in new]).values_list("pk", flat=True))
    rows = [
        Reminded(officer=officer, listing_id=pk, clock=clock, day=day, at=now) for pk, clock in new if pk in standing
    ]
    Reminded.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def _message(officer: Officer, counts: Counter[str]) -> EmailMessage:
    """In both languages, since nobody keeps which one an officer reads; about no person: figures and the address."""
    clocks = rules().clocks
    context = {
        "review": counts[REVIEW],
        "registrar": counts[REGISTRAR],
        "returned": counts[RETURNED],
        "days": {name: clocks[name].number for name in (REVIEW, REGISTRAR, RETURNED)},
        "address": absolute("/desk/"),
    }
    return EmailMessage(
        subject="登记工作提醒 / Waiting on your desk",
        body=render_to_string("desk/reminder.txt", context),
        to=[officer.account.email or settings.REGISTRY_CONTACT_EMAIL],
    )
