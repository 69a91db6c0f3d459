"""A number was entered by mistake: a clerk proposes to mark it, a judge carries it out, and its bearer is entered under it. Both
widths and languages.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.models import State
from tests import cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS
from tests.mistaking import HERS, listed, number_of, wrongly_listed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("the_court_has_decided"),
]


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_number_is_freed_for_whoever_bears_it(live_server, browser, width, language):
    listing = wrongly_listed()
    walker = walking.walker(browser, live_server.url, width, language)

    def say(words):
        return words if language == "en" else walking.chinese(words)

    sign_in(walker, cast.clerk())
    page = reverse("admin:listing", args=[listing.number])
    where = reverse("admin:propose", args=[listing.number, "mark_mistaken"])
    walker.go(page)
    with walker.page.expect_navigation():
        walker.page.locator(f'a[href="{where}"]').click()
    walker.look()
    assert walker.page.locator("main").inner_text().count(HERS[-4:]) >= 1
    walker.press(say("Continue"))  # without a reason
    walker.type(reason="判决书所载证件号码与录入不一致")
    walker.press(say("Continue"))
    walker.press(say("Propose"))

    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    assert HERS not in walker.page.locator("main").inner_text()
    with walker.page.expect_navigation():
        walker.page.locator('button[name="do"][value="carry_out"]').click()
    walker.look()
    assert number_of(listing).mistaken_at is not None
    assert walker.page.locator(f'a[href="{where}"]').count() == 0
    assert listed().state == State.ACTIVE
    walker.go(page)
    assert walker.violations == []
