"""What a draft alone says of a person is told to nobody, found by nobody, and goes with the draft; an approval proves each number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions, payload
from registry.actions import drafted
from registry.entries import DocumentEntry, PersonEntry
from registry.errors import DocumentApproved, IdentityMismatch
from registry.models import FormerName, IdentityDocument, Listing, State, WithdrawalCause
from sharing.employers import lookup
from sharing.employers.models import ScreeningOutcome
from tests import asking, cast, desk, importing, noticing
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

PASSPORT = DocumentEntry(type="passport_cn", number="EA1234567")
BOTH = (*cast.person().documents, PASSPORT)
UNIT = DocumentEntry(type="uscc", number=cast.UNIT_NUMBER)


def with_passport(**changes):
    return cast.party(cast.person(documents=BOTH, **changes))


def in_another_decision(entry=None, number="（2026）京0105刑初124号"):
    decision = actions.enter_decision(cast.judgment(number=number), officer=cast.clerk(), now=cast.NOW)
    return cast.draft(entry, decision)


def second_in_force(entry=None):
    return cast.put_in_force(in_another_decision(entry))


def discarded(listing):
    actions.discard([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")


def amended(listing, entry):
    listing = cast.fresh(listing)
    return actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)


def told(listing):
    return [row["type"] for row in payload.whole(cast.fresh(listing))["person"]["documents"]]


def answer(number=PASSPORT.number, kind=PASSPORT.type, name="高䶮"):
    asked = asking.question(document_type=kind, document_number=number, name=name)
    return asking.answered(asked).outcome


def approve(listing, *numbers):
    actions.approve(
        [listing.pk], typed={listing.pk: numbers}, revisions={listing.pk: listing.revision},
        officer=cast.judge(), now=cast.NOW,
    )  # fmt: skip


# Told and found


def test_a_number_of_somebody_elses_draft_does_not_go_out_with_a_listing_that_is_approved():
    cast.draft(with_passport())
    listing = second_in_force()
    assert told(listing) == ["resident_id"]


def test_nor_is_anybody_found_by_it():
    cast.draft(with_passport())
    second_in_force()
    assert answer() == ScreeningOutcome.NOT_LISTED
    assert answer(cast.DEFENDANT_NUMBER, "resident_id") == ScreeningOutcome.LISTED
    subject = lookup.subject(
        document_type=PASSPORT.type, document_number=PASSPORT.number, name="高䶮", today=cast.NOW.date()
    )
    assert lookup.bearers(subject) == []


def test_it_goes_out_once_a_judge_typed_it_from_the_judgment():
    first = cast.draft(with_passport())
    second_in_force()
    listing = cast.put_in_force(first)
    assert told(listing) == ["passport_cn", "resident_id"]
    assert answer() == ScreeningOutcome.LISTED


def test_a_former_name_of_a_unit_waits_for_its_approval_too():
    unit = PersonEntry(kind="unit", name="京华数据有限公司", documents=(UNIT,), former_names=("京华信息有限公司",))
    penalty = {"penalty_kind": "unit_fine", "sentence_months": 0, "prohibitions": ()}
    first = cast.draft(cast.party(unit, **penalty))
    plain = PersonEntry(kind="unit", name="京华数据有限公司", documents=(UNIT,))
    listing = cast.put_in_force(in_another_decision(cast.party(plain, **penalty)), number=cast.UNIT_NUMBER)
    assert payload.whole(listing)["person"]["former_names"] == []
    cast.put_in_force(first, number=cast.UNIT_NUMBER)
    assert payload.whole(cast.fresh(listing))["person"]["former_names"] == ["京华信息有限公司"]


def test_nobody_is_found_by_a_former_name_of_a_draft():
    cast.draft(cast.party(cast.person(former_names=("高岩",))))
    second_in_force()
    assert answer(cast.DEFENDANT_NUMBER, "resident_id", name="高岩") == ScreeningOutcome.PENDING


def test_of_whom_nothing_was_approved_is_found_for_his_own_rights_by_what_his_draft_says():
    first = cast.draft(with_passport())
    subject = lookup.subject(
        document_type=PASSPORT.type, document_number=PASSPORT.number, name="高䶮", today=cast.NOW.date()
    )
    assert lookup.persons(subject) == [first.party.person_id]
    assert answer() == ScreeningOutcome.NOT_LISTED


def waiting(entry=None):
    """Approved, and its notice is not served yet."""
    listing = cast.submitted(entry or with_passport())
    approve(listing, *(each.number for each in drafted.documents_of(listing.party)))
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    return cast.fresh(listing)


def test_what_was_approved_and_waits_is_not_told_with_another_listing_either(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    first = waiting()
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    listing = second_in_force()
    assert told(listing) == ["resident_id"]
    actions.take_effect(now=cast.NOW)
    assert told(first) == told(listing) == ["passport_cn", "resident_id"]


def test_once_it_was_stopped_it_is_taken_out_again_though_another_listing_is_in_force(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    first = waiting()
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    listing = second_in_force()
    actions.stop([first.pk], officer=cast.registrar(), now=cast.NOW, reason="the passport is another's")
    amended(first, cast.party())
    assert told(cast.put_in_force(cast.fresh(first))) == told(listing) == ["resident_id"]
    assert not IdentityDocument.including_mistaken.filter(type="passport_cn").exists()


def test_its_notice_names_it_all_the_same(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    words = noticing.text(noticing.made(waiting(), language="en").pdf)
    assert "Chinesepassport" in words
    assert "Residentidentitycard" in words


# What goes with the draft


def test_with_a_draft_that_is_discarded_goes_what_it_alone_said():
    first = cast.draft(with_passport(former_names=("高岩",)))
    listing = second_in_force()
    discarded(first)
    assert [row.type for row in IdentityDocument.including_mistaken.all()] == ["resident_id"]
    assert not FormerName.at_the_desk.exists()
    assert told(listing) == ["resident_id"]


def test_what_another_draft_says_stays_until_that_one_goes_too():
    first, second = cast.draft(with_passport()), in_another_decision(with_passport())
    discarded(first)
    assert [row.type for row in drafted.documents_of(second.party)] == ["passport_cn", "resident_id"]
    discarded(second)
    assert not IdentityDocument.including_mistaken.exists()


def test_a_document_and_a_former_name_that_are_taken_out_of_a_draft_are_gone_though_another_draft_stands():
    first = cast.draft(with_passport(former_names=("高岩",)))
    in_another_decision()
    amended(first, cast.party())
    assert [row.type for row in IdentityDocument.at_the_desk.all()] == ["resident_id"]
    assert not FormerName.at_the_desk.exists()


def test_a_draft_that_turns_out_to_be_about_somebody_else_takes_with_it_what_it_said_of_the_first():
    first = cast.draft(with_passport())
    second = in_another_decision()
    amended(first, cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    assert [row.type for row in drafted.documents_of(second.party)] == ["resident_id"]
    assert not IdentityDocument.at_the_desk.filter(type="passport_cn").exists()


def test_what_was_approved_with_another_listing_is_not_left_out_in_silence():
    listing = cast.in_force(with_passport())
    draft = in_another_decision(with_passport())
    with pytest.raises(DocumentApproved):
        amended(draft, cast.party())
    assert told(listing) == ["passport_cn", "resident_id"]


def test_a_draft_shows_what_it_says_itself_and_nothing_of_another_draft():
    cast.draft(with_passport(former_names=("高岩",)))
    second = in_another_decision()
    assert [row.type for row in drafted.documents_of(second.party)] == ["resident_id"]
    assert drafted.former_names_of(second.party) == []


def test_a_wrong_number_of_a_listing_that_was_withdrawn_as_entered_in_error_is_marked_before_it_is_entered_anew():
    listing = cast.withdrawn(cast.in_force(with_passport()), cause=WithdrawalCause.VOID)
    wrong = listing.party.person.documents.get(type="passport_cn")
    proposal = actions.propose(
        listing.pk, "mark_mistaken", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="the passport is another's", changes={"mistaken": str(wrong.pk)},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert told(second_in_force()) == ["resident_id"]


# What the judge types


def test_one_number_of_two_sends_the_draft_back():
    listing = cast.submitted(with_passport())
    with pytest.raises(IdentityMismatch):
        approve(listing, cast.DEFENDANT_NUMBER)
    assert cast.fresh(listing).state == State.DRAFT


def test_so_does_a_second_number_that_differs():
    listing = cast.submitted(with_passport())
    with pytest.raises(IdentityMismatch):
        approve(listing, cast.DEFENDANT_NUMBER, "EA7654321")
    assert cast.fresh(listing).state == State.DRAFT


def test_where_every_number_was_approved_before_one_is_enough():
    cast.in_force(with_passport())
    listing = in_another_decision(with_passport())
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    approve(cast.fresh(listing), PASSPORT.number)
    assert cast.fresh(listing).approved_by == cast.judge()


def test_no_number_at_all_approves_nothing():
    listing = cast.submitted()
    with pytest.raises(IdentityMismatch):
        approve(listing)


def test_the_sample_of_an_import_is_compared_number_by_number():
    row = importing.row(
        name="高䶮", document_number=cast.DEFENDANT_NUMBER,
        second_document_type=PASSPORT.type, second_document_number=PASSPORT.number,
    )  # fmt: skip
    made = importing.submitted([row])
    judge = desk.at_the_desk(cast.judge())
    page = judge.get(reverse("admin:review_import", args=[made.pk])).content.decode()
    assert 'name="row-2"' in page
    assert 'name="row-2-2"' in page
    sent = judge.post(reverse("admin:review_import", args=[made.pk]), {"row-2": cast.DEFENDANT_NUMBER})
    assert "Document number of row 2, from the judgment: Chinese passport" in sent.content.decode()
    sent = {"row-2": cast.DEFENDANT_NUMBER, "row-2-2": "EA7654321"}
    assert judge.post(reverse("admin:review_import", args=[made.pk]), sent).status_code == 409
    assert importing.fresh(made).state == "returned"


def test_a_file_of_old_decisions_that_was_approved_proves_what_a_draft_said():
    cast.draft(with_passport())
    row = importing.row(
        name="高䶮", document_number=cast.DEFENDANT_NUMBER,
        second_document_type=PASSPORT.type, second_document_number=PASSPORT.number,
    )  # fmt: skip
    importing.written([row])
    assert told(Listing.objects.latest("pk")) == ["passport_cn", "resident_id"]


@pytest.mark.django_db(transaction=True)
def test_an_amendment_in_the_moment_of_the_approval_takes_nothing_back_that_was_approved(monkeypatch):
    first = cast.submitted(with_passport())
    second = in_another_decision(with_passport())
    first_paused(
        monkeypatch, drafted, "_of_drafts",
        first=partial(amended, second, cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))),
        second=partial(approve, first, PASSPORT.number, cast.DEFENDANT_NUMBER),
    )  # fmt: skip
    assert told(first) == ["passport_cn", "resident_id"]


def test_what_a_file_says_of_who_is_not_in_force_yet_waits_too(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    row = importing.row(
        name="高䶮", document_number=cast.DEFENDANT_NUMBER,
        second_document_type=PASSPORT.type, second_document_number=PASSPORT.number,
    )  # fmt: skip
    importing.written([row])
    listing = Listing.objects.get()
    assert (listing.state, told(listing)) == (State.AWAITING_EFFECT, [])
    assert [each.type for each in drafted.documents_of(listing.party)] == ["passport_cn", "resident_id"]


# The page of the judge


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def reviewed(listing):
    judge = desk.at_the_desk(cast.judge())
    return judge, judge.get(reverse("admin:review", args=[listing.party.decision_id])).content.decode()


def test_the_page_has_a_field_for_each_document_and_shows_no_number(today):
    listing = cast.submitted(with_passport())
    judge, page = reviewed(listing)
    for label in ("Chinese passport", "resident identity card"):
        assert f"Document number of {listing.number}, from the judgment: {label}" in page
    assert "EA12" not in page
    sent = {f"revision-{listing.pk}": listing.revision, "approve": listing.pk, f"number-{listing.pk}": PASSPORT.number}
    where = reverse("admin:approve", args=[listing.party.decision_id])
    assert "resident identity card" in judge.post(where, sent).content.decode(), (
        "the second is missing, and nothing is sent back"
    )
    assert cast.fresh(listing).state == State.IN_REVIEW
    judge.post(where, sent | {f"number-{listing.pk}-2": cast.DEFENDANT_NUMBER})
    assert cast.fresh(listing).approved_by == cast.judge()


def test_the_page_says_what_else_goes_out_with_it(today):
    cast.in_force(with_passport())
    listing = in_another_decision(cast.party(cast.person(former_names=("高岩",))))
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    _judge, page = reviewed(cast.fresh(listing))
    assert "Approved before, and told with this listing, too" in page
    assert "<dd>Chinese passport; resident identity card</dd>" in page
    assert PASSPORT.number not in page
    assert "高岩" in page


def test_what_was_approved_with_another_listing_meanwhile_is_shown_masked_beside_the_number_to_type(today):
    first = cast.draft(with_passport())
    second_in_force()
    actions.submit([first.pk], officer=cast.clerk(), now=cast.NOW)
    _judge, page = reviewed(cast.fresh(first))
    assert f"Document number of {first.number}, from the judgment</label>" in page
    assert f"resident identity card {cast.DEFENDANT_NUMBER[:4]}**********{cast.DEFENDANT_NUMBER[-4:]}" in page


def test_a_birth_date_that_no_number_tells_and_the_occupations_of_a_prohibition_are_compared_too(today):
    ban = replace(cast.party().prohibitions[0], occupations=("bank_teller",))
    person = cast.person(documents=(PASSPORT,), birth_date=date(1990, 1, 2))
    listing = cast.submitted(cast.party(person, prohibitions=(ban,)))
    _judge, page = reviewed(listing)
    assert "2 January 1990" in page
    assert "bank teller" in page


def test_a_birth_date_that_the_number_tells_is_not_shown_for_it_would_give_the_number_away(today):
    _judge, page = reviewed(cast.submitted())
    assert "Birth date" not in page


def test_the_clerk_compares_the_same_before_submitting(today):
    ban = replace(cast.party().prohibitions[0], occupations=("bank_teller",))
    listing = cast.draft(cast.party(cast.person(former_names=("高岩",)), prohibitions=(ban,)))
    page = (
        desk.at_the_desk(cast.clerk()).get(reverse("admin:submit", args=[listing.party.decision_id])).content.decode()
    )
    assert "高岩" in page
    assert "bank teller" in page
