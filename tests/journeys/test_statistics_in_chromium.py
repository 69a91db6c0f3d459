"""A release from its proposal to the public page and its correction, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import cast, releases
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),  # a page of thirty tables is looked at by axe several times, at two widths
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("notice_waived"),
]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    releases.draw_quickly(monkeypatch, frozenset({"png", "pdf"}))


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_release_is_proposed_released_read_and_corrected(live_server, browser, settings, width, language):
    settings.SHARING_SMALLEST_IN_RELEASE = 2
    cast.in_force()
    cast.second_in_force()
    say = chinese if language == "zh-CN" else str
    walker = walking.walker(browser, live_server.url, width, language)
    walker.go("/statistics/")
    sign_in(walker, cast.statistician())
    walker.go("/desk/sharing/statistics/")
    walker.type(begins="2026-11-20", ends="2026-11-19")
    walker.press(say("Show the figures"))
    assert walker.page.locator(".problems").is_visible()
    walker.type(begins="2026-01-01", ends="2026-11-19")
    walker.press(say("Show the figures"))
    walker.press(say("Propose a release of this period"))
    walker.type(title_zh=releases.TITLE.zh, title_en=releases.TITLE.en)
    walker.press(say("Continue"))
    walker.press(say("Propose this release"))
    address = walker.page.url.removeprefix(live_server.url)
    releases.draw_some(7)
    walker.press(say("Refresh"))
    releases.draw()
    walker.page.get_by_text(say("Look at the page as it will be")).wait_for()
    sign_in(walker, cast.high_court_registrar())
    walker.first_of_my_work()
    assert walker.page.url.endswith(address)
    walker.press(say("Look at the page as it will be"))
    walker.go(address)
    walker.press(say("Return with this reason"))
    assert walker.page.locator(".problems").is_visible()
    walker.press(say("Release it: sign and publish"))
    walker.go("/statistics/")
    pictures = walker.page.locator(".release-table__chart img")
    pictures.last.scroll_into_view_if_needed()
    walker.page.wait_for_function("() => [...document.images].at(-1).naturalWidth > 0")
    assert all(each.get_attribute("alt") for each in pictures.all())
    walker.go("/statistics/method/")
    sign_in(walker, cast.statistician())
    walker.go(address)
    walker.press(say("Correct this release"))
    walker.type(why_zh=releases.WHY.zh, why_en=releases.WHY.en)
    walker.press(say("Continue"))
    walker.press(say("Propose this correction"))
    correction = walker.page.url.removeprefix(live_server.url)
    releases.draw()
    sign_in(walker, cast.high_court_registrar())
    walker.go(correction)
    walker.press(say("Release it: sign and publish"))
    walker.go("/statistics/2026-1/")
    assert walker.page.locator("#corrected-title").is_visible()
    walker.go("/statistics/")
    assert walker.violations == []


def test_a_release_is_read_without_javascript(live_server, browser):
    releases.released()
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=False)
    for path in ("/statistics/", "/statistics/2026-1/", "/statistics/method/"):
        walker.go(path)
        assert walker.page.locator("h1").is_visible()
    walker.page.get_by_role("button", name="English").click()
    walker.page.wait_for_url("**/statistics/method/")
    assert walker.page.locator("html").get_attribute("lang") == "en"
