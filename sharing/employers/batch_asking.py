"""The rows of batches are asked, chunk by chunk; the database alone knows how far.

A chunk is one transaction: its questions, the rows that they settle and the batch's count. So whoever dies in the
middle leaves nothing behind, and whoever comes next asks the same rows under the same keys.

Of consent codes no more are asked with at once than may still be wrong: the limit of an hour holds within a chunk, too,
and the rows that come after it wait; those that are asked on forms go before them then.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from registry.absence import database_is_away
from registry.actions.acting import today
from registry.errors import EmployerSuspended, QuotaReached, Refusal, RowUnreadable, TooManyConsentCodes
from registry.keys import KeyUnknown, SealBroken
from sharing.employers import batch as batches
from sharing.employers import consent, row_ends, standing, trail
from sharing.employers.batch import KEPT
from sharing.employers.consent import CODE_FIELD, LONGEST_DAYS, Attestation, ByConsent, TypedCode
from sharing.employers.models import GOING_ON, Batch, BatchRow, BatchState, Employer, Screening
from sharing.employers.question import Question
from sharing.employers.row_ends import End
from sharing.employers.screening import ask_many, lock_of
from sharing.parties.models import Client, Member

CHUNK = 200  # within a transaction, in which the database lets nobody stand still for long
AGAIN = timedelta(minutes=1)  # after a chunk that failed
SOON = timedelta(seconds=2)  # after one that the database broke off

Given = Screening | Refusal
Asked = tuple[BatchRow, Question]
_Row = tuple[BatchRow, Given]
NOT_YET = (QuotaReached, EmployerSuspended, TooManyConsentCodes)  # the row stays as it is
logger = logging.getLogger(__name__)


def go_on(*, now: datetime) -> bool:
    """Ask the next chunk of the batch that waits longest. False: none is due that nobody else is at.

    A chunk that fails is tried again in a minute, one that the database broke off at once; it keeps no other batch waiting.
    """
    batch_id = None
    try:
        with transaction.atomic():
            batch = _next(now)
            if batch is not None:
                batch_id = batch.pk
                _chunk(batch, now)
    except Exception as error:
        if batch_id is None:
            raise
        # No words of the error: a database repeats rows in them.
        logger.error("batch %s: a chunk was not asked: %s", batch_id, type(error).__name__)
        Batch.objects.filter(pk=batch_id, state__in=GOING_ON).update(due_at=again_at(error, now))
    return batch_id is not None


def is_due(now: datetime) -> bool:
    return _due(now).exists()


def again_at(error: Exception, now: datetime) -> datetime:
    """When a chunk that ended so is tried again."""
    return now + (SOON if database_is_away(error) else AGAIN)


def goes_on_at(now: datetime) -> datetime:
    """When the next day of the court's calendar begins, and with it another quota."""
    return datetime.combine(today(now) + timedelta(days=1), time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE))


def ends_in(batch: Batch, now: datetime) -> float | None:
    """About how many seconds it still takes, at the pace since it was begun or went on; None where nobody can tell."""
    done = batch.settled - batch.begun_with
    if batch.state != BatchState.ASKING or batch.begun_at is None or done <= 0:
        return None
    return (now - batch.begun_at).total_seconds() / done * batch.left


