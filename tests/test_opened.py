"""What is opened for a department that only pulls: it lies behind the position that its program has, and comes all the same."""

from __future__ import annotations

import json
import re

import pytest

from registry.models import AuditEntry, AuditKind
from sharing.audit.promises import checking
from sharing.delivery.models import Told
from sharing.departments import feed, instruments, telling
from sharing.departments.models import Department, Instrument
from tests import cast
from tests.logs import by_hand
from tests.test_feed import Door, flag
from tests.test_tracing import rows_about, rows_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def telecom():
    """It has joined, and may know of nothing yet."""
    return cast.department("telecom")


@pytest.fixture
def door(telecom):
    return Door(telecom)


def tell():
    telling.walk(now=cast.NOW)


def opened_for(department: Department):
    return cast.measure(department, code="watch", facts=())


def pulled(door, page):
    """What comes from there on to who sends back what the last page said, and what it says at the end."""
    seen = []
    while True:
        asked = {"opened": page["opened"]} if "opened" in page else {}
        answer = door.events(page["next"], limit=2, **asked)
        seen += [each["data"]["event"]["position"] for each in answer["events"]]
        if answer["next"] >= answer["head"] and answer["opened"] == page.get("opened"):
            return seen, answer
        page = answer


BEGINNING = {"next": 0}


def test_who_has_read_to_the_end_is_given_once_what_is_opened_behind_it(telecom, door):
    cast.in_force()
    cast.second_in_force()
    tell()
    seen, page = pulled(door, BEGINNING)
    assert (seen, page["next"], page["opened"]) == ([], 2, 0)
    opened_for(telecom)
    assert door.positions(after=2) == []
    assert door.events(after=2)["opened"] == 2, "whoever does not ask for it sees that there is something"
    seen, page = pulled(door, page)
    assert seen == [1, 2]
    assert (page["next"], page["opened"]) == (2, 2)
    assert pulled(door, page)[0] == []


def test_who_begins_from_the_start_has_it_in_its_place_and_not_twice(telecom, door):
    cast.in_force()
    tell()
    opened_for(telecom)
    cast.second_in_force()
    tell()
    seen, page = pulled(door, BEGINNING)
    assert (seen, page["opened"]) == ([1, 2], 1)


def test_what_is_opened_comes_with_all_that_was_said_of_it_and_only_as_far_as_the_position(telecom, door):
    listing = cast.in_force()
    cast.second_in_force()
    tell()
    _, page = pulled(door, BEGINNING)
    flag(cast.fresh(listing))
    tell()
    opened_for(telecom)
    assert pulled(door, page)[0] == [1, 2, 3], "3 lies after the position, and comes in its turn"
    assert pulled(door, {**page, "next": 3})[0] == [1, 3, 2], "by listing"


def test_a_page_holds_whole_openings_and_no_more_events_than_asked_for(telecom, door):
    listing = cast.in_force()
    cast.second_in_force()
    flag(cast.fresh(listing))
    tell()
    opened_for(telecom)
    first = door.events(3, limit=1, opened=0)
    assert len(first["events"]) == 2, "but for one that has more: of a listing all or nothing"
    assert (first["next"], first["opened"]) == (3, 1)
    rest = door.events(3, limit=1, opened=1)
    assert [each["data"]["event"]["position"] for each in rest["events"]] == [2]


def test_what_a_renewal_opens_comes_too(telecom, door):
    opened_for(telecom)
    instrument = Instrument.objects.get(department=telecom)
    instruments.watch(now=cast.NOW.replace(year=instrument.expires_on.year + 1))
    cast.in_force()
    tell()
    seen, page = pulled(door, BEGINNING)
    assert seen == []
    instruments.renew(
        instrument,
        expires_on=instrument.expires_on.replace(year=instrument.expires_on.year + 9),
        entered_by=cast.high_court_registrar(),
        approved_by=cast.second_high_court_registrar(),
        now=cast.NOW,
    )
    assert pulled(door, page)[0] == [1]


def test_what_is_withdrawn_since_comes_as_a_stub(telecom, door):
    listing = cast.in_force()
    tell()
    opened_for(telecom)
    cast.withdrawn(cast.fresh(listing))
    tell()
    stub, withdrawal = door.events(1, opened=0)["events"]
    assert stub["data"]["event"]["stub"] is True
    assert withdrawal["type"] == "listing.withdrawn"


def test_the_last_line_of_the_list_says_as_of_which_opening_it_is(telecom, door):
    cast.in_force()
    tell()
    assert door.snapshot()[1]["opened"] == 0
    opened_for(telecom)
    lines, last = door.snapshot()
    assert (len(lines), last["opened"], last["position"]) == (1, 1, 1)
    assert pulled(door, {"next": last["position"], "opened": last["opened"]})[0] == []


def test_the_list_is_as_of_the_opening_that_its_last_line_names(telecom):
    cast.in_force()
    tell()
    opened_for(telecom)
    assert list(feed.holdings(telecom.pk, feed.Reach(1, 0))) == []
    assert len(list(feed.holdings(telecom.pk, feed.Reach(1, 1)))) == 1


def test_more_openings_than_there_were_are_refused_with_the_way_out(door):
    response = door.get("events?after=0&opened=1")
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "R-458")
    assert "opened=0" in json.dumps(problem)
    assert "opened" in [each["field"] for each in problem["errors"]]


@pytest.mark.parametrize("opened", ["-1", "x", "", "1.5", "٣"])
def test_what_is_no_number_is_refused(door, opened):
    response = door.get(f"events?opened={opened}")
    assert (response.status_code, response.json()["code"]) == (400, "R-470")


def test_who_has_it_already_is_told_that_nothing_changed(telecom, door):
    cast.in_force()
    tell()
    opened_for(telecom)
    first = door.get("events?after=1&opened=1")
    again = door.get("events?after=1&opened=1", **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_pull_of_what_was_opened_is_on_record_and_traced(telecom, door):
    listing = cast.in_force()
    tell()
    opened_for(telecom)
    door.events(1, opened=0)
    (entry,) = AuditEntry.objects.filter(kind=AuditKind.PULL)
    assert entry.about == "2-1 opened 1-1"
    for rows in (rows_about(listing), rows_by(f"department:{telecom.organisation.code}")):
        assert [(row.listing, row.said.split()[:2]) for row in rows if row.kind == "pulled"] == [
            (listing.number, ["position", "1"])
        ]


# The checker


def told_wrong_by_hand() -> None:
    by_hand("UPDATE delivery_told SET opening = 0")


def counted_wrong_by_hand() -> None:
    by_hand("UPDATE departments_department SET opened = 0")


@pytest.mark.parametrize("plant", [told_wrong_by_hand, counted_wrong_by_hand])
def test_an_opening_that_no_page_shows_is_found_out(telecom, plant):
    cast.in_force()
    tell()
    opened_for(telecom)
    assert not checking.check().counts
    plant()
    found = "; ".join(map(str, checking.check().kept))
    assert re.search(r"I1: feed of \d+: opened behind .*: .1.", found), found


def test_openings_are_counted_for_each_department(telecom):
    finance = cast.department()
    cast.in_force()
    tell()
    opened_for(finance)
    opened_for(telecom)
    assert sorted(Told.objects.values_list("department", "opening")) == sorted([(finance.pk, 1), (telecom.pk, 1)])
