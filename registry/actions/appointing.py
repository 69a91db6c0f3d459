"""Officers: proposed by a security administrator, confirmed by another one or a registrar of the High Court.

Rights are granted by two; they are taken by one, at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import account_letters, lockout
from registry.actions.acting import given, hold_court, today
from registry.actions.deputising import colleagues
from registry.actions.handing_over import pass_on, waits_with
from registry.actions.inviting import end_sessions, first_invitation, keeps_accounts, way_to
from registry.actions.signing_on import disconnect
from registry.deputies import refuse_one_hand
from registry.errors import (
    AdministratorsCourt,
    AppointmentEnded,
    CourtAbolished,
    FirstOfficersThere,
    ImpossibleDate,
    LastRegistrars,
    NoSuchAppointment,
    NotAReceiver,
    OwnAppointment,
    ReceiverNeeded,
    StaffNumberTaken,
    UserNameTaken,
    WrongRole,
)
from registry.lifecycle import HIGH_COURT_LEVEL, is_high_court_registrar
from registry.models import (
    Account,
    AccountAct,
    AppointmentEnd,
    AppointmentProposal,
    Court,
    Deputyship,
    Officer,
    Outcome,
    Role,
)
from registry.overseeing import acts_for_high_court
from registry.turns import Lock, wait_for

FIRST_OFFICERS = 2  # registrars of the High Court, who stay as many
# How many of which role, by whoever installs: with them the three administrators are there, each another human.
BY_CONSOLE = {Role.REGISTRAR: FIRST_OFFICERS, Role.SECURITY: FIRST_OFFICERS, Role.SYSTEM: 1, Role.AUDITOR: 1}
CONFIRMERS = format_lazy("{}, {}", Role.SECURITY.label, _("registrar of the High Court"))


@dataclass(frozen=True)
class Appointment:
    """Who is to be appointed. ``email``: where the invitation and reminders go; "": the invitation is handed over on paper."""

    user_name: str
    court: Court
    role: Role
    staff_number: str
    name: str
    email: str = ""


def propose_appointment(appointment: Appointment, *, officer: Officer, now: datetime) -> AppointmentProposal:
    """Raises `WrongRole`, `AdministratorsCourt`, `CourtAbolished`, `UserNameTaken`, `StaffNumberTaken`: one person has one
    account, so that nobody approves his own entry through a second one.
    """
    if not keeps_accounts(officer):
        raise WrongRole(act=_("appoint officers"), roles=Role.SECURITY.label)
    _refuse_unfit(appointment)
    return AppointmentProposal.objects.create(
        user_name=appointment.user_name,
        email=appointment.email,
        court=appointment.court,
        role=appointment.role,
        staff_number=Officer.kept_number(appointment.staff_number),
        name=appointment.name,
        proposed_by=officer,
        proposed_at=now,
    )


def confirm_appointment(proposal_id: UUID, *, officer: Officer, now: datetime) -> tuple[Officer, str]:
    """The officer, who has no password yet, and the path of the link by which he chooses one.

    Raises `WrongRole`, `FourEyes`, `NoSuchAppointment`, and what `propose_appointment` refuses.
    """
    with transaction.atomic():
        proposal = _to_decide(proposal_id, officer, now)
        appointed = _appoint(
            Appointment(
                user_name=proposal.user_name,
                court=proposal.court,
                role=Role(proposal.role),
                staff_number=proposal.staff_number,
                name=proposal.name,
                email=proposal.email,
            )
        )
        _decided(proposal, Outcome.CARRIED_OUT, officer, now, appointed)
        link = first_invitation(appointed, way=way_to(appointed.account), by=officer, now=now)
    return appointed, link


def refuse_appointment(proposal_id: UUID, *, officer: Officer, now: datetime) -> None:
    """Raises `WrongRole`, `FourEyes`, `NoSuchAppointment`."""
    with transaction.atomic():
        _decided(_to_decide(proposal_id, officer, now), Outcome.REFUSED, officer, now)


def may_confirm(officer: Officer) -> bool:
    """Another one than who proposed it, among these."""
    return keeps_accounts(officer) or acts_for_high_court(officer)


def appoint_first(appointment: Appointment, *, password: str, now: datetime) -> tuple[Officer, str]:
    """The first officers of the High Court, as many of each role as `BY_CONSOLE` says, by whoever installs; as
    `confirm_appointment`. ``password`` "": he is invited.

    Raises `FirstOfficersThere` once they are there, so that the console is no way around them.
    """
    with transaction.atomic():
        high_court = Court.objects.select_for_update(no_key=True).get(level=HIGH_COURT_LEVEL)
        there = Officer.objects.filter(court=high_court, role=appointment.role)
        most = BY_CONSOLE.get(appointment.role, 0)
        if there.count() >= most:
            raise FirstOfficersThere(least=most)
        appointed = _appoint(appointment, password)
        link = "" if password else first_invitation(appointed, way=AccountAct.Way.CONSOLE, by=None, now=now)
    return appointed, link


def change_mail_address(officer: Officer, email: str) -> None:
    """Where the officer's reminders go from now on; ``email`` "": nowhere, they stand in *My work* alone.

    The former address is told.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=officer.account_id)
        if email != account.email:
            account_letters.tell(account_letters.ADDRESS, account)
        Account.objects.filter(pk=account.pk).update(email=email)


