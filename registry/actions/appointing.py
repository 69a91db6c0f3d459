"""Officers: appointed by a registrar of the High Court, who also ends an appointment."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import given, hold_court, today
from registry.actions.deputising import colleagues
from registry.actions.handing_over import pass_on, waits_with
from registry.errors import (
    AppointmentEnded,
    CourtAbolished,
    ImpossibleDate,
    LastRegistrars,
    NotAReceiver,
    OwnAppointment,
    ReceiverNeeded,
    StaffNumberTaken,
    UserNameTaken,
    WrongRole,
)
from registry.lifecycle import HIGH_COURT_LEVEL, is_high_court_registrar
from registry.models import Account, AppointmentEnd, Court, Deputyship, Officer, Role

FIRST_REGISTRARS = 2


def appoint(
    *,
    user_name: str,
    password: str,
    court: Court,
    role: Role,
    staff_number: str,
    name: str,
    officer: Officer,
    email: str = "",
) -> Officer:
    """Give a person an account and one appointment. ``officer`` is who appoints; ``email``: where reminders go.

    Raises `WrongRole`, `CourtAbolished`, `UserNameTaken`, `StaffNumberTaken`: one person has one account, so that nobody
    approves his own entry through a second one.
    """
    if not may_appoint(officer):
        raise WrongRole(act=_("appoint officers"), roles=_("registrar of the High Court"))
    return _appoint(user_name, password, court, role, staff_number, name, email)


def appoint_first(*, user_name: str, password: str, staff_number: str, name: str) -> Officer:
    """The first two registrars of the High Court, by whoever installs; they appoint everyone else.

    Raises `WrongRole` once there are two, so that the console is no way around them.
    """
    high_court = Court.objects.get(level=HIGH_COURT_LEVEL)
    if Officer.objects.filter(court=high_court, role=Role.REGISTRAR).count() >= FIRST_REGISTRARS:
        raise WrongRole(act=_("appoint officers"), roles=_("registrar of the High Court"))
    return _appoint(user_name, password, high_court, Role.REGISTRAR, staff_number, name)


def change_mail_address(officer: Officer, email: str) -> None:
    """Where the officer's reminders go from now on; ``email`` "": nowhere, they stand in *My work* alone."""
    Account.objects.filter(pk=officer.account_id).update(email=email)


def may_appoint(officer: Officer) -> bool:
    return is_high_court_registrar(officer)


def end_appointment(
    leaving: Officer, *, last_day: date, reason: str, receiver: Officer | None, officer: Officer, now: datetime
) -> AppointmentEnd:
    """He can sign in no more from this moment on; what waits with him goes to ``receiver``, his deputyships end.

    Nothing of what he did changes. Raises `WrongRole`, `OwnAppointment`, `AppointmentEnded`, `LastRegistrars`,
    `ReceiverNeeded` where something waits and a colleague could take it, `NotAReceiver`, `ImpossibleDate`, `ReasonNeeded`.
    """
    if not may_appoint(officer) or not officer.account.is_active:
        raise WrongRole(act=_("end an appointment"), roles=_("registrar of the High Court"))
    if leaving.pk == officer.pk:
        raise OwnAppointment
    if last_day > today(now):
        raise ImpossibleDate("last_day")
    end = AppointmentEnd(officer=leaving, last_day=last_day, receiver=receiver, ended_by=officer, at=now)
    end.reason = given(reason)
    with transaction.atomic():
        hold_court(leaving)
        account = Account.objects.select_for_update().get(pk=leaving.account_id)
        if not account.is_active:
            raise AppointmentEnded
        _refuse_last_registrars(leaving)
        _refuse_receiver(leaving, receiver)
        pass_on(leaving, receiver, officer=officer, now=now)
        standing = Deputyship.objects.filter(Q(officer=leaving) | Q(deputy=leaving), ended_at=None)
        standing.filter(ends_on__gte=today(now)).update(ended_at=now, ended_by=officer)
        account.is_active = False
        account.set_unusable_password()  # every session holds a digest of it, and ends with the next request
        account.save(update_fields=["is_active", "password"])
        end.save()
    return end


def _refuse_receiver(leaving: Officer, receiver: Officer | None) -> None:
    others = colleagues(leaving)
    if receiver is not None and not others.filter(pk=receiver.pk).exists():
        raise NotAReceiver("receiver", role=Role(leaving.role).label)
    if receiver is None and any(waits_with(leaving).values()) and others.exists():
        raise ReceiverNeeded("receiver")


def _refuse_last_registrars(leaving: Officer) -> None:
    if is_high_court_registrar(leaving):
        others = Officer.objects.filter(court=leaving.court_id, role=Role.REGISTRAR, account__is_active=True)
        if others.count() <= FIRST_REGISTRARS:
            raise LastRegistrars(least=FIRST_REGISTRARS)


def _appoint(
    user_name: str, password: str, court: Court, role: Role, staff_number: str, name: str, email: str = ""
) -> Officer:
    with transaction.atomic():
        if Court.objects.select_for_update(no_key=True).get(pk=court.pk).retired_at is not None:
            raise CourtAbolished("court")
        if Account.objects.filter(username=user_name).exists():
            raise UserNameTaken("user_name")
        if Officer.objects.filter(staff_number=staff_number).exists():
            raise StaffNumberTaken("staff_number")
        account = Account(username=user_name, email=email, is_staff=True)
        account.set_password(password)
        account.save(force_insert=True)
        return Officer.objects.create(account=account, court=court, role=role, staff_number=staff_number, name=name)
