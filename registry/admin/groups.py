"""The groups of the page *My work*: lines that wait for an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import Text

Row = TypeVar("Row", bound=Model)

SHOWN = 25
WITHIN_HOURS = _("within hours")


@dataclass(frozen=True)
class Item:
    """One line: where it leads, what it is and what to know about it. Never a name of who is listed."""

    address: str
    title: str
    notes: Sequence[Text]
    since: datetime | None = None


@dataclass(frozen=True)
class Group:
    """``urgent``: it stands before all others, marked red with ``tag``. ``rest``: where those are that it has no room for,
    where that is not the book, and how that is said.
    """

    title: Text
    items: list[Item]
    count: int
    urgent: bool = False
    rest: str = ""
    rest_words: Text = ""
    tag: Text = WITHIN_HOURS


def first_of(rows: QuerySet[Row]) -> tuple[list[Row], int]:
    """Those that a group has room for, and how many there are: counted only where there are more."""
    found = list(rows[: SHOWN + 1])
    return found[:SHOWN], len(found) if len(found) <= SHOWN else rows.count()
