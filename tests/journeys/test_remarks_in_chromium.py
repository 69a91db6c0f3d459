"""Remarks while a sheet is typed, and the sheet of circumstances, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import Decision
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]

OF_BOTH = ("kind", "number", "pronounced_on")
OF_A_JUDGMENT = (
    "court",
    "instance",
    "instrument",
    "filed_on",
    "prosecutor_received_on",
    "protested_on",
    "protest_withdrawn_on",
    "effect_certified_on",
)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def remark(walker: Walker, field: str, kind: str) -> str:
    """The words of the remark of this kind under the field, once it is there."""
    found = walker.page.locator(f'.field:has([name="{field}"]) .remark-{kind}').first
    found.wait_for()
    return found.inner_text()


def shown(walker: Walker) -> list[str]:
    """The fields that one sees: those of every decision, then those of one kind, by name."""
    names = (*OF_BOTH, "authority", *OF_A_JUDGMENT)
    return [name for name in names if walker.page.locator(f'[name="{name}"]').is_visible()]


def leave(walker: Walker) -> None:
    """What was typed last is said to the page once the field is left."""
    walker.page.keyboard.press("Tab")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_is_typed_is_remarked_on(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    known = cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.clerk())
    walker.go("/desk/decisions/new/")
    walker.type(number="（2026）京0105刑终8号")
    leave(walker)
    assert "2026" in remark(walker, "number", "good")
    assert walker.page.locator("[name=instance]").input_value() == "second"
    assert remark(walker, "filed_on", "look") == say(
        "The case register does not hold this case yet: give the day of filing."
    )
    walker.look()
    walker.go(f"/desk/decisions/{known.party.decision_id}/parties/new/")
    walker.type(name="陆㛃", documents__0__number=cast.DEFENDANT_NUMBER)
    leave(walker)
    assert known.number in remark(walker, "documents-0-number", "look")
    assert remark(walker, "documents-0-number", "wrong")
    walker.look()
    walker.type(documents__0__number=cast.SECOND_NUMBER, offence_dates="2024-05-06", received_on="2026-09-02")
    walker.choose(charge="CL 253-1", article="CL 253-1", penalty_kind="fixed_term")
    walker.type(sentence_months="24")
    leave(walker)
    walker.page.locator(".said .follows").wait_for()
    assert say("What follows") in walker.page.locator(".said").inner_text()
    walker.look()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_the_chosen_kind_of_decision_has_not_steps_aside(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.clerk())
    walker.go("/desk/decisions/new/")
    assert shown(walker) == [*OF_BOTH, *OF_A_JUDGMENT]
    walker.choose(kind="penalty")
    assert shown(walker) == [*OF_BOTH, "authority"]
    walker.look()
    walker.choose(kind="criminal")
    walker.type(protested_on="2026-09-03")
    walker.choose(kind="penalty", authority="CAC-BJ")
    assert shown(walker) == [*OF_BOTH, "authority", "protested_on"]  # so that nothing is sent unseen
    assert walker.violations == []


def test_without_javascript_nothing_steps_aside(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker, cast.clerk())
    walker.go("/desk/decisions/new/")
    assert shown(walker) == [*OF_BOTH, "authority", *OF_A_JUDGMENT]


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_circumstances_are_recorded(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    listing = cast.draft()
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "陆㛃")))
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/decisions/{listing.party.decision_id}/")
    walker.press(say("Record the circumstances"))
    walker.choose(data__0__kind="phone_number", data__1__kind="phone_number")
    walker.type(data__0__records="52,000", gains_yuan="86,000")
    walker.choose(parties__1__occupation="courier")
    walker.press(say("Record the circumstances"))
    assert "R-233" in walker.page.locator(".problems").inner_text()
    walker.choose(data__1__kind="address")
    walker.press(say("Record the circumstances"))
    assert Decision.objects.get().data.count() == 2
    walker.go("/desk/")
    assert walker.violations == []
