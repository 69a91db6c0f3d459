"""Consent as the applicant gives, sees and revokes it. Nothing here reads the book.

Whoever answers a request has proved who he is (`sharing.persons.identity`); here he is two keyed digests, of his number
and of his name, as in a question. To decline writes nothing down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, Case, Q, QuerySet, When

from registry.errors import ConsentLinkDead, NoSuchConsent, UnitIsNoApplicant
from sharing.employers import campaign_consent, consent_code, judging, lookup, requesting, results
from sharing.employers.consent import LONGEST_DAYS, MOST_WRONG
from sharing.employers.evidence import Evidence
from sharing.employers.lookup import Subject
from sharing.employers.models import (
    Consent,
    ConsentCode,
    ConsentKind,
    ConsentRequest,
    Monitoring,
    RequestState,
    Screening,
    ScreeningOutcome,
)
from sharing.employers.monitoring import ending
from sharing.parties.models import Organisation

SHOWN = 200  # consents of one person in a list; each is found by its key
# Forms on which a question waits, or on which the employer is told of changes.
OPEN_FORMS = Q(revoked_at=None) & (
    Q(screening__outcome=ScreeningOutcome.PENDING, screening__verdict=None)
    | Q(monitoring__isnull=False, monitoring__ended_at=None)
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """One consent of a person, whoever recorded it. ``code``: None where an employer attested a signed form.

    ``key``: by which it is found; ``screening``: the question that it was used for; ``revoked_at``: when the person took it
    back; ``told_until``: the last day on which the employer is told of changes on it, None where it is not, or no more.
    """

    key: UUID
    employer: Organisation
    purpose: str
    post: str
    given_at: datetime
    code: ConsentCode | None
    screening: Screening | None
    revoked_at: datetime | None
    told_until: date | None = None

    @property
    def waits(self) -> bool:
        """It was used, and the question waits for an officer, or for the form; once it is revoked, it waits for no answer."""
        return self.screening is not None and self.screening.latest.outcome == ScreeningOutcome.PENDING

    @property
    def is_void(self) -> bool:
        """It was used, and the question has no answer for good."""
        return self.screening is not None and self.screening.latest.outcome == ScreeningOutcome.VOID

    def state(self, now: datetime) -> RequestState:
        if self.screening is not None or self.code is None:
            return RequestState.USED
        return requesting.state_of(self.code.request, now)


def opened(token: str, *, now: datetime) -> ConsentRequest:
    """The request that a link leads to while it can be answered. Raises `ConsentLinkDead` for every other, whatever the cause."""
    digests = requesting.token_digests(token)
    found = ConsentRequest.objects.filter(token_digest__in=digests).values_list("pk", flat=True).first()
    return answerable(found or "", None, now=now)


def answerable(request_id: str, link: str | None, *, now: datetime) -> ConsentRequest:
    """``link``: `ConsentRequest.link_mark` as it was when the link was opened; None: it is opened now.

    ConsentLinkDead, also where the link was replaced since.
    """
    rows = requesting.with_state(now).select_related("employer").filter(employer__suspended_at=None)
    found = rows.filter(pk=request_id).first()
    if found is None or link not in (None, found.link_mark) or getattr(found, requesting.STATE) != RequestState.OPEN:
        raise ConsentLinkDead
    return found


def refuse_unless_natural(named: Mapping[str, str]) -> None:
    """``named``: as in `Question.named`. Raises `UnitIsNoApplicant`: employers ask about no unit, and a request counts once."""
    if named["type"] not in lookup.document_types():
        raise UnitIsNoApplicant


def agree(
    request_id: str,
    link: str,
    subject: Subject,
    *,
    evidence: Evidence,
    now: datetime,
    named: Mapping[str, str] | None = None,
) -> ConsentCode:
    """The person's yes, as a code for the employer; the same code again for the same person who agrees twice.

    ``link``: as in `answerable`; ``evidence``: how it was proved that it is this person; ``named``: as in `Question.named`,
    for campaigns, which ask at once. ConsentLinkDead: answered by somebody else, withdrawn or over, or the link was replaced;
    UnitIsNoApplicant.
    """
    if named is not None:
        refuse_unless_natural(named)
    with transaction.atomic():
        ConsentRequest.objects.select_for_update().filter(pk=request_id).first()
        before = given_to(request_id, subject)
        if before is not None:
            return before
        request = answerable(request_id, link, now=now)
        shown = consent_code.new()
        code = ConsentCode(
            request=request,
            subject_digest=subject.digest,
            name_digest=subject.names[0],
            code_digest=consent_code.digest(shown),
            given_at=now,
            expires_at=now + timedelta(days=LONGEST_DAYS),
            **asdict(evidence),
        )
        code.code = shown
        code.save(force_insert=True)
        campaign_consent.given(code, subject, named or {})
    return code


def given_to(request_id: str, subject: Subject) -> ConsentCode | None:
    """What this person agreed to and did not take back. None also for what is no request's id."""
    known = requesting.REQUEST_ID.fullmatch(request_id)
    found = ConsentCode.objects.filter(request=request_id, revoked_at=None).first() if known else None
    return found if found is not None and _is_of(found, subject) else None


def revoke(key: UUID, subject: Subject, *, now: datetime) -> bool:
    """End a consent of this person, given by code or attested by an employer; again, with the same effect. Raises
    `NoSuchConsent`.

    Nobody is told of changes on it from now on (PIPL, art. 15). True: in time; a question that waits gets no answer. False: the
    question was asked and answered before, and what was given stays given.
    """
    with transaction.atomic():
        code = ConsentCode.objects.select_for_update().filter(pk=key).first()
        asked = _revoke_form(key, subject, now) if code is None else _revoke_code(code, subject, now)
        return asked is None or not _is_answered(asked)


