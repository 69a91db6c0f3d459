"""The first officers come from the console; everyone else from two officers, of whom one keeps the accounts."""

from __future__ import annotations

import io
from functools import partial

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.actions import appointing
from registry.actions.appointing import Appointment
from registry.errors import (
    AdministratorsCourt,
    FourEyes,
    NoSuchAppointment,
    StaffNumberTaken,
    UserNameTaken,
    WrongRole,
)
from registry.models import ADMINISTRATORS, Account, AppointmentProposal, Court, Officer, Outcome, Role
from tests import cast, desk
from tests.threads import first_paused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def typed_password(monkeypatch):
    def typing(password):
        monkeypatch.setattr("registry.management.commands.appoint.getpass", lambda prompt: password)

    return typing


def console(user_name, staff_number, *options):
    said = io.StringIO()
    call_command("appoint", user_name, "--staff-number", staff_number, "--name", "何登记员", *options, stdout=said)
    return said.getvalue()


def wanted(**changes):
    new = {
        "user_name": "c-xu",
        "court": Court.objects.get(code="京0105"),
        "role": Role.CLERK,
        "staff_number": "C-XU",
        "name": "许书记员",
    }
    return Appointment(**(new | changes))


def proposed(officer=None, **changes):
    return actions.propose_appointment(
        wanted(**changes), officer=officer or cast.security_administrator(), now=cast.NOW
    )


def confirmed(proposal, officer):
    return actions.confirm_appointment(proposal.pk, officer=officer, now=cast.NOW)[0]


def test_it_works():
    said = console("he", "R-1")
    officer = Officer.objects.get()
    assert (officer.role, officer.court.level) == (Role.REGISTRAR, "high")
    assert not officer.account.has_usable_password()
    link = said.strip().rpartition("http")[2].partition("/desk/")[2]
    browser = Client()
    chosen = {"new_password1": desk.PASSWORD, "new_password2": desk.PASSWORD}
    page = browser.get(f"/desk/{link}", follow=True)
    assert browser.post(page.request["PATH_INFO"], chosen).status_code == 302
    assert Client().login(username="he", password=desk.PASSWORD)


def test_a_user_name_in_wide_letters_opens_the_desk_and_is_taken_in_plain_ones(typed_password):
    typed_password(desk.PASSWORD)
    console("ｈｅ", "R-1", "--ask-password")
    assert Client().login(username="he", password=desk.PASSWORD)
    with pytest.raises(CommandError, match="R-905"):
        console("ｈｅ", "R-2", "--ask-password")
    with pytest.raises(UserNameTaken):
        proposed(user_name="ｈｅ", staff_number="C-2")


@pytest.mark.parametrize("typed", ["C-XU", "c-xu", "Ｃ－ＸＵ", " ｃ-ｘｕ "])
def test_a_staff_number_in_other_letters_is_the_same_one(typed):
    confirmed(proposed(), cast.second_security_administrator())
    with pytest.raises(StaffNumberTaken):
        proposed(user_name="another", staff_number=typed)


def test_of_two_proposals_for_one_number_in_other_letters_one_is_confirmed():
    first, second = proposed(staff_number="Ｃ-XU"), proposed(user_name="another", staff_number="c-xu")
    assert confirmed(first, cast.second_security_administrator()).staff_number == "C-XU"
    with pytest.raises(StaffNumberTaken):
        confirmed(second, cast.second_security_administrator())


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmed_in_one_moment_in_two_courts_the_second_is_refused_by_name(monkeypatch):
    another, third = Court.objects.exclude(code="京0105")[:2]
    first = proposed(staff_number="C-XU", court=another)
    second = proposed(user_name="another", staff_number="c-xu", court=third)
    by = cast.second_security_administrator()
    with pytest.raises(StaffNumberTaken):
        first_paused(
            monkeypatch, appointing, "_refuse_unfit", partial(confirmed, first, by), partial(confirmed, second, by)
        )
    assert Officer.objects.filter(staff_number="C-XU").count() == 1


def test_nor_does_the_database_take_it():
    officer = confirmed(proposed(), cast.second_security_administrator())
    account = Account.objects.create(username="another")
    with pytest.raises(IntegrityError, match="officer_number_in_any_letters"), transaction.atomic():
        Officer.objects.create(account=account, court=officer.court, role=officer.role, staff_number="c-xu", name="许")


