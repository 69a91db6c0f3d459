"""The demonstration's period is entered once and copied after that, until the code changes; every log has keys of its own."""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

import psycopg
import pytest
from django.utils import timezone

from config.child import CannotStart
from config.demo import kept
from config.demo.kept import Kept
from config.demo.people import Officers, let_sign_in
from config.demo.stage import Stage
from config.new_keys import NAMES
from registry.models import Role

CODE = "of this demonstration"


@pytest.fixture
def url(monkeypatch):
    """Where the demonstration's database would be, on the tests' server."""
    name = f"demo_{os.getpid()}"
    monkeypatch.setattr(kept, "DATABASE", name)
    monkeypatch.setattr(kept, "PERIOD", f"{name}_period")
    for each in NAMES:
        monkeypatch.setenv(each, f"1:{each}")
    given = urlsplit(os.environ["DATABASE_URL"])
    yield given._replace(path=f"/{name}").geturl() + ("" if given.query else "?")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"DROP DATABASE IF EXISTS {name}_period WITH (FORCE)")


@pytest.fixture
def noted(tmp_path):
    return tmp_path / "kept.json"


def enter(url):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE period (cases integer)")
        connection.execute("INSERT INTO period VALUES (233)")


def cases(url):
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('period')").fetchone() == (None,):
            return None
        return connection.execute("SELECT cases FROM period").fetchone()[0]


def one_run(url, noted, code=CODE):
    """As `config.demo` begins; what the book holds then."""
    kept.begin(url, noted, kept=Kept.read(noted, code) is not None)
    return cases(url)


def test_the_first_begins_empty_and_the_next_with_what_was_kept(url, noted):
    assert one_run(url, noted) is None
    enter(url)
    assert kept.keep(url, noted, CODE)
    with psycopg.connect(url) as connection:  # what this one plays after that is its own
        connection.execute("UPDATE period SET cases = 234")
    assert one_run(url, noted) == 233
    assert one_run(url, noted) == 233


def test_what_it_is_sealed_with_is_kept_and_no_key_that_signs(url, noted):
    one_run(url, noted)
    before = timezone.now()
    kept.keep(url, noted, CODE)
    found = Kept.read(noted, CODE)
    assert found.keys == {name: f"1:{name}" for name in ("REGISTRY_DATA_KEYS", "REGISTRY_DIGEST_KEYS")}
    assert before <= found.entered_at <= timezone.now()


def test_only_its_own_user_reads_the_keys(url, noted):
    one_run(url, noted)
    kept.keep(url, noted, CODE)
    assert noted.stat().st_mode & 0o777 == 0o600


def test_other_code_begins_empty_and_keeps_its_own(url, noted):
    one_run(url, noted)
    enter(url)
    kept.keep(url, noted, CODE)
    assert Kept.read(noted, "another") is None
    assert one_run(url, noted, "another") is None
    assert not noted.exists()
    assert kept.keep(url, noted, "another")
    assert Kept.read(noted, "another").code == "another"
    assert Kept.read(noted, CODE) is None


def test_a_line_of_code_is_other_code(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    (tmp_path / "registry" / "actions").mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "registry" / "actions" / "approving.py").write_text("four_eyes = True\n")
    found = [kept.code_now(), kept.code_now()]
    (tmp_path / "registry" / "actions" / "approving.py").write_text("four_eyes = None\n")
    found.append(kept.code_now())
    (tmp_path / "registry" / "actions" / "approving.py").rename(tmp_path / "registry" / "actions" / "approved.py")
    found.append(kept.code_now())
    (tmp_path / "requirements.txt").write_text("django==6.0\n")
    found.append(kept.code_now())
    assert found[0] == found[1]
    assert len({*found}) == 4


def test_what_is_noted_and_is_not_there_begins_empty(url, noted):
    """The server's folder may have been removed alone."""
    one_run(url, noted)
    kept.keep(url, noted, CODE)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE {kept.PERIOD}")
    assert one_run(url, noted) is None
    assert not noted.exists()


def test_what_was_copied_and_not_noted_begins_empty(url, noted):
    """Killed between the two."""
    one_run(url, noted)
    enter(url)
    kept.keep(url, noted, CODE)
    noted.unlink()
    assert one_run(url, noted) is None


def test_while_somebody_looks_nothing_is_kept_and_nobody_is_disturbed(url, noted):
    one_run(url, noted)
    with psycopg.connect(url) as visitor:
        assert not kept.keep(url, noted, CODE)
        assert visitor.execute("SELECT 1").fetchone() == (1,)
    assert not noted.exists()
    assert one_run(url, noted) is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"keys": {}}', json.dumps({"keys": 1, "code": 2, "entered_at": 3})]
)
def test_what_cannot_be_read_is_as_if_it_was_not_there(noted, content):
    noted.write_text(content)
    assert Kept.read(noted, CODE) is None


@pytest.mark.django_db
def test_the_officers_of_a_kept_book_are_found_in_it():
    made = Officers()
    let_sign_in({"clerk": made.bench("京0105").clerk})
    found = Officers()
    assert found.bench("京0105").clerk.account.username == "clerk"
    assert found.bench("京0105").judge.pk == Officers().bench("京0105").judge.pk
    assert found.high_court == made.high_court
    assert found.second_registrar.pk == made.second_registrar.pk != made.high_court.registrar.pk
    assert (found.auditor.role, found.auditor.court.code) == (Role.AUDITOR, "京")


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PORT", "8000")
    monkeypatch.delenv("DEMO_KEPT", raising=False)
    monkeypatch.setenv("DEMO_CODE", CODE)
    with Stage(tmp_path) as opened:
        yield opened


@pytest.mark.django_db
def test_a_database_given_from_outside_has_to_be_empty(stage):
    with pytest.raises(CannotStart, match="not empty"):
        stage.begun_with()


@pytest.mark.django_db
def test_the_kept_book_is_known_by_its_note(stage, noted):
    stage.note = noted
    with pytest.raises(CannotStart, match="not empty"):
        stage.begun_with()
    note = Kept(dict.fromkeys(kept.KEYS, "1:x"), CODE, timezone.now())
    note.write(noted)
    assert stage.begun_with() == note
