"""What is posted in time is in time (CPL 105): the day of posting counts, and what was closed meanwhile is opened again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.errors import CompletionOver, ObjectionNotNow, PostedLater, ReviewOver
from sharing.persons.models import Objection
from sharing.persons.objections import deciding, lifecycle, minding
from tests import cast, desk, objecting

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)
TODAY = date(2026, 11, 24)
LAST_TO_ASK = TODAY + 10 * DAY  # a Friday
LAST_TO_COMPLETE = TODAY + 15 * DAY


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def asked(found, posted_on, received_on, now=None, officer=None):
    now = now or NOW + (received_on - TODAY)
    return deciding.ask_review(
        found.number,
        words="请上级法院复核。",
        officer=officer or cast.registrar(),
        now=now,
        received_on=received_on,
        posted_on=posted_on,
    )


def completed(found, posted_on, received_on):
    return deciding.complete(
        found.number,
        words="已补充",
        officer=cast.registrar(),
        now=NOW + (received_on - TODAY),
        received_on=received_on,
        posted_on=posted_on,
    )


def returned(listing):
    found = objecting.raised(listing)
    return deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充")


def test_a_letter_posted_on_the_last_day_is_in_time_though_it_came_later(listing):
    found = objecting.served(listing)
    came = LAST_TO_ASK + 3 * DAY
    with pytest.raises(ReviewOver):
        asked(found, None, came)
    with pytest.raises(ReviewOver):
        asked(found, LAST_TO_ASK + DAY, came)
    found = asked(found, LAST_TO_ASK, came)
    assert (found.state, found.clock_from) == ("in_review", came)
    assert (found.steps.last().posted_on, found.steps.last().received_on) == (LAST_TO_ASK, came)


def test_what_completes_it_likewise(listing):
    found, came = returned(listing), LAST_TO_COMPLETE + 2 * DAY
    with pytest.raises(CompletionOver):
        completed(found, None, came)
    found = completed(found, LAST_TO_COMPLETE, came)
    assert (found.state, found.clock_from, found.steps.last().posted_on) == ("received", came, LAST_TO_COMPLETE)


@pytest.mark.parametrize("posted", [TODAY - DAY, TODAY + 5 * DAY])
def test_nothing_is_posted_after_it_came_or_before_what_it_answers(listing, posted):
    with pytest.raises(PostedLater) as refused:
        asked(objecting.served(listing), posted, TODAY + 4 * DAY)
    assert refused.value.field == "posted_on"
    with pytest.raises(PostedLater):
        completed(returned(listing), posted, TODAY + 4 * DAY)


def test_what_was_closed_before_the_letter_came_is_opened_again(listing):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    assert (objecting.fresh(found).state, cast.fresh(listing).flags) == ("closed", [])
    came = TODAY + 22 * DAY
    for posted in (None, LAST_TO_ASK + DAY):
        with pytest.raises(ReviewOver):
            asked(found, posted, came)
    found = asked(found, LAST_TO_ASK, came)
    assert (found.state, found.clock, found.clock_from) == ("in_review", "higher_court_decided", came)
    assert cast.fresh(listing).flags == ["disputed"]
    assert objecting.decide(found, "review_reject", objecting.higher_judge(), NOW + 23 * DAY).state == "closed"
    with pytest.raises(ObjectionNotNow):
        asked(found, LAST_TO_ASK, TODAY + 24 * DAY)


def test_what_came_in_time_and_was_entered_after_it_was_closed_opens_it_too(listing):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    found = asked(found, None, LAST_TO_ASK, now=NOW + 20 * DAY)
    assert (found.state, found.clock_from) == ("in_review", LAST_TO_ASK)


def test_what_was_closed_asks_nobody_for_a_next_step(listing):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    sun = desk.at_the_desk(cast.registrar())
    assert found.number not in sun.get(reverse("admin:index")).content.decode()
    assert not {"complete_late", "ask_review_late"} & {*lifecycle.HANDS}


def test_what_was_not_completed_likewise(listing):
    found = returned(listing)
    minding.mind(now=NOW + 30 * DAY)
    assert objecting.fresh(found).state == "closed"
    with pytest.raises(ObjectionNotNow):
        asked(found, LAST_TO_COMPLETE, TODAY + 31 * DAY)
    with pytest.raises(CompletionOver):
        completed(found, LAST_TO_COMPLETE + DAY, TODAY + 31 * DAY)
    found = completed(found, LAST_TO_COMPLETE, TODAY + 31 * DAY)
    assert (found.state, found.clock) == ("received", "objection_form")
    assert deciding.admit(found.number, officer=cast.registrar(), now=NOW + 31 * DAY).state == "admitted"


def test_the_person_himself_opens_nothing_again(listing):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    with pytest.raises(ReviewOver):
        deciding.ask_review(found.number, words="请复核", now=NOW + 20 * DAY)


def test_what_he_took_back_is_not_opened_again(listing):
    found = returned(listing)
    deciding.withdraw(found.number, now=NOW)
    with pytest.raises(ObjectionNotNow):
        completed(found, TODAY, TODAY + DAY)


def test_what_was_destroyed_is_not_opened_again(listing):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    Objection.objects.filter(pk=found.pk).update(content_sealed=None)
    with pytest.raises(ObjectionNotNow):
        asked(found, LAST_TO_ASK, TODAY + 22 * DAY)


def test_the_desk_asks_for_the_day_of_posting(listing):
    found = objecting.served(listing)
    sun = desk.at_the_desk(cast.registrar())
    where = reverse("sharing_desk:objection_step", args=[found.number, "ask_review"])
    page = sun.get(where).content.decode()
    assert 'name="posted_on"' in page
    assert "postmark" in page
    typed = {"received_on": "2026-11-24", "posted_on": "2026-11-25", "words": "请复核"}
    assert "R-787" in sun.post(where, typed).content.decode()
    sun.post(where, {**typed, "posted_on": "2026-11-24"})
    assert objecting.fresh(found).state == "in_review"
    page = sun.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    assert "posted on 24 November 2026" in page


def test_the_desk_opens_again_what_was_closed(listing, monkeypatch):
    found = objecting.served(listing)
    minding.mind(now=NOW + 20 * DAY)
    monkeypatch.setattr(timezone, "now", lambda: NOW + 20 * DAY)
    sun = desk.at_the_desk(cast.registrar())
    page = sun.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    where = reverse("sharing_desk:objection_step", args=[found.number, "ask_review_late"])
    assert f'href="{where}"' in page
    typed = {"received_on": "2026-12-12", "posted_on": "", "words": "请复核"}
    assert "R-762" in sun.post(where, typed).content.decode()
    assert objecting.fresh(found).state == "closed"
    sun.post(where, {**typed, "posted_on": "2026-12-04"})
    assert objecting.fresh(found).state == "in_review"
