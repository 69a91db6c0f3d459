"""What the demonstration sends by mail can be read, its links included: a registration there has no other way to its end."""

from __future__ import annotations

import stat
from pathlib import Path

import environ
from django.core.mail import get_connection, send_mail

from config.demo import letters

FOLDER = Path("mail")


def test_each_letter_is_a_file_that_its_user_alone_can_read(tmp_path, monkeypatch, settings):
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir()
    (FOLDER / "of-the-run-before.log").touch()
    for name, value in environ.Env.email_url_config(letters.kept_in(FOLDER)).items():
        setattr(settings, name, value)
    assert stat.S_IMODE(FOLDER.stat().st_mode) == letters.PRIVATE
    link = "http://localhost:8000/employer/register/state/abc"
    send_mail("subject", link, None, ["han@court.example"], connection=get_connection(settings.EMAIL_BACKEND))
    (letter,) = FOLDER.iterdir()
    assert link in letter.read_text()
