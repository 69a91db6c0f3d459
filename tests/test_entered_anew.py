"""What was withdrawn as entered in error is entered anew from the same decision (docs/decisions/0105)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry import actions, log
from registry.actions import carrying_out, entering
from registry.entries import ProhibitionEntry
from registry.errors import DuplicateListing, NotAllowedNow, NotEnterable
from registry.models import Event, Listing, Party, State, WithdrawalCause
from tests import cast, desk
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

RIGHT = {"prohibitions": (ProhibitionEntry(scope="不得从事个人信息处理相关职业", months=60),)}


def voided(listing=None):
    return cast.withdrawn(listing or cast.in_force(), cause=WithdrawalCause.VOID)


def anew(listing, **changes):
    return cast.draft(cast.party(**changes), decision=listing.party.decision)


def test_it_works():
    wrong = voided(cast.in_force(cast.party(prohibitions=())))
    right = anew(wrong, **RIGHT)
    cast.put_in_force(right)
    right = cast.fresh(right)
    assert right.state == State.ACTIVE
    assert right.number != wrong.number
    assert right.party.person == cast.fresh(wrong).party.person
    (prohibition,) = log.read(Event.objects.filter(listing=right).latest("position"))["listing"]["prohibitions"]
    assert prohibition["scope"] == right.party.prohibitions.get().scope
    assert cast.fresh(wrong).state == State.WITHDRAWN


@pytest.mark.parametrize(
    "cause", [each for each in WithdrawalCause if each != WithdrawalCause.VOID and each != WithdrawalCause.UNIT_ENDED]
)
def test_whatever_else_was_withdrawn_is_not_entered_again(cause):
    listing = cast.withdrawn(cast.in_force(), cause=cause)
    with pytest.raises(DuplicateListing):
        anew(listing)


def test_nor_what_is_in_force_or_a_draft():
    listing = cast.in_force()
    with pytest.raises(DuplicateListing):
        anew(listing)
    draft = anew(voided(listing))
    with pytest.raises(DuplicateListing) as refused:
        anew(draft)
    assert refused.value.facts["number"] == draft.number


def test_the_database_keeps_one_that_is_not_void():
    listing = cast.in_force()
    party = Party.objects.get(pk=listing.party_id)
    party.pk, party.ordinal = None, 9
    with pytest.raises(IntegrityError, match="person_once_per_decision"), transaction.atomic():
        party.save(force_insert=True)


def test_a_cause_that_is_stated_anew_makes_it_void_or_valid_until_somebody_entered_it_anew():
    listing = cast.withdrawn(cast.in_force())
    stated(listing, WithdrawalCause.VOID)
    stated(listing, WithdrawalCause.ACQUITTED)
    with pytest.raises(DuplicateListing):
        anew(listing)
    stated(listing, WithdrawalCause.VOID)
    right = anew(listing)
    with pytest.raises(DuplicateListing) as refused:
        stated(listing, WithdrawalCause.ACQUITTED)
    assert refused.value.facts["number"] == right.number


def stated(listing, cause):
    actions.carry_out(proposed(listing, cause).pk, officer=cast.judge(), now=cast.NOW)


def proposed(listing, cause):
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, "state_cause", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="looked at again", ground="（2026）京0105刑再1号", cause=cause,
    )  # fmt: skip


def test_the_day_of_effect_does_not_wait_for_a_void_party():
    first = cast.in_force(cast.party(received_on=date(2026, 9, 20)))
    other = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    second = cast.in_force(other, cast.SECOND_NUMBER)
    late = cast.fresh(second).effective_on
    voided(first)
    assert cast.fresh(second).days_differ_since is not None, "by the other's receipt alone it was effective earlier"
    assert cast.fresh(second).effective_on == late
    right = anew(cast.fresh(first))
    assert cast.fresh(right).effective_on < late


def test_once_all_is_void_the_decision_is_amended():
    listing = cast.in_force()
    decision = listing.party.decision
    entry = cast.judgment(pronounced_on=date(2026, 8, 31))

    def amend():
        actions.amend_decision(
            decision.pk, entry, revision=cast.fresh(listing).party.decision.revision, officer=cast.clerk(), now=cast.NOW
        )

    with pytest.raises(NotAllowedNow):
        amend()
    voided(listing)
    page = desk.at_the_desk(cast.clerk()).get(reverse("admin:decision", args=[decision.pk]))
    assert reverse("admin:amend_decision", args=[decision.pk]) in page.text
    amend()
    assert cast.fresh(listing).party.decision.pronounced_on == date(2026, 8, 31)
    cast.put_in_force(anew(listing))
    with pytest.raises(NotAllowedNow):
        amend()


def test_who_is_sealed_in_the_decision_is_not_entered_again_whatever_is_void():
    listing = voided()
    Listing.including_sealed.filter(pk=listing.pk).update(sealed_at=cast.NOW)
    with pytest.raises(NotEnterable):
        cast.draft(decision=listing.party.decision)


# Two transactions at once


def stating_and(listing):
    """The same cause is stated otherwise by two; and the same person is entered anew."""
    proposal, judge, clerk = proposed(listing, WithdrawalCause.ACQUITTED), cast.judge(), cast.clerk()
    return (
        partial(actions.carry_out, proposal.pk, officer=judge, now=cast.NOW),
        partial(actions.add_party, listing.party.decision_id, cast.party(), officer=clerk, now=cast.NOW),
    )


def refused(monkeypatch, after, first, second):
    """Of which field the second one is told that the person stands there."""
    with pytest.raises(DuplicateListing) as found:
        first_paused(monkeypatch, *after, first, second)
    return found.value.field


@pytest.mark.django_db(transaction=True)
def test_who_states_the_cause_anew_while_the_person_is_entered_anew_is_told_so(monkeypatch):
    wrong = voided()
    state, enter = stating_and(wrong)
    assert refused(monkeypatch, (entering, "_refuse_twice"), enter, state) == "cause"
    assert Party.objects.get(pk=wrong.party_id).void


@pytest.mark.django_db(transaction=True)
def test_and_so_is_who_enters_the_person_anew_while_the_cause_is_stated_anew(monkeypatch):
    wrong = voided()
    state, enter = stating_and(wrong)
    assert refused(monkeypatch, (carrying_out, "_mark_void"), state, enter) == "documents.0.number"
    assert Listing.objects.filter(party__decision=wrong.party.decision_id).get().pk == wrong.pk


@pytest.mark.django_db(transaction=True)
def test_who_is_entered_while_another_becomes_void_is_computed_without_that_one(monkeypatch):
    late = cast.in_force(cast.party(received_on=date(2026, 9, 20)))
    other = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    proposal, judge, clerk = proposed(cast.withdrawn(late), WithdrawalCause.VOID), cast.judge(), cast.clerk()
    enter = partial(actions.add_party, late.party.decision_id, other, officer=clerk, now=cast.NOW)
    state = partial(actions.carry_out, proposal.pk, officer=judge, now=cast.NOW)
    first_paused(monkeypatch, entering.assessment, "apply", enter, state)
    draft = Listing.objects.get(party__decision=late.party.decision_id, state=State.DRAFT)
    assert draft.effective_on < cast.fresh(late).effective_on
