"""A key of which no copy is left is given up by a command; what can be is made anew, and the book is let in again."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from registry import key_checks
from registry.key_checks import KeysOfAnotherBook
from registry.models import AuditEntry, IdentityDocument, KeyVersion, Person, PersonKind
from sharing.employers import lookup
from sharing.rotation.management.commands import rotate_keys
from tests.threads import in_threads

ROOT = Path(__file__).resolve().parent.parent
PASSPORT, NAME = "E00000001", "张某"
pytestmark = pytest.mark.django_db(transaction=True)


def part(version: int, byte: bytes) -> str:
    return f"{version}:{base64.b64encode(byte * 32).decode()}"


DATA = {1: part(1, b"a"), 2: part(2, b"b")}
DIGEST = {1: part(1, b"d"), 2: part(2, b"e"), 3: part(3, b"f")}


@pytest.fixture
def book(settings):
    """One person, sealed and digested under the first keys."""
    settings.REGISTRY_DATA_KEYS, settings.REGISTRY_DIGEST_KEYS = DATA[1], DIGEST[1]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica; DELETE FROM registry_keyversion; SET LOCAL session_replication_role = origin"
        )
    key_checks.compare(connection)
    person = Person(kind=PersonKind.NATURAL)
    person.name = NAME
    person.save()
    document = IdentityDocument(person=person, type="passport_cn")
    document.number = PASSPORT
    document.save()
    return settings


def is_found() -> bool:
    today = timezone.now().date()
    subject = lookup.anybody(document_type="passport_cn", document_number=PASSPORT, name=NAME, today=today)
    return len(lookup.persons(subject)) == 1


def give_up(ring: str, version: int) -> str:
    said = StringIO()
    call_command("rotate_keys", "--only", ring, "--lost", str(version), stdout=said)
    return said.getvalue()


def from_the_shell(*arguments: str, **keys: str) -> tuple[int, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "rotate_keys", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, **keys},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_whoever_lost_the_digest_key_finds_everybody_again_under_a_new_one(book):
    keys = {"REGISTRY_DATA_KEYS": DATA[1], "REGISTRY_DIGEST_KEYS": DIGEST[2]}
    code, said = from_the_shell("--only", "digest", **keys)
    assert code != 0
    assert "version 1 is missing and not retired" in said
    code, said = from_the_shell("--only", "digest", "--lost", "1", **keys)
    assert code == 0, said
    assert "registry.IdentityDocument.digest: 1 rotated" in said
    assert "nothing depends on an old key" in said
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    key_checks.compare(connection)
    assert is_found()
    assert AuditEntry.objects.filter(who="command:rotate_keys", about="digest 1 lost").count() == 1


def is_let_in() -> bool:
    try:
        key_checks.compare(connection)
    except KeysOfAnotherBook:
        return False
    return True


def test_nobody_is_let_in_before_everybody_is_found_again(book, monkeypatch):
    """Killed in between: a process that asked now would say of a listed person that she is not."""
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    digest_again = rotate_keys.digest_again

    def killed(column):
        if column.model == "registry.IdentityDocument":
            raise KeyboardInterrupt
        return digest_again(column)

    monkeypatch.setattr(rotate_keys, "digest_again", killed)
    with pytest.raises(KeyboardInterrupt):
        give_up("digest", 1)
    assert (is_found(), is_let_in()) == (False, False)
    monkeypatch.setattr(rotate_keys, "digest_again", digest_again)
    give_up("digest", 1)
    assert (is_found(), is_let_in()) == (True, True)
    assert KeyVersion.objects.get(ring="digest", version=2).rotated_at is not None


def test_what_somebody_holds_is_not_passed_by(book):
    """A process that was forgotten: its row would be found by nobody."""
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with key_checks.unwatched(), transaction.atomic():
            IdentityDocument.objects.select_for_update().get()
            held.set()
            done.wait(30)

    def refused() -> None:
        assert held.wait(10)
        try:
            with pytest.raises(CommandError, match="1 rows are in use: stop every process"):
                give_up("digest", 1)
        finally:
            done.set()

    in_threads(hold, refused)
    assert not is_let_in()
    give_up("digest", 1)
    assert (is_found(), is_let_in()) == (True, True)


def test_a_copy_that_turns_up_reads_behind_the_new_key_and_is_not_written_under(book):
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    give_up("digest", 1)
    book.REGISTRY_DIGEST_KEYS = f"{DIGEST[2]},{DIGEST[1]}"
    key_checks.compare(connection)
    book.REGISTRY_DIGEST_KEYS = f"{DIGEST[1]},{DIGEST[2]}"
    with pytest.raises(KeysOfAnotherBook, match="version 1 is retired"):
        key_checks.compare(connection)


def test_with_the_data_key_lost_the_book_is_let_in_and_says_how_much_nobody_reads(book):
    book.REGISTRY_DATA_KEYS = DATA[2]
    with pytest.raises(CommandError, match="2 values are opened by no key"):
        give_up("data", 1)
    key_checks.compare(connection)
    assert is_found(), "the digests are what they were"
    Person.objects.create(kind=PersonKind.NATURAL)


@pytest.mark.parametrize(
    ("ring", "version", "reason"),
    [
        ("digest", 1, "it is in the settings"),
        ("digest", 7, "knows no such version"),
        ("data", 1, "it is in the settings"),
    ],
)
def test_what_is_not_lost_is_not_given_up(book, ring, version, reason):
    with pytest.raises(CommandError, match=reason):
        give_up(ring, version)
    assert not KeyVersion.objects.exclude(retired_at=None).exists()
    assert not AuditEntry.objects.filter(who="command:rotate_keys").exists()


def test_what_was_given_up_once_is_not_given_up_again(book):
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    give_up("digest", 1)
    with pytest.raises(CommandError, match="retired already"):
        give_up("digest", 1)


def test_nothing_is_given_up_for_keys_of_another_book(book):
    """The wrong file was put in place: whoever gives one key up has not said that the other is lost, too."""
    book.REGISTRY_DATA_KEYS, book.REGISTRY_DIGEST_KEYS = part(1, b"w"), DIGEST[2]
    with pytest.raises(CommandError, match="version 1 is another key"):
        give_up("digest", 1)
    assert not KeyVersion.objects.exclude(retired_at=None).exists()
    assert not AuditEntry.objects.filter(about="digest 1 lost").exists()


def test_a_key_is_given_up_of_one_ring_and_in_no_look(book):
    with pytest.raises(CommandError, match="--only data or --only digest"):
        call_command("rotate_keys", "--lost", "1")
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("rotate_keys", "--only", "data", "--lost", "1", "--check")


def test_whoever_comes_after_is_asked_for_the_keys_again(book):
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    give_up("digest", 1)
    book.REGISTRY_DIGEST_KEYS = part(2, b"w")
    connection.close()
    with pytest.raises(KeysOfAnotherBook, match="version 2 is another key"):
        Person.objects.exists()
    book.REGISTRY_DIGEST_KEYS = DIGEST[2]
    assert Person.objects.exists()
