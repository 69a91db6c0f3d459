"""Correct, revise, reinstate, withdraw: proposed by one officer, carried out by another, told to everyone it touches."""

from __future__ import annotations

import json
import threading
from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from registry import actions, assessment, log
from registry.actions import addressing, carrying_out
from registry.actions.changing import FIELDS
from registry.errors import (
    ChangedMeanwhile,
    FieldMissing,
    FourEyes,
    GroundNeeded,
    ImpossibleDate,
    NoSuchProposal,
    NotAllowedNow,
    NotCorrectable,
    NothingToChange,
    ProposalPending,
    ReasonNeeded,
    SameNumberOtherName,
    WrongRole,
)
from registry.models import Event, EventType, Proposal, State
from tests import cast
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

RULING = "（2026）京0105刑初123号之一"


def propose(listing, act="correct", by=None, **more):
    listing = cast.fresh(listing)
    arguments = {"against_version": listing.version, "reason": "typing error", "ground": RULING, "now": cast.NOW}
    return actions.propose(listing.pk, act, officer=by or cast.clerk(), **(arguments | more))


def two_of_one_decision():
    first = cast.in_force()
    second = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), number=cast.SECOND_NUMBER)
    return first, second


def test_a_proposal_changes_nothing_until_a_second_officer_carries_it_out():
    listing = cast.in_force()
    proposal = propose(listing, changes={"fine_yuan": 15_000})
    assert cast.fresh(listing).party.fine_yuan == 20_000
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).party.fine_yuan == 15_000
    assert cast.fresh(listing).version == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_carried_out_while_a_department_is_told_anew_waits_for_nobody_who_waits_for_it(monkeypatch):
    """Both take the listing first, and then the proposal."""
    finance, judge = cast.department(), cast.judge()
    cast.measure(finance)
    listing = cast.in_force()
    proposal = propose(listing, "withdraw")
    begun, told = threading.Event(), threading.Event()
    touched, lock = carrying_out.touched, addressing.lock

    def after_the_other(*given):
        begun.set()
        assert told.wait(5)
        return touched(*given)

    def locked(*given, **named):
        rows = lock(*given, **named)
        told.set()
        return rows

    def tell():
        assert begun.wait(5)
        actions.tell_anew([listing.pk], reader=finance.pk, now=cast.NOW, reason="measures")

    monkeypatch.setattr(carrying_out, "touched", after_the_other)
    monkeypatch.setattr(addressing, "lock", locked)
    in_threads(lambda: actions.carry_out(proposal.pk, officer=judge, now=cast.NOW), tell)
    assert cast.fresh(listing).state == State.WITHDRAWN
    assert [each.reader for each in Event.objects.order_by("position")] == [None, finance.pk, None]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does():
    proposal, judges = propose(cast.in_force(), "withdraw"), (cast.judge(), cast.second_judge())
    with pytest.raises(NoSuchProposal):
        in_threads(*(partial(actions.carry_out, proposal.pk, officer=each, now=cast.NOW) for each in judges))
    assert Event.objects.filter(type=EventType.WITHDRAWN).count() == 1


def test_who_proposed_may_not_carry_it_out():
    proposal = propose(cast.in_force(), "withdraw", by=cast.judge())
    with pytest.raises(FourEyes):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(decided_by=cast.judge(), decided_at=cast.NOW, outcome="carried_out")
    actions.carry_out(proposal.pk, officer=cast.second_judge(), now=cast.NOW)


def test_a_clerk_may_not_decide_a_correction():
    proposal = propose(cast.in_force(), changes={"fine_yuan": 15_000})
    other = cast.officer("C-XU", "clerk")
    with pytest.raises(WrongRole):
        actions.carry_out(proposal.pk, officer=other, now=cast.NOW)


def test_what_moved_on_can_not_be_carried_out():
    listing = cast.in_force()
    proposal = propose(listing, changes={"fine_yuan": 15_000})
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="identity doubt")
    with pytest.raises(ChangedMeanwhile):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def test_one_proposal_waits_at_a_time_and_a_refused_one_makes_room():
    listing = cast.in_force()
    proposal = propose(listing, changes={"fine_yuan": 15_000})
    with pytest.raises(ProposalPending):
        propose(listing, "withdraw")
    actions.refuse_proposal(proposal.pk, officer=cast.judge(), now=cast.NOW, reason="not what the ruling says")
    with pytest.raises(NoSuchProposal):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    propose(listing, "withdraw")


def test_a_ground_and_a_reason_are_needed():
    listing = cast.in_force()
    with pytest.raises(GroundNeeded):
        propose(listing, changes={"fine_yuan": 15_000}, ground=" ")
    with pytest.raises(ReasonNeeded):
        propose(listing, changes={"fine_yuan": 15_000}, reason="")


def test_who_is_listed_is_never_corrected():
    listing = cast.in_force()
    for name in ("number", "documents", "person"):
        with pytest.raises(NotCorrectable):
            propose(listing, changes={name: cast.SECOND_NUMBER})


def test_a_change_that_changes_nothing_is_refused():
    with pytest.raises(NothingToChange):
        propose(cast.in_force(), changes={"fine_yuan": 20_000})


def test_a_correction_of_the_decision_reaches_every_listing_of_it():
    first, second = two_of_one_decision()
    proposal = propose(first, changes={"facts": []})
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    told = [log.read(event)["listing"] for event in Event.objects.filter(type=EventType.CORRECTED)]
    assert {each["number"] for each in told} == {first.number, second.number}
    assert all(each["decision"]["facts"] == [] for each in told)


