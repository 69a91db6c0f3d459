"""A message that cannot be sent keeps no other one waiting, and an address that none can be sent to is not taken."""

from __future__ import annotations

import pytest
from django import forms
from django.core import mail
from django.core.mail import EmailMessage

from registry import letters
from registry.admin.fields import MailAddress

UNWRITABLE = "a@" + "例" * 60 + ".com"


def test_a_message_goes_out():
    assert letters.sent(EmailMessage(subject="s", body="b", to=["hr@bank.example"]), "employer 1")
    assert len(mail.outbox) == 1


def test_an_address_that_fits_into_no_header_is_said_in_the_log_without_it(caplog):
    assert not letters.sent(EmailMessage(subject="s", body="b", to=["hr@bank.example", UNWRITABLE]), "employer 1")
    assert "employer 1" in caplog.text
    assert "bank.example" not in caplog.text
    assert "例" not in caplog.text


def test_a_server_that_refuses_ends_nothing(monkeypatch):
    def refuse(message):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert not letters.sent(EmailMessage(to=["hr@bank.example"]), "employer 1")


@pytest.mark.parametrize("address", ["hr@bank.example", "hr@银行.example"])
def test_an_address_that_can_be_written_to_is_taken(address):
    assert MailAddress().clean(address) == address


def test_one_that_cannot_is_refused_in_words():
    assert forms.EmailField().clean(UNWRITABLE) == UNWRITABLE, "Django takes it"
    with pytest.raises(forms.ValidationError):
        MailAddress().clean(UNWRITABLE)


def test_the_log_says_whether_a_message_that_was_not_sent_is_tried_again(caplog, monkeypatch):
    def refuse(message):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    letters.sent(EmailMessage(to=["hr@bank.example"]), "change of account 1", again=False)
    letters.sent(EmailMessage(to=["hr@bank.example"]), "employer 1")
    once, again = (record.getMessage() for record in caplog.records)
    assert "it is not tried again" in once
    assert "it is tried again" in again
