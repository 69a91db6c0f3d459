"""A passkey that no key opens any more holds up nothing and nobody, opens nothing, and has an end."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registry.errors import PasskeyNotRecognised
from sharing.persons.models import Passkey
from sharing.persons.passkeys import ending, keeping
from tests import cast, consenting, objecting, visiting
from tests.authenticator import HERE, Device
from tests.returning import made, used
from tests.visiting import main_of, visitor

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OVER = cast.NOW + 40 * DAY


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_PASSKEY_DAYS = 30


def spoilt(passkey, sealed=b"x" * 60):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE persons_passkey DISABLE TRIGGER USER")
        cursor.execute("UPDATE persons_passkey SET identity_sealed = %s WHERE id = %s", [sealed, passkey.pk])
        cursor.execute("ALTER TABLE persons_passkey ENABLE TRIGGER USER")
    return passkey


def readable(pk):
    return Passkey.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("sealed", [b"x" * 60, b"", bytes([1, 0, 99]) + b"x" * 60])
def test_it_keeps_no_other_from_its_end_or_from_lasting(sealed):
    cast.in_force()
    unreadable, over = spoilt(made(Device()), sealed), made(Device())
    going_on = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃")
    objecting.raised(cast.second_in_force(), by=going_on)
    lasts = made(Device(), by=going_on)
    Passkey.objects.filter(pk=unreadable.pk).update(looked_at=cast.NOW - HOUR)
    assert ending.end(now=OVER) == 2
    assert not readable(over.pk)
    assert Passkey.objects.get().pk == lasts.pk
    assert Passkey.objects.get().ends_at == OVER + 30 * DAY


def test_before_its_time_is_over_it_stays_and_is_looked_at_by_the_hour():
    """A key that is put right again finds it."""
    cast.in_force()
    sealed = bytes(made(Device()).identity_sealed)
    passkey = spoilt(Passkey.objects.get())
    assert ending.end(now=cast.NOW + 29 * DAY) == 0
    assert Passkey.objects.get().looked_at == cast.NOW + 29 * DAY
    spoilt(passkey, sealed)
    assert keeping.mine(consenting.person(), now=cast.NOW + 29 * DAY)


def test_those_who_run_it_read_how_many_and_nothing_of_whom(caplog):
    cast.in_force()
    for _ in range(2):
        spoilt(made(Device()))
    with caplog.at_level(logging.ERROR):
        ending.end(now=cast.NOW + HOUR)
        ending.end(now=cast.NOW + HOUR)
    (line,) = [each.getMessage() for each in caplog.records]
    assert "2 passkeys could not be opened" in line
    for secret in (visiting.NUMBER, visiting.NAME):
        assert secret not in caplog.text


def test_the_pages_of_the_person_go_on_without_it():
    cast.in_force()
    spoilt(made(Device(), now=timezone.now()))
    made(Device(), now=timezone.now())
    page = main_of(visitor().get("/identity/passkeys/"))
    assert page.count("Remove this passkey") == 1


def test_whoever_comes_with_it_is_not_recognised():
    cast.in_force()
    device = Device()
    spoilt(made(device))
    with pytest.raises(PasskeyNotRecognised):
        used(device)
