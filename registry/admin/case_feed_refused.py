"""The rows of a file of cases that were refused, as a file of its own: mended, it is sent again.

Between the pages they travel signed for the officer, as the sound ones do, and are not kept; only of columns that are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext as _

from registry import case_files, spreadsheets
from registry.actions.feeding import Told, Verdict
from registry.models import Officer

Kept = Sequence[tuple[Mapping[str, str], str]]  # column → what stood there; what is wrong


def signed(told: Sequence[Told], cells: Mapping[int, Mapping[str, str]], officer: Officer) -> str:
    """What was refused, with its cells by row; "" where nothing was."""
    refused = [
        (cells[each.row], "; ".join(str(refusal) for refusal in each.refusals))
        for each in told
        if each.verdict is Verdict.REFUSED
    ]
    return signing.dumps(refused, salt=_salt(officer), compress=True) if refused else ""


def as_file(kept: str, officer: Officer, *, holds: Any) -> HttpResponse:
    """The rows under the heads of the template, and behind them what is wrong, which is not read when it is sent again. Raises
    `signing.BadSignature`, also where the page is older than ``holds``.
    """
    rows: Kept = signing.loads(kept, salt=_salt(officer), max_age=holds)
    heads = [*map(case_files.head, case_files.HEADS), _("What is wrong")]
    return HttpResponse(
        b"".join(spreadsheets.unsealed_csv_file(heads, _lines(rows))),
        content_type=case_files.TYPES[case_files.Form.CSV],
        headers={"Content-Disposition": 'attachment; filename="cases-refused.csv"'},
    )


def _lines(rows: Kept) -> Iterator[list[str]]:
    for cells, wrong in rows:
        yield [*(cells.get(column, "") for column in case_files.HEADS), wrong]


def _salt(officer: Officer) -> str:
    return f"registry.case_feed.refused.{officer.pk}"