def test_a_password_may_still_be_typed_at_the_console_and_a_weak_one_is_refused(typed_password):
    typed_password("12345")
    with pytest.raises(CommandError):
        console("he", "R-1", "--ask-password")
    assert not Officer.objects.exists()
    typed_password("correct horse battery")
    assert "/invitation/" not in console("he", "R-1", "--ask-password")
    assert Officer.objects.get().account.check_password("correct horse battery")


def test_more_than_the_first_of_a_role_are_not_the_consoles_to_appoint():
    for role in ("registrar", "security"):
        console(f"{role}-1", f"{role}-1", "--role", role)
        console(f"{role}-2", f"{role}-2", "--role", role)
        with pytest.raises(CommandError, match="R-911"):
            console(f"{role}-3", f"{role}-3", "--role", role)
    for role in ("system", "auditor"):
        console(f"{role}-1", f"{role}-1", "--role", role)
        with pytest.raises(CommandError, match="R-911"):
            console(f"{role}-2", f"{role}-2", "--role", role)
    with pytest.raises(CommandError):
        console("judge", "J-1", "--role", "judge")
    assert Officer.objects.count() == 6


def test_one_proposes_and_another_one_confirms():
    proposal = proposed()
    officer = confirmed(proposal, cast.high_court_registrar())
    assert (officer.role, officer.staff_number, officer.court.code) == (Role.CLERK, "C-XU", "京0105")
    assert not officer.account.has_usable_password()
    second = proposed(user_name="c-ma", staff_number="C-MA")
    assert confirmed(second, cast.second_security_administrator()).account.username == "c-ma"


