"""Sealing by rule: proposed by one registrar of the High Court, decided by another, done in chunks by the clock.

What the rule hits is frozen when it is proposed, so that the second officer decides about what the first one saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from registry import codes
from registry.actions.acting import given, hold_decisions, is_personal, lock, today
from registry.actions.apart import apart
from registry.actions.sealing import refuse_not_sealing, seal
from registry.deputies import refuse_one_hand
from registry.entries import SealingRule
from registry.errors import (
    GroundNeeded,
    HitsChanged,
    NoSuchSealingOrder,
    OrderNamesPerson,
    RuleHitsNothing,
    RuleTooWide,
)
from registry.lifecycle import DESK, IN_FORCE
from registry.models import Listing, Officer, Outcome, SealGround, SealingHit, SealingOrder, State

CHUNK = 500
CHUNKS_A_RUN = 40  # the clock goes on with what is left
SAMPLE = 10
GROUND_LEAST, GROUND_MOST = 2, 200
_DAYS = ("decided_from", "decided_until", "effective_from", "effective_until")


@dataclass(frozen=True)
class Preview:
    """What a rule hits, by court, state and article, and some listing numbers drawn by lot; ``at_the_desk``: drafts and
    what waits for effect that fit too and are left alone. Nobody is named.
    """

    count: int
    groups: list[tuple[str, str, str, int]]
    sample: list[str]
    at_the_desk: int


def preview(rule: SealingRule) -> Preview:
    """Raises `RuleTooWide`, `UnknownCode`."""
    hits = hit_by(rule)
    keys = ("court__code", "state", "party__article")
    groups = hits.values_list(*keys).annotate(count=Count("pk")).order_by(*keys)
    sample = sorted(hits.order_by("?").values_list("number", flat=True)[:SAMPLE])
    return Preview(hits.count(), list(groups), sample, _fitting(rule).filter(state__in=DESK).count())


def hit_by(rule: SealingRule) -> QuerySet[Listing]:
    """The listings that are or were in force, are not purged and fit. Raises `RuleTooWide`, `UnknownCode`."""
    return _fitting(rule).filter(state__in=(*IN_FORCE, State.WITHDRAWN))


def propose_sealing(
    rule: SealingRule, *, count: int, ground: str, reason: str, officer: Officer, now: datetime
) -> SealingOrder:
    """Freeze what the rule hits. ``count``: of the preview that was shown; raises `HitsChanged` if it is another now.

    Raises `SealingRegistrarNeeded`, `GroundNeeded`, `ReasonNeeded`, `RuleHitsNothing`, `RuleTooWide`, `UnknownCode`,
    `OrderNamesPerson`.
    """
    refuse_not_sealing(officer)
    cited = " ".join(ground.split())
    if not GROUND_LEAST <= len(cited) <= GROUND_MOST:
        raise GroundNeeded("ground")
    order = SealingOrder(
        rule=as_json(rule), ground=cited, reason=given(reason), proposed_by=officer, proposed_at=now, count=count
    )
    with transaction.atomic():
        hits = list(hit_by(rule).order_by("pk").values_list("pk", flat=True))
        if not hits:
            raise RuleHitsNothing
        if len(hits) != count:
            raise HitsChanged(count=len(hits))
        _refuse_naming({"ground": cited, "reason": order.reason}, hits)
        order.save(force_insert=True)
        rows = (SealingHit(order=order, listing_id=pk) for pk in hits)
        SealingHit.objects.bulk_create(rows, batch_size=CHUNK)
    return order


def approve_sealing(order_id: UUID, *, officer: Officer, now: datetime) -> None:
    """The second registrar orders it; the clock does it. Raises `HitsChanged` where the rule hits others by now."""
    refuse_not_sealing(officer)
    with transaction.atomic():
        order = _pending(order_id)
        refuse_one_hand(officer, today(now), order.proposed_by_id, tried="order_sealing")
        frozen = set(order.hits.values_list("listing_id", flat=True))
        hit_now = set(hit_by(from_json(order.rule)).values_list("pk", flat=True))
        if frozen != hit_now:
            raise HitsChanged(count=len(hit_now))
        _decide(order, officer, now, Outcome.CARRIED_OUT)


def refuse_sealing(order_id: UUID, *, reason: str, officer: Officer, now: datetime) -> None:
    """The second registrar says no; the order stays on record."""
    refuse_not_sealing(officer)
    words = given(reason)
    with transaction.atomic():
        order = _pending(order_id)
        refuse_one_hand(officer, today(now), order.proposed_by_id, tried="order_sealing")
        _refuse_naming({"reason": words}, list(order.hits.values_list("listing_id", flat=True)))
        order.refused_because = words
        _decide(order, officer, now, Outcome.REFUSED)


def carry_on(*, now: datetime) -> int:
    """Seal what was ordered and is not done yet; the number sealed. Run by the clock, resumable, each listing once. One that cannot be
    sealed is named in the log, stays ordered, and keeps none of the others.
    """
    done, chunks = 0, CHUNKS_A_RUN
    for order in _unfinished().select_related("decided_by").order_by("decided_at"):
        for ids in _chunks(order, chunks):
            done, chunks = done + apart(ids, partial(_seal, order=order, now=now)), chunks - 1
        _finish(order, now)
    return done


def is_due(_now: datetime) -> bool:
    return _unfinished().exists()


def _unfinished() -> QuerySet[SealingOrder]:
    return SealingOrder.objects.filter(outcome=Outcome.CARRIED_OUT, finished_at=None)


def _refuse_naming(said: Mapping[str, str], hits: Sequence[int]) -> None:
    """The words of an order stay, in clear, when what it sealed is long purged. Raises `OrderNamesPerson`."""
    for start in range(0, len(hits), CHUNK):
        listings = list(Listing.objects.filter(pk__in=hits[start : start + CHUNK]).select_related("party__person"))
        for field, words in said.items():
            if is_personal(words, listings):
                raise OrderNamesPerson(field)


def as_json(rule: SealingRule) -> dict[str, Any]:
    given_only = {name: value for name, value in asdict(rule).items() if value not in (None, ())}
    return {name: _plain(value) for name, value in given_only.items()}


def from_json(stored: dict[str, Any]) -> SealingRule:
    values: dict[str, Any] = {
        name: date.fromisoformat(value) if name in _DAYS else tuple(value) if isinstance(value, list) else value
        for name, value in stored.items()
    }
    return SealingRule(**values)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _fitting(rule: SealingRule) -> QuerySet[Listing]:
    if not rule.articles and not rule.numbers:
        raise RuleTooWide("articles")
    for list_name in ("articles", "penalty_kinds", "courts"):
        _refuse_unknown(list_name, getattr(rule, list_name))
    wanted = {
        "party__article__in": rule.articles,
        "party__penalty_kind__in": rule.penalty_kinds,
        "party__sentence_months__lte": rule.most_months,
        "party__decision__pronounced_on__gte": rule.decided_from,
        "party__decision__pronounced_on__lte": rule.decided_until,
        "effective_on__gte": rule.effective_from,
        "effective_on__lte": rule.effective_until,
        "court__code__in": rule.courts,
        "number__in": rule.numbers,
    }
    return Listing.objects.filter(Q(**{name: value for name, value in wanted.items() if value not in (None, ())}))


def _refuse_unknown(list_name: str, values: Iterable[str]) -> None:
    for value in values:
        codes.known(list_name, value, list_name)


def _pending(order_id: UUID) -> SealingOrder:
    order = SealingOrder.objects.select_for_update().filter(pk=order_id, outcome=Outcome.PENDING).first()
    if order is None:
        raise NoSuchSealingOrder
    return order


def _decide(order: SealingOrder, officer: Officer, now: datetime, outcome: Outcome) -> None:
    order.decided_by, order.decided_at, order.outcome = officer, now, outcome
    order.save(update_fields=["decided_by", "decided_at", "outcome", "refused_because"])


def _chunks(order: SealingOrder, most: int) -> Iterator[list[int]]:
    """The listings that it hit and that are not done, by id."""
    after = 0
    for _turn in range(most):
        hits = order.hits.filter(done_at=None, listing_id__gt=after).order_by("listing_id")
        ids = list(hits.values_list("listing_id", flat=True)[:CHUNK])
        if not ids:
            return
        yield ids
        after = ids[-1]


def _seal(ids: Sequence[int], order: SealingOrder, now: datetime) -> int:
    """How many of these were sealed; what another worker has done by now, none. In the caller's transaction."""
    SealingOrder.objects.select_for_update().get(pk=order.pk)
    hits = order.hits.filter(listing_id__in=ids, done_at=None)
    kept = Listing.objects.filter(pk__in=hits.values("listing_id")).exclude(state=State.PURGED)
    open_ids = list(kept.values_list("pk", flat=True))
    # Whoever attaches a file holds the decision: what is attached in this moment is destroyed with the others.
    hold_decisions(Listing.objects.filter(pk__in=open_ids).values_list("party__decision", flat=True))
    listings = lock(open_ids)
    assert order.decided_by is not None  # by the constraint on the table
    hits.update(done_at=now)
    seal(listings, SealGround.RULE, words=order.ground, officer=order.decided_by, now=now, order=order)
    return len(listings)


def _finish(order: SealingOrder, now: datetime) -> None:
    """Where nothing of it is left to do."""
    left = SealingHit.objects.filter(order=OuterRef("pk"), done_at=None)
    _unfinished().filter(~Exists(left), pk=order.pk).update(finished_at=now)
