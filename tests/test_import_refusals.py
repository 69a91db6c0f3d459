"""What entering and approving refuse, an import refuses at the row: at the dry run, and again when it is written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from registry import actions, codes
from registry.entries import ProhibitionEntry
from registry.errors import DatesOutOfOrder, ImpossibleDate, NumberTooLong
from registry.importing import going_on
from registry.models import ImportState, Listing, State
from tests import cast, pdfs
from tests.importing import approved, checked, faults, fresh, number_of, row, rows, work, written

pytestmark = pytest.mark.django_db


def attach_the_judgment(listing: Listing) -> None:
    actions.attach_file(
        listing.party.decision_id, pdfs.judgment(1), kind="judgment", officer=cast.clerk(), now=cast.NOW
    )


def test_where_the_court_wants_the_judgments_file_a_decision_without_one_is_wrong_at_the_dry_run(settings):
    settings.REGISTRY_FILE_NEEDED = True
    made = checked(rows(2))
    assert (made.sound, faults(made)) == (0, [(2, "number", "R-272"), (3, "number", "R-272")])


def test_where_the_court_wants_the_judgments_file_nothing_is_written_without_it(notice_waived, settings):
    made = approved(rows(2))
    settings.REGISTRY_FILE_NEEDED = True
    work()
    made = fresh(made)
    assert (made.state, made.written, made.wrong) == (ImportState.DONE, 0, 2)
    assert not Listing.objects.exists()


def test_a_party_joins_a_decision_whose_file_the_book_has_and_what_it_has_already_needs_none(notice_waived, settings):
    written([row(0)])
    settings.REGISTRY_FILE_NEEDED = True
    again = checked([row(0)])
    assert (again.entered, again.wrong) == (1, 0)
    attach_the_judgment(Listing.objects.get())
    assert written([row(1, number=row(0)["number"])]).written == 1
    assert Listing.objects.filter(state=State.ACTIVE).count() == 2


def penalty(serial: int = 0, **changes: str | None) -> dict[str, str]:
    """One person on whom a department of cyberspace affairs imposed a fine."""
    said = {
        "number": "京网信罚字〔2025〕7号",
        "kind": "penalty",
        "authority": next(code for code, each in codes.entries("authorities").items() if not each.sealed),
        "pronounced_on": "2025-05-06",
        "name": "林安" + chr(0x4E00 + serial),
        "document_number": number_of(serial),
        "article": "PIPL 66",
        "offence_dates": "2024-11-01",
        "penalty_kind": "administrative",
        "fine_yuan": "500000",
        "received_on": "2025-05-08",
    }
    return {name: text for name, text in {**said, **changes}.items() if text is not None}


LONG = "京网信罚字〔2025〕" + "关于某某信息技术有限公司违法处理个人信息案件行政处罚决定书" * 2


def test_a_number_that_is_too_long_is_wrong_at_its_row_and_never_cut(notice_waived):
    made = written([row(5), penalty(0, number=LONG + "一号"), penalty(1, number=LONG + "二号")])
    assert (made.state, made.written) == (ImportState.DONE, 1)
    assert faults(made) == [(3, "number", "R-258"), (4, "number", "R-258")]


def test_a_number_that_is_too_long_is_refused_by_hand_too():
    entry = cast.judgment(kind="penalty", authority=penalty()["authority"], number=LONG)
    with pytest.raises(NumberTooLong):
        actions.enter_decision(entry, officer=cast.clerk(), now=cast.NOW)


@pytest.mark.parametrize(("day", "code"), [("9999-12-31", "R-204"), ("0001-01-01", "R-205"), ("1949-10-01", "R-205")])
def test_a_prohibition_that_starts_on_no_possible_day_is_wrong_at_its_column(day, code):
    assert faults(checked([row(0, prohibition_starts_on=day)])) == [(2, "prohibition_starts_on", code)]


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2060, 1, 1), date(1, 1, 1), date(1949, 10, 1)])
def test_a_prohibition_that_starts_on_no_possible_day_is_refused_by_hand_too(day):
    with pytest.raises((ImpossibleDate, DatesOutOfOrder)) as refusal:
        cast.draft(cast.party(prohibitions=(ProhibitionEntry(scope="不得从事", months=36, starts_on=day),)))
    assert refusal.value.field == "prohibitions.0.starts_on"


def test_a_prohibition_may_start_years_after_the_decision():
    entry = ProhibitionEntry(scope="不得从事", months=36, starts_on=date(2040, 1, 1))
    assert cast.draft(cast.party(prohibitions=(entry,))).party.prohibitions.get().starts_on == date(2040, 1, 1)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("data", "phone_number:999999999999999"), ("fine_yuan", "999999999999999"), ("custody_credited_days", "99999"),
        ("prohibition_months", "0"), ("prohibition_months", "600"), ("prohibition_scope", "不" * 201),
        ("former_names", "、".join("名" * 101 for _ in range(3))), ("pronounced_on", "9999-12-31"),
        ("pronounced_on", "0001-01-01"), ("effect_certified_on", "9999-12-31"), ("probation_months", "999999999999999"),
        ("birth_date", "0001-01-01"), ("number", "（2023）京0105" + " " * 70 + "刑初7号"),
    ],
)  # fmt: skip
def test_no_cell_stops_an_import_for_ever(notice_waived, column, text):
    made = fresh(approved([row(5), row(6, **{column: text})]))
    for minute in range(6):
        going_on.go_on(now=cast.NOW + timedelta(minutes=minute))
    assert fresh(made).state == ImportState.DONE


def test_a_court_that_is_not_that_of_the_case_number_is_wrong_at_its_column():
    assert faults(checked([row(0, court="京0108"), row(1, court="京0105")])) == [(2, "court", "R-202")]
