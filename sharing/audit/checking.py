"""Running the checks: how many rows each finds and since when, a page of them, and all of them for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchCheck, Text
from registry.models import Listing
from sharing.audit.checks import CHECKS, Check, Severity

A_PAGE = 25
CHUNK = 2_000
IN_ORDER = _("in order")
COLOURS = {Severity.GRAVE: "red", Severity.LOOK: "orange", Severity.NOTE: "blue"}
HIDDEN = "—"  # in place of the number of a listing that is sealed


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


def as_text(value: Any) -> str:
    """A value as files have it: days and moments as in ISO 8601, in the court's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


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
    sealed = Listing.including_sealed.filter(number__in=numbers).exclude(sealed_at=None)
    return set(sealed.values_list("number", flat=True))
