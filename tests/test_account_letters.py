"""Whose way of signing in is changed is written to about it, whoever changed it and on whichever page."""

from __future__ import annotations

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from registry import actions
from registry.models import Account
from sharing.parties import members
from sharing.parties.invitations import path_of
from sharing.parties.models import MemberRole
from tests import asking, cast, desk
from tests.signing_in import sign_in, with_app

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
ANOTHER = "quite another phrase"
CHOSEN = {"old_password": desk.PASSWORD, "new_password1": ANOTHER, "new_password2": ANOTHER}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with translation.override("en"):
        yield


@pytest.fixture
def clerk():
    officer = cast.clerk()
    Account.objects.filter(pk=officer.account_id).update(email="lin@court.example")
    officer.account.refresh_from_db()
    officer.account.set_password(desk.PASSWORD)
    officer.account.save()
    return officer


@pytest.fixture
def wei():
    bank = asking.bank().organisation
    return members.take_in(bank, username="wei", password=desk.PASSWORD, name="魏对接", email="wei@bank.example")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def browser(account):
    visitor = Client(headers=ENGLISH)
    sign_in(visitor, account)
    return visitor


def the_letter(to, says):
    (letter,) = mail.outbox
    assert letter.to == [to]
    assert says in letter.body
    assert "If it was not you" in letter.body
    assert ANOTHER not in letter.body
    return letter


def test_an_officer_who_chooses_another_password_is_told(clerk, committed):
    with committed():
        browser(clerk.account).post(reverse("admin:password_change"), CHOSEN)
    letter = the_letter("lin@court.example", "Another password holds for your account")
    assert clerk.account.username in letter.body
    assert Account.objects.get(pk=clerk.account_id).check_password(ANOTHER)


def test_a_member_who_chooses_another_password_is_told(wei, committed):
    with committed():
        browser(wei.account).post(reverse("portal:password"), CHOSEN)
    the_letter("wei@bank.example", "Another password holds for your account")


def test_a_member_to_whom_an_owner_gives_another_password_is_told(wei, committed):
    with committed():
        password = members.give_initial_password(wei)
    assert password not in the_letter("wei@bank.example", "Another password holds").body


def test_who_chooses_a_password_by_invitation_is_told(committed):
    bank = asking.bank().organisation
    invited = members.invite_by_mail(
        bank, username="lin", name="林经办", email="lin@bank.example", role=MemberRole.OWNER
    )
    visitor = Client(headers=ENGLISH)
    form = visitor.get(path_of(invited))["Location"]
    with committed():
        assert visitor.post(form, {"new_password1": ANOTHER, "new_password2": ANOTHER}).status_code == 302
    the_letter("lin@bank.example", "Another password holds for your account")


def test_an_officer_who_is_invited_anew_and_chooses_a_password_is_told(clerk, committed):
    link = actions.invite(clerk, officer=cast.security_administrator(), now=cast.NOW)
    visitor = Client(headers=ENGLISH)
    form = visitor.get(link)["Location"]
    with committed():
        assert visitor.post(form, {"new_password1": ANOTHER, "new_password2": ANOTHER}).status_code == 302
    the_letter("lin@court.example", "Another password holds for your account")


def test_whose_factors_somebody_else_made_void_is_told(clerk, wei, committed):
    with_app(clerk.account)
    with_app(wei.account)
    with committed():
        actions.reset_factors(clerk, officer=cast.security_administrator(), now=cast.NOW)
    the_letter("lin@court.example", "were made void")
    mail.outbox.clear()
    with committed():
        members.reset_factors(wei)
    assert ["were made void" in letter.body for letter in mail.outbox] == [True, False]


def test_the_former_address_is_told_of_another_one_and_of_the_same_one_nobody(clerk, committed):
    visitor = browser(clerk.account)
    for address in ("lin@court.example", "thief@elsewhere.example"):
        with committed():
            assert visitor.post(reverse("admin:mail_address"), {"email": address}).status_code == 302
    the_letter("lin@court.example", "another mail address from now on")
    assert Account.objects.get(pk=clerk.account_id).email == "thief@elsewhere.example"


def test_who_is_taken_in_is_told_of_no_change_and_who_has_no_address_of_nothing(committed):
    with committed():
        bank = asking.bank().organisation
        members.invite(bank, username="qin", name="秦经办", email="qin@bank.example", role=MemberRole.OWNER)
        officer = cast.clerk().account
        officer.set_password(ANOTHER)
        officer.save()
    assert mail.outbox == []


def test_a_change_that_is_undone_is_told_to_nobody(clerk, committed):
    with committed(), transaction.atomic():
        clerk.account.set_password(ANOTHER)
        clerk.account.save()
        transaction.set_rollback(True)
    assert mail.outbox == []


def test_a_password_is_changed_even_where_mail_is_away(clerk, committed, monkeypatch):
    def away(*_args):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    with committed():
        assert browser(clerk.account).post(reverse("admin:password_change"), CHOSEN).status_code == 302
    assert Account.objects.get(pk=clerk.account_id).check_password(ANOTHER)


def test_the_form_says_so(clerk):
    page = browser(clerk.account).get(reverse("admin:password_change")).content.decode()
    assert "You are told of the change by mail" in page
