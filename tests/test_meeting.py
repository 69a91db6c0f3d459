"""Two clerks at one draft: whoever saves second loses nothing, sees what the other one saved, and chooses."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import EditedMeanwhile
from registry.models import AccessRecord
from tests import cast, desk
from tests.test_deputies import second_clerk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def opened(browser, where):
    """What the page carries along, hidden."""
    page = browser.get(where).content.decode()
    return carried(page)


def carried(page):
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("revision", "shown")}
    return {name: match[1] for name, match in found.items() if match}


def at_one_draft():
    """Lin and Ma both have the same draft open."""
    listing = cast.draft()
    where = reverse("admin:amend_party", args=[listing.number])
    lin, ma = desk.at_the_desk(cast.clerk()), desk.at_the_desk(second_clerk())
    return listing, where, (lin, opened(lin, where)), (ma, opened(ma, where))


def amended(**changes):
    typed = {"documents-INITIAL_FORMS": "1", "prohibitions-INITIAL_FORMS": "1", "prohibitions-0-occupations": []}
    return desk.party(**{**typed, **changes})


def field(page, name):
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return value[1] if value else ""


def test_what_only_the_other_one_changed_is_taken_over_and_what_only_this_one_changed_stays():
    listing, where, (lin, mine), (ma, his) = at_one_draft()
    assert ma.post(where, amended(fine_yuan="30,000", **his)).status_code == 302
    answer = lin.post(where, amended(sentence_months="30", **mine)).content.decode()
    assert "R-316" in answer
    assert "20,000 became 30,000" in answer
    assert "马书记员" in answer
    assert field(answer, "sentence_months") == "30"
    assert field(answer, "fine_yuan") == "30000"
    typed = amended(sentence_months="30", fine_yuan=field(answer, "fine_yuan"), **carried(answer))
    assert lin.post(where, typed).status_code == 302
    party = cast.fresh(listing).party
    assert (party.sentence_months, party.fine_yuan) == (30, 30_000)


@pytest.mark.parametrize(("choice", "fine"), [("mine", 40_000), ("theirs", 30_000)])
def test_where_both_changed_the_same_he_sees_both_and_chooses(choice, fine):
    listing, where, (lin, mine), (ma, his) = at_one_draft()
    ma.post(where, amended(fine_yuan="30,000", **his))
    answer = lin.post(where, amended(fine_yuan="40,000", **mine)).content.decode()
    for value in ("20,000", "30,000", "40,000"):
        assert value in answer
    assert field(answer, "fine_yuan") == "40,000"
    assert cast.fresh(listing).party.fine_yuan == 30_000
    lin.post(where, amended(fine_yuan="40,000", **carried(answer), **{"take-fine_yuan": choice}))
    assert cast.fresh(listing).party.fine_yuan == fine


@pytest.mark.parametrize(("choice", "months"), [("mine", 48), ("theirs", 60)])
def test_rows_are_chosen_as_a_whole(choice, months):
    listing, where, (lin, mine), (ma, his) = at_one_draft()
    ma.post(where, amended(**{"prohibitions-0-months": "60"}, **his))
    typed = {"prohibitions-0-months": "48"}
    answer = lin.post(where, amended(**typed, **mine)).content.decode()
    assert "take-prohibitions" in answer
    lin.post(where, amended(**typed, **carried(answer), **{"take-prohibitions": choice}))
    assert cast.fresh(listing).party.prohibitions.get().months == months


def test_the_same_value_typed_in_another_way_is_no_difference():
    _listing, where, (lin, mine), (ma, his) = at_one_draft()
    ma.post(where, amended(fine_yuan="30,000", received_on="2026-09-02", **his))
    answer = lin.post(where, amended(fine_yuan="30000", received_on="2026年9月2日", **mine)).content.decode()
    assert "save again" in answer
    assert "take-" not in answer


def test_a_third_one_who_saves_meanwhile_is_met_again():
    listing, where, (lin, mine), (ma, his) = at_one_draft()
    ma.post(where, amended(fine_yuan="30,000", **his))
    answer = lin.post(where, amended(fine_yuan="40,000", **mine)).content.decode()
    ma.post(where, amended(fine_yuan="50,000", **opened(ma, where)))
    again = lin.post(where, amended(fine_yuan="40,000", **carried(answer), **{"take-fine_yuan": "mine"}))
    assert "50,000" in again.content.decode()
    assert cast.fresh(listing).party.fine_yuan == 50_000


def test_a_page_made_by_hand_overwrites_nothing_and_is_shown_every_difference():
    listing, where, (lin, _mine), (ma, his) = at_one_draft()
    ma.post(where, amended(fine_yuan="30,000", **his))
    for made in ({}, {"revision": "1", "shown": "bm90IHNlYWxlZA=="}, {"revision": "１"}):
        answer = lin.post(where, amended(fine_yuan="40,000", **made)).content.decode()
        assert "take-fine_yuan" in answer
    assert cast.fresh(listing).party.fine_yuan == 30_000


def test_what_a_page_carries_is_sealed_and_opens_for_the_same_officer_and_draft_alone():
    _listing, where, (lin, mine), (ma, his) = at_one_draft()
    assert "高䶮" not in mine["shown"]
    ma.post(where, amended(fine_yuan="30,000", **his))
    stolen = lin.post(where, amended(sentence_months="30", revision=mine["revision"], shown=his["shown"]))
    assert "became" not in stolen.content.decode()  # nobody knows what he was shown: he chooses
    assert "take-fine_yuan" in stolen.content.decode()


def test_two_clerks_at_one_decision_meet_in_the_same_way():
    decision = cast.draft().party.decision
    where = reverse("admin:amend_decision", args=[decision.pk])
    lin, ma = desk.at_the_desk(cast.clerk()), desk.at_the_desk(second_clerk())
    mine, his = opened(lin, where), opened(ma, where)
    assert ma.post(where, desk.decision(protested_on="2026-09-08", **his)).status_code == 302
    answer = lin.post(where, desk.decision(effect_certified_on="2026-09-20", **mine)).content.decode()
    assert "— became 8 September 2026" in answer
    assert field(answer, "effect_certified_on") == "2026-09-20"
    protested_on = field(answer, "protested_on")
    typed = desk.decision(effect_certified_on="2026-09-20", protested_on=protested_on, **carried(answer))
    assert lin.post(where, typed).status_code == 302
    decision.refresh_from_db()
    assert (str(decision.protested_on), str(decision.effect_certified_on)) == ("2026-09-08", "2026-09-20")


def test_a_party_whose_decision_was_amended_meanwhile_is_saved_at_the_second_try():
    listing, where, (lin, mine), _ma = at_one_draft()
    actions.amend_decision(
        listing.party.decision_id, cast.judgment(facts=()), revision=1, officer=second_clerk(), now=cast.NOW
    )
    answer = lin.post(where, amended(fine_yuan="40,000", **mine)).content.decode()
    assert "save again" in answer
    assert lin.post(where, amended(fine_yuan="40,000", **carried(answer))).status_code == 302
    assert cast.fresh(listing).party.fine_yuan == 40_000


def test_the_act_refuses_a_revision_that_moved():
    decision = cast.entered_decision()
    actions.amend_decision(decision.pk, cast.judgment(facts=()), revision=1, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(EditedMeanwhile):
        actions.amend_decision(
            decision.pk, cast.judgment(facts=("exchanged",)), revision=1, officer=cast.clerk(), now=cast.NOW
        )


def test_looking_at_what_the_other_one_saved_is_on_record():
    listing, where, (lin, mine), (ma, his) = at_one_draft()
    ma.post(where, amended(fine_yuan="30,000", **his))
    before = AccessRecord.objects.filter(officer=cast.clerk(), listing_number=listing.number).count()
    lin.post(where, amended(fine_yuan="40,000", **mine))
    assert AccessRecord.objects.filter(officer=cast.clerk(), listing_number=listing.number).count() == before + 1
