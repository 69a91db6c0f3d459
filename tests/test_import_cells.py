"""What a cell says is read as it was meant, or refused: numbers with commas, names that come twice."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError

from registry.admin.fields import Whole
from registry.importing.columns import COLUMNS
from registry.models import FormerName, Listing
from tests.importing import checked, csv_file, faults, row, written, xlsx_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("fine_yuan", "2,5"), ("fine_yuan", "20,00"), ("fine_yuan", "20 000"), ("fine_yuan", "2000,000"),
        ("gains_yuan", "1，5"), ("data", "phone_number:52,00"), ("sentence_months", "3,6"), ("sentence_months", "3 6"),
        ("probation_months", "1,000"), ("custody_credited_days", "1,000"), ("prohibition_months", "3,6"),
    ],
)  # fmt: skip
def test_a_number_whose_commas_set_no_thousands_apart_is_refused(column, text):
    assert faults(checked([row(0, **{column: text})])) == [(2, column, "R-214")]


@pytest.mark.parametrize(("text", "yuan"), [("20,000", 20_000), ("１，２３４，５６７", 1_234_567), ("1,000.00", 1000)])
def test_thousands_of_an_amount_may_be_set_apart(notice_waived, text, yuan):
    written([row(0, fine_yuan=text, data=f"phone_number:{text}")])
    party = Listing.objects.get().party
    assert (party.fine_yuan, party.decision.data.get().records) == (yuan, yuan)


@pytest.mark.parametrize(("typed", "grouped"), [("3,6", True), ("3 6", True), ("3,6", False), ("1,000", False)])
def test_by_hand_it_is_refused_too(typed, grouped):
    with pytest.raises(ValidationError, match="R-214"):
        Whole(most=1_000_000, grouped=grouped).clean(typed)


@pytest.mark.parametrize(("typed", "grouped", "number"), [("20,000", True, 20_000), ("36", False, 36)])
def test_by_hand_it_is_read_too(typed, grouped, number):
    assert Whole(most=1_000_000, grouped=grouped).clean(typed) == number


@pytest.mark.parametrize("said", ["林安旧、林安旧", "林安旧、林安 旧、林安旧"])
def test_a_former_name_that_is_said_twice_is_kept_once(notice_waived, said):
    assert written([row(0, former_names=said)]).written == 1
    assert FormerName.objects.count() == 1


@pytest.mark.parametrize("kept", [time(9, 30), timedelta(hours=30)], ids=["time of day", "duration"])
@pytest.mark.parametrize("column", ["prohibition_scope", "received_on", "fine_yuan", "name"])
def test_a_time_that_the_spreadsheet_keeps_is_named_as_one_and_is_nobodys_words(column, kept):
    made = checked(xlsx_file([row(0, **{column: kept}), row(1)]))
    assert (faults(made)[0], made.sound) == ((2, column, "R-234"), 1)


@pytest.mark.parametrize("file", [xlsx_file, csv_file])
@pytest.mark.parametrize("nothing", [" ", "\u3000", "\xa0", "\u200b", "\ufeff", "'", "' "], ids=ascii)
def test_a_row_whose_cells_show_nothing_is_no_row(file, nothing):
    made = checked(file([row(0), dict.fromkeys(COLUMNS, nothing), row(1)]))
    assert (faults(made), made.total, made.sound) == ([], 2, 2)


@pytest.mark.parametrize("nothing", ["\u200b", "'"], ids=ascii)
def test_a_cell_that_shows_nothing_is_empty(nothing):
    made = checked([row(0, detained=nothing, probation_months=nothing, birth_date=nothing)])
    assert (faults(made), made.sound) == ([], 1)


def test_no_former_name_is_left_out_unsaid(notice_waived):
    ten = "、".join(f"林安{each}" for each in "甲乙丙丁戊己庚辛壬癸")
    made = checked([row(0, former_names=ten), row(1, former_names=f"{ten}、林安子")])
    assert (faults(made), made.sound) == ([(3, "former_names", "R-789")], 1)


@pytest.mark.parametrize("kept", [12345678, 1234567890123, 0.5, -12345678])
def test_a_document_number_that_the_spreadsheet_keeps_as_a_number_may_have_lost_its_zeros(kept):
    passport = {"document_type": "passport_other", "birth_date": "1988-03-04"}
    said = [
        row(0, document_number=kept, **passport),
        row(1, document_number="01234567", **passport),
        row(2, second_document_number=kept, second_document_type="passport_other"),
    ]
    made = checked(xlsx_file(said))
    assert faults(made) == [(2, "document_number", "R-791"), (4, "second_document_number", "R-791")]
    assert made.sound == 1


def test_of_fifteen_digits_it_is_a_resident_identity_number_of_before():
    made = checked(xlsx_file([row(0, document_number=110105600101001), row(1, fine_yuan=20000, sentence_months=36)]))
    assert (faults(made), made.sound) == ([], 2)
