"""What an officer gets as a file: the template to fill in, and what is wrong, by row and column. No person is in either."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypedDict

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from registry import codes, refused, spreadsheets
from registry.errors import NotEnterable
from registry.identity import resident_check, unit_check
from registry.importing.columns import COLUMNS, Column, Shape, names_in
from registry.late import late
from registry.models import Import, ImportRow, Listing, RowState
from registry.spreadsheets import Row

openpyxl = late("openpyxl")

PAGE = 500
AS_TEXT = "@"  # a format of cells, in which a spreadsheet keeps every digit
PREPARED = 2_000  # rows that are kept as text from the start
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class _Named(TypedDict):
    names_sealed: bool


def template(form: str, today: date) -> bytes:
    """Heads in the reader's language; in the workbook also what may stand in each column, the codes, and examples."""
    heads = [column.label for column in COLUMNS.values()]
    if form == "csv":
        return b"".join(spreadsheets.unsealed_csv_file(heads, []))
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = _("Decisions")
    sheet.append(heads)
    _prepare(sheet)
    _add(book, _("Columns"), _about_columns())
    _add(book, _("Codes"), _about_codes())
    _add(book, _("Examples"), [heads, *_examples(today)])
    book.save(kept)
    return kept.getvalue()


def faults_file(import_: Import) -> Iterator[bytes]:
    """Of all rows that are not written: where, which code, what to do. Of the same findings the same bytes."""
    language = get_language() or codes.DEFAULT_LANGUAGE
    return spreadsheets.unsealed_csv_file(
        [_("Row"), _("Column"), _("Code"), _("What is wrong")], _spoken(language, faulty(import_))
    )


def faulty(import_: Import) -> QuerySet[WithAnnotations[ImportRow, _Named]]:
    """Rows with something to say about them, in the file's order; of each, whether the listing that it names was sealed since."""
    sealed = Listing.including_sealed.exclude(sealed_at=None).filter(number=OuterRef("listing_number"))
    return import_.rows.filter(faults__isnull=False).annotate(names_sealed=Exists(sealed)).order_by("row")


def hide_sealed(imports: Iterable[Import]) -> None:
    """Of imports that are shown and not saved: rows whose listing was sealed since are not counted, and those that were entered
    already count as wrong, which they are to whoever enters the person again. So no difference tells of one.
    """
    shown = {each.pk: each for each in imports}
    sealed = Listing.including_sealed.exclude(sealed_at=None).values("number")
    rows = ImportRow.objects.filter(of_import__in=shown, listing_number__in=sealed).order_by()
    for pk, state, count in rows.values_list("of_import", "state").annotate(count=Count("pk")):
        if state == RowState.WRITTEN:
            shown[pk].total -= count
            shown[pk].written -= count
        elif state == RowState.ENTERED:
            shown[pk].entered -= count
            shown[pk].wrong += count


def spoken(row: WithAnnotations[ImportRow, _Named]) -> Iterator[tuple[int, str, str, str]]:
    """Row, column, code, words; of a row of `faulty`. A listing that was sealed since is named no more: what is said is what
    is said to whoever enters the person again.
    """
    for fault in row.faults or ():
        refusal = NotEnterable(fault["field"]) if row.names_sealed else refused.read(fault)
        column = COLUMNS.get(str(fault["field"]))
        yield row.row, column.label if column else "", refusal.code, refusal.text


def _spoken(language: str, rows: QuerySet[WithAnnotations[ImportRow, _Named]]) -> Iterator[Row]:
    """``language``: of the reader, which a response that is sent in pieces no longer has."""
    only = rows.only("of_import", "row", "faults")  # a row without its import would be asked for it, each alone
    for row in only.iterator(chunk_size=PAGE):
        with override(language):
            said = list(spoken(row))
        for number, column, code, words in said:
            yield str(number), column, code, words


def _prepare(sheet: Any) -> None:
    """Every column as text, wide enough for its head."""
    for place, column in enumerate(COLUMNS.values(), 1):
        letter = openpyxl.utils.get_column_letter(place)
        dimension = sheet.column_dimensions[letter]
        dimension.number_format, dimension.width = AS_TEXT, max(14, 2 * len(column.label) + 2)
        sheet.cell(1, place).font = openpyxl.styles.Font(bold=column.needed)
        for row in range(2, PREPARED + 2) if column.shape is Shape.NUMBER else ():
            sheet.cell(row, place).number_format = AS_TEXT
    sheet.freeze_panes = "A2"


def _add(book: Any, title: str, rows: list[list[str]]) -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([spreadsheets.safe(text) for text in row])
    for place in range(1, max(map(len, rows)) + 1):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = 28
    sheet.freeze_panes = "A2"


