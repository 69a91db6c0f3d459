"""What becomes of a unit: a clerk records who represents it and proposes a merger, a judge looks who is linked and carries
it out. Both widths and languages.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry.models import Event, EventType, Listing, Proposal, UnitChange
from registry.units import RegistrationStatus, registration
from tests import becoming, cast
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.test_employers_desk_in_chromium import press, send
from tests.journeys.walking import WINDOWS, Walker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def unit() -> Listing:
    """With Gao, who was punished for what it did."""
    becoming.manager()
    return becoming.unit()


def at(name: str, listing: Listing) -> str:
    return reverse(f"admin:{name}", args=[listing.number])


def follow(walker: Walker, address: str) -> None:
    press(walker, f'main a[href="{address}"]')


def record_the_representative(walker: Walker, unit: Listing) -> None:
    follow(walker, at("unit_representative", unit))
    walker.type(name=becoming.REPRESENTATIVE, document_number="1", since="2026-10-20", ground=becoming.GROUND)
    send(walker)
    assert "R-101" in walker.page.locator(".problems").inner_text()
    assert walker.page.locator("[name=name]").input_value() == becoming.REPRESENTATIVE
    walker.type(document_number=becoming.REPRESENTATIVE_NUMBER)
    send(walker)
    assert becoming.REPRESENTATIVE in walker.page.locator("main").inner_text()


def propose_the_merger(walker: Walker, unit: Listing) -> None:
    follow(walker, at("unit_change", unit))
    walker.choose(kind="merged")
    walker.type(since="2026-10-20", reason="登记机关通知书", ground=becoming.GROUND)
    walker.type(successors__0__name=becoming.SUCCESSOR, successors__0__code=cast.UNIT_NUMBER)
    send(walker)
    assert "R-226" in walker.page.locator(".problems").inner_text()
    assert walker.page.locator("[name=successors-0-name]").input_value() == becoming.SUCCESSOR
    walker.type(successors__0__code=becoming.SUCCESSOR_CODE)
    send(walker)
    assert becoming.SUCCESSOR in walker.page.locator("table.changes").inner_text()
    assert not Proposal.objects.exists()
    send(walker)
    assert Proposal.objects.count() == 1


def carry_it_out(walker: Walker, unit: Listing) -> None:
    walker.page.context.clear_cookies()
    sign_in(walker, cast.judge())
    walker.go(reverse("admin:proposal", args=[Proposal.objects.get().pk]))
    assert becoming.SUCCESSOR in walker.page.locator("main").inner_text()
    after = walker.page.locator(".changes tbody td").last.bounding_box()
    window = walker.page.viewport_size
    assert after is not None
    assert window is not None
    assert after["x"] + after["width"] <= window["width"], "it is read without scrolling sideways"
    press(walker, "button[value=carry_out]")
    assert Event.objects.filter(type=EventType.REVISED).count() == 1
    follow(walker, at("unit", unit))
    shown = walker.page.locator("main").inner_text()
    for words in ("高䶮", becoming.SUCCESSOR, becoming.REPRESENTATIVE, becoming.GROUND):
        assert words in shown, words
    assert registration(unit.party.person).status == RegistrationStatus.MERGED


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_became_of_a_unit(live_server, browser, unit, width, language):
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.clerk())
    walker.go(at("listing", unit))
    follow(walker, at("unit", unit))
    record_the_representative(walker, unit)
    propose_the_merger(walker, unit)
    carry_it_out(walker, unit)
    assert UnitChange.objects.count() == 2
    walker.go(at("listing", unit))
    assert walker.violations == []
