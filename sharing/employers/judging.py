"""A consent is judged: a registrar of the High Court compares the form with the question, and the question is answered.

Nothing here holds the name or the number that was asked about: the registrar types what stands on the form, and the
commitment of the answer says whether it is the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from registry.actions.acting import given, today
from registry.errors import (
    ConsentJudged,
    FormNamesAnother,
    FormNotShown,
    NoSuchConsentCheck,
)
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers import lookup, overseeing, recalling, results, signed_form, standing, waited
from sharing.employers.lookup import Subject
from sharing.employers.models import (
    Consent,
    ConsentCall,
    ConsentCode,
    ConsentKind,
    ConsentLook,
    ConsentVerdict,
    Employer,
    Screening,
    ScreeningOutcome,
    ShownForm,
    Verdict,
)
from sharing.employers.monitoring import ending
from sharing.employers.waited import Given

SUSPENDS = frozenset({Verdict.NO_CONSENT, Verdict.NOT_SHOWN})


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the registrar read on the form, as it was typed. ``same_person``: decides where a listing bears another name."""

    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    same_person: bool | None = None


def verdict_of(screening: Screening) -> ConsentVerdict | None:
    return ConsentVerdict.objects.filter(pk=screening.pk).first()


def form_of(screening_id: str, *, officer: Officer, now: datetime) -> ShownForm:
    """The form, for the registrar who judges; the look is on record. HighCourtRegistrarNeeded, FormNotShown, ConsentJudged."""
    refuse_unless_registrar(officer)
    shown = ShownForm.objects.filter(pk=screening_id).first()
    if shown is None:
        raise FormNotShown
    if shown.content_sealed is None:
        raise ConsentJudged
    ConsentLook.objects.create(screening_id=screening_id, officer=officer, at=now)
    return shown


def person_of(screening_id: str, *, officer: Officer, now: datetime) -> Compared:
    """Whom a waiting question named that was asked on the applicant's own code; the look is on record.

    HighCourtRegistrarNeeded, NoSuchConsentCheck, ConsentJudged.
    """
    refuse_unless_registrar(officer)
    screening = Screening.objects.select_related("consent").filter(pk=screening_id).first()
    if screening is None:
        raise NoSuchConsentCheck
    if verdict_of(screening) is not None:
        raise ConsentJudged
    if not by_code(screening):
        raise NoSuchConsentCheck
    assert screening.consent is not None
    ConsentLook.objects.create(screening_id=screening_id, officer=officer, at=now)
    named = json.loads(screening.consent.person)
    return Compared(document_type=named["type"], document_number=named["number"], name=named["name"], same_person=None)


def by_code(screening: Screening) -> bool:
    """Whether it was asked on the applicant's own code: then there is no form to show."""
    return screening.consent is not None and screening.consent.kind == ConsentKind.CODE


def confirm(screening_id: str, compared: Compared, *, officer: Officer, reason: str, now: datetime) -> ConsentVerdict:
    """The form fits the question: what was held is answered by what was so when it was asked and still is (`waited`).

    No answer is given, whatever the form says, on a consent that the applicant revoked meanwhile (`Verdict.REVOKED`) or that
    is over (`Verdict.LAPSED`), nor to an employer that is suspended (`Verdict.SUSPENDED`), nor for a purpose that was taken from it, or
    that is no longer registered, or its post (`Verdict.PURPOSE_GONE`): which occupations touch that, nobody can say any more.

    HighCourtRegistrarNeeded; NoSuchConsentCheck, ConsentJudged, FormNotShown; the refusals of `registry.identity`;
    FormNamesAnother; SamePersonUndecided; ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    day = today(now)
    subject = lookup.subject(
        document_type=compared.document_type,
        document_number=compared.document_number,
        name=compared.name,
        today=day,
    )
    with transaction.atomic():
        employer = standing.hold(_employer_of(screening_id))
        _lock_code(screening_id)
        lookup.lock([subject])
        screening = _open(screening_id)
        _refuse_unless_asked_about(screening, subject)
        if screening.outcome != ScreeningOutcome.PENDING:
            return _keep(screening, Verdict.FITS, Given.as_before(screening), officer=officer, reason=reason, now=now)
        stops, post = _stops(screening, employer, now), waited.post_of(screening)
        if stops is not None or post is None:
            return _void(screening, stops or Verdict.PURPOSE_GONE, officer=officer, reason=reason, now=now)
        (book,) = lookup.read([subject], day, employer=screening.employer_id, since=now)
        answer = waited.decided(book, screening, post, compared.same_person, now)
        if answer.listing_id is not None and compared.same_person is not None:
            given(reason)
        given_now = waited.given(screening, subject, book, answer)
        return _keep(screening, Verdict.FITS, given_now, officer=officer, reason=reason, now=now)


def refuse(screening_id: str, verdict: Verdict, *, officer: Officer, reason: str, now: datetime) -> ConsentVerdict:
    """The form names somebody else (the question may be asked anew), or is no consent (the employer is suspended).

    HighCourtRegistrarNeeded; NoSuchConsentCheck, also where the applicant himself consented; ConsentJudged, FormNotShown;
    ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        standing.hold_for_change(_employer_of(screening_id))
        screening = _open(screening_id)
        if by_code(screening):
            raise NoSuchConsentCheck
        return _void(screening, verdict, officer=officer, reason=given(reason), now=now)


def take_back(screening_id: str, *, now: datetime) -> bool:
    """The applicant revoked the code that it was asked on: a question that waits gets no answer, and whom it named is destroyed.

    Called under the lock of the code. False: it was judged, or answered, before.
    """
    with transaction.atomic():
        screening = _locked(screening_id)
        if verdict_of(screening) is not None:
            return False
        _void(screening, Verdict.REVOKED, officer=None, reason="", now=now)
    return True


