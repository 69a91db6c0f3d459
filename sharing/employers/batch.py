"""A batch from its upload on: checked whole before anything is asked, begun, stopped, destroyed.

The file itself is never stored. Of each row only what is to be asked is kept, sealed, until it is asked: for a day at
the most, and where the rows wait (for the employer's quota, or because codes were wrong) until a day after they may go on
(`docs/decisions/0018`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from django.db import transaction
from django.db.models import Q

from registry import refused
from registry.actions.acting import today
from registry.errors import (
    BatchOver,
    EmployerSuspended,
    FileTooLarge,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    NoSuchBatch,
    NotAskedInTime,
    NothingToAsk,
    PostUnknown,
    PurposeUnknown,
    Refusal,
    StoppedBefore,
)
from registry.keys import digest_keys
from registry.storing import store
from registry.ulid import new_ulid
from sharing.employers import batch_limits, numbers_refused, rows, uploads
from sharing.employers.consent import ByConsent, TypedCode
from sharing.employers.models import GOING_ON, OPEN, Batch, BatchRow, BatchState, Employer
from sharing.employers.purposes import purposes
from sharing.employers.rows import Applicant, Fault
from sharing.employers.screening import KEY
from sharing.employers.uploads import Raw
from sharing.parties.models import Client, Member

BATCH_ID = re.compile(r"bat_[0-9A-Z]{26}", re.ASCII)
MOST_ROWS = 10_000
KEPT = timedelta(days=1)
STORED_AT_ONCE = 500

Checked = Sequence[Applicant | list[Fault]]


class FaultsFound(Exception):
    """Rows of a call that cannot be asked; nothing was."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def check(file: bytes, *, purpose: str, post: str, employer: Employer, member: Member, now: datetime) -> Batch:
    """A file's rows, each one checked and kept; nothing is asked.

    EmployerSuspended, PurposeUnknown, PostUnknown; BatchesHeld; the refusals of `uploads.read`.
    """
    refuse_unless_admitted(employer, purpose, post)
    batch_limits.refuse_more_held(employer, now)
    checked, _faults = _check(uploads.read(file, most_rows=MOST_ROWS), employer, now)
    batch = _new(employer, purpose=purpose, post=post, now=now)
    batch.member = member
    with transaction.atomic():
        batch_limits.lock(employer)
        batch_limits.refuse_more_held(employer, now)
        _store(batch, checked)
    return batch


def order(
    raws: Sequence[Raw],
    *,
    purpose: str,
    post: str,
    employer: Employer,
    client: Client,
    idempotency_key: str,
    now: datetime,
) -> Batch:
    """A call's rows, kept and begun if every one of them can be asked; the same call again gives the same batch.

    IdempotencyKeyNeeded, IdempotencyKeyReused; EmployerSuspended, PurposeUnknown, PostUnknown; NothingToAsk, FileTooLarge;
    BatchesUnderWay, RowsSpent. FaultsFound: what is wrong, row by row.
    """
    if not KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyNeeded("Idempotency-Key")
    refuse_unless_admitted(employer, purpose, post)
    _refuse_number_of(raws)
    content = _content(raws, purpose, post)
    given = _ordered_before(employer, idempotency_key, content)
    if given is not None:
        return given
    batch_limits.refuse_more_begun(employer, len(raws), now)
    checked, faults = _check(raws, employer, now)
    if faults:
        raise FaultsFound(faults)
    batch = _new(employer, purpose=purpose, post=post, now=now)
    batch.client, batch.idempotency_key, batch.content_digest = client, idempotency_key, digest_keys().digest(content)
    _begin(batch, now)
    with transaction.atomic():
        batch_limits.lock(employer)
        given = _ordered_before(employer, idempotency_key, content)
        if given is None:
            batch_limits.refuse_more_begun(employer, len(checked), now)
            _store(batch, checked)
    return given or batch


def own(employer_id: int, batch_id: str) -> Batch:
    """Raises NoSuchBatch; another employer's is as absent as one that never was."""
    own = Batch.objects.filter(employer=employer_id).select_related("member")
    found = own.filter(pk=batch_id).first() if BATCH_ID.fullmatch(batch_id) else None
    if found is None:
        raise NoSuchBatch
    return found


def begin(batch_id: str, *, employer: Employer, now: datetime) -> bool:
    """Have the rows asked that can be. False: it was begun before.

    EmployerSuspended; NoSuchBatch; BatchOver; NothingToAsk: no row can be asked; BatchesUnderWay, RowsSpent.
    """
    if employer.organisation.suspended_at is not None:
        raise EmployerSuspended
    with transaction.atomic():
        batch = _locked(employer.pk, batch_id)
        if batch.state in GOING_ON:
            return False
        if batch.state != BatchState.CHECKED or batch.keep_until <= now:
            raise BatchOver
        if not batch.left:
            raise NothingToAsk("file")
        batch_limits.lock(employer)  # after the batch, as where its rows are asked
        batch_limits.refuse_more_begun(employer, batch.total, now)
        _begin(batch, now)
        batch.save()
    return True


def stop(batch_id: str, *, employer_id: int, now: datetime) -> bool:
    """What was not asked yet is destroyed and never asked; what was answered stays. False: it was over. NoSuchBatch."""
    with transaction.atomic():
        batch = _locked(employer_id, batch_id)
        if batch.state not in OPEN:
            return False
        end(batch, BatchState.STOPPED, StoppedBefore(), now=now)
    return True


