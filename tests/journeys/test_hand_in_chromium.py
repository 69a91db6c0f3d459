"""A department without a developer, in a real browser: looks, downloads, confirms; the court sees who is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Account, Event
from sharing.departments import escalating, owing, telling
from sharing.departments.models import Owed, Receipt
from sharing.parties import members
from tests import cast
from tests.journeys import walking
from tests.journeys.walking import WINDOWS
from tests.signing_in import walk_in
from tests.test_feed import flag
from tests.test_what_cannot_be_opened import spoilt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    members.take_in(
        department.organisation, username="wei", password=PASSWORD, name="魏对接", email="wei@finance.example"
    )
    return department


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def sign_in(walker):
    walk_in(walker.page.context, Account.objects.get(username="wei"), walker.address)
    walker.go(at("list"))
    walker.look()


def look_up(walker, number, name):
    walker.choose(document_type="resident_id")
    walker.type(document_number=number, name=name)
    press(walker, "main form button")
    return walker.page.locator(".outcome h2").count() and walker.page.locator(".outcome h2").inner_text()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_member_looks_downloads_and_confirms_by_hand(live_server, browser, finance, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    listing = cast.in_force()
    cast.withdrawn(cast.second_in_force())
    telling.walk(now=cast.NOW)
    walker.go(at("list"))
    assert listing.number in walker.page.content()
    walker.go(at("look_up"))
    assert look_up(walker, "1", "高") == 0
    assert look_up(walker, cast.APPLICANT_NUMBER, "赵某")
    assert look_up(walker, cast.DEFENDANT_NUMBER, "高䶮")
    assert cast.DEFENDANT_NUMBER not in walker.page.url
    walker.go(at("list"))
    with walker.page.expect_download() as download:
        walker.page.locator('button[value="xlsx"]').first.click()
    assert download.value.suggested_filename == "listings-3.xlsx"
    walker.go(at("list"))
    with walker.page.expect_download() as download:
        walker.page.locator('form:has(input[name="after"]) button[value="csv"]').first.click()
    assert download.value.suggested_filename == "changes-after-3-3.csv"
    walker.go(at("owed"))
    press(walker, 'form[action$="declare/"] button')
    assert walker.page.locator(".govuk-error-summary").count() == 1
    walker.page.locator('input[name="ticked"]').first.check()
    walker.page.locator('input[name="declared"]').check()
    press(walker, 'form[action$="declare/"] button')
    assert Receipt.objects.count() == 1
    walker.page.locator('input[value="up_to-3"]').check()
    walker.page.locator('input[name="declared"]').check()
    press(walker, 'form[action$="declare/"] button')
    assert Receipt.objects.count() == 2
    walker.go(at("timeliness"))
    walker.go(at("overview"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_list_says_what_is_disputed_and_what_cannot_be_opened(live_server, browser, finance, width, language):
    flag(cast.in_force())
    broken = cast.second_in_force()
    telling.walk(now=cast.NOW)
    spoilt(Event.objects.get(listing=broken).position)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    assert walker.page.locator("main .govuk-tag--orange").count() == 2
    walker.look()
    walker.go(at("overview"))
    walker.look()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_is_late_is_seen_in_the_portal_and_at_the_court(live_server, browser, finance, width, language):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    now = timezone.localtime().replace(hour=12)
    owing.keep(finance.pk, now=now + timedelta(days=1))
    Owed.objects.update(due_on=now.date() - timedelta(days=9))
    escalating.escalate(now=now)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("owed"))
    assert walker.page.locator(".govuk-tag--red").count() == 1
    officer = cast.high_court_registrar().account
    officer.set_password(PASSWORD)
    officer.save()
    desk = walking.walker(browser, live_server.url, width, language)
    walk_in(desk.page.context, officer, desk.address)
    desk.go("/desk/")
    if language == "en":
        desk.page.get_by_role("button", name="English").click()
    desk.go("/desk/sharing/overdue/")
    assert listing.number in desk.page.content()
    desk.go("/desk/sharing/timeliness/")
    assert desk.page.locator("caption").count() == 10
    assert walker.violations + desk.violations == []


def test_it_works_without_javascript(live_server, browser, finance):
    cast.in_force()
    telling.walk(now=cast.NOW)
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("owed"))
    walker.page.locator('input[name="ticked"]').first.check()
    walker.page.locator('input[name="declared"]').check()
    press(walker, 'form[action$="declare/"] button')
    assert Receipt.objects.get().declared_by.name == "魏对接"
