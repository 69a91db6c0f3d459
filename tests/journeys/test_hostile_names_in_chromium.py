"""Names that are scripts stay names in a real browser: nothing runs, and the policy of contents has nothing to block (A14)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests import cast
from tests.journeys import walking
from tests.signing_in import walk_in
from tests.test_untrusted_text import ACTS, PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def test_no_name_runs_at_the_desk(live_server, browser):
    numbers = [cast.resident(f"11010519880304{order:03}") for order in range(1, 61)]
    payloads = PAYLOADS[:: len(ACTS)]
    listings = [cast.draft(cast.party(cast.person(*each))) for each in zip(numbers, payloads, strict=False)]
    walker = walking.walker(browser, live_server.url, "wide", "en")
    ran = []

    def ends(dialog):
        ran.append(dialog.message)
        dialog.dismiss()

    walker.page.on("dialog", ends)
    walk_in(walker.page.context, cast.clerk().account, walker.address)
    walker.page.goto(f"{walker.address}/desk/registry/listing/")
    assert walker.page.locator("td", has_text=payloads[0]).count()
    for listing in listings[:6]:
        walker.page.goto(f"{walker.address}/desk/listings/{listing.number}/")
        assert walker.page.locator("dl", has_text=listing.party.person.name).count()
    assert (ran, walker.violations) == ([], [])
