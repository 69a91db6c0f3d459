"""Whoever is asked to confirm that it is he goes on where he was, and what he typed stands there: at every address."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Officer, State
from tests import cast, desk
from tests.signing_in import app_code, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
CONFIRM = "/desk/account/factors/reauthenticate/"
STALE = 301  # seconds
NAMED = {"starts_on": "2026-11-24", "ends_on": "2026-12-24", "reason": "leave for a month"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


class Forms(HTMLParser):
    """The address to which each form of a page is sent, and the ids that a page has and that it points to."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.sent_to: list[str] = []
        self.open: list[str] = []
        self.within: dict[str, list[str]] = {}  # tags open around what has this id
        self.described: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        had = dict(attrs)
        if tag == "form" and had.get("method") == "post":
            self.sent_to.append(had.get("action", ""))
        self.described += had.get("aria-describedby", "").split()
        if "id" in had:
            self.within[had["id"]] = [tag]


def stale(officer: Officer) -> Client:
    """Signed in by a password and a code that were shown too long ago."""
    visitor = Client(headers={"accept-language": "en"})
    sign_in(visitor, desk.with_app_and_password(officer.account), factor="totp", ago=STALE)
    return visitor


def confirmed(visitor, asked):
    assert asked.status_code == 302
    assert asked["Location"].startswith(CONFIRM)
    onward = visitor.get(asked["Location"]).context["redirect_field_value"]
    return visitor.post(CONFIRM, {"next": onward, "code": app_code()})


def test_what_was_sent_to_an_address_with_a_query_is_done_and_not_lost():
    listing = cast.in_force()
    where = reverse("admin:act", args=[listing.number, "suspend"])
    visitor = stale(cast.clerk())
    confirmed(visitor, visitor.post(f"{where}?from=work", {"reason": "an identity is in doubt"}))
    assert cast.fresh(listing).state == State.SUSPENDED


def test_what_is_refused_after_the_confirmation_stands_in_the_form_and_is_sent_to_its_own_address():
    clerk, where = cast.clerk(), reverse("admin:name_deputy")
    visitor = stale(clerk)
    page = confirmed(visitor, visitor.post(f"{where}?from=work", NAMED))
    assert page.status_code == 200
    assert "leave for a month" in page.content.decode()
    assert "2026-12-24" in page.content.decode()
    assert f"{where}?from=work" in Forms(page.content).sent_to
    assert not {"", CONFIRM} & set(Forms(page.content).sent_to)


def test_a_wrong_code_asks_again_and_loses_nothing():
    listing = cast.in_force()
    where = f"{reverse('admin:act', args=[listing.number, 'suspend'])}?from=work"
    visitor = stale(cast.clerk())
    asked = visitor.post(where, {"reason": "an identity is in doubt"})
    again = visitor.post(CONFIRM, {"next": where, "code": "000000"})
    assert again.status_code == 200
    assert f'value="{where}"' in again.content.decode()
    confirmed(visitor, asked)
    assert cast.fresh(listing).state == State.SUSPENDED


def test_what_was_abandoned_is_not_done_when_something_else_is_confirmed():
    listing = cast.in_force()
    visitor = stale(cast.clerk())
    visitor.post(f"{reverse('admin:act', args=[listing.number, 'suspend'])}?from=work", {"reason": "in doubt, perhaps"})
    answer = visitor.post(CONFIRM, {"next": "/desk/", "code": app_code()})
    assert answer["Location"] == "/desk/"
    assert cast.fresh(listing).state == State.ACTIVE


def test_a_password_that_is_refused_after_the_confirmation_is_typed_again_on_its_own_page():
    visitor, where = stale(cast.clerk()), reverse("admin:password_change")
    typed = {
        "old_password": "another",
        "new_password1": "six grey herons wade",
        "new_password2": "six grey herons wade",
    }
    page = confirmed(visitor, visitor.post(where, typed))
    assert where in Forms(page.content).sent_to
    assert not {"", CONFIRM} & set(Forms(page.content).sent_to)


def test_a_hint_with_a_list_is_within_what_its_field_points_to():
    visitor = Client(headers={"accept-language": "en"})
    sign_in(visitor, desk.with_app_and_password(cast.clerk().account), factor="totp")
    page = Forms(visitor.get(reverse("admin:password_change")).content)
    assert "id_new_password1_helptext" in page.described
    assert page.within["id_new_password1_helptext"] == ["div"]
