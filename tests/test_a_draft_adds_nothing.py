"""Who is in the book is found and told by what two officers stand behind: a draft adds no document and no former name to it."""

from __future__ import annotations

from datetime import date

import pytest

from registry import actions, log, payload
from registry.actions import drafted
from registry.entries import DocumentEntry, PersonEntry
from registry.errors import FurtherDocument, FurtherFormerName
from registry.models import Event, IdentityDocument, Listing
from tests import cast, importing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

PASSPORT = DocumentEntry(type="passport_cn", number="EA1234567")
OTHER_PASSPORT = DocumentEntry(type="passport_cn", number="EA7654321")


def with_documents(*more, **changes):
    return cast.party(cast.person(documents=(*cast.person().documents, *more), **changes))


def from_another_decision(entry):
    decision = actions.enter_decision(
        cast.judgment(number="（2026）京0105刑初124号"), officer=cast.clerk(), now=cast.NOW
    )
    return cast.draft(entry, decision)


def told_documents(listing):
    return [row["type"] for row in payload.whole(cast.fresh(listing))["person"]["documents"]]


@pytest.mark.parametrize("standing", [cast.draft, cast.in_force, lambda: cast.withdrawn(cast.in_force())])
def test_a_document_typed_beside_one_that_the_book_has_is_refused_with_what_to_do(standing):
    listing = standing()
    with pytest.raises(FurtherDocument) as refused:
        from_another_decision(with_documents(PASSPORT))
    assert refused.value.field == "documents.1.number"
    assert "passport_cn" not in told_documents(listing)


def test_without_it_the_person_is_entered_and_two_officers_add_it():
    listing = cast.in_force()
    assert from_another_decision(cast.party()).party.person_id == listing.party.person_id
    proposal = actions.propose(
        listing.pk, "revise", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="a passport",
        ground="（2026）京0105刑初124号", changes={"document": {"type": PASSPORT.type, "number": PASSPORT.number}},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert told_documents(listing) == ["passport_cn", "resident_id"]


def test_whoever_bears_both_already_is_entered_by_both():
    listing = cast.draft(with_documents(PASSPORT))
    assert from_another_decision(with_documents(PASSPORT)).party.person_id == listing.party.person_id


def test_the_documents_of_the_only_draft_are_amended_as_before():
    listing = cast.draft(with_documents(PASSPORT))
    actions.amend_party(listing.pk, with_documents(OTHER_PASSPORT), revision=1, officer=cast.clerk(), now=cast.NOW)
    numbers = {row.number for row in IdentityDocument.at_the_desk.all()}
    assert numbers == {cast.DEFENDANT_NUMBER, OTHER_PASSPORT.number}


def test_nor_does_an_amended_draft_add_one():
    listing = cast.in_force()
    draft = from_another_decision(cast.party())
    with pytest.raises(FurtherDocument):
        actions.amend_party(draft.pk, with_documents(PASSPORT), revision=1, officer=cast.clerk(), now=cast.NOW)
    assert told_documents(listing) == ["resident_id"]


def test_that_somebody_is_sealed_is_not_told_by_it():
    listing = cast.in_force()
    proposal = actions.propose(
        listing.pk, "correct", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="born later",
        ground="（2026）京0105刑初123号之一", changes={"birth_date": "2008-03-04"},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert not Listing.objects.exists(), "it is sealed"
    entry = cast.party(
        cast.person(documents=(*cast.person().documents, PASSPORT), birth_date=date(2008, 3, 4)),
        offence_dates=(date(2026, 5, 6),),
    )
    draft = from_another_decision(entry)
    assert [row.type for row in drafted.documents_of(draft.party)] == ["passport_cn", "resident_id"]
    actions.amend_party(draft.pk, entry, revision=1, officer=cast.clerk(), now=cast.NOW)


def unit(*former_names, name="京华数据有限公司"):
    document = DocumentEntry(type="uscc", number=cast.UNIT_NUMBER)
    person = PersonEntry(kind="unit", name=name, documents=(document,), former_names=former_names)
    return cast.party(person, penalty_kind="unit_fine", sentence_months=0, prohibitions=())


def test_a_former_name_of_a_unit_which_recipients_are_told_is_none_of_a_draft_either():
    listing = cast.in_force(unit("京华信息有限公司"), number=cast.UNIT_NUMBER)
    with pytest.raises(FurtherFormerName) as refused:
        from_another_decision(unit("京华信息有限公司", "北华数据有限公司"))
    assert refused.value.field == "former_names.1"
    assert payload.whole(cast.fresh(listing))["person"]["former_names"] == ["京华信息有限公司"]


def test_a_file_of_old_decisions_adds_none_either():
    listing = cast.in_force()
    row = importing.row(
        name="高䶮", document_number=cast.DEFENDANT_NUMBER,
        second_document_type=PASSPORT.type, second_document_number=PASSPORT.number,
    )  # fmt: skip
    assert importing.faults(importing.checked([row])) == [(2, "second_document_number", FurtherDocument.code)]
    assert told_documents(listing) == ["resident_id"]


def test_what_another_row_of_the_file_says_of_the_person_is_not_told_with_the_first():
    rows = [
        importing.row(0, name="高䶮", document_number=cast.DEFENDANT_NUMBER, pronounced_on="2023-08-31"),
        importing.row(
            1, name="高䶮", document_number=cast.DEFENDANT_NUMBER,
            second_document_type=PASSPORT.type, second_document_number=PASSPORT.number,
        ),
    ]  # fmt: skip
    importing.written(rows)
    listing = Listing.objects.get()
    told = log.read(Event.objects.get(listing=listing))["listing"]["person"]["documents"]
    assert [row["type"] for row in told] == told_documents(listing) == ["resident_id"]
