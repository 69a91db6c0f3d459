"""The first two registrars come from the console; everyone else from them."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from registry.actions.appointing import appoint
from registry.errors import StaffNumberTaken, WrongRole
from registry.models import Court, Officer, Role
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def typed_password(monkeypatch):
    monkeypatch.setattr("registry.management.commands.appoint.getpass", lambda prompt: "correct horse battery")


def test_it_works():
    call_command("appoint", "he", "--staff-number", "R-1", "--name", "何登记员")
    officer = Officer.objects.get()
    assert (officer.role, officer.court.level) == (Role.REGISTRAR, "high")
    assert officer.account.check_password("correct horse battery")


def test_a_third_one_is_not_the_consoles_to_appoint():
    call_command("appoint", "he", "--staff-number", "R-1", "--name", "何登记员")
    call_command("appoint", "tang", "--staff-number", "R-2", "--name", "唐登记员")
    with pytest.raises(CommandError, match="R-302"):
        call_command("appoint", "xu", "--staff-number", "R-3", "--name", "许登记员")


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setattr("registry.management.commands.appoint.getpass", lambda prompt: "12345")
    with pytest.raises(CommandError):
        call_command("appoint", "he", "--staff-number", "R-1", "--name", "何登记员")
    assert not Officer.objects.exists()


def test_only_a_registrar_of_the_high_court_appoints_and_a_staff_number_is_one_person():
    court = Court.objects.get(code="京0105")
    new = {"user_name": "xu", "password": "x" * 20, "court": court, "role": Role.CLERK, "name": "许书记员"}
    with pytest.raises(WrongRole):
        appoint(**new, staff_number="C-XU", officer=cast.registrar())
    appoint(**new, staff_number="C-XU", officer=cast.high_court_registrar())
    with pytest.raises(StaffNumberTaken):
        appoint(**(new | {"user_name": "xu2"}), staff_number="C-XU", officer=cast.high_court_registrar())
