"""What is of a decision may stand in its first row alone, whatever becomes of that row."""

from __future__ import annotations

from datetime import date

import pytest

from registry.models import ImportRow, Listing, Person, RowState
from tests import cast
from tests.importing import approved, checked, csv_file, faults, fresh, read_in, row, work, written
from tests.test_import_refusals import penalty

pytestmark = pytest.mark.django_db
OF_DECISION = (
    "instance", "instrument", "filed_on", "pronounced_on", "prosecutor_received_on", "effect_certified_on", "facts", "data",
)  # fmt: skip
NOTHING = dict.fromkeys(OF_DECISION)


def young(**changes: str | None) -> dict[str, str]:
    """Sixteen years old at the offence."""
    return row(0, document_number=cast.resident("11010520060101001"), name="林小安", **changes)


def further(serial: int, **changes: str | None) -> dict[str, str]:
    """Another party of the decision of row 0, with what is its own alone."""
    return row(serial, number=row(0)["number"], **{**NOTHING, **changes})


def test_a_juveniles_row_that_comes_first_takes_nothing_from_the_others(notice_waived):
    made = written([young(), further(1), further(2)])
    assert (made.written, faults(made)) == (2, [(2, "", "R-209")])
    decision = Listing.objects.all()[0].party.decision
    assert decision.facts == ["telecom_fraud_related"]
    assert decision.parties.count() == 2


def test_what_stands_in_a_juveniles_row_alone_is_not_lost(notice_waived):
    written([young(), row(1, number=row(0)["number"], facts=None, data=None)])
    assert Listing.objects.get().party.decision.facts == ["telecom_fraud_related"]


def test_what_the_next_row_says_itself_stands(notice_waived):
    made = written([young(facts="x", fine_yuan="7"), further(1, facts="telecom_fraud_related", fine_yuan=None)])
    assert made.written == 1
    party = Listing.objects.get().party
    assert (party.decision.facts, party.fine_yuan) == (["telecom_fraud_related"], 0)


def test_of_several_juveniles_the_decision_goes_to_the_first_who_is_none(notice_waived):
    second = {**further(0), "document_number": cast.resident("11010520060202002"), "name": "林小宁"}
    assert written([young(), second, further(1)]).written == 1


def test_what_is_wrong_in_a_juveniles_row_of_the_decision_is_wrong_in_the_next():
    made = checked([young(facts="=A1"), further(1)])
    assert faults(made) == [(2, "", "R-209"), (3, "facts", "R-545")]


def test_nothing_of_a_juvenile_is_in_the_row_that_takes_his_decision_over():
    made = read_in(csv_file([young(), further(1)]))
    first, second = ImportRow.objects.filter(of_import=made).order_by("row")
    assert (first.sealed, first.key) == (None, None)
    assert "林小安" not in second.cells.values()
    assert cast.resident("11010520060101001") not in second.cells.values()


def test_a_first_row_that_the_book_has_already_takes_nothing_from_the_others(notice_waived):
    written([row(0)])
    made = written([row(0), further(1)])
    assert (made.entered, made.written) == (1, 1)


def test_further_rows_of_a_penalty_need_its_number_alone(notice_waived):
    alone = {"kind": None, "authority": None, "pronounced_on": None}
    made = written([penalty(0), penalty(1, **alone), row(5), penalty(2, **alone)])
    assert (made.written, faults(made)) == (4, [])
    assert sorted(each.party.decision.parties.count() for each in Listing.objects.all()) == [1, 3, 3, 3]


def test_a_penalty_that_says_no_authority_takes_that_of_the_row_before(notice_waived):
    made = written([penalty(0), penalty(1, authority=None), penalty(2, kind=None)])
    assert (made.written, faults(made)) == (3, [])


def test_a_case_number_is_no_penalty_because_a_row_before_said_so():
    made = checked([penalty(0, number=row(1)["number"]), row(1)])
    assert (3, "number", "R-378") not in faults(made)
    assert made.sound == 2


def test_who_turns_out_to_be_a_juvenile_after_the_approval_takes_no_co_defendant_along(notice_waived):
    """Two officers correct a birth date while the import waits to be written."""
    before = written([row(0, number="（2023）京0105刑初900号")])
    made = approved([row(0), further(1)])
    person = Person.objects.get()
    person.birth_date, person.birth_date_corrected = date(2010, 1, 1), True
    person.save(update_fields=["birth_date_sealed", "birth_date_corrected"])
    work()
    made = fresh(made)
    assert (before.written, made.written, faults(made)) == (1, 1, [(2, "", "R-209")])
    told = made.rows.get(state=RowState.WRITTEN).listing_number
    listing = Listing.objects.get(number=told)
    assert (listing.party.person.name, listing.party.decision.parties.count()) == (row(1)["name"], 1)
    assert listing.party.decision.facts == ["telecom_fraud_related"]
