"""Nothing that a clerk wrote into a file is left out unsaid: columns that are not known, rows, cells of any kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from registry.errors import ColumnsNotRead
from registry.importing import reading
from registry.importing.columns import COLUMNS
from registry.models import Import, ImportState, Listing, State
from tests import cast, desk
from tests.importing import checked, csv_file, faults, fresh, row, rows, uploaded, work, written, xlsx_file

pytestmark = pytest.mark.django_db
OF_A_COURT = {
    "probation_months": "缓刑（月）",
    "prohibition_scope": "从业禁止",
    "prohibition_months": "禁止期限（月）",
}  # heads as a court may have them


def with_heads(rows: Sequence[Mapping[str, str]], **heads: str) -> bytes:
    """``heads``: of some columns, in place of those of the template; a name that is no column's comes behind them."""
    called = {name: column.zh for name, column in COLUMNS.items()} | heads
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(called.values())
    lines.writerows([each.get(name, "") for name in called] for each in rows)
    return text.getvalue().encode()


def letter(name: str) -> str:
    return reading._letters(list(COLUMNS).index(name))


def test_columns_that_are_filled_in_under_heads_that_nobody_knows_refuse_the_file():
    with pytest.raises(ColumnsNotRead) as refusal:
        uploaded(with_heads([row(0), row(1, probation_months="48")], **OF_A_COURT))
    assert refusal.value.facts["names"].split("、") == sorted(
        map(letter, OF_A_COURT), key=lambda said: (len(said), said)
    )
    assert not Import.objects.exists()


def test_a_column_behind_all_others_is_seen_though_it_has_no_head():
    for place in (1, 60):
        file = csv_file([row(0)]).decode("utf-8-sig").splitlines()
        file[1] += "," * place + "缓刑四年"
        with pytest.raises(ColumnsNotRead):
            uploaded("\r\n".join(file).encode())


def test_the_page_says_which_columns_they_are_and_no_word_of_them():
    file = io.BytesIO(with_heads([row(0, remark="赵六的案件")], remark="备注"))
    file.name = "old.csv"
    answer = desk.at_the_desk(cast.clerk()).post(reverse("admin:new_import"), {"file": file}).content.decode()
    assert "R-259" in answer
    assert reading._letters(len(COLUMNS)) in answer
    assert "备注" not in answer
    assert "赵六" not in answer


def test_an_empty_column_may_be_called_anything():
    assert checked(with_heads([row(0)], remark="备注")).sound == 1


def test_a_column_that_is_filled_in_far_below_ends_the_import_and_says_so(monkeypatch):
    monkeypatch.setattr(reading, "LOOKED_INTO", 2)
    made = uploaded(xlsx_with_a_remark_in_its_last_row())
    work()
    made = fresh(made)
    assert (made.state, (made.unreadable or {})["code"]) == (ImportState.UNREADABLE, "R-259")
    assert not made.rows.exists()


def xlsx_with_a_remark_in_its_last_row() -> bytes:
    return xlsx_file(rows(4), behind={5: "缓刑四年"})


def test_a_protest_and_its_withdrawal_are_read(notice_waived):
    written([row(0, protested_on="2023-09-08", protest_withdrawn_on="2023-09-12")])
    decision = Listing.objects.get().party.decision
    assert (decision.protested_on, decision.protest_withdrawn_on) == (date(2023, 9, 8), date(2023, 9, 12))


def test_what_was_protested_against_is_not_in_force(notice_waived):
    written([row(0, protested_on="2023-09-08", effect_certified_on=None)])
    assert not Listing.objects.filter(state=State.ACTIVE).exists()


def test_a_row_of_nothing_but_blanks_is_no_row():
    blank = dict.fromkeys(COLUMNS, " ")
    made = checked([row(0), blank, row(1), {"name": "\u3000"}])
    assert (made.total, made.sound, made.wrong) == (2, 2, 0)


@pytest.mark.parametrize("said", [time(9, 30), timedelta(hours=3)])
def test_a_time_or_a_duration_is_refused_as_what_it_is_and_never_as_a_formula(said):
    assert faults(checked(xlsx_file([{**row(0), "received_on": said}]))) == [(2, "received_on", "R-234")]
