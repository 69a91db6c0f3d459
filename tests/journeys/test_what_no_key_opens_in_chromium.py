"""What cannot be opened any more, at the desk: said where it stood, and the listing is stopped all the same."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import State
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.test_what_no_key_opens_at_the_desk import spoilt

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_listing_whose_person_no_key_opens_is_found_read_and_stopped(live_server, browser, width, language):
    listing = cast.in_force()
    cast.second_in_force()
    spoilt(listing.party.person)
    walker, say = walking.walker(browser, live_server.url, width, language), chinese if language == "zh-CN" else str
    sign_in(walker, cast.clerk())
    walker.go("/desk/registry/listing/")
    assert say("cannot be opened") in walker.page.content()
    walker.go(f"/desk/listings/{listing.number}/")
    assert say("cannot be opened") in walker.page.content()
    walker.page.goto(f"{walker.address}/desk/listings/{listing.number}/propose/correct/")
    assert say("Something on record here cannot be opened") in walker.page.content()
    walker.look()
    walker.go(f"/desk/listings/{listing.number}/acts/suspend/")
    walker.type(reason="nobody can read who it is")
    with walker.page.expect_navigation():
        walker.page.locator("main form button.default").click()
    walker.look()
    assert cast.fresh(listing).state == State.SUSPENDED
    assert walker.violations == []
