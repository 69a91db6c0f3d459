"""Whom no message reaches rests, ever longer, and holds up nobody who waits behind him; and it has an end."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from sharing.employers import announcing, answers_told, calling, corresponding, judging, recalling
from sharing.employers.consent import Attestation
from sharing.employers.models import (
    ConsentCall,
    Employer,
    Monitoring,
    MonitoringTold,
    RecallTold,
    Registration,
    RegistrationState,
    Screening,
    Verdict,
)
from sharing.employers.monitoring import noticing, walking
from sharing.employers.registering import turn
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.persons.mails import parting, writing
from sharing.persons.models import QuestionMails
from sharing.persons.objections import deciding, mailing, raising
from sharing.recalls import duties
from sharing.recalls.models import RecallDuty
from tests import asking, cast, consenting, monitored, objecting, papers, registering, wishes

pytestmark = pytest.mark.django_db

NOW, MINUTE, HOUR, DAY = cast.NOW, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REFUSING = "refusing.example"


@pytest.fixture(autouse=True)
def nothing_else_is_called_in(the_court_has_decided, settings):
    settings.SHARING_CALLED_SHARE = 0.0


@pytest.fixture(autouse=True)
def one_letter_in_a_go(monkeypatch):
    for place in ("registry.letters.MOST", "sharing.employers.answers_told.CHUNK", "sharing.employers.calling.CHUNK"):
        monkeypatch.setattr(place, 1)


@pytest.fixture(autouse=True)
def tried(monkeypatch) -> list[str]:
    """To whom a message was tried; the server of one domain takes none."""
    found: list[str] = []
    send = EmailMessage.send

    def judged(message: EmailMessage) -> int:
        found.extend(message.to)
        if any(REFUSING in each for each in message.to):
            raise OSError("the server refuses it")
        return send(message)

    monkeypatch.setattr(EmailMessage, "send", judged)
    return found


def reached() -> set[str]:
    return {each for message in mail.outbox for each in message.to}


def hr(employer: Employer, domain: str) -> str:
    code = employer.organisation.code
    email = f"{code}@{domain}"
    members.take_in(
        employer.organisation,
        username=f"hr-{code}",
        password="a long enough phrase",
        name="某人",
        email=email,
        role=MemberRole.HR,
    )
    return email


def form(employer: Employer) -> bytes:
    return papers.pdf(f"the form that an invented person signed for {employer.organisation.code}")


def called_in(employer: Employer) -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(form(employer)).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(name="高某", consent=signed), employer=employer)
    calling.call_in(now=NOW)
    return asked


def settled(employer: Employer) -> None:
    asked = called_in(employer)
    calling.show(asked, form(employer), now=NOW)
    he = cast.high_court_registrar()
    judging.refuse(asked.pk, Verdict.MISTYPED, officer=he, reason="names somebody else", now=NOW)


def test_the_employers_behind_one_whose_server_refuses_hear_of_their_answers():
    cast.in_force()
    refusing, other = asking.bank(), asking.courier_company()
    hr(refusing, REFUSING)
    address = hr(other, "mail.example")
    settled(refusing)
    ConsentCall.objects.update(called_at=NOW - MINUTE)
    settled(other)
    for minutes in range(4):
        answers_told.tell(now=NOW + minutes * MINUTE)
    assert reached() == {address}


def test_the_employers_behind_one_whose_server_refuses_hear_of_the_forms_they_must_show():
    cast.in_force()
    refusing, other = asking.bank(), asking.courier_company()
    hr(refusing, REFUSING)
    address = hr(other, "mail.example")
    called_in(refusing)
    called_in(other)
    for minutes in range(4):
        calling.tell(now=NOW + minutes * MINUTE)
    assert reached() == {address}


def test_whom_none_reaches_is_tried_ever_more_seldom_and_then_the_registry_is_told_in_his_place(tried, settings):
    cast.in_force()
    bank = asking.bank()
    address = hr(bank, REFUSING)
    settled(bank)
    for hours in range(24):
        for minutes in range(60):
            answers_told.tell(now=NOW + hours * HOUR + minutes * MINUTE)
    assert 5 < tried.count(address) < 12
    assert reached() == set()
    answers_told.tell(now=NOW + 7 * DAY)
    assert reached() == {settings.REGISTRY_CONTACT_EMAIL}
    assert ConsentCall.objects.get().answer_told_at == NOW + 7 * DAY


def test_a_server_that_refuses_is_no_way_never_to_be_called_upon(settings):
    cast.in_force()
    bank = asking.bank()
    hr(bank, REFUSING)
    called_in(bank)
    calling.tell(now=NOW)
    calling.tell(now=NOW + 6 * DAY)
    assert ConsentCall.objects.get().told_at is None
    calling.tell(now=NOW + 7 * DAY)
    assert reached() == {settings.REGISTRY_CONTACT_EMAIL}
    call = ConsentCall.objects.get()
    assert (call.told_at, call.due_on) == (NOW + 7 * DAY, date(2026, 12, 8))


def test_whoever_takes_messages_again_gets_what_waited_and_the_registry_nothing(monkeypatch, settings):
    cast.in_force()
    bank = asking.bank()
    address = hr(bank, REFUSING)
    settled(bank)
    answers_told.tell(now=NOW)
    monkeypatch.undo()
    answers_told.tell(now=NOW + 8 * DAY)
    assert reached() == {address}


def recalled(employer: Employer) -> None:
    listing = cast.in_force()
    asking.answered(asking.question(), employer=employer)
    cast.withdrawn(listing)
    recalling.walk(now=NOW)


def test_an_employer_whom_no_word_of_a_recall_reaches_is_tried_ever_more_seldom_and_then_the_registry_is_told(
    tried, settings
):
    bank = asking.bank()
    address = hr(bank, REFUSING)
    recalled(bank)
    for hours in range(24):
        for minutes in range(60):
            announcing.announce(now=NOW + hours * HOUR + minutes * MINUTE)
    assert 5 < tried.count(address) < 12
    assert not RecallTold.objects.exists()
    announcing.announce(now=NOW + 7 * DAY)
    assert reached() == {settings.REGISTRY_CONTACT_EMAIL}
    assert RecallTold.objects.get().step == 3


def test_an_employer_whom_no_word_of_a_changed_answer_reaches_is_tried_ever_more_seldom_and_then_the_registry_is_told(
    tried, settings
):
    address = hr(asking.bank(), REFUSING)
    monitored.enrolled()
    cast.in_force()
    walking.walk(now=NOW)
    for hours in range(24):
        for minutes in range(60):
            noticing.announce(now=NOW + hours * HOUR + minutes * MINUTE)
    assert 5 < tried.count(address) < 12
    assert not MonitoringTold.objects.exists()
    noticing.announce(now=NOW + 7 * DAY)
    assert reached() == {settings.REGISTRY_CONTACT_EMAIL}
    assert MonitoringTold.objects.exists()


def test_that_a_monitoring_ends_is_told_the_registry_where_it_reaches_no_employer_for_a_week(settings):
    hr(asking.bank(), REFUSING)
    monitored.enrolled(monitored.enrolment(until=(NOW + 60 * DAY).date()))
    for days in (46, 52):
        noticing.warn(now=NOW + days * DAY)
    assert reached() == set()
    noticing.warn(now=NOW + 53 * DAY)
    assert reached() == {settings.REGISTRY_CONTACT_EMAIL}
    assert Monitoring.objects.get().warned_at == NOW + 53 * DAY


def test_a_registrar_whose_mailbox_refuses_keeps_nobody_from_being_put_in_charge(settings):
    first, second = cast.high_court_registrar(), cast.second_high_court_registrar()
    for officer, domain in ((first, REFUSING), (second, "court.example")):
        officer.account.email = f"{officer.staff_number.lower()}@{domain}"
        officer.account.save()
    recalled(asking.bank())
    for minutes in range(0, 30, 5):
        duties.name_missing(now=NOW + 8 * DAY + minutes * MINUTE)
    assert RecallDuty.objects.get().officer == second


def test_where_no_message_reaches_any_registrar_one_is_in_charge_all_the_same():
    registrars = cast.high_court_registrar(), cast.second_high_court_registrar()
    for officer in registrars:
        officer.account.email = f"{officer.staff_number.lower()}@{REFUSING}"
        officer.account.save()
    recalled(asking.bank())
    for minutes in range(0, 90, 5):
        duties.name_missing(now=NOW + 8 * DAY + minutes * MINUTE)
    assert RecallDuty.objects.get().officer in registrars
    assert reached() == set()


def test_the_registrations_behind_one_whose_mailbox_refuses_are_written_to():
    registering.sent(email=f"contact@{REFUSING}")
    registering.sent(email="contact@other.example", uscc=asking.COURIER_USCC, now=NOW + MINUTE)
    for minutes in range(1, 5):
        corresponding.tell(now=NOW + minutes * MINUTE)
    assert reached() == {"contact@other.example"}


def test_a_decided_registration_whose_mailbox_refuses_is_given_up_and_its_contact_destroyed():
    found, _secret = registering.sent(email=f"contact@{REFUSING}")
    Registration.objects.filter(pk=found.pk).update(state="refused")
    found.acts.create(act="refuse", at=NOW)
    corresponding.tell(now=NOW + 6 * DAY)
    assert Registration.objects.get().untold
    corresponding.tell(now=NOW + 7 * DAY)
    corresponding.forget(now=NOW + 7 * DAY)
    assert Registration.objects.get().contact == {}


def test_who_is_invited_again_is_written_to_at_once(monkeypatch):
    found, _secret = registering.sent(email=f"contact@{REFUSING}")
    for minutes in range(3):
        corresponding.tell(now=NOW + minutes * MINUTE)
    monkeypatch.undo()
    turn(Registration.objects.get(pk=found.pk), RegistrationState.MORE, untold=True)
    corresponding.tell(now=NOW + 3 * MINUTE)
    assert reached() == {f"contact@{REFUSING}"}


def test_who_raised_something_behind_one_whose_mailbox_refuses_is_written_to():
    listing = cast.in_force()
    for name in (f"wu@{REFUSING}", "wu@other.example"):
        brought = objecting.brought(mail=name)
        found = raising.by_officer(objecting.said(listing), brought, officer=cast.clerk(), now=NOW)
        deciding.refuse(found.number, officer=cast.registrar(), now=NOW, reason="与本登记无关")
    for minutes in range(4):
        mailing.tell(now=NOW + minutes * MINUTE)
    assert reached() == {"wu@other.example"}


def others() -> None:
    """Two who wish to be told, and the first of whom cannot be reached."""
    wishes.ordered(address=f"gao@{REFUSING}")
    wishes.ordered(consenting.person(cast.APPLICANT_NUMBER, "王小明"), address="wang@other.example")
    first = QuestionMails.objects.order_by("pk").first()
    assert first is not None
    first.address, last = f"first@{REFUSING}", QuestionMails.objects.order_by("-pk").first()
    first.save()
    assert last is not None
    last.address = "last@other.example"
    last.save()


def test_who_wants_to_hear_of_questions_behind_one_whose_mailbox_refuses_is_written_to(monkeypatch):
    others()
    for mails in QuestionMails.objects.all():
        mails.news.create(kind="made", found_at=NOW)
    for minutes in range(12):
        writing.tell(now=NOW + minutes * MINUTE)
    assert reached() == {"last@other.example"}


def test_a_last_message_behind_one_that_no_mailbox_takes_goes_out():
    others()
    parting.leave(QuestionMails.objects.order_by("pk"), now=NOW)
    for minutes in range(12):
        parting.tell(now=NOW + minutes * MINUTE)
    assert reached() == {"last@other.example"}


def test_an_address_that_no_key_opens_keeps_no_other_from_its_message(caplog):
    others()
    QuestionMails.objects.filter(pk=QuestionMails.objects.order_by("pk").values("pk")[:1]).update(address_sealed=b"x")
    for mails in QuestionMails.objects.all():
        mails.news.create(kind="made", found_at=NOW)
    for minutes in range(4):
        writing.tell(now=NOW + minutes * MINUTE)
    assert reached() == {"last@other.example"}
    assert "could not be opened" in caplog.text
