"""What a change of measures will do, counted before it is approved; and how far it has come afterwards.

Counted from the book's tables, in SQL, without opening an event: it agrees with `eligibility.allows` and with what
`settling` then does, since an event says of article, facts and effect what the tables say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from registry import log
from registry.lifecycle import IN_FORCE
from registry.models import Listing
from sharing.delivery.models import Held, HeldReason, Told
from sharing.departments.eligibility import effective_since, valid_at
from sharing.departments.models import Department, Instrument, Measure

SHOWN = 25


@dataclass(frozen=True)
class Scope:
    """Which listings a measure fits; ``lapsed_position``: since when its instrument has lapsed, None: it has not."""

    articles: Sequence[str]
    facts: Sequence[str]
    longest_months: int | None = None
    lapsed_position: int | None = None

    @property
    def begins(self) -> bool:
        """Whether further listings are told on it."""
        return self.lapsed_position is None


@dataclass(frozen=True)
class Preview:
    """``fitting``: listings in force that the measures concerned fit; ``first_…``: the first numbers, and no person.

    ``lapsed``: their instrument has expired, so nothing further is told on them before it is renewed.
    """

    fitting: int
    new: int
    withdrawn: int
    first_new: list[str]
    first_withdrawn: list[str]
    lapsed: bool


@dataclass(frozen=True)
class Progress:
    """Of ``fitting`` listings in force ``told`` were told; ``waiting`` of the opening set are still on their way."""

    fitting: int
    told: int
    waiting: int
    settled: bool


def of_opening(instrument: Instrument, scope: Scope) -> Preview:
    """``scope.lapsed_position`` is the instrument's."""
    return _preview(instrument.department_id, [scope], [*_scopes(_valid(instrument.department_id)), scope])


def of_replacing(measure: Measure, scope: Scope) -> Preview:
    department_id = measure.instrument.department_id
    others = [each for each in _valid(department_id) if each.pk != measure.pk]
    return _preview(department_id, [scope], [*_scopes(others), scope])


def of_ending(measure: Measure) -> Preview:
    department_id = measure.instrument.department_id
    others = [each for each in _valid(department_id) if each.pk != measure.pk]
    return _preview(department_id, [scope_of(measure)], _scopes(others))


def of_renewing(instrument: Instrument) -> Preview:
    """What was not told while it had expired comes with the renewal."""
    every = _valid(instrument.department_id)
    own = [
        Scope(each.articles, each.facts, each.longest_months) for each in every if each.instrument_id == instrument.pk
    ]
    others = [each for each in every if each.instrument_id != instrument.pk]
    return _preview(instrument.department_id, own, [*_scopes(others), *own])


def progress(measure: Measure) -> Progress:
    """How far the department has been told of what the measure fits."""
    department = Department.objects.get(pk=measure.instrument.department_id)
    fitting = _fitting([scope_of(measure)])
    waiting = Held.objects.filter(endpoint__department=department.pk, reason=HeldReason.OPENING, listing__in=fitting)
    return Progress(
        fitting=fitting.count(),
        told=fitting.filter(_told(department.pk)).count(),
        waiting=waiting.count(),
        settled=department.unsettled_position is None,
    )


def scope_of(measure: Measure) -> Scope:
    return Scope(measure.articles, measure.facts, measure.longest_months, measure.instrument.lapsed_position)


def _preview(department_id: int, concerned: Sequence[Scope], after: Sequence[Scope]) -> Preview:
    """``after``: every measure of the department that is valid once the change is made."""
    told = _told(department_id)
    new = _fitting([scope for scope in after if scope.begins]).exclude(told)
    withdrawn = _in_force().filter(told).exclude(_rest_on(after, department_id))
    return Preview(
        fitting=_fitting(concerned).count(),
        new=new.count(),
        withdrawn=withdrawn.count(),
        first_new=_first(new),
        first_withdrawn=_first(withdrawn),
        lapsed=any(not scope.begins for scope in concerned),
    )


def _valid(department_id: int) -> list[Measure]:
    size, _epoch = log.head()
    measures = Measure.objects.filter(instrument__department=department_id).select_related("instrument").order_by("pk")
    return [measure for measure in measures if valid_at(measure, size + 1)]


def _scopes(measures: Iterable[Measure]) -> list[Scope]:
    return [scope_of(each) for each in measures]


def _rest_on(scopes: Iterable[Scope], department_id: int) -> Q:
    """What the department was told of and one of them goes on to allow: one that has lapsed, what it was told of before."""
    goes_on = Q(pk__in=[])
    for scope in scopes:
        fits = Q(pk__in=_fitting([scope]).values("pk"))
        goes_on |= (
            fits if scope.lapsed_position is None else fits & Q(_told_before(scope.lapsed_position, department_id))
        )
    return goes_on


def _in_force() -> QuerySet[Listing]:
    return Listing.objects.filter(state__in=IN_FORCE)


def _fitting(scopes: Iterable[Scope]) -> QuerySet[Listing]:
    """Listings in force that one of them fits today."""
    any_of, day = Q(pk__in=[]), timezone.localdate()
    for scope in scopes:
        article = Q(party__article__in=list(scope.articles))
        for each in scope.articles:
            article |= Q(party__article__startswith=f"{each}(")
        fits = article & Q(party__decision__facts__contains=list(scope.facts))
        if scope.longest_months is not None:
            fits &= Q(effective_on__gte=effective_since(scope.longest_months, day))
        any_of |= fits
    return _in_force().filter(any_of)


def _told(department_id: int) -> Exists:
    return Exists(Told.objects.filter(department_id=department_id, listing=OuterRef("pk"), ended_position=None))


def _told_before(lapsed_position: int, department_id: int) -> Exists:
    """As `eligibility.counts` has it."""
    begun = F("decided_position") - Case(When(opening__gt=0, then=1), default=0)
    spans = Told.objects.filter(department_id=department_id, listing=OuterRef("pk"), ended_position=None)
    return Exists(spans.annotate(begun=begun).filter(begun__lt=lapsed_position))


def _first(listings: QuerySet[Listing]) -> list[str]:
    return list(listings.order_by("number").values_list("number", flat=True)[:SHOWN])
