"""What the screen shows of a trace: how often what, by whom, since when; and the same by listing and by question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sharing.audit.tracing.source import Row

QUESTION = "scr_"  # so the id of a question begins


@dataclass
class Count:
    first: datetime
    last: datetime
    rows: int = 0
    kinds: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.rows += 1
        self.first, self.last = min(self.first, row.at), max(self.last, row.at)
        self.kinds.add(row.kind)


@dataclass
class Counts:
    """``parties``: by kind, organisation and party."""

    parties: dict[tuple[str, str, str], Count] = field(default_factory=dict)
    listings: dict[str, Count] = field(default_factory=dict)
    questions: dict[str, Count] = field(default_factory=dict)
    rows: int = 0

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted as they go by."""
        for row in rows:
            self.rows += 1
            _at(self.parties, (row.kind, row.organisation, row.who), row)
            if row.listing:
                _at(self.listings, row.listing, row)
            if row.what.startswith(QUESTION):
                _at(self.questions, row.what, row)
            yield row


def _at(counts: dict[Any, Count], key: Any, row: Row) -> None:
    if key not in counts:
        counts[key] = Count(row.at, row.at)
    counts[key].add(row)
