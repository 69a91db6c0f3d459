"""One verification from its beginning to its end: first the log, then the book beside it; it can be put down between steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from registry.models import Checkpoint, Listing
from registry.verifying import book, walking
from registry.verifying.findings import Found
from registry.verifying.walking import Walk


@dataclass
class Verification:
    """``begun_at``: the position before the first event that is looked at; ``listings``: how many there were at the
    beginning; ``last``: the key of the listing that was looked at last, None once there are no more.
    """

    walk: Walk
    found: Found
    begun_at: int
    listings: int
    looked_at: int = 0
    last: int | None = 0

    @classmethod
    def begun(cls, since: Checkpoint | None = None) -> Self:
        """``since``: a stored checkpoint, before which every event is taken for granted; the book is looked at as a whole."""
        found = Found()
        walk = walking.begun(found, since)
        return cls(walk, found, walk.frontier.size, Listing.including_sealed.count())

    @property
    def is_over(self) -> bool:
        return self.walk.is_over and self.last is None

    @property
    def is_sound(self) -> bool:
        return not self.found.counts

    @property
    def done(self) -> int:
        return self.walk.frontier.size - self.begun_at + self.looked_at

    @property
    def total(self) -> int:
        """Events and listings; what comes in meanwhile may make it more."""
        return self.walk.size - self.begun_at + max(self.listings, self.looked_at)

    def step(self) -> None:
        """About a tenth of a second of it."""
        if not self.walk.is_over:
            self.walk.step(self.found)
        elif self.last is not None:
            looked = book.look(self.last)
            self.found.add(looked.findings)
            self.last, self.looked_at = looked.last, self.looked_at + looked.looked_at

    def as_json(self) -> dict[str, Any]:
        """Where it is; what it found is kept beside it."""
        return {
            "walk": self.walk.as_json(),
            "begun_at": self.begun_at,
            "listings": self.listings,
            "looked_at": self.looked_at,
            "last": self.last,
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any], found: dict[str, Any]) -> Self:
        return cls(**{**kept, "walk": Walk.of_json(kept["walk"]), "found": Found.of_json(found)})
