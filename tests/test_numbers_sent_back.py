"""A number that a page of ours wrote comes back longer than any number: a page made by hand, and no fault of ours."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from registry.whole_numbers import sent_back
from tests import cast, desk
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ENDLESS = "9" * 5_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        (ENDLESS, None),
        ("", None),
        ("-1", None),
        ("٣", None),
    ],
)
def test_what_is_no_number_of_ours_is_none(text: str, number: int | None) -> None:
    assert sent_back(text) == number


def test_no_session_has_such_a_number() -> None:
    browser = Browser()
    sign_in(browser, cast.clerk().account)
    answer = browser.post("/desk/account/sessions/", {"session": ENDLESS})
    assert (answer.status_code, browser.get("/desk/").status_code) == (302, 200)


def test_no_draft_has_such_a_revision() -> None:
    listing = cast.draft()
    lin = desk.at_the_desk(cast.clerk(), "en")
    typed = {"documents-INITIAL_FORMS": "1", "prohibitions-INITIAL_FORMS": "1", "revision": ENDLESS}
    answer = lin.post(reverse("admin:amend_party", args=[listing.number]), desk.party(**typed))
    assert "R-316" in answer.text


def test_no_listing_has_such_a_version() -> None:
    listing = cast.in_force()
    lin = desk.at_the_desk(cast.clerk(), "en")
    typed = {"cause": "acquitted", "version": ENDLESS, "reason": "acquitted", "ground": "（2026）京0105刑再1号"}
    answer = lin.post(reverse("admin:propose", args=[listing.number, "withdraw"]), typed, follow=True)
    assert answer.status_code == 200
    assert not listing.proposals.exists()
