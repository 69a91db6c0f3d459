"""The rows of batches are asked, chunk by chunk; the database alone knows how far.

A chunk is one transaction: its questions, the rows that they settle and the batch's count. So whoever dies in the
middle leaves nothing behind, and whoever comes next asks the same rows under the same keys.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from registry.actions.acting import today
from registry.errors import EmployerSuspended, QuotaReached, Refusal, RowUnreadable
from registry.keys import KeyUnknown, SealBroken
from sharing.employers import batch as batches
from sharing.employers import refused, trail
from sharing.employers.batch import KEPT
from sharing.employers.consent import LONGEST_DAYS, Attestation
from sharing.employers.models import GOING_ON, Batch, BatchRow, BatchState, Employer, Screening
from sharing.employers.question import Question
from sharing.employers.screening import ask_many
from sharing.parties.models import Client, Member

CHUNK = 500
AGAIN = timedelta(minutes=1)  # after a chunk that failed

SETTLE = """
UPDATE employers_batchrow AS row
SET sealed = NULL, screening_id = settled.screening, refusals = settled.refusals::jsonb
FROM (SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(screenings)s::text[]) AS screening,
             unnest(%(refusals)s::text[]) AS refusals) AS settled
WHERE row.id = settled.id
"""

Given = Screening | Refusal
logger = logging.getLogger(__name__)


def go_on(*, now: datetime) -> bool:
    """Ask the next chunk of the batch that waits longest. False: none is due that nobody else is at.

    A chunk that fails is tried again in a minute, and keeps no other batch waiting.
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
        Batch.objects.filter(pk=batch_id, state__in=GOING_ON).update(due_at=now + AGAIN)
    return batch_id is not None


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


def _next(now: datetime) -> Batch | None:
    due = Batch.objects.filter(due_at__lte=now, keep_until__gt=now, state__in=GOING_ON)
    return due.select_for_update(skip_locked=True, no_key=True).order_by("due_at").first()


def _chunk(batch: Batch, now: datetime) -> None:
    employer = Employer.objects.select_related("organisation").get(pk=batch.employer_id)
    if batch.state == BatchState.WAITING:
        batch.state, batch.begun_at, batch.begun_with = BatchState.ASKING, now, batch.settled
    quota = trail.left_today(employer, now)
    waiting = batch.rows.filter(sealed__isnull=False).order_by("place")[: min(CHUNK, quota)]
    given = _asked(batch, list(waiting), employer, now)
    _settle(batch, [(row, each) for row, each in given if not isinstance(each, QuotaReached | EmployerSuspended)])
    if employer.organisation.suspended_at is not None:
        batches.end(batch, BatchState.SUSPENDED, EmployerSuspended(), now=now)
    elif not batch.left:
        batches.close(batch, BatchState.DONE, now=now)
    else:
        _wait(batch, now, for_quota=not quota or any(isinstance(each, QuotaReached) for _row, each in given))


def _asked(batch: Batch, rows: list[BatchRow], employer: Employer, now: datetime) -> list[tuple[BatchRow, Given]]:
    if not rows or employer.organisation.suspended_at is not None:
        return []
    questions: list[tuple[BatchRow, Question]] = []
    given: list[tuple[BatchRow, Given]] = []
    for row in rows:
        try:
            questions.append((row, _question(batch, row)))
        except (KeyUnknown, SealBroken) as error:
            logger.error("batch row %s cannot be opened: %s", row, type(error).__name__)
            given.append((row, RowUnreadable()))
    asked = ask_many([each for _row, each in questions], employer=employer, asker=_asker(batch), now=now)
    return given + list(zip([row for row, _each in questions], asked, strict=True))


def _asker(batch: Batch) -> Client | Member:
    asker = batch.member or batch.client
    assert asker is not None
    return asker


def _question(batch: Batch, row: BatchRow) -> Question:
    asked = row.asked
    signed_on = date.fromisoformat(asked["signed_on"])
    return Question(
        purpose=batch.purpose,
        post=batch.post,
        document_type=asked["document_type"],
        document_number=asked["document_number"],
        name=asked["name"],
        consent=Attestation(document_sha256=asked["document_sha256"], signed_on=signed_on),
        idempotency_key=row.idempotency_key,
    )


def _settle(batch: Batch, settled: Sequence[tuple[BatchRow, Given]]) -> None:
    """Each row holds its answer or why there is none, and no longer what was asked."""
    answers = [each.pk if isinstance(each, Screening) else None for _row, each in settled]
    refusals = [json.dumps([refused.kept(each)]) if isinstance(each, Refusal) else None for _row, each in settled]
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {
            "ids": [row.pk for row, _each in settled],
            "screenings": answers,
            "refusals": refusals,
        }
        cursor.execute(SETTLE, facts)
    batch.answered += sum(each is not None for each in answers)
    batch.refused += sum(each is not None for each in refusals)


def _wait(batch: Batch, now: datetime, *, for_quota: bool) -> None:
    """Until the next turn; for the quota until tomorrow, and what is sealed is kept so much longer."""
    batch.due_at = now
    if for_quota:
        batch.state, batch.due_at = BatchState.WAITING, goes_on_at(now)
        longest = batch.uploaded_at + timedelta(days=LONGEST_DAYS + 1)
        batch.keep_until = min(batch.due_at + KEPT, longest)
    batch.save()
