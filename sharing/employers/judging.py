"""A consent is judged: a registrar of the High Court compares the form with the question, and the question is answered.

Nothing here holds the name or the number that was asked about: the registrar types what stands on the form, and the
commitment of the answer says whether it is the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from registry.actions.acting import given, today
from registry.errors import (
    ConsentJudged,
    FormNamesAnother,
    FormNotShown,
    NoSuchConsentCheck,
    SamePersonUndecided,
)
from registry.models import Officer
from sharing.employers import answers, lookup, overseeing, recalling, results, status_list
from sharing.employers.admission import refuse_unless_registrar
from sharing.employers.answers import Answer
from sharing.employers.lookup import Book, Match, Subject
from sharing.employers.models import (
    Consent,
    ConsentCall,
    ConsentCode,
    ConsentKind,
    ConsentLook,
    ConsentVerdict,
    Employer,
    HeldBecause,
    Screening,
    ScreeningOutcome,
    ShownForm,
    Verdict,
)
from sharing.employers.monitoring import ending
from sharing.employers.purposes import Post, Purpose, Scope, purposes

VOID = Answer(outcome=ScreeningOutcome.VOID, listing_id=None, shown=None)
SUSPENDS = frozenset({Verdict.NO_CONSENT, Verdict.NOT_SHOWN})


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the registrar read on the form, as it was typed. ``same_person``: decides where a listing bears another name."""

    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    same_person: bool | None = None


class _Given(NamedTuple):
    """An answer with its proof and its term. ``as_of``: position of the log."""

    answer: Answer
    body: bytes
    as_of: int
    expires_at: datetime

    @classmethod
    def as_before(cls, screening: Screening) -> _Given:
        answer = Answer(
            outcome=ScreeningOutcome(screening.outcome),
            listing_id=screening.listing_id,
            shown=None,
            also_told=tuple(screening.also_told),
        )
        return cls(answer, screening.answer, screening.as_of, screening.expires_at)


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
    """The form fits the question: what was held is answered from the book as it is now. What was asked on a consent that the
    applicant revoked meanwhile gets no answer: the verdict is `Verdict.REVOKED`.

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
        _lock_code(screening_id)
        lookup.lock([subject])
        screening = _open(screening_id)
        _refuse_unless_asked_about(screening, subject)
        if screening.outcome != ScreeningOutcome.PENDING:
            return _keep(screening, Verdict.FITS, _Given.as_before(screening), officer=officer, reason=reason, now=now)
        if _is_revoked(screening):
            return _void(screening, Verdict.REVOKED, officer=officer, reason=reason, now=now)
        purpose, post = _asked_for(screening)
        (book,) = lookup.read([subject], day, employer=screening.employer_id, since=now)
        answer = _decided(book, screening, post, compared.same_person, now)
        if answer.listing_id is not None and compared.same_person is not None:
            given(reason)
        given_now = _answered(screening, purpose, subject, book, answer, now)
        return _keep(screening, Verdict.FITS, given_now, officer=officer, reason=reason, now=now)


def refuse(screening_id: str, verdict: Verdict, *, officer: Officer, reason: str, now: datetime) -> ConsentVerdict:
    """The form names somebody else (the question may be asked anew), or is no consent (the employer is suspended).

    HighCourtRegistrarNeeded; NoSuchConsentCheck, also where the applicant himself consented; ConsentJudged, FormNotShown;
    ReasonNeeded.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
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


def not_shown(screening_id: str, *, now: datetime) -> bool:
    """By the clock. False: somebody was faster."""
    with transaction.atomic():
        screening = _locked(screening_id)
        if verdict_of(screening) is not None or _is_shown(screening_id) or by_code(screening):
            return False
        # Where the purpose needs no consent there is no form to show, and nobody to blame.
        verdict = Verdict.NOT_SHOWN if screening.consent else Verdict.MISTYPED
        _void(screening, verdict, officer=None, reason="", now=now)
    return True


def _lock_code(screening_id: str) -> None:
    """Revoking waits until it is judged. Asking locks the code before the document, so this comes before the document's lock, too."""
    ConsentCode.objects.select_for_update(of=("self",)).filter(consent__screening=screening_id).first()


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
    screening = Screening.objects.select_related("employer", "consent").filter(pk=screening_id).first()
    called = ConsentCall.objects.select_for_update().filter(pk=screening_id).first()
    if screening is None or (called is None and screening.outcome != ScreeningOutcome.PENDING):
        raise NoSuchConsentCheck
    return screening


def _refuse_unless_asked_about(screening: Screening, subject: Subject) -> None:
    asked = json.loads(screening.answer)["applicant"]
    if results.applicant_commitment(results.salt_of(asked), subject.committed) != asked["commitment"]:
        raise FormNamesAnother("document_number")


def _asked_for(screening: Screening) -> tuple[Purpose, Post]:
    purpose = purposes()[screening.purpose]
    return purpose, purpose.posts[screening.post]


def _decided(book: Book, screening: Screening, post: Post, same_person: bool | None, now: datetime) -> Answer:
    scope = Scope(screening.scope)
    found = answers.answer(book.matches, scope=scope, post=post, today=today(now))
    if found.held_because != HeldBecause.NAME:
        return found
    if same_person is None:
        raise SamePersonUndecided("same_person")
    return answers.answer(_called(book.matches, same_person), scope=scope, post=post, today=today(now))


def _called(matches: Sequence[Match], same_person: bool) -> list[Match]:
    """With the other name confirmed as the person's, or without the listings of somebody else."""
    if same_person:
        return [replace(match, called=True) for match in matches]
    return [match for match in matches if match.called]


def _answered(
    screening: Screening, purpose: Purpose, subject: Subject, book: Book, answer: Answer, now: datetime
) -> _Given:
    """Signed anew under the same id, code and place in the status list: nobody could rely on what was pending."""
    asked = results.Asked(
        screening_id=screening.pk,
        employer_uscc=screening.employer.uscc,
        purpose=screening.purpose,
        post=screening.post,
        scope=Scope(screening.scope),
        committed=subject.committed,
        position=book.position,
        epoch=book.epoch,
        signed=book.signed,
        asked_at=now,
        expires_at=now + timedelta(days=purpose.days),
    )
    assert screening.status_list is not None
    assert screening.status_index is not None
    place = status_list.Place(screening.status_list, screening.status_index)
    proof = results.Proof(place=place, code=results.code_of(screening.answer))
    made = results.result(asked, answer, proof)
    return _Given(answer, made.body, book.position, asked.expires_at)


def _void(
    screening: Screening, verdict: Verdict, *, officer: Officer | None, reason: str, now: datetime
) -> ConsentVerdict:
    """What was answered is recalled, so that the status list says so, too; a monitoring on this consent ends."""
    body = {**json.loads(screening.answer), "outcome": ScreeningOutcome.VOID.value, "listing": None, "result": ""}
    void = _Given(VOID, results.written(body), screening.as_of, screening.expires_at)
    kept = _keep(screening, verdict, void, officer=officer, reason=reason, now=now)
    if screening.consent_id is not None:
        ending.end_without_consent(screening.consent_id, now=now)
    if screening.outcome != ScreeningOutcome.PENDING:
        recalling.recall_without_consent(screening, now=now)
    if verdict in SUSPENDS:
        employer = Employer.objects.select_related("organisation").get(pk=screening.employer_id)
        overseeing.suspend(employer, officer=officer, reason=f"{screening.pk}: {verdict.value}", now=now)
    return kept


def _keep(
    screening: Screening, verdict: Verdict, given: _Given, *, officer: Officer | None, reason: str, now: datetime
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
