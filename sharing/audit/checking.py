"""Running the checks: how many rows each finds and since when, a page of them, and all of them for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchCheck, Text
from registry.spreadsheets import Row, unsealed_csv_file, unsealed_xlsx_file
from sharing.audit.checks import CHECKS, Check, Severity
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.audit.models import CheckCount

A_PAGE = 25
CHUNK = 2_000
KEPT_FOR = timedelta(minutes=15)  # counted every five, as long as a worker lives
IN_ORDER = _("in order")
COLOURS = {Severity.GRAVE: "red", Severity.LOOK: "orange", Severity.NOTE: "blue"}


@dataclass(frozen=True)
class Counted:
    """What a check found now. ``since``: the earliest row's day or moment."""

    check: Check
    count: int
    since: date | datetime | None

    @property
    def needs_a_look(self) -> bool:
        return bool(self.count) and self.check.severity != Severity.NOTE

    @property
    def words(self) -> Text:
        return Severity(self.check.severity).label if self.count else IN_ORDER

    @property
    def colour(self) -> str:
        return COLOURS[self.check.severity] if self.count else "green"


def called(code: str) -> Check:
    """Raises `NoSuchCheck`."""
    if code not in CHECKS:
        raise NoSuchCheck
    return CHECKS[code]


def count(check: Check, *, now: datetime) -> Counted:
    """In one statement."""
    found = check.found(now).aggregate(count=Count("pk"), since=Min(check.since))
    return Counted(check, found["count"], found["since"])


def count_all(*, now: datetime) -> list[Counted]:
    return [count(each, now=now) for each in CHECKS.values()]


def keep_counts(*, now: datetime) -> None:
    """Count all, for the pages to show: of a national book that takes seconds."""
    rows = [_kept(each, now) for each in count_all(now=now)]
    with transaction.atomic():
        CheckCount.objects.exclude(code__in=CHECKS).delete()
        CheckCount.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["code"], update_fields=["count", "since_on", "since_at", "at"]
        )


def kept(*, now: datetime) -> tuple[list[Counted], datetime]:
    """What every check found, and when that was counted. Where one was not, or the clock has stood still, all are now."""
    rows = CheckCount.objects.filter(code__in=CHECKS, at__gt=now - KEPT_FOR).in_bulk()
    if len(rows) < len(CHECKS):
        return count_all(now=now), now
    found = [
        Counted(check, rows[code].count, rows[code].since_at or rows[code].since_on) for code, check in CHECKS.items()
    ]
    return found, min(row.at for row in rows.values())


def _kept(each: Counted, now: datetime) -> CheckCount:
    moment = each.since if isinstance(each.since, datetime) else None
    return CheckCount(
        code=each.check.code, count=each.count, since_at=moment, since_on=None if moment else each.since, at=now
    )


def a_page(check: Check, number: int, *, now: datetime) -> list[tuple[Any, ...]]:
    """The rows of the page, from 1 on; those that have stood for longest first."""
    first = (number - 1) * A_PAGE
    return _shown(check, _ordered(check, now)[first : first + A_PAGE])


def every_row(check: Check, *, now: datetime) -> Iterator[tuple[Any, ...]]:
    """All rows, a chunk at a time."""
    rows = _ordered(check, now)
    first = 0
    while chunk := _shown(check, rows[first : first + CHUNK]):
        yield from chunk
        first += CHUNK


def csv_of(check: Check, *, now: datetime, most: int | None = None) -> bytes:
    return b"".join(unsealed_csv_file(_header(check), islice(_texts(check, now), most)))


def xlsx_of(check: Check, *, now: datetime) -> bytes:
    return b"".join(unsealed_xlsx_file(_header(check), _texts(check, now), check.code))


def as_text(value: Any) -> str:
    """A value as files have it: days and moments as in ISO 8601, in the court's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _header(check: Check) -> Row:
    return [str(column.label) for column in check.columns]


def _texts(check: Check, now: datetime) -> Iterator[Row]:
    return ([as_text(value) for value in row] for row in every_row(check, now=now))


def _ordered(check: Check, now: datetime) -> Any:
    paths = [column.path for column in check.columns]
    return check.found(now).order_by(check.since, "pk").values_list(*paths)


def _shown(check: Check, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Codes in words, and no number of a listing that is sealed."""
    whole = list(rows)
    hidden = _sealed(check, whole)
    return [
        tuple(
            HIDDEN if column.is_listing and value in hidden else _said(column.say(value))
            for column, value in zip(check.columns, row, strict=True)
        )
        for row in whole
    ]


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Promise) else value


def _sealed(check: Check, rows: Sequence[tuple[Any, ...]]) -> set[str]:
    places = [place for place, column in enumerate(check.columns) if column.is_listing]
    numbers = {row[place] for row in rows for place in places}
    if not numbers:
        return set()
    return set(sealed_numbers().filter(number__in=numbers))
