"""Rotation of data and digest keys while the system works: nothing is missed, nothing is skipped, and it goes on where it was."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from registry import key_checks
from registry.actions.purging import as_keeper
from registry.keys import Keyring, digest_keys, keyring
from registry.log import commitment, read
from registry.models import (
    ActRecord,
    Event,
    EventPayload,
    FormerName,
    IdentityDocument,
    KeyVersion,
    Person,
    PersonKind,
    Ring,
)
from registry.models.log import open_parts
from registry.signing_in.adapter import FactorsAdapter
from registry.signing_in.recovery import HashedCodes
from registry.storing import store
from sharing.employers import lookup
from sharing.employers.models import RegistrationTry
from sharing.rotation import needed
from tests import cast
from tests.signing_in import recovery_codes
from tests.threads import in_threads

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


def part(version: int, byte: bytes, suite: str = "", length: int = 32) -> str:
    return f"{version}:{suite + ':' if suite else ''}{base64.b64encode(byte * length).decode()}"


DATA = {1: part(1, b"a"), 2: part(2, b"b", "gm", 16), 3: part(3, b"c")}
DIGEST = {1: part(1, b"d"), 2: part(2, b"e", "gm"), 3: part(3, b"f")}


def rings(*versions: int) -> dict[str, str]:
    return {
        "REGISTRY_DATA_KEYS": ",".join(DATA[each] for each in versions),
        "REGISTRY_DIGEST_KEYS": ",".join(DIGEST[each] for each in versions),
    }


def use(settings, *versions: int) -> None:
    """The keys of these versions, the current one first; the book is told, as by a new connection."""
    for name, value in rings(*versions).items():
        setattr(settings, name, value)
    key_checks.compare(connection)


@pytest.fixture
def court(settings):
    """A book that was begun with the first keys."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica; DELETE FROM registry_keyversion; SET LOCAL session_replication_role = origin"
        )
    use(settings, 1)
    return settings


