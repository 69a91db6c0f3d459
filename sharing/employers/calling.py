"""Signed forms are called in: of every question that is held, of monitorings in doubt, where a person denies the form, and of
a random share of the rest.

The employer shows the very file whose fingerprint it gave. Who does not in time has its answer voided and is
suspended, by the clock; not suspended, where it was told when the form had not to be kept any more (`signed_form`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from registry import letters
from registry.actions.acting import today
from registry.actions.apart import one_by_one
from registry.addresses import absolute
from registry.assessment import rules
from registry.errors import ConsentJudged, FormDiffers, FormKind, FormNotCalled, NoSuchConsentCheck
from registry.keys import digest_keys
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from registry.pdf import papers
from registry.terms.clocks import due
from sharing.employers import judging, overseeing, signed_form
from sharing.employers.models import (
    ConsentCall,
    ConsentKind,
    DrawingCursor,
    Employer,
    Monitoring,
    Screening,
    ScreeningOutcome,
    ShownForm,
)
from sharing.employers.question import COMMITTED_WITHIN
from sharing.parsing import FileParser
from sharing.parties.members import addresses_of

MEGABYTE = 1024 * 1024
CHUNK = 500
ABOUT, ABOUT_ONE = "forms called in of employer", "the question"
LOOKS_BACK = timedelta(days=7)  # at the first draw


@dataclass(frozen=True)
class CalledIn:
    """One line of the message. ``may_be_gone``: the form had not to be kept until now."""

    screening_id: str
    due_on: date
    may_be_gone: bool


def call_in(*, now: datetime) -> int:
    """Call in the forms that are to be shown and are not called in yet; the number. Run by the clock, resumable."""
    pending = Screening.objects.filter(outcome=ScreeningOutcome.PENDING, call=None, verdict=None)
    held = list(pending.order_by("asked_at").values_list("pk", flat=True)[:CHUNK])
    ConsentCall.objects.bulk_create([_call(each, now) for each in held], ignore_conflicts=True)
    return len(held) + _doubted(now) + _draw(now)


def _doubted(now: datetime) -> int:
    """Of those monitored whose number a listing bears with another name: from outside it looks like the draw."""
    doubted = Monitoring.objects.filter(ended_at=None, consent__kind=ConsentKind.ATTESTED).exclude(doubted_at=None)
    uncalled = doubted.filter(first__call=None, first__verdict=None)
    found = list(uncalled.order_by("doubted_at").values_list("first", flat=True)[:CHUNK])
    ConsentCall.objects.bulk_create([_call(each, now) for each in found], ignore_conflicts=True)
    return len(found)


def _draw(now: datetime) -> int:
    """Draw among what was answered since the last time; each question once. Nothing, where somebody else is at it."""
    with transaction.atomic():
        cursor = DrawingCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if cursor is None:
            return 0
        upto, since = now - COMMITTED_WITHIN, cursor.asked_at
        if since is None or since > now:  # a moment to come is of a clock that has been put right since
            since = now - LOOKS_BACK
        fresh = Screening.objects.filter(asked_at__gt=since, asked_at__lte=upto)
        attested = fresh.filter(consent__kind=ConsentKind.ATTESTED).exclude(outcome=ScreeningOutcome.PENDING)
        found = [each for each in attested.values_list("pk", flat=True).iterator() if drawn(each)]
        ConsentCall.objects.bulk_create([_call(each, now) for each in found], ignore_conflicts=True, batch_size=CHUNK)
        DrawingCursor.objects.filter(pk=1).update(asked_at=max(upto, since))
    return len(found)


def call_in_of(employer: Employer, number: int, *, officer: Officer, reason: str, now: datetime) -> int:
    """Call in the signed forms of the employer's last answered questions, so many at most; how many were left to call.

    HighCourtRegistrarNeeded; ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        answered = Screening.objects.filter(employer=employer.pk, consent__kind=ConsentKind.ATTESTED, call=None)
        last = list(answered.order_by("-asked_at", "pk").values_list("pk", flat=True)[: min(number, CHUNK)])
        ConsentCall.objects.bulk_create([_call(each, now) for each in last], ignore_conflicts=True)
        overseeing.write_down_call(employer, len(last), officer=officer, reason=reason, now=now)
    return len(last)


