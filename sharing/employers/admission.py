"""Admitting an employer: the High Court's registry decides who may ask, for which purposes, on which basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from registry import identity
from registry.actions.acting import today
from registry.errors import HighCourtRegistrarNeeded, PurposeUnknown
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role
from sharing.employers.models import Employer
from sharing.employers.purposes import purposes
from sharing.parties.models import Organisation, OrganisationKind


def admit(
    *,
    code: str,
    name: str,
    uscc: str,
    legal_basis: str,
    admitted_for: Sequence[str],
    approved_by: Officer,
    now: datetime,
    name_en: str = "",
    daily_quota: int | None = None,
) -> Employer:
    """A new employer with its purposes (codes of purposes.json).

    Raises HighCourtRegistrarNeeded, PurposeUnknown, and DocumentShape or CheckDigit for the unified social credit code.
    """
    refuse_unless_registrar(approved_by)
    if not admitted_for or not set(admitted_for) <= set(purposes()):
        raise PurposeUnknown("purposes", known=", ".join(purposes()))
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=OrganisationKind.EMPLOYER,
            code=code,
            name=name,
            name_en=name_en,
            uscc=identity.canonical("uscc", uscc, today=today(now), field="uscc"),
        )
        return Employer.objects.create(
            organisation=organisation,
            legal_basis=legal_basis,
            purposes=list(admitted_for),
            daily_quota=settings.SHARING_SCREENINGS_A_DAY if daily_quota is None else daily_quota,
            approved_by=approved_by,
        )


def refuse_unless_registrar(officer: Officer) -> None:
    """Raise `HighCourtRegistrarNeeded` for anybody but the High Court's registrars."""
    if officer.role != Role.REGISTRAR or officer.court.level != HIGH_COURT_LEVEL:
        raise HighCourtRegistrarNeeded