def destroy(*, now: datetime) -> int:
    """Empty what was kept for as long as it may be, and all of employers that are suspended; the number of batches.

    Run by the clock.
    """
    late = Q(keep_until__lte=now)
    suspended = Q(employer__suspended_at__isnull=False)
    return _end_all(suspended, BatchState.SUSPENDED, EmployerSuspended(), now) + _end_all(
        late, BatchState.EXPIRED, NotAskedInTime(), now
    )


def _end_all(which: Q, state: BatchState, why: Refusal, now: datetime) -> int:
    count = 0
    for batch_id in Batch.objects.filter(which, state__in=OPEN).values_list("pk", flat=True):
        with transaction.atomic():
            own = Batch.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            batch = own.filter(which, pk=batch_id, state__in=OPEN).first()
            if batch is not None:
                end(batch, state, why, now=now)
                count += 1
    return count


def end(batch: Batch, state: BatchState, why: Refusal, *, now: datetime) -> None:
    """Refuse every row of the locked batch that was not asked yet, and empty it; of one never begun no row stays."""
    if batch.state == BatchState.CHECKED:
        batch.rows.all().delete()
        batch.refused = 0
    else:
        waiting = batch.rows.filter(sealed__isnull=False)
        batch.refused += waiting.update(sealed=None, refusals=[refused.kept(why)])
    close(batch, state, now=now)


def close(batch: Batch, state: BatchState, *, now: datetime) -> None:
    batch.state, batch.due_at, batch.ended_at = state, None, now
    batch.save()


def _begin(batch: Batch, now: datetime) -> None:
    batch.state, batch.due_at = BatchState.ASKING, now
    batch.ordered_at = batch.begun_at = now
    batch.begun_with = batch.settled


def _new(employer: Employer, *, purpose: str, post: str, now: datetime) -> Batch:
    return Batch(
        id="bat_" + new_ulid(now),
        employer=employer.organisation,
        purpose=purpose,
        post=post,
        uploaded_at=now,
        keep_until=now + KEPT,
    )


def _store(batch: Batch, checked: Checked) -> None:
    batch.total = len(checked)
    batch.refused = sum(isinstance(each, list) for each in checked)
    batch.save(force_insert=True)
    made = (_row(batch, place, each) for place, each in enumerate(checked))
    while block := list(islice(made, STORED_AT_ONCE)):
        store(block)


def _check(raws: Iterable[Raw], employer: Employer, now: datetime) -> tuple[Checked, list[Fault]]:
    """Each row, and all that is wrong; numbers that can be nobody's are counted, whatever becomes of the batch."""
    checked = list(rows.check(raws, today=today(now)))
    faults = [fault for each in checked if isinstance(each, list) for fault in each]
    numbers_refused.note_all((fault.refusal for fault in faults), employer.pk, today(now))
    return checked, faults


def _row(batch: Batch, place: int, checked: Applicant | list[Fault]) -> BatchRow:
    if isinstance(checked, list):
        refusals = [refused.kept(fault.refusal, fault.column) for fault in checked]
        return BatchRow(batch=batch, place=place, row=checked[0].row, refusals=refusals)
    by_code = isinstance(checked.consent, TypedCode)
    row = BatchRow(batch=batch, place=place, row=checked.row, key=checked.key, by_code=by_code)
    row.asked = {
        "document_type": checked.document_type,
        "document_number": checked.document_number,
        "name": checked.name,
        **_consent(checked.consent),
    }
    return row


def _consent(given: ByConsent) -> dict[str, str]:
    if isinstance(given, TypedCode):
        return {"code": given.code}
    return {"document_sha256": given.document_sha256, "signed_on": given.signed_on.isoformat()}


def _locked(employer_id: int, batch_id: str) -> Batch:
    found = Batch.objects.select_for_update(no_key=True).filter(employer=employer_id, pk=batch_id).first()
    if found is None:
        raise NoSuchBatch
    return found


def refuse_unless_admitted(employer: Employer, purpose: str, post: str) -> None:
    """EmployerSuspended, PurposeUnknown, PostUnknown."""
    if employer.organisation.suspended_at is not None:
        raise EmployerSuspended
    found = purposes().get(purpose) if purpose in employer.purposes else None
    if found is None:
        raise PurposeUnknown("purpose", known=", ".join(employer.purposes))
    if post not in found.posts:
        raise PostUnknown("post", known=", ".join(found.posts))


def _refuse_number_of(raws: Sequence[Raw]) -> None:
    if not raws:
        raise NothingToAsk("applicants")
    if len(raws) > MOST_ROWS:
        raise FileTooLarge("applicants", megabytes=uploads.MEGABYTES, rows=MOST_ROWS)


def _content(raws: Iterable[Raw], purpose: str, post: str) -> str:
    """The whole call but its key, to tell a repetition from another call."""
    hashed = sha256(json.dumps([purpose, post]).encode())
    for raw in raws:
        hashed.update(json.dumps({name: cell.text for name, cell in raw.cells.items()}).encode())
    return f"batch:{hashed.hexdigest()}"


def _ordered_before(employer: Employer, idempotency_key: str, content: str) -> Batch | None:
    given = Batch.objects.filter(employer=employer.pk, idempotency_key=idempotency_key).first()
    if given is not None and bytes(given.content_digest or b"") not in digest_keys().digests(content):
        raise IdempotencyKeyReused("Idempotency-Key")
    return given