def end_appointment(
    leaving: Officer, *, last_day: date, reason: str, receiver: Officer | None, officer: Officer, now: datetime
) -> AppointmentEnd:
    """He can sign in no more from this moment on; what waits with him goes to ``receiver``, his deputyships end.

    Nothing of what he did changes. Raises `WrongRole`, `OwnAppointment`, `AppointmentEnded`, `LastRegistrars`,
    `ReceiverNeeded` where something waits and a colleague could take it, `NotAReceiver`, `ImpossibleDate`, `ReasonNeeded`.
    """
    if not keeps_accounts(officer):
        raise _not_a_keeper()
    if leaving.pk == officer.pk:
        raise OwnAppointment
    if last_day > today(now):
        raise ImpossibleDate("last_day")
    end = AppointmentEnd(officer=leaving, last_day=last_day, receiver=receiver, ended_by=officer, at=now)
    end.reason = given(reason)
    with transaction.atomic():
        hold_court(leaving)
        account = _held_to_end(leaving, officer)
        _refuse_last_registrars(leaving)
        _refuse_receiver(leaving, receiver)
        pass_on(leaving, receiver, officer=officer, now=now)
        standing = Deputyship.objects.filter(Q(officer=leaving) | Q(deputy=leaving), ended_at=None)
        standing.filter(ends_on__gte=today(now)).update(ended_at=now, ended_by=officer)
        account.is_active = False
        account.set_unusable_password()  # a random one: invitations sent before open nothing
        account.save(update_fields=["is_active", "password"])
        disconnect(account, by=officer, now=now)
        lockout.unlock(account)
        end_sessions(account, now=now)
        end.save()
    return end


def _held_to_end(leaving: Officer, officer: Officer) -> Account:
    """The account of who leaves. Both are held, so that of two who end each other in the same moment one stays."""
    both = Account.objects.select_for_update().filter(pk__in=(leaving.account_id, officer.account_id))
    held = {row.pk: row for row in both.order_by("pk")}
    if not held[officer.account_id].is_active:
        raise _not_a_keeper()
    if not held[leaving.account_id].is_active:
        raise AppointmentEnded
    return held[leaving.account_id]


def _not_a_keeper() -> WrongRole:
    return WrongRole(act=_("end an appointment"), roles=Role.SECURITY.label)


def _refuse_receiver(leaving: Officer, receiver: Officer | None) -> None:
    others = colleagues(leaving)
    if receiver is not None and not others.filter(pk=receiver.pk).exists():
        raise NotAReceiver("receiver", role=Role(leaving.role).label)
    if receiver is None and any(waits_with(leaving).values()) and others.exists():
        raise ReceiverNeeded("receiver")


def _refuse_last_registrars(leaving: Officer) -> None:
    if is_high_court_registrar(leaving):
        others = Officer.objects.filter(court=leaving.court_id, role=Role.REGISTRAR, account__is_active=True)
        if others.count() <= FIRST_OFFICERS:
            raise LastRegistrars(least=FIRST_OFFICERS)


def _to_decide(proposal_id: UUID, officer: Officer, now: datetime) -> AppointmentProposal:
    if not may_confirm(officer):
        raise WrongRole(act=_("confirm an appointment"), roles=CONFIRMERS)
    rows = AppointmentProposal.objects.select_for_update(of=("self",)).select_related("court")
    found = rows.filter(pk=proposal_id, outcome=Outcome.PENDING).first()
    if found is None:
        raise NoSuchAppointment
    refuse_one_hand(officer, today(now), found.proposed_by_id, tried="confirm_appointment")
    return found


def _decided(
    proposal: AppointmentProposal, outcome: Outcome, officer: Officer, now: datetime, appointed: Officer | None = None
) -> None:
    proposal.outcome, proposal.officer = outcome, appointed
    proposal.decided_by, proposal.decided_at = officer, now
    proposal.save(update_fields=["outcome", "officer", "decided_by", "decided_at"])


def _refuse_unfit(new: Appointment) -> None:
    """Call it in the transaction that appoints."""
    if Court.objects.get(pk=new.court.pk).retired_at is not None:
        raise CourtAbolished("court")
    if new.role in (Role.SECURITY, Role.SYSTEM) and new.court.level != HIGH_COURT_LEVEL:
        raise AdministratorsCourt("court")
    if Account.called(new.user_name).exists():
        raise UserNameTaken("user_name")
    if Officer.numbered(new.staff_number).exists():
        raise StaffNumberTaken("staff_number")


def _appoint(new: Appointment, password: str = "") -> Officer:
    with transaction.atomic():
        wait_for(Lock.APPOINTMENTS)  # of two for one staff number the second is refused by name
        Court.objects.select_for_update(no_key=True).get(pk=new.court.pk)
        _refuse_unfit(new)
        account = Account(username=new.user_name, email=new.email, is_staff=True)
        account.password = make_password(password or None)  # of a change he would be told
        account.save(force_insert=True)
        return Officer.objects.create(
            account=account, court=new.court, role=new.role, staff_number=new.staff_number, name=new.name
        )
