"""A number that a spreadsheet kept as a number and wrote out again: its last three digits are zeros, and may be somebody else's."""

from __future__ import annotations

import pytest

from registry import case_files
from registry.entries import FedCase
from registry.identity import canonical
from tests import cast
from tests.importing import checked, csv_file, faults, row, xlsx_file
from tests.test_uploads import HEAD, LISTED, csv_of, workbook_of
from tests.test_uploads import faults as faults_of_batch

ROUNDED = cast.resident("11010519880303000")


def test_one_in_eleven_of_them_is_a_number_that_somebody_may_bear():
    assert ROUNDED.endswith("000")
    assert canonical("resident_id", ROUNDED, today=cast.NOW.date()) == ROUNDED


@pytest.mark.django_db
@pytest.mark.parametrize("made", [csv_file, xlsx_file])
@pytest.mark.parametrize("written", [ROUNDED, f"'{ROUNDED}", "110105198803041000"])
def test_an_import_takes_none_at_its_word(made, written):
    second = {"second_document_number": written, "second_document_type": "passport_other"}
    said = [row(0, document_number=written), row(1), row(2, **second), row(3, facts=None, gains_yuan="1000")]
    found = checked(made(said))
    assert faults(found) == [(2, "document_number", "R-299"), (4, "second_document_number", "R-299")]
    assert found.sound == 2


@pytest.mark.parametrize("made", [csv_of, workbook_of])
def test_an_applicant_whose_number_ends_so_is_asked_about_as_everybody(made):
    """One in eleven hundred bears such a number, and a campaign has no other way to ask about him."""
    assert faults_of_batch(made(HEAD, [*LISTED[:3], ROUNDED, *LISTED[4:]])) == []


def test_elsewhere_such_digits_are_only_digits():
    head, case = ["案号", "立案日期", "前案案号"], ["（2026）京0105刑初7号", "2026-03-02", ROUNDED]
    ((_row, read),) = case_files.read(csv_of(head, case))
    assert isinstance(read, FedCase)
    assert read.continues == ROUNDED


@pytest.mark.django_db
def test_other_numbers_that_end_in_zeros_are_taken():
    second = {"second_document_number": "E12345000", "second_document_type": "passport_other"}
    assert faults(checked(csv_file([row(0, **second)]))) == []
