"""What is in force never claims a day of effect that is still to come: that is no correction, but a withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from registry import actions, log
from registry.admin import days_in_doubt
from registry.errors import EffectStillToCome, NotReinstated
from registry.models import Event, State
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

TOLD = date(2026, 9, 15)
RECEIVED = "2026-11-16"  # a Monday, eight days ago: the ten days are not over
EFFECTIVE = date(2026, 11, 27)


def propose(listing, now=cast.NOW, **changes):
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, "correct", against_version=listing.version, officer=cast.clerk(), now=now,
        reason="typing error", ground="（2026）京0105刑初123号之一", changes=changes,
    )  # fmt: skip


def other_received(day):
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    return cast.draft(replace(entry, received_on=day))


def told_last(listing):
    return log.read(Event.objects.filter(listing=listing).latest("position"))["listing"]["decision"]["effective_on"]


def test_a_receipt_by_which_the_decision_is_not_effective_yet_is_refused_when_it_is_proposed():
    listing = cast.in_force()
    with pytest.raises(EffectStillToCome) as refused:
        propose(listing, received_on=RECEIVED)
    assert (refused.value.code, refused.value.field, refused.value.status) == ("R-219", "received_on", 409)
    with translation.override("en"):
        said = str(refused.value)
    assert "received on" in said
    assert "2026-11-27" in said
    assert "suspend" in said
    assert "withdraw" in said
    assert (cast.fresh(listing).effective_on, told_last(listing)) == (TOLD, TOLD.isoformat())


def test_so_are_the_days_that_are_computed_anew_from_another_party():
    listing = cast.in_force()
    other_received(date.fromisoformat(RECEIVED))
    with pytest.raises(EffectStillToCome) as refused:
        propose(listing)
    assert refused.value.field == ""


def test_and_what_was_proposed_before_the_other_received_it_is_refused_when_it_is_carried_out():
    listing = cast.in_force()
    proposal = propose(listing, received_on="2026-09-03")
    other_received(date.fromisoformat(RECEIVED))
    with pytest.raises(EffectStillToCome):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert (cast.fresh(listing).effective_on, told_last(listing)) == (TOLD, TOLD.isoformat())


def test_on_the_day_of_effect_it_is_a_correction_as_any_other():
    listing = cast.in_force()
    early = cast.NOW + timedelta(days=2)
    with pytest.raises(EffectStillToCome):
        propose(listing, now=early, received_on=RECEIVED)
    day = cast.NOW + timedelta(days=3)
    actions.carry_out(propose(listing, now=day, received_on=RECEIVED).pk, officer=cast.judge(), now=day)
    assert told_last(listing) == EFFECTIVE.isoformat()


def test_it_is_suspended_meanwhile_and_corrected_and_reinstated_from_that_day_on():
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="received later than recorded")
    day = cast.NOW + timedelta(days=3)
    actions.carry_out(propose(listing, now=day, received_on=RECEIVED).pk, officer=cast.judge(), now=day)
    again = actions.propose(
        listing.pk, "reinstate", against_version=cast.fresh(listing).version, officer=cast.clerk(), now=day,
        reason="the decision is effective",
    )  # fmt: skip
    actions.carry_out(again.pk, officer=cast.judge(), now=day)
    assert (cast.fresh(listing).state, cast.fresh(listing).effective_on) == (State.ACTIVE, EFFECTIVE)


def test_my_work_says_that_nothing_may_be_told_until_that_day():
    listing = cast.in_force()
    other_received(date.fromisoformat(RECEIVED))
    with translation.override("en"):
        said, to_do = map(str, days_in_doubt.notes_on(cast.fresh(listing), cast.NOW.date()))
    assert "27 November 2026" in said
    assert "still to come" in said
    assert "suspend" in to_do


def test_the_form_says_it_beside_the_field():
    received = timezone.localdate() - timedelta(days=8)
    listing = cast.in_force()
    browser = desk.at_the_desk(cast.clerk(), "en")
    page = desk.typed_over(browser, listing, "correct", received_on=received.isoformat())
    assert "R-219" in page.text


def reinstating(listing, now=cast.NOW):
    return actions.propose(
        listing.pk, "reinstate", against_version=cast.fresh(listing).version, officer=cast.clerk(), now=now,
        reason="the doubt is over",
    )  # fmt: skip


@pytest.mark.parametrize("received", [date.fromisoformat(RECEIVED), None], ids=["still to come", "without effect"])
def test_nobody_reinstates_what_by_what_was_recorded_since_is_not_effective(received):
    listing = cast.in_force()
    other_received(received)
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="received later than recorded")
    with pytest.raises(NotReinstated) as refused:
        reinstating(listing)
    assert (refused.value.code, refused.value.status) == ("R-236", 409)


def test_nor_carries_it_out_once_a_co_defendant_turned_out_not_to_be_served():
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="is it the right person?")
    proposal = reinstating(listing)
    other_received(None)
    with pytest.raises(NotReinstated):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == State.SUSPENDED


def test_what_only_has_another_day_that_has_come_is_reinstated():
    listing = cast.in_force()
    other_received(date(2026, 9, 20))
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="is it the right person?")
    actions.carry_out(reinstating(listing).pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE
