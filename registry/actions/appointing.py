"""Officers: appointed by a registrar of the High Court."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import CourtAbolished, StaffNumberTaken, UserNameTaken, WrongRole
from registry.lifecycle import HIGH_COURT_LEVEL, is_high_court_registrar
from registry.models import Account, Court, Officer, Role

FIRST_REGISTRARS = 2


def appoint(
    *, user_name: str, password: str, court: Court, role: Role, staff_number: str, name: str, officer: Officer
) -> Officer:
    """Give a person an account and one appointment. ``officer`` is who appoints.

    Raises `WrongRole`, `CourtAbolished`, `UserNameTaken`, `StaffNumberTaken`: one person has one account, so that nobody
    approves his own entry through a second one.
    """
    if not may_appoint(officer):
        raise WrongRole(act=_("appoint officers"), roles=_("registrar of the High Court"))
    return _appoint(user_name, password, court, role, staff_number, name)


def appoint_first(*, user_name: str, password: str, staff_number: str, name: str) -> Officer:
    """The first two registrars of the High Court, by whoever installs; they appoint everyone else.

    Raises `WrongRole` once there are two, so that the console is no way around them.
    """
    high_court = Court.objects.get(level=HIGH_COURT_LEVEL)
    if Officer.objects.filter(court=high_court, role=Role.REGISTRAR).count() >= FIRST_REGISTRARS:
        raise WrongRole(act=_("appoint officers"), roles=_("registrar of the High Court"))
    return _appoint(user_name, password, high_court, Role.REGISTRAR, staff_number, name)


def may_appoint(officer: Officer) -> bool:
    return is_high_court_registrar(officer)


def _appoint(user_name: str, password: str, court: Court, role: Role, staff_number: str, name: str) -> Officer:
    with transaction.atomic():
        if Court.objects.select_for_update(no_key=True).get(pk=court.pk).retired_at is not None:
            raise CourtAbolished("court")
        if Account.objects.filter(username=user_name).exists():
            raise UserNameTaken("user_name")
        if Officer.objects.filter(staff_number=staff_number).exists():
            raise StaffNumberTaken("staff_number")
        account = Account(username=user_name, is_staff=True)
        account.set_password(password)
        account.save(force_insert=True)
        return Officer.objects.create(account=account, court=court, role=role, staff_number=staff_number, name=name)
