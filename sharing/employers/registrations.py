"""The High Court's registry decides about organisations that ask to be admitted: admitted, refused, or asked for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from registry.actions.acting import given, today
from registry.assessment import rules
from registry.errors import NoSuchRegistration, PurposeNotAskedFor, RegistrationElsewhere, UserNameTaken
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from registry.terms import WorkCalendar
from registry.terms.clocks import due
from sharing.employers import admission
from sharing.employers.models import (
    UNDER_WAY,
    Employer,
    EmployerAct,
    Enclosure,
    Registration,
    RegistrationAct,
    RegistrationState,
)
from sharing.employers.registering import locked, turn
from sharing.parties import members
from sharing.parties.models import MemberRole

Act = RegistrationAct.Act
FOR_THE_COURT = (RegistrationState.RECEIVED, RegistrationState.REVIEW)


def waiting() -> QuerySet[Registration]:
    """What the court is to act on, the oldest first."""
    return Registration.objects.filter(state__in=FOR_THE_COURT).order_by("waiting_since", "pk")


def decide_by(registration: Registration) -> date:
    """The last day in time: two working days, unless `REGISTRY_CLOCKS` says otherwise."""
    by = rules()
    return due("registration_decided", _since(registration), by.calendar, by.clocks)


def working_days_waiting(registration: Registration, day: date) -> int:
    calendar: WorkCalendar = rules().calendar
    passed, each = 0, _since(registration)
    while (each := calendar.add_working_days(each, 1)) <= day:
        passed += 1
    return passed


def numbered(number: str) -> Registration:
    """One that the registry sees. Raises `NoSuchRegistration`."""
    seen = Registration.objects.exclude(state=RegistrationState.UNCONFIRMED).select_related("organisation")
    found = seen.filter(pk=number).first()
    if found is None:
        raise NoSuchRegistration
    return found


def look(number: str, enclosure_id: str, *, officer: Officer, now: datetime) -> Enclosure:
    """A file that was sent; the look is on record, and the registration is under review from then on.

    HighCourtRegistrarNeeded; NoSuchRegistration, where it was destroyed, too.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        found = _open(number, UNDER_WAY)
        kept = found.enclosures.filter(pk=enclosure_id).exclude(content_sealed=None).first()
        if kept is None:
            raise NoSuchRegistration
        if found.state == RegistrationState.RECEIVED:
            turn(found, RegistrationState.REVIEW, untold=False)
        _write_down(found, Act.LOOK, "", officer, now)
    return kept


def contact_of(number: str, *, officer: Officer, now: datetime) -> Mapping[str, str]:
    """Name, email and phone of the person who speaks for the organisation; the look is on record.

    HighCourtRegistrarNeeded; NoSuchRegistration, where it was destroyed, too.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        found = _open(number, tuple(RegistrationState))
        if not found.contact:
            raise NoSuchRegistration
        _write_down(found, Act.CONTACT, "", officer, now)
    return found.contact


def ask_more(number: str, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded: what is missing; RegistrationElsewhere."""
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        found = _open(number, FOR_THE_COURT)
        turn(found, RegistrationState.MORE, untold=True, waiting_since=now)
        _write_down(found, Act.MORE, words, officer, now)


def refuse(number: str, *, officer: Officer, reason: str, now: datetime) -> None:
    """HighCourtRegistrarNeeded; ReasonNeeded; RegistrationElsewhere. What was enclosed is destroyed."""
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        found = _open(number, UNDER_WAY)
        settle(found, RegistrationState.REFUSED)
        _write_down(found, Act.REFUSE, words, officer, now)


def admit(
    number: str,
    *,
    code: str,
    name: str,
    name_en: str,
    legal_basis: str,
    admitted_for: Sequence[str],
    daily_quota: int,
    officer: Officer,
    now: datetime,
) -> Employer:
    """The employer, with the contact as its first owner, who is invited by mail. What was enclosed is destroyed.

    As `admission.admit`; PurposeNotAskedFor; RegistrationElsewhere; UserNameTaken: an account is called like the code.
    """
    with transaction.atomic():
        found = _open(number, UNDER_WAY)
        examine(found, code=code, admitted_for=admitted_for, officer=officer, now=now)
        employer = admission.admit(
            code=code,
            name=name,
            name_en=name_en,
            uscc=found.uscc,
            legal_basis=legal_basis,
            admitted_for=admitted_for,
            approved_by=officer,
            now=now,
            daily_quota=daily_quota,
        )
        found.organisation = employer.organisation
        found.save(update_fields=["organisation"])
        _take_in_contact(found, officer, now)
        settle(found, RegistrationState.ADMITTED)
        _write_down(found, Act.ADMIT, legal_basis, officer, now)
    return employer


def examine(found: Registration, *, code: str, admitted_for: Sequence[str], officer: Officer, now: datetime) -> None:
    """Raise what is wrong with it before anything is done, as `admit` does."""
    if not set(admitted_for) <= set(found.purposes):
        raise PurposeNotAskedFor("admitted_for")
    admission.examine(code=code, uscc=found.uscc, admitted_for=admitted_for, officer=officer, now=now)
    if members.is_taken(code):
        raise UserNameTaken("code")


def invite_again(number: str, *, officer: Officer, now: datetime) -> None:
    """The owner, who has chosen no password yet, gets another link. HighCourtRegistrarNeeded; RegistrationElsewhere."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        found = _open(number, (RegistrationState.ADMITTED,))
        if not waits_for_owner(found):
            raise RegistrationElsewhere
        turn(found, RegistrationState.ADMITTED, untold=True)
        _write_down(found, Act.INVITE, "", officer, now)


def waits_for_owner(registration: Registration) -> bool:
    """Whether the first owner is invited and has not chosen a password."""
    organisation = registration.organisation
    return organisation is not None and members.invited(organisation) is not None


def settle(found: Registration, state: RegistrationState) -> None:
    """The end of it, whatever it is: the files and words are destroyed, and the contact is to be written to."""
    found.enclosures.update(content_sealed=None, words_sealed=None)
    turn(found, state, untold=True)


def _take_in_contact(found: Registration, officer: Officer, now: datetime) -> None:
    assert found.organisation is not None
    contact, owner = found.contact, MemberRole.OWNER
    members.invite_by_mail(
        found.organisation, username=found.organisation.code, name=contact["name"], email=contact["email"], role=owner
    )
    EmployerAct.objects.create(
        employer=found.organisation, act=EmployerAct.Act.MEMBER, reason=str(owner.value), officer=officer, at=now
    )


def _open(number: str, states: Sequence[RegistrationState]) -> Registration:
    found = locked(number)
    if found.state == RegistrationState.UNCONFIRMED:
        raise NoSuchRegistration
    if found.state not in states:
        raise RegistrationElsewhere
    return found


def _since(registration: Registration) -> date:
    assert registration.waiting_since is not None, "the registry sees confirmed ones only"
    return today(registration.waiting_since)


def _write_down(
    found: Registration, act: RegistrationAct.Act, reason: str, officer: Officer | None, now: datetime
) -> None:
    RegistrationAct.objects.create(registration=found, act=act, reason=reason, officer=officer, at=now)
