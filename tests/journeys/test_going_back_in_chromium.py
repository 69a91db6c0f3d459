"""Whoever comes to the machine after somebody signed out goes back to nothing: no page is kept in the browser (A28)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk
from tests.journeys import walking
from tests.signing_in import walk_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def walker(live_server, browser):
    return walking.walker(browser, live_server.url, "wide", "en")


def leave(walker, button):
    with walker.page.expect_navigation():
        walker.page.locator(button).first.click()


def nothing_is_there_again(walker, words, *, pages):
    for _ in range(pages):
        walker.page.go_back()
        assert words not in walker.page.content(), walker.page.url


def test_after_an_officer_has_left_going_back_shows_nobody(walker):
    listing = cast.in_force()
    walk_in(walker.page.context, cast.clerk().account, walker.address)
    walker.go("/desk/registry/listing/")
    walker.go(f"/desk/listings/{listing.number}/")
    assert "高䶮" in walker.page.content()
    leave(walker, "#logout-form button")
    nothing_is_there_again(walker, "高䶮", pages=2)


def test_after_a_member_has_left_going_back_shows_no_answer(walker):
    bank = asking.bank()
    asking.answered(employer=bank)
    owner = members.take_in(
        bank.organisation, username="ou", password=desk.PASSWORD, name="欧人事", role=MemberRole.OWNER
    )
    walk_in(walker.page.context, owner.account, walker.address)
    walker.go("/employer/members/")
    assert "欧人事" in walker.page.content()
    leave(walker, ".sign-out button")
    nothing_is_there_again(walker, "欧人事", pages=1)
