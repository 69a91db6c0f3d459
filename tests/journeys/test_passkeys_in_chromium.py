"""A passkey in a real browser, with a device that Chromium plays: made after a counter code, used in its place, removed, and
refused; both widths and languages. Where the browser has no script, or no passkeys, nothing is offered and the rest works.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from sharing.persons.models import Passkey
from tests import cast
from tests.journeys import walking
from tests.journeys.test_record_in_chromium import link, press, prove
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
OFFER = "[data-with-passkeys]"
NO_JSON_FORMS = """
delete PublicKeyCredential.parseCreationOptionsFromJSON; delete PublicKeyCredential.parseRequestOptionsFromJSON;
"""
NO_PASSKEYS = "delete window.PublicKeyCredential;"


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.REGISTRY_ADDRESS = live_server.url


def with_a_device(walker, **facts):
    """Chromium's own virtual device; what speaks to it, and its id."""
    session = walker.page.context.new_cdp_session(walker.page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **facts}})
    return session, made["authenticatorId"]


def at_passkeys(walker):
    walker.go(reverse("person:record"))
    if walker.page.url.endswith(reverse("person:identity")):
        prove(walker)
    press(walker, link("passkeys"))


def main(walker):
    return walker.page.locator("main").inner_text()


def come_back(walker):
    walker.go(reverse("person:identity"))
    press(walker, link("passkey"))
    press(walker, "main form .govuk-button")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_person_makes_one_comes_back_with_it_and_removes_it(live_server, browser, width, language):
    say = chinese if language == "zh-CN" else str
    cast.in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    with_a_device(walker)
    at_passkeys(walker)
    press(walker, "main form[data-passkey] .govuk-button")
    assert say("Your passkey is made. Choose “With your passkey” when you come back.") in main(walker)
    row = Passkey.objects.get()
    press(walker, "main form .as-link")
    come_back(walker)
    assert walker.page.url.endswith(reverse("person:record"))
    assert "高䶮" in main(walker)
    row.refresh_from_db()
    assert row.used_at is not None
    walker.go(reverse("person:passkeys"))
    press(walker, "main form .govuk-button--warning")
    assert walker.page.url.endswith(reverse("person:identity"))
    assert not Passkey.objects.exists()
    come_back(walker)
    assert "R-774" in walker.page.locator(".govuk-error-summary").inner_text()
    assert walker.violations == []


def test_in_a_browser_that_does_not_know_the_json_forms(live_server, browser):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, "wide", "en")
    walker.page.add_init_script(NO_JSON_FORMS)
    with_a_device(walker)
    at_passkeys(walker)
    press(walker, "main form[data-passkey] .govuk-button")
    press(walker, "main form .as-link")
    come_back(walker)
    assert walker.page.url.endswith(reverse("person:record"))


def said(walker, problem):
    """What the page says beside its form, and that it alone."""
    walker.page.locator("main form[data-passkey] .govuk-button").click()
    walker.page.locator(f'[data-problem="{problem}"]').wait_for(state="visible")
    assert walker.page.locator("[data-problem]:visible").count() == 1
    walker.look()


def test_a_device_that_is_not_unlocked_makes_none(live_server, browser):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, "narrow", "en")
    with_a_device(walker, isUserVerified=False)
    at_passkeys(walker)
    said(walker, "NotAllowedError")
    assert not Passkey.objects.exists()
    assert walker.violations == []


def test_a_device_that_has_one_says_so(live_server, browser):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN")
    with_a_device(walker)
    at_passkeys(walker)
    press(walker, "main form[data-passkey] .govuk-button")
    said(walker, "InvalidStateError")
    assert Passkey.objects.count() == 1
    assert walker.violations == []


def test_somebody_about_whom_nothing_is_held_is_told_why_there_is_none(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN")
    walker.go(reverse("person:record"))
    prove(walker, cast.APPLICANT_NUMBER, "王小明")
    press(walker, link("passkeys"))
    assert walker.page.locator("main form[data-passkey]").count() == 0
    assert walker.page.locator("main .govuk-inset-text").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_where_there_are_none_nothing_is_offered_and_the_rest_works(live_server, browser, javascript):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=javascript)
    walker.page.add_init_script(NO_PASSKEYS)
    walker.go(reverse("person:identity"))
    assert walker.page.locator(OFFER).is_hidden()
    at_passkeys(walker)
    assert walker.page.locator(OFFER).is_hidden()
    assert walker.page.locator("[data-without-passkeys]").is_visible()
    walker.go(reverse("person:passkey"))
    assert walker.page.locator(OFFER).is_hidden()
    assert walker.violations == []
