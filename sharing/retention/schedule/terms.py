"""What an entry of the schedule says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of it at its end."""

    DELETED_WITH_LISTING = "row deleted when the listing is purged"
    EMPTIED_WITH_LISTING = "fields emptied when the listing is purged"
    DELETED_AFTER_YEARS = "destroyed after its years"
    OWN_CLOCK = "destroyed by a clock of its own"
    STAYS = "stays"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One table that holds personal data, what is sealed, or digests.

    ``personal``: those fields, ``plain``: all others, by name, so that no field is forgotten. ``remains``: what of a
    purged person is left in it, and in which form; empty: nothing.
    """

    table: str
    personal: str
    plain: str = ""
    what: str
    basis: str
    until: str
    fate: Fate
    remains: str = ""

    @property
    def fields(self) -> set[str]:
        return {*self.personal.split(), *self.plain.split()}


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A place outside the database."""

    place: str
    what: str
    until: str
    remains: str
