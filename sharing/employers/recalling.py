"""Which results may no longer be relied on, and what the employers say they did with them.

A walker reads the log by a cursor of its own and recalls every positive result whose listing was corrected, revised,
suspended or withdrawn after the result was given; the recalls are opened in the transaction that moves the cursor, so a
crash repeats nothing and skips nothing. A result that said “not listed” is never recalled by the log: it says what the
book held at its moment, and that stays true. Beside that, a registrar of the High Court recalls what was given in error.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet

from registry.actions.acting import paper_reference
from registry.errors import (
    NoOpenRecall,
    NoResultYet,
    NoSuchRecalledResult,
    ReasonForRecallNeeded,
    RecallClosed,
    ResultRecalledAlready,
)
from registry.models import Event, EventType, Listing, Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers.models import (
    RESULTS,
    RecallCause,
    RecallConfirmation,
    RecallDecision,
    RecallingCursor,
    ResultRecall,
    Screening,
    ScreeningOutcome,
)
from sharing.parties.models import Client, Member

CHUNK = 500
REASON_MOST = 200
# What makes a positive result say something else than the book. A flag or a statement leaves the listing as it is; what
# is reinstated was recalled when it was suspended. A withdrawal counts whatever its reason, the end of the term
# included: recalling some and not others would tell the reason.
CHANGES = frozenset({EventType.CORRECTED, EventType.REVISED, EventType.SUSPENDED, EventType.WITHDRAWN})

Positions = Mapping[int, Sequence[int]]
"""By listing, the positions of its changes in order."""


# What the log says


def walk(*, now: datetime) -> int:
    """Open the recalls that new events call for; the number of events read. Chunk by chunk, resumable."""
    walked = 0
    while chunk := _walk_chunk(now):
        walked += chunk
    return walked


def is_due(_now: datetime) -> bool:
    """Whether the log has grown since it was walked."""
    return RecallingCursor.objects.filter(
        position__lt=Event.objects.aggregate(end=Max("position"))["end"] or 0
    ).exists()


def _walk_chunk(now: datetime) -> int:
    """Nothing, where another walker is at it."""
    with transaction.atomic():
        cursor = RecallingCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if cursor is None:
            return 0
        events = list(
            Event.objects.filter(position__gt=cursor.position)
            .order_by("position")
            .values_list("position", "type", "listing_id", "reader")[:CHUNK]
        )
        if not events:
            return 0
        changes: dict[int, list[int]] = defaultdict(list)
        for position, type_, listing_id, reader in events:
            if type_ in CHANGES and listing_id is not None and reader is None:
                changes[listing_id].append(position)
        if changes:
            ResultRecall.objects.bulk_create(_called_for(changes, now), ignore_conflicts=True, batch_size=CHUNK)
        cursor.position = events[-1][0]
        cursor.save(update_fields=["position"])
    return len(events)


def _called_for(changes: Positions, now: datetime) -> list[ResultRecall]:
    found = []
    for screening in (*_positive(changes), *_positive_since_judged(changes)):
        position = _first_after(screening, changes)
        if position is not None:
            found.append(_recall(screening, RecallCause.LISTING_CHANGED, now, position=position))
    return found


def _positive(changes: Positions) -> QuerySet[Screening]:
    """The standing results that showed one of these listings, or a prohibition of one, however old they are."""
    showed = Q(listing__in=list(changes)) | Q(also_told__overlap=list(changes))
    return _standing().filter(showed, outcome=ScreeningOutcome.LISTED, verdict=None)


def _positive_since_judged(changes: Positions) -> QuerySet[Screening]:
    """The same, where a verdict on the consent put the answer in place of what was there before."""
    showed = Q(verdict__listing__in=list(changes)) | Q(verdict__also_told__overlap=list(changes))
    return _standing().filter(showed, verdict__outcome=ScreeningOutcome.LISTED)


def _standing() -> QuerySet[Screening]:
    heavy = ("answer_sealed", "verdict__answer_sealed")
    return Screening.objects.filter(recall=None).select_related("verdict").defer(*heavy).order_by()


def _first_after(screening: Screening, changes: Positions) -> int | None:
    """The first change that the answer did not know of yet."""
    later: list[int] = []
    answered = screening.latest
    for listing_id in (answered.listing_id, *answered.also_told):
        positions = changes.get(listing_id, ()) if listing_id is not None else ()
        later += positions[bisect_right(positions, answered.as_of) :][:1]
    return min(later, default=None)


# What a registrar finds


def recall_as_erroneous(screening: Screening, *, officer: Officer, reason: str, now: datetime) -> ResultRecall:
    """The result was wrong when it was given: with the wrong outcome, or about somebody else.

    Raises HighCourtRegistrarNeeded, NoResultYet, ReasonForRecallNeeded, ResultRecalledAlready.
    """
    refuse_unless_registrar(officer)
    if screening.latest.outcome not in RESULTS:
        raise NoResultYet
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= REASON_MOST:
        raise ReasonForRecallNeeded("reason")
    recall = _recall(screening, RecallCause.ERRONEOUS, now, officer=officer, reason=reason)
    try:
        with transaction.atomic():
            recall.save()
    except IntegrityError:
        raise ResultRecalledAlready from None
    return recall


def recall_without_consent(screening: Screening, *, now: datetime) -> None:
    """The consent to the question was not shown: nothing that was answered may be relied on, nor what monitoring told on it.

    To be called once the monitoring has ended, or a look that is being taken adds an answer that nobody recalls.
    """
    told = Screening.objects.filter(monitoring_change__monitoring__first=screening).order_by("pk")
    recalls = [_recall(each, RecallCause.NO_CONSENT, now) for each in (screening, *told.defer("answer_sealed"))]
    ResultRecall.objects.bulk_create(recalls, ignore_conflicts=True)


def _recall(screening: Screening, cause: RecallCause, now: datetime, **why: object) -> ResultRecall:
    return ResultRecall(
        screening=screening,
        cause=cause,
        opened_at=now,
        status_list=screening.status_list,
        status_index=screening.status_index,
        **why,
    )


# What the employer says


def open_recalls(employer_id: int | None = None) -> QuerySet[ResultRecall]:
    """Recalls that wait for the employer's word that the result was removed; of every employer, if none is given."""
    found = ResultRecall.objects.exclude(confirmations__removed=True)
    return found if employer_id is None else found.filter(screening__employer=employer_id)


