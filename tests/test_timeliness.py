"""How fast: figures that failing, holding and not looking cannot make better."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from registry.models import Event, Role
from sharing.delivery import reading
from sharing.delivery.models import Attempt, Endpoint, Told
from sharing.departments import joining, telling, timeliness
from sharing.departments.court_timeliness import of_court
from sharing.departments.models import Look, Receipt
from sharing.parties import members
from tests import cast
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
BEGAN = cast.NOW
LATER = cast.NOW + timedelta(days=2)


@pytest.fixture
def wei(finance):
    return members.take_in(
        finance.organisation, username="wei", password="a long enough phrase", name="魏对接", email="wei@f.example"
    )


@pytest.fixture
def endpoint(finance):
    with receiver() as inbox:
        yield cast.add_endpoint(finance, inbox.url, now=cast.NOW)[0]


def told():
    """Everything, at the moment of the act."""
    telling.walk(now=BEGAN)
    Told.objects.update(told_at=BEGAN)
    past_the_guards("UPDATE registry_event SET recorded_at = occurred_at", [])


def past_the_guards(sql, facts):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, facts)
        cursor.execute("SET session_replication_role = origin")


def after(**wait):
    return BEGAN + timedelta(**wait)


def tried(endpoint, position, at, status=204):
    Attempt.objects.create(endpoint=endpoint, event_id=position, started_at=at, elapsed_ms=0, status=status, length=0)


def looked(member, position, at, page="download", listing=None):
    Look.objects.create(
        member=member, department=member.organisation, page=page, listing=listing, position=position, count=1, at=at
    )


def confirmed(department, position, at):
    receipt = Receipt(id=uuid.uuid4(), department=department.organisation, event_id=position, kind="applied", at=at)
    receipt.save()
    past_the_guards("UPDATE departments_receipt SET received_at = %s WHERE id = %s", [at, receipt.pk])


def figures(*departments, now=LATER, months=2):
    ids = [each.pk for each in departments]
    return timeliness.of_departments(ids, timeliness.period(months, now=now))[None]


def plain(figure):
    return (figure.median, figure.longest, figure.count, figure.open)


def test_each_time_is_measured_from_the_courts_act(finance, endpoint):
    cast.in_force()
    told()
    tried(endpoint, 1, after(seconds=1), status=500)
    tried(endpoint, 1, after(seconds=6))
    tried(endpoint, 1, after(hours=1))
    confirmed(finance, 1, after(seconds=66))
    (month,) = figures(finance)
    assert (month.first, month.listings) == (date(2026, 11, 1), 1)
    assert plain(month.tried) == (1, 1, 1, 0)
    assert plain(month.had) == (6, 6, 1, 0)
    assert plain(month.confirmed) == (60, 60, 1, 0)


def test_what_a_host_sent_whose_clock_is_behind_the_one_that_told_counts_as_sent_at_once(finance, endpoint):
    cast.in_force()
    told()
    tried(endpoint, 1, after(seconds=-2))
    confirmed(finance, 1, after(seconds=66))
    (month,) = figures(finance)
    assert plain(month.tried) == plain(month.had) == (0, 0, 1, 0)


def test_what_has_not_arrived_counts_with_its_age_so_far(finance, endpoint):
    cast.in_force()
    cast.second_in_force()
    told()
    tried(endpoint, 1, after(seconds=10))
    tried(endpoint, 2, after(seconds=10), status=500)
    (month,) = figures(finance)
    assert plain(month.had) == ((10 + 172800) / 2, 172800, 2, 1)
    assert plain(month.confirmed) == (172790, 172790, 1, 1)


def test_what_was_never_tried_because_it_is_held_or_paused_counts_too(finance, endpoint):
    cast.in_force()
    told()
    Endpoint.objects.update(next_due=after(days=9))
    (month,) = figures(finance)
    assert plain(month.tried) == (172800, 172800, 1, 1)
    assert month.confirmed is None
    (month,) = figures(finance, now=after(days=3))
    assert month.had.longest == 3 * 86400, "it grows while nothing arrives"


def test_a_withdrawal_ends_the_age_of_what_never_arrived_and_does_not_hide_it(finance, endpoint):
    listing = cast.in_force()
    told()
    cast.withdrawn(listing, now=after(hours=5))
    telling.walk(now=after(hours=5))
    (month,) = figures(finance)
    assert plain(month.had) == (5 * 3600, 5 * 3600, 1, 1)


def test_by_hand_the_clock_runs_until_it_was_seen_or_downloaded(finance, wei):
    first, second = cast.in_force(), cast.second_in_force()
    told()
    looked(wei, 1, after(hours=1))
    (month,) = figures(finance)
    assert plain(month.tried) == (0, 0, 2, 0), "it stood in the portal at once"
    assert plain(month.had) == ((3600 + 172800) / 2, 172800, 2, 1), "a download up to 1 says nothing of 2"
    looked(wei, 2, after(hours=3), page="list", listing=second)
    assert plain(figures(finance)[0].had) == (2 * 3600, 3 * 3600, 2, 0)
    looked(wei, 2, after(minutes=1), page="list", listing=first)
    assert plain(figures(finance)[0].had)[1] == 3 * 3600


def test_an_endpoint_on_trial_does_not_keep_it_from_standing_in_the_portal(finance, wei):
    joining.add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    cast.in_force()
    told()
    assert plain(figures(finance)[0].tried) == (0, 0, 1, 0)


def test_a_look_before_it_was_told_does_not_count(finance, wei):
    cast.in_force()
    told()
    looked(wei, 1, BEGAN - timedelta(hours=1))
    assert figures(finance)[0].had.open == 1


def test_an_opening_set_is_measured_from_when_it_was_told(wei, finance):
    cast.in_force(cast.party(article="CL 253-1"))
    told()
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    telling.walk(now=BEGAN)
    Told.objects.filter(department_id=telecom.pk).update(told_at=after(days=1))
    (month,) = figures(telecom)
    assert month.had.longest == 86400


def test_departments_are_taken_together_and_strangers_left_out(finance, wei):
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.in_force()
    told()
    assert [(month.told, month.listings) for month in figures(finance, telecom)] == [(2, 1)]
    assert [month.listings for month in figures(telecom)] == [1]
    assert figures() == []
    both = timeliness.of_departments([finance.pk, telecom.pk], timeliness.period(2, now=LATER))
    assert {each: months[0].told for each, months in both.items()} == {None: 2, finance.pk: 1, telecom.pk: 1}


def test_the_period_ends_where_it_says(finance):
    cast.in_force()
    told()
    assert figures(finance, now=BEGAN) == []
    assert figures(finance, now=datetime(2026, 12, 31, 12, tzinfo=UTC), months=1) == []
    assert len(figures(finance, now=datetime(2026, 12, 31, 12, tzinfo=UTC), months=2)) == 1


def test_a_period_is_of_whole_months_in_the_courts_time():
    during = timeliness.period(3, now=datetime(2026, 1, 31, 17, tzinfo=UTC))  # 1 February in Beijing
    assert during.begins == datetime(2025, 11, 30, 16, tzinfo=UTC)


def test_percentiles_are_of_all_listings(finance, endpoint):
    listing = cast.in_force()
    told()
    span = Told.objects.get()
    for seconds in range(1, 21):  # twenty spans of the one listing, each with an event of its own
        event = cast.corrected(cast.fresh(listing), now=BEGAN, fine_yuan=seconds)
        assert event.version == seconds + 1
        Told.objects.create(
            department_id=finance.pk,
            listing=listing,
            first_position=seconds + 1,
            decided_position=seconds + 1,
            ended_position=seconds + 1,
            measures=span.measures,
        )
        tried(endpoint, seconds + 1, after(seconds=seconds))
    span.delete()
    Told.objects.update(told_at=BEGAN)
    (month,) = figures(finance)
    assert (month.had.median, month.had.p95, month.had.longest) == (10.5, 19.05, 20)


def test_the_courts_own_time_is_in_working_days_across_a_weekend():
    """Pronounced on a Monday, in force on a Thursday, entered on the Friday, approved on Tuesday the 24th."""
    cast.in_force()
    past_the_guards("UPDATE registry_decision SET pronounced_on = %s", [date(2026, 11, 9)])
    past_the_guards(
        "UPDATE registry_listing SET effective_on = %s, entered_at = %s",
        [date(2026, 11, 19), datetime(2026, 11, 20, 1, tzinfo=UTC)],
    )
    (month,) = of_court(timeliness.period(1, now=LATER))
    assert month.first == date(2026, 11, 1)
    steps = (month.to_effect, month.entered, month.approved, month.late)
    assert [(each.median, each.longest, each.count) for each in steps] == [(10, 10, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1)]


def test_what_the_court_did_before_the_day_of_effect_counts_as_nothing_from_there():
    cast.in_force()
    past_the_guards("UPDATE registry_listing SET effective_on = %s", [date(2026, 12, 1)])
    (month,) = of_court(timeliness.period(1, now=LATER))
    assert (month.entered.longest, month.late.longest) == (0, 0)


def test_the_way_of_one_listing_to_each_department(finance, endpoint, wei):
    """Telecom has no endpoint and has not looked yet."""
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    listing = cast.in_force()
    told()
    tried(endpoint, 1, after(seconds=1), status=500)
    tried(endpoint, 1, after(seconds=6))
    confirmed(finance, 1, after(seconds=66))
    ways = {way.department_id: way for way in timeliness.of_listing(listing.pk, now=LATER)}
    assert ways[finance.pk] == timeliness.Way(finance.pk, BEGAN, after(seconds=1), after(seconds=6), after(seconds=66))
    assert (ways[telecom.pk].began, ways[telecom.pk].had, ways[telecom.pk].said) == (BEGAN, None, None)
    assert timeliness.of_listing(listing.pk + 1, now=LATER) == []


def test_a_position_is_found_by_its_time():
    cast.in_force()
    cast.second_in_force()
    moments = list(Event.objects.order_by("position").values_list("recorded_at", flat=True))
    assert reading.position_at(moments[0] - timedelta(days=1)) == 1
    assert [reading.position_at(moment) for moment in moments] == [1, 2]
    assert reading.position_at(moments[1] + timedelta(seconds=1)) == 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.036, "less than a second"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7200, "2 hours"),
        (172800, "2 days"),
    ],
)
def test_a_time_is_as_long_as_it_is(seconds, words):
    with translation.override("en"):
        assert timeliness.spoken(seconds) == words


# The pages


def portal(member, language="en"):
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, member.account)
    return browser.get(reverse("department:timeliness"))


def test_a_member_sees_the_departments_own_figures(finance, wei, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)  # the page is of the last twelve months
    telecom = cast.department("telecom")
    cast.measure(telecom, code="information", basis="", information_only=True, facts=())
    cast.in_force()
    told()
    page = portal(wei).content.decode()
    assert "November 2026" in page
    assert "From when you had it to your receipt" in page
    other = members.take_in(
        cast.department("transport").organisation, username="tu", password="a long enough phrase", name="涂"
    )
    assert "Nothing was told to you" in portal(other).content.decode()
    assert Browser().get(reverse("department:timeliness")).status_code == 302


def desk(officer):
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, officer.account)
    return browser.get("/desk/sharing/timeliness/")


def test_the_high_court_sees_every_department_and_itself(finance, wei):
    cast.department("telecom")
    cast.in_force()
    told()
    for officer in (cast.high_court_registrar(), cast.officer("A-YU", Role.AUDITOR, court="京")):
        page = desk(officer).content.decode()
        assert "All departments" in page
        assert "finance-department" in page
        assert "telecom-department" in page
        assert "From effect to approval, in working days" in page
        assert "L-2026" not in page


def test_others_do_not_see_it(finance, wei):
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger()):
        assert desk(officer).status_code == 403
    assert Browser().get("/desk/sharing/timeliness/").status_code == 302
