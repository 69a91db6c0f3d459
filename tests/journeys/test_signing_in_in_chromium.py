"""Signing in, by hand, in a real browser: an app for a clerk, a passkey for a judge, at the desk and at the portal."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import State
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk
from tests.journeys import walking
from tests.journeys.test_passkeys_in_chromium import with_a_device
from tests.journeys.walking import WINDOWS, chinese
from tests.signing_in import app_code, factors, walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


ANEW = "/desk/account/factors/recovery-codes/generate/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def known(account):
    account.set_password(desk.PASSWORD)
    account.save()
    return account


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


def set_up_the_app(walker):
    press(walker, 'a[href$="/totp/activate/"]')
    press(walker, "#content form button, main form button")
    secret = walker.page.locator(".secret").inner_text()
    walker.type(code=app_code(secret=secret))
    press(walker, "#content form button, main form button")
    assert walker.page.locator(".codes li").count() == 10
    return secret


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_clerk_signs_in_for_the_first_time_and_sets_up_an_app(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    clerk = known(cast.clerk().account)
    walker = walking.walker(browser, live_server.url, width, language)
    walker.go("/desk/")
    press(walker, "#login-form button")
    walker.type(login=clerk.username, password="wrong")
    press(walker, "#login-form button")
    walker.type(login=clerk.username, password=desk.PASSWORD)
    press(walker, "#login-form button")
    assert say(
        "A password alone opens nothing here. Make a passkey, or set up an authenticator app; then you may go on."
    ) in (walker.page.content())
    set_up_the_app(walker)
    press(walker, "#content .button")
    assert factors(clerk) == {"totp", "recovery_codes"}
    walker.go("/desk/account/sessions/")
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_judge_makes_a_passkey_signs_in_with_it_and_confirms_an_approval(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    judge, listing = cast.judge(), cast.submitted()
    known(judge.account)
    walker = walking.walker(browser, live_server.url, width, language)
    with_a_device(walker)
    walker.go("/desk/")
    walker.type(login=judge.account.username, password=desk.PASSWORD)
    press(walker, "#login-form button")
    press(walker, 'a[href$="/webauthn/add/"]')
    press(walker, "form[data-passkey] button")
    assert walker.page.locator(".codes li").count() == 10
    press(walker, "#content .button")
    assert walker.page.url.endswith("/desk/")
    walker.page.context.clear_cookies()
    walker.go("/desk/")
    press(walker, "form[data-passkey] button")
    assert say("My work") in walker.page.content()
    walk_in(walker.page.context, judge.account, walker.address, ago=400)
    walker.go(reverse("admin:review", args=[listing.party.decision_id]))
    walker.page.locator(f"[name=number-{listing.pk}]").fill(cast.DEFENDANT_NUMBER)
    press(walker, f'button[name="approve"][value="{listing.pk}"], button[name="approve"]')
    assert say("Confirm that it is you") in walker.page.content()
    press(walker, "form[data-passkey] button")
    assert cast.fresh(listing).state == State.ACTIVE
    walker.go("/desk/account/factors/")
    press(walker, 'a[href*="/edit/"]')
    walker.type(name="办公室")
    press(walker, "#content form button")
    press(walker, 'a[href*="/remove/"]')
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_clerk_shows_password_and_code_before_recovery_codes_are_made_anew(live_server, browser, width, language):
    clerk = desk.with_app_and_password(cast.clerk().account)
    walker = walking.walker(browser, live_server.url, width, language)
    walk_in(walker.page.context, clerk, live_server.url, factor="totp", ago=400)
    walker.go(ANEW)
    walker.type(password=desk.PASSWORD, code="000000")
    press(walker, "#content form button, main form button")
    assert walker.page.get_by_role("alert").count() == 1
    walker.type(password=desk.PASSWORD, code=app_code())
    press(walker, "#content form button, main form button")
    assert walker.page.url.endswith(ANEW)
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_member_signs_in_by_a_code_and_ends_another_session(live_server, browser, width, language):
    bank = asking.bank().organisation
    member = members.take_in(bank, username="wei", password=desk.PASSWORD, name="魏人事", role=MemberRole.HR)
    walker = walking.walker(browser, live_server.url, width, language)
    walker.go("/employer/")
    walker.type(login="wei", password=desk.PASSWORD)
    press(walker, "#login-form button")
    secret = set_up_the_app(walker)
    press(walker, "main .govuk-button")
    assert walker.page.url.endswith("/employer/")
    walker.page.context.clear_cookies()
    walker.go("/employer/")
    walker.type(login="wei", password=desk.PASSWORD)
    press(walker, "#login-form button")
    walker.type(code="000000")
    press(walker, "main form:not([data-passkey]) button")
    assert walker.page.locator(".govuk-error-summary").is_visible()
    walker.type(code=app_code(secret=secret))
    press(walker, "main form:not([data-passkey]) button")
    assert re.search(r"/employer/$", walker.page.url)
    press(walker, ".sign-out a")
    walker.go("/portal/account/sessions/")
    assert factors(member.account) == {"totp", "recovery_codes"}
    assert walker.violations == []


def test_two_minutes_before_the_end_the_page_says_so_and_goes_on_at_a_press(live_server, browser, settings):
    settings.REGISTRY_IDLE_MINUTES = 2
    walker = walking.walker(browser, live_server.url, "wide", "en")
    walk_in(walker.page.context, cast.clerk().account, walker.address)
    walker.go("/desk/")
    soon = walker.page.locator("[data-idle-soon]")
    soon.wait_for(state="visible", timeout=15_000)
    with walker.page.expect_response("**/alive/") as told:
        soon.locator("button").click()
    assert told.value.status == 204
    assert walker.violations == []
