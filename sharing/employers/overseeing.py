"""The court watches who asks: what looks like guessing is said to a person, and who may not ask for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.template.loader import render_to_string

from registry import letters
from registry.actions.acting import given, today
from registry.addresses import absolute
from registry.errors import PurposeUnknown
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers import anomalies, standing
from sharing.employers.anomalies import Found
from sharing.employers.figures import DAYS, Figures, of
from sharing.employers.models import (
    ConsentRequest,
    Employer,
    EmployerAct,
    EmployerAlarm,
    EndedBecause,
    HeldBecause,
    Monitoring,
    QuestionsAsked,
    Screening,
)
from sharing.employers.monitoring import ending
from sharing.employers.purposes import purposes
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberRole, Organisation

WEEK = timedelta(days=7)
QUOTA_DAYS = 3  # of the last seven, with the quota used up
NOTHING = "—"

# Kinds that stay true for a while are said again after a week; the others every day on which something new happened.
EVERY_DAY = frozenset({EmployerAlarm.Kind.NAMES, EmployerAlarm.Kind.QUOTA, EmployerAlarm.Kind.DOUBT})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is registered of an employer and may become another; code and credit code never do."""

    name: str
    name_en: str
    legal_basis: str
    admitted_for: Sequence[str]


def figures(employer: Employer, *, now: datetime) -> Figures:
    """Of one; `sharing.employers.figures.of_all` tells those of all in as many statements."""
    return of(employer.pk, now=now)


def suspend(employer: Employer, *, officer: Officer | None, reason: str, now: datetime) -> None:
    """Nobody asks for this employer from now on, and what was under way is answered before or not at all; what it was answered
    it may still read. ``officer``: None, the clock.
    """
    if officer is not None:
        refuse_unless_registrar(officer)
    with transaction.atomic():
        standing.hold_for_change(employer.pk)
        Organisation.objects.filter(pk=employer.pk, suspended_at=None).update(suspended_at=now)
        _write_down(employer, EmployerAct.Act.SUSPEND, given(reason), officer, now)


