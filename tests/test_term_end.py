"""The end of a term: on the day, in the court's time zone, once, whatever the clock did; and what has no end is reviewed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.core import mail

from registry import actions
from registry.errors import NotAllowedNow, NotLifelong, ReasonNeeded, WrongRole
from registry.models import ActRecord, Event, EventType, Listing, State
from sharing.retention import reviewing
from tests import cast, desk
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

BEIJING = timezone(timedelta(hours=8))
ENDS = date(2028, 2, 28)  # of a leap year: there is another day before March
MICROSECOND = timedelta(microseconds=1)


def ending_on(day, listing=None):
    """A listing in force whose last day is this one; the version in the log is the one it has."""
    listing = listing or cast.in_force()
    Listing.objects.filter(pk=listing.pk).update(version=2, ends_on=day)
    Event.objects.create(
        position=1000 + listing.pk, event_id=f"evt_{listing.pk:026d}", epoch=1, type=EventType.REVISED,
        listing=listing, version=2, occurred_at=cast.NOW, commitment=bytes(32),
    )  # fmt: skip
    return listing


def midnight_after(day):
    """The first moment at the court that is not that day any more."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), BEIJING)


def withdrawals():
    return Event.objects.filter(type=EventType.WITHDRAWN).count()


@pytest.mark.parametrize("day", [ENDS, date(2028, 2, 29), date(2027, 2, 28), date(2027, 12, 31)])
def test_the_last_day_is_whole_and_the_next_moment_ends_it(day):
    listing = ending_on(day)
    assert actions.expire(now=midnight_after(day) - MICROSECOND) == 0
    assert cast.fresh(listing).state == State.ACTIVE
    assert actions.expire(now=midnight_after(day)) == 1
    assert cast.fresh(listing).state == State.WITHDRAWN


@pytest.mark.parametrize("off", [-2, -1, 0])
def test_no_day_before_ends_it(off):
    ending_on(ENDS)
    noon = datetime.combine(ENDS + timedelta(days=off), datetime.min.time(), BEIJING) + timedelta(hours=12)
    assert actions.expire(now=noon) == 0


def test_the_day_is_the_courts_and_not_that_of_utc():
    ending_on(ENDS)
    assert actions.expire(now=datetime(2028, 2, 28, 15, 59, 59, tzinfo=UTC)) == 0
    assert actions.expire(now=datetime(2028, 2, 28, 16, 0, tzinfo=UTC)) == 1, "midnight in Beijing"


def test_a_clock_that_steps_back_over_midnight_ends_nothing_twice_and_revives_nothing():
    listing = ending_on(ENDS)
    assert actions.expire(now=midnight_after(ENDS)) == 1
    assert actions.expire(now=midnight_after(ENDS) - timedelta(hours=3)) == 0
    assert actions.expire(now=midnight_after(ENDS)) == 0
    assert cast.fresh(listing).state == State.WITHDRAWN
    assert withdrawals() == 1


def test_after_a_week_of_downtime_everything_that_ended_meanwhile_ends_once():
    first, second = cast.in_force(), cast.second_in_force()
    ending_on(ENDS, first)
    ending_on(ENDS + timedelta(days=3), second)
    assert actions.expire(now=midnight_after(ENDS + timedelta(days=7))) == 2
    assert actions.expire(now=midnight_after(ENDS + timedelta(days=7))) == 0
    assert withdrawals() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_end_a_term_once():
    listing = cast.in_force()
    late = midnight_after(listing.ends_on)
    in_threads(*[lambda: actions.expire(now=late)] * 4)
    assert withdrawals() == 1
    assert ActRecord.objects.filter(act="expire").count() == 1


def test_a_suspended_listing_ends_on_its_day_too():
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="identity doubt")
    assert actions.expire(now=midnight_after(listing.ends_on)) == 1


# For life


def lifelong():
    """Banned for life from the posts of the Cybersecurity Law; in force since September 2026."""
    ban = cast.ProhibitionEntry(scope="终身不得从事网络安全管理和网络运营关键岗位的工作", basis="CSL 63", months=None)
    return cast.in_force(cast.party(prohibitions=(ban,)))