def rotate(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def number(place: int) -> str:
    return f"E{place:08}"


def people(count: int, after: int = 0) -> None:
    """As many persons, each with a name, a former one and a passport."""
    persons, formers, documents = [], [], []
    for place in range(after, after + count):
        person = Person(kind=PersonKind.NATURAL)
        person.name = f"张{place}"
        former, document = FormerName(person=person), IdentityDocument(person=person, type="passport_cn")
        former.name, document.number = f"李{place}", number(place)
        persons.append(person)
        formers.append(former)
        documents.append(document)
    store(persons)
    store(formers)
    store(documents)


def is_found(place: int, name: str) -> bool:
    today = timezone.now().date()
    subject = lookup.anybody(document_type="passport_cn", document_number=number(place), name=name, today=today)
    return len(lookup.persons(subject)) == 1


def versions() -> set[int]:
    rows = Person.objects.values_list("name_sealed", flat=True)
    return {keyring().version(bytes(each)) for each in rows}


def test_it_works(court):
    listing = cast.in_force()
    before = dict(Event.objects.values_list("pk", "commitment"))
    use(court, 2, 1)
    said = rotate()
    assert "registry.EventPayload.body_sealed" in said
    assert "nothing depends on an old key" in said
    use(court, 2, 1)
    assert cast.fresh(listing).party.person.name == "高䶮"
    assert is_called(cast.fresh(listing).party.person)
    assert dict(Event.objects.values_list("pk", "commitment")) == before
    for row in EventPayload.objects.select_related("event"):
        assert bytes(row.body_sealed)[:3] == bytes(row.salt_sealed)[:3] == bytes([2, 0, 2])
        body, salt = open_parts(row.event.event_id, bytes(row.body_sealed), bytes(row.salt_sealed))
        assert commitment(salt, body) == bytes(row.event.commitment)


def is_called(person: Person) -> bool:
    return person.is_called(person.name)


def test_nobody_is_missed_while_the_book_goes_to_the_other_suite_and_back(court):
    people(400)
    misses, looks, over = [], [0], threading.Event()

    def look() -> None:
        try:
            while not over.is_set():
                place = looks[0] % 400
                looks[0] += 1
                for name in (f"张{place}", f"李{place}"):
                    if not is_found(place, name):
                        misses.append((place, name))
        finally:
            over.set()

    def looked_again() -> None:
        """However slow the machine is, each ring is used for looks, and not only for the turn."""
        enough = looks[0] + 20
        while looks[0] < enough and not over.wait(0.01):
            pass

    def turn() -> None:
        try:
            for current, before in ((2, 1), (3, 2)):
                use(court, *([before, current] if current == 2 else [before, current, 1]))
                looked_again()
                use(court, *([current, before] if current == 2 else [current, before, 1]))
                looked_again()
                rotate()
                looked_again()
                people(20, after=1000 * current)
                assert all(is_found(1000 * current + place, f"张{1000 * current + place}") for place in range(20))
        finally:
            over.set()

    in_threads(turn, look, look)
    assert not misses
    assert looks[0] >= 120
    assert versions() == {3}
    assert set(IdentityDocument.objects.values_list("digest_key", flat=True)) == {3}


def test_a_name_under_an_older_key_is_still_the_persons(court):
    people(1)
    person = Person.objects.get()
    use(court, 2, 1)
    assert person.is_called("张0")
    assert person.is_called("李0")
    assert not person.is_called("王0")


def process(*arguments: str, **keys: str) -> subprocess.Popen[str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, **keys},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_a_rotation_that_is_killed_goes_on_where_it_was(court):
    people(6_000)
    use(court, 2, 1)
    first = process("rotate_keys", **rings(2, 1))
    wait_until(lambda: versions() == {1, 2}, first)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    left = Person.objects.extra(where=["substr(name_sealed, 1, 3) = %s"], params=[bytes([1, 0, 1])]).count()
    assert 0 < left < 6_000
    with pytest.raises(CommandError, match="still needed"):
        rotate("--check")
    second = process("rotate_keys", **rings(2, 1))
    said, _ = second.communicate(timeout=100)
    assert second.returncode == 0, said
    assert f"registry.Person.name_sealed: {left:,} rotated" in said
    assert versions() == {2}
    assert all(is_found(place, f"张{place}") for place in range(0, 6_000, 100))


def wait_until(holds, running: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        assert running.poll() is None, running.communicate()
        time.sleep(0.005)


def test_what_somebody_holds_is_left_and_said_and_found_by_the_next_run(court):
    people(3)
    use(court, 2, 1)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Person.objects.select_for_update().order_by("pk").first()
            held.set()
            done.wait(30)

    def turn() -> None:
        held.wait(30)
        try:
            with pytest.raises(CommandError, match="still needed"):
                rotate("--only", "data")
        finally:
            done.set()

    in_threads(hold, turn)
    assert versions() == {1, 2}
    assert "nothing depends" in rotate("--only", "data")


def test_an_old_key_is_retired_only_when_nothing_needs_it(court):
    people(2)
    use(court, 2, 1)
    for ring in Ring.values:
        with pytest.raises(CommandError, match="version 1 stays"):
            rotate("--only", ring, "--retire", "1")
    rotate()
    for ring in Ring.values:
        rotate("--only", ring, "--retire", "1")
    use(court, 2)
    assert is_found(0, "张0")
    with pytest.raises(key_checks.KeysOfAnotherBook, match="version 1 is retired"):
        use(court, 1, 2)


def test_the_current_key_is_not_retired(court):
    with pytest.raises(CommandError, match="the current one"):
        rotate("--only", "data", "--retire", "1")


def test_a_digest_of_what_is_not_kept_needs_its_key_until_its_row_has_gone(court):
    digest = digest_keys().digest("registration.source:here")
    row = RegistrationTry.objects.create(source_digest=digest, mail_digest=digest, at=timezone.now())
    use(court, 2, 1)
    with pytest.raises(CommandError, match="still needed"):
        rotate("--only", "digest")
    assert {each.place for each in needed.of(Ring.DIGEST)} == {
        "employers.RegistrationTry.source_digest",
        "employers.RegistrationTry.mail_digest",
    }
    assert {each.version for each in needed.of(Ring.DIGEST)} == {1}
    row.delete()
    RegistrationTry.objects.create(source_digest=digest, mail_digest=digest, at=timezone.now() + timedelta(seconds=1))
    assert "nothing depends" in rotate("--only", "digest", "--check")


def test_what_no_key_opens_is_counted_and_the_rest_is_rotated(court):
    people(5)
    broken = Person.objects.order_by("pk").first()
    assert broken is not None
    other = Keyring(part(1, b"z")).seal(b"?", bound_to="elsewhere")
    Person.objects.filter(pk=broken.pk).update(name_sealed=other)
    use(court, 2, 1)
    with pytest.raises(CommandError, match="opened by no key"):
        rotate("--only", "data")
    assert versions() == {1, 2}
    assert KeyVersion.objects.get(ring=Ring.DATA, version=2).rotated_at is None
    with pytest.raises(CommandError, match="opened by none"):
        rotate("--only", "data", "--check")


def test_what_no_key_opens_keeps_no_data_key_from_being_retired(court):
    """A key that leaked has to go, whatever a disk did to one row."""
    people(2)
    broken = Person.objects.order_by("pk").first()
    assert broken is not None
    Person.objects.filter(pk=broken.pk).update(name_sealed=Keyring(part(1, b"z")).seal(b"?", bound_to="elsewhere"))
    use(court, 2, 1)
    with pytest.raises(CommandError, match="version 1 stays"):
        rotate("--only", "data", "--retire", "1")
    with pytest.raises(CommandError, match="opened by no key"):
        rotate("--only", "data")
    rotate("--only", "data", "--retire", "1")
    court.REGISTRY_DATA_KEYS = DATA[2]
    key_checks.compare(connection)
    assert {each.version for each in needed.of(Ring.DATA)} == {0}


def test_a_digest_of_what_no_key_opens_needs_its_key_for_by_it_the_person_is_found(court):
    people(1)
    IdentityDocument.objects.update(number_sealed=Keyring(part(1, b"z")).seal(b"?", bound_to="elsewhere"))
    use(court, 2, 1)
    with pytest.raises(CommandError, match="opened by no key"):
        rotate("--only", "digest")
    assert is_found(0, "张0")
    with pytest.raises(CommandError, match="version 1 stays"):
        rotate("--only", "digest", "--retire", "1")


@pytest.mark.parametrize("secret", ["", "zz", "00" * 40, "01" * 40])
def test_a_second_factor_that_no_key_opens_is_counted_and_the_others_are_rotated(court, secret):
    first, second = cast.clerk().account, cast.judge().account
    Authenticator.objects.create(user=first, type="totp", data={"secret": secret})
    Authenticator.objects.create(user=second, type="totp", data={"secret": FactorsAdapter().encrypt("JBSWY3DP")})
    use(court, 2, 1)
    with pytest.raises(CommandError, match="1 values are opened by no key"):
        rotate("--only", "data")
    rotate("--only", "data", "--retire", "1")
    court.REGISTRY_DATA_KEYS = DATA[2]
    assert FactorsAdapter().decrypt(Authenticator.objects.get(user=second).data["secret"]) == "JBSWY3DP"


def test_checking_changes_nothing(court):
    people(2)
    use(court, 2, 1)
    before = list(Person.objects.order_by("pk").values_list("name_sealed", "name_digest"))
    with pytest.raises(CommandError, match="still needed"):
        rotate("--check")
    assert list(Person.objects.order_by("pk").values_list("name_sealed", "name_digest")) == before


def test_a_second_factor_works_under_the_new_key(court):
    account = cast.clerk().account
    Authenticator.objects.create(user=account, type="totp", data={"secret": FactorsAdapter().encrypt("JBSWY3DP")})
    first, second, *_others = recovery_codes(account)
    assert HashedCodes.activate(account).validate_code(first)
    use(court, 2, 1)
    with pytest.raises(CommandError, match="still needed"):
        rotate("--only", "data", "--check")
    rotate("--only", "data")
    rotate("--only", "data", "--retire", "1")
    court.REGISTRY_DATA_KEYS = DATA[2]
    assert FactorsAdapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == "JBSWY3DP"
    assert [HashedCodes.activate(account).validate_code(each) for each in (first, second)] == [False, True]


# The keeper's right is to put another key to what is there, not to say something else.


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("body_sealed = body_sealed || '\\x00'", "insert-only"),
        ("body_sealed = set_byte(body_sealed, 40, 7)", "insert-only"),
        ("body_sealed = set_byte(set_byte(body_sealed, 2, 9), 40, 7), event_id = event_id + 1000", "permission denied"),
        ("body_sealed = ''", "insert-only"),
    ],
)
def test_the_keeper_may_not_write_anything_else(court, change, refusal):
    cast.in_force()
    refused = pytest.raises((ProgrammingError, InternalError, IntegrityError), match=refusal)
    with refused, transaction.atomic(), as_keeper() as cursor:
        cursor.execute(f"UPDATE registry_eventpayload SET {change}")


def test_nobody_but_the_keeper_may_put_another_key_to_evidence(court):
    cast.in_force()
    assert ActRecord.objects.exists()
    with pytest.raises((InternalError, IntegrityError), match="insert-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_eventpayload SET body_sealed = set_byte(body_sealed, 2, 9)")


def test_a_rotated_event_is_read_as_before(court):
    cast.in_force()
    before = [read(each) for each in Event.objects.order_by("pk")]
    use(court, 2, 1)
    rotate("--only", "data")
    assert [read(each) for each in Event.objects.order_by("pk")] == before
