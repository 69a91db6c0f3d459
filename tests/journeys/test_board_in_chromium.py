"""The live board in a real browser: it follows the log by itself, rests when told to, and says when it is not fresh."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from config.demo.playbill import Playbill
from registry.models import Listing
from sharing.receiver import store
from tests import cast
from tests.journeys import walking
from tests.journeys.walking import WINDOWS
from tests.test_board import address, played, receive, told  # noqa: F401 - fixtures, found by their names

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.demo_urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("notice_waived"),
]


@pytest.fixture
def departments(settings, tmp_path, played):  # noqa: F811 - the fixture
    """Two departments with stores of their own; the second one is told of nothing, and nobody listens at its address."""
    settings.DEMO_PLAYBILL = tmp_path / "playbill.json"
    path = tmp_path / "transport.sqlite"
    with closing(store.open_for_writing(path)):
        pass
    other = cast.department("transport")
    off = replace(
        played,
        name_en="Transport",
        department_id=other.pk,
        endpoint_id="ep_none",
        store=str(path),
        url="http://127.0.0.1:9/",
    )
    Playbill(departments=(played, off)).write(settings.DEMO_PLAYBILL)
    return played, off


def becomes(walker: walking.Walker, part: str, words: str, seconds: float = 10) -> bool:
    """Asked again and again, because the content security policy lets no test evaluate words in the page."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if words in walker.page.locator(part).inner_text():
            return True
        walker.page.wait_for_timeout(50)
    return False


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_it_follows_the_log_without_a_press(live_server, browser, departments, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    receive(departments[0], told())
    walker.go("/")
    rows = walker.page.locator("#board tbody tr")
    assert rows.count() == 1
    receive(departments[0], told(cast.corrected(Listing.objects.get(), fine_yuan=5_000)))
    rows.nth(1).wait_for()
    assert becomes(walker, "#board-said", Listing.objects.get().number), "a screen reader is told of the new event"
    walker.look()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_every_state_of_a_part_is_accessible(live_server, browser, departments, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    told()
    Path(departments[1].store).unlink()
    walker.go("/")
    assert walker.page.locator("#board .govuk-tag").count() == len(departments)
    assert walker.violations == []


def test_it_rests_when_paused_and_goes_on_when_resumed(live_server, browser, departments):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    asked = []
    walker.page.on("request", lambda request: asked.append(request.url) if "/board/" in request.url else None)
    walker.page.goto(live_server.url)
    walker.page.locator("#live-pause").click()
    walker.page.wait_for_timeout(300)
    before = len(asked)
    walker.page.wait_for_timeout(2200)
    assert len(asked) == before
    walker.page.locator("#live-pause").click()
    walker.page.wait_for_timeout(2200)
    assert len(asked) > before


def test_it_keeps_the_last_board_and_says_when_it_is_not_fresh(live_server, browser, departments):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    receive(departments[0], told())
    walker.page.goto(live_server.url)
    walker.page.route("**/board/**", lambda route: route.abort())
    walker.page.locator("#live-stale").wait_for(state="visible")
    assert Listing.objects.get().number in walker.page.locator("#board").inner_text()
    walker.page.unroute("**/board/**")
    walker.page.locator("#live-stale").wait_for(state="hidden")


def test_without_javascript_it_has_a_refresh_link(live_server, browser, departments):
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=False)
    walker.go("/")
    assert not walker.page.locator("#live-pause").is_visible()
    walker.page.locator("#live-refresh").click()
    assert walker.page.locator("#board").is_visible()
