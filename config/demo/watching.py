"""What the live board shows: the court's book beside the departments' own lists, each read where it is kept.

The book is read from the database, a list from its receiver's own store. A reader that finds nothing to read says
None instead of raising, so that one broken part is shown in its place while the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.demo.playbill import PlayedDepartment
from config.demo.watched_book import Book, Failing, Recorded, read_book
from config.demo.watched_lists import Arrival, Copy, answers, read_store


class Standing(models.TextChoices):
    """How a department's list stands against what was meant for it."""

    IN_STEP = "in_step", _("in step")
    BEHIND = "behind", _("behind")
    SILENT = "silent", _("not answering")
    UNREADABLE = "unreadable", _("store cannot be read")
    UNKNOWN = "unknown", _("cannot be compared")


class Reach(models.TextChoices):
    """How far one event came with one department."""

    RECEIVED = "received", _("received")
    WAITING = "waiting", _("waiting")
    NOT_MEANT = "not_meant", _("not meant for it")
    UNREADABLE = "unreadable", _("cannot be read")


@dataclass(frozen=True)
class DepartmentRow:
    """One department on the board. ``held`` is None where its store cannot be read."""

    name: str
    name_en: str
    standing: Standing
    held: int | None
    behind: int
    last: Arrival | None
    failing: Failing | None


@dataclass(frozen=True)
class Cell:
    reach: Reach
    arrival: Arrival | None = None


@dataclass(frozen=True)
class EventRow:
    """``cells``: each department, with how far the event came there."""

    event: Recorded
    cells: tuple[tuple[PlayedDepartment, Cell], ...]


@dataclass(frozen=True)
class Board:
    """``book`` is None where the database cannot be reached; the departments' lists are shown all the same."""

    book: Book | None
    departments: tuple[DepartmentRow, ...]
    events: tuple[EventRow, ...]


def look(played: Iterable[PlayedDepartment], today: date) -> Board:
    """The board at this moment. The book is read first: what arrives meanwhile never makes a list look behind."""
    departments = tuple(played)
    book = read_book(today)
    copies = [read_store(Path(each.store)) for each in departments]
    rows = tuple(_department(each, copy, book) for each, copy in zip(departments, copies, strict=True))
    latest = book.latest if book else ()
    return Board(book, rows, tuple(_event_row(event, departments, copies, book) for event in latest))


def _department(played: PlayedDepartment, copy: Copy | None, book: Book | None) -> DepartmentRow:
    meant = book.meant.get(played.department_id, 0) if book else 0
    behind = max(0, meant - copy.received) if copy else 0
    failing = book.failing.get(played.endpoint_id) if book else None
    return DepartmentRow(
        name=played.name,
        name_en=played.name_en,
        standing=_standing(copy, book, behind, silent=failing is not None or not answers(played.url)),
        held=copy.held if copy else None,
        behind=behind,
        last=copy.last if copy else None,
        failing=failing,
    )


def _standing(copy: Copy | None, book: Book | None, behind: int, *, silent: bool) -> Standing:
    if copy is None:
        return Standing.UNREADABLE
    if silent:
        return Standing.SILENT
    if book is None:
        return Standing.UNKNOWN
    return Standing.BEHIND if behind else Standing.IN_STEP


def _event_row(
    event: Recorded, departments: tuple[PlayedDepartment, ...], copies: list[Copy | None], book: Book | None
) -> EventRow:
    cells = ((each, _cell(event, each, copy, book)) for each, copy in zip(departments, copies, strict=True))
    return EventRow(event, tuple(cells))


def _cell(event: Recorded, played: PlayedDepartment, copy: Copy | None, book: Book | None) -> Cell:
    if copy is None:
        return Cell(Reach.UNREADABLE)
    arrival = copy.by_event.get(event.event_id)
    if arrival is not None:
        return Cell(Reach.RECEIVED, arrival)
    if book is None or event.position > book.decided or (played.department_id, event.position) in book.told:
        return Cell(Reach.WAITING)
    return Cell(Reach.NOT_MEANT)
