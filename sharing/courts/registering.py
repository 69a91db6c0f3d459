"""Registering a court's case management: the High Court's registrar lets it in, and makes and revokes its keys."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry import identity
from registry.actions.acting import today
from registry.codes.titles import title
from registry.errors import NoSuchCaseSystem, UnknownCode
from registry.models import Court, Officer
from registry.overseeing import refuse_unless_registrar
from sharing.courts.models import CaseSystem, CaseSystemAct
from sharing.parties import clients, organisations
from sharing.parties.models import Client, Organisation, OrganisationKind

SCOPES = ("cases",)


def register(
    *, code: str, name: str, name_en: str, uscc: str, court: str, officer: Officer, now: datetime
) -> CaseSystem:
    """A new system of a court (its code). Raises as `examine` does."""
    number = examine(code=code, uscc=uscc, court=court, officer=officer, now=now)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=OrganisationKind.COURT, code=code, name=name, name_en=name_en, uscc=number
        )
        system = CaseSystem.objects.create(organisation=organisation, court=Court.objects.get(code=court))
        _note(system, CaseSystemAct.Act.REGISTER, "", officer, now)
    return system


def examine(*, code: str, uscc: str, court: str, officer: Officer, now: datetime) -> str:
    """The credit code in canonical form. Raises what is wrong before anything is done.

    HighCourtRegistrarNeeded; UnknownCode: no such court; DocumentShape or CheckDigit for the unified social credit code;
    OrganisationCodeTaken, CreditCodeTaken.
    """
    refuse_unless_registrar(officer)
    if not Court.objects.filter(code=court).exists():
        raise UnknownCode("court", value=court, list=title("courts"))
    number = identity.canonical("uscc", uscc, today=today(now), field="uscc")
    organisations.refuse_taken(code, number)
    return number


def add_key(system: CaseSystem, *, officer: Officer, now: datetime) -> tuple[str, str]:
    """A new client's id and its secret, of which only a hash is kept."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        client_id, secret = clients.issue(system.organisation, SCOPES, now=now)
        _note(system, CaseSystemAct.Act.ADD_KEY, client_id, officer, now)
    return client_id, secret


def revoke_key(system: CaseSystem, client_id: str, *, officer: Officer, now: datetime) -> None:
    """Calls with it are refused from now on. NoSuchCaseSystem: it has no such key."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        clients.revoke(key_of(system, client_id), now=now)
        _note(system, CaseSystemAct.Act.REVOKE_KEY, client_id, officer, now)


def key_of(system: CaseSystem, client_id: str) -> Client:
    found = clients.of(system.organisation, client_id)
    if found is None:
        raise NoSuchCaseSystem
    return found


def _note(system: CaseSystem, act: CaseSystemAct.Act, about: str, officer: Officer, now: datetime) -> None:
    CaseSystemAct.objects.create(system=system.organisation, act=act, about=about, officer=officer, at=now)
