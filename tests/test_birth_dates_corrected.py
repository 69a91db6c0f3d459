"""Whose birth date two officers corrected, is entered again by it, whatever the numbers of his documents tell."""

from __future__ import annotations

from datetime import date

import pytest

from registry import actions
from registry.entries import DocumentEntry
from registry.errors import BirthDatesDiffer, Juvenile, SameNumberOtherName
from registry.models import Listing, Person
from sharing.retention import purging
from tests import cast
from tests import desk as typing
from tests.desk import at_the_desk
from tests.importing import faults, row, written
from tests.purging import over, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

BORN = date(1988, 3, 4)  # as the defendant's number tells
HELD = date(1990, 1, 1)
PASSPORT = DocumentEntry(type="passport_cn", number="EA1234567")
YOUTH_NUMBER = cast.resident("11010520070101331")  # 17 on 6 May 2024


def corrected(to: date = HELD) -> Listing:
    return cast.corrected(cast.in_force(), birth_date=to.isoformat())


def entered_again(entry=None) -> Listing:
    return cast.draft(entry, decision=cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号")))


def test_he_is_entered_again_by_the_same_number():
    listing = corrected()
    again = entered_again()
    assert again.party.person == listing.party.person
    assert again.party.person.birth_date == HELD
    assert again.party.person.birth_date_corrected
    assert cast.put_in_force(again).party.person.birth_date == HELD


def test_who_was_never_corrected_is_as_the_number_tells():
    assert not cast.in_force().party.person.birth_date_corrected
    with pytest.raises(BirthDatesDiffer):
        entered_again(cast.party(cast.person(birth_date=HELD)))


def test_the_birth_date_that_is_held_may_be_typed_beside_the_number():
    corrected()
    assert entered_again(cast.party(cast.person(birth_date=HELD))).party.person.birth_date == HELD


@pytest.mark.parametrize("typed", [BORN, date(1991, 1, 1)])
def test_another_one_is_an_alarm_that_of_the_number_included(typed):
    corrected()
    with pytest.raises(BirthDatesDiffer) as refused:
        entered_again(cast.party(cast.person(birth_date=typed)))
    assert refused.value.field == "birth_date"


def test_under_another_name_the_number_is_an_alarm_as_ever():
    corrected()
    with pytest.raises(SameNumberOtherName):
        entered_again(cast.party(cast.person(name="欧阳㛃")))


def test_a_passport_that_tells_no_birth_date_is_enough_once_it_is_held():
    documents = (*cast.person().documents, PASSPORT)
    listing = cast.corrected(cast.in_force(cast.party(cast.person(documents=documents))), birth_date=HELD.isoformat())
    again = entered_again(cast.party(cast.person(documents=(PASSPORT,))))
    assert again.party.person == listing.party.person


def test_his_age_at_an_offence_is_counted_from_the_birth_date_that_is_held():
    corrected(date(2005, 1, 1))  # 19 at the offence of that listing, and 17 at this one
    with pytest.raises(Juvenile):
        entered_again(cast.party(offence_dates=(date(2022, 5, 6),)))
    assert Listing.objects.count() == 1


def test_and_who_is_older_than_the_number_tells_is_entered():
    grown = cast.party(cast.person(YOUTH_NUMBER), offence_dates=(date(2026, 5, 6),))
    cast.corrected(cast.in_force(grown, number=YOUTH_NUMBER), birth_date="1999-01-01")
    youth_by_number = cast.party(cast.person(YOUTH_NUMBER), offence_dates=(date(2024, 5, 6),))
    assert entered_again(youth_by_number).party.person.birth_date == date(1999, 1, 1)


def test_what_was_decided_of_his_birth_date_no_further_document_unsettles():
    grown = cast.party(cast.person(YOUTH_NUMBER), offence_dates=(date(2026, 5, 6),))
    listing = cast.corrected(cast.in_force(grown, number=YOUTH_NUMBER), birth_date="1999-01-01")
    document = {"type": "hmt_residence_permit", "number": cast.resident("83000020090101123")}  # 17 at the offence
    with pytest.raises(BirthDatesDiffer):
        actions.propose(
            listing.pk, "revise", against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="another card",
            ground="出入境〔2026〕8号", changes={"document": document},
        )  # fmt: skip


def test_a_draft_of_his_is_amended():
    corrected()
    draft = entered_again()
    entry = cast.party(fine_yuan=15_000)
    amended = actions.amend_party(draft.pk, entry, revision=draft.revision, officer=cast.clerk(), now=cast.NOW)
    assert (amended.party.fine_yuan, amended.party.person.birth_date) == (15_000, HELD)


def test_the_desk_enters_him_again():
    corrected()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    browser = at_the_desk(cast.clerk())
    browser.post(f"/desk/decisions/{decision.pk}/parties/new/", typing.party())
    assert decision.parties.get().person.birth_date == HELD


def test_the_desk_amends_his_draft_as_it_shows_it():
    corrected()
    draft = entered_again()
    browser = at_the_desk(cast.clerk())
    address = f"/desk/listings/{draft.number}/amend/"
    assert HELD.isoformat() in browser.get(address).text
    rows = {f"{prefix}-INITIAL_FORMS": "1" for prefix in ("documents", "prohibitions")}
    typed = typing.party(birth_date=HELD.isoformat(), fine_yuan="15,000", revision=draft.revision, **rows)
    assert browser.post(address, typed).status_code == 302
    assert cast.fresh(draft).party.fine_yuan == 15_000


def test_a_file_of_old_decisions_has_him_by_the_birth_date_that_is_held():
    listing = corrected()
    him = {"name": "高䶮", "document_number": cast.DEFENDANT_NUMBER}
    made = written([row(0, **him), row(1), row(2, **him, birth_date="1991-01-01")])
    assert (made.written, faults(made)) == (2, [(4, "birth_date", "R-109")])
    assert Listing.objects.filter(party__person=listing.party.person).count() == 2


def test_once_nobody_is_entered_under_him_nothing_is_left_of_it():
    listing = cast.withdrawn(corrected())
    walk()
    assert purging.purge(now=over()) == 1
    person = Person.objects.get(pk=listing.party.person_id)
    assert (person.birth_date, person.birth_date_corrected) == (None, False)