def test_nobody_appoints_alone():
    proposal = proposed()
    with pytest.raises(FourEyes):
        confirmed(proposal, cast.security_administrator())
    with pytest.raises(FourEyes):
        actions.refuse_appointment(proposal.pk, officer=cast.security_administrator(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentProposal.objects.update(
            outcome=Outcome.REFUSED, decided_by=cast.security_administrator(), decided_at=cast.NOW
        )
    assert not Officer.objects.filter(staff_number="C-XU").exists()


def test_a_deputy_of_who_proposed_it_is_the_same_hand():
    proposal = proposed()
    keeper, second = cast.security_administrator(), cast.second_security_administrator()
    day = cast.NOW.date()
    actions.name_deputy(
        keeper, second, starts_on=day, ends_on=day, reason="away for a day", officer=keeper, now=cast.NOW
    )
    with pytest.raises(FourEyes):
        confirmed(proposal, second)


def test_no_other_role_proposes_or_confirms():
    proposal = proposed()
    auditor = cast.officer("A-1", Role.AUDITOR, court="京")
    others = (cast.clerk(), cast.judge(), cast.registrar(), cast.statistician(), cast.system_administrator(), auditor)
    for officer in others:
        with pytest.raises(WrongRole):
            confirmed(proposal, officer)
    for officer in (*others, cast.high_court_registrar()):
        with pytest.raises(WrongRole):
            proposed(officer, user_name="new", staff_number="new")
    assert AppointmentProposal.objects.get().outcome == Outcome.PENDING


def test_what_was_decided_is_decided_and_what_was_proposed_is_not_changed():
    proposal = proposed()
    actions.refuse_appointment(proposal.pk, officer=cast.high_court_registrar(), now=cast.NOW)
    with pytest.raises(NoSuchAppointment):
        confirmed(proposal, cast.high_court_registrar())
    with pytest.raises(IntegrityError, match="insert-only"), transaction.atomic():
        AppointmentProposal.objects.update(role=Role.JUDGE)


def test_a_staff_number_is_one_person_whoever_confirms_second():
    first, second = proposed(), proposed(user_name="c-xu-2")
    confirmed(first, cast.high_court_registrar())
    for refusal, changes in ((StaffNumberTaken, {"user_name": "c-xu-2"}), (UserNameTaken, {"staff_number": "C-2"})):
        with pytest.raises(refusal):
            proposed(**changes)
    with pytest.raises(StaffNumberTaken):
        confirmed(second, cast.high_court_registrar())
    with pytest.raises(AdministratorsCourt):
        proposed(user_name="s", staff_number="S", role=Role.SYSTEM)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_no_human_is_two_administrators(role):
    """Neither by a second appointment, nor by a second account, nor by a change of the first, whoever asks the database."""
    own = cast.officer("A-ONE", role, court="京")
    for other in {*ADMINISTRATORS, Role.CLERK} - {role}:
        with pytest.raises(StaffNumberTaken):
            proposed(user_name="again", staff_number="A-ONE", role=other, court=own.court)
        with pytest.raises(IntegrityError), transaction.atomic():
            cast.officer("A-ONE", other, court="京")
        with pytest.raises(IntegrityError, match="account"), transaction.atomic():
            Officer.objects.create(account=own.account, court=own.court, role=other, staff_number="A-TWO", name="-")
        with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
            Officer.objects.filter(pk=own.pk).update(role=other)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        Officer.objects.filter(pk=own.pk).update(staff_number="A-TWO")
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        Officer.objects.filter(pk=own.pk).update(court=Court.objects.get(code="京0105"))
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        Officer.objects.filter(pk=cast.clerk().pk).update(role=role)
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_officer SET account_id = %s WHERE id = %s", [cast.clerk().account_id, own.pk])


def test_who_left_is_not_appointed_again_as_somebody_else():
    judge = cast.judge()
    actions.end_appointment(
        judge,
        last_day=cast.NOW.date(),
        reason="retires",
        receiver=None,
        officer=cast.security_administrator(),
        now=cast.NOW,
    )
    with pytest.raises(StaffNumberTaken):
        proposed(user_name="zhao", staff_number=judge.staff_number)


TYPED = {"name": "吴书记员", "staff_number": "C-WU", "role": "clerk", "user_name": "c-wu", "email": "wu@court.example"}


def test_it_is_proposed_at_one_desk_and_confirmed_at_another():
    typed = TYPED | {"court": cast.clerk().court_id}
    where = reverse("admin:new_officer")
    keeper, registrar = desk.at_the_desk(cast.security_administrator()), desk.at_the_desk(cast.high_court_registrar())
    assert "R-906" in keeper.post(where, typed | {"staff_number": "C-LIN"}).content.decode()
    assert "R-905" in keeper.post(where, typed | {"user_name": "c-lin"}).content.decode()
    assert keeper.post(where, typed).status_code == 302
    page = reverse("admin:appointment", args=[AppointmentProposal.objects.get().pk])
    assert page not in keeper.get(reverse("admin:index")).content.decode()
    assert 'value="confirm"' not in keeper.get(page).content.decode()
    assert keeper.post(page, {"do": "confirm"}).status_code == 403
    assert page in registrar.get(reverse("admin:index")).content.decode()
    assert "wu@court.example" in registrar.get(page).content.decode()
    assert registrar.post(page, {"do": "confirm"}).status_code == 302
    assert Officer.objects.get(staff_number="C-WU").role == Role.CLERK
    (letter,) = mail.outbox
    assert letter.to == ["wu@court.example"]
    assert "/desk/invitation/" in letter.body


def test_a_refused_appointment_makes_nobody():
    proposal = proposed()
    page = reverse("admin:appointment", args=[proposal.pk])
    assert desk.at_the_desk(cast.high_court_registrar()).post(page, {"do": "refuse"}).status_code == 302
    assert not Officer.objects.filter(staff_number="C-XU").exists()
    assert mail.outbox == []


def test_a_stranger_is_refused():
    proposal = proposed()
    pages = [reverse("admin:new_officer"), reverse("admin:appointment", args=[proposal.pk])]
    typed = TYPED | {"court": cast.clerk().court_id, "do": "confirm"}
    for page in pages:
        assert Client().get(page).status_code == Client().post(page, typed).status_code == 302
        for who in (cast.clerk(), cast.registrar(), cast.statistician(), cast.system_administrator()):
            browser = desk.at_the_desk(who)
            assert browser.get(page).status_code == browser.post(page, typed).status_code == 403, (page, who)
    registrar = desk.at_the_desk(cast.high_court_registrar())
    assert registrar.post(reverse("admin:new_officer"), typed).status_code == 403
    assert AppointmentProposal.objects.get().outcome == Outcome.PENDING
