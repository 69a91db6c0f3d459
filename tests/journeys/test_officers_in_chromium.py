"""Who keeps accounts, who keeps the system running and who audits, each at pages of his own, and an officer's invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import lockout
from registry.models import AppointmentProposal, Officer
from tests import auditing, cast, desk
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.signing_in import with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_officer_is_proposed_confirmed_invited_and_chooses_a_password(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    court = cast.clerk().court
    sign_in(walker, cast.security_administrator())
    walker.go("/desk/registry/officer/")
    walker.go("/desk/officers/new/")
    press(walker, ".sheet form .button")
    walker.type(name="许书记员", staff_number="C-XU", user_name="c-xu")
    walker.choose(court=str(court.pk), role="clerk")
    press(walker, ".sheet form .button")
    proposal = AppointmentProposal.objects.get()
    where = reverse("admin:appointment", args=[proposal.pk])
    walker.go(where)
    sign_in(walker, cast.high_court_registrar())
    walker.go(where)
    press(walker, 'button[value="confirm"], .sheet form .button')
    link = walker.page.locator("#content").inner_text().split("/desk/invitation/")[1].split()[0]
    walker.page.context.clear_cookies()
    walker.go(f"/desk/invitation/{link}")
    walker.type(new_password1="password", new_password2="password")
    press(walker, "#content form button")
    walker.type(new_password1=desk.PASSWORD, new_password2=desk.PASSWORD)
    press(walker, "#content form button")
    assert walker.page.url.split("?")[0].endswith("/desk/account/sign-in/")
    assert Officer.objects.get(staff_number="C-XU").account.check_password(desk.PASSWORD)
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_locked_account_is_unlocked_and_lost_factors_are_reset(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    clerk = cast.clerk()
    with_app(clerk.account)
    for hour in range(lockout.LOCKED + 2):
        at = cast.NOW - timedelta(hours=12 - hour)
        lockout.check(clerk.account.username, "", now=at)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.security_administrator())
    walker.go("/desk/officers/locked/")
    press(walker, "#content form button")
    walker.go(reverse("admin:account", args=[clerk.pk]))
    press(walker, 'form[action$="/reset-factors/"] button')
    assert say("Invitation for %(officer)s").split("%")[0].strip() in walker.page.content()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_who_keeps_the_system_running_and_who_audits_have_pages_of_their_own(live_server, browser, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.system_administrator())
    walker.go("/desk/sharing/system/")
    sign_in(walker, auditing.auditor())
    walker.go("/desk/sharing/audit/trail/")
    assert walker.violations == []
