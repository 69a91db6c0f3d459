"""How an objection comes to its end: carried out, served, taken back, closed where nothing is left; and by whom."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdf
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import (
    ArrivedLater,
    AuthorityNeeded,
    FollowsImpossible,
    MayNotDecide,
    NotCarriedOutYet,
    ObjectionNotNow,
    ReasonNeeded,
    WrongRole,
)
from sharing.persons.models import ObjectionStep
from sharing.persons.objections import deciding, minding, papers, spoken
from sharing.retention import purging
from tests import cast, desk, objecting, sealing
from tests.test_objections_outlive_drafts import held_with_an_objection, waiting_listing
from tests.test_objections_whose import of_the_stranger, phone

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)


@pytest.fixture
def listing(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return cast.in_force()


def upheld(found, follows, officer=None):
    return deciding.decide(
        found.number, "uphold", officer=officer or cast.second_judge(), now=NOW, reason="成立。", follows=follows
    )


def stopped_with_an_objection():
    """The person says that he is not the one while the listing waits; it is stopped from the same page."""
    listing = waiting_listing()
    found = objecting.raised(listing, part="identity")
    actions.stop([listing.pk], officer=cast.registrar(), now=NOW, reason="doubt")
    return listing, deciding.admit(found.number, officer=cast.registrar(), now=NOW)


# Carried out


def test_of_a_listing_at_the_desk_nothing_is_corrected_revised_or_withdrawn():
    listing, found = stopped_with_an_objection()
    for follows in ("correct", "revise", "withdraw"):
        with pytest.raises(FollowsImpossible):
            upheld(found, follows)
    page = desk.at_the_desk(cast.second_judge()).get(
        reverse("sharing_desk:objection_step", args=[found.number, "uphold"])
    )
    assert 'value="other"' in page.content.decode()
    assert 'value="withdraw"' not in page.content.decode()
    assert upheld(found, "other").state == "upheld"
    actions.discard([listing.pk], officer=cast.clerk(), now=NOW, reason="wrong person")
    done = deciding.carry_out(found.number, officer=cast.registrar(), now=NOW, reason="草稿已删除")
    assert done.state == "closed"


def test_what_was_corrected_before_the_decision_carries_it_out(listing):
    found = objecting.admitted(listing)
    cast.corrected(listing, now=NOW, fine_yuan=30_000)
    upheld(found, "correct")
    proposal = cast.fresh(listing).proposals.get()
    assert deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk).state == "closed"


def test_what_was_proposed_before_the_objection_and_decided_after_it_carries_it_out_too(listing):
    proposal = actions.propose(
        listing.pk,
        "correct",
        against_version=listing.version,
        officer=cast.clerk(),
        now=NOW - DAY,
        reason="checked anew",
        ground="（2026）京0105刑更1号",
        changes={"fine_yuan": 30_000},
    )
    found = objecting.raised(listing)
    actions.carry_out(proposal.pk, officer=cast.judge(), now=NOW + DAY)
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW + DAY)
    deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=NOW + DAY, reason="成立。", follows="correct"
    )
    done = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + DAY, proposal_id=proposal.pk)
    assert done.steps.last().proposal == proposal


def test_what_carried_out_one_decision_carries_out_no_later_one(listing):
    found = objecting.decided(listing, "uphold_in_part")
    cast.corrected(listing, now=NOW, fine_yuan=30_000)
    proposal = cast.fresh(listing).proposals.get()
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    deciding.serve(found.number, officer=None, now=NOW)
    deciding.ask_review(found.number, words="请复核", now=NOW)
    objecting.decide(found, "review_uphold", objecting.higher_judge())
    with pytest.raises(NotCarriedOutYet):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)


def test_where_no_correction_can_follow_one_who_had_no_hand_in_it_says_so(listing):
    found = upheld(objecting.admitted(listing, part="recipients"), "correct")
    with pytest.raises(MayNotDecide):
        deciding.carry_out(found.number, officer=cast.second_judge(), now=NOW, reason="无须更正")
    with pytest.raises(WrongRole):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, reason="无须更正")
    he = cast.high_court_registrar()
    assert deciding.carry_out(found.number, officer=he, now=NOW, reason="告知的部门不可更正").state == "closed"


def test_in_part_likewise_and_the_person_may_go_on(listing):
    found = objecting.decided(listing, "uphold_in_part")
    deciding.serve(found.number, officer=None, now=NOW)
    found = deciding.carry_out(found.number, officer=cast.registrar(), now=NOW, reason="已以其他方式办理")
    assert (found.state, found.clock) == ("carried_out", "objection_served")
    found = deciding.serve_notice(found.number, officer=None, now=NOW)
    assert found.clock == "higher_court_asked"


# The letter


def letter(found):
    pdf = papers.letter(objecting.fresh(found))
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(("follows", "told"), [("correct", True), ("withdraw", True), ("other", False)])
def test_the_letter_promises_that_recipients_are_told_only_where_they_are(listing, follows, told):
    found = upheld(objecting.admitted(listing), follows)
    assert ("通知此前收到该登记的全部部门" in letter(found)) is told
    assert ("is told again" in letter(found).replace("\n", " ")) is told


# Served


def carried_out_unserved(listing):
    found = objecting.decided(listing, "uphold")
    cast.corrected(listing, fine_yuan=30_000)
    proposal = cast.fresh(listing).proposals.get()
    return deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)


def test_what_was_granted_and_done_is_served_still_and_asked_for_until_then(listing, mailoutbox):
    found = carried_out_unserved(listing)
    assert (found.state, found.clock) == ("closed", "objection_served")
    assert minding.escalate(now=NOW + 7 * DAY)
    assert found.number in mailoutbox[-1].body
    page = desk.at_the_desk(cast.clerk()).get(reverse("sharing_desk:objections"))
    assert found.number in page.content.decode()
    found = deciding.serve(found.number, officer=cast.clerk(), now=NOW + 7 * DAY, on=(NOW + 6 * DAY).date())
    assert (found.state, found.clock, found.served_on) == ("closed", "", (NOW + 6 * DAY).date())
    assert not minding.escalate(now=NOW + 30 * DAY)
    with pytest.raises(ObjectionNotNow):
        deciding.serve(found.number, officer=cast.clerk(), now=NOW + 8 * DAY)


def test_the_person_is_told_decided_until_he_opens_it(listing):
    found = carried_out_unserved(listing)
    assert str(spoken.state_told(found)) == "decided"
    own = phone()
    path = reverse("person:objection", args=[found.number])
    assert "open the decision to read it" in own.get(reverse("person:record")).content.decode()
    before = own.get(path).content.decode()
    assert "Carried out" not in before
    assert "已核对卷宗" not in before
    own.post(reverse("person:read_decision", args=[found.number]))
    assert objecting.fresh(found).served_on == NOW.date()
    after = own.get(path).content.decode()
    assert "Carried out" in after
    assert "已核对卷宗" in after


def test_one_that_was_served_before_it_was_carried_out_is_at_its_end(listing):
    found = objecting.served(listing, "uphold")
    found = deciding.carry_out(found.number, officer=cast.registrar(), now=NOW, reason="已改正")
    assert (found.state, found.clock) == ("closed", "")


# Nothing is left


def test_what_is_about_a_draft_that_was_destroyed_is_closed_and_what_was_said_goes():
    waiting = waiting_listing()
    found = held_with_an_objection(waiting)
    second = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    standing = cast.draft(decision=second)
    cast.put_in_force(standing)
    actions.record_service(
        [standing.pk], served_on=NOW.date(), how="in_court", reference="118", officer=cast.clerk(), now=NOW
    )
    sealing.found_young(cast.fresh(standing))
    minding.mind(now=NOW)
    assert (objecting.fresh(found).state, objecting.fresh(found).listing_number) == ("closed", waiting.number)
    purging.forget_records(now=NOW)
    assert (objecting.fresh(found).content, objecting.fresh(found).files.count()) == ({}, 0)


def test_whoever_is_not_the_one_is_still_answered_when_the_draft_is_gone():
    listing, found = stopped_with_an_objection()
    actions.discard([listing.pk], officer=cast.clerk(), now=NOW, reason="wrong person")
    minding.mind(now=NOW)
    purging.forget_records(now=NOW)
    assert objecting.fresh(found).state == "admitted"
    assert objecting.fresh(found).content["words"]


# By whom


def test_who_approved_what_was_stopped_since_does_not_decide():
    _listing, found = stopped_with_an_objection()
    with pytest.raises(MayNotDecide):
        objecting.decide(found, "reject", cast.judge())
    with pytest.raises(DatabaseError, match="another officer"), transaction.atomic():
        ObjectionStep.objects.create(
            objection=found, step="reject", state="rejected", officer=cast.judge(), at=NOW, place=9
        )
    assert objecting.decide(found, "reject", cast.second_judge()).state == "rejected"


def test_who_approved_a_draft_that_is_destroyed_does_not_decide_either():
    listing, found = stopped_with_an_objection()
    actions.discard([listing.pk], officer=cast.clerk(), now=NOW, reason="wrong person")
    with pytest.raises(MayNotDecide):
        objecting.decide(found, "reject", cast.judge())
    with pytest.raises(DatabaseError, match="another officer"), transaction.atomic():
        ObjectionStep.objects.create(
            objection=found, step="reject", state="rejected", officer=cast.judge(), at=NOW, place=9
        )


def taken_back(found, officer, **changes):
    how = {"received_on": NOW.date(), "authority": "document", "reason": "当事人在窗口当面说明", "now": NOW}
    return deciding.withdraw_for(found.number, officer=officer, **{**how, **changes})


def test_the_clerk_who_entered_the_listing_ends_no_objection_against_it(listing):
    found = objecting.raised(listing)
    with pytest.raises(MayNotDecide):
        deciding.give_back(found.number, officer=cast.clerk(), now=NOW, reason="请补充")
    with pytest.raises(WrongRole):
        deciding.refuse(found.number, officer=cast.clerk(), now=NOW, reason="形式不符")
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    with pytest.raises(MayNotDecide):
        taken_back(found, cast.clerk())
    with pytest.raises(DatabaseError, match="another officer"), transaction.atomic():
        ObjectionStep.objects.create(
            objection=found, step="withdraw", state="withdrawn", officer=cast.clerk(), at=NOW, place=9
        )
    desk.at_the_desk(cast.clerk()).post(reverse("sharing_desk:objection_step", args=[found.number, "withdraw"]), {})
    assert objecting.fresh(found).state == "admitted"


def test_what_is_taken_back_through_an_officer_has_a_day_and_what_was_seen(listing):
    found = objecting.admitted(listing)
    for changes, refusal in (
        ({"reason": " "}, ReasonNeeded),
        ({"authority": ""}, AuthorityNeeded),
        ({"received_on": NOW.date() + DAY}, ArrivedLater),
        ({"received_on": NOW.date() - DAY}, ArrivedLater),
    ):
        with pytest.raises(refusal):
            taken_back(found, cast.registrar(), **changes)
    sun = desk.at_the_desk(cast.registrar())
    path = reverse("sharing_desk:objection_step", args=[found.number, "withdraw"])
    assert objecting.fresh(found).state == "admitted"
    sun.post(path, {"received_on": "2026-11-24", "authority": "document", "reason": "当事人来信说明"})
    step = objecting.fresh(found).steps.last()
    assert (step.step, step.authority, step.received_on) == ("withdraw", "document", NOW.date())
    assert step.reason == "当事人来信说明"
    page = sun.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    assert "当事人来信说明" in page


def test_a_stranger_takes_his_back_himself(listing):
    found = of_the_stranger(listing)
    assert deciding.withdraw(found.number, now=NOW).steps.last().officer is None
