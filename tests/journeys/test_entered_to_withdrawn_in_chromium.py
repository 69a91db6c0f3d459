"""One listing's way across the desk in a real browser: entered, returned, submitted again, approved, corrected, withdrawn."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import Event, EventType, Listing, State
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
WHY = "罚金与判决书不一致。"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_listing_is_entered_returned_approved_corrected_and_withdrawn(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    entered(walker, say)
    returned(walker, say)
    submitted_again(walker, say)
    approved(walker, say)
    proposed(walker, say, "correct", fine_yuan="40,000")
    decided(walker, say, "correct")
    assert cast.fresh(Listing.objects.get()).party.fine_yuan == 40_000
    proposed(walker, say, "withdraw")
    decided(walker, say, "withdraw")
    assert Listing.objects.get().state == State.WITHDRAWN
    assert [event.type for event in Event.objects.order_by("position")] == [
        EventType.PUBLISHED,
        EventType.CORRECTED,
        EventType.WITHDRAWN,
    ]
    walker.go(f"/desk/listings/{Listing.objects.get().number}/")
    assert walker.violations == []


def entered(walker: Walker, say) -> None:
    sign_in(walker, cast.clerk())
    walker.go("/desk/decisions/new/")
    walker.type(number="（2026）京0105刑初123号", filed_on="2026-03-02", pronounced_on="2026-09-01")
    walker.type(prosecutor_received_on="2026-09-02")
    walker.press(say("Enter the decision"))
    walker.press(say("Add a party"))
    walker.type(name="高䶮", documents__0__number=cast.DEFENDANT_NUMBER, offence_dates="2024-05-06")
    walker.choose(charge="CL 253-1", article="CL 253-1", penalty_kind="fixed_term")
    walker.type(sentence_months="24", fine_yuan="20,000", received_on="2026-09-02")
    walker.press(say("Add the party"))
    walker.press(say("Check and submit"))
    walker.press(say("I compared it with the judgment: submit"))
    walker.press(say("Confirm that no appeal was filed"))
    walker.press(say("I looked: no appeal and no protest was filed in the period"))


def returned(walker: Walker, say) -> None:
    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    walker.type(reason=WHY)
    walker.press(say("Return with this reason"))
    assert Listing.objects.get().state == State.DRAFT


def submitted_again(walker: Walker, say) -> None:
    listing = Listing.objects.get()
    sign_in(walker, cast.clerk())
    assert WHY in walker.page.locator("main").inner_text()
    walker.go(f"/desk/listings/{listing.number}/amend/")
    assert WHY in walker.page.locator("main").inner_text()
    walker.type(fine_yuan="30,000")
    walker.press(say("Save"))
    walker.press(say("Check and submit"))
    walker.press(say("I compared it with the judgment: submit"))


def approved(walker: Walker, say) -> None:
    listing = Listing.objects.get()
    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    text = walker.page.locator("main").inner_text()
    assert WHY in text
    assert "20,000" in text, "what changed since the return is shown"
    assert "30,000" in text
    walker.type(**{f"number-{listing.pk}": cast.DEFENDANT_NUMBER})
    walker.page.locator(f'button[name=approve][value="{listing.pk}"]').click()
    walker.look()
    assert Listing.objects.get().state == State.ACTIVE


def proposed(walker: Walker, say, act: str, **changes: str) -> None:
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/listings/{Listing.objects.get().number}/propose/{act}/")
    if act == "withdraw":
        walker.choose(cause="acquitted")
    walker.type(**changes, reason=WHY, ground="（2026）京0105刑再1号")
    walker.press(say("Continue"))
    walker.press(say("Propose"))


def decided(walker: Walker, say, act: str) -> None:
    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    with walker.page.expect_navigation():
        walker.page.locator('button[name="do"][value="carry_out"]').click()
    walker.look()
