"""Objections about a listing that has ended: on the pages as by post, that it was wrong or that somebody else was meant; what
then follows, what the letter says, and for how long it is kept.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import (
    FollowsImpossible,
    MayNotDecide,
    NothingListed,
    RepairTooLate,
    StatementTooEarly,
    WrongRole,
)
from registry.models import State, WithdrawalCause
from sharing.persons.models import Objection, ObjectionKind
from sharing.persons.objections import deciding, finding, papers, raising
from sharing.persons.passkeys import lasting
from sharing.recalls import clearing
from sharing.retention import due, purging
from tests import cast, desk, objecting, sealing
from tests.purging import confirm_purged, walk
from tests.test_clearance import cause_stated
from tests.test_objection_pages import phone, questions, sealed, text
from tests.test_objection_pages import walk as answer_each
from tests.test_objections_whose import waiting_listing

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"


@pytest.fixture(autouse=True)
def at_ten(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_REPAIR_MONTHS = 1
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def ended(now=NOW, cause=WithdrawalCause.REPAIRED):
    return cast.withdrawn(cast.in_force(now=now), now=now, cause=cause)


def expired():
    """Its term was over, and the clock ended it."""
    listing = cast.in_force()
    actions.expire(now=NOW + 365 * 20 * DAY)
    return cast.fresh(listing)


def over():
    """Retention is over; recorded_at and received_at are of the database's clock."""
    return datetime.now(UTC) + 31 * DAY


def upheld(found, follows, step="uphold"):
    return deciding.decide(
        found.number, step, officer=cast.second_judge(), now=NOW, reason="已核对卷宗。", follows=follows
    )


def letter(found):
    pdf = papers.letter(objecting.fresh(found))
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


# Raised


@pytest.mark.parametrize("part", ["term", "identity", "recipients"])
def test_whoever_was_listed_objects_on_the_pages_after_the_end(part):
    listing = ended()
    browser = phone(NUMBER)
    answer = answer_each(browser, *questions(listing, part=part))
    found = Objection.objects.get()
    assert answer["Location"] == f"/objections/{found.number}/sent/"
    assert (found.listing, found.part, found.of_person_listed, found.state) == (listing, part, True, "received")
    assert deciding.admit(found.number, officer=cast.registrar(), now=NOW).state == "admitted"
    assert cast.fresh(listing).flags == []


def test_likewise_where_the_term_was_over():
    listing = expired()
    assert listing.state == State.WITHDRAWN
    assert objecting.raised(listing).listing == listing


def test_the_pages_offer_what_makes_sense_and_say_why_not_the_rest():
    listing = ended()
    browser = phone(NUMBER)
    first = browser.get("/objections/new/")
    assert 'value="objection"' in first.content.decode()
    assert 'value="repair"' not in first.content.decode()
    assert 'value="statement"' not in first.content.decode()
    assert "There is no early end to ask for" in text(first)
    second = browser.post("/objections/new/", {"step": "kind", "sealed": sealed(first), "kind": "objection"})
    assert f"{listing.number} · " in text(second)
    assert "ended on 24 November 2026" in text(second)
    third = answer_each(browser, *questions(listing)[:2])
    assert "This listing has ended." in text(third)


@pytest.mark.parametrize("kind", ["repair", "statement"])
def test_what_is_forced_all_the_same_is_refused(kind):
    ended()
    browser = phone(NUMBER)
    first = browser.get("/objections/new/")
    answer = browser.post("/objections/new/", {"step": "kind", "sealed": sealed(first), "kind": kind})
    assert "What do you want?" in text(answer)
    assert not Objection.objects.exists()


@pytest.mark.parametrize(
    ("kind", "refusal"), [(ObjectionKind.REPAIR, RepairTooLate), (ObjectionKind.STATEMENT, StatementTooEarly)]
)
def test_the_same_by_post(kind, refusal):
    listing = ended()
    said = objecting.said(listing, kind=kind, part="")
    with pytest.raises(refusal):
        raising.by_officer(said, objecting.brought(), officer=cast.clerk(), now=NOW)
    with pytest.raises(refusal):
        objecting.raised(listing, kind=kind, part="")