def test_a_correction_of_the_name_reaches_every_listing_of_the_person():
    first = cast.in_force()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    other = cast.draft(decision=decision)
    actions.submit([other.pk], officer=cast.clerk(), now=cast.NOW)
    actions.confirm_no_appeal([other.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(other))
    proposal = propose(first, changes={"name": "高龑"})
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    told = [log.read(event)["listing"] for event in Event.objects.filter(type=EventType.CORRECTED)]
    assert [each["person"]["name"] for each in told] == ["高龑", "高龑"]
    assert cast.fresh(first).party.person.is_called("高䶮"), "the wrong spelling still finds the person"


def test_a_release_starts_the_prohibition_and_moves_the_end():
    listing = cast.in_force(cast.party(sentence_months=8, custody_credited_days=230))
    proposal = propose(listing, "revise", changes={"released_on": "2026-10-20"}, ground="释放证明〔2026〕3号")
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    (event,) = Event.objects.filter(type=EventType.REVISED)
    told = log.read(event)["listing"]
    assert told["ends_on"] == "2029-10-20"
    (prohibition,) = told["prohibitions"]
    assert (prohibition["starts_on"], prohibition["ends_on"]) == ("2026-10-20", "2029-10-19")
    assert cast.fresh(listing).ends_on == date(2029, 10, 20)


def test_a_release_that_was_reported_by_mistake_is_taken_back_and_the_term_is_presumed_again():
    listing = cast.in_force(cast.party(sentence_months=8, custody_credited_days=30))
    before = cast.fresh(listing).ends_on
    released = propose(listing, "revise", changes={"released_on": "2026-10-20"}, ground="释放证明〔2026〕3号")
    actions.carry_out(released.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).ends_on == date(2029, 10, 20) != before
    taken_back = propose(listing, changes={"released_on": None})
    assert taken_back.content["changes"] == {"released_on": None}
    actions.carry_out(taken_back.pk, officer=cast.judge(), now=cast.NOW)
    assert (cast.fresh(listing).party.released_on, cast.fresh(listing).ends_on) == (None, before)
    told = log.read(Event.objects.latest("position"))["listing"]
    assert told["ends_on"] == before.isoformat()
    assert told["prohibitions"][0]["starts_on"] is None, "it begins once he is released"


def test_a_new_document_is_proposed_whatever_the_days_are(monkeypatch):
    """It may show that he was under 18, and then nothing is to stand in the way of sealing."""
    listing = cast.in_force()

    def contradicting(*_about, **_more):
        raise ImpossibleDate("effect_certified_on")

    monkeypatch.setattr(assessment, "assess", contradicting)
    with pytest.raises(ImpossibleDate):
        propose(listing, changes={"sentence_months": 12})
    proposal = propose(listing, "revise", changes={"document": {"type": "passport_cn", "number": "EA1234567"}})
    assert proposal.outcome == "pending"


def test_a_start_of_the_prohibition_is_taken_back():
    listing = cast.in_force()
    started = propose(listing, changes={"start_reported": {"1": "2026-10-01"}})
    actions.carry_out(started.pk, officer=cast.judge(), now=cast.NOW)
    taken_back = propose(listing, changes={"start_reported": {"1": ""}})
    actions.carry_out(taken_back.pk, officer=cast.judge(), now=cast.NOW)
    prohibition = cast.fresh(listing).party.prohibitions.get()
    assert (prohibition.starts_on, prohibition.start_reported, prohibition.runs_from) == (None, None, None)


def test_what_is_not_known_cannot_be_taken_back():
    listing = cast.in_force()
    with pytest.raises(NothingToChange):
        propose(listing, changes={"released_on": None})


@pytest.mark.parametrize("name", ["received_on", "effect_certified_on", "charge", "article", "birth_date"])
@pytest.mark.parametrize("emptied", [None, ""])
def test_what_every_listing_needs_cannot_be_emptied(name, emptied):
    listing = cast.in_force()
    with pytest.raises(FieldMissing) as refused:
        propose(listing, changes={name: emptied})
    assert refused.value.field == name
    assert str(FIELDS[name].label) in str(refused.value)


def test_a_renewed_document_is_added_and_told():
    listing = cast.in_force()
    document = {"type": "passport_cn", "number": "EA1234567"}
    proposal = propose(listing, "revise", changes={"document": document}, ground="出入境〔2026〕8号")
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    told = log.read(Event.objects.get(type=EventType.REVISED))["listing"]["person"]["documents"]
    assert document in told


def test_a_document_of_somebody_else_is_not_added():
    first, _ = two_of_one_decision()
    document = {"type": "resident_id", "number": cast.SECOND_NUMBER}
    with pytest.raises(SameNumberOtherName):
        propose(first, "revise", changes={"document": document})


def test_the_proposal_holds_no_personal_data_in_clear():
    proposal = propose(cast.in_force(), changes={"name": "高龑"})
    assert "高龑".encode() not in bytes(proposal.changes_sealed)
    assert json.dumps("高龑").encode() not in bytes(proposal.changes_sealed)


def test_withdrawn_twice_is_refused():
    listing = cast.withdrawn(cast.in_force())
    assert listing.state == State.WITHDRAWN
    with pytest.raises(NotAllowedNow):
        propose(listing, "withdraw")
