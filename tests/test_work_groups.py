"""The groups of My work hold the first rows and say how many there are, without walking through the whole book."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from registry.admin import groups, work
from registry.admin.groups import Group, first_of, first_of_each
from registry.models import Listing, State
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

SECOND, THIRD = (cast.resident(f"1101051988030{nth}777") for nth in (1, 2))


@pytest.fixture
def _room_for_one(monkeypatch):
    monkeypatch.setattr(groups, "SHOWN", 1)


def three_listings():
    """A draft, and two in force."""
    cast.draft()
    for number in (SECOND, THIRD):
        cast.in_force(cast.party(cast.person(number)), number)


def in_state(state):
    return Listing.objects.filter(state=state).select_related("party__decision").order_by("-pk")


@pytest.mark.usefixtures("_room_for_one")
def test_a_group_shows_the_first_and_counts_the_rest():
    three_listings()
    found, count = first_of(in_state(State.ACTIVE))
    assert (found, count) == ([in_state(State.ACTIVE).first()], 2)


@pytest.mark.usefixtures("_room_for_one")
def test_several_groups_are_asked_for_in_one_statement_and_each_keeps_its_order():
    three_listings()
    wanted = in_state(State.DRAFT), in_state(State.IN_REVIEW), in_state(State.ACTIVE)
    one_by_one = [first_of(rows) for rows in wanted]
    assert [count for _found, count in one_by_one] == [1, 0, 2]
    with CaptureQueriesContext(connection) as asked:
        together = list(first_of_each(*wanted))
        assert [row.party.decision.number for found, _count in together for row in found]
    assert together == one_by_one
    assert len(asked) == 2, "one for the rows with what belongs to them, one for the count of the third"


@pytest.mark.parametrize("officer", [cast.clerk, cast.judge, cast.registrar, cast.high_court_registrar])
def test_my_work_asks_twenty_questions_at_most(officer):
    three_listings()
    browser = desk.at_the_desk(officer())
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(reverse("admin:index")).status_code == 200
    assert len(asked) <= 20


@pytest.mark.usefixtures("_room_for_one")
def test_nobody_counts_for_ever(monkeypatch):
    monkeypatch.setattr(groups, "COUNTED", 1)
    three_listings()
    found, count = first_of(in_state(State.ACTIVE))
    with translation.override("en"):
        assert str(Group("", [], count).how_many) == "more than 1"
    assert Group("", [], len(found)).how_many == "1"


def test_a_clerk_is_told_that_there_are_more(monkeypatch):
    monkeypatch.setattr(groups, "COUNTED", 1)
    monkeypatch.setattr("registry.admin.gathering.COUNTED", 1)
    for nth in range(3):
        decision = cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{130 + nth}号"))
        cast.draft(cast.party(cast.person(cast.resident(f"1101051988030{nth + 1}778"))), decision)
    page = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:index")).text
    assert "(more than 1)" in page


@pytest.mark.usefixtures("in_any_order")
def test_what_ends_on_one_day_comes_by_number_look_after_look(monkeypatch):
    """A group that has no room for all of them shows the same ones each time."""
    monkeypatch.setattr(groups, "SHOWN", 4)
    monkeypatch.setattr(work, "ENDING_WITHIN", timedelta(days=9999))
    numbers = [cast.resident(f"1101051988030{nth}779") for nth in range(1, 9)]
    listings = [cast.in_force(cast.party(cast.person(number)), number).number for number in numbers]
    browser = desk.at_the_desk(cast.judge(), "en")
    for _ in range(5):
        page = browser.get(reverse("admin:index")).text
        assert list(dict.fromkeys(re.findall(r"L-\d{4}-\d{6}", page))) == listings[:4]


def _no_answer(*_args):
    raise OperationalError("canceling statement due to statement timeout")


def test_a_group_that_cannot_be_loaded_says_so_alone(monkeypatch):
    cast.draft()
    monkeypatch.setattr(work, "waiting_for", _no_answer)  # of the imports
    answer = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:index"))
    assert answer.status_code == 200
    failed = answer.text.split('<section class="group failed">')
    assert len(failed) == 2
    assert "Imports of old decisions" in failed[1]
    assert "This part could not be loaded; the others are whole." in failed[1]
    assert "My drafts" in answer.text


def test_nor_does_a_part_of_sharing_take_the_page_with_it(monkeypatch):
    monkeypatch.setattr("sharing.desk.consents.to_be_judged", _no_answer)
    answer = desk.at_the_desk(cast.high_court_registrar(), "en").get(reverse("admin:index"))
    assert answer.status_code == 200
    assert answer.text.count('class="group failed"') == 1


def test_what_goes_wrong_in_the_code_is_not_hidden_so(monkeypatch):
    def broken(*_args):
        raise KeyError("planted")

    monkeypatch.setattr(work, "waiting_for", broken)
    with pytest.raises(KeyError, match="planted"):
        desk.at_the_desk(cast.clerk()).get(reverse("admin:index"))
