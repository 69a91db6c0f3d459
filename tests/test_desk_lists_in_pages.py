"""Recipients that have not confirmed, and what campaigns want: the desk shows them in pages, and counts them whole."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.departments import settling, telling
from sharing.employers.models import Allowance, Campaign, CampaignState
from tests import asking, batches, campaigns, cast, desk
from tests.desk import statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


def told():
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)


def recalled(first, last):
    """A listing that was told to so many departments, and withdrawn since."""
    for nth in range(first, last):
        cast.measure(cast.department(code=f"bureau-{nth:02}"))
    listing = cast.in_force(cast.party(cast.person(_number(first), "王小明")), number=_number(first))
    told()
    cast.withdrawn(listing)
    told()


def _number(nth):
    return cast.resident(f"11010119850101{nth:03}")


def test_recipients_that_have_not_confirmed_have_pages_and_are_counted_whole(he):
    recalled(0, 26)
    first, second = words(he, "recalls"), words(he, "recalls", page=2)
    assert "the latest first (26)" in first
    assert "the latest first (26)" in second
    assert "Page 1 of 2" in first
    shown = [re.findall("bureau-[0-9]{2}", each) for each in (first, second)]
    assert [len(each) for each in shown] == [25, 1]
    assert set(shown[0]).isdisjoint(shown[1])


def test_a_page_of_recipients_costs_as_much_however_many_there_are(he):
    recalled(0, 2)
    before = statements(he, "recalls")
    recalled(2, 28)
    assert statements(he, "recalls") == before


def test_no_more_is_read_of_recipients_than_of_those_on_the_page(he):
    recalled(0, 26)
    with CaptureQueriesContext(connection) as seen:
        words(he, "recalls", page=2)
    (read,) = [each["sql"] for each in seen if "is_written_to" in each["sql"]]
    (asked_for,) = re.findall(r'"parties_organisation"."id" IN \(([^)]*)\)', read)
    assert asked_for.count(",") == 0


def wanted(count):
    """Campaigns of the bank that want more questions than those of a day."""
    bank = asking.bank()
    for nth in range(count):
        made = Campaign.objects.create(
            id=f"cmp_{nth:026}",
            employer=bank.organisation,
            member=batches.hr(bank),
            title="intake",
            purpose=campaigns.PURPOSE,
            post=campaigns.POST,
            last_day=campaigns.LAST_DAY,
            state=CampaignState.OPEN,
            made_at=cast.NOW,
        )
        Allowance.objects.create(campaign=made, wanted=nth + 1, why="intake", asked_at=cast.NOW)


def test_what_campaigns_want_has_pages_and_is_counted_whole(he):
    wanted(26)
    first, second = words(he, "allowances"), words(he, "allowances", page=2)
    assert "To decide, the oldest first (26)" in first
    assert "To decide, the oldest first (26)" in second
    assert "Page 1 of 2" in first
    assert [len(re.findall("cmp_[0-9]+", each)) for each in (first, second)] == [25, 1]


def test_the_pages_turn_below_what_is_to_decide_and_above_what_was_decided(he):
    wanted(26)
    page = words(he, "allowances")
    assert page.index("To decide") < page.index("Page 1 of 2") < page.index("Decided lately")


def test_a_page_of_what_campaigns_want_costs_as_much_however_many_there_are(he):
    wanted(2)
    before = statements(he, "allowances")
    Allowance.objects.all().delete()
    Campaign.objects.all().delete()
    wanted(20)
    assert statements(he, "allowances") == before
