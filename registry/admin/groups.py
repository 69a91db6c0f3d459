"""The groups of the page *My work*: lines that wait for an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.errors import Text

SHOWN = 25


@dataclass(frozen=True)
class Item:
    """One line: where it leads, what it is and what to know about it. Never a name."""

    address: str
    title: str
    notes: Sequence[Text]
    since: datetime | None = None


@dataclass(frozen=True)
class Group:
    """``urgent``: it stands before all others, marked red. ``rest``: where those are that it has no room for, where that is
    not the book, and how that is said.
    """

    title: Text
    items: list[Item]
    count: int
    urgent: bool = False
    rest: str = ""
    rest_words: Text = ""