def more_days(rows: int, left_today: int, quota: int) -> int:
    """How many further days so many rows take; 0: they fit today's quota, or there is none at all."""
    return -(-max(rows - left_today, 0) // quota) if quota else 0


def _due(now: datetime) -> QuerySet[Batch]:
    return Batch.objects.filter(standing.goes_on(now), due_at__lte=now, keep_until__gt=now, state__in=GOING_ON)


def _next(now: datetime) -> Batch | None:
    return _due(now).select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("due_at").first()


def _chunk(batch: Batch, now: datetime) -> None:
    standing.hold(batch.employer_id)  # before the employer is read, whose standing then lasts as long as the chunk
    if batch.member_id is not None and not standing.hold_member(batch.member_id):
        return
    employer = Employer.objects.select_related("organisation").get(pk=batch.employer_id)
    if batch.state == BatchState.WAITING:
        batch.state, batch.begun_at, batch.begun_with = BatchState.ASKING, now, batch.settled
    quota = trail.left_today(employer, now)
    given = _asked(batch, list(_waiting(batch, employer, now)[: min(CHUNK, quota)]), employer, now)
    _settle(batch, [(row, each) for row, each in given if not isinstance(each, NOT_YET)])
    if employer.organisation.suspended_at is not None:
        batches.end(batch, BatchState.SUSPENDED, EmployerSuspended(), now=now)
    elif not batch.left:
        batches.close(batch, BatchState.DONE, now=now)
    else:
        _wait(batch, now, until=_until(batch, [each for _row, each in given], quota, employer, now))


def _waiting(batch: Batch, employer: Employer, now: datetime) -> QuerySet[BatchRow]:
    """In the file's order; while codes are not taken, what is asked on a form comes first."""
    codes_wait = not consent.may_be_wrong(employer.organisation, now=now)
    return batch.rows.filter(sealed__isnull=False).order_by(*(["by_code"] if codes_wait else []), "place")


def _asked(batch: Batch, rows: list[BatchRow], employer: Employer, now: datetime) -> list[tuple[BatchRow, Given]]:
    if not rows or employer.organisation.suspended_at is not None:
        return []
    questions: list[Asked] = []
    given: list[tuple[BatchRow, Given]] = []
    for row in rows:
        try:
            questions.append((row, _question(batch, row)))
        except (KeyUnknown, SealBroken) as error:
            logger.error("batch row %s cannot be opened: %s", row, type(error).__name__)
            given.append((row, RowUnreadable()))
    if any(_has_code(each) for each in questions):
        return given + _with_codes(questions, employer, _asker(batch), now)
    return given + _together(questions, employer, _asker(batch), now)


def _together(questions: Sequence[Asked], employer: Employer, asker: Client | Member, now: datetime) -> list[_Row]:
    answers = ask_many([each for _row, each in questions], employer=employer.organisation, asker=asker, now=now)
    return list(zip([row for row, _each in questions], answers, strict=True))


def _with_codes(questions: Sequence[Asked], employer: Employer, asker: Client | Member, now: datetime) -> list[_Row]:
    """In groups with no more codes than may still be wrong; one chunk with codes of an employer at a time, so that two do
    not share out the same tries. Within the transaction locks add up: codes first, then documents as acts lock them.
    """
    Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)
    codes = [each.consent for _row, each in questions if isinstance(each.consent, TypedCode)]
    consent.lock(codes, employer=employer.organisation)
    waiting = sorted(questions, key=lambda each: lock_of(each[1], today(now)))
    given: list[_Row] = []
    while waiting:
        left = consent.may_be_wrong(employer.organisation, now=now)
        if not left:
            given += [(row, TooManyConsentCodes(CODE_FIELD)) for row, each in waiting if _has_code((row, each))]
            return given + _together([each for each in waiting if not _has_code(each)], employer, asker, now)
        group = _first(waiting, left)
        given += _together(group, employer, asker, now)
        waiting = waiting[len(group) :]
    return given


def _first(waiting: Sequence[Asked], codes: int) -> Sequence[Asked]:
    """Those from the front with so many codes at most."""
    places = [place for place, each in enumerate(waiting) if _has_code(each)]
    return waiting[: places[codes]] if len(places) > codes else waiting


def _has_code(asked: Asked) -> bool:
    return isinstance(asked[1].consent, TypedCode)


def _asker(batch: Batch) -> Client | Member:
    asker = batch.member or batch.client
    assert asker is not None
    return asker


def _question(batch: Batch, row: BatchRow) -> Question:
    asked = row.asked
    return Question(
        purpose=batch.purpose,
        post=batch.post,
        document_type=asked["document_type"],
        document_number=asked["document_number"],
        name=asked["name"],
        consent=_consent(asked),
        idempotency_key=row.idempotency_key,
    )


def _consent(asked: Mapping[str, str]) -> ByConsent:
    if "code" in asked:
        return TypedCode(code=asked["code"])
    signed_on = date.fromisoformat(asked["signed_on"])
    return Attestation(document_sha256=asked["document_sha256"], signed_on=signed_on)


def _settle(batch: Batch, settled: Sequence[tuple[BatchRow, Given]]) -> None:
    ends = [End(row, refusal=each) if isinstance(each, Refusal) else End(row, screening=each) for row, each in settled]
    row_ends.write(ends)
    batch.answered += sum(end.screening is not None for end in ends)
    batch.refused += sum(end.refusal is not None for end in ends)


def _until(batch: Batch, given: Sequence[Given], quota: int, employer: Employer, now: datetime) -> datetime | None:
    """For the quota until tomorrow; after too many wrong codes until they are taken again, unless something can be asked on a
    form; None: nothing is in the way.
    """
    if not quota or any(isinstance(each, QuotaReached) for each in given):
        return goes_on_at(now)
    codes_wait = any(isinstance(each, TooManyConsentCodes) for each in given)
    if codes_wait and not batch.rows.filter(sealed__isnull=False, by_code=False).exists():
        return consent.taken_again_at(employer.organisation, now=now)
    return None


def _wait(batch: Batch, now: datetime, *, until: datetime | None) -> None:
    """For the next turn, or until this moment; what is sealed is kept so much longer."""
    batch.due_at = now
    if until is not None:
        batch.state, batch.due_at = BatchState.WAITING, until
        longest = batch.uploaded_at + timedelta(days=LONGEST_DAYS + 1)
        batch.keep_until = min(batch.due_at + KEPT, longest)
    batch.save()
