"""Admitting an employer: the High Court's registry decides who may ask, for which purposes, on which basis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from registry import identity
from registry.actions.acting import today
from registry.errors import PurposeUnknown
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.employers.models import Employer, EmployerAct
from sharing.employers.purposes import purposes
from sharing.parties import organisations
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
    """A new employer with its purposes (codes of purposes.json). Raises as `examine` does."""
    examine(code=code, uscc=uscc, admitted_for=admitted_for, officer=approved_by, now=now)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=OrganisationKind.EMPLOYER,
            code=code,
            name=name,
            name_en=name_en,
            uscc=identity.canonical("uscc", uscc, today=today(now), field="uscc"),
        )
        EmployerAct.objects.create(
            employer=organisation, act=EmployerAct.Act.ADMIT, reason=legal_basis, officer=approved_by, at=now
        )
        return Employer.objects.create(
            organisation=organisation,
            legal_basis=legal_basis,
            purposes=list(admitted_for),
            daily_quota=settings.SHARING_SCREENINGS_A_DAY if daily_quota is None else daily_quota,
            monitored_most=settings.SHARING_MONITORED_MOST,
            approved_by=approved_by,
        )


def examine(*, code: str, uscc: str, admitted_for: Sequence[str], officer: Officer, now: datetime) -> None:
    """Raise what is wrong with it before anything is done.

    HighCourtRegistrarNeeded; PurposeUnknown; DocumentShape or CheckDigit for the unified social credit code; CodeTaken,
    CreditCodeTaken.
    """
    refuse_unless_registrar(officer)
    if not admitted_for or not set(admitted_for) <= set(purposes()):
        raise PurposeUnknown("admitted_for", known=", ".join(purposes()))
    number = identity.canonical("uscc", uscc, today=today(now), field="uscc")
    organisations.refuse_taken(code, number)
