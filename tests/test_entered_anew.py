"""What was withdrawn as entered in error is entered anew from the same decision (docs/decisions/0105)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry import actions, log
from registry.entries import ProhibitionEntry
from registry.errors import DuplicateListing, NotAllowedNow, NotEnterable
from registry.models import Event, Listing, Party, State, WithdrawalCause
from tests import cast, desk

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
    listing = cast.fresh(listing)
    proposal = actions.propose(
        listing.pk, "state_cause", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="looked at again", ground="（2026）京0105刑再1号", cause=cause,
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


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