def confirm(
    screening_id: str,
    *,
    employer_id: int,
    removed: bool,
    decision: RecallDecision,
    by: Member | Client,
    now: datetime,
) -> RecallConfirmation:
    """Record the employer's word; it is final once the result is removed. The same word twice is one.

    Raises NoSuchRecalledResult, also for another employer's; RecallClosed where another word was the last one.
    """
    recall = ResultRecall.objects.filter(screening=screening_id, screening__employer=employer_id).first()
    if recall is None:
        raise NoSuchRecalledResult
    said = RecallConfirmation(
        recall=recall,
        removed=removed,
        decision=decision,
        member=by if isinstance(by, Member) else None,
        client=by if isinstance(by, Client) else None,
        at=now,
    )
    return _said_before(said) or _say(said)


def confirm_on_paper(
    screening_ids: Sequence[str], *, employer_id: int, reference: str, officer: Officer, now: datetime
) -> int:
    """The employer wrote that it removed these results; recorded by an officer, where nobody there says it otherwise.
    How many are closed by that.

    HighCourtRegistrarNeeded; PaperReferenceNeeded, PaperReferenceIsPersonal; NoOpenRecall: none of them is open.
    """
    refuse_unless_registrar(officer)
    recalls = open_recalls(employer_id).filter(pk__in=screening_ids).select_related("screening__verdict")
    found = list(recalls.order_by("pk"))
    if not found:
        raise NoOpenRecall("recalls")
    words = paper_reference(reference, _shown_in([each.screening for each in found]))
    said = [
        RecallConfirmation(
            recall=each,
            removed=True,
            decision=RecallDecision.NO_DECISION_YET,
            officer=officer,
            reference=words,
            at=now,
        )
        for each in found
    ]
    # Of those that the employer confirms itself in this moment its own word stays.
    RecallConfirmation.objects.bulk_create(said, ignore_conflicts=True)
    return len(said)


def _shown_in(screenings: Sequence[Screening]) -> list[Listing]:
    """Every listing that one of these results showed, before or after an officer judged the consent."""
    answers = [row for each in screenings for row in (each, getattr(each, "verdict", None)) if row is not None]
    ids = {key for row in answers for key in (row.listing_id, *row.also_told)}
    return list(Listing.including_sealed.filter(pk__in=ids))


def _say(said: RecallConfirmation) -> RecallConfirmation:
    try:
        with transaction.atomic():
            said.save()
    except IntegrityError:  # somebody else closed it in this moment
        return _said_before(said) or said
    return said


def _said_before(said: RecallConfirmation) -> RecallConfirmation | None:
    # The word that closed it, then the latest one.
    before = RecallConfirmation.objects.filter(recall=said.recall).order_by("-removed", "-at").first()
    if before is not None and (before.removed, before.decision) == (said.removed, said.decision):
        return before
    if before is not None and before.removed:
        raise RecallClosed
    return None
