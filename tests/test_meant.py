"""What is meant for a department, and what each event says about the one before it: the same on every repeat."""

from __future__ import annotations

import pytest

from sharing.delivery import reading
from sharing.departments import telling
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

OTHER = {"article": "CL 287-1", "charge": "CL 287-1"}


@pytest.fixture(autouse=True, params=[reading.NEARBY, 0], ids=["near", "far"])
def looked_for(request, monkeypatch):
    """The event before is found near by, or else by listing: both say the same."""
    monkeypatch.setattr(reading, "NEARBY", request.param)


def said(department, after=0, upto=99):
    """Position and previous position of each event meant for the department."""
    return [(event.position, event.previous) for event in reading.after(department.pk, after, upto)]


def entered(serial, **changes):
    """A listing in force of another person each time; CL 253-1 unless the changes say otherwise."""
    number = cast.resident(f"1101051988030{serial}111")
    cast.in_force(cast.party(cast.person(number, "欧阳㛃"), **changes), number=number)
    telling.walk(now=cast.NOW)


def test_each_event_names_the_one_before_wherever_reading_begins():
    department = cast.department()
    cast.measure(department)
    for serial, changes in enumerate([{}, OTHER, {}, {}], 1):
        entered(serial, **changes)
    assert said(department) == [(1, 0), (3, 1), (4, 3)]
    assert said(department, after=1) == [(3, 1), (4, 3)]
    assert said(department, after=3) == [(4, 3)]


def test_an_event_repeats_its_previous_position_after_an_earlier_listing_was_told_late():
    department = cast.department()
    cast.measure(department)
    entered(1, **OTHER)
    entered(2)
    entered(3)
    first_try = said(department)
    assert first_try == [(2, 0), (3, 2)]
    cast.measure(department, code="opening", articles=("CL 287-1",), facts=())
    assert [each for each in said(department) if each[0] > 1] == first_try
    entered(4)
    assert said(department) == [(1, 0), *first_try, (4, 3)]


def test_the_last_event_before_an_opening_set_repeats_its_previous_position_too():
    department = cast.department()
    cast.measure(department)
    entered(1, **OTHER)
    entered(2)
    assert said(department) == [(2, 0)]
    cast.measure(department, code="opening", articles=("CL 287-1",), facts=())
    assert said(department) == [(1, 0), (2, 0)]
    entered(3)
    assert said(department) == [(1, 0), (2, 0), (3, 2)]
