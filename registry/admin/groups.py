"""The groups of the page *My work*: lines that wait for an officer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import DatabaseError
from django.db.models import Model, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from registry.errors import Text

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)

SHOWN = 25
ARM = "arm"  # of a row: which of several questions it answers
COUNTED = 1_000  # what is beyond waits anyway, and to count it the database would walk through the whole book
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
    where that is not the book, and how that is said. ``failed``: it could not be loaded.
    """

    title: Text
    items: list[Item]
    count: int
    urgent: bool = False
    rest: str = ""
    rest_words: Text = ""
    tag: Text = WITHIN_HOURS
    failed: bool = False

    @property
    def is_shown(self) -> bool:
        return bool(self.items) or self.failed

    @property
    def says_since(self) -> bool:
        return any(item.since for item in self.items)

    @property
    def how_many(self) -> Text:
        if self.count <= COUNTED:
            return f"{self.count:,}"
        return _("more than %(count)s") % {"count": f"{COUNTED:,}"}


def apart(title: Text, find: Callable[[], Iterable[Group]]) -> list[Group]:
    """What `find` finds. Where the database does not answer in time, one group that says so; all others stand."""
    try:
        return list(find())
    except DatabaseError:
        logger.exception("A part of My work could not be loaded.")
        return [Group(title, [], 0, failed=True)]


def first_of(rows: QuerySet[Row]) -> tuple[list[Row], int]:
    """Those that a group has room for, and how many there are: counted only where there are more, and not beyond
    `COUNTED`.
    """
    found = list(rows[: SHOWN + 1])
    return _counted(rows, found)


def first_of_each(*wanted: QuerySet[Row]) -> Iterator[tuple[list[Row], int]]:
    """`first_of` for rows of one model, asked for in one statement."""
    arms = [rows.annotate(**{ARM: Value(nth)})[: SHOWN + 1] for nth, rows in enumerate(wanted)]
    found: list[list[Row]] = [[] for _rows in wanted]
    for row in arms[0].union(*arms[1:], all=True):  # within its arm, each row comes in the arm's order
        found[getattr(row, ARM)].append(row)
    yield from map(_counted, wanted, found)


def _counted(rows: QuerySet[Row], found: list[Row]) -> tuple[list[Row], int]:
    return found[:SHOWN], len(found) if len(found) <= SHOWN else rows.order_by()[: COUNTED + 1].count()
