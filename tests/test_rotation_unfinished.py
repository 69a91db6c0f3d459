"""A rotation of the book's keys that was begun and not ended is said: in health, in figures, and by an alert."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.operation import measuring, metrics, readiness
from config.operation.parts import State
from registry import key_checks
from registry.keys import digest_keys, new_key
from registry.models import KeyVersion, Ring
from sharing.employers.models import RegistrationTry
from tests import cast, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
SETTINGS = {Ring.DATA: "REGISTRY_DATA_KEYS", Ring.DIGEST: "REGISTRY_DIGEST_KEYS"}
NEW, NEWER = 77, 78
WHICH = pytest.mark.parametrize("ring", Ring)


def put_in(settings, ring, version, *, in_front=True):
    """On every host; each is started anew."""
    held, new = getattr(settings, SETTINGS[ring]), new_key(version, digests=ring == Ring.DIGEST)
    setattr(settings, SETTINGS[ring], f"{new},{held}" if in_front else f"{held},{new}")
    key_checks.compare(connection)


def days_later(days):
    """Each key of the book is as much older."""
    logs.by_hand("UPDATE registry_keyversion SET seen_at = seen_at - %s * interval '1 day'", days)


def rotate(ring):
    call_command("rotate_keys", "--only", ring, stdout=StringIO())


def versions_before(ring, version):
    known = KeyVersion.objects.filter(ring=ring, retired_at=None).exclude(version=version)
    return list(known.values_list("version", flat=True))


def retire(ring, version):
    for each in versions_before(ring, version):
        call_command("rotate_keys", "--only", ring, "--retire", each, stdout=StringIO())


def judged():
    (found,) = [each for each in readiness.look().parts if each.name == "rotation"]
    return found.state, found.at_fault


def waited():
    families = text_string_to_metric_families(metrics.text().decode())
    named = [each for each in families if each.name == "registry_key_rotation_unfinished_seconds"]
    return {sample.labels["ring"]: sample.value for family in named for sample in family.samples}


def test_a_book_that_never_had_another_key_waits_for_nothing():
    days_later(400)
    assert waited() == {}
    assert judged() == (State.OK, "")


@WHICH
def test_a_rotation_has_three_days_to_be_ended(settings, ring):
    put_in(settings, ring, NEW)
    days_later(2)
    assert judged() == (State.OK, "")
    days_later(2)
    assert judged() == (State.LATE, "keys")
    assert waited() == {ring.value: pytest.approx(4 * 86_400, abs=60)}


@WHICH
def test_a_key_that_was_made_readable_and_never_came_to_the_front_is_a_rotation_that_was_begun(settings, ring):
    put_in(settings, ring, NEW, in_front=False)
    days_later(4)
    rotate(ring)
    assert judged() == (State.LATE, "keys"), "all is under the current key, which is not the new one"
    call_command("rotate_keys", "--only", ring, "--retire", NEW, stdout=StringIO())
    assert judged() == (State.OK, ""), "it was begun by mistake"


def test_a_digest_key_that_never_came_to_the_front_stays_where_the_book_has_a_digest_of_what_it_does_not_keep(settings):
    """As the runbook says: the rotation is gone through with."""
    digest = digest_keys().digest("registration.source:here")
    RegistrationTry.objects.create(source_digest=digest, mail_digest=digest, at=timezone.now())
    put_in(settings, Ring.DIGEST, NEW, in_front=False)
    with pytest.raises(CommandError, match="stays"):
        call_command("rotate_keys", "--only", "digest", "--retire", NEW, stdout=StringIO())


def test_a_rotation_of_the_data_keys_is_ended_when_the_former_ones_are_retired(settings):
    cast.in_force()
    put_in(settings, Ring.DATA, NEW)
    days_later(4)
    rotate(Ring.DATA)
    assert judged() == (State.LATE, "keys"), "whoever has the former key and writes under it is let in"
    retire(Ring.DATA, NEW)
    assert judged() == (State.OK, "")
    assert waited() == {}


def test_a_rotation_of_the_digest_keys_is_ended_when_all_that_can_be_is_digested_anew(settings):
    cast.in_force()
    put_in(settings, Ring.DIGEST, NEW)
    days_later(4)
    assert judged() == (State.LATE, "keys")
    rotate(Ring.DIGEST)
    assert versions_before(Ring.DIGEST, NEW) != [], "what is kept in no form needs the former one for years"
    assert judged() == (State.OK, "")


def test_a_second_rotation_of_the_digest_keys_is_counted_from_its_own_beginning(settings):
    put_in(settings, Ring.DIGEST, NEW)
    rotate(Ring.DIGEST)
    days_later(365)
    put_in(settings, Ring.DIGEST, NEWER)
    assert judged() == (State.OK, "")
    days_later(4)
    assert waited() == {"digest": pytest.approx(4 * 86_400, abs=60)}
    rotate(Ring.DIGEST)
    assert waited() == {}


def test_the_one_that_waits_longest_is_the_one_that_is_judged(settings):
    put_in(settings, Ring.DATA, NEW)
    days_later(4)
    put_in(settings, Ring.DIGEST, NEW)
    assert judged() == (State.LATE, "keys")
    (found,) = [each for each in readiness.look().parts if each.name == "rotation"]
    assert found.said == {"data": pytest.approx(4 * 86_400, abs=60), "digest": pytest.approx(0, abs=60)}


def test_that_it_cannot_be_read_is_said_and_takes_nothing_else_away(monkeypatch):
    def broken(_now):
        raise ValueError

    monkeypatch.setattr(measuring, "_rotation", broken)
    assert judged() == (State.LATE, "database")
    assert waited() == {}
    assert 'registry_figures_unread{part="rotation"} 1.0' in metrics.text().decode()
