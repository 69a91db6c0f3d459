"""The register is fed from a file at the desk: looked at first, then taken, and nothing half done unless it was said."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registry import case_files, cells
from registry.entries import FedCase
from registry.errors import TooManyColumns
from registry.models import Case, CaseAct
from tests import cast, desk
from tests.signing_in import sign_in
from tests.test_uploads import csv_of, workbook_of

pytestmark = pytest.mark.django_db

HEAD = ["案号", "案由", "立案日期", "结案方式", "结案日期", "生效日期", "前案案号", "承办人"]
ENDED = [
    "（2026）京0105刑初123号",
    "侵犯公民个人信息罪",
    "2026-03-02",
    "判决有罪",
    "2026/9/1",
    "2026年9月12日",
    "",
    "赵",
]
OPEN = ["（2026）京0105刑初124号", "", "20260305", "", "", "", "（2026）京0105刑初123号", ""]
WRONG = ["（2026）京0108刑初9号", "", "2026-13-05", "有罪", "", "", "", ""]
THEFT = ["（2026）京0105刑初125号", "盗窃罪", "2026-03-05", "", "", "", "", ""]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def sent(browser: Client, file: bytes, name: str = "cases.csv") -> str:
    answer = browser.post(reverse("admin:feed_cases"), {"file": SimpleUploadedFile(name, file)})
    return answer.content.decode()


def taken(browser: Client, page: str) -> str:
    signed = re.search(r'name="rows" value="([^"]+)"', page)
    assert signed is not None
    answer = browser.post(reverse("admin:feed_cases"), {"rows": signed[1]})
    return answer.content.decode() if answer.status_code == 200 else answer.headers["Location"]


def test_it_works():
    clerk = desk.at_the_desk(cast.clerk())
    assert "columns" in clerk.get(reverse("admin:feed_cases")).content.decode()
    page = sent(clerk, csv_of(HEAD, ENDED, OPEN))
    assert "Every row can be taken" in page
    assert not Case.objects.exists()
    assert "Done." in taken(clerk, page)
    ended, open_case = Case.objects.order_by("number")
    assert (ended.outcome, ended.concluded_on, ended.effective_on) == ("convicted", date(2026, 9, 1), date(2026, 9, 12))
    assert open_case.continues == ended
    assert {act.way for act in CaseAct.objects.all()} == {"file"}


def test_the_same_file_again_has_nothing_to_take():
    clerk = desk.at_the_desk(cast.clerk())
    taken(clerk, sent(clerk, csv_of(HEAD, ENDED)))
    page = sent(clerk, csv_of(HEAD, ENDED))
    assert "the register says all this already" in page
    assert 'name="rows"' not in page


def test_what_is_wrong_is_named_by_row_and_column_and_the_others_can_be_taken():
    clerk = desk.at_the_desk(cast.clerk())
    page = sent(clerk, csv_of(HEAD, ENDED, WRONG, THEFT, ["（2026）京0108刑初10号", "", "2026-03-05"]))
    assert "2 rows are wrong" in page
    assert "R-204" in page
    assert "R-202" in page
    assert "<td>filed_on</td>" in page
    done = taken(clerk, page)
    assert "Done." in done
    assert [case.number for case in Case.objects.all()] == [ENDED[0]]


def test_a_column_under_a_head_that_nobody_knows_is_named_before_anything_is_taken():
    """Here the charge, so that the thefts of an export would be taken for cases of this register, and how they ended."""
    clerk = desk.at_the_desk(cast.clerk())
    head = ["案号", "立案案由", "立案日期", "裁判结果", "结案日期", "生效日期", "前案案号", "法院"]
    page = sent(clerk, csv_of(head, [*THEFT[:3], "", "", "", "", ""]))
    with override("en"):
        names = f"{case_files.head('charge')}、{case_files.head('outcome')}"
    assert f"Nothing is read of these columns, which the file does not have under their heads: {names}." in page
    assert "立案案由" not in page


def test_where_every_column_is_there_none_is_named():
    page = sent(desk.at_the_desk(cast.clerk()), csv_of([*HEAD, "法院"], [*OPEN, "京0105"]))
    assert "Every row can be taken" in page
    assert "Nothing is read of these columns" not in page


def test_a_changed_conclusion_is_shown_before_it_is_taken():
    clerk = desk.at_the_desk(cast.clerk())
    taken(clerk, sent(clerk, csv_of(HEAD, ENDED)))
    page = sent(clerk, csv_of(HEAD, [*ENDED[:3], "宣告无罪", *ENDED[4:]]))
    assert "What stood otherwise before" in page
    assert "convicted → acquitted" in page
    assert Case.objects.get().outcome == "convicted"


def test_an_excel_file_with_real_days_will_do():
    clerk = desk.at_the_desk(cast.clerk())
    row = [ENDED[0], "", date(2026, 3, 2), "convicted", date(2026, 9, 1), None, None, None]
    taken(clerk, sent(clerk, workbook_of(HEAD, row), "cases.xlsx"))
    assert Case.objects.get().concluded_on == date(2026, 9, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_will_do(encoding):
    read = list(case_files.read(csv_of(HEAD, ENDED, encoding=encoding)))
    assert read == [
        (
            2,
            FedCase(
                number=ENDED[0],
                charge="CL 253-1",
                filed_on=date(2026, 3, 2),
                outcome="convicted",
                concluded_on=date(2026, 9, 1),
                effective_on=date(2026, 9, 12),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"\xff\xfe\x00", "R-540"),
        (csv_of(["姓名"], ["x"]), "R-542"),
        (csv_of([*HEAD, "案号"], ENDED), "R-543"),
        (csv_of(HEAD), "R-247"),
        (csv_of(HEAD, *[OPEN] * (case_files.MOST_ROWS + 1)), "R-541"),
        (b"", "R-213"),
    ],
    ids=["no text", "no such table", "a column twice", "empty", "too long", "nothing"],
)
def test_what_is_no_such_file_is_refused_at_the_field(file, code):
    page = sent(desk.at_the_desk(cast.clerk()), file)
    assert code in page or "empty" in page
    assert not Case.objects.exists()


@pytest.mark.parametrize("made", [csv_of, workbook_of])
def test_a_column_is_read_however_many_of_another_programme_stand_before_it(made):
    """As case management exports it: how a case ended stands behind all else."""
    others = [f"栏{place}" for place in range(60)]
    head = ["案号", "立案日期", *others, "结案方式", "结案日期"]
    line = ["（2026）京0105刑初7号", "2026-03-02", *["无"] * len(others), "判决有罪", "2026-09-01"]
    ((_row, read),) = case_files.read(made(head, line))
    assert isinstance(read, FedCase)
    assert (read.outcome, read.concluded_on) == ("convicted", date(2026, 9, 1))


@pytest.mark.parametrize("made", [csv_of, workbook_of])
def test_columns_behind_those_that_are_read_are_never_left_out_unsaid(made):
    head = ["案号", "立案日期", *[f"栏{place}" for place in range(cells.MOST_COLUMNS)], "结案方式"]
    with pytest.raises(TooManyColumns):
        list(case_files.read(made(head, ["（2026）京0105刑初7号", "2026-03-02"])))


def test_an_empty_line_before_the_head_hides_no_delimiter():
    ((place, read),) = case_files.read(b"\r\n" + csv_of(HEAD, ENDED, delimiter=";"))
    assert (place, isinstance(read, FedCase)) == (3, True)


def test_a_formula_is_not_computed():
    ((_row, faults),) = case_files.read(csv_of(HEAD, ["=A1", "", "2026-03-02"]))
    assert [fault.code for fault in faults] == ["R-545"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_is_read_back(form):
    clerk = desk.at_the_desk(cast.clerk())
    answer = clerk.get(reverse("admin:case_template", args=[form]))
    assert "attachment" in answer["Content-Disposition"]
    head = answer.content
    assert "R-247" in sent(clerk, head, f"cases.{form}")
    assert clerk.get(reverse("admin:case_template", args=["pdf"])).status_code == 404


def test_only_who_keeps_the_register_feeds_it():
    for place in (reverse("admin:feed_cases"), reverse("admin:case_template", args=["csv"])):
        assert Client().get(place).status_code == 302
        for officer in (cast.judge(), cast.statistician()):
            assert desk.at_the_desk(officer).get(place).status_code == 403
    assert "R-202" in sent(desk.at_the_desk(cast.stranger()), csv_of(HEAD, ENDED))


def test_the_second_step_is_signed_for_one_officer_and_for_an_hour(monkeypatch):
    clerk = desk.at_the_desk(cast.clerk())
    page = sent(clerk, csv_of(HEAD, ENDED))
    assert taken(desk.at_the_desk(cast.registrar()), page) == reverse("admin:feed_cases")
    assert clerk.post(reverse("admin:feed_cases"), {"rows": "made up"}).status_code == 302
    monkeypatch.setattr("registry.admin.case_feed.HOLDS", timedelta(seconds=-1))
    assert taken(clerk, page) == reverse("admin:feed_cases")
    assert not Case.objects.exists()


def test_a_forged_request_is_refused():
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, cast.clerk().account)
    answer = browser.post(reverse("admin:feed_cases"), {"file": SimpleUploadedFile("cases.csv", csv_of(HEAD, ENDED))})
    assert answer.status_code == 403


def test_a_whole_courts_year_fits_into_the_second_step(settings):
    """Five thousand rows, signed, are far below what a request may hold."""
    clerk = desk.at_the_desk(cast.clerk())
    rows = [[f"（2026）京0105刑初{1000 + n * 7}号", "", f"2026-0{n % 8 + 1}-1{n % 9}"] for n in range(5000)]
    page = sent(clerk, csv_of(HEAD, *rows))
    assert "Take 5000 rows" in page or "Take 5,000 rows" in page
    signed = re.search(r'name="rows" value="([^"]+)"', page)
    assert len(signed[1]) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1.5


def refused_file(browser: Client, page: str) -> bytes:
    """The rows that were refused, as the page hands them out."""
    signed = re.search(r'name="refused" value="([^"]+)"', page)
    assert signed is not None
    answer = browser.post(reverse("admin:feed_cases"), {"refused": signed[1], "do": "refused_file"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cases-refused.csv"'
    return answer.content


def test_the_refused_rows_are_a_file_to_mend_and_send_again():
    clerk = desk.at_the_desk(cast.clerk())
    wrong = ["（2026）京0105刑初9号", "侵犯公民个人信息罪", "2026-13-05", "", "", "", "（2026）京0105刑初1号", "王"]
    page = sent(clerk, csv_of(HEAD, ENDED, wrong, THEFT))
    file = refused_file(clerk, page).decode("utf-8-sig")
    lines = file.splitlines()
    assert len(lines) == 2
    assert "（2026）京0105刑初9号" in lines[1]
    assert "2026-13-05" in lines[1]
    assert "R-204" in lines[1]
    assert "王" not in file  # of a column that is not read nothing was kept
    mended = file.replace("2026-13-05", "2026-03-05").encode()
    with override("en"):
        assert "Every row can be taken" in sent(clerk, mended)


def test_after_the_others_were_taken_the_refused_ones_are_still_handed_out():
    clerk = desk.at_the_desk(cast.clerk())
    page = sent(clerk, csv_of(HEAD, ENDED, WRONG))
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("rows", "refused")}
    done = clerk.post(reverse("admin:feed_cases"), fields).content.decode()
    assert "Done." in done
    assert "（2026）京0108刑初9号" in refused_file(clerk, done).decode()


def test_rows_of_another_officer_or_made_by_hand_are_no_file():
    page = sent(desk.at_the_desk(cast.clerk()), csv_of(HEAD, WRONG))
    signed = re.search(r'name="refused" value="([^"]+)"', page)[1]
    other = desk.at_the_desk(cast.registrar())
    answer = other.post(reverse("admin:feed_cases"), {"refused": signed, "do": "refused_file"})
    assert answer.headers["Location"] == reverse("admin:feed_cases")


def test_a_cell_that_a_spreadsheet_would_compute_is_text_in_that_file():
    clerk = desk.at_the_desk(cast.clerk())
    file = refused_file(clerk, sent(clerk, csv_of(HEAD, ["=1+1", "", "2026-03-02"]))).decode("utf-8-sig")
    assert "'=1+1" in file
