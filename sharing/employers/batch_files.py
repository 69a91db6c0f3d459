"""What HR gets back as a file: the template to fill in, what is wrong with an upload, and the results.

No name and no number is in any of them. The results are in the order of the upload, and of the same answers the same
bytes, however often the asking was interrupted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from registry import refused, spreadsheets
from registry.errors import Text
from registry.late import late
from registry.sentences import joined
from registry.spreadsheets import Row
from sharing.employers import results
from sharing.employers.models import RESULTS, Batch, BatchRow, ResultRecall, Screening, ScreeningOutcome
from sharing.employers.spoken import ANSWER, WORDS, word
from sharing.employers.uploads import HEADS

openpyxl = late("openpyxl")

PAGE = 500
AS_TEXT = "@"  # a format of cells, in which a spreadsheet keeps every digit

OUTCOMES: Mapping[str, Text] = {**WORDS, ScreeningOutcome.PENDING: gettext_lazy("pending")}
HEADER = (
    gettext_lazy("Your own key"),
    gettext_lazy("Row"),
    ANSWER,
    gettext_lazy("Screening"),
    gettext_lazy("Answered at"),
    gettext_lazy("Do not rely on it after"),
    gettext_lazy("Verification code"),
    gettext_lazy("Remark"),
)


class Form(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


TYPES: Mapping[str, str] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def template(form: Form, columns: Iterable[str] = HEADS) -> bytes:
    """The heads in the reader's language; in the workbook every column is kept as text."""
    named = heads(columns)
    if form is Form.CSV:
        return b"".join(spreadsheets.unsealed_csv_file(named, []))
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(named)
    for column in map(openpyxl.utils.get_column_letter, range(1, len(named) + 1)):
        sheet.column_dimensions[column].number_format = AS_TEXT
        sheet.column_dimensions[column].width = 24
    book.save(kept)
    return kept.getvalue()


def heads(columns: Iterable[str] = HEADS) -> list[str]:
    """Of the template, in the reader's language."""
    return [head(column) for column in columns]


def head(column: str) -> str:
    """What a column of the template is called in the reader's language; of anything else, itself."""
    names = HEADS.get(column, (column, column))
    return names[1] if get_language() == "en" else names[0]


def results_file(batch: Batch, form: Form) -> Iterator[bytes]:
    """What is known by now, in the language that is active at the call; each page is read when it is written."""
    header, rows = [str(each) for each in HEADER], _in_language(batch, _result)
    if form is Form.XLSX:
        return spreadsheets.unsealed_xlsx_file(header, rows, _("Results"))
    return spreadsheets.unsealed_csv_file(header, rows)


def faults_file(batch: Batch) -> Iterator[bytes]:
    """Everything that is wrong with an upload, by row and column, as CSV."""
    return spreadsheets.unsealed_csv_file([_("Row"), _("Column"), _("Code"), _("What is wrong")], faults(batch))


def faults(batch: Batch) -> Iterator[Row]:
    """Row, column, code, and what is wrong and what to do about it."""
    for row in _rows(batch.rows.filter(refusals__isnull=False)):
        yield from faults_of(row.row, row.refusals)


def faults_of(number: int, refusals: Sequence[refused.Kept] | None) -> Iterator[Row]:
    """The same of one row."""
    for kept in refusals or ():
        refusal = refused.read(kept)
        yield [str(number), head(kept["field"]), refusal.code, refusal.text]


def remark(row: BatchRow) -> str:
    """Why there is no answer, or why it may not be relied on any more."""
    return remark_on(row.screening, row.refusals)


def remark_on(screening: Screening | None, refusals: Sequence[refused.Kept] | None) -> str:
    """The same of a row of another kind."""
    if refusals:
        return joined(*map(refused.read, refusals))
    recall: ResultRecall | None = getattr(screening, "recall", None)
    return _("recalled: do not rely on it") if recall else ""


def _in_language(batch: Batch, line: Callable[[BatchRow], Row]) -> Iterator[Row]:
    language = get_language() or ""
    last = -1
    while True:
        page = list(with_answers(batch).filter(place__gt=last)[:PAGE])
        with override(language):
            lines = [line(row) for row in page]
        yield from lines
        if len(page) < PAGE:
            return
        last = page[-1].place


def with_answers(batch: Batch) -> models.QuerySet[BatchRow]:
    """The rows in their order, with what they were answered by now."""
    related = ("screening__verdict", "screening__recall")
    return batch.rows.select_related(*related).order_by("place")


def _rows(found: models.QuerySet[BatchRow]) -> Iterator[BatchRow]:
    return found.order_by("place").iterator(chunk_size=PAGE)


def _result(row: BatchRow) -> Row:
    about = [row.key, str(row.row)]
    if row.screening is None:
        return [*about, _("not asked, refused") if row.refusals else _("not asked yet"), "", "", "", "", remark(row)]
    return [*about, *answer_of(row.screening), remark(row)]


def answer_of(screening: Screening) -> list[str]:
    """Answer, screening, moment, until when, verification code: as they are by now."""
    latest = screening.latest
    final = latest.outcome in RESULTS and not screening.is_recalled
    return [
        str(word(screening, OUTCOMES)),
        screening.pk,
        _at(latest.answered_at),
        _at(latest.expires_at) if final else "",
        results.code_of(latest.answer) if final else "",
    ]


def _at(moment: datetime) -> str:
    return localtime(moment).isoformat(timespec="seconds")
