"""The book as a file: row by row in constant memory, no cell a formula, no names, no document numbers in full.

Who takes it without numbers has one record for the file; who takes it with masked ones has an access record for each listing,
written before the row goes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry import codes
from registry.borne import EVERY_DOCUMENT, fetched_of
from registry.errors import ExportClosed, NoMaskedNumbers, TooManyForExcel
from registry.models import Court, DecisionKind, Flag, Listing, Officer, Role, State
from registry.overseeing import sees_every_court
from registry.reading import record_reading
from registry.spreadsheets import XLSX_MOST, Row, unsealed_csv_file, unsealed_xlsx_file
from sharing.audit.checks.shapes import zone
from sharing.audit.models import BookTaken

CHUNK = 1_000
PAGE = "export"


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """Which part of the book; "" for all."""

    state: str = ""
    court: str = ""
    year: str = ""


def may_take(officer: Officer) -> bool:
    """Auditors and the High Court's registrars every court's part; a court's registrar its own."""
    return officer.account.is_active and (sees_every_court(officer) or officer.role == Role.REGISTRAR)


def may_take_masked(officer: Officer) -> bool:
    """A court's registrar, of that court: what its own pages show."""
    return officer.account.is_active and officer.role == Role.REGISTRAR and not sees_every_court(officer)


def listings(part: Part, officer: Officer) -> QuerySet[Listing]:
    """ExportClosed."""
    if not may_take(officer):
        raise ExportClosed
    found = Listing.objects.all() if sees_every_court(officer) else Listing.objects.filter(court=officer.court_id)
    if part.state:
        found = found.filter(state=part.state)
    if part.court:
        found = found.filter(court__code=part.court)
    if part.year:
        found = found.filter(number__startswith=f"L-{part.year}-")
    return found


def take(part: Part, form: Form, *, masked: bool, officer: Officer, now: datetime) -> Iterator[bytes]:
    """The file, once it is on record that it was taken. ExportClosed, NoMaskedNumbers, TooManyForExcel."""
    found = listings(part, officer)
    if masked and not may_take_masked(officer):
        raise NoMaskedNumbers
    count = found.count()
    if form == Form.XLSX and count > XLSX_MOST:
        raise TooManyForExcel("form", count=count, most=XLSX_MOST)
    BookTaken.objects.create(officer=officer, at=now, sought=asdict(part), form=form, masked=masked, listings=count)
    header, rows = _header(masked=masked), _rows(found, _Said(), masked=masked, officer=officer, now=now)
    if form == Form.CSV:
        return unsealed_csv_file(header, rows)
    return unsealed_xlsx_file(header, rows, _("The book"))


class _Said:
    """Codes in the reader's language, looked up before the file begins: it goes out when the page's language is gone."""

    def __init__(self) -> None:
        self.courts = {each.pk: (each.code, str(each)) for each in Court.objects.all()}
        self.states = {each.value: str(each.label) for each in State}
        self.flags = {each.value: str(each.label) for each in Flag}
        self.kinds = {each.value: str(each.label) for each in DecisionKind}
        self.articles = {code: codes.label("articles", code) for code in codes.entries("articles")}
        self.lifelong = str(_("for life"))


def _header(*, masked: bool) -> Row:
    columns = [
        _("Listing"), _("Court"), _("Code of the court"), _("State"), _("Flags"), _("Version"), _("Kind of decision"),
        _("Number of the decision"), _("Article"), _("Effective on"), _("Listed until"), _("Notice served on"),
        _("Entered by"), _("Entered at"), _("Submitted by"), _("Submitted at"), _("Approved by"), _("Approved at"),
    ]  # fmt: skip
    return [*columns, *([_("Document numbers, masked")] if masked else [])]


def _rows(found: QuerySet[Listing], said: _Said, *, masked: bool, officer: Officer, now: datetime) -> Iterator[Row]:
    """In the order in which they were entered, each chunk by its own statement: nothing is held open meanwhile."""
    related = ["party__decision", "entered_by", "submitted_by", "approved_by", *(["party__person"] if masked else [])]
    rows = found.select_related(*related).order_by("pk")
    if masked:
        rows = rows.prefetch_related(EVERY_DOCUMENT)
    after = 0
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK]):
        if masked:
            record_reading(chunk, officer=officer, page=PAGE, now=now)
        for listing in chunk:
            yield [*_cells(listing, said), *([_numbers(listing)] if masked else [])]
        after = chunk[-1].pk


def _cells(listing: Listing, said: _Said) -> Sequence[str]:
    code, court = said.courts[listing.court_id]
    decision = listing.party.decision
    return [
        listing.number,
        court,
        code,
        said.states[listing.state],
        "; ".join(said.flags[each] for each in listing.flags),
        str(listing.version),
        said.kinds[decision.kind],
        decision.number,
        said.articles.get(listing.party.article, listing.party.article),
        _iso(listing.effective_on),
        said.lifelong if listing.review_on else _iso(listing.ends_on),
        _iso(listing.notice_served_on),
        _staff(listing.entered_by),
        _iso(listing.entered_at),
        _staff(listing.submitted_by),
        _iso(listing.submitted_at),
        _staff(listing.approved_by),
        _iso(listing.approved_at),
    ]


def _numbers(listing: Listing) -> str:
    return "; ".join(each.masked for each in fetched_of(listing))


def _staff(officer: Officer | None) -> str:
    return officer.staff_number if officer else ""


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone()).isoformat(timespec="seconds")
    return value.isoformat() if value else ""