def test_beside_one_in_force_the_ended_one_is_left_out_where_an_early_end_is_asked_for():
    over_with = ended()
    going_on = cast.put_in_force(
        cast.draft(decision=cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")))
    )
    browser = phone(NUMBER)
    for kind in ("repair", "statement"):
        answer = answer_each(browser, ("kind", {"kind": kind}))
        assert f'value="{going_on.number}"' in answer.content.decode()
        assert f'value="{over_with.number}"' not in answer.content.decode()
        assert f"{over_with.number} has ended and is not offered here." in text(answer)
    answer = answer_each(browser, ("kind", {"kind": "objection"}))
    assert f'value="{over_with.number}"' in answer.content.decode()
    assert "is not offered here" not in text(answer)


def test_an_early_end_of_what_is_not_in_force_yet_is_not_offered():
    waiting = waiting_listing()
    answer = answer_each(phone(NUMBER), ("kind", {"kind": "repair"}))
    assert f'value="{waiting.number}"' not in answer.content.decode()
    assert "An early end can be asked for while the listing is in force." in text(answer)


def test_a_statement_about_what_has_ended_is_not_offered_for_removal():
    listing = cast.in_force()
    found = objecting.raised(listing, kind=ObjectionKind.STATEMENT, part="", words="我已悔过。")
    deciding.accept(found.number, officer=cast.registrar(), now=NOW)
    cast.withdrawn(cast.fresh(listing))
    assert "Remove my statement" not in text(phone(NUMBER).get("/objections/"))


@pytest.mark.parametrize(("number", "name"), [(cast.APPLICANT_NUMBER, NAME), (NUMBER, "另一人")])
def test_nobody_else_can(number, name):
    listing = ended()
    stranger = objecting.identity(number, name)
    assert finding.listings_of(stranger.subject(NOW)) == []
    with pytest.raises(NothingListed):
        objecting.raised(listing, by=stranger)
    page = phone(number, name).get(f"/record/listings/{listing.number}/")
    assert page.status_code == 404


def test_one_that_ended_by_sealing_is_as_absent_as_one_that_never_was():
    listing = cast.in_force()
    sealing.sealed(listing)
    assert finding.listings_of(objecting.identity().subject(NOW)) == []
    with pytest.raises(NothingListed):
        objecting.raised(listing)


def test_once_it_is_purged_nothing_can_be_said_about_it_on_the_pages_or_by_post(finance):
    listing = ended()
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    with pytest.raises(NothingListed):
        objecting.raised(listing)
    whose = objecting.identity()
    for part in ("term", "identity"):
        said, brought = objecting.said(listing, part=part), objecting.brought(whose=whose)
        with pytest.raises(NothingListed):
            raising.by_officer(said, brought, officer=cast.clerk(), now=NOW)


def test_the_page_of_the_ended_listing_leads_to_it():
    listing = ended()
    page = phone(NUMBER).get(reverse("person:record_listing", args=[listing.number]))
    assert reverse("person:new_objection") in page.content.decode()
    assert "You may object as long as it is held." in text(page)


# Decided


def test_what_had_ended_before_is_not_withdrawn_once_more():
    found = objecting.admitted(ended())
    for follows in ("correct", "revise", "withdraw"):
        with pytest.raises(FollowsImpossible):
            upheld(found, follows)
    found = upheld(found, "other")
    said = letter(found)
    assert "该登记在本决定作出之前已经结束" in said
    assert "通知此前收到该登记的全部部门" not in said
    found = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, reason="决定书已载明登记有误")
    assert (found.state, found.clock) == ("closed", "objection_served")


def test_what_was_withdrawn_since_it_was_objected_to_still_carries_it_out():
    listing = cast.in_force()
    found = objecting.admitted(listing)
    withdrawn = cast.withdrawn(cast.fresh(listing), now=NOW + DAY)
    upheld(found, "withdraw")
    proposal = withdrawn.proposals.get()
    done = deciding.carry_out(found.number, officer=cast.clerk(), now=NOW + DAY, proposal_id=proposal.pk)
    assert done.state == "closed"


