"""A question, its signed answer and its record; no record, no answer. One is asked alone, or many together.

Everything is in one transaction: the shared locks on the documents, the one statement that reads the book, the count
against the quota, the consents that are spent and the rows that hold the answers. The steps are the same for every
outcome. The same Idempotency-Key with the same question gives the same bytes again, and counts nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction

from registry.actions.acting import today as court_day
from registry.errors import (
    ConsentNeeded,
    EmployerSuspended,
    IdempotencyKeyNeeded,
    PostUnknown,
    PurposeUnknown,
    QuotaReached,
    Refusal,
    SubjectQuotaReached,
)
from registry.keys import digest_keys
from registry.storing import store
from sharing.employers import answers, lookup, numbers_refused, quota, recording, standing, status_list
from sharing.employers.answers import Answer
from sharing.employers.consent import Use, count_wrong, keep_named, require
from sharing.employers.given_before import Recorded, given_before
from sharing.employers.held_share import held
from sharing.employers.lookup import Book, Subject
from sharing.employers.models import Consent, Employer, Screening
from sharing.employers.purposes import Post, Purpose, purposes
from sharing.employers.question import Question
from sharing.employers.quota import Take
from sharing.parties.models import Client, Member, Organisation

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
A_MONTH = timedelta(days=30)
USED_ONCE = frozenset({"consent_form_used_once", "employers_consent_code_id_key", "screening_once_per_key"})

Asker = Client | Member
_T = TypeVar("_T")
_U = TypeVar("_U")
# By the place of the question among those that are asked together.
_Answered = dict[int, Recorded | Refusal]


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """A question whose words are understood, and the consent that it would spend."""

    question: Question
    purpose: Purpose
    post: Post
    subject: Subject
    consent: Consent | None


@dataclass(frozen=True, kw_only=True)
class _Decided:
    meant: _Meant
    book: Book
    answer: Answer


def ask(question: Question, *, employer: Organisation, asker: Asker, now: datetime) -> Recorded:
    """The recorded answer, newly given or given before under the same key. ``asker``: a program or a member of it.

    IdempotencyKeyNeeded, IdempotencyKeyReused; EmployerSuspended; PurposeUnknown, PostUnknown; the refusals of
    `registry.identity`; those of `consent.require`; SubjectQuotaReached; QuotaReached. A refused question spends nothing,
    and leaves no trace but the count of codes that were not right and of numbers that can be nobody's.
    """
    (answered,) = _asked([question], employer=employer, asker=asker, now=now, take=None)
    if isinstance(answered, Refusal):
        raise answered
    return answered


def ask_many(
    questions: Sequence[Question], *, employer: Organisation, asker: Asker, now: datetime, take: Take | None = None
) -> list[Screening | Refusal]:
    """For each question, in their order, what `ask` gives or raises; recorded all together or not at all. At most 500.

    ``take``: what they are counted against, if not the day's quota.
    """
    answered = _asked(questions, employer=employer, asker=asker, now=now, take=take)
    return [each.screening if isinstance(each, Recorded) else each for each in answered]


def _asked(
    questions: Sequence[Question], *, employer: Organisation, asker: Asker, now: datetime, take: Take | None
) -> list[Recorded | Refusal]:
    answered: _Answered = {}
    try:
        with transaction.atomic():
            admitted = standing.hold(employer.pk)
            if admitted is None:
                return [EmployerSuspended() for _ in questions]
            admitted.organisation = employer
            _ask_anew(dict(enumerate(questions)), answered, employer=admitted, asker=asker, now=now, take=take)
    except IntegrityError as error:
        if _constraint(error) not in USED_ONCE:
            raise
        # Somebody was faster: with one of these very questions, or with its consent.
        if len(questions) > 1:
            return _each_alone(questions, employer=employer, asker=asker, now=now, take=take)
        answered = {0: ConsentNeeded("consent.document_sha256")}
    # A repetition is answered though it would be refused today: its form is spent, its quota may be, too.
    refused = {place: each for place, each in answered.items() if isinstance(each, Refusal)}
    answered |= given_before({place: questions[place] for place in refused}, employer.pk)
    for place, each in refused.items():
        if isinstance(answered[place], Refusal):  # tried all the same, under whatever key
            count_wrong(each, employer=employer, now=now)
            numbers_refused.note(each, employer.pk, court_day(now))
    return [answered[place] for place in range(len(questions))]


def _each_alone(
    questions: Sequence[Question], *, employer: Organisation, asker: Asker, now: datetime, take: Take | None
) -> list[Recorded | Refusal]:
    """In the order in which acts lock documents: within a longer transaction the locks add up."""
    answered: _Answered = {}
    for place in sorted(range(len(questions)), key=lambda place: lock_of(questions[place], court_day(now))):
        (answered[place],) = _asked([questions[place]], employer=employer, asker=asker, now=now, take=take)
    return [answered[place] for place in range(len(questions))]


def lock_of(question: Question, day: date) -> int:
    """To sort questions as acts lock documents; 0: it is refused before anything is locked."""
    try:
        subject = lookup.subject(
            document_type=question.document_type,
            document_number=question.document_number,
            name=question.name,
            today=day,
        )
    except Refusal:
        return 0
    return lookup.first_lock(subject)


def _ask_anew(
    questions: dict[int, Question],
    answered: _Answered,
    *,
    employer: Employer,
    asker: Asker,
    now: datetime,
    take: Take | None,
) -> None:
    """Whether it was asked before shows when the record is stored: nothing is looked up for questions that are new."""
    meant = _each(questions, answered, partial(_meant, employer=employer, now=now))
    if len(meant) > 1:
        _refuse_forms_used(meant, answered)
    if not meant:
        return
    decided = _decide(meant, answered, employer=employer, now=now)
    _count(decided, answered, take or partial(quota.take, employer, court_day(now)), now)
    answered |= _record(decided, employer=employer, asker=asker, now=now)


def _each(items: Mapping[int, _T], answered: _Answered, step: Callable[[_T], _U]) -> dict[int, _U]:
    """What the step makes of each question, by its place. What it refuses is answered with that."""
    made = {}
    for place, item in items.items():
        try:
            made[place] = step(item)
        except Refusal as refusal:
            answered[place] = refusal
    return made


def _meant(question: Question, *, employer: Employer, now: datetime) -> _Meant:
    if not KEY.fullmatch(question.idempotency_key):
        raise IdempotencyKeyNeeded("Idempotency-Key")
    purpose, post = _purpose_and_post(question, employer)
    subject = lookup.subject(
        document_type=question.document_type,
        document_number=question.document_number,
        name=question.name,
        today=court_day(now),
    )
    consent = _consent(question, purpose, subject, employer, now)
    return _Meant(question=question, purpose=purpose, post=post, subject=subject, consent=consent)


def _refuse_forms_used(meant: dict[int, _Meant], answered: _Answered) -> None:
    """So that a file that is sent once more is refused at once, and not row by row after a conflict."""
    places = {
        each.consent.document_sha256: place
        for place, each in meant.items()
        if each.consent and each.consent.document_sha256
    }
    for form in Consent.objects.filter(document_sha256__in=places).values_list("document_sha256", flat=True):
        answered[places[form]] = ConsentNeeded("consent.document_sha256")
        del meant[places[form]]


def _decide(
    meant: Mapping[int, _Meant], answered: _Answered, *, employer: Employer, now: datetime
) -> dict[int, _Decided]:
    """What the book says. From here on no act on a listing of these persons commits before the answers do."""
    day = court_day(now)
    subjects = [each.subject for each in meant.values()]
    lookup.lock(subjects, employer=employer.pk)
    books = lookup.read(subjects, day, employer=employer.pk, since=now - A_MONTH)
    asked_now: Counter[bytes] = Counter()

    def decide(asked: tuple[_Meant, Book]) -> _Decided:
        each, book = asked
        digest = each.subject.digest
        if book.asked_before + asked_now[digest] >= settings.SHARING_SUBJECT_A_MONTH:
            raise SubjectQuotaReached("applicant.document.number", retry_after=int(A_MONTH.total_seconds()))
        asked_now[digest] += 1
        is_held, scope = held(each.subject, day), each.purpose.scope
        answer = answers.of_book(book, scope=scope, post=each.post, today=day, held=is_held)
        return _Decided(meant=each, book=book, answer=answer)

    pairs = zip(meant.values(), books, strict=True)
    return _each(dict(zip(meant, pairs, strict=True)), answered, decide)


def _count(decided: dict[int, _Decided], answered: _Answered, take: Take, now: datetime) -> None:
    """Take the answers from the quota; those that it has no room for are not given."""
    costs = [settings.SHARING_PENDING_COSTS if each.answer.held_because else 1 for each in decided.values()]
    for place, fits in zip(list(decided), take(costs), strict=True):
        if not fits:
            answered[place] = QuotaReached(retry_after=quota.seconds_until_tomorrow(now))
            del decided[place]


def _record(decided: Mapping[int, _Decided], *, employer: Employer, asker: Asker, now: datetime) -> dict[int, Recorded]:
    places = status_list.take(now, len(decided))
    given = [
        _screening(each, place, employer=employer, asker=asker, now=now)
        for each, place in zip(decided.values(), places, strict=True)
    ]
    consents = [each.consent for each in given if each.consent is not None]
    # In one order, so that two who spend the same forms wait for each other and do not lock each other out.
    store(sorted(consents, key=lambda consent: consent.document_sha256))
    store(given)
    return {place: Recorded(each, is_new=True) for place, each in zip(decided, given, strict=True)}


def _screening(
    decided: _Decided, place: status_list.Place, *, employer: Employer, asker: Asker, now: datetime
) -> Screening:
    """Signed, and not saved yet."""
    meant = decided.meant
    if decided.answer.held_because and meant.consent is not None:
        keep_named(meant.consent, meant.question.named)
    screening = Screening(
        employer=employer.organisation,
        client=asker if isinstance(asker, Client) else None,
        member=asker if isinstance(asker, Member) else None,
        purpose=meant.purpose.code,
        post=meant.post.code,
        scope=meant.purpose.scope.value,
        consent=meant.consent,
        asked_at=now,
        expires_at=now + timedelta(days=meant.purpose.days),
        idempotency_key=meant.question.idempotency_key,
        question_digest=digest_keys().digest(meant.question.canonical),
    )
    recording.sign(screening, meant.subject, decided.book, decided.answer, place)
    return screening


def _purpose_and_post(question: Question, employer: Employer) -> tuple[Purpose, Post]:
    purpose = purposes().get(question.purpose) if question.purpose in employer.purposes else None
    if purpose is None:
        raise PurposeUnknown("purpose", known=", ".join(employer.purposes))
    post = purpose.posts.get(question.post)
    if post is None:
        raise PostUnknown("post", known=", ".join(purpose.posts))
    return purpose, post


def _consent(
    question: Question, purpose: Purpose, subject: Subject, employer: Employer, now: datetime
) -> Consent | None:
    if question.consent is None and not purpose.consent_needed:
        return None
    use = Use(employer=employer.organisation, purpose=purpose, post=question.post, subject=subject, now=now)
    return require(question.consent, use)


def _constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
