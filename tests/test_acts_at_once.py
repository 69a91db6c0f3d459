"""Two acts on one person at the same moment: what is told last says what stands, and not what stood when the other act began."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from registry import actions, log
from registry.actions import acting, carrying_out, reviewing
from registry.errors import ChangedMeanwhile
from registry.models import Event, Listing, State
from tests import cast, sealing
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]

RIGHT = "高龑"


def correction_of(listing, **changes):
    """Proposed; and what carries it out."""
    proposal = actions.propose(
        listing.pk, "correct", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="typing error", ground="（2026）京0105刑初123号之一", changes=changes,
    )  # fmt: skip
    return partial(actions.carry_out, proposal.pk, officer=cast.judge(), now=cast.NOW)


def approved(entry, decision):
    """Waits for nothing but the clerk's word that nobody appealed."""
    listing = cast.draft(entry, decision)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing), entry.person.documents[0].number)
    return cast.fresh(listing)


def goes_out(listing):
    return partial(actions.confirm_no_appeal, [listing.pk], officer=cast.clerk(), now=cast.NOW)


def last_told(listing):
    return log.read(Event.objects.filter(listing=listing).latest("position"))["listing"]


def test_who_is_told_anew_while_the_name_is_corrected_is_told_the_right_one(monkeypatch):
    listing = cast.in_force()
    anew = partial(actions.tell_anew, [listing.pk], reader=1, now=cast.NOW, reason="measures")
    first_paused(monkeypatch, carrying_out, "apply_changes", correction_of(listing, name=RIGHT), anew)
    assert last_told(listing)["version"] == 3
    assert last_told(listing)["person"]["name"] == RIGHT


def test_what_takes_effect_while_the_name_is_corrected_in_another_decision_goes_out_under_the_right_one(monkeypatch):
    listing = cast.in_force()
    other = approved(cast.party(), cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")))
    first_paused(monkeypatch, carrying_out, "apply_changes", correction_of(listing, name=RIGHT), goes_out(other))
    assert cast.fresh(other).state == State.ACTIVE
    assert last_told(other)["person"]["name"] == RIGHT


def test_what_took_effect_just_before_is_corrected_with_the_other(monkeypatch):
    listing = cast.in_force()
    other = approved(cast.party(), cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")))
    correction = correction_of(listing, name=RIGHT)
    first_paused(monkeypatch, carrying_out, "touched", correction, goes_out(other))
    assert [row.version for row in (cast.fresh(listing), cast.fresh(other))] == [2, 2]
    assert last_told(other)["person"]["name"] == RIGHT


def test_what_takes_effect_while_the_facts_of_its_decision_are_corrected_says_the_right_ones(monkeypatch):
    listing = cast.in_force()
    second = cast.person(cast.SECOND_NUMBER, "欧阳㛃")
    other = approved(cast.party(second), listing.party.decision)
    first_paused(monkeypatch, carrying_out, "apply_changes", correction_of(listing, facts=[]), goes_out(other))
    assert cast.fresh(other).state == State.ACTIVE
    assert last_told(other)["decision"]["facts"] == []


def test_what_waits_for_effect_is_told_to_nobody_by_a_correction():
    listing = cast.in_force()
    other = approved(cast.party(), cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")))
    correction_of(listing, name=RIGHT)()
    assert cast.fresh(other).state == State.AWAITING_EFFECT
    assert not Event.objects.filter(listing=other).exists()


def test_who_is_listed_in_another_decision_while_a_correction_is_carried_out_is_not_left_behind(monkeypatch):
    listing = cast.in_force()
    correction = correction_of(listing, name=RIGHT)
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    with pytest.raises(ChangedMeanwhile):
        first_paused(monkeypatch, carrying_out, "touched", correction, partial(listed_as_well, other))
    correction()
    assert {last_told(each)["person"]["name"] for each in Listing.objects.all()} == {RIGHT}


def test_no_listing_of_a_minor_is_left_that_is_entered_while_the_birth_date_is_corrected(monkeypatch):
    listing = cast.in_force()
    correction = correction_of(listing, birth_date=sealing.YOUNG)
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    with pytest.raises(ChangedMeanwhile):
        first_paused(monkeypatch, carrying_out, "touched", correction, partial(listed_as_well, other))
    correction()
    assert Listing.including_sealed.count() == 2
    assert not Listing.objects.exists()


def test_two_persons_of_two_decisions_are_held_in_one_order_whatever_is_done_to_them(monkeypatch):
    numbers = {cast.DEFENDANT_NUMBER: "高䶮", cast.SECOND_NUMBER: "欧阳㛃"}
    first, second = (listed_in(each, numbers) for each in ("（2026）京0105刑初123号", "（2026）京0105刑初124号"))
    later = max(
        numbers, key=lambda number: acting.digest_lock(bytes(first[number].party.person.documents.get().digest))
    )
    stopped = partial(
        actions.suspend, [row.pk for row in second.values()], officer=cast.registrar(), now=cast.NOW, reason="doubt"
    )
    first_paused(monkeypatch, carrying_out, "hold_and_examine", correction_of(first[later], facts=[]), stopped)
    assert [cast.fresh(row).version for row in first.values()] == [2, 2]
    assert {cast.fresh(row).state for row in second.values()} == {State.SUSPENDED}


def listed_in(case, numbers):
    """Each of them in this decision, in force, by number."""
    decision = cast.entered_decision(cast.judgment(number=case))
    entries = {number: cast.party(cast.person(number, name)) for number, name in numbers.items()}
    return {number: cast.put_in_force(cast.draft(entry, decision), number) for number, entry in entries.items()}


def listed_as_well(decision):
    """The same person, in another decision, in force before whoever waits goes on."""
    goes_out(approved(cast.party(), decision))()


def test_no_party_lapses_whose_days_are_being_looked_at(monkeypatch):
    """An old draft of the same judgment goes when the clerk has said his word, and not between two looks at its parties."""
    decision = cast.entered_decision()
    waits = approved(cast.party(), decision)
    seen = []

    def hold() -> None:
        with transaction.atomic():
            acting.hold_decisions([decision.pk])
            seen.append(cast.fresh(waits).state)

    first_paused(monkeypatch, reviewing, "fetch_for_dates", goes_out(waits), hold)
    assert seen == [State.ACTIVE]
