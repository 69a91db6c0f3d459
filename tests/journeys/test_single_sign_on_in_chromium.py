"""A clerk connects the court's identity service by hand, signs out, and signs in by it, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from registry.models import SingleSignOn
from tests import cast, identity_provider
from tests.identity_provider import CLIENT, SECRET
from tests.journeys import walking
from tests.journeys.walking import WINDOWS, chinese
from tests.signing_in import app_code, walk_in, with_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "法院统一身份认证"


@pytest.fixture
def provider(settings, live_server):
    with identity_provider.running() as server:
        server.knows = "officer 1"
        settings.REGISTRY_ADDRESS = live_server.url
        settings.REGISTRY_SINGLE_SIGN_ON_NAME = NAME
        settings.REGISTRY_SINGLE_SIGN_ON_ISSUER = server.issuer
        settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_ID = CLIENT
        settings.REGISTRY_SINGLE_SIGN_ON_CLIENT_SECRET = SECRET
        yield server


def press(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()
    walker.look()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_clerk_connects_the_courts_identity_service_and_signs_in_by_it(
    provider, live_server, browser, width, language
):
    say = chinese if language == "zh-CN" else str
    clerk = with_app(cast.clerk().account)
    walker = walking.walker(browser, live_server.url, width, language)
    walk_in(walker.page.context, clerk, walker.address)
    walker.go("/desk/account/factors/")
    press(walker, 'form[action$="/single-sign-on/connect/"] button')
    press(walker, f'a[href^="{provider.issuer}"]')
    expect(walker.page.locator("body")).to_contain_text(
        say("Your account is connected with the court’s identity service.")
    )
    assert SingleSignOn.objects.get().account == clerk
    walker.page.context.clear_cookies()
    walker.go("/desk/")
    press(walker, 'a[href*="/single-sign-on/"]')
    walker.type(code=app_code())
    press(walker, "#content form button")
    expect(walker.page.locator("h1")).to_contain_text(say("My work"))
    assert walker.violations == []
