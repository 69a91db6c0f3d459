"""Deputies, hand-overs, an officer who leaves, a returned draft, and two clerks at one draft, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry import actions
from registry.models import Deputyship
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.test_deputies import second_clerk, third_clerk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_work_goes_on_while_an_officer_is_away_and_when_he_leaves(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    listing = cast.draft()
    decision = listing.party.decision_id
    deputy, third, judge = second_clerk(), third_clerk(), cast.judge()

    sign_in(walker, cast.clerk())
    walker.go("/desk/deputies/")
    walker.press(say("Name a deputy"))
    walker.choose(deputy=str(deputy.pk))
    walker.type(ends_on="2026-11-20", reason=say("Reason"))
    walker.press(say("Name the deputy"))
    assert walker.page.locator(".problems").is_visible()
    walker.type(ends_on="2026-12-04")
    walker.press(say("Name the deputy"))
    assert Deputyship.objects.get().deputy == deputy

    assert walker.page.locator('#user-tools a[href="/desk/officers/mail-address/"]').is_visible()
    walker.go("/desk/officers/mail-address/")
    walker.type(email="lin@court.example")
    walker.press(say("Save"))
    assert say("The mail address is saved.") in walker.page.content()

    sign_in(walker, deputy)
    assert "林书记员" in walker.page.content()
    walker.first_of_my_work()
    walker.press(say("Check and submit"))
    walker.press(say("I compared it with the judgment: submit"))
    walker.go(f"/desk/listings/{listing.number}/")
    assert "马书记员" in walker.page.content()

    sign_in(walker, cast.registrar())
    walker.go(f"/desk/decisions/{decision}/assign/")
    walker.choose(receiver=str(judge.pk))
    walker.press(say("Assign"))
    walker.go("/desk/deputies/")

    sign_in(walker, cast.security_administrator())
    walker.go(f"/desk/officers/{cast.clerk().pk}/end/")
    walker.type(reason=say("Reason"))
    walker.press(say("End the appointment and hand over"))
    assert "R-328" in walker.page.content()
    walker.choose(receiver=str(third.pk))
    walker.press(say("End the appointment and hand over"))
    assert cast.fresh(listing).held_by == third
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_judge_sees_what_changed_and_two_clerks_lose_nothing(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    listing = cast.submitted()
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason=say("Reason"))

    sign_in(walker, cast.clerk())
    walker.go(f"/desk/listings/{listing.number}/amend/")
    other = cast.party(fine_yuan=30_000, sentence_months=36)
    actions.amend_party(listing.pk, other, revision=1, officer=second_clerk(), now=cast.NOW)
    walker.type(fine_yuan="40,000", custody_credited_days="12")
    walker.press(say("Save"))
    assert "R-316" in walker.page.content()
    assert walker.page.locator("[name=fine_yuan]").input_value() == "40,000"
    assert walker.page.locator("[name=custody_credited_days]").input_value() == "12"
    assert walker.page.locator("[name=sentence_months]").input_value() == "36"
    walker.page.locator('[name="take-fine_yuan"][value=theirs]').check()
    walker.press(say("Save"))
    party = cast.fresh(listing).party
    assert (party.fine_yuan, party.custody_credited_days, party.sentence_months) == (30_000, 12, 36)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)

    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    assert "30,000" in walker.page.locator(".since").inner_text()
    assert walker.violations == []