def _revoke_code(code: ConsentCode, subject: Subject, now: datetime) -> Screening | None:
    """A question that waits is void at once, and whom it named destroyed: there is no form that anybody must still see."""
    if not _is_of(code, subject):
        raise NoSuchConsent
    asked = Screening.objects.select_related("verdict").filter(consent__code=code).first()
    if code.revoked_at is None:
        code.revoked_at = now
        code.save(update_fields=["revoked_at"])
        campaign_consent.revoked(code)
        if asked is not None and asked.latest.outcome == ScreeningOutcome.PENDING:
            judging.take_back(asked.pk, now=now)
    return asked


def _revoke_form(key: UUID, subject: Subject, now: datetime) -> Screening:
    """By the number alone: the form's name is not kept. A question that waits goes on to be judged (`judging.confirm`): who
    revokes a form that was never signed does not spare the employer the look at it.
    """
    rows = Consent.objects.select_for_update(no_key=True, of=("self",)).filter(kind=ConsentKind.ATTESTED)
    consent = rows.filter(pk=key, subject_digest__in=subject.digests).first()
    if consent is None:
        raise NoSuchConsent
    if consent.revoked_at is None:
        consent.revoked_at = now
        consent.save(update_fields=["revoked_at"])
        ending.end_without_consent(consent.pk, now=now)
    return Screening.objects.select_related("verdict").get(consent=consent)


def consents_of_person(subject: Subject, *, now: datetime) -> list[Given]:
    """What this person agreed to and what employers attested of this number: open ones first, then the newest; `SHOWN` at most."""
    codes = _first(_codes(subject), _open_codes(now), "given_at")
    forms = _first(_forms(subject), OPEN_FORMS, "recorded_at")
    found = [*((each.is_open, _of_code(each)) for each in codes), *((each.is_open, _of_form(each)) for each in forms)]
    found.sort(key=lambda each: (each[0], each[1].given_at), reverse=True)
    return [given for _is_open, given in found[:SHOWN]]


def given_by(key: UUID, subject: Subject) -> Given:
    """However many others there are. Raises `NoSuchConsent`; another person's is as absent as one that never was."""
    code = _codes(subject).filter(pk=key).first()
    if code is not None:
        return _of_code(code)
    form = _forms(subject).filter(pk=key).first()
    if form is None:
        raise NoSuchConsent
    return _of_form(form)


def answer_of(screening: Screening, subject: Subject) -> dict[str, Any] | None:
    """What the employer was told, for the person alone whom it commits to: number and name as they were asked about.

    None: the question was about this number and another name.
    """
    answer: dict[str, Any] = json.loads(screening.latest.answer)
    asked = answer["applicant"]
    if results.applicant_commitment(results.salt_of(asked), subject.committed) != asked["commitment"]:
        return None
    return answer


def _is_answered(screening: Screening) -> bool:
    return screening.latest.outcome not in (ScreeningOutcome.PENDING, ScreeningOutcome.VOID)


def _is_of(code: ConsentCode, subject: Subject) -> bool:
    return bytes(code.subject_digest) in subject.digests and bytes(code.name_digest) in subject.names


def _codes(subject: Subject) -> QuerySet[ConsentCode]:
    rows = ConsentCode.objects.filter(subject_digest__in=subject.digests, name_digest__in=subject.names)
    return rows.select_related("request__employer", "consent__screening__verdict", "consent__screening__recall")


def _forms(subject: Subject) -> QuerySet[Consent]:
    rows = Consent.objects.filter(kind=ConsentKind.ATTESTED, subject_digest__in=subject.digests)
    return rows.select_related("employer", "screening__verdict", "screening__recall", "monitoring")


def _open_codes(now: datetime) -> Q:
    """Those with which a question may still be asked, or waits."""
    unused = Q(consent=None, expires_at__gt=now, wrong__lt=MOST_WRONG, request__withdrawn_at=None)
    waits = Q(consent__screening__outcome=ScreeningOutcome.PENDING, consent__screening__verdict=None)
    return Q(revoked_at=None) & (unused | waits)


def _first(rows: QuerySet[Any], is_open: Q, at: str) -> QuerySet[Any]:
    known = Case(When(is_open, then=True), default=False, output_field=BooleanField())
    found: QuerySet[Any] = rows.annotate(is_open=known).order_by("-is_open", f"-{at}")
    return found[:SHOWN]


def _of_code(code: ConsentCode) -> Given:
    spent: Consent | None = getattr(code, "consent", None)
    return Given(
        key=code.pk,
        employer=code.request.employer,
        purpose=code.request.purpose,
        post=code.request.post,
        given_at=code.given_at,
        code=code,
        screening=spent.screening if spent else None,
        revoked_at=code.revoked_at,
    )


def _of_form(form: Consent) -> Given:
    return Given(
        key=form.pk,
        employer=form.employer,
        purpose=form.purpose,
        post=form.screening.post,
        given_at=form.recorded_at,
        code=None,
        screening=form.screening,
        revoked_at=form.revoked_at,
        told_until=_told_until(form),
    )


def _told_until(consent: Consent) -> date | None:
    monitoring: Monitoring | None = getattr(consent, "monitoring", None)
    return monitoring.until if monitoring is not None and monitoring.ended_at is None else None
