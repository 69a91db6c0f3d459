"""What was left over is tried again: given to who pulls under a new opening, or settled with the department's measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from registry.lifecycle import IN_FORCE
from sharing.delivery import contents, reading
from sharing.delivery.models import TellingCursor, Told
from sharing.departments import owing, settling
from sharing.departments.models import Department, LeftDuty, LeftOver

CHUNK = 200
RESTS = timedelta(minutes=1)  # between two tries


def try_again(*, now: datetime) -> None:
    """What was tried longest ago, so that what stays broken keeps no other from it; what one department is stuck with is raised when
    the others were tried.
    """
    due = LeftOver.objects.filter(opening=None, tried_at__lte=now - RESTS)
    rows = list(due.order_by("tried_at", "pk")[:CHUNK])
    _of(rows).update(tried_at=now)

    def of(key: tuple[int, str]) -> None:
        department_id, duty = key
        own = [row for row in rows if (row.department_id, row.duty) == key]
        if duty == LeftDuty.GIVE:
            _give(department_id, own)
        else:
            left = settling.settle_each(department_id, [row.listing_id for row in own], now=now)
            _of(own).exclude(listing__in=left).delete()

    settling.each_of(sorted({(row.department_id, row.duty) for row in rows}), of)


def _give(department_id: int, rows: Sequence[LeftOver]) -> None:
    """What ended meanwhile is owed no more: its withdrawal was never left out."""
    with transaction.atomic():
        upto = TellingCursor.objects.select_for_update().get(pk=1).position
        department = Department.objects.select_for_update().get(pk=department_id)
        firsts = _open_spans(department_id, rows)
        readable = _readable(department_id, firsts, upto)
        for row in _of(rows).filter(opening=None).order_by("pk"):
            if row.listing_id not in firsts:
                row.delete()
            elif row.listing_id in readable:
                department.opened += 1
                row.opening = department.opened
                row.save(update_fields=["opening"])
                owing.reopen(department_id, firsts[row.listing_id])
        Department.objects.filter(pk=department_id).update(opened=department.opened)


def _of(rows: Iterable[LeftOver]) -> QuerySet[LeftOver]:
    return LeftOver.objects.filter(pk__in=[row.pk for row in rows])


def _open_spans(department_id: int, rows: Sequence[LeftOver]) -> dict[int, int]:
    """By listing, where the department's span begins that goes on."""
    spans = Told.objects.filter(department_id=department_id, ended_position=None, listing__state__in=IN_FORCE)
    spans = spans.filter(listing__in=[row.listing_id for row in rows])
    return dict(spans.values_list("listing_id", "first_position"))


def _readable(department_id: int, firsts: Mapping[int, int], upto: int) -> set[int]:
    """The listings all of whose events can be opened, each from its position on."""
    told = reading.without_previous(department_id, firsts, upto)
    broken = contents.readable([event for events in told.values() for event in events]).broken
    return {listing_id for listing_id, events in told.items() if broken.isdisjoint(each.position for each in events)}