def lapse(screening_id: str, *, now: datetime) -> bool:
    """By the clock: the applicant's own code is over before anybody judged. False: somebody was faster."""
    with transaction.atomic():
        screening = _locked(screening_id)
        if verdict_of(screening) is not None or not _is_over(screening, now):
            return False
        _void(screening, Verdict.LAPSED, officer=None, reason="", now=now)
    return True


def not_shown(screening_id: str, *, now: datetime) -> bool:
    """By the clock. False: somebody was faster. Nobody is suspended for a form that had not to be kept any more (`signed_form`)."""
    with transaction.atomic():
        standing.hold_for_change(_employer_of(screening_id))
        screening = _locked(screening_id)
        if verdict_of(screening) is not None or _is_shown(screening_id) or by_code(screening):
            return False
        # Where the purpose needs no consent there is no form to show, and nobody to blame.
        verdict = Verdict.NOT_SHOWN if screening.consent else Verdict.MISTYPED
        _void(screening, verdict, officer=None, reason="", now=now)
    return True


def _employer_of(screening_id: str) -> int:
    """Raises NoSuchConsentCheck."""
    found = Screening.objects.filter(pk=screening_id).values_list("employer", flat=True).first()
    if found is None:
        raise NoSuchConsentCheck
    return found


def _lock_code(screening_id: str) -> None:
    """Revoking waits until it is judged. Asking locks the code before the document, so this comes before the document's lock, too."""
    ConsentCode.objects.select_for_update(of=("self",)).filter(consent__screening=screening_id).first()


def _stops(screening: Screening, employer: Employer | None, now: datetime) -> Verdict | None:
    """Why a question that waited is answered no more, though its form fits. ``employer``: None where it may not ask."""
    if _is_revoked(screening):
        return Verdict.REVOKED
    if _is_over(screening, now):
        return Verdict.LAPSED
    if employer is None:
        return Verdict.SUSPENDED
    return None if screening.purpose in employer.purposes else Verdict.PURPOSE_GONE


def _is_over(screening: Screening, now: datetime) -> bool:
    """Whether the applicant's own code has come to its end; a form was valid when it was asked on."""
    code = screening.consent.code if screening.consent is not None else None
    return code is not None and code.expires_at < now


def _is_revoked(screening: Screening) -> bool:
    """Whether the person took back the form that the employer attests; revoking waits until it is judged.

    A code that is taken back voids its question at once (`take_back`).
    """
    rows = Consent.objects.select_for_update(no_key=True, of=("self",)).filter(screening=screening)
    consent = rows.first()
    return consent is not None and consent.revoked_at is not None


def _open(screening_id: str) -> Screening:
    screening = _locked(screening_id)
    if verdict_of(screening) is not None:
        raise ConsentJudged
    if screening.consent is not None and not by_code(screening) and not _is_shown(screening_id):
        raise FormNotShown
    return screening


def _is_shown(screening_id: str) -> bool:
    return ShownForm.objects.filter(pk=screening_id).exists()


def _locked(screening_id: str) -> Screening:
    """Of an attested question the call is locked, so that showing, judging and the clock wait for each other."""
    screening = Screening.objects.select_related("employer", "consent__code").filter(pk=screening_id).first()
    called = ConsentCall.objects.select_for_update().filter(pk=screening_id).first()
    if screening is None or (called is None and screening.outcome != ScreeningOutcome.PENDING):
        raise NoSuchConsentCheck
    return screening


def _refuse_unless_asked_about(screening: Screening, subject: Subject) -> None:
    asked = json.loads(screening.answer)["applicant"]
    if results.applicant_commitment(results.salt_of(asked), subject.committed) != asked["commitment"]:
        raise FormNamesAnother("document_number")


def _void(
    screening: Screening, verdict: Verdict, *, officer: Officer | None, reason: str, now: datetime
) -> ConsentVerdict:
    """A monitoring on this consent ends, and then what was answered is recalled, so that the status list says so, too."""
    kept = _keep(screening, verdict, Given.void(screening, verdict), officer=officer, reason=reason, now=now)
    if screening.consent_id is not None:
        ending.end_without_consent(screening.consent_id, now=now)
    if screening.outcome != ScreeningOutcome.PENDING:
        recalling.recall_without_consent(screening, now=now)
    if verdict in SUSPENDS and not _may_be_gone(screening, verdict):
        employer = Employer.objects.select_related("organisation").get(pk=screening.employer_id)
        overseeing.suspend(employer, officer=officer, reason=f"{screening.pk}: {verdict.value}", now=now)
    return kept


def _may_be_gone(screening: Screening, verdict: Verdict) -> bool:
    """Whether it was not shown by an employer that was told of it when the form had not to be kept any more."""
    if verdict != Verdict.NOT_SHOWN:
        return False
    told_at = ConsentCall.objects.values_list("told_at", flat=True).filter(pk=screening.pk).first()
    return told_at is not None and not signed_form.has_to_be_there(screening.asked_at, told_at)


def _keep(
    screening: Screening, verdict: Verdict, given: Given, *, officer: Officer | None, reason: str, now: datetime
) -> ConsentVerdict:
    """Write the verdict down and destroy the form, or whom a code's question named."""
    kept = ConsentVerdict(screening=screening, verdict=verdict, reason=reason, officer=officer, decided_at=now)
    kept.outcome, kept.listing_id = given.answer.outcome, given.answer.listing_id
    kept.also_told, kept.as_of, kept.expires_at = list(given.answer.also_told), given.as_of, given.expires_at
    kept.answer = given.body
    kept.save()
    ShownForm.objects.filter(pk=screening.pk).update(content_sealed=None)
    Consent.objects.filter(screening=screening).update(person_sealed=None)
    return kept
