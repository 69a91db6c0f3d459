"""An order of sealing from its rule to its end, a sealed listing opened, and a ban for life reviewed, in a real browser."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django.utils.text import capfirst

from registry import actions
from registry.models import Listing, SealOpened
from sharing.retention import purging
from tests import cast, sealing
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.purging import over, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def _say(language: str):
    return chinese if language == "zh-CN" else str


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_listings_are_sealed_by_a_rule(live_server, browser, width, language):
    first, second = cast.in_force(), cast.second_in_force()
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/sealing/")
    walker.press(say("Seal by a rule"))
    walker.press(say("Show what it hits"))
    assert walker.page.locator(".problems").is_visible()
    walker.page.locator('[name=articles][value="CL 253-1"]').check()
    walker.type(most_months="36", ground="轻微犯罪记录封存规定第三条", reason=say("Reason"))
    walker.press(say("Show what it hits"))
    assert first.number in walker.page.content()
    walker.press(say("Propose to seal them"))
    order = walker.page.url.removeprefix(live_server.url)
    sign_in(walker, cast.second_high_court_registrar())
    walker.first_of_my_work()
    assert walker.page.url.endswith(order)
    walker.press(say("Order it: seal these listings"))
    actions.seal_by_orders(now=cast.NOW)
    walker.press(say("Refresh"))
    assert not Listing.objects.exists()
    walker.go("/desk/sealing/")
    walker.go("/desk/registry/listing/")
    assert second.number not in walker.page.content()
    walker.go("/desk/sealing/open/")
    walker.type(number=first.number, reason="retrial of the same case")
    walker.press(say("Open it"))
    assert "高䶮" in walker.page.content()
    assert SealOpened.objects.count() == 1
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_ban_for_life_is_reviewed_and_a_birth_date_corrected(live_server, browser, width, language):
    ban = cast.ProhibitionEntry(scope="终身不得从事网络安全管理工作", basis="CSL 63", months=None)
    listing = cast.in_force(cast.party(prohibitions=(ban,)))
    Listing.objects.filter(pk=listing.pk).update(review_on=timezone.localdate(cast.NOW))
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.judge())
    assert say("Lifelong listings to be reviewed") in walker.page.content()
    walker.first_of_my_work()
    walker.type(reason="the ban still has to stand")
    walker.press(capfirst(say("confirm the lifelong term")))
    assert Listing.objects.get().reviewed_on is not None
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/listings/{listing.number}/propose/correct/")
    walker.type(birth_date=sealing.YOUNG, reason="the age was wrong", ground=sealing.RULING)
    walker.press(say("Continue"))
    walker.press(say("Propose"))
    sign_in(walker, cast.judge())
    walker.first_of_my_work()
    walker.press(say("Carry out"))
    assert not Listing.objects.exists()
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_what_is_deleted_is_shown(live_server, browser, width, language):
    cast.withdrawn(cast.in_force())
    cast.withdrawn(cast.second_in_force())
    walk()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/sharing/retention/")
    assert purging.purge(now=over()) == 2
    walker.go("/desk/sharing/retention/")
    assert walker.violations == []
