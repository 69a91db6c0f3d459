"""That no appeal was filed is confirmed of a period that is over; an appeal that comes in holds everything, whoever filed it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registry import actions, assessment
from registry.errors import DatesOutOfOrder, HolidaysUnknown, ImpossibleDate, LookedTooEarly
from registry.models import Event, State
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

LAST = datetime(
    2026, 9, 14, 2, 0, tzinfo=UTC
)  # of the ten days since the receipt on the second, as the holidays move it
EFFECT = LAST + timedelta(days=1)


def approved(now=LAST, **changes):
    listing = cast.draft(cast.party(cast.person(), **changes), now=now)
    actions.submit([listing.pk], officer=cast.clerk(), now=now)
    cast.approve(cast.fresh(listing), now=now)
    return cast.fresh(listing)


def confirm(listing, now):
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=now)


def test_nobody_confirms_on_the_last_day_that_nothing_was_filed_in_the_period():
    listing = approved()
    with override("en"), pytest.raises(LookedTooEarly) as refused:
        confirm(listing, LAST)
    assert refused.value.code == "R-220"
    assert "15 September 2026" in refused.value.facts["why"]
    assert cast.fresh(listing).no_appeal_confirmed_at is None
    assert actions.take_effect(now=EFFECT) == 0
    confirm(listing, EFFECT)
    assert cast.fresh(listing).state == State.ACTIVE


def test_where_the_decision_takes_effect_on_the_last_day_it_is_confirmed_on_the_next(settings):
    settings.REGISTRY_EFFECT_STARTS = "last_day"
    listing = approved()
    assert listing.effective_on == LAST.date()
    with pytest.raises(LookedTooEarly):
        confirm(listing, LAST)
    confirm(listing, EFFECT)
    assert cast.fresh(listing).state == State.ACTIVE


def test_while_a_receipt_is_missing_no_period_is_known():
    listing = approved(now=cast.NOW, received_on=None)
    with pytest.raises(LookedTooEarly):
        confirm(listing, cast.NOW)


def test_while_an_appeal_stands_nobody_confirms_that_there_is_none():
    listing = approved(now=cast.NOW, appealed_on=date(2026, 9, 10))
    with override("en"), pytest.raises(LookedTooEarly, match="second instance"):
        confirm(listing, cast.NOW)


def test_the_page_says_it_and_from_which_day_on(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LAST)
    listing = approved()
    page = desk.at_the_desk(cast.clerk(), "en").post(reverse("admin:no_appeal", args=[listing.party.decision_id]))
    assert page.status_code == 200
    assert "R-220" in page.text
    assert "15 September 2026" in page.text


# An appeal came in


def hold(listing, filed, **how):
    actions.hold(listing.pk, appealed_on=filed, officer=cast.clerk(), now=cast.NOW, reason="an appeal came in", **how)


def submitted_again(listing, number=cast.DEFENDANT_NUMBER):
    """Handed on without a further word about the appeal."""
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing), number)
    actions.take_effect(now=cast.NOW)
    return cast.fresh(listing)


def test_an_appeal_after_one_that_was_withdrawn_stands():
    listing = approved(now=cast.NOW, appealed_on=date(2026, 9, 8), appeal_withdrawn_on=date(2026, 9, 10))
    hold(listing, date(2026, 9, 10))
    party = cast.fresh(listing).party
    assert (party.appealed_on, party.appeal_withdrawn_on) == (date(2026, 9, 10), None)
    assert submitted_again(listing).effective_on is None


def test_it_holds_beside_a_co_defendant_in_review_too():
    listing = approved(now=cast.NOW, appealed_on=date(2026, 9, 8), appeal_withdrawn_on=date(2026, 9, 9))
    other = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    actions.submit([other.pk], officer=cast.clerk(), now=cast.NOW)
    hold(listing, date(2026, 9, 11))
    assert cast.fresh(listing).state == State.DRAFT
    assert cast.fresh(other).effective_on is None


def test_the_prosecutors_protest_is_no_appeal_of_the_party():
    listing = approved(now=cast.NOW)
    hold(listing, date(2026, 9, 11), is_protest=True)
    party = cast.fresh(listing).party
    assert party.appealed_on is None
    assert party.decision.protested_on == date(2026, 9, 11)
    assert submitted_again(listing).effective_on is None
    assert not Event.objects.exists()


def test_at_the_desk_it_is_ticked_whose_it_is(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    listing = approved(now=cast.NOW)
    clerk = desk.at_the_desk(cast.clerk(), "en")
    where = reverse("admin:act", args=[listing.number, "hold"])
    assert "prosecutor" in clerk.get(where).text
    clerk.post(where, {"appealed_on": "2026-09-11", "is_protest": "on", "reason": "a protest came in"})
    assert cast.fresh(listing).party.decision.protested_on == date(2026, 9, 11)


@pytest.mark.parametrize(
    ("day", "refusal"), [(date(2026, 8, 31), DatesOutOfOrder), (cast.NOW.date() + timedelta(days=1), ImpossibleDate)]
)
def test_an_appeal_before_the_decision_or_in_the_future_is_refused(day, refusal):
    listing = approved(now=cast.NOW)
    with pytest.raises(refusal):
        hold(listing, day)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT


# A holiday that was moved since moves the period, too

WEEK = [f"2026-09-{day}" for day in range(14, 19)]
MOVED_TO = datetime(2026, 9, 21, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("approved_after", [False, True])
def test_what_was_confirmed_of_a_period_counts_no_more_once_a_holiday_moves_its_end(settings, approved_after):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.draft(now=LAST)
    actions.submit([listing.pk], officer=cast.clerk(), now=LAST)
    if not approved_after:
        cast.approve(cast.fresh(listing), now=LAST)
    confirm(listing, EFFECT)
    settings.REGISTRY_EXTRA_HOLIDAYS = WEEK
    if approved_after:
        cast.approve(cast.fresh(listing), now=EFFECT)
    settings.REGISTRY_NOTICE_WAIVER = "tests: the notice is served at last"
    assert actions.take_effect(now=EFFECT) == 0
    assert cast.fresh(listing).effective_on == MOVED_TO.date()
    assert actions.take_effect(now=MOVED_TO) == 0, "nobody looked whether an appeal came in those days"
    confirm(listing, MOVED_TO)
    assert cast.fresh(listing).state == State.ACTIVE


def test_what_is_confirmed_of_the_moved_period_holds(settings):
    listing = cast.draft(now=LAST)
    settings.REGISTRY_EXTRA_HOLIDAYS = WEEK
    confirm(listing, MOVED_TO)
    actions.submit([listing.pk], officer=cast.clerk(), now=MOVED_TO)
    cast.approve(cast.fresh(listing), now=MOVED_TO)
    assert cast.fresh(listing).state == State.ACTIVE


# A year whose holidays nobody entered

IN_FEBRUARY = date(
    2027, 2, 1
)  # ten days on is Thursday the 11th, after the days of the Spring Festival that the law names
WEEKS_LATER = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)


def served_in_february(**changes):
    decision = cast.judgment(pronounced_on=IN_FEBRUARY, prosecutor_received_on=IN_FEBRUARY, **changes)
    listing = cast.draft(cast.party(received_on=IN_FEBRUARY), cast.entered_decision(decision, WEEKS_LATER), WEEKS_LATER)
    actions.submit([listing.pk], officer=cast.clerk(), now=WEEKS_LATER)
    cast.approve(cast.fresh(listing), now=WEEKS_LATER)
    return cast.fresh(listing)


def test_nor_one_that_ends_on_the_last_day_of_a_year_whose_next_is_not_announced(settings):
    received = date(2026, 12, 21)
    now = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    decision = cast.judgment(pronounced_on=received, prosecutor_received_on=received)
    listing = cast.draft(cast.party(received_on=received), cast.entered_decision(decision, now), now)
    assert listing.effective_on == date(2027, 1, 1)
    with pytest.raises(HolidaysUnknown) as refused:
        confirm(listing, now)
    assert refused.value.facts["years"] == "2027"
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2026-12-31"]
    settings.REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH = 2027
    with pytest.raises(LookedTooEarly):
        confirm(listing, now)
    confirm(listing, now + timedelta(days=4))
    assert assessment.assess(cast.fresh(listing).party).effect.on == date(2027, 1, 5)


def test_nobody_confirms_a_period_that_holidays_may_have_moved_which_are_not_known(settings):
    listing = served_in_february()
    assert listing.effective_on == date(2027, 2, 12)
    with pytest.raises(HolidaysUnknown) as refused:
        confirm(listing, WEEKS_LATER)
    with override("en"):
        assert "2027" in str(refused.value)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2027-02-11", "2027-02-12"]
    settings.REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH = 2027
    confirm(listing, WEEKS_LATER)
    assert cast.fresh(listing).state == State.ACTIVE
    assert cast.fresh(listing).effective_on == date(2027, 2, 16)


def test_a_certificate_of_effect_needs_no_calendar():
    assert served_in_february(effect_certified_on=date(2027, 2, 16)).state == State.ACTIVE
