"""By the clock: days are counted anew, what nobody pursues ends, flags are kept, and what is late reaches the registry.

The registry is reminded on the due day, and told one, three and seven days after it, and every week from then on; where
somebody says that he is not the one, or nobody of the court that reviews may decide, at once. One message, with figures and numbers and about no person.
Who raised one through an officer and gave an address hears that something changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from registry import letters
from registry.actions.acting import today
from registry.actions.apart import one_by_one
from registry.addresses import absolute
from registry.assessment import rules
from registry.errors import ObjectionNotNow, Refusal
from registry.lifecycle import IN_FORCE
from registry.models import Flag
from registry.turns import Lock, one_of
from sharing.persons.models import Objection, ObjectionKind, ObjectionState, Part
from sharing.persons.models.objection_states import BEFORE_THE_HIGHER_COURT, OPEN, OVER
from sharing.persons.objections import clocks, finding, mailing, stepping
from sharing.persons.objections.clocks import OF_THE_COURT
from sharing.persons.objections.lifecycle import STEPS

LATE_STEPS = ("first_escalation", "second_escalation", "third_escalation")
WEEK = timedelta(days=7)
REMINDER = 1
MORNING = 8  # nobody is written to before this hour of the court
CHUNK = 500
ABOUT = "the objection"


def mind(*, now: datetime) -> None:
    """Everything that is due by the clock; again with the same effect, and by one at a time."""
    with one_of(of=Lock.MINDING) as turn:
        if turn is None:
            return
        try:
            clocks.count_anew()
            end_what_is_over(now=now)
            end_what_fell_away(now=now)
            keep_flags(now=now)
        finally:  # whoever is to be told does not wait for what cannot be decided
            escalate(now=now)
            mailing.tell(now=now)


def end_what_is_over(*, now: datetime) -> int:
    """Close what was not completed in time, and decisions that nobody took to the higher court; how many. Some days later,
    so that of what came or was posted in time hardly any finds it closed; what does opens it again (`deciding`).
    """
    late = Objection.objects.filter(due_on__lt=clocks.over_before(today(now)))
    ends = {
        "lapse": late.filter(state=ObjectionState.RETURNED),
        "close": late.filter(clock="higher_court_asked"),
    }
    return sum(
        one_by_one(_first(rows.order_by("due_on", "pk")), partial(_ended, name=name, now=now), ABOUT)
        for name, rows in ends.items()
    )


def _first(rows: QuerySet[Objection]) -> list[str]:
    return list(rows.values_list("pk", flat=True)[:CHUNK])


def _ended(number: str, name: str, now: datetime) -> bool:
    def prepare(objection: Objection) -> None:
        if objection.due_on is None or objection.due_on >= clocks.over_before(today(now)):
            raise ObjectionNotNow(step=STEPS[name].label, state=ObjectionState(objection.state).label)
        objection.over_on = objection.due_on

    try:
        stepping.take(number, name, officer=None, now=now, prepare=prepare)
    except Refusal:  # the person was quicker
        return False
    return True


def end_what_fell_away(*, now: datetime) -> int:
    """Close what is open about listings that were sealed meanwhile, which nobody may find any more, and about drafts that
    were destroyed; how many. Who says that he is not the one is still owed an answer then. What was destroyed before it was
    served is owed to nobody.
    """
    is_gone = Q(listing=None) & ~Q(part=Part.IDENTITY) | Q(state=ObjectionState.CLOSED, content_sealed=None)
    rows = Objection.objects.filter(Q(listing__sealed_at__isnull=False) | is_gone).exclude(OVER)
    return one_by_one(_first(rows.order_by("pk")), partial(_fell_away, now=now), ABOUT)


def _fell_away(number: str, now: datetime) -> bool:
    try:
        stepping.take(number, "fall_away", officer=None, now=now)
    except ObjectionNotNow:  # the person was quicker
        return False
    return True


def keep_flags(*, now: datetime) -> int:
    """Set the flag on listings that came into force while an admitted objection about them is open; how many."""
    rows = Objection.objects.filter(kind=ObjectionKind.OBJECTION, state__in=OPEN, listing__state__in=IN_FORCE)
    rows = rows.exclude(listing__flags__contains=[Flag.DISPUTED.value])
    return one_by_one(_first(rows.order_by("pk")), partial(_flagged, now=now), ABOUT)


def _flagged(number: str, now: datetime) -> bool:
    stepping.flag_again(number, now=now)
    return True


@dataclass(frozen=True)
class Late:
    """``days``: since the due day; 0 on it and before. ``doubted``: somebody says that he is not the one; ``nobody``: nobody
    of the court that reviews may decide.
    """

    number: str
    due_on: date
    days: int
    doubted: bool
    nobody: bool


def escalate(*, now: datetime) -> bool:
    """Whether a message went out. Its steps are saved after it, outside a transaction: rather told twice than never."""
    if now.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).hour < MORNING:
        return False
    found = list(_reaching(today(now)))
    if not found or not letters.sent(_message([late for late, _step in found]), "objections"):
        return False
    for late, step in found:
        Objection.objects.filter(pk=late.number, due_on=late.due_on, step_told__lt=step).update(step_told=step)
    return True


def reached(due_on: date, day: date) -> int:
    """How many steps have been reached on the day: 0 nothing, 1 the reminder, 2 and more late."""
    if day < due_on:
        return 0
    by = rules().clocks
    passed = [name for name in LATE_STEPS if day >= due_on + timedelta(days=by[name].number)]
    over = day - due_on - timedelta(days=by[LATE_STEPS[-1]].number)
    weeks = over // WEEK if len(passed) == len(LATE_STEPS) else 0
    return REMINDER + len(passed) + weeks


def _reaching(day: date) -> Iterator[tuple[Late, int]]:
    doubted = Q(part=Part.IDENTITY, state=ObjectionState.RECEIVED)
    looked_at = doubted | Q(state__in=BEFORE_THE_HIGHER_COURT) | Q(due_on__lte=day)
    rows = Objection.objects.filter(looked_at, clock__in=OF_THE_COURT).order_by("due_on", "pk")
    for each in rows.defer("content_sealed").select_related("court__parent", "listing"):
        is_doubted = each.doubts_identity and each.state == ObjectionState.RECEIVED
        nobody = finding.nobody_may_review(each)
        if each.due_on is None:
            continue
        step = max(reached(each.due_on, day), REMINDER if is_doubted or nobody else 0)
        if step > each.step_told:
            yield Late(each.number, each.due_on, max((day - each.due_on).days, 0), is_doubted, nobody), step


def _message(found: Sequence[Late]) -> EmailMessage:
    late = [each for each in found if each.days]
    said = ("异议逾期未办", "Objections are overdue") if late else ("异议待办", "Objections are to be dealt with")
    address = absolute(reverse("sharing_desk:objections"))
    return EmailMessage(
        subject=f"{said[0]} / {said[1]}: {len(found)}",
        body=render_to_string("persons/objections_due.txt", {"late": late, "found": found, "address": address}),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
