"""What was approved and never took effect is found in My work, stopped by a registrar and discarded by its clerk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.models import Listing, Person, State
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listing(monkeypatch):
    """Approved, its notice never served; it is years later now."""
    made = cast.draft()
    actions.submit([made.pk], officer=cast.clerk(), now=cast.NOW)
    actions.confirm_no_appeal([made.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(made))
    made = cast.fresh(made)
    over = datetime(made.ends_on.year, 12, 31, 2, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: over)
    return made


def press_last(walker: Walker) -> None:
    with walker.page.expect_navigation():
        walker.page.locator("main form button[type=submit]").last.click()
    walker.look()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_it_is_stopped_from_my_work_and_discarded(live_server, browser, listing, width, language):
    stop = reverse("admin:act", args=[listing.number, "stop"])
    registrar = walking.walker(browser, live_server.url, width, language)
    sign_in(registrar, cast.registrar())
    registrar.look()
    with registrar.page.expect_navigation():
        registrar.page.locator(f"main a[href='{stop}']").click()
    registrar.look()
    registrar.type(reason="its term is over")
    press_last(registrar)
    assert Listing.objects.get().state == State.DRAFT

    clerk = walking.walker(browser, live_server.url, width, language)
    sign_in(clerk, cast.clerk())
    clerk.look()
    clerk.go(reverse("admin:act", args=[listing.number, "discard"]))
    clerk.type(reason="its term is over")
    press_last(clerk)
    assert not Person.objects.exists()
    assert registrar.violations == clerk.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_its_page_says_that_it_does_not_take_effect_any_more(live_server, browser, listing, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.judge())
    walker.go(reverse("admin:listing", args=[listing.number]))
    assert listing.ends_on.isoformat() in walker.page.locator("main").inner_text()
    assert walker.violations == []
