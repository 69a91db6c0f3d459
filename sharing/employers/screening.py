"""One question, one signed answer, one record; no record, no answer.

Everything is in one transaction: the shared lock on the document, the one statement that reads the book, the count
against the quota, the consent that is spent and the row that holds the answer. The steps are the same for every
outcome. The same Idempotency-Key with the same question gives the same bytes again, and counts nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from registry.actions.acting import today as court_day
from registry.errors import (
    ConsentNeeded,
    EmployerSuspended,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    PostUnknown,
    PurposeUnknown,
    QuotaReached,
    Refusal,
    SubjectQuotaReached,
)
from registry.keys import digest_keys
from registry.ulid import new_ulid
from sharing.employers import answers, lookup, numbers_refused, results, status_list, verification_code
from sharing.employers.consent import Attestation, require_attested
from sharing.employers.lookup import Subject
from sharing.employers.models import Consent, Employer, Screening
from sharing.employers.purposes import Post, Purpose, purposes
from sharing.parties.models import Client, Member

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
A_MONTH = timedelta(days=30)
USED_ONCE = frozenset({"consent_form_used_once", "screening_once_per_key"})

COUNT = """
INSERT INTO employers_questionsasked AS asked (employer_id, day, questions)
SELECT %(employer)s, %(day)s, %(cost)s WHERE %(quota)s > 0
ON CONFLICT (employer_id, day) DO UPDATE SET questions = asked.questions + %(cost)s WHERE asked.questions < %(quota)s
RETURNING questions
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an employer wants to know, as it was typed."""

    purpose: str
    post: str
    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    attestation: Attestation | None
    idempotency_key: str

    @property
    def canonical(self) -> str:
        """The whole question but its key, to tell a repetition from another question."""
        parts = [self.purpose, self.post, self.document_type, self.document_number, self.name]
        if self.attestation is not None:
            parts += [self.attestation.document_sha256, self.attestation.signed_on.isoformat()]
        return "question:" + json.dumps(parts)


def ask(question: Question, *, employer: Employer, asker: Client | Member, now: datetime) -> Screening:
    """The recorded answer, newly given or given before under the same key. ``asker``: a program or a member of it.

    IdempotencyKeyNeeded, IdempotencyKeyReused; EmployerSuspended; PurposeUnknown, PostUnknown; the refusals of
    `registry.identity`; SubjectQuotaReached; QuotaReached; ConsentNeeded. A refused question spends nothing and leaves no trace but a
    count of numbers that can be nobody's.
    """
    if not KEY.fullmatch(question.idempotency_key):
        raise IdempotencyKeyNeeded("Idempotency-Key")
    if employer.organisation.suspended_at is not None:
        raise EmployerSuspended
    try:
        return _ask_anew(question, employer=employer, asker=asker, now=now)
    except Refusal as refusal:
        # A repetition is answered though it would be refused today: its form is spent, its quota may be, too.
        given = _given_before(question, employer)
        if given is None:
            numbers_refused.note(refusal, employer.pk, court_day(now))
            raise
        return given


def _ask_anew(question: Question, *, employer: Employer, asker: Client | Member, now: datetime) -> Screening:
    """Whether it was asked before shows when the record is stored: nothing is looked up for questions that are new."""
    purpose, post = _purpose_and_post(question, employer)
    day = court_day(now)
    subject = lookup.subject(
        document_type=question.document_type, document_number=question.document_number, name=question.name, today=day
    )
    try:
        with transaction.atomic():
            return _answer(question, purpose, post, subject, employer=employer, asker=asker, now=now)
    except IntegrityError as error:
        if _constraint(error) not in USED_ONCE:
            raise
    return _after_conflict(question, employer)


def _answer(
    question: Question,
    purpose: Purpose,
    post: Post,
    subject: Subject,
    *,
    employer: Employer,
    asker: Client | Member,
    now: datetime,
) -> Screening:
    day = court_day(now)
    lookup.lock(subject)
    book = lookup.read(subject, day, employer=employer.pk, since=now - A_MONTH)
    if book.asked_before >= settings.SHARING_SUBJECT_A_MONTH:
        raise SubjectQuotaReached("applicant.document.number")
    answer = answers.answer(book.matches, scope=purpose.scope, post=post, today=day, held=held(subject, day))
    _count(employer, day, cost=settings.SHARING_PENDING_COSTS if answer.held_because else 1)
    consent = _consent(question, purpose, subject, employer, day)
    id, place, code = "scr_" + new_ulid(now), status_list.take(now), verification_code.new()
    screening = Screening(
        id=id,
        employer=employer.organisation,
        client=asker if isinstance(asker, Client) else None,
        member=asker if isinstance(asker, Member) else None,
        purpose=purpose.code,
        post=post.code,
        scope=purpose.scope.value,
        consent=consent,
        subject_digest=subject.digest,
        outcome=answer.outcome,
        held_because=answer.held_because,
        listing_id=answer.listing_id,
        epoch=book.epoch,
        as_of=book.position,
        asked_at=now,
        expires_at=now + timedelta(days=purpose.days),
        idempotency_key=question.idempotency_key,
        question_digest=digest_keys().digest(question.canonical),
        also_told=list(answer.also_told),
        status_list=place.list,
        status_index=place.index,
        code_digest=verification_code.digest(code),
        last_four_digest=verification_code.last_four_digest(id, subject.last_four),
    )
    proof = results.Proof(place=place, code=code)
    result = results.result(_asked(screening, purpose, employer, subject), answer, proof)
    screening.result, screening.answer = result.signed, result.body
    screening.save()
    return screening


def _asked(screening: Screening, purpose: Purpose, employer: Employer, subject: Subject) -> results.Asked:
    return results.Asked(
        screening_id=screening.id,
        employer_uscc=employer.organisation.uscc,
        purpose=purpose.code,
        post=screening.post,
        scope=purpose.scope,
        committed=subject.committed,
        position=screening.as_of,
        epoch=screening.epoch,
        asked_at=screening.asked_at,
        expires_at=screening.expires_at,
    )


def _purpose_and_post(question: Question, employer: Employer) -> tuple[Purpose, Post]:
    purpose = purposes().get(question.purpose) if question.purpose in employer.purposes else None
    if purpose is None:
        raise PurposeUnknown("purpose", known=", ".join(employer.purposes))
    post = purpose.posts.get(question.post)
    if post is None:
        raise PostUnknown("post", known=", ".join(purpose.posts))
    return purpose, post


def held(subject: Subject, day: date) -> bool:
    """Whether the question falls into the share that is held for consent checking (setting ``SHARING_HELD_SHARE``).

    The same person does so with every employer and name, all month: asking again tells nothing more.
    """
    drawn = digest_keys().digest(f"held:{day:%Y-%m}:{subject.digest.hex()}")
    share: float = settings.SHARING_HELD_SHARE
    return int.from_bytes(drawn[:8], "big") < share * 2**64


def _count(employer: Employer, day: date, *, cost: int) -> None:
    """More of today's quota. The row stays locked until commit, so that two at once cannot pass the last place."""
    facts = {"employer": employer.pk, "day": day, "quota": employer.daily_quota, "cost": cost}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, facts)
        if cursor.fetchone() is None:
            raise QuotaReached


def _consent(question: Question, purpose: Purpose, subject: Subject, employer: Employer, day: date) -> Consent | None:
    if question.attestation is None and not purpose.consent_needed:
        return None
    return require_attested(
        question.attestation,
        employer=employer.organisation,
        purpose=purpose.code,
        subject_digest=subject.digest,
        today=day,
    )


def _given_before(question: Question, employer: Employer) -> Screening | None:
    """The answer given under this key. Raises IdempotencyKeyReused if it answered another question."""
    # Not first(): its ORDER BY id lets the planner walk the whole primary key for a key that is new.
    found = Screening.objects.filter(employer=employer.pk, idempotency_key=question.idempotency_key).order_by()[:1]
    if not found:
        return None
    (given,) = found
    if bytes(given.question_digest) not in digest_keys().digests(question.canonical):
        raise IdempotencyKeyReused("Idempotency-Key")
    return given


def _after_conflict(question: Question, employer: Employer) -> Screening:
    """Somebody was faster: with this very question, or with this consent."""
    given = _given_before(question, employer)
    if given is None:
        raise ConsentNeeded("consent.document_sha256")
    return given


def _constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
