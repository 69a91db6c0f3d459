"""Enter, submit and approve in a real browser, wide and narrow, with and without its languages and its JavaScript."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from registry.entries import DocumentEntry
from registry.models import Event, Listing, Officer, State
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_judgment_is_entered_and_approved(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    _enter(walker, say)
    _approve(walker, say)
    _look_around(walker, say)
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_every_number_of_a_person_is_typed_before_the_approval(live_server, browser, width, language):
    passport = DocumentEntry(type="passport_cn", number="EA1234567")
    ban = replace(cast.party().prohibitions[0], occupations=("bank_teller", "loan_officer"))
    person = cast.person(documents=(*cast.person().documents, passport), former_names=("高岩",))
    listing = cast.submitted(cast.party(person, prohibitions=(ban,)))
    walker = walking.walker(browser, live_server.url, width, language)
    say = chinese if language == "zh-CN" else str
    _sign_in(walker, cast.judge(), say("Awaiting review"))
    walker.first_of_my_work()
    walker.page.locator(f'[name="number-{listing.pk}"]').fill(passport.number)
    walker.press(f"{say('Approve')} {listing.number}")
    assert "R-213" in walker.page.locator(".problems").inner_text()
    walker.page.locator(f'[name="number-{listing.pk}-2"]').fill(cast.DEFENDANT_NUMBER)
    walker.press(f"{say('Approve')} {listing.number}")
    assert cast.fresh(listing).state == State.ACTIVE
    assert walker.violations == []


def test_everything_works_without_javascript(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    _enter(walker, str)
    _approve(walker, str)
    _look_around(walker, str)
    assert walker.violations == []


def test_the_language_changes_on_every_page(live_server, browser):
    walker = walking.walker(browser, live_server.url, "wide", "zh-CN")
    _sign_in(walker, cast.clerk(), "我的工作")
    walker.page.get_by_role("button", name="English").click()
    assert walker.page.get_by_role("heading", name="My work").is_visible()
    assert walker.page.locator("html").get_attribute("lang") == "en"


def test_the_navigation_is_folded_where_it_would_fill_the_window(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "en")
    _sign_in(walker, cast.high_court_registrar(), "My work")
    book = _book(walker)
    expect(book).to_be_hidden()
    walker.page.locator(".desk-nav summary").focus()
    walker.page.keyboard.press("Enter")
    expect(book).to_be_visible()
    walker.page.keyboard.press("Tab")
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Enter")
    walker.resize("wide")
    # The browser tells the page of its new width in its own time, after the resize has returned.
    expect(_book(walker)).to_be_visible()
    expect(walker.page.locator(".desk-nav summary")).to_be_hidden()
    walker.resize("narrow")
    expect(_book(walker)).to_be_hidden()
    assert walker.violations == []


def test_without_javascript_the_navigation_stays_open(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    _sign_in(walker, cast.high_court_registrar(), "My work")
    assert _book(walker).is_visible()


def _book(walker: Walker) -> Locator:
    return walker.page.locator(".desk-nav").get_by_role("link", name="The book")


def _sign_in(walker: Walker, officer: Officer, words: str) -> None:
    sign_in(walker, officer)
    assert words in walker.page.content()


def _enter(walker: Walker, say) -> None:
    _sign_in(walker, cast.clerk(), say("Nothing waits for you."))
    walker.press(say("Enter a judgment."))
    walker.type(number="（2026）京0108刑初123号", filed_on="2026-03-02", pronounced_on="2026-02-30")
    walker.press(say("Enter the decision"))
    assert walker.page.locator(".problems").is_visible()
    assert walker.page.locator("[name=pronounced_on]").input_value() == "2026-02-30"
    walker.type(number="（2026）京0105刑初123号", pronounced_on="2026年9月1日", prosecutor_received_on="2026-09-02")
    walker.press(say("Enter the decision"))
    _add_party(walker, say, cast.DEFENDANT_NUMBER, "高䶮")
    _add_party(walker, say, cast.SECOND_NUMBER, "陆㛃")
    walker.press(say("Check and submit"))
    walker.press(say("I compared it with the judgment: submit"))
    walker.press(say("Confirm that no appeal was filed"))
    walker.press(say("I looked: no appeal and no protest was filed in the period"))
    assert {row.state for row in Listing.objects.all()} == {State.IN_REVIEW}


def _add_party(walker: Walker, say, number: str, name: str) -> None:
    walker.press(say("Add a party"))
    walker.type(name=name, documents__0__number=number[:-1], offence_dates="2024-05-06")
    walker.choose(charge="CL 253-1", article="CL 253-1", penalty_kind="fixed_term")
    walker.type(sentence_months="24", fine_yuan="20,000", received_on="2026-09-02")
    walker.type(prohibitions__0__scope="不得从事个人信息处理相关职业", prohibitions__0__months="36")
    walker.press(say("Add the party"))
    assert "R-101" in walker.page.locator(".problems").inner_text()
    walker.type(documents__0__number=number)
    walker.press(say("Add the party"))


def _approve(walker: Walker, say) -> None:
    first, second = Listing.objects.order_by("pk")
    _sign_in(walker, cast.judge(), say("Awaiting review"))
    walker.first_of_my_work()
    assert cast.DEFENDANT_NUMBER not in walker.page.content()
    for listing, number in ((first, cast.DEFENDANT_NUMBER), (second, cast.SECOND_NUMBER)):
        walker.page.locator(f'[name="number-{listing.pk}"]').fill(number)
    walker.press(say("Approve all"))
    assert Event.objects.count() == 2
    assert {row.state for row in Listing.objects.all()} == {State.ACTIVE}


def _look_around(walker: Walker, say) -> None:
    """The pages of a listing in force, and the lists."""
    cast.measure(cast.department())
    listing = Listing.objects.order_by("pk").first()
    for path in (
        f"/desk/listings/{listing.number}/",
        f"/desk/listings/{listing.number}/acts/suspend/",
        f"/desk/sharing/listings/{listing.number}/",
        "/desk/registry/listing/",
        "/desk/registry/case/",
        "/desk/registry/event/",
        "/desk/registry/court/",
        "/desk/find/",
        "/desk/listings/L-2026-999999/",
        "/desk/password_change/",
    ):
        walker.go(path)
    _sign_in(walker, cast.clerk(), say("Notices to be served"))
    walker.go(f"/desk/listings/{listing.number}/propose/correct/")
    walker.type(fine_yuan="30,000", reason=say("Reason"), ground="（2026）京0105刑初123号之一")
    walker.press(say("Continue"))
    walker.press(say("Propose"))
    _sign_in(walker, cast.judge(), say("Proposals waiting for me"))
    walker.first_of_my_work()
