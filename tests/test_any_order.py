"""Where it is asked for, rows that no ordering tells apart come in any order, and nothing else of an answer changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count

from registry.models import AccessRecord
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_any_order")]
NUMBERS = [f"L-2026-{each:06d}" for each in range(1, 9)]
READ = 20  # times; that eight rows come alike so often by chance: 1 in 40,320 to the nineteenth


@pytest.fixture(autouse=True)
def eight_looks_of_one_instant():
    AccessRecord.objects.bulk_create(
        AccessRecord(officer=cast.clerk(), listing_number=number, page="listing", at=cast.NOW) for number in NUMBERS
    )


def orders(rows):
    return {tuple(rows.all()) for _ in range(READ)}


def test_looks_of_one_instant_come_in_several_orders():
    found = orders(AccessRecord.objects.order_by("at").values_list("listing_number", flat=True))
    assert len(found) > 1
    assert {tuple(sorted(each)) for each in found} == {tuple(NUMBERS)}


def test_so_do_looks_in_no_order():
    assert len(orders(AccessRecord.objects.values_list("listing_number", flat=True))) > 1


def test_what_an_ordering_tells_apart_keeps_it():
    assert orders(AccessRecord.objects.order_by("-listing_number").values_list("listing_number", flat=True)) == {
        tuple(reversed(NUMBERS))
    }
    later = AccessRecord.objects.create(
        officer=cast.clerk(), listing_number=NUMBERS[0], page="book", at=cast.NOW + timedelta(seconds=1)
    )
    assert {each[-1] for each in orders(AccessRecord.objects.order_by("at"))} == {later}


def test_distinct_grouped_and_united_rows_are_answered():
    looks = AccessRecord.objects.values_list("listing_number", flat=True)
    assert sorted(looks.distinct()) == NUMBERS
    assert sorted(looks.union(looks)) == NUMBERS
    assert list(AccessRecord.objects.values_list("page").annotate(Count("pk"))) == [("listing", 8)]
    assert AccessRecord.objects.aggregate(looks=Count("pk")) == {"looks": 8}
