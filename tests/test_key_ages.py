"""Keys grow old, and whoever can replace them is told; nothing stops because of it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from config.key_age_checks import keys_are_young
from config.new_keys import new_environment
from registry import key_ages
from registry.keys import fingerprint
from registry.models import AuditEntry, KeySeen
from sharing.audit import old_keys
from tests import cast, desk

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NONE = -100_000  # days: every key is too old, whatever day it is
RINGS = {
    "REGISTRY_DATA_KEYS",
    "REGISTRY_DIGEST_KEYS",
    "REGISTRY_LOG_KEYS",
    "SHARING_RESULT_KEYS",
    "SHARING_WEBHOOK_KEYS",
    "SECRET_KEY",
}


def in_front(settings, name, *, version=9):
    """Another key, and the former one behind it."""
    new = new_environment()[name].removeprefix("1:")
    setattr(settings, name, f"{version}:{new},{getattr(settings, name)}")


def names(found):
    return {each.setting for each in found}


def test_each_ring_has_an_age_from_the_day_its_key_was_first_seen():
    key_ages.note(now=cast.NOW)
    key_ages.note(now=cast.NOW + 9 * DAY)
    assert {each.setting: each.days for each in key_ages.ages(now=cast.NOW + 10 * DAY)} == dict.fromkeys(RINGS, 10)


def test_a_key_that_no_worker_has_had_yet_has_no_age():
    assert key_ages.ages(now=cast.NOW) == []


def test_it_is_old_after_so_many_days_and_not_before(settings):
    settings.REGISTRY_KEY_DAYS = 365
    key_ages.note(now=cast.NOW)
    assert key_ages.old(now=cast.NOW + 365 * DAY) == []
    assert names(key_ages.old(now=cast.NOW + 366 * DAY)) == RINGS


@pytest.mark.parametrize("name", sorted(RINGS - {"SECRET_KEY"}))
def test_a_new_key_in_front_makes_its_ring_young_and_no_other(settings, name):
    key_ages.note(now=cast.NOW)
    in_front(settings, name)
    key_ages.note(now=cast.NOW + 300 * DAY)
    assert names(key_ages.old(now=cast.NOW + 400 * DAY)) == RINGS - {name}


def test_a_new_key_at_the_end_makes_no_ring_young(settings):
    key_ages.note(now=cast.NOW)
    new = new_environment()["SHARING_RESULT_KEYS"].removeprefix("1:")
    settings.SHARING_RESULT_KEYS += f",9:{new}"
    key_ages.note(now=cast.NOW + 300 * DAY)
    assert "SHARING_RESULT_KEYS" in names(key_ages.old(now=cast.NOW + 400 * DAY))


def test_a_former_key_that_is_put_in_front_again_is_as_old_as_it_was(settings):
    former = settings.SHARING_RESULT_KEYS
    key_ages.note(now=cast.NOW)
    in_front(settings, "SHARING_RESULT_KEYS")
    key_ages.note(now=cast.NOW + 300 * DAY)
    settings.SHARING_RESULT_KEYS = former
    assert "SHARING_RESULT_KEYS" in names(key_ages.old(now=cast.NOW + 400 * DAY))


def test_another_secret_key_is_young_and_the_former_one_is_known(settings):
    key_ages.note(now=cast.NOW)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    settings.SECRET_KEY_FALLBACKS = [former]
    key_ages.note(now=cast.NOW + 300 * DAY)
    assert "SECRET_KEY" not in names(key_ages.old(now=cast.NOW + 400 * DAY))
    assert KeySeen.objects.filter(ring="SECRET_KEY").count() == 2


def test_no_key_is_kept_and_no_two_rings_look_alike(settings):
    key = b"x" * 32
    assert fingerprint("SECRET_KEY", key) != fingerprint("REGISTRY_LOG_KEYS", key)
    key_ages.note(now=cast.NOW)
    kept = [bytes(each) for each in KeySeen.objects.values_list("fingerprint", flat=True)]
    assert all(len(each) == 32 for each in kept)
    assert settings.SECRET_KEY.encode()[:32] not in kept


def test_the_day_cannot_be_changed_afterwards():
    key_ages.note(now=cast.NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        KeySeen.objects.update(seen_at=cast.NOW + DAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_keyseen")


# Who is told


def test_the_registry_is_written_to_once_a_month_until_they_are_replaced(settings):
    key_ages.note(now=cast.NOW)
    late = cast.NOW + 366 * DAY
    assert old_keys.tell(now=late - 2 * DAY) == 0
    assert old_keys.tell(now=late) == len(RINGS)
    assert old_keys.tell(now=late + 29 * DAY) == 0
    (letter,) = mail.outbox
    assert letter.to == [settings.REGISTRY_CONTACT_EMAIL]
    assert all(f"{name}: 366" in letter.body for name in RINGS)
    in_front(settings, "REGISTRY_DATA_KEYS")
    key_ages.note(now=late + 29 * DAY)
    assert old_keys.tell(now=late + 31 * DAY) == len(RINGS) - 1
    assert "REGISTRY_DATA_KEYS" not in mail.outbox[1].body
    assert AuditEntry.objects.filter(kind="key_use", code="too_old", about="REGISTRY_DATA_KEYS").count() == 1


def test_a_letter_that_does_not_go_out_is_tried_again(settings, monkeypatch):
    key_ages.note(now=cast.NOW)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", _away)
        assert old_keys.tell(now=cast.NOW + 366 * DAY) == 0
    assert old_keys.tell(now=cast.NOW + 366 * DAY) == len(RINGS)


def _away(*_given, **_named):
    raise OSError


def test_health_says_so_and_stays_healthy(client, settings):
    assert client.get("/health").json()["keys"] == "ok"
    key_ages.note(now=cast.NOW)
    settings.REGISTRY_KEY_DAYS = NONE
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["keys"]) == (200, "ok", "old")


def test_a_system_administrator_sees_which_are_to_be_replaced(settings):
    browser = desk.at_the_desk(cast.system_administrator())
    assert "SHARING_RESULT_KEYS" not in browser.get(reverse("sharing_desk:system")).content.decode()
    key_ages.note(now=cast.NOW)
    settings.REGISTRY_KEY_DAYS = NONE
    assert "SHARING_RESULT_KEYS" in browser.get(reverse("sharing_desk:system")).content.decode()


def test_who_checks_before_a_release_is_warned_and_nobody_else_is_stopped(settings):
    key_ages.note(now=cast.NOW)
    settings.REGISTRY_KEY_DAYS = NONE
    told = [each for each in run_checks(databases=["default"]) if each.id == "registry.W062"]
    assert len(told) == len(RINGS)
    assert not any(each.is_serious() for each in told)
    assert [each for each in run_checks() if each.id == "registry.W062"] == []
    settings.REGISTRY_KEY_DAYS = 10_000
    assert keys_are_young(None, databases=["default"]) == []


def test_rotate_keys_names_them_and_ends_with_1(settings):
    key_ages.note(now=cast.NOW)
    settings.REGISTRY_KEY_DAYS, said = NONE, StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("rotate_keys", "--check", stdout=said)
    assert ended.value.returncode == 1
    assert all(f"{name}: " in said.getvalue() for name in RINGS)
    settings.REGISTRY_KEY_DAYS = 10_000
    call_command("rotate_keys", "--check", stdout=said)
