"""What a verification finds, as data: which kind, and at which position or listing. Never a name, never a number of a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_OF_A_KIND = 100


class Kind(models.TextChoices):
    GAP = "gap", _("an event is missing")
    DOUBLE = "double", _("two events have one position")
    BEYOND = "beyond", _("an event stands beyond the end of the log")
    EPOCH = "epoch", _("an event is of an epoch that this position was not written in")
    NO_PAYLOAD = "no_payload", _("what an event said is missing, and its listing is not purged")
    KEPT_PAYLOAD = "kept_payload", _("what an event said is still there, although its listing is purged")
    UNREADABLE = "unreadable", _("what an event said cannot be opened")
    COMMITMENT = "commitment", _("what an event said is not what was committed to")
    COLUMNS = "columns", _("the row of an event does not say what the event said")
    NO_LISTING = "no_listing", _("the listing of an event is missing")
    TILE = "tile", _("a stored tile does not have the hashes of the log")
    FORKED = "forked", _("the log is not the one that was signed")
    CHECKPOINT = "checkpoint", _("a stored checkpoint is not as it was signed")
    SHORT = "short", _("more events were signed than the log has")
    NO_GUARD = "no_guard", _("the record of what was signed last, outside the database, is missing")
    BAD_GUARD = "bad_guard", _("the record of what was signed last cannot be read, or is not of this log")
    UNTOLD = "untold", _("a listing is in force, or was, without an event")
    STATE = "state", _("the state of a listing is not the one that its events lead to")
    VERSION = "version", _("the version of a listing is not the one that its events lead to")
    CONTENT = "content", _("a listing does not say what its events say")
    ACTS = "acts", _("the acts on record for a listing are not those that its events tell of")
    UNPROVED = "unproved", _("what was told of a listing cannot be read, so nothing can be compared")
    BOOK_UNREADABLE = "book_unreadable", _("what the book holds of a listing cannot be opened")
    UNFOUND = "unfound", _("a question about the person of a listing would not find it: a digest does not fit")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``position``: the first that is not in order; ``until``: where only a range is known, its last. ``listing``: its number,
    where the fault is in the book beside the log. ``part``: which field, tile or checkpoint.
    """

    kind: Kind
    position: int | None = None
    until: int | None = None
    listing: str = ""
    part: str = ""

    @property
    def is_range(self) -> bool:
        """Whether one event of the range at least is not in order, and it is not known which."""
        return self.until is not None and self.kind in (Kind.FORKED, Kind.TILE)

    def __str__(self) -> str:
        at = "" if self.position is None else f"{self.position}" + (f"–{self.until}" if self.until else "")
        place, said = self.listing or at, f"{self.kind.label}" + (f" ({self.part})" if self.part else "")
        return f"{place}: {said}" if place else said

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "kind": self.kind.value}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        return cls(**{**kept, "kind": Kind(kept["kind"])})


@dataclass
class Found:
    """All that was found: counted, and of each kind the first `MOST_OF_A_KIND` kept, so that a log of nothing but faults
    does not fill the memory.
    """

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            self.counts[each.kind.value] += 1
            if self.counts[each.kind.value] <= MOST_OF_A_KIND:
                self.findings.append(each)

    def __iter__(self) -> Iterator[Finding]:
        """Of the log by position, and after it of the book."""
        return iter(sorted(self.findings, key=lambda each: (bool(each.listing), each.position or 0, each.listing)))

    @property
    def first_position(self) -> int | None:
        """Of a range of which one event at least is not in order, its beginning, unless it is known which."""
        known = [each.position for each in self.findings if each.position is not None and not each.is_range]
        ranges = [(each.position or 0, each.until or 0) for each in self.findings if each.is_range]
        unknown = [begin for begin, end in ranges if not any(begin <= position <= end for position in known)]
        return min([*known, *unknown], default=None)

    @property
    def first_listing(self) -> str:
        return min((each.listing for each in self.findings if each.listing), default="")

    def as_json(self) -> dict[str, Any]:
        return {"findings": [each.as_json() for each in self], "counts": dict(self.counts)}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        return cls([Finding.of_json(each) for each in kept["findings"]], Counter(kept["counts"]))
