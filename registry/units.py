"""What a unit is called, whether it is still registered and who represents it, read from the history of its changes.

A unit that ended stays listed, and nobody is listed in its place: see docs/units.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Person, PersonKind, UnitChange, UnitChangeKind


class RegistrationStatus(models.TextChoices):
    """As departments are told it (docs/units.md)."""

    REGISTERED = "registered", _("registered")
    DIVIDED = "divided", _("divided, and still registered")
    LICENCE_REVOKED = "licence_revoked", _("business licence revoked, not deregistered")
    MERGED = "merged", _("ended by a merger")
    DEREGISTERED = "deregistered", _("deregistered")


ENDED = (RegistrationStatus.MERGED, RegistrationStatus.DEREGISTERED)
_BECAME: Mapping[str, RegistrationStatus] = {
    UnitChangeKind.DIVIDED: RegistrationStatus.DIVIDED,
    UnitChangeKind.LICENCE_REVOKED: RegistrationStatus.LICENCE_REVOKED,
    UnitChangeKind.MERGED: RegistrationStatus.MERGED,
    UnitChangeKind.DEREGISTERED: RegistrationStatus.DEREGISTERED,
    UnitChangeKind.RESTORED: RegistrationStatus.REGISTERED,
}
OF_REGISTRATION = frozenset(_BECAME)


@dataclass(frozen=True)
class Registration:
    """``since``: None where nothing was recorded."""

    status: RegistrationStatus
    since: date | None = None

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED


def is_unit(person: Person) -> bool:
    return person.kind == PersonKind.UNIT


def changes_of(unit: Person) -> list[UnitChange]:
    """The latest last; of one day, in the order in which they were recorded."""
    return sorted(unit.unit_changes.all(), key=lambda row: (row.since, row.at, row.recorded_at))


def registration(unit: Person) -> Registration:
    found = [row for row in changes_of(unit) if row.kind in OF_REGISTRATION]
    return (
        Registration(_BECAME[found[-1].kind], found[-1].since) if found else Registration(RegistrationStatus.REGISTERED)
    )


def representative(unit: Person) -> UnitChange | None:
    """The record of the present one; None: nobody was recorded."""
    found = [row for row in changes_of(unit) if row.kind == UnitChangeKind.REPRESENTATIVE]
    return found[-1] if found else None


def former_names(unit: Person) -> list[str]:
    """Those that it bore, without spellings that were wrong, in the order of their characters."""
    names = {row.name for row in unit.former_names.all() if not row.misspelt}
    return sorted(names - {unit.name})
