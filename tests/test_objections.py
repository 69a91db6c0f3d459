"""Objections step by step: who may do what when, the flag, the time limits, the higher court, and who is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registry import actions, log
from registry.entries import DocumentEntry
from registry.errors import (
    ArrivedLater,
    AuthorityNeeded,
    CompletionOver,
    FileRefused,
    FilesTooMany,
    FollowsNeeded,
    HigherCourtNeeded,
    LateBecauseNeeded,
    ListingNeeded,
    MayNotDecide,
    NoSuchObjection,
    NotAllowedNow,
    NotCarriedOutYet,
    NothingListed,
    NotServed,
    ObjectionNotNow,
    ObjectionOfAnotherCourt,
    ObjectionsTooMany,
    ObjectionsTooOften,
    PartUnknown,
    ReasonNeeded,
    Refusal,
    RepairTooEarly,
    ReviewOver,
    SentOtherwise,
    SlipWrong,
    StatementShape,
    StatementWaits,
    WordsShape,
    WrongRole,
)
from registry.models import Event, EventType, Flag, Role, State
from registry.models.insert_only import InsertOnlyError, InsertOnlyQuerySet
from sharing.persons.identity.proving import Identity
from sharing.persons.models import (
    Objection,
    ObjectionEvidence,
    ObjectionFile,
    ObjectionKind,
    ObjectionState,
    ObjectionStep,
    Raiser,
)
from sharing.persons.models.objection_states import ENDED, OPEN
from sharing.persons.objections import (
    clocks,
    deciding,
    finding,
    lifecycle,
    minding,
    raising,
    slips,
)
from sharing.persons.objections.lifecycle import STEPS
from tests import cast, consenting, objecting, sealing
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
NOW = cast.NOW
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_REPAIR_MONTHS = 0


@pytest.fixture
def listing():
    return cast.in_force()


def disputed(listing):
    return Flag.DISPUTED.value in cast.fresh(listing).flags


def types():
    return list(Event.objects.order_by("position").values_list("type", flat=True))


# The plain way


def test_the_whole_way_of_one_that_is_upheld(listing):
    found = objecting.raised(listing, files=(objecting.PDF, objecting.PNG))
    assert (found.number, found.state, found.due_on) == ("O-2026-000001", "received", date(2026, 11, 25))
    assert not disputed(listing)
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    assert (found.state, found.due_on) == ("admitted", date(2026, 12, 9))
    assert disputed(listing)
    found = deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=NOW, reason="刑期确有误。", follows="correct"
    )
    assert (found.state, found.due_on) == ("upheld", date(2026, 11, 27))
    corrected = cast.fresh(listing)
    proposal = actions.propose(
        listing.pk,
        "correct",
        against_version=corrected.version,
        officer=cast.clerk(),
        now=NOW + DAY,
        reason="the objection is upheld",
        ground="（2026）京0105刑更1号",
        changes={"sentence_months": 18},
    )
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.registrar(), now=NOW + DAY, proposal_id=proposal.pk)
    actions.carry_out(proposal.pk, officer=cast.judge(), now=NOW + DAY)
    found = deciding.carry_out(found.number, officer=cast.registrar(), now=NOW + DAY, proposal_id=proposal.pk)
    assert (found.state, found.clock, found.due_on) == ("closed", "objection_served", date(2026, 11, 30))
    assert not disputed(listing)
    assert types() == ["listing.published", "listing.flagged", "listing.corrected", "listing.unflagged"]
    assert found.steps.last().proposal == proposal
    found = deciding.serve(found.number, officer=cast.clerk(), now=NOW + 2 * DAY)
    assert (found.state, found.due_on, found.served_on) == ("closed", None, (NOW + 2 * DAY).date())
    assert [each.step for each in found.steps.all()] == ["receive", "admit", "uphold", "carry_out", "serve"]


def test_what_is_kept_is_sealed(listing):
    found = objecting.raised(listing, files=(objecting.PDF,))
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充材料")
    words = objecting.fresh(found).content["words"]
    step = ObjectionStep.objects.get(step="return")
    assert (words, step.reason) == ("刑期计算有误，请核对。", "请补充材料")
    rows = [
        *Objection.objects.values_list(),
        *ObjectionStep.objects.values_list(),
        *ObjectionFile.objects.values_list(),
    ]
    kept = b"".join(
        bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for row in rows for each in row
    )
    for plain in (words, "高䶮", cast.DEFENDANT_NUMBER, found.code, step.reason, "an invented paper"):
        assert plain.encode() not in kept
    assert ObjectionEvidence.objects.get(objection=found).way == "counter"


def test_the_steps_are_written_once_and_what_was_said_is_never_changed(listing):
    found = objecting.raised(listing, files=(objecting.PDF,))
    step, file = found.steps.get(), found.files.get()
    with pytest.raises(InsertOnlyError):
        step.save()
    for attempt in (
        lambda: ObjectionStep.objects.filter(pk=step.pk)._raw_delete("default"),
        lambda: super(InsertOnlyQuerySet, ObjectionStep.objects.filter(pk=step.pk)).update(reason_sealed=b"another"),
        lambda: super(InsertOnlyQuerySet, ObjectionStep.objects.filter(pk=step.pk)).update(state="closed"),
        lambda: Objection.objects.filter(pk=found.pk).update(content_sealed=b"other words"),
        lambda: super(InsertOnlyQuerySet, ObjectionStep.objects.filter(pk=step.pk)).update(authority="power"),
        lambda: Objection.objects.filter(pk=found.pk).update(received_on=date(2026, 1, 1)),
        lambda: Objection.objects.filter(pk=found.pk).update(of_person_listed=False),
        lambda: Objection.objects.filter(pk=found.pk).update(listing_number="L-2026-999999"),
        lambda: Objection.objects.filter(pk=found.pk).delete(),
        lambda: ObjectionFile.objects.filter(pk=file.pk).update(content_sealed=b"another file"),
    ):
        with pytest.raises((DatabaseError, InsertOnlyError, IntegrityError)), transaction.atomic():
            attempt()
    assert Objection.objects.filter(pk=found.pk).update(content_sealed=None) == 1
    assert ObjectionFile.objects.filter(pk=file.pk).update(content_sealed=None) == 1


def test_the_same_form_sent_again_is_the_same_objection(listing):
    first, again = (objecting.raised(listing, form_key="once") for _ in range(2))
    assert first == again
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    "changed", [{"words": "另有新的事实。"}, {"part": "dates"}, {"files": (objecting.PDF,)}, {"kind": "statement"}]
)
def test_the_same_form_sent_again_with_something_else_is_refused_and_never_lost_unseen(listing, changed):
    first = objecting.raised(listing, form_key="once")
    with pytest.raises(SentOtherwise) as refused:
        objecting.raised(listing, form_key="once", **changed)
    assert refused.value.facts["number"] == first.number
    assert Objection.objects.count() == 1


def test_an_officer_who_sends_the_same_form_with_something_else_is_told_so(listing):
    officer = cast.clerk()
    said = objecting.said(listing)
    first = raising.by_officer(said, objecting.brought(), officer=officer, now=cast.NOW)
    assert raising.by_officer(said, objecting.brought(), officer=officer, now=cast.NOW) == first
    with pytest.raises(SentOtherwise):
        raising.by_officer(said, objecting.brought(name="郑律师"), officer=officer, now=cast.NOW)


def test_one_taken_back_ends_the_dispute(listing):
    found = objecting.admitted(listing)
    deciding.withdraw(found.number, now=NOW)
    assert not disputed(listing)
    assert types()[-1] == "listing.unflagged"


def test_the_flag_stays_until_the_last_one_about_the_listing_ends(listing):
    first, second = objecting.admitted(listing), objecting.admitted(listing, part="dates")
    deciding.withdraw(first.number, now=NOW)
    assert disputed(listing)
    deciding.withdraw(second.number, now=NOW)
    assert not disputed(listing)
    assert types() == ["listing.published", "listing.flagged", "listing.unflagged"]


def test_of_two_listings_of_one_person_the_one_objected_to_is_disputed(listing):
    second = _second_of_the_same_person()
    found = objecting.admitted(second)
    assert (disputed(listing), disputed(second)) == (False, True)
    assert [each.number for each in finding.of_person(objecting.identity().subject(NOW))] == [found.number]


def _second_of_the_same_person():
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    return cast.put_in_force(cast.draft(decision=decision))


def test_a_listing_that_was_withdrawn_meanwhile_is_not_flagged_and_the_objection_goes_on(listing):
    found = objecting.raised(listing)
    cast.withdrawn(listing)
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    assert types() == ["listing.published", "listing.withdrawn"]
    found = deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已撤出")
    assert found.state == "rejected"


def test_a_listing_that_is_withdrawn_while_disputed_ends_without_a_further_word(listing):
    found = objecting.decided(listing, "uphold")
    cast.withdrawn(cast.fresh(listing))
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, reason="已撤出登记")
    assert types() == ["listing.published", "listing.flagged", "listing.withdrawn"]


def test_a_correction_while_it_runs_leaves_the_listing_disputed(listing):
    objecting.admitted(listing)
    cast.corrected(listing, name="高龑")
    assert disputed(listing)


def test_one_admitted_before_effect_flags_the_listing_once_it_is_in_force(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    actions.submit([listing.pk], officer=cast.clerk(), now=NOW)
    cast.approve(listing)
    actions.record_service(
        [listing.pk],
        served_on=NOW.date(),
        how="in_court",
        reference="record of service 12",
        officer=cast.clerk(),
        now=NOW,
    )
    listing = cast.fresh(listing)
    assert listing.state == State.AWAITING_EFFECT
    objecting.admitted(listing)
    assert not disputed(listing)
    later = NOW + 10 * DAY
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=later)
    actions.take_effect(now=later)
    assert minding.keep_flags(now=later) == 1
    assert disputed(listing)
    assert minding.keep_flags(now=later) == 0


# A listing that is sealed meanwhile


def test_what_is_open_about_a_sealed_listing_is_found_by_nobody_and_closed_by_the_clock(listing):
    found = objecting.admitted(listing)
    beside = objecting.raised(listing, part="dates")
    sealing.sealed(listing)
    for officer in (cast.registrar(), cast.high_court_registrar()):
        assert not finding.at_desk(officer).exists()
        with pytest.raises(NoSuchObjection):
            finding.for_officer(officer, found.number)
        with pytest.raises(NoSuchObjection):
            deciding.refuse(beside.number, officer=officer, now=NOW, reason="无关")
    assert finding.of_person(objecting.identity().subject(NOW)) == []
    assert minding.end_what_fell_away(now=NOW) == 2
    assert {objecting.fresh(each).state for each in (found, beside)} == {"closed"}
    assert types()[-1] == "listing.withdrawn"
    assert minding.end_what_fell_away(now=NOW) == 0


# The table


def officers():
    return {
        "clerk": cast.clerk(),
        "judge": cast.judge(),
        "second judge": cast.second_judge(),
        "registrar": cast.registrar(),
        "High Court registrar": cast.high_court_registrar(),
        "High Court judge": objecting.high_court_judge(),
        "higher judge": objecting.higher_judge(),
        "higher registrar": objecting.higher_registrar(),
        "higher clerk": cast._once("C-HU", Role.CLERK, court="京03"),
        "judge of a third court": cast._once("J-LUO", Role.JUDGE, court="京01"),
        "stranger": cast.stranger(),
    }


MAY = {
    "return": {"registrar", "High Court registrar"},
    "complete": {"clerk", "registrar", "High Court registrar"},
    "refuse": {"registrar", "High Court registrar"},
    "admit": {"registrar", "High Court registrar"},
    "accept": {"registrar", "High Court registrar"},
    "uphold": {"second judge", "registrar"},
    "uphold_in_part": {"second judge", "registrar"},
    "reject": {"second judge", "registrar"},
    "serve": {"clerk", "registrar", "High Court registrar"},
    "carry_out": {"clerk", "judge", "second judge", "registrar", "High Court registrar"},
    "carry_out_in_part": {"clerk", "judge", "second judge", "registrar", "High Court registrar"},
    "serve_notice": {"clerk", "registrar", "High Court registrar"},
    "carry_out_meanwhile": {"clerk", "judge", "second judge", "registrar", "High Court registrar"},
    "ask_review": {"clerk", "registrar", "High Court registrar"},
    "ask_review_early": {"clerk", "registrar", "High Court registrar"},
    "complete_late": {"clerk", "registrar", "High Court registrar"},
    "ask_review_late": {"clerk", "registrar", "High Court registrar"},
    "review_uphold": {"higher judge", "higher registrar"},
    "review_reject": {"higher judge", "higher registrar"},
    "withdraw": {"registrar", "High Court registrar"},
    "lapse": set(),
    "close": set(),
    "fall_away": set(),
}


@pytest.mark.parametrize("name", sorted(MAY))
def test_each_step_is_open_to_those_of_the_table_and_to_nobody_else(listing, name):
    step = STEPS[name]
    found = objecting.raised(listing, kind=step.kinds[0])
    found.state = step.sources[0]
    if step.reopens:
        found.over_on, found.served_on = NOW.date(), NOW.date() if step.reopens == "higher_court_asked" else None
    assert {who for who, officer in officers().items() if lifecycle.may(name, officer, found)} == MAY[name]


@pytest.mark.parametrize("name", sorted(MAY))
def test_no_step_is_taken_from_a_state_that_the_table_does_not_name(listing, name):
    step = STEPS[name]
    found = objecting.raised(listing, kind=step.kinds[0])
    assert {state for state in ObjectionState.values if is_taken_from(step, found, state)} == set(step.sources) - set(
        ENDED
    )


def is_taken_from(step, objection, state):
    objection.state = state
    try:
        lifecycle.refuse_state(step, objection)
    except ObjectionNotNow:
        return False
    return True


def test_every_way_through_the_table_ends():
    ends = {state for state in ObjectionState if all(state not in step.sources for step in STEPS.values())}
    assert ends == set(ENDED) - {ObjectionState.CLOSED}
    after_the_end = {name for name, step in STEPS.items() if ObjectionState.CLOSED in step.sources}
    assert after_the_end == {"serve", "fall_away", "complete_late", "ask_review_late"}
    reached = {step.target for step in STEPS.values() if step.target}
    assert reached == set(ObjectionState)


def test_who_entered_or_approved_the_listing_does_not_decide(listing):
    found = objecting.admitted(listing)
    with pytest.raises(MayNotDecide):
        deciding.decide(found.number, "reject", officer=cast.judge(), now=NOW, reason="核对")
    clerk = cast.clerk()
    clerk.role = "judge"
    clerk.save()
    with pytest.raises(MayNotDecide):
        deciding.decide(found.number, "reject", officer=clerk, now=NOW, reason="核对")
    with pytest.raises(DatabaseError), transaction.atomic():
        ObjectionStep.objects.create(
            objection=found, step="reject", state="rejected", officer=cast.judge(), at=NOW, place=9
        )


def test_a_stranger_does_nothing(listing):
    found = objecting.raised(listing)
    with pytest.raises(ObjectionOfAnotherCourt):
        deciding.give_back(found.number, officer=cast.stranger(), now=NOW, reason="请补充")
    with pytest.raises(NoSuchObjection):
        finding.for_officer(cast.stranger(), found.number)
    stranger = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃").subject(NOW)
    with pytest.raises(NoSuchObjection):
        finding.of_person_numbered(found.number, stranger)


def test_who_upholds_says_what_follows_and_that_is_what_carries_it_out(listing):
    found = objecting.admitted(listing)
    for follows in ("", "prison"):
        with pytest.raises(FollowsNeeded):
            deciding.decide(
                found.number, "uphold", officer=cast.second_judge(), now=NOW, reason="成立", follows=follows
            )
    with pytest.raises(FollowsNeeded):
        deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="成立", follows="correct")
    before = cast.corrected(listing, name="高龑")
    deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=NOW + DAY, reason="成立", follows="withdraw"
    )
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + DAY, proposal_id=before.proposals.get().pk)
    other = cast.corrected(listing, now=NOW + 2 * DAY, sentence_months=18).proposals.latest("proposed_at")
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + 2 * DAY, proposal_id=other.pk)
    right = cast.withdrawn(cast.fresh(listing), now=NOW + 3 * DAY).proposals.latest("proposed_at")
    found = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + 3 * DAY, proposal_id=right.pk)
    assert found.state == "closed"


def _corrected(listing):
    return cast.corrected(cast.fresh(listing), now=NOW + DAY, sentence_months=18).proposals.latest("proposed_at").pk


def test_whoever_had_a_hand_in_it_closes_no_upheld_one_with_a_word(listing):
    found = objecting.decided(listing, "uphold")
    for officer, refusal in (
        (cast.clerk(), WrongRole),
        (cast.judge(), MayNotDecide),
        (cast.second_judge(), MayNotDecide),
    ):
        with pytest.raises(refusal):
            deciding.carry_out(found.number, officer=officer, now=NOW, reason="已改正")
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.registrar(), now=NOW)


def test_something_else_is_said_to_be_done_by_one_who_might_have_decided(listing):
    found = objecting.admitted(listing)
    deciding.decide(found.number, "uphold", officer=cast.second_judge(), now=NOW, reason="成立", follows="other")
    for officer, refusal in (
        (cast.clerk(), WrongRole),
        (cast.judge(), MayNotDecide),
        (cast.second_judge(), MayNotDecide),
    ):
        with pytest.raises(refusal):
            deciding.carry_out(found.number, officer=officer, now=NOW, reason="已告知当事人")
    found = deciding.carry_out(found.number, officer=cast.registrar(), now=NOW, reason="已告知当事人")
    assert found.state == "closed"


def test_a_reason_is_needed_where_the_person_reads_one(listing):
    found = objecting.admitted(listing)
    with pytest.raises(ReasonNeeded):
        deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason=" ")


# The higher court


def test_the_higher_court_is_asked_within_ten_days_of_service(listing):
    found = objecting.decided(listing)
    assert (found.state, found.clock) == ("rejected", "objection_served")
    found = deciding.serve(found.number, officer=None, now=NOW + DAY)
    assert found.due_on == date(2026, 12, 7), "the tenth day is a Saturday"
    with pytest.raises(ReviewOver):
        deciding.ask_review(found.number, words="请复核", now=NOW + 14 * DAY)
    found = deciding.ask_review(found.number, words="请复核", now=NOW + 13 * DAY)
    assert (found.state, found.due_on) == ("in_review", date(2026, 12, 22))
    assert disputed(listing)


def test_on_review_it_is_upheld_by_somebody_else_and_carried_out(listing):
    found = objecting.in_review(listing)
    with pytest.raises(HigherCourtNeeded):
        deciding.decide(
            found.number, "review_uphold", officer=cast.registrar(), now=NOW, reason="成立", follows="correct"
        )
    found = deciding.decide(
        found.number, "review_uphold", officer=objecting.higher_registrar(), now=NOW, reason="成立", follows="correct"
    )
    assert (found.state, found.served_on) == ("upheld", None)
    found = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=_corrected(listing))
    assert found.state == "closed"
    assert not disputed(listing)


def test_on_review_the_decision_stands_and_the_dispute_is_over(listing):
    found = objecting.in_review(listing)
    found = deciding.decide(found.number, "review_reject", officer=objecting.higher_judge(), now=NOW, reason="维持")
    assert found.state == "closed"
    assert not disputed(listing)


def test_whoever_is_upheld_in_part_may_ask_about_the_rest(listing):
    found = objecting.served(listing, "uphold_in_part")
    found = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + DAY, proposal_id=_corrected(listing))
    found = deciding.serve_notice(found.number, officer=None, now=NOW + DAY)
    assert (found.state, found.clock, found.due_on) == ("carried_out", "higher_court_asked", date(2026, 12, 7))
    assert disputed(listing)
    assert deciding.ask_review(found.number, words="请复核其余部分", now=NOW + DAY).state == "in_review"


def test_a_decision_is_served_once(listing):
    found = objecting.served(listing)
    with pytest.raises(NotServed):
        deciding.serve(found.number, officer=cast.clerk(), now=NOW)


def test_service_is_no_day_before_the_decision_and_none_to_come(listing):
    found = objecting.decided(listing)
    for day in (NOW.date() - DAY, NOW.date() + DAY):
        with pytest.raises(ArrivedLater):
            deciding.serve(found.number, officer=cast.clerk(), now=NOW, on=day)


# By the clock


def test_what_is_not_completed_in_time_is_closed(listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充材料")
    # Due on Wednesday, 9 December; three working days for the post are over on Monday, the 14th.
    minding.end_what_is_over(now=NOW + 20 * DAY)
    assert objecting.fresh(found).state == "returned"
    minding.end_what_is_over(now=NOW + 21 * DAY)
    assert objecting.fresh(found).state == "closed"


def test_what_came_by_post_in_time_is_taken_when_an_officer_enters_it_later(listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充材料")
    late = NOW + 16 * DAY
    last_day = (NOW + 15 * DAY).date()
    with pytest.raises(CompletionOver):
        deciding.complete(found.number, words="已补充", now=late)
    with pytest.raises(CompletionOver):
        deciding.complete(found.number, words="已补充", officer=cast.clerk(), received_on=late.date(), now=late)
    deciding.complete(found.number, words="已补充", officer=cast.clerk(), received_on=last_day, now=late)
    assert objecting.fresh(found).state == "received"


def test_a_request_for_review_that_came_by_post_in_time_is_taken_later_and_one_that_came_later_is_not(listing):
    found = objecting.served(listing)
    late = NOW + 15 * DAY
    minding.end_what_is_over(now=late)
    with pytest.raises(ReviewOver):
        deciding.ask_review(found.number, words="请复核", now=late)
    with pytest.raises(ReviewOver):
        deciding.ask_review(
            found.number, words="请复核", officer=cast.clerk(), received_on=(NOW + 11 * DAY).date(), now=late
        )
    for impossible in (late.date() + DAY, (NOW - DAY).date()):
        with pytest.raises(ArrivedLater):
            deciding.ask_review(found.number, words="请复核", officer=cast.clerk(), received_on=impossible, now=late)
    deciding.ask_review(
        found.number, words="请复核", officer=cast.clerk(), received_on=(NOW + 10 * DAY).date(), now=late
    )
    assert objecting.fresh(found).state == "in_review"
    assert disputed(listing)


def test_a_decision_that_nobody_took_to_the_higher_court_ends_with_its_ten_days(listing):
    found = objecting.served(listing)
    # Due on Friday, 4 December; three working days for the post are over on Wednesday, the 9th.
    minding.end_what_is_over(now=NOW + 15 * DAY)
    assert disputed(listing)
    for _ in range(2):
        minding.end_what_is_over(now=NOW + 16 * DAY)
    assert objecting.fresh(found).state == "closed"
    assert not disputed(listing)
    assert objecting.fresh(found).steps.last().officer is None


def test_a_decision_that_was_not_served_ends_never(listing):
    found = objecting.decided(listing)
    minding.end_what_is_over(now=NOW + 300 * DAY)
    assert objecting.fresh(found).state == "rejected"


@pytest.mark.parametrize(
    ("raised", "form", "completed", "decided"),
    [
        # New Year's Day of 2026 and the day after it are free, the Sunday of 4 January is worked.
        (date(2025, 12, 31), date(2026, 1, 4), date(2026, 1, 15), date(2026, 1, 15)),
        # Spring Festival of 2026: 15 to 23 February, 14 and 28 February are worked.
        (date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 2, 14), date(2026, 2, 24), date(2026, 3, 2), date(2026, 3, 1)),
        # A leap day.
        (date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 14), date(2028, 3, 14)),
    ],
)
def test_working_days_are_those_of_the_calendar_and_a_persons_last_day_is_no_holiday(raised, form, completed, decided):
    assert clocks.due_day("objection_form", raised) == form
    assert clocks.due_day("objection_completed", raised) == completed
    assert clocks.due_day("objection_decided", raised) == decided


def test_a_holiday_that_is_moved_moves_what_is_due(listing, settings):
    found = objecting.raised(listing)
    assert clocks.count_anew() == 0
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2026-11-25", "2026-11-26"]
    assert clocks.count_anew() == 1
    assert objecting.fresh(found).due_on == date(2026, 11, 27)
    settings.REGISTRY_EXTRA_HOLIDAYS = []
    assert clocks.count_anew() == 1
    assert objecting.fresh(found).due_on == date(2026, 11, 25)


def test_the_registry_is_reminded_on_the_due_day_and_told_after_one_three_and_seven_days_and_weekly(
    listing, mailoutbox, settings
):
    found = objecting.raised(listing)
    told = []
    for days in range(25):
        if minding.escalate(now=NOW + days * DAY):
            told.append(days - 1)
        assert not minding.escalate(now=NOW + days * DAY)
    assert told == [0, 1, 3, 7, 14, 21]
    assert all(each.to == [settings.REGISTRY_CONTACT_EMAIL] for each in mailoutbox)
    for each in mailoutbox:
        assert found.number in each.body
        for secret in ("高䶮", cast.DEFENDANT_NUMBER, found.content["words"], found.code):
            assert secret not in each.body + each.subject


def test_where_somebody_is_not_the_one_the_registry_hears_of_it_at_once(listing, mailoutbox):
    found = objecting.raised(listing, part="identity")
    assert minding.escalate(now=NOW)
    assert not minding.escalate(now=NOW + DAY)
    assert "within hours" in mailoutbox[0].body
    assert found.number in mailoutbox[0].body
    assert minding.escalate(now=NOW + 2 * DAY)


def test_nobody_is_told_before_the_morning_nor_of_what_the_person_owes(listing, mailoutbox):
    found = objecting.raised(listing)
    assert not minding.escalate(now=datetime(2026, 11, 24, 22, 0, tzinfo=NOW.tzinfo))
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充材料")
    assert not minding.escalate(now=NOW + 16 * DAY)
    assert mailoutbox == []


# What is refused


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"words": "一"}, WordsShape),
        ({"words": "字" * 2001}, WordsShape),
        ({"part": "colour"}, PartUnknown),
        ({"part": ""}, PartUnknown),
        ({"listing": "L-2026-999999"}, NothingListed),
        ({"listing": ""}, NothingListed),
        ({"files": (objecting.PDF,) * 6}, FilesTooMany),
        ({"files": (b"MZ\x90\x00 a program, called paper.pdf",)}, FileRefused),
        ({"files": (b"PK\x03\x04 an archive that unpacks without end",)}, FileRefused),
        ({"files": (b"",)}, FileRefused),
        ({"files": (b"%PDF-" + bytes(6 * 1024 * 1024),)}, FileRefused),
        ({"files": (b"<svg onload='alert(1)'/>",)}, FileRefused),
        ({"kind": ObjectionKind.STATEMENT, "words": "字" * 1001}, StatementShape),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(listing, changes, refusal):
    with pytest.raises(refusal):
        objecting.raised(listing, **changes)
    assert not Objection.objects.exists()


def test_another_persons_listing_is_not_objected_to(listing):
    with pytest.raises(NothingListed):
        objecting.raised(listing, by=objecting.identity(cast.SECOND_NUMBER, "欧阳㛃"))


def test_a_listing_that_never_left_the_desk_is_none():
    with pytest.raises(NothingListed):
        objecting.raised(cast.draft())


def test_no_more_than_three_are_open_about_one_listing(listing, settings):
    for _ in range(3):
        first = objecting.raised(listing)
    with pytest.raises(ObjectionsTooMany):
        objecting.raised(listing)
    deciding.withdraw(first.number, now=NOW)
    assert objecting.raised(listing)


def test_no_more_than_ten_are_sent_in_a_day(settings):
    settings.SHARING_OBJECTIONS_A_DAY = 2
    for _ in range(2):
        objecting.raised()
    with pytest.raises(ObjectionsTooOften):
        objecting.raised()
    assert objecting.raised(now=NOW + 2 * DAY)
    assert objecting.raised(by=objecting.identity(cast.SECOND_NUMBER, "欧阳㛃"))


def test_whoever_has_two_documents_finds_what_he_sent_under_the_other_and_counts_once(settings):
    settings.SHARING_OBJECTIONS_A_DAY = 1
    documents = (
        DocumentEntry(type="resident_id", number=cast.DEFENDANT_NUMBER),
        DocumentEntry(type="passport_cn", number="E12345678"),
    )
    found = objecting.raised(cast.in_force(cast.party(cast.person(documents=documents))))
    other = Identity(document_type="passport_cn", document_number="E12345678", name="高䶮")
    assert finding.of_person(other.subject(NOW)) == [found]
    assert finding.of_person_numbered(found.number, other.subject(NOW)) == found
    with pytest.raises(ObjectionsTooOften):
        raising.by_person(objecting.said(found.listing), other, consenting.proved().evidence, now=NOW)
    stranger = Identity(document_type="passport_cn", document_number="E12345678", name="欧阳㛃")
    assert finding.of_person(stranger.subject(NOW)) == []


def test_a_further_file_counts_with_those_before(listing):
    found = objecting.raised(listing, files=(objecting.PDF,) * 4)
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充材料")
    with pytest.raises(FilesTooMany):
        deciding.complete(found.number, words="已补充", sent=(objecting.PDF,) * 2, now=NOW)
    assert objecting.fresh(found).state == "returned"
    found = deciding.complete(found.number, words="已补充", sent=(objecting.PDF,), now=NOW)
    assert (found.state, found.files.count()) == ("received", 5)


# Somebody who is not the one


def test_whoever_is_not_the_one_needs_no_listing_of_his_own(listing):
    stranger = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    found = objecting.raised(by=stranger, told=listing.number)
    assert (found.listing, found.court.code, found.doubts_identity) == (None, "京", True)
    assert found.content["document_number"] == cast.SECOND_NUMBER
    with pytest.raises(ListingNeeded):
        deciding.admit(found.number, officer=cast.high_court_registrar(), now=NOW)
    found = deciding.admit(found.number, officer=cast.high_court_registrar(), now=NOW, listing=listing.number)
    assert (found.listing, found.court.code) == (listing, "京0105")
    assert disputed(listing)
    assert Objection.objects.filter(listing=listing).count() == 1


def test_whoever_has_the_number_and_another_name_sees_nothing_of_a_listing_or_an_objection(listing):
    found = objecting.raised(listing)
    namesake, other = objecting.identity(name="另一个人"), objecting.identity(cast.SECOND_NUMBER, "高䶮")
    for stranger in (namesake, other):
        assert finding.listings_of(stranger.subject(NOW)) == []
        assert finding.of_person(stranger.subject(NOW)) == []
        with pytest.raises(NoSuchObjection):
            finding.of_person_numbered(found.number, stranger.subject(NOW))
    assert objecting.raised(by=namesake).listing is None


def test_a_person_whose_name_was_corrected_finds_his_objection_under_both(listing):
    found = objecting.raised(listing)
    cast.corrected(listing, name="高龑")
    for name in ("高䶮", "高龑"):
        assert finding.of_person(objecting.identity(name=name).subject(NOW)) == [found]


# At the counter and by post


def test_an_agent_and_a_near_relative_are_entered_by_an_officer_and_the_person_finds_it(listing):
    agent = raising.by_officer(objecting.said(listing), objecting.brought(), officer=cast.clerk(), now=NOW)
    relative = raising.by_officer(
        objecting.said(listing),
        objecting.brought(raised_by=Raiser.RELATIVE, authority="kinship", arrival="post", received_on=NOW.date() - DAY),
        officer=cast.registrar(),
        now=NOW,
    )
    assert agent.content["name"] == "吴律师"
    assert (relative.received_on, relative.due_on) == (date(2026, 11, 23), date(2026, 11, 24))
    mine = {each.number for each in finding.of_person(objecting.identity().subject(NOW))}
    assert mine == {agent.number, relative.number}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"authority": ""}, AuthorityNeeded),
        ({"authority": "kinship"}, AuthorityNeeded),
        ({"raised_by": Raiser.RELATIVE, "authority": "power"}, AuthorityNeeded),
        ({"received_on": date(2026, 11, 25)}, ArrivedLater),
        ({"received_on": date(2026, 1, 1)}, ArrivedLater),  # before the decision
        ({"received_on": date(2026, 9, 20)}, LateBecauseNeeded),
        ({"received_on": date(2026, 9, 20), "late_because": "it took long"}, LateBecauseNeeded),
    ],
)
def test_what_was_seen_must_fit_who_raises_it(listing, changes, refusal):
    with pytest.raises(refusal):
        raising.by_officer(objecting.said(listing), objecting.brought(**changes), officer=cast.clerk(), now=NOW)


def test_what_reached_the_court_long_ago_is_entered_with_the_reason_why_it_is_only_now(listing):
    long_ago = objecting.brought(received_on=date(2026, 9, 20), late_because="mislaid")
    found = raising.by_officer(objecting.said(listing), long_ago, officer=cast.clerk(), now=NOW)
    assert found.received_on == date(2026, 9, 20)
    assert found.steps.get().late_because == "mislaid"


@pytest.mark.parametrize("ago", [61, 200])
def test_evidence_of_service_that_came_back_late_is_recorded_with_the_reason(listing, ago):
    found = objecting.decided(listing)
    late = NOW + ago * DAY
    with pytest.raises(LateBecauseNeeded):
        deciding.serve(found.number, officer=cast.clerk(), now=late, on=NOW.date())
    found = deciding.serve(found.number, officer=cast.clerk(), now=late, on=NOW.date(), late_because="post")
    assert found.served_on == NOW.date()
    assert found.steps.last().late_because == "post"


def test_a_letter_to_the_higher_court_that_was_mislaid_for_months_is_taken_if_it_came_in_time(listing):
    found = objecting.served(listing)
    late, came = NOW + 100 * DAY, (NOW + 3 * DAY).date()
    minding.end_what_is_over(now=NOW + 20 * DAY)
    said = {"words": "请复核", "officer": cast.clerk(), "received_on": came, "now": late}
    with pytest.raises(LateBecauseNeeded):
        deciding.ask_review(found.number, **said)
    found = deciding.ask_review(found.number, **said, late_because="mislaid")
    assert found.state == "in_review"


def test_within_sixty_days_nobody_asks_why(listing):
    found = objecting.decided(listing)
    assert deciding.serve(found.number, officer=cast.clerk(), now=NOW + 60 * DAY, on=NOW.date()).served_on


def test_a_judge_and_a_stranger_enter_nothing(listing):
    with pytest.raises(WrongRole):
        raising.by_officer(objecting.said(listing), objecting.brought(), officer=cast.judge(), now=NOW)
    with pytest.raises(Refusal):
        raising.by_officer(objecting.said(listing), objecting.brought(), officer=cast.stranger(), now=NOW)
    assert not Objection.objects.exists()


# The slip


def test_the_slip_opens_with_number_and_code_and_with_nothing_else(listing):
    found = objecting.raised(listing)
    assert slips.follow(found.number.lower(), found.code.lower().replace("-", " ")) == found
    assert slips.follow("2026-1", found.code) == found
    other = objecting.raised(listing)
    for number, code in (
        (found.number, other.code),
        ("O-2026-000099", found.code),
        (found.number, "AAAAA-AAAAA"),
        ("", ""),
        (found.number, ""),
    ):
        with pytest.raises(SlipWrong):
            slips.follow(number, code)


def test_the_slip_opens_nothing_once_the_listing_is_sealed(listing):
    found = objecting.admitted(listing)
    assert slips.follow(found.number, found.code) == found
    sealing.sealed(listing)
    with pytest.raises(SlipWrong):
        slips.follow(found.number, found.code)


# Repair and statements


def test_an_early_end_is_asked_for_after_its_months_and_flags_nothing(listing, settings):
    settings.SHARING_REPAIR_MONTHS = 3
    with pytest.raises(RepairTooEarly):
        objecting.raised(listing, kind=ObjectionKind.REPAIR, part="")
    settings.SHARING_REPAIR_MONTHS_BY_PENALTY = {"fixed_term": 1}
    found = objecting.raised(listing, kind=ObjectionKind.REPAIR, part="")
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    assert (found.clock, found.due_on) == ("repair_decided", date(2026, 12, 22))
    assert not disputed(listing)
    with pytest.raises(ObjectionNotNow):
        deciding.decide(
            found.number, "uphold_in_part", officer=cast.second_judge(), now=NOW, reason="部分", follows="correct"
        )
    found = deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=NOW, reason="已改过", follows="withdraw"
    )
    withdrawn = cast.withdrawn(cast.fresh(listing), now=NOW + DAY)
    proposal = withdrawn.proposals.get()
    found = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + DAY, proposal_id=proposal.pk)
    assert (found.state, found.steps.last().proposal) == ("closed", proposal)


def test_a_statement_is_accepted_replaced_and_removed(listing):
    def state(words):
        found = objecting.raised(listing, kind=ObjectionKind.STATEMENT, part="", words=words)
        return deciding.accept(found.number, officer=cast.registrar(), now=NOW)

    assert state("我已悔过。").state == "closed"
    assert cast.fresh(listing).statement == "我已悔过。"
    state("我已悔过并赔偿。")
    assert cast.fresh(listing).statement == "我已悔过并赔偿。"
    deciding.remove_statement(listing, now=NOW)
    assert cast.fresh(listing).statement is None
    assert types() == ["listing.published", *[EventType.STATED] * 3]
    told = log.read(Event.objects.latest("position"))["listing"]
    assert (told["number"], told["statement"]) == (listing.number, "")
    with pytest.raises(NotAllowedNow):
        deciding.remove_statement(listing, now=NOW)


def test_one_statement_waits_at_a_time_and_flags_nothing(listing):
    found = objecting.raised(listing, kind=ObjectionKind.STATEMENT, part="")
    with pytest.raises(StatementWaits):
        objecting.raised(listing, kind=ObjectionKind.STATEMENT, part="")
    deciding.refuse(found.number, officer=cast.registrar(), now=NOW, reason="提到了他人")
    assert cast.fresh(listing).statement is None
    assert types() == ["listing.published"]


def test_a_statement_about_a_listing_that_is_over_stays_unaccepted(listing):
    found = objecting.raised(listing, kind=ObjectionKind.STATEMENT, part="")
    cast.withdrawn(listing)
    with pytest.raises(NotAllowedNow):
        deciding.accept(found.number, officer=cast.registrar(), now=NOW)
    assert objecting.fresh(found).state == "received"


# At once


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_is_refused(listing):
    found = objecting.admitted(listing)
    refused = []

    def decide(step, officer):
        try:
            objecting.decide(found, step, officer)
        except ObjectionNotNow:
            refused.append(step)

    qian, sun = cast.second_judge(), cast.registrar()
    in_threads(lambda: decide("uphold", qian), lambda: decide("reject", sun))
    steps = [each.step for each in found.steps.all()]
    assert len(refused) == 1
    assert len(steps) == 3
    assert refused[0] not in steps


@pytest.mark.django_db(transaction=True)
def test_of_many_sent_at_once_no_more_are_taken_than_may_be_open(listing):
    evidence = consenting.proved().evidence
    who = objecting.identity()
    refused = []

    def send():
        try:
            raising.by_person(objecting.said(listing), who, evidence, now=NOW)
        except ObjectionsTooMany:
            refused.append(1)

    in_threads(*[send] * 6)
    assert (Objection.objects.count(), len(refused)) == (3, 3)
    assert sorted(Objection.objects.values_list("number", flat=True)) == [f"O-2026-00000{each}" for each in (1, 2, 3)]


@pytest.mark.django_db(transaction=True)
def test_the_person_takes_it_back_while_the_court_decides(listing):
    found = objecting.admitted(listing)
    qian = cast.second_judge()

    def take_back():
        with suppress(ObjectionNotNow):
            deciding.withdraw(found.number, now=NOW)

    def uphold():
        with suppress(ObjectionNotNow):
            deciding.decide(found.number, "uphold", officer=qian, now=NOW, reason="成立", follows="correct")

    in_threads(take_back, uphold)
    state = objecting.fresh(found).state
    assert state in ("withdrawn", "upheld")
    assert disputed(listing) is (state == "upheld")


# Any steps in any order

OF_A_PART = {
    "carry_out": {"carry_out_in_part", "carry_out_meanwhile"},
    "ask_review": {"ask_review_early", "ask_review_late"},
    "complete": {"complete_late"},
}
NAMES = {*MAY} - {"accept", "lapse", "close", "fall_away"} - {each for names in OF_A_PART.values() for each in names}


class AnyOrder(RuleBasedStateMachine):
    """Two objections about one listing, whatever is done to them: disputed exactly while an admitted one is open."""

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = NOW
        self.listing = cast.in_force()
        self.numbers = [objecting.raised(self.listing).number for _ in range(2)]
        self.officers = officers()

    @rule(
        which=st.integers(0, 1),
        name=st.sampled_from(sorted(NAMES)),
        who=st.sampled_from(["person", "clerk", "second judge", "registrar", "higher registrar", "stranger"]),
    )
    def step(self, which, name, who):
        number, officer = self.numbers[which], self.officers.get(who)
        before = Objection.objects.get(pk=number)
        open_now = lifecycle.open_to_person(before) if officer is None else _open(officer, before)
        names = {name, *OF_A_PART.get(name, ())}
        try:
            with transaction.atomic():
                DO[name](number, officer, self.now)
        except Refusal:
            return
        assert names & open_now

    @rule(days=st.integers(1, 20))
    def time_goes_by(self, days):
        self.now += days * DAY
        minding.end_what_is_over(now=self.now)

    @precondition(lambda self: cast.fresh(self.listing).state == State.ACTIVE)
    @rule()
    def the_listing_is_withdrawn(self):
        if self.now > NOW + 30 * DAY:
            cast.withdrawn(cast.fresh(self.listing), now=self.now)

    @invariant()
    def disputed_exactly_while_an_admitted_one_is_open(self):
        if not hasattr(self, "listing"):
            return
        listing = cast.fresh(self.listing)
        is_open = Objection.objects.filter(listing=listing, state__in=OPEN).exists()
        if listing.state == State.ACTIVE:
            assert (Flag.DISPUTED.value in listing.flags) is is_open

    @invariant()
    def every_state_is_that_of_the_last_step(self):
        for number in getattr(self, "numbers", ()):
            found = Objection.objects.get(pk=number)
            last = found.steps.last()
            assert (found.state, found.due_on) == (last.state, last.due_on)
            assert (found.clock == "") is (found.due_on is None)

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)


def _open(officer, found):
    return {step.name for step in lifecycle.open_to(officer, found)}


def _needs(officer):
    """What only an officer does."""
    if officer is None:
        raise WrongRole(act="", roles="")
    return officer


def taken_back(number, by, now):
    if by is None:
        return deciding.withdraw(number, now=now)
    how = {"received_on": now.date(), "authority": "document", "reason": "在窗口当面说的"}
    return deciding.withdraw_for(number, officer=by, now=now, **how)


def deciding_as(name):
    return lambda number, by, now: objecting.decide(Objection.objects.get(pk=number), name, _needs(by), now)


DO = {
    "return": lambda number, by, now: deciding.give_back(number, officer=_needs(by), now=now, reason="请补充"),
    "complete": lambda number, by, now: deciding.complete(number, words="已补充", officer=by, now=now),
    "refuse": lambda number, by, now: deciding.refuse(number, officer=_needs(by), now=now, reason="不符合"),
    "admit": lambda number, by, now: deciding.admit(number, officer=_needs(by), now=now),
    "serve": lambda number, by, now: deciding.serve(number, officer=by, now=now),
    "serve_notice": lambda number, by, now: deciding.serve_notice(number, officer=by, now=now),
    "carry_out": lambda number, by, now: deciding.carry_out(number, officer=_needs(by), now=now, reason="已办理"),
    "ask_review": lambda number, by, now: deciding.ask_review(number, words="请复核", officer=by, now=now),
    "withdraw": lambda number, by, now: taken_back(number, by, now),
    **{name: deciding_as(name) for name in lifecycle.DECISIONS},
}


@pytest.mark.django_db
def test_the_listing_is_disputed_exactly_while_an_admitted_objection_is_open_whatever_is_done():
    run_state_machine_as_test(
        AnyOrder,
        settings=hypothesis_settings(
            max_examples=6,
            stateful_step_count=15,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
        ),
    )