def resume(employer: Employer, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        Organisation.objects.filter(pk=employer.pk).update(suspended_at=None)
        _write_down(employer, EmployerAct.Act.RESUME, given(reason), officer, now)


def change_quota(employer: Employer, questions: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        before = Employer.objects.select_for_update().get(pk=employer.pk).daily_quota
        Employer.objects.filter(pk=employer.pk).update(daily_quota=questions)
        _write_down(employer, EmployerAct.Act.QUOTA, f"{before} → {questions}: {given(reason)}", officer, now)


def change_most_enrolled(employer: Employer, most: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded. Fewer than there are: nobody new is enrolled."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        before = Employer.objects.select_for_update().get(pk=employer.pk).monitored_most
        Employer.objects.filter(pk=employer.pk).update(monitored_most=most)
        _write_down(employer, EmployerAct.Act.ENROLLED, f"{before} → {most}: {given(reason)}", officer, now)


def entry_of(employer: Employer) -> Entry:
    of = employer.organisation
    return Entry(name=of.name, name_en=of.name_en, legal_basis=employer.legal_basis, admitted_for=employer.purposes)


def amend(employer: Employer, entry: Entry, *, officer: Officer, reason: str, now: datetime) -> bool:
    """It is called otherwise, or admitted for other purposes, on record fact by fact. Where one is taken away, nobody is
    asked about for it, whatever is under way, links that nobody answered lead nowhere, and who is monitored for it is destroyed. False: all is so already.

    HighCourtRegistrarNeeded; ReasonNeeded; PurposeUnknown.
    """
    refuse_unless_registrar(officer)
    words = given(reason)
    if not entry.admitted_for or not set(entry.admitted_for) <= set(purposes()) | set(employer.purposes):
        raise PurposeUnknown("admitted_for", known=", ".join(purposes()))
    with transaction.atomic():
        standing.hold_for_change(employer.pk)
        locked = Employer.objects.select_related("organisation").select_for_update(no_key=True).get(pk=employer.pk)
        was = entry_of(locked)
        changes = list(_changes(was, entry))
        Organisation.objects.filter(pk=employer.pk).update(name=entry.name, name_en=entry.name_en)
        locked.legal_basis, locked.purposes = entry.legal_basis, list(entry.admitted_for)
        locked.save(update_fields=["legal_basis", "purposes"])
        for change in changes:
            acted = {"officer": officer, "reason": f"{change}: {words}", "at": now}
            EmployerAct.objects.create(employer_id=employer.pk, act=EmployerAct.Act.AMEND, **acted)
        _end_what_is_for(set(was.admitted_for) - set(entry.admitted_for), employer, officer, now)
    return bool(changes)


def _changes(was: Entry, is_now: Entry) -> Iterator[str]:
    for before, after in zip(_facts(was), _facts(is_now), strict=True):
        if before != after:
            yield f"{before or NOTHING} → {after or NOTHING}"


def _facts(entry: Entry) -> Sequence[str]:
    return entry.name, entry.name_en, entry.legal_basis, ", ".join(sorted(entry.admitted_for))


def _end_what_is_for(gone: Set[str], employer: Employer, officer: Officer, now: datetime) -> None:
    open_ones = ConsentRequest.objects.filter(employer=employer.pk, purpose__in=gone, withdrawn_at=None)
    unanswered = open_ones.filter(given_code=None, expires_at__gt=now)
    # In the order of their ids, as campaigns lock their links.
    found = list(unanswered.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    ConsentRequest.objects.filter(pk__in=found, given_code=None).update(withdrawn_at=now)
    enrolled = Monitoring.objects.filter(employer=employer.pk, purpose__in=gone, ended_at=None)
    for each in enrolled.order_by("pk").values_list("pk", flat=True):
        ending.end(each, EndedBecause.REGISTRY, by=officer, now=now)


def end_monitoring(monitoring: Monitoring, *, officer: Officer, reason: str, now: datetime) -> None:
    """For a reason that stays inside the court. HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        if ending.end(monitoring.pk, EndedBecause.REGISTRY, by=officer, now=now):
            employer = Employer.objects.get(pk=monitoring.employer_id)
            _write_down(employer, EmployerAct.Act.END, f"{monitoring.pk}: {given(reason)}", officer, now)


def in_doubt(employer: Employer, *, now: datetime) -> list[Monitoring]:
    """Those whose number a listing bears with another name, the oldest doubt first: they are told of nothing."""
    own = Monitoring.objects.filter(employer=employer.pk, ended_at=None, until__gte=today(now))
    return list(own.exclude(doubted_at=None).order_by("doubted_at", "pk"))


def add_member(
    employer: Employer, *, username: str, name: str, email: str, role: MemberRole, officer: Officer, now: datetime
) -> tuple[Member, str]:
    """A member and the initial password, shown this once. HighCourtRegistrarNeeded; UserNameTaken."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        member, password = members.invite(employer.organisation, username=username, name=name, email=email, role=role)
        _write_down(employer, EmployerAct.Act.MEMBER, str(role.value), officer, now)
    return member, password


def revoke_key(employer: Employer, client: Client, *, officer: Officer, reason: str, now: datetime) -> None:
    """For its owners, where they are not there in time. HighCourtRegistrarNeeded; ReasonNeeded."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        clients.revoke(client, now=now)
        _write_down(employer, EmployerAct.Act.KEY, f"{client.client_id}: {given(reason)}", officer, now)


def write_down_call(employer: Employer, number: int, *, officer: Officer, reason: str, now: datetime) -> None:
    """That so many forms were called in, and why; in the transaction that does it. ReasonNeeded."""
    _write_down(employer, EmployerAct.Act.CALL, f"{number}: {given(reason)}", officer, now)


def write_down_campaign(employer: Employer, said: str, *, officer: Officer, now: datetime) -> None:
    """How many questions a campaign was allowed, and why; in the transaction that decides it."""
    EmployerAct.objects.create(
        employer_id=employer.pk, act=EmployerAct.Act.CAMPAIGN, reason=said, officer=officer, at=now
    )


def many_names() -> int:
    """So many names that do not fit, in `DAYS` days, are an alarm."""
    most: int = settings.SHARING_MISMATCHES_ALARM
    return most


def raise_alarms(*, now: datetime) -> int:
    """Write to the registry about employers that a person should look at, once for each; the number of messages."""
    day = today(now)
    found = [*(each for each in anomalies.found(now=now) if _is_new(each, now)), *_quotas(day), *_doubts(now)]
    return sum(_raise(each, now) for each in found)


def _is_new(found: Found, now: datetime) -> bool:
    """A name that does not fit is said on the day on which it was asked."""
    if found.kind != EmployerAlarm.Kind.NAMES:
        return True
    misses = Screening.objects.filter(employer=found.employer_id, held_because=HeldBecause.NAME)
    return misses.filter(asked_at__gt=now - timedelta(days=1)).exists()


def _quotas(day: date) -> list[Found]:
    used_up = QuestionsAsked.objects.filter(day__gt=day - WEEK, questions__gte=F("employer__employer__daily_quota"))
    counted = used_up.values("employer_id").annotate(count=Count("pk")).filter(count__gte=QUOTA_DAYS)
    return [Found(row["employer_id"], EmployerAlarm.Kind.QUOTA, row["count"]) for row in counted]


def _doubts(now: datetime) -> list[Found]:
    fresh = Monitoring.objects.filter(ended_at=None, doubted_at__gt=now - timedelta(days=1))
    counted = fresh.order_by().values("employer_id").annotate(count=Count("pk"))
    return [Found(row["employer_id"], EmployerAlarm.Kind.DOUBT, row["count"]) for row in counted]


def _raise(found: Found, now: datetime) -> bool:
    """The message goes out before it is noted, and outside a transaction: rather told twice than never."""
    day = today(now)
    since = day - (timedelta(days=1) if found.kind in EVERY_DAY else WEEK)
    before = EmployerAlarm.objects.filter(employer_id=found.employer_id, kind=found.kind, other_id=found.other_id)
    if before.filter(day__gt=since).exists():
        return False
    known = Organisation.objects.in_bulk([found.employer_id, *([found.other_id] if found.other_id else [])])
    employer, other = known[found.employer_id], known.get(found.other_id or 0)
    if not letters.sent(_message(employer, other, found), f"employer {found.employer_id}"):
        return False
    alarm = EmployerAlarm(employer=employer, kind=found.kind, other=other, day=day, count=found.how_many, at=now)
    EmployerAlarm.objects.bulk_create([alarm], ignore_conflicts=True)
    return True


def _message(employer: Organisation, other: Organisation | None, found: Found) -> EmailMessage:
    context = {
        "employer": employer,
        "other": other,
        "kind": found.kind.value,
        "count": found.how_many,
        "days": DAYS,
        "address": absolute(f"/desk/sharing/employers/{employer.code}/"),
    }
    return EmailMessage(
        subject=f"用人单位查询异常 / Employer to look at: {employer.name}",
        body=render_to_string("employer/alarm.txt", context),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )


def recent_alarms(employer: Employer, *, now: datetime) -> list[EmployerAlarm]:
    return list(alarms(now=now).filter(Q(employer=employer.pk) | Q(other=employer.pk)))


def alarms(*, now: datetime) -> QuerySet[EmployerAlarm]:
    """Of the last `DAYS` days, the newest first."""
    recent = EmployerAlarm.objects.filter(day__gt=today(now) - timedelta(days=DAYS))
    return recent.select_related("employer", "other").order_by("-day", "kind", "employer_id")


def _write_down(employer: Employer, act: EmployerAct.Act, reason: str, officer: Officer | None, now: datetime) -> None:
    EmployerAct.objects.create(employer_id=employer.pk, act=act, reason=reason, officer=officer, at=now)
