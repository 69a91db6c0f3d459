"""Verifying a result in a real browser, as whoever holds the paper does; and its recall at the desk."""

from __future__ import annotations

import pytest

from sharing.employers import recalling
from tests import asking, cast
from tests.journeys import walking
from tests.journeys.walking import WINDOWS, chinese
from tests.signing_in import walk_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("the_court_has_decided"),
]
FOUR = cast.DEFENDANT_NUMBER[-4:]


def spoken(walker, words):
    return words if walker.language == "en" else chinese(words)


def code_of(screening):
    return asking.told(screening)["verification"]["code"]


def sign_in(walker, officer):
    """The officer's session, as the desk's own sign-in would make it."""
    walk_in(walker.page.context, officer.account, walker.address)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_holder_of_a_paper_verifies_it(live_server, browser, width, language):
    listing = cast.in_force()
    screening = asking.answered()
    walker = walking.walker(browser, live_server.url, width, language)
    heard = []
    walker.page.on("request", lambda request: heard.append(request.url))

    # By the QR code: the code is filled in, and no address that was asked for holds it.
    walker.go(f"/verify/#{code_of(screening)}")
    assert walker.page.locator("[name=code]").input_value() == code_of(screening)
    assert walker.page.url == f"{live_server.url}/verify/"
    assert not any(code_of(screening) in url.partition("#")[0] for url in heard)
    walker.press(spoken(walker, "Verify"))
    assert screening.pk in walker.page.locator("section.outcome").inner_text()

    # With a wrong ending and with the right one.
    walker.type(last_four="0000")
    walker.press(spoken(walker, "Verify"))
    assert spoken(walker, "No such result") in walker.page.locator("section.outcome").inner_text()
    walker.type(last_four=FOUR)
    walker.press(spoken(walker, "Verify"))
    assert walker.page.locator("[name=last_four]").input_value() == ""
    assert "bank" in walker.page.locator("section.outcome").inner_text()

    # What is mistyped is said, and kept.
    walker.type(code="7K2P-QW4M", last_four="", result="")
    walker.press(spoken(walker, "Verify"))
    assert walker.page.locator(".govuk-error-summary").is_visible()
    assert walker.page.locator("[name=code]").input_value() == "7K2P-QW4M"

    # The signed result itself, after its listing was withdrawn.
    cast.withdrawn(listing)
    recalling.walk(now=cast.NOW)
    walker.type(code="", result=screening.result)
    walker.press(spoken(walker, "Verify"))
    assert screening.pk in walker.page.locator("section.outcome").inner_text()
    assert walker.violations == []


def test_it_works_without_javascript(live_server, browser):
    screening = asking.answered()
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    walker.go(f"/verify/#{code_of(screening)}")
    walker.type(code=code_of(screening).lower())
    walker.press("Verify")
    assert screening.pk in walker.page.locator("section.outcome").inner_text()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_the_registrar_recalls_what_was_given_in_error(live_server, browser, width, language):
    screening = asking.answered()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, cast.high_court_registrar())
    walker.go("/desk/sharing/results/")
    walker.type(id=screening.pk)
    walker.press(spoken(walker, "Find it"))
    walker.press(spoken(walker, "Recall it for this reason"))
    walker.type(reason="the form named another person")
    walker.press(spoken(walker, "Recall it for this reason"))
    assert "the form named another person" in walker.page.locator("#content, main").first.inner_text()
    assert walker.violations == []
