"""Entering: what is entered twice, at once, or under a number that is amended."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections

from registry import actions
from registry.entries import CaseEntry, DocumentEntry, ProhibitionEntry
from registry.errors import (
    DatesOutOfOrder,
    DuplicateCase,
    DuplicateDecision,
    Refusal,
    SameNumberOtherName,
    TwoResidentNumbers,
    UnknownCode,
)
from registry.models import Case, Decision, IdentityDocument, Person
from tests import cast


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_enter_the_same_decision_at_once_enter_it_once():
    clerk = cast.clerk()
    answers = _at_once(lambda: actions.enter_decision(cast.judgment(), officer=clerk, now=cast.NOW))
    assert sorted(answers) == ["", DuplicateDecision.code]
    assert Decision.objects.count() == Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_file_the_same_case_at_once_file_it_once():
    clerk = cast.clerk()
    entry = CaseEntry(number="（2026）京0105刑初7号", filed_on=cast.judgment().filed_on)
    answers = _at_once(lambda: actions.file_case(entry, officer=clerk, now=cast.NOW))
    assert sorted(answers) == ["", DuplicateCase.code]


@pytest.mark.django_db(transaction=True)
def test_the_same_person_entered_in_two_decisions_at_once_is_one_person():
    clerk = cast.clerk()
    first = cast.entered_decision()
    second = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    decisions = [first.pk, second.pk]
    answers = _at_once(lambda: actions.add_party(decisions.pop(), cast.party(), officer=clerk, now=cast.NOW))
    assert answers == ["", ""]
    assert Person.objects.count() == IdentityDocument.at_the_desk.count() == 1


@pytest.mark.django_db
def test_a_number_typed_twice_for_one_person_is_one_document():
    twice = (DocumentEntry(type="resident_id", number=cast.DEFENDANT_NUMBER),) * 2
    cast.draft(cast.party(cast.person(documents=twice)))
    assert IdentityDocument.at_the_desk.count() == 1


@pytest.mark.django_db
def test_a_decision_amended_to_another_number_belongs_to_that_case():
    decision = cast.entered_decision()
    entry = cast.judgment(number="（2026）京0105刑初124号")
    actions.amend_decision(decision.pk, entry, revision=1, officer=cast.clerk(), now=cast.NOW)
    decision.refresh_from_db()
    assert decision.case is not None
    assert decision.case.number == decision.number == "（2026）京0105刑初124号"


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"kind": "civil"}, {"authority": "CAC"}, {"instrument": "letter"}])
def test_a_judgment_that_is_none_is_refused_by_name(change):
    with pytest.raises(UnknownCode) as refused:
        cast.entered_decision(cast.judgment(**change))
    assert refused.value.field == next(iter(change))


@pytest.mark.django_db
def test_documents_of_two_persons_are_never_merged():
    twin = cast.resident("11010819880304452")  # born on the same day
    cast.draft()
    cast.draft(cast.party(cast.person(twin, "陆㛃")))
    documents = tuple(DocumentEntry(type="resident_id", number=number) for number in (cast.DEFENDANT_NUMBER, twin))
    with pytest.raises(TwoResidentNumbers):
        cast.draft(cast.party(cast.person(documents=documents)))


@pytest.mark.django_db
def test_nor_where_the_other_document_is_a_passport():
    passport = DocumentEntry(type="passport_cn", number="EA1234567")
    born = cast.draft().party.person.birth_date
    cast.draft(cast.party(cast.person(documents=(passport,), birth_date=born, name="陆㛃")))
    with pytest.raises(SameNumberOtherName):
        cast.draft(cast.party(cast.person(documents=(*cast.person().documents, passport))))


def _at_once(act: Callable[[], object]) -> list[str]:
    """The act done by two threads together: "" or the code of the refusal of each."""
    barrier = Barrier(2)

    def run() -> str:
        try:
            barrier.wait(timeout=10)
            act()
        except Refusal as refusal:
            return refusal.code
        else:
            return ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        return [done.result(timeout=30) for done in [threads.submit(run), threads.submit(run)]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "becomes"),
    [
        ({"offence_dates": (date(2026, 8, 20),)}, date(2026, 8, 1)),
        (
            {"prohibitions": (ProhibitionEntry(scope="不得从事", months=36, starts_on=date(2026, 9, 1)),)},
            date(2026, 9, 10),
        ),
    ],
    ids=["before what was done", "after a prohibition starts"],
)
def test_a_decision_is_not_amended_to_a_day_that_contradicts_its_parties(party, becomes):
    listing = cast.draft(cast.party(received_on=None, **party))
    amended = cast.judgment(pronounced_on=becomes, prosecutor_received_on=None)
    with pytest.raises(DatesOutOfOrder) as refused:
        actions.amend_decision(listing.party.decision_id, amended, revision=1, officer=cast.clerk(), now=cast.NOW)
    assert refused.value.field == "pronounced_on"
    assert cast.fresh(listing).party.decision.pronounced_on == date(2026, 9, 1)