def _about_columns() -> list[list[str]]:
    head = ["列", "Column", "必填 needed", "可填内容", "What may stand in it"]
    return [head, *([each.zh, each.en, "✓" if each.needed else "", *_may_stand(each)] for each in COLUMNS.values())]


_MAY_STAND: Mapping[Shape, tuple[str, str]] = {
    Shape.WORDS: ("文字", "text"),
    Shape.NUMBER: ("证件上的号码，单元格格式为文本", "as on the document, in a cell formatted as text"),
    Shape.NAMES: ("姓名，多个以逗号分隔", "names, with commas between"),
    Shape.DAY: (
        "日期：2026-09-01、2026/9/1、2026年9月1日、20260901",
        "a day: 2026-09-01, 2026/9/1, 2026年9月1日, 20260901",
    ),
    Shape.DAYS: ("日期，多个以逗号分隔，至少首日和末日", "days with commas between, the first and the last at least"),
    Shape.WHOLE: ("整数", "a whole number"),
    Shape.AMOUNT: ("整数，可写作 20,000", "a whole number, as 20000 or 20,000"),
    Shape.MONTHS: ("整数，或“终身”", "a whole number, or “life”"),
    Shape.YES_OR_NO: ("是、否", "yes, no"),
    Shape.CODE: ("“代码”表中的代码或名称", "a code of the sheet “Codes”, or its name"),
    Shape.CODES: (
        "“代码”表中的代码或名称，多个以逗号分隔",
        "codes of the sheet “Codes”, or names, with commas between",
    ),
    Shape.COUNTED: (
        "“代码”表中的代码或名称，冒号后为条数，多种以分号分隔",
        "codes of the sheet “Codes”, each with the number of records behind a colon, with semicolons between",
    ),
}


def _may_stand(column: Column) -> list[str]:
    return list(_MAY_STAND[column.shape])


def _about_codes() -> list[list[str]]:
    rows = [["列", "Column", "代码 code", "名称", "Name"]]
    for column in COLUMNS.values():
        if column.list:
            rows += [[column.zh, column.en, code, zh, en] for code, (zh, en) in names_in(column.list).items()]
    return rows


def _examples(today: date) -> Iterator[list[str]]:
    """Two parties of one judgment, and a penalty, of last year; all invented."""
    year = today.year - 1
    for said in (*_judgment(year), _penalty(year)):
        yield [said.get(name, "") for name in COLUMNS]


def _judgment(year: int) -> tuple[dict[str, str], dict[str, str]]:
    """Its facts stand in the row of its first party alone."""
    judgment = {
        "number": f"（{year}）京0105刑初123号",
        "kind": "criminal",
        "instance": "first",
        "instrument": "judgment",
        "filed_on": f"{year}-03-02",
        "pronounced_on": f"{year}年9月1日",
        "prosecutor_received_on": f"{year}/9/4",
        "effect_certified_on": f"{year}0930",
        "facts": "telecom_fraud_related",
        "data": "phone_number:52000",
        "channels": "social_app",
    }
    first = _invented("11010519880304123", year) | {
        "name": "示例甲",
        "sentence_months": "36",
        "fine_yuan": "20000",
        "prohibition_scope": "不得从事个人信息处理相关职业",
        "prohibition_months": "36",
    }
    second = _invented("11010819920715452", year) | {
        "name": "示例乙",
        "sentence_months": "24",
        "probation_months": "36",
    }
    return judgment | first, {"number": judgment["number"]} | second


def _penalty(year: int) -> dict[str, str]:
    code = "91110105MA01ABCD5"
    return {
        "number": f"京网信罚字〔{year}〕7号",
        "kind": "penalty",
        "authority": next(code for code, each in codes.entries("authorities").items() if not each.sealed),
        "pronounced_on": f"{year}-05-06",
        "name": "示例信息技术有限公司",
        "person_kind": "unit",
        "document_type": "uscc",
        "document_number": code + unit_check(code),
        "article": "PIPL 66",
        "offence_dates": f"{year - 1}-11-01",
        "penalty_kind": "administrative",
        "fine_yuan": "500000",
        "received_on": f"{year}-05-08",
    }


def _invented(first_17: str, year: int) -> dict[str, str]:
    return {
        "document_type": "resident_id",
        "document_number": first_17 + resident_check(first_17),
        "charge": "CL 253-1",
        "article": "CL 253-1",
        "offence_dates": f"{year - 1}-05-06, {year - 1}-08-31",
        "penalty_kind": "fixed_term",
        "received_on": f"{year}-09-02",
    }
