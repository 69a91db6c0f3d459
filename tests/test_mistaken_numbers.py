"""A number that was entered by mistake is marked by two officers, so that its bearer can be entered (docs/decisions/0133)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from registry import actions, log
from registry.actions import identifying, people, writing_changes
from registry.actions.findings import Findings
from registry.actions.people_many import Persons
from registry.errors import (
    AnotherCourt,
    FourEyes,
    NoNumberKept,
    NoSuchListing,
    NotAllowedNow,
    NotCorrectable,
    NothingToChange,
    NotTheWrongPerson,
    NumberDisputed,
    NumberInUse,
    SameNumberOtherName,
    WrongRole,
)
from registry.models import ActRecord, Event, IdentityDocument, Listing, Outcome, Proposal, State, WithdrawalCause
from registry.models.acts import IN_ERROR
from sharing.employers.models import ScreeningOutcome
from sharing.persons.objections import deciding, raising
from tests import cast, objecting, sealing
from tests.mistaking import (
    HE,
    HERS,
    LATER,
    SHE,
    asked,
    entered,
    her_decision,
    listed,
    marked,
    mistyped,
    number_of,
    proposed,
    wrongly_listed,
)
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


def test_she_is_refused_as_long_as_nobody_said_that_the_number_is_not_his():
    wrongly_listed()
    with pytest.raises(SameNumberOtherName) as refused:
        entered()
    with override("en"):
        assert "entered by mistake" in str(refused.value)


def test_once_two_officers_said_so_she_is_entered_listed_and_found():
    listing = marked(wrongly_listed())
    hers = listed()
    assert hers.state == State.ACTIVE
    assert hers.party.person_id != listing.party.person_id
    assert [row.number for row in hers.party.person.documents.all()] == [HERS]
    told = log.read(Event.objects.filter(listing=hers).latest("position"))["listing"]["person"]
    assert (told["name"], [row["number"] for row in told["documents"]]) == (SHE, [HERS])


def test_an_employer_hears_of_her_own_listing_and_of_nothing_before_it():
    marked(wrongly_listed())
    assert asked() == ScreeningOutcome.NOT_LISTED
    listed()
    assert asked(idempotency_key="once-she-is-listed-1") == ScreeningOutcome.LISTED


def test_it_is_on_record_who_said_so_and_nobody_outside_is_told():
    listing, events = wrongly_listed(), Event.objects.count()
    listing = marked(listing)
    assert Event.objects.count() == events
    acts = ActRecord.objects.filter(listing_number=listing.number, act__contains="mark_mistaken")
    assert [(row.act, row.officer.staff_number, row.at) for row in acts] == [
        ("propose_mark_mistaken", cast.clerk().staff_number, LATER),
        ("mark_mistaken", cast.judge().staff_number, LATER),
    ]
    assert number_of(listing).mistaken_at == LATER
    assert (listing.state, listing.version) == (State.WITHDRAWN, 2)


# Who says so, and when


def test_who_proposed_it_does_not_carry_it_out():
    proposal = proposed(wrongly_listed(), by=cast.judge())
    with pytest.raises(FourEyes):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=LATER)
    with pytest.raises(WrongRole):
        actions.carry_out(proposal.pk, officer=cast.clerk(), now=LATER)
    with pytest.raises(IntegrityError, match="proposal_decided_by_another_officer"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            outcome=Outcome.CARRIED_OUT, decided_by=proposal.proposed_by, decided_at=LATER
        )
    assert number_of(proposal.listing).mistaken_at is None


def test_nobody_of_another_court_says_so():
    listing = wrongly_listed()
    for who in (cast.stranger(), cast.high_court_registrar()):
        with pytest.raises(AnotherCourt):
            proposed(listing, by=who)


def test_what_is_in_force_keeps_its_number():
    with pytest.raises(NotAllowedNow):
        proposed(mistyped())


@pytest.mark.parametrize("cause", [each for each in WithdrawalCause if each not in (*IN_ERROR, "unit_ended")])
def test_so_does_what_was_withdrawn_for_another_cause(cause):
    listing = cast.withdrawn(mistyped(), cause=cause)
    with pytest.raises(NotTheWrongPerson):
        proposed(listing)


def test_a_cause_that_was_stated_otherwise_meanwhile_refuses_the_second_officer():
    listing = wrongly_listed()
    proposal = proposed(listing)
    actions.refuse_proposal(proposal.pk, officer=cast.judge(), now=LATER, reason="looked at again first")
    stated = actions.propose(
        listing.pk, "state_cause", against_version=listing.version, officer=cast.clerk(), now=LATER,
        reason="looked at again", ground="（2026）京0105刑再1号", cause=WithdrawalCause.ACQUITTED,
    )  # fmt: skip
    actions.carry_out(stated.pk, officer=cast.judge(), now=LATER)
    with pytest.raises(NotTheWrongPerson):
        proposed(listing)


def test_a_number_that_he_is_entered_under_elsewhere_is_not_marked():
    listing = wrongly_listed()
    cast.draft(cast.party(cast.person(HERS, HE)), decision=her_decision(), now=LATER)
    with pytest.raises(NumberInUse):
        proposed(listing)


def test_nor_is_one_that_he_is_entered_under_before_it_is_decided():
    proposal = proposed(wrongly_listed())
    cast.draft(cast.party(cast.person(HERS, HE)), decision=her_decision(), now=LATER)
    with pytest.raises(NumberInUse):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=LATER)
    assert number_of(proposal.listing).mistaken_at is None


@pytest.mark.parametrize("named", [False, True])
def test_an_open_objection_is_decided_first(named):
    listing = wrongly_listed()
    found = objecting.raised(by=objecting.identity(HERS, SHE), told=listing.number, now=LATER)
    if named:
        deciding.admit(found.number, officer=cast.high_court_registrar(), now=LATER, listing=listing.number)
    with pytest.raises(NumberDisputed):
        proposed(listing)
    deciding.withdraw(found.number, now=LATER)
    proposed(listing)


def test_a_number_is_marked_once_and_the_persons_alone():
    first, second = wrongly_listed(), cast.in_force()
    with pytest.raises(NoNumberKept):
        proposed(first, document=second.party.person.documents.get())
    for nonsense in ("", "no number", None, 7):
        with pytest.raises(NoNumberKept):
            proposed(first, mistaken=nonsense)
    document = number_of(first)
    marked(first)
    with pytest.raises(NoNumberKept):
        proposed(first, document=document)


def test_nothing_else_is_changed_by_it():
    listing = wrongly_listed()
    with pytest.raises(NotCorrectable):
        proposed(listing, name="欧阳㛃")
    with pytest.raises(NothingToChange):
        actions.propose(
            listing.pk, "mark_mistaken", against_version=listing.version, officer=cast.clerk(), now=LATER, reason="none"
        )


def test_what_is_sealed_has_no_number_to_mark_and_she_is_refused_as_before():
    listing = sealing.sealed(mistyped())
    with pytest.raises(NoSuchListing):
        proposed(listing)
    with pytest.raises(SameNumberOtherName):
        entered()


def test_the_same_mistake_may_be_made_and_marked_again():
    first = marked(wrongly_listed())
    other = cast.in_force(cast.party(cast.person(HERS, "路人甲")), number=HERS, now=LATER)
    later = LATER + timedelta(hours=1)
    second = marked(cast.withdrawn(other, now=LATER, cause=WithdrawalCause.WRONG_PERSON), now=later)
    assert first.party.person_id != second.party.person_id
    assert listed(now=later).state == State.ACTIVE


def test_two_may_not_bear_one_number_all_the_same():
    marked(wrongly_listed())
    hers = listed()
    with pytest.raises(IntegrityError, match="document_number_of_one_person"), transaction.atomic():
        IdentityDocument.including_mistaken.filter(number_sealed__isnull=False).update(mistaken_at=None)
    document = number_of(hers)
    with pytest.raises(NoNumberKept):
        proposed(cast.fresh(Listing.objects.exclude(pk=hers.pk).get()), document=document)


def test_an_import_enters_her_too():
    listing = wrongly_listed()
    sound = identifying.examine_person(cast.person(HERS, SHE), people.corrected_birth, LATER.date(), Findings())
    with pytest.raises(SameNumberOtherName):
        Persons.known([sound], remember=True).find(sound)
    marked(listing)
    assert Persons.known([sound], remember=True).find(sound).is_new


# Two transactions at once


@pytest.mark.django_db(transaction=True)
def test_who_enters_her_while_it_is_decided_waits_for_the_decision(monkeypatch):
    proposal, judge = proposed(wrongly_listed()), cast.judge()
    decision, clerk = her_decision(), cast.clerk()
    decide = partial(actions.carry_out, proposal.pk, officer=judge, now=LATER)
    enter = partial(actions.add_party, decision.pk, cast.party(cast.person(HERS, SHE)), officer=clerk, now=LATER)
    first_paused(monkeypatch, writing_changes, "mark", decide, enter)
    assert Listing.objects.filter(party__decision=decision).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_enters_him_again_before_it_is_decided_is_seen(monkeypatch):
    proposal, judge = proposed(wrongly_listed()), cast.judge()
    decision, clerk = her_decision(), cast.clerk()
    decide = partial(actions.carry_out, proposal.pk, officer=judge, now=LATER)
    enter = partial(actions.add_party, decision.pk, cast.party(cast.person(HERS, HE)), officer=clerk, now=LATER)
    with pytest.raises(NumberInUse):
        first_paused(monkeypatch, people, "find_document", enter, decide)
    assert number_of(proposal.listing).mistaken_at is None


@pytest.mark.django_db(transaction=True)
def test_what_she_says_before_it_is_decided_is_seen(monkeypatch):
    proposal, judge = proposed(wrongly_listed()), cast.judge()
    decide = partial(actions.carry_out, proposal.pk, officer=judge, now=LATER)
    say = partial(objecting.raised, by=objecting.identity(HERS, SHE), told=proposal.listing.number, now=LATER)
    with pytest.raises(NumberDisputed):
        first_paused(monkeypatch, raising, "_save", say, decide)
