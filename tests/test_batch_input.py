"""Whatever a spreadsheet makes of the row of a listed person, it is answered rightly or refused by row: never cleared."""

from __future__ import annotations

from datetime import date

import pytest

from sharing.employers import batch
from sharing.employers.models import BatchRow, Screening, ScreeningOutcome
from tests import asking, batches, cast
from tests.test_uploads import csv_of, workbook_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NUMBER = cast.resident("11010519880304456")
LOWER = next(n for n in (cast.resident(f"11010519880304{each:03d}") for each in range(100, 999)) if n.endswith("X"))
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def line(name="高䶮", number=NUMBER, **changes):
    cells = {"key": "A-1", "name": name, "type": "", "number": number, "form": batches.form(), "day": "2026-11-20"}
    return list({**cells, **changes}.values())


def uploaded(file):
    employer = asking.bank()
    hr = batches.hr(employer)
    made = batch.check(file, purpose=batches.PURPOSE, post=batches.POST, employer=employer, member=hr, now=cast.NOW)
    if made.left:
        batch.begin(made.pk, employer=employer, now=cast.NOW)
    batches.work()
    return made


def answers(file):
    """Of each row: the outcome, or what it was refused for."""
    found = uploaded(file).rows.order_by("place")
    return [row.screening.outcome if row.screening else row.refusals[0]["code"] for row in found]


def listed(name="高䶮", number=NUMBER):
    cast.in_force(cast.party(cast.person(number, name)), number=number)


SPELLINGS = {
    "full-width digits": (NUMBER, NUMBER.translate(WIDE)),
    "ideographic spaces": (NUMBER, f"　{NUMBER[:6]}　{NUMBER[6:14]}　{NUMBER[14:]}　"),
    "lower-case x": (LOWER, LOWER.lower()),
    "full-width x": (LOWER, LOWER.translate(WIDE)),
    "an apostrophe in front": (NUMBER, f"'{NUMBER}"),
}


@pytest.mark.parametrize(("number", "typed"), SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("form", [csv_of, workbook_of])
def test_a_number_in_another_spelling_finds_its_person(form, number, typed):
    listed(number=number)
    assert answers(form(batches.HEAD, line(number=typed))) == ["listed"]


NAMES = {
    "a rare character": ("高䶮", "高䶮"),
    "a rarer character": ("王𬭩", "王𬭩"),
    "a middle dot": ("古丽·买买提", "古丽·买买提"),
    "another dot": ("古丽·买买提", "古丽・买买提"),
    "a bullet": ("古丽·买买提", "古丽•买买提"),
    "a space inside": ("高䶮", "高　䶮"),
    "full-width letters": ("ANNA", "Ａnna"),
}


@pytest.mark.parametrize(("name", "typed"), NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_name_in_another_spelling_or_encoding_is_the_persons(name, typed, encoding):
    listed(name)
    assert answers(csv_of(batches.HEAD, line(typed), encoding=encoding)) == ["listed"]


def test_a_file_of_an_old_excel_is_read():
    listed("高晨")
    assert answers(csv_of(batches.HEAD, line("高晨"), encoding="gbk")) == ["listed"]


WRONG = {
    "a wrong check digit": (line(number=NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")), "R-102"),
    "digits of another script": (line(number="١" * 18), "R-101"),
    "a number that was rounded": (line(number="1.10105E+17"), "R-546"),
    "a formula": (line(number=f'="{NUMBER}"'), "R-545"),
    "a formula as name": (line("=A1"), "R-545"),
    "an invisible mark in the name": (line("高\u202e䶮"), "R-107"),
    "no number": (line(number=""), "R-213"),
}


@pytest.mark.parametrize(("wrong", "code"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_right_is_refused_by_row_and_never_answered(wrong, code):
    listed()
    assert answers(csv_of(batches.HEAD, wrong)) == [code]
    assert BatchRow.objects.get().row == 2
    assert not Screening.objects.exists()


@pytest.mark.parametrize(
    ("value", "code"), [(date(1988, 3, 4), "R-547"), (int(NUMBER[:17] + "0"), "R-546"), (f"=A{2}", "R-545")]
)
def test_a_workbooks_own_idea_of_a_number_is_refused_by_row(value, code):
    listed()
    assert answers(workbook_of(batches.HEAD, line(number=value))) == [code]


def test_of_rows_that_say_the_same_only_the_first_is_asked():
    listed()
    again = line(number=NUMBER.translate(WIDE), key="A-2")
    assert answers(csv_of(batches.HEAD, line(), again)) == ["listed", "R-548"]


def test_another_name_for_a_listed_number_is_neither_cleared_nor_confirmed():
    listed()
    assert answers(csv_of(batches.HEAD, line("高某"))) == [ScreeningOutcome.PENDING]


@pytest.mark.parametrize("nothing", [" ", "\u200b", "'"], ids=ascii)
def test_a_row_whose_cells_show_nothing_is_no_row(nothing):
    empty = [nothing] * len(line())
    assert answers(csv_of(batches.HEAD, line(), empty)) == answers(csv_of(batches.HEAD, line())) == ["not_listed"]