def review(listing, by=None, now=cast.NOW, reason="the ban still has to stand"):
    actions.review_lifelong([listing.pk], officer=by or cast.judge(), now=now, reason=reason)


def test_a_ban_for_life_has_no_end_and_a_review_a_year_after_its_effect():
    listing = lifelong()
    assert (listing.ends_on, listing.review_on) == (None, date(2027, 9, 15))
    assert actions.expire(now=cast.NOW + timedelta(days=36_500)) == 0


def test_a_judge_confirms_it_for_another_year_and_nobody_outside_is_told():
    listing = lifelong()
    review(listing)
    listing = cast.fresh(listing)
    assert (listing.reviewed_on, listing.review_on, listing.version) == (date(2026, 11, 24), date(2027, 11, 24), 1)
    assert Event.objects.count() == 1
    record = ActRecord.objects.get(act="review_lifelong")
    assert (record.officer, record.reason) == (cast.judge(), "the ban still has to stand")


def test_on_a_leap_day_it_is_confirmed_until_the_last_of_february():
    listing = lifelong()
    review(listing, now=datetime(2028, 2, 29, 10, tzinfo=BEIJING))
    assert cast.fresh(listing).review_on == date(2029, 2, 28)


def test_a_later_correction_does_not_put_the_review_back():
    listing = lifelong()
    review(listing)
    cast.corrected(listing, fine_yuan=15_000)
    assert cast.fresh(listing).review_on == date(2027, 11, 24)


def test_only_a_judge_of_the_court_confirms_with_a_reason_and_only_what_is_for_life():
    listing = lifelong()
    with pytest.raises(WrongRole):
        review(listing, by=cast.clerk())
    with pytest.raises(ReasonNeeded):
        review(listing, reason="")
    with pytest.raises(NotLifelong):
        review(cast.second_in_force())
    cast.withdrawn(listing)
    with pytest.raises(NotAllowedNow):
        review(listing)


def test_my_work_names_it_a_month_before_and_after_it_is_overdue(monkeypatch):
    listing = lifelong()
    where = f"/desk/listings/{listing.number}/acts/review_lifelong/"
    for days, words in ((-31, None), (-30, "by 15 September 2027"), (1, "overdue since 15 September 2027")):
        moment = datetime(2027, 9, 15, 2, tzinfo=UTC) + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        page = desk.at_the_desk(cast.judge())
        shown = page.get("/desk/").content.decode()
        assert (where in shown) is (words is not None)
        assert words is None or words in shown
    page.post(where, {"reason": "the ban still has to stand"})
    assert cast.fresh(listing).review_on == date(2028, 9, 16)
    assert where not in page.get(f"/desk/listings/{cast.second_in_force().number}/").content.decode()


def test_the_registry_is_written_to_once_when_it_is_near_and_once_when_it_is_late():
    listing = lifelong()
    due = datetime(2027, 9, 15, 2, tzinfo=UTC)
    assert reviewing.remind(now=due - timedelta(days=31)) == 0
    assert reviewing.remind(now=due - timedelta(days=30, hours=4)) == 0, "not before the morning"
    assert [reviewing.remind(now=due - timedelta(days=days)) for days in (30, 29, 0)] == [1, 0, 0]
    assert [reviewing.remind(now=due + timedelta(days=days)) for days in (1, 2, 30)] == [1, 0, 0]
    near, late = (each.body for each in mail.outbox)
    assert listing.number in near
    assert "overdue" in late
    assert "高䶮" not in near + late
    review(listing, now=due + timedelta(days=40))
    assert reviewing.remind(now=due + timedelta(days=41)) == 0


def test_a_reminder_that_could_not_be_sent_is_sent_later(monkeypatch):
    lifelong()
    due = datetime(2027, 9, 15, 2, tzinfo=UTC)
    monkeypatch.setattr("registry.letters.sent", lambda message, about: False)
    assert reviewing.remind(now=due) == 0
    monkeypatch.undo()
    assert reviewing.remind(now=due) == 1
