"""Files of old decisions of the cast, and imports on their way: uploaded, checked, submitted, approved, written."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from registry.importing import deciding, going_on, reading_in, uploading
from registry.importing.columns import COLUMNS
from registry.models import Import, ImportRow
from tests import cast

FIRST_BIRTHDAY = date(1960, 1, 1)


def number_of(serial: int) -> str:
    """The resident identity number of an invented person."""
    birthday = FIRST_BIRTHDAY + timedelta(days=serial // 999)
    return cast.resident(f"110105{birthday:%Y%m%d}{serial % 999 + 1:03d}")


def row(serial: int = 0, **changes: Any) -> dict[str, str]:
    """One party of an old judgment of the Chaoyang court, in force since 20 September 2023, listed until 2029."""
    said = {
        "number": f"（2023）京0105刑初{serial + 1}号",
        "instance": "一审",
        "instrument": "判决",
        "filed_on": "2023-03-02",
        "pronounced_on": "2023-09-01",
        "prosecutor_received_on": "2023-09-04",
        "effect_certified_on": "2023-09-20",
        "facts": "telecom_fraud_related",
        "data": "phone_number:52000",
        "name": "林安" + chr(0x4E00 + serial % 2000),
        "document_number": number_of(serial),
        "charge": "侵犯公民个人信息罪",
        "article": "CL 253-1",
        "offence_dates": "2022-05-06, 2022-08-31",
        "penalty_kind": "有期徒刑",
        "sentence_months": "36",
        "fine_yuan": "20000",
        "received_on": "2023-09-02",
        "prohibition_scope": "不得从事个人信息处理相关职业",
        "prohibition_months": "36",
    }
    return {name: text for name, text in {**said, **changes}.items() if text is not None}


def rows(count: int, first: int = 0) -> list[dict[str, str]]:
    return [row(serial) for serial in range(first, first + count)]


def csv_file(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8-sig", language: str = "zh") -> bytes:
    columns = list(COLUMNS.values())
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([getattr(column, language) for column in columns])
    lines.writerows([each.get(column.name, "") for column in columns] for each in rows)
    return text.getvalue().encode(encoding)


def xlsx_file(
    rows: Iterable[Mapping[str, Any]], merged: Iterable[str] = (), behind: Mapping[int, str] | None = None
) -> bytes:
    """``merged``: ranges, for example "A2:A4"; ``behind``: by row, what stands behind the last column."""
    book, kept = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append([column.zh for column in COLUMNS.values()])
    for each in rows:
        sheet.append([each.get(name) for name in COLUMNS])
    for line, said in (behind or {}).items():
        sheet.cell(line, len(COLUMNS) + 1, said)
    for area in merged:
        sheet.merge_cells(area)
    book.save(kept)
    return kept.getvalue()


def with_sheet(content: bytes) -> bytes:
    """A workbook whose sheet says this."""
    whole, kept = xlsx_file([row()]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            after.writestr(part.filename, content if "sheet1" in part.filename else before.read(part))
    return kept.getvalue()


def damaged(count: int) -> bytes:
    """A workbook of so many rows whose sheet ends in the middle of one."""
    with zipfile.ZipFile(io.BytesIO(xlsx_file(rows(count)))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return with_sheet(sheet[: len(sheet) * 2 // 3])


def uploaded(file: bytes) -> Import:
    return uploading.upload(file, officer=cast.clerk(), now=cast.NOW)


def read_in(file: bytes) -> Import:
    """Uploaded, and read by a worker who has checked nothing yet."""
    made = uploaded(file)
    assert going_on.go_on(now=cast.NOW)
    return fresh(made)


def after_block(monkeypatch: pytest.MonkeyPatch, number: int, happens: Callable[[], object]) -> None:
    """Once a worker has stored so many blocks of a file, this happens, once."""
    store, left = reading_in._keep, iter(range(number - 1))

    def keep(turn: reading_in.Turn, block: list[ImportRow]) -> None:
        store(turn, block)
        if next(left, None) is None:
            monkeypatch.setattr(reading_in, "_keep", store)
            happens()

    monkeypatch.setattr(reading_in, "_keep", keep)


def work() -> None:
    while going_on.go_on(now=cast.NOW):
        pass


def checked(file: bytes | Iterable[Mapping[str, str]]) -> Import:
    made = uploaded(file if isinstance(file, bytes) else csv_file(file))
    work()
    return fresh(made)


def submitted(file: bytes | Iterable[Mapping[str, str]]) -> Import:
    return deciding.submit(checked(file).pk, officer=cast.clerk(), now=cast.NOW)


def from_the_judgment(made: Import) -> dict[int, tuple[str, ...]]:
    """What a judge types, who has the judgments beside him."""
    lines = deciding.lines_of(made, deciding.sample(made))
    return {line.number: tuple(each.number for each in line.party.entry.person.documents) for line in lines}


def approved(file: bytes | Iterable[Mapping[str, str]]) -> Import:
    made = submitted(file)
    deciding.approve(made.pk, typed=from_the_judgment(made), officer=cast.judge(), now=cast.NOW)
    return fresh(made)


def written(file: bytes | Iterable[Mapping[str, str]]) -> Import:
    made = approved(file)
    work()
    return fresh(made)


def fresh(made: Import) -> Import:
    return Import.objects.select_related("court", "uploaded_by", "decided_by").get(pk=made.pk)


def faults(made: Import) -> list[tuple[int, str, str]]:
    """Row, column, code."""
    found = made.rows.filter(faults__isnull=False).order_by("row")
    return [(each.row, fault["field"], fault["code"]) for each in found for fault in each.faults]
