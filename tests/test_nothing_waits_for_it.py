"""A page of the desk that is opened by an old link says so where there is nothing left to do on it."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from registry import actions
from tests import cast, desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def opened(name, listing, officer):
    with translation.override("en"):
        return desk.at_the_desk(officer).get(reverse(f"admin:{name}", args=[listing.party.decision_id]))


def done_with():
    """In force, and its notice served."""
    listing = cast.in_force()
    said = {"served_on": cast.NOW.date(), "how": "in_court", "reference": "送达回证 118"}
    actions.record_service([listing.pk], **said, officer=cast.clerk(), now=cast.NOW)
    return listing


@pytest.mark.parametrize("name", ["service", "no_appeal", "submit", "hand_over", "assign"])
def test_it_says_that_nothing_waits_and_shows_no_form(name):
    answer = opened(name, done_with(), cast.judge() if name == "assign" else cast.clerk())
    words = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "R-788" in words
    assert "No listing of this decision waits for it any more" in words
    assert 'class="sheet"' not in words


@pytest.mark.parametrize(
    ("name", "made"),
    [("submit", cast.draft), ("no_appeal", cast.draft), ("service", cast.in_force), ("hand_over", cast.draft)],
)
def test_while_something_waits_the_form_is_there(name, made):
    answer = opened(name, made(), cast.clerk())
    assert answer.status_code == 200
    assert 'class="sheet"' in answer.content.decode()


def test_a_button_that_is_pressed_twice_says_what_it_did_both_times():
    listing = cast.draft()
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:no_appeal", args=[listing.party.decision_id])
    for _press in range(2):
        assert clerk.post(where).status_code == 302
