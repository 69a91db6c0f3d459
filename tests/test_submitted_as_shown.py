"""The clerk says that he compared it with the judgment: what is submitted is what his page showed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from registry import actions
from registry.models import Role, State
from tests import cast, desk

pytestmark = pytest.mark.django_db


def shown_by(clerk: Client, where: str) -> str:
    (_rest, _name, after) = clerk.get(where).text.partition('name="shown" value="')
    return after.partition('"')[0]


def submitting(listing):
    return desk.at_the_desk(cast.clerk(), "en"), reverse("admin:submit", args=[listing.party.decision_id])


def test_it_works():
    listing = cast.draft()
    clerk, where = submitting(listing)
    shown = shown_by(clerk, where)
    assert shown == f"{listing.pk}:1"
    assert clerk.post(where, {"shown": shown}).status_code == 302
    assert cast.fresh(listing).state == State.IN_REVIEW
    assert clerk.post(where, {"shown": shown}).status_code == 302, "a button pressed twice"


def test_what_a_colleague_amended_meanwhile_is_shown_before_it_is_submitted():
    listing = cast.draft()
    clerk, where = submitting(listing)
    shown = shown_by(clerk, where)
    colleague = cast._once("C-MA", Role.CLERK, name="马书记员")
    actions.amend_party(listing.pk, cast.party(fine_yuan=777), revision=1, officer=colleague, now=cast.NOW)
    page = clerk.post(where, {"shown": shown})
    assert "R-306" in page.text
    assert "777" in page.text
    assert cast.fresh(listing).state == State.DRAFT
    assert clerk.post(where, {"shown": shown_by(clerk, where)}).status_code == 302
    assert cast.fresh(listing).state == State.IN_REVIEW


def test_so_is_a_party_that_was_added_and_a_decision_that_was_amended():
    listing = cast.draft()
    clerk, where = submitting(listing)
    shown = shown_by(clerk, where)
    decision = listing.party.decision
    actions.amend_decision(decision.pk, cast.judgment(facts=()), revision=1, officer=cast.clerk(), now=cast.NOW)
    assert "R-306" in clerk.post(where, {"shown": shown}).text
    shown = shown_by(clerk, where)
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), decision=decision)
    assert "R-306" in clerk.post(where, {"shown": shown}).text
    assert cast.fresh(listing).state == State.DRAFT


@pytest.mark.parametrize("made_up", ["0:0", "x", "1:1 ", "99999999999999999:1", "1:1;2:2"])
def test_what_is_made_up_is_no_error(made_up):
    clerk, where = submitting(cast.draft())
    assert clerk.post(where, {"shown": made_up}).status_code in (200, 302)
