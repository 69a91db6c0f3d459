"""A key of messages that was not there before: whoever receives them is written to, once, while both sign."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core import mail

from config.new_keys import new_environment
from registry import key_ages
from registry.identity import unit_check
from registry.models import AuditEntry
from sharing.audit import new_keys, tasks
from sharing.employers.models import EmployerEndpoint
from sharing.parties import members
from sharing.parties.models import Organisation, OrganisationKind
from tests import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CHANGED = cast.NOW + 100 * DAY


@pytest.fixture
def finance():
    """A department with an endpoint and a member, by the time its court changes the key."""
    department = cast.department()
    cast.add_endpoint(department, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    taken_in(department.organisation, "wei", "wei@finance.example.cn")
    key_ages.note(now=cast.NOW)
    return department.organisation


def taken_in(organisation, username, email):
    members.take_in(organisation, username=username, password="a long enough phrase", name="魏对接", email=email)


def change(settings, *, now=CHANGED, version=9):
    new = new_environment()["SHARING_WEBHOOK_KEYS"].removeprefix("1:")
    settings.SHARING_WEBHOOK_KEYS = f"{version}:{new},{settings.SHARING_WEBHOOK_KEYS}"
    key_ages.note(now=now)


def test_the_first_key_of_a_book_is_no_news(finance):
    assert new_keys.tell(now=cast.NOW + DAY) == 0


def test_members_are_written_to_once_where_they_find_it_and_until_when_both_sign(finance, settings):
    settings.SHARING_PROGRAMS_ADDRESS = "https://registry.court.example:8443"
    change(settings)
    assert new_keys.tell(now=CHANGED + timedelta(minutes=5)) == 1
    assert new_keys.tell(now=CHANGED + DAY) == 0
    (letter,) = mail.outbox
    assert letter.to == ["wei@finance.example.cn"]
    assert "https://registry.court.example:8443/.well-known/webhook-keys.json" in letter.body
    assert f"{CHANGED + new_keys.BOTH_SIGN:%Y-%m-%d}" in letter.body
    assert "whpk_" not in letter.body, "nobody learns to take keys from letters"
    assert AuditEntry.objects.filter(kind="key_use", code="members_told").count() == 1


def test_another_change_is_another_letter(finance, settings):
    change(settings)
    new_keys.tell(now=CHANGED)
    change(settings, now=CHANGED + 40 * DAY, version=10)
    assert new_keys.tell(now=CHANGED + 41 * DAY) == 1


def test_employers_whose_programs_are_told_are_written_to_as_well(settings):
    key_ages.note(now=cast.NOW)
    bank = _employer()
    EmployerEndpoint.objects.create(id="ep_1", employer=bank, url="https://hr.example.cn/hook", added_at=cast.NOW)
    taken_in(bank, "li", "li@bank.example.cn")
    change(settings)
    assert new_keys.tell(now=CHANGED) == 1
    assert AuditEntry.objects.get(code="members_told").about.startswith(f"{bank.pk} ")


def test_who_receives_nothing_or_is_suspended_is_not(finance, settings):
    taken_in(cast.department("telecom").organisation, "zhang", "zhang@telecom.example.cn")
    Organisation.objects.filter(pk=finance.pk).update(suspended_at=cast.NOW)
    change(settings)
    assert new_keys.tell(now=CHANGED) == 0


def test_a_letter_that_does_not_go_out_is_tried_again(finance, settings, monkeypatch):
    change(settings)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", _away)
        assert new_keys.tell(now=CHANGED) == 0
    assert new_keys.tell(now=CHANGED + timedelta(minutes=5)) == 1


def _employer():
    code = unit_check("91110105MA0000000")
    return Organisation.objects.create(
        kind=OrganisationKind.EMPLOYER, code="bank", name="虚构银行", uscc=f"91110105MA0000000{code}"
    )


def _away(*args, **kwargs):
    raise OSError("the mail server is away")


def test_the_clock_does_it(finance, settings):
    new = new_environment()["SHARING_WEBHOOK_KEYS"].removeprefix("1:")
    settings.SHARING_WEBHOOK_KEYS = f"9:{new},{settings.SHARING_WEBHOOK_KEYS}"
    tasks.note_keys()
    assert [letter.to for letter in mail.outbox if letter.to == ["wei@finance.example.cn"]]


def test_every_document_says_the_same_days():
    days = new_keys.BOTH_SIGN.days
    for name in ("keys.md", "versions.md", "department-guide.md", "employers.md"):
        text = (Path(site.BASE_DIR) / "docs" / name).read_text()
        about = [each for each in re.split(r"\n\n|\n- ", text) if "webhook-keys.json" in each and "days" in each]
        assert about, name
        assert all(f"{days} days" in each for each in about), name