def test_that_somebody_else_was_meant_leads_to_the_letter_that_clears(finance):
    listing = ended()
    walk()
    browser = phone(NUMBER)
    answer_each(browser, *questions(listing, part="identity"))
    found = Objection.objects.get()
    at_desk = desk.at_the_desk(cast.registrar())
    page = at_desk.get(reverse("sharing_desk:objection", args=[found.number])).content.decode()
    assert "The listing has ended, and nobody is told of it any more." in page
    assert "Suspend the listing" not in page
    deciding.admit(found.number, officer=cast.registrar(), now=NOW)
    judge = desk.at_the_desk(cast.second_judge())
    form = judge.get(reverse("sharing_desk:objection_step", args=[found.number, "uphold"])).content.decode()
    assert "that somebody else was meant is stated as the cause of its end" in form
    assert "the listing is withdrawn" not in form
    upheld(found, "withdraw")
    assert "澄清函" in letter(found)
    assert "通知此前收到该登记的全部部门" not in letter(found)
    proposal = cause_stated(cast.fresh(listing))
    deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, proposal_id=proposal.pk)
    path = reverse("person:objection", args=[found.number])
    assert "The letter that clears you" not in text(browser.get(path))
    browser.post(reverse("person:read_decision", args=[found.number]))
    assert "The letter that clears you" in text(browser.get(path))
    assert listing.number in text(browser.get(reverse("person:clearance")))
    assert clearing.is_cleared(cast.fresh(listing))


def test_a_reason_alone_clears_nobody_unless_one_who_had_no_hand_in_it_gives_it():
    found = upheld(objecting.admitted(ended(), part="identity"), "withdraw")
    with pytest.raises(WrongRole):
        deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, reason="已结束")
    with pytest.raises(MayNotDecide):
        deciding.carry_out(found.number, officer=cast.second_judge(), now=NOW, reason="已结束")
    he = cast.high_court_registrar()
    assert deciding.carry_out(found.number, officer=he, now=NOW, reason="登记的不是本人证件").state == "closed"


def test_where_it_was_stated_before_a_reason_is_enough():
    found = upheld(objecting.admitted(ended(cause=WithdrawalCause.WRONG_PERSON), part="identity"), "withdraw")
    assert deciding.carry_out(found.number, officer=cast.clerk(), now=NOW, reason="原因已载明").state == "closed"


# Kept


def confirmed_long_ago(finance):
    listing = ended()
    walk()
    confirm_purged(finance)
    return listing, over()


def decided(listing, later):
    """Upheld and carried out; nobody has served it."""
    found = objecting.raised(listing, now=later)
    deciding.admit(found.number, officer=cast.registrar(), now=later)
    deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=later, reason="已核对卷宗。", follows="other"
    )
    assert deciding.carry_out(found.number, officer=cast.clerk(), now=later, reason="决定书已载明").state == "closed"
    return found


def test_what_is_decided_is_kept_until_it_is_read_and_a_retention_longer(finance, settings):
    listing, later = confirmed_long_ago(finance)
    found = decided(listing, later)
    read = later + 100 * DAY
    assert purging.purge(now=read) == 0
    assert due.overview(now=read).retained == 1
    assert lasting.goes_on(objecting.identity().subject(later))
    deciding.serve(found.number, officer=None, now=read)
    kept = timedelta(days=settings.REGISTRY_RETENTION_DAYS)
    assert purging.purge(now=read + kept - DAY) == 0
    assert purging.purge(now=read + kept) == 1
    assert objecting.fresh(found).content == {}


def test_what_the_court_never_serves_is_not_kept_for_ever(finance, settings):
    listing, later = confirmed_long_ago(finance)
    found = decided(listing, later)
    over = later + timedelta(days=due.UNSERVED_DAYS + settings.REGISTRY_RETENTION_DAYS)
    assert purging.purge(now=over - DAY) == 0
    assert purging.purge(now=over) == 1
    assert objecting.fresh(found).content == {}
