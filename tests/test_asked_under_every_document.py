"""Who asked about me: under every document that the book has of the person, and never about somebody else."""

from __future__ import annotations

import re

import pytest

from registry.entries import DocumentEntry
from registry.models import WithdrawalCause
from sharing.employers.models import Screening
from sharing.persons.identity.proving import Identity
from sharing.persons.record import asked, mine
from tests import asking, cast, mistaking, visiting
from tests.mistaking import HE, HERS, PASSPORT, SHE
from tests.visiting import main_of, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
OWN = DocumentEntry(type="resident_id", number=visiting.NUMBER)


@pytest.fixture
def listing():
    return cast.in_force(cast.party(cast.person(documents=(OWN, PASSPORT))))


def under_the_passport(name=visiting.NAME):
    return asking.answered(asking.question(document_type=PASSPORT.type, document_number=PASSPORT.number, name=name))


def asked_page(number=visiting.NUMBER, name=visiting.NAME):
    return main_of(visitor(number, name).get("/record/asked/"))


def test_a_question_under_another_document_of_the_person_is_found(listing):
    found = under_the_passport()
    browser = visitor()
    assert "Nobody has asked about you." not in main_of(browser.get("/record/asked/"))
    words = main_of(browser.get(f"/record/asked/{found.pk}/"))
    assert "a listing" in words.lower()
    assert "another name" not in words
    assert re.search("Who asked[^0-9]* 1 ", main_of(browser.get("/record/")))


def test_by_another_name_it_is_the_business_of_whoever_bears_that_number(listing):
    under_the_passport(name="王小明")
    assert "Nobody has asked about you." in asked_page()
    assert visitor().get(f"/record/asked/{Screening.objects.get().pk}/").status_code == 404


def test_what_was_asked_about_her_is_not_found_by_him_for_whom_her_number_was_mistyped():
    listing = mistaking.mistyped(PASSPORT)
    asking.answered(asking.question(document_number=HERS, name=SHE))
    assert found_by_passport() == []
    of_him = asking.answered(asking.question(document_number=HERS, name=HE))
    assert found_by_passport() == [of_him.pk]
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    mistaking.marked(cast.fresh(listing))
    assert found_by_passport() == [], "the number is hers"


def found_by_passport():
    he = Identity(document_type=PASSPORT.type, document_number=PASSPORT.number, name=HE)
    return [each.pk for each in asked.about(mine.subjects(he.subject(cast.NOW)))]


def test_who_is_in_no_book_finds_what_was_asked_under_the_document_that_he_came_with():
    asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    assert "Nobody has asked about you." not in asked_page(cast.APPLICANT_NUMBER, "王小明")
