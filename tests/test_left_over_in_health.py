"""What a department cannot be told of, because it cannot be opened, is no healthy registry."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from config.operation import readiness
from config.operation.parts import Part, State
from sharing.departments import left_over, retrying, telling
from sharing.departments.models import LeftDuty, LeftOver
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived", "every_process_lives")]


@pytest.fixture
def told(finance):
    """A listing that the department was told of."""
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    return listing


def part() -> Part:
    (found,) = [each for each in readiness.look().parts if each.name == "left_over"]
    return found


def judged():
    found = part()
    return found.state, found.at_fault


def minutes_later(minutes):
    LeftOver.objects.update(since=timezone.now() - timedelta(minutes=minutes), tried_at=cast.NOW.replace(year=2000))


def test_where_everything_can_be_opened_nothing_is_left_over(told):
    assert part() == Part("left_over", State.OK, "", {"seconds": None, "give": 0, "settle": 0})


@pytest.mark.parametrize("duty", LeftDuty)
def test_what_is_left_over_is_late_and_down_when_it_does_not_pass_by_itself(finance, told, client, duty):
    left_over.note(finance.pk, [told.pk], duty)
    assert judged() == (State.LATE, "database")
    assert part().said[duty.value] == 1
    minutes_later(3)
    assert judged() == (State.DOWN, "database")
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")


def test_it_is_judged_by_what_has_waited_longest(finance, told):
    left_over.note(finance.pk, [told.pk], LeftDuty.SETTLE)
    minutes_later(3)
    left_over.note(finance.pk, [told.pk], LeftDuty.GIVE)
    assert judged() == (State.DOWN, "database")


@pytest.mark.parametrize("duty", LeftDuty)
def test_all_is_well_once_it_could_be_opened(finance, told, duty):
    left_over.note(finance.pk, [told.pk], duty)
    minutes_later(3)
    retrying.try_again(now=timezone.now())
    assert judged() == (State.OK, "")
