"""What a check is: a question to the book that should be answered with nobody, written down as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.lifecycle import ACTS
from registry.models import Court, Listing, State

DAYS = 30  # for which checks look back that count what happened, not what stands
WINDOW = timedelta(days=DAYS)
HIDDEN = "—"  # in place of the number of a listing that is sealed


class Group(TextChoices):
    """Under which heading a check stands."""

    BOOK = "book", _("The book")
    OFFICERS = "officers", _("Officers")
    READING = "reading", _("Reading")
    DEPARTMENTS = "departments", _("Departments")
    EMPLOYERS = "employers", _("Employers")
    PERSONS = "persons", _("Persons")


class Severity(TextChoices):
    """What one hit means. `NOTE`: it is counted so that it is seen, and is nothing wrong by itself."""

    GRAVE = "grave", _("look at once")
    LOOK = "look", _("look")
    NOTE = "note", _("for information")


def as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Column:
    """``path``: from the row, as Django follows it. ``say``: a code in words. ``route``: the page that the value opens."""

    label: Text
    path: str
    say: Callable[[Any], Any] = as_it_is
    route: str = ""
    is_listing: bool = False


@dataclass(frozen=True, kw_only=True)
class Check:
    """``why``: why it matters, with its article; ``counted``: what exactly; ``found``: the rows, of which none names a person.

    ``since``: the path of the day or moment from which a row counts; the earliest is shown, and the rows are in its order.
    """

    code: str
    group: Group
    severity: Severity
    name: Text
    why: Text
    counted: Text
    found: Callable[[datetime], QuerySet[Any]]
    since: str
    columns: tuple[Column, ...]


def listing_number(path: str = "number") -> Column:
    return Column(_("Listing"), path, route="admin:listing", is_listing=True)


def court(path: str = "court") -> Column:
    """``path`` leads to the court's row."""
    return Column(_("Court"), f"{path}__code", say=court_called)


def court_called(code: str | None) -> str:
    return str(Court(code=code)) if code else ""


def act_called(act: str) -> Any:
    """An act on listings in words; another one as the record of refused acts calls it."""
    return ACTS[act].label if act in ACTS else act


def state_called(state: str) -> Any:
    return State(state).label


def officer(path: str = "officer") -> Column:
    """By staff number: a list is no place for names."""
    return Column(_("Officer"), f"{path}__staff_number")


def zone() -> ZoneInfo:
    return ZoneInfo(settings.REGISTRY_TIME_ZONE)


def days_of_window(now: datetime) -> list[date]:
    today = now.astimezone(zone()).date()
    return [today - timedelta(days=each) for each in range(DAYS + 1)]


def sealed_numbers() -> QuerySet[Listing, str]:
    """Listings that are named to nobody."""
    return Listing.including_sealed.exclude(sealed_at=None).values_list("number", flat=True)
