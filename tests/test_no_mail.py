"""Where no mail server is named, no letter to anybody and no link in it is in the log, and nobody is told that it was sent."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from config import deployed, no_mail
from config.checks import production_is_safe
from registry import letters
from tests import cast, desk
from tests.test_log_lines import written

ADDRESS = "lin@court.example"


@pytest.fixture(autouse=True)
def no_server(settings):
    settings.EMAIL_BACKEND = no_mail.NAME
    return settings


def mail_settings(**more: str) -> str:
    """What the settings make of this in production."""
    asked = "from django.conf import settings; print(settings.EMAIL_BACKEND)"
    environment = deployed.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"} | more
    command = [sys.executable, "-W", "ignore", "-c", asked]
    return subprocess.run(
        command, cwd=deployed.ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_it_is_so_in_production_where_no_server_is_named():
    assert mail_settings(EMAIL_URL="") == no_mail.NAME
    assert mail_settings(EMAIL_URL="smtp+tls://mail.court.example:587").endswith("smtp.EmailBackend")


def test_letters_are_not_to_be_written_out_whole_in_production(no_server):
    no_server.DEVELOPMENT = False
    no_server.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "letters" in " ".join(each.msg for each in production_is_safe(None))


def test_an_alarm_to_the_registry_is_in_the_log_as_one_line(no_server, caplog):
    message = EmailMessage("备份 / Backups are old", "No backup for 26 hours.\nhttps://desk.court.example/desk/", to=[])
    message.to = [ADDRESS, no_server.REGISTRY_CONTACT_EMAIL]
    assert letters.sent(message, "backups")
    (record,) = [each for each in caplog.records if each.name == no_mail.__name__]
    line = written("json", level=record.levelno, message=record.msg, args=record.args, name=record.name)
    assert "No backup for 26 hours." in line
    assert line.count("\n") == 1
    assert ADDRESS not in line


def test_a_letter_to_somebody_is_not_sent_and_nothing_of_it_is_in_the_log(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    message = EmailMessage(
        "Choose your password", "https://desk.court.example/desk/invitation/MQ/secret/", to=[ADDRESS]
    )
    assert not letters.sent(message, "invitation of officer 1")
    said = caplog.text + "".join(capfd.readouterr())
    assert "invitation of officer 1: the message was not sent (NoMailServer)" in said
    assert not re.search(r"secret|lin@|Choose", said)


@pytest.mark.django_db
def test_who_invites_is_told_so_and_the_link_is_nowhere(caplog, capfd):
    officer = cast.clerk()
    officer.account.email = ADDRESS
    officer.account.save()
    browser = desk.at_the_desk(cast.security_administrator())
    answer = browser.post(reverse("admin:invite", args=[officer.pk]), follow=True, headers={"accept-language": "en"})
    assert "could not be sent" in answer.content.decode()
    assert "/desk/invitation/" not in answer.content.decode() + caplog.text + "".join(capfd.readouterr())
