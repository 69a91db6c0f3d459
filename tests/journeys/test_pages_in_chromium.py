"""The pages outside the desk in a real browser: both languages, both widths, with and without JavaScript."""

from __future__ import annotations

import gzip

import pytest
from django.conf import settings

from tests import cast, logs
from tests.journeys import walking
from tests.journeys.walking import WINDOWS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.demo_urls"),
    pytest.mark.django_db(transaction=True),
]

PUBLIC = (
    "/",
    "/who-may-read-what/",
    "/timeliness/",
    "/log/",
    "/vocabulary/",
    "/help/",
    "/no/such/page",
    "/components/",
    "/components/paper/",
    "/api/v1/docs/",
    "/docs/events/",
)
DEMONSTRATION = ("/act-as/", "/tour/", "/try-to-break-it/")
MOST_BYTES = 60_000


@pytest.fixture(autouse=True)
def without_playbill(settings, tmp_path):
    """No demonstration runs: every page of it says so and still is a page."""
    settings.DEMO_PLAYBILL = tmp_path / "playbill.json"
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_every_page_is_accessible_at_both_widths_in_both_languages(live_server, browser, width, language):
    cast.in_force()
    logs.sign_all()
    walker = walking.walker(browser, live_server.url, width, language)
    for path in (*PUBLIC, *DEMONSTRATION):
        walker.go(path)
        assert walker.page.locator("html").get_attribute("lang") == ("en" if language == "en" else "zh-Hans"), path
    assert walker.violations == []


def test_every_page_works_without_javascript(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=False)
    for path in (*PUBLIC, *DEMONSTRATION):
        walker.go(path)
        assert walker.page.locator("h1, h2, #board").first.is_visible()


def test_the_language_switch_keeps_the_page(live_server, browser):
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN")
    walker.go("/help/?from=letter")
    walker.page.get_by_role("button", name="English").click()
    walker.page.wait_for_url("**/help/?from=letter")
    assert walker.page.locator("html").get_attribute("lang") == "en"
    walker.page.get_by_role("button", name="中文").click()
    walker.page.wait_for_url("**/help/?from=letter")
    assert walker.page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_keyboard_finds_the_content_first(live_server, browser):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    walker.go("/help/")
    walker.page.keyboard.press("Tab")
    assert walker.page.locator(":focus").inner_text() == "Skip to main content"
    walker.page.keyboard.press("Enter")
    assert walker.page.url.endswith("#main")


def test_styles_and_scripts_are_light():
    folder = settings.BASE_DIR / "static" / "pages"
    files = [file for file in folder.iterdir() if file.suffix in {".css", ".js"}]
    assert len(files) >= 4
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= MOST_BYTES