def call_in_one(screening: Screening, *, officer: Officer, reason: str, now: datetime) -> bool:
    """Call in the signed form of this one question; False: it is called in already.

    HighCourtRegistrarNeeded; NoSuchConsentCheck: it was asked on no form; ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    if screening.consent is None or screening.consent.kind != ConsentKind.ATTESTED:
        raise NoSuchConsentCheck
    with transaction.atomic():
        if ConsentCall.objects.filter(pk=screening.pk).exists():
            return False
        ConsentCall.objects.bulk_create([_call(screening.pk, now)], ignore_conflicts=True)
        employer = Employer.objects.get(pk=screening.employer_id)
        overseeing.write_down_call(employer, 1, officer=officer, reason=reason, now=now)
    return True


def call_in_denied(screening: Screening, *, now: datetime) -> bool:
    """The person denies the form; where it was called in before, that it is denied is added for whoever judges. False: it was
    judged before.

    In the transaction of the denial: showing, judging and the clock wait for it.
    """
    ConsentCall.objects.bulk_create([_call(screening.pk, now)], ignore_conflicts=True)
    call = ConsentCall.objects.select_for_update().get(pk=screening.pk)
    if judging.verdict_of(screening) is not None:
        return False
    if call.denied_at is None:
        call.denied_at = now
        call.save(update_fields=["denied_at"])
    return True


def drawn(screening_id: str) -> bool:
    """Whether an answered question falls into the share whose form is called in (setting ``SHARING_CALLED_SHARE``)."""
    share: float = settings.SHARING_CALLED_SHARE
    return int.from_bytes(digest_keys().digest(f"called:{screening_id}")[:8], "big") < share * 2**64


def _call(screening_id: str, now: datetime) -> ConsentCall:
    return ConsentCall(screening_id=screening_id, called_at=now, due_on=_due(today(now)))


def _due(day: date) -> date:
    by = rules()
    return due("consent_form", day, by.calendar, by.clocks)


def tell(*, now: datetime) -> int:
    """Write to the employers whose forms were called in, one message each; the number of messages.

    A message goes out before it is noted, and outside a transaction: rather told twice than never. Of each employer what is due first:
    an employer whom no message reaches holds up no other one, and the registry is told in its place after a week.
    """
    employers = _untold().order_by("screening__employer").values_list("screening__employer", flat=True).distinct()
    return sum(_tell(each, now) for each in letters.awake(employers, ABOUT, now=now))


def _untold() -> QuerySet[ConsentCall]:
    untold = ConsentCall.objects.filter(told_at=None, form=None, screening__consent__kind=ConsentKind.ATTESTED)
    return untold.select_related("screening__employer")


def _tell(employer_id: int, now: datetime) -> bool:
    calls = list(_untold().filter(screening__employer=employer_id).order_by("due_on", "pk")[:CHUNK])
    if not calls:
        return False
    for call in calls:  # whoever hears late has as long as the others
        call.due_on = max(call.due_on, _due(today(now)))
    since = min(call.called_at for call in calls)
    if not letters.sent_in_the_end(_message(calls, now), ABOUT, employer_id, since=since, now=now):
        return False
    for call in calls:
        ConsentCall.objects.filter(pk=call.pk).update(told_at=now, due_on=call.due_on)
    return True


def _line(call: ConsentCall, now: datetime) -> CalledIn:
    may_be_gone = not signed_form.has_to_be_there(call.screening.asked_at, now)
    return CalledIn(call.screening_id, call.due_on, may_be_gone=may_be_gone)


def _message(calls: Sequence[ConsentCall], now: datetime) -> EmailMessage:
    employer = calls[0].screening.employer
    lines = [_line(call, now) for call in calls]
    context = {"employer": employer, "calls": lines, "address": absolute("")}
    return EmailMessage(
        subject=f"请出示授权书 / Signed forms are called in: {employer.name}",
        body=render_to_string("employer/called.txt", context),
        to=addresses_of(employer) or [settings.REGISTRY_CONTACT_EMAIL],
    )


def show(screening: Screening, file: bytes, *, now: datetime) -> ShownForm:
    """The employer shows the form; again, as long as it is not judged, with the same effect.

    FormNotCalled; ConsentJudged; FormKind: no PDF, JPEG or PNG, or too large; FormDiffers: not the file of the fingerprint,
    which is that of the file as it came; and the refusals of `papers.judged`.
    """
    call = ConsentCall.objects.filter(pk=screening.pk).first()
    consent = screening.consent
    if call is None or consent is None or consent.kind != ConsentKind.ATTESTED:
        raise FormNotCalled
    refuse_kind(file)
    if hashlib.sha256(file).hexdigest() != consent.document_sha256:
        raise FormDiffers("form")
    (paper,) = papers.judged([file], named="form")
    with transaction.atomic():
        ConsentCall.objects.select_for_update().get(pk=call.pk)
        if judging.verdict_of(screening) is not None:
            raise ConsentJudged
        shown = ShownForm(call=call, media_type=paper.media_type, shown_at=now)
        shown.content = paper.content
        ShownForm.objects.bulk_create([shown], ignore_conflicts=True)
    return ShownForm.objects.get(pk=call.pk)


def refuse_kind(file: bytes) -> None:
    """Raises FormKind, by its first bytes and its length."""
    if papers.kind_of(file) is None or len(file) > FileParser.most:
        raise FormKind("form", most=FileParser.most // MEGABYTE)


def overdue(*, now: datetime) -> int:
    """Void what was not shown in time and suspend who did not show it; void what waits on a code that is over, by nobody's
    fault; the number. Nobody is blamed for a form that he was not told of. Run by the clock, resumable.
    """
    not_shown = one_by_one(_late(today(now)), partial(judging.not_shown, now=now), ABOUT_ONE)
    return not_shown + one_by_one(_lapsed(now), partial(judging.lapse, now=now), ABOUT_ONE)


def _lapsed(now: datetime) -> list[str]:
    waiting = Screening.objects.filter(
        outcome=ScreeningOutcome.PENDING, verdict=None, consent__code__expires_at__lt=now
    )
    return list(waiting.order_by("asked_at", "pk").values_list("pk", flat=True)[:CHUNK])


def _late(day: date) -> list[str]:
    late = ConsentCall.objects.filter(due_on__lt=day, form=None, screening__verdict=None)
    late = late.exclude(screening__consent__kind=ConsentKind.CODE)  # waits for the registrar alone
    late = late.filter(Q(told_at__isnull=False) | Q(screening__consent=None))
    return list(late.order_by("due_on", "pk").values_list("pk", flat=True)[:CHUNK])
