"""Start-up fails closed: no web process, worker, clock or command works without keys, or with those of another book."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connection, transaction

from config import checks
from config.new_keys import NAMES, new_environment
from config.secrets_from_files import secret
from registry import key_checks
from registry.key_checks import KeysOfAnotherBook
from registry.models import KeyVersion, Person

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = {
    "web": [sys.executable, "-W", "ignore", "-c", "import config.wsgi"],
    "worker": [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config.celery", "worker", "--concurrency=1"],
    "beat": [sys.executable, "-W", "ignore", "-m", "celery", "-A", "config.celery", "beat", "-s"],
    "command": [sys.executable, "-W", "ignore", "manage.py", "purge", "--dry-run"],
}


def started(entry: str, folder: Path, **changed: str) -> tuple[int, str]:
    """How the process ended, and what it said; it must end by itself."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = ENTRIES[entry] + ([str(folder / "beat")] if entry == "beat" else [])
    environment = {**os.environ, "DATABASE_URL": url, "REGISTRY_LOG_GUARD": str(folder / "guard"), **changed}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("name", "value"),
    [("REGISTRY_DATA_KEYS", ""), ("REGISTRY_DIGEST_KEYS", "1:c2hvcnQ="), ("SHARING_RESULT_KEYS", "2:gm:eA==")],
)
def test_without_keys_nothing_starts(entry, name, value, tmp_path):
    code, said = started(entry, tmp_path, **{name: value})
    assert code != 0
    assert name in said
    assert "c2hvcnQ" not in said


@pytest.fixture
def book(settings):
    """A book that was begun with the keys of the tests, and nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica; DELETE FROM registry_keyversion; SET LOCAL session_replication_role = origin"
        )
    key_checks.compare(connection)
    return settings


def key(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


@pytest.mark.slow
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("name", ["REGISTRY_DATA_KEYS", "REGISTRY_DIGEST_KEYS"])
@pytest.mark.django_db(transaction=True)
def test_with_the_keys_of_another_book_nothing_starts(entry, name, book, tmp_path):
    code, said = started(entry, tmp_path, **{name: f"1:{key(b'w')}"})
    assert code != 0
    assert f"{name}: these are not the keys of this book: version 1 is another key" in said
    assert key(b"w") not in said


@pytest.mark.django_db(transaction=True)
def test_with_the_right_keys_a_command_works(book, tmp_path):
    code, said = started("command", tmp_path)
    assert code == 0, said


@pytest.mark.django_db(transaction=True)
def test_the_web_starts_with_the_right_keys(book, tmp_path):
    code, said = started("web", tmp_path)
    assert code == 0, said


@pytest.mark.django_db
def test_a_book_that_knows_no_key_takes_the_first(book):
    assert {(row.ring, row.version, row.suite) for row in KeyVersion.objects.all()} == {
        ("data", 1, "intl"),
        ("digest", 1, "intl"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ring", "said"),
    [
        ("1:{other}", "version 1 is another key"),
        ("2:{other}", "version 1 is missing"),
        ("2:{other},1:{third}", "version 1 is another key"),
        ("1:gm:{short}", "version 1 is another key"),
    ],
)
def test_another_ring_is_refused_in_words_and_notes_nothing(book, ring, said):
    short = base64.b64encode(b"s" * 16).decode()
    book.REGISTRY_DATA_KEYS = ring.format(other=key(b"o"), third=key(b"t"), short=short)
    with pytest.raises(KeysOfAnotherBook, match=said) as refused:
        key_checks.compare(connection)
    assert key(b"o")[:12] not in str(refused.value)
    assert KeyVersion.objects.filter(ring="data").count() == 1


@pytest.mark.django_db
def test_a_new_version_beside_a_known_one_is_noted(book):
    book.REGISTRY_DATA_KEYS = f"2:{key(b'n')},{book.REGISTRY_DATA_KEYS}"
    key_checks.compare(connection)
    assert set(KeyVersion.objects.filter(ring="data").values_list("version", flat=True)) == {1, 2}


@pytest.mark.django_db(transaction=True)
def test_a_process_that_began_while_the_database_was_away_writes_nothing_once_it_is_back(book):
    book.REGISTRY_DATA_KEYS = f"1:{key(b'w')}"
    connection.close()
    for _again in range(2):
        with pytest.raises(OperationalError, match="not the keys of this book"):
            Person.objects.exists()
    book.REGISTRY_DATA_KEYS = os.environ["REGISTRY_DATA_KEYS"]
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_meanwhile_is_told_that_the_database_is_away(book, client):
    book.REGISTRY_DATA_KEYS = f"1:{key(b'w')}"
    connection.close()
    response = client.get("/health")
    book.REGISTRY_DATA_KEYS = os.environ["REGISTRY_DATA_KEYS"]
    assert response.status_code == 503
    assert b"keys" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"fingerprint": bytes(32)}, {"version": 9}, {"suite": "gm"}], ids=str)
def test_what_is_noted_of_a_key_is_not_changed_afterwards(book, change):
    with pytest.raises(IntegrityError, match="insert-only"), transaction.atomic():
        KeyVersion.objects.update(**change)


def test_two_settings_that_share_a_key_are_unsafe_in_production(settings):
    for name, value in new_environment().items():
        setattr(settings, name, value)
    settings.DEVELOPMENT, settings.ENVIRONMENT = False, "production"
    assert "different" not in "".join(each.msg for each in checks.production_is_safe(None))
    settings.SHARING_RESULT_KEYS = f"7:{settings.REGISTRY_DATA_KEYS.partition(':')[2]},{settings.SHARING_RESULT_KEYS}"
    assert "different" in "".join(each.msg for each in checks.production_is_safe(None))


# Keys from files


def test_a_key_may_be_in_a_file(tmp_path):
    place = tmp_path / "data"
    place.write_text("1:abc\n")
    place.chmod(0o640)
    assert secret("REGISTRY_DATA_KEYS", {"REGISTRY_DATA_KEYS_FILE": str(place)}) == "1:abc"
    assert secret("REGISTRY_DATA_KEYS", {"REGISTRY_DATA_KEYS": "1:xyz"}) == "1:xyz"
    assert secret("REGISTRY_DATA_KEYS", {}) == ""


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o642])
def test_a_file_that_everybody_may_read_is_refused(tmp_path, mode):
    place = tmp_path / "data"
    place.write_text("1:abc")
    place.chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="chmod") as refused:
        secret("REGISTRY_DATA_KEYS", {"REGISTRY_DATA_KEYS_FILE": str(place)})
    assert "abc" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_DATA_KEYS_FILE"):
        secret("REGISTRY_DATA_KEYS", {"REGISTRY_DATA_KEYS_FILE": str(tmp_path / "none")})


def test_both_a_value_and_a_file_are_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="both"):
        secret("SECRET_KEY", {"SECRET_KEY": "x", "SECRET_KEY_FILE": str(tmp_path)})


@pytest.mark.slow
def test_a_process_reads_every_key_from_its_file(tmp_path):
    changed = {}
    for name in NAMES:
        place = tmp_path / name
        place.write_text("1:c2hvcnQ=")
        place.chmod(0o600)
        changed |= {name: "", f"{name}_FILE": str(place)}
    code, said = started("web", tmp_path, **changed)
    assert code != 0
    assert [name for name in NAMES if f"{name}: a key" not in said] == []
