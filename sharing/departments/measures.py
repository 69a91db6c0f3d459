"""Registering, ending and replacing a measure: two officers, a legal article or openly none, valid by log position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import bell, codes
from registry.errors import BasisNeeded, FieldMissing, NotAllowedNow
from registry.models import Officer
from sharing.delivery.models import TellingCursor
from sharing.departments import settling, telling
from sharing.departments.joining import refuse_one_officer
from sharing.departments.models import Department, Instrument, Measure


@dataclass(frozen=True, kw_only=True)
class MeasureTerms:
    """What two officers agreed to register. ``articles``: one of them; ``facts``: all of them, found in the judgment."""

    code: str
    name: str = ""
    name_en: str = ""
    basis: str = ""
    information_only: bool = False
    articles: tuple[str, ...]
    facts: tuple[str, ...] = ()
    longest_months: int | None = None


def open_measure(
    instrument: Instrument, terms: MeasureTerms, *, entered_by: Officer, approved_by: Officer, now: datetime
) -> Measure:
    """Register a measure from the next position on, and tell the department of every listing in force that it fits.

    Raises `BasisNeeded`, `FieldMissing`, `FourEyes`, `HighCourtRegistrarNeeded`, `UnknownCode`.
    """
    measure = opened(instrument, terms, entered_by=entered_by, approved_by=approved_by)
    carry_through(instrument.department_id, now)
    return measure


def opened(instrument: Instrument, terms: MeasureTerms, *, entered_by: Officer, approved_by: Officer) -> Measure:
    """`open_measure` without the telling, which the bell is rung for once this is committed."""
    refuse_one_officer(entered_by, approved_by)
    examine(terms)
    with transaction.atomic():
        return _open(instrument, terms, entered_by, approved_by, next_position(instrument.department_id))


def end_measure(measure: Measure, *, entered_by: Officer, approved_by: Officer, now: datetime) -> None:
    """End it at the next position; what nothing else allows is withdrawn from the department alone.

    Raises `FourEyes`, `NotAllowedNow` where it has ended already.
    """
    ended(measure, entered_by=entered_by, approved_by=approved_by)
    carry_through(measure.instrument.department_id, now)


def ended(measure: Measure, *, entered_by: Officer, approved_by: Officer) -> None:
    """`end_measure` without the withdrawing, which the bell is rung for once this is committed."""
    refuse_one_officer(entered_by, approved_by)
    with transaction.atomic():
        _end(measure, entered_by, approved_by, next_position(measure.instrument.department_id))


def replace_measure(
    measure: Measure, terms: MeasureTerms, *, entered_by: Officer, approved_by: Officer, now: datetime
) -> Measure:
    """Narrow or widen it: the old terms end where the new ones begin, so nobody is told of a listing twice.

    Raises as `open_measure` and `end_measure` do.
    """
    successor = replaced(measure, terms, entered_by=entered_by, approved_by=approved_by)
    carry_through(measure.instrument.department_id, now)
    return successor


def replaced(measure: Measure, terms: MeasureTerms, *, entered_by: Officer, approved_by: Officer) -> Measure:
    """`replace_measure` without the telling, which the bell is rung for once this is committed."""
    refuse_one_officer(entered_by, approved_by)
    examine(terms)
    with transaction.atomic():
        position = next_position(measure.instrument.department_id)
        _end(measure, entered_by, approved_by, position)
        return _open(measure.instrument, terms, entered_by, approved_by, position)


def examine(terms: MeasureTerms) -> None:
    """Raises `BasisNeeded`, `FieldMissing`, `UnknownCode`."""
    if not terms.information_only and not terms.name.strip():
        raise FieldMissing("name", name=_("Name in Chinese"))
    if terms.information_only == bool(terms.basis.strip()):
        raise BasisNeeded("basis")
    for article in terms.articles:
        codes.known("articles", article, "articles")
    for fact in terms.facts:
        codes.known("facts", fact, "facts")


def hold_telling() -> None:
    """Until the end of the transaction nobody tells, and no measure and no instrument changes; taken first."""
    TellingCursor.objects.select_for_update().get(pk=1)


def next_position(department_id: int) -> int:
    """Where a change of the department's measures begins to count; nobody appends or tells until it is committed."""
    hold_telling()
    department = Department.objects.select_for_update().get(pk=department_id)
    size = settling.lock_head()
    department.unsettled_position, department.settled_listing = size, 0
    department.changes += 1
    department.save(update_fields=["unsettled_position", "settled_listing", "changes"])
    transaction.on_commit(bell.ring, robust=True)  # should this process end before it has settled
    return size + 1


def _open(
    instrument: Instrument, terms: MeasureTerms, entered_by: Officer, approved_by: Officer, position: int
) -> Measure:
    return Measure.objects.create(
        instrument=instrument,
        code=terms.code,
        name=terms.name.strip(),
        name_en=terms.name_en.strip(),
        basis=terms.basis.strip(),
        information_only=terms.information_only,
        articles=list(terms.articles),
        facts=list(terms.facts),
        longest_months=terms.longest_months,
        from_position=position,
        entered_by=entered_by,
        approved_by=approved_by,
    )


def _end(measure: Measure, entered_by: Officer, approved_by: Officer, position: int) -> None:
    found = Measure.objects.select_for_update().get(pk=measure.pk)
    if found.to_position is not None:
        raise NotAllowedNow(act=measure.code, state="ended")
    found.to_position, found.ended_by, found.end_approved_by = position, entered_by, approved_by
    found.save(update_fields=["to_position", "ended_by", "end_approved_by"])


def carry_through(department_id: int, now: datetime) -> None:
    """After the change is committed: walk up to it, and bring what the department was told in line with it."""
    telling.walk(now=now)
    settling.settle(department_id, now=now)
