"""A backup is complete or not there, says what it is, and is nobody's but the operator's; how old it is, everybody is told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.backups import drilling, lines, scratch, server, shelf
from config.backups.facts import Facts, Signed
from config.backups.manifest import NAME, Manifest, ManifestUnreadable, Stored
from config.backups.server import CannotBackUp
from config.backups.taking import back_up
from config.management.commands.back_up import folder_of
from config.operation import readiness
from config.operation.parts import State

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
MANIFEST = Manifest(
    taken_at=NOW,
    seconds=1.5,
    product="0.1.0",
    server=15,
    database="registry",
    origin="court.example/log",
    facts=Facts(1, 3, Signed(1, 3, "cm9vdA=="), ("registry.0001_initial",), {"registry_listing": 2}),
    files={"registry.dump": Stored(7, "ab" * 32)},
)
NOTHING = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(NOTHING, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
FIELDS = sorted(json.loads(MANIFEST.as_json()))


def days(count: int) -> datetime:
    return NOW + timedelta(days=count)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def empty(folder: Path, moment: datetime) -> None:
    """A complete backup of nothing."""
    with shelf.unfinished(folder, moment) as place:
        shelf.write(place / NAME, MANIFEST.as_json())


class TestTheManifest:
    def test_it_is_read_as_it_was_written(self):
        assert Manifest.parse(MANIFEST.as_json().encode()) == MANIFEST

    @given(st.binary())
    def test_bytes_that_are_none_are_refused_by_name(self, raw):
        with pytest.raises(ManifestUnreadable):
            Manifest.parse(raw)

    @given(st.sampled_from(FIELDS), ANYTHING)
    def test_a_field_of_another_kind_is_refused_by_name_or_read(self, field, value):
        told = json.loads(MANIFEST.as_json()) | {field: value}
        with suppress(ManifestUnreadable):  # and nothing else
            assert Manifest.parse(json.dumps(told).encode()).files.keys() == told["files"].keys()

    @pytest.mark.parametrize("field", FIELDS)
    def test_a_field_that_is_missing_is_named(self, field):
        told = json.loads(MANIFEST.as_json())
        del told[field]
        with pytest.raises(ManifestUnreadable, match=f"^{field}: "):
            Manifest.parse(json.dumps(told).encode())

    @pytest.mark.parametrize("name", ["../registry.dump", "/etc/passwd", "..", "", "manifest.json"])
    def test_a_file_of_another_place_is_refused(self, name):
        told = json.loads(MANIFEST.as_json()) | {"files": {name: {"size": 1, "sha256": ""}}}
        with pytest.raises(ManifestUnreadable, match=r"^files: "):
            Manifest.parse(json.dumps(told).encode())


class TestTheFolder:
    def test_what_did_not_end_well_is_not_there(self, tmp_path):
        def stopped():
            with shelf.unfinished(tmp_path, NOW) as place:
                shelf.write(place / NAME, "half")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            stopped()
        assert list(tmp_path.iterdir()) == []

    def test_what_is_not_finished_is_no_backup_and_is_swept(self, tmp_path):
        (tmp_path / f"{shelf.UNFINISHED}20261127T020000Z").mkdir()
        assert shelf.newest(tmp_path, NOW) is None
        shelf.sweep(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_two_of_one_second_are_refused(self, tmp_path):
        empty(tmp_path, NOW)
        with pytest.raises(CannotBackUp, match="one second"):
            empty(tmp_path, NOW)

    def test_one_at_a_time(self, tmp_path):
        with shelf.held(tmp_path, "backup"):
            with pytest.raises(CannotBackUp, match="Another backup"), shelf.held(tmp_path, "backup"):
                pass
            with shelf.held(tmp_path, "drill"):
                pass

    def test_the_newest_are_kept(self, tmp_path):
        for day in (2, 0, 1, 3):
            empty(tmp_path, days(day))
        (tmp_path / "notes").mkdir()
        made = shelf.begun_at(tmp_path, days(3))
        assert [each.taken_at for each in shelf.remove_older(made, 2)] == [days(0), days(1)]
        assert shelf.remove_older(made, 5) == []
        assert [each.taken_at for each in shelf.complete(tmp_path)] == [days(2), days(3)]
        assert (tmp_path / "notes").exists()

    def test_a_broken_line_is_no_drill_and_after_a_red_one_no_green_one_counts(self, tmp_path):
        def drilled(*lines: str) -> object:
            for line in lines:
                shelf.note_drill(tmp_path, line)
            return shelf.drilled_at(tmp_path, days(4))

        assert drilled(json.dumps({"at": days(0).isoformat(), "green": True}), "half a li") == days(0)
        assert drilled(json.dumps({"at": days(1).isoformat(), "green": False})) is None
        assert drilled(json.dumps({"at": days(2).isoformat(), "green": "true"})) is None
        assert drilled(json.dumps({"at": days(3).isoformat(), "green": True})) == days(3)
        assert mode(tmp_path / shelf.DRILLS) == 0o640


class TestTheServersPrograms:
    def program(self, folder: Path, version: str, does: str = "exit 0") -> Path:
        folder.mkdir()
        made = folder / "pg_dump"
        made.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) {version}" && exit 0\n{does}\n')
        made.chmod(0o755)
        return made

    @pytest.fixture
    def found(self, tmp_path, monkeypatch):
        """Of three versions."""
        made = {each: self.program(tmp_path / each, f"{each}.2") for each in ("14", "17", "16")}
        monkeypatch.setattr(server, "_candidates", lambda _name: iter(made.values()))
        return made

    @pytest.mark.parametrize(("at_least", "taken"), [(13, "14"), (15, "16"), (16, "16"), (17, "17")])
    def test_the_oldest_is_taken_that_is_not_older_than_the_server(self, found, at_least, taken):
        assert server._program("pg_dump", at_least) == str(found[taken])

    @pytest.mark.usefixtures("found")
    def test_where_all_are_older_it_says_so(self):
        with pytest.raises(CannotBackUp, match=r"PostgreSQL 18 or newer was found, only of 17\. Install"):
            server._program("pg_dump", 18)

    def test_a_password_is_in_the_childs_environment_and_on_no_command_line(self, tmp_path, monkeypatch):
        told = tmp_path / "told"
        made = self.program(tmp_path / "15", "15.1", f'echo "$@" >{told}; env >>{told}')
        monkeypatch.setattr(server, "_candidates", lambda _name: iter([made]))
        monkeypatch.setenv("REGISTRY_DATA_KEYS", "1:key-of-the-book")
        place = {
            "host": "db.internal",
            "user": "registry_backup",
            "password": "secret-of-the-role",
            "dbname": "registry",
        }
        server.run("pg_dump", ["--format=custom"], place, at_least=15)
        arguments, *environment = told.read_text().splitlines()
        assert "secret-of-the-role" not in arguments
        assert {"PGPASSWORD=secret-of-the-role", "PGHOST=db.internal", "PGDATABASE=registry"} <= set(environment)
        assert not any("key-of-the-book" in line for line in environment)

    def test_what_a_row_holds_is_not_in_the_refusal(self, tmp_path, monkeypatch):
        error = 'pg_restore: error: COPY failed for table \\"registry_person\\": ERROR:  invalid input: \\"林安\\"'
        made = self.program(tmp_path / "15", "15.1", f'echo "{error}" >&2; echo "CONTEXT: COPY line 1" >&2; exit 1')
        monkeypatch.setattr(server, "_candidates", lambda _name: iter([made]))
        with pytest.raises(CannotBackUp) as caught:
            server.run("pg_dump", [], {}, at_least=15)
        assert str(caught.value) == 'pg_dump failed: COPY failed for table "registry_person"'


class TestWhereItGoes:
    def test_the_address_of_a_scratch_has_no_password(self):
        with pytest.raises(CannotBackUp, match="PGPASSFILE"):
            server.at("postgres://registry_drill:secret@db.internal/drill")

    @pytest.mark.parametrize("url", ["postgres://registry_drill@db.internal", "not an address", "postgres://a b/c d?e"])
    def test_what_is_no_address_is_refused(self, url):
        with pytest.raises(CannotBackUp):
            server.at(url)

    def test_the_database_in_use_is_no_scratch_wherever_it_is(self):
        place = server.at("postgres://registry_drill@other.internal/registry")
        with pytest.raises(CannotBackUp, match="database in use"):
            scratch.refuse_live(place, {"dbname": "registry", "host": "db.internal"})

    def test_its_name_fits(self):
        assert len(scratch.name_beside("r" * 63)) == scratch.NAME_MOST
        assert scratch.name_beside("registry") == "registry_drill"

    def test_a_folder_must_be_named(self, settings):
        settings.REGISTRY_BACKUPS = ""
        with pytest.raises(CommandError, match="REGISTRY_BACKUPS"):
            folder_of(None, "--to")


class TestWhoJudges:
    @pytest.fixture
    def asked(self, tmp_path, settings, monkeypatch):
        """Stage by stage, with which environment the judging process is started."""
        settings.REGISTRY_LOG_GUARD = str(tmp_path / "log-guard")
        (tmp_path / "log-guard").write_text("what was signed last")
        started: dict[str, dict[str, str]] = {}

        def run(command, *, env, **_how):
            started[command[-1]] = env
            line = lines.green("halted", "1/2 was signed").as_json()
            return subprocess.CompletedProcess(command, 0, stdout=f"{line}\n", stderr="")

        monkeypatch.setattr("config.backups.drilling.subprocess.run", run)
        place = {"dbname": "registry_drill"}
        list(drilling._judged(drilling.Where({"dbname": "registry"}, place, place, "postgres:///registry_drill")))
        return started

    def test_it_knows_the_scratch_and_a_copy_of_the_guard_and_nothing_that_is_in_use(self, asked, settings):
        assert list(asked) == ["as_it_is", "after_an_epoch"]
        for env in asked.values():
            assert env["DATABASE_URL"] == "postgres:///registry_drill"
            assert env["REGISTRY_LOG_GUARD"] != settings.REGISTRY_LOG_GUARD
            assert env["BROKER_URL"] == env["REDIS_URL"] == "memory://"
            assert env["SHARING_LOG_WITNESSES"] == env["OTEL_EXPORTER_OTLP_ENDPOINT"] == ""

    def test_no_note_of_a_log_that_never_was_bears_the_courts_signature(self, asked):
        assert asked["as_it_is"]["REGISTRY_LOG_KEYS"] == os.environ["REGISTRY_LOG_KEYS"]
        assert asked["after_an_epoch"]["REGISTRY_LOG_KEYS"] != os.environ["REGISTRY_LOG_KEYS"]
        assert asked["after_an_epoch"]["REGISTRY_LOG_KEYS_FILE"] == ""


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
class TestTaking:
    def test_it_says_what_it_is_and_nobody_else_reads_it(self, tmp_path):
        folder = tmp_path / "backups"
        said = StringIO()
        call_command("back_up", to=folder, stdout=said)
        backup = shelf.newest(folder, timezone.now())
        known = backup.manifest()
        assert (mode(folder), mode(backup.path)) == (0o750, 0o700)
        assert {mode(each) for each in backup.path.iterdir()} == {0o600}
        assert known.files == {shelf.DUMP: shelf.stored(backup.dump)}
        assert known.database == connection.settings_dict["NAME"]
        assert known.facts.counts["registry_loghead"] == 1
        assert any(each.startswith("registry.0001_") for each in known.facts.migrations)
        assert str(backup.path) in said.getvalue()

    def test_older_ones_are_removed_only_after_the_new_one_could_be_read(self, tmp_path, monkeypatch):
        empty(tmp_path, days(-1))
        run = server.run

        def unreadable(name, arguments, place, *, at_least):
            if name == "pg_restore":
                raise CannotBackUp("pg_restore failed: could not read")
            run(name, arguments, place, at_least=at_least)

        monkeypatch.setattr("config.backups.taking.server.run", unreadable)
        with pytest.raises(CannotBackUp):
            back_up(tmp_path, now=NOW, keep=1)
        assert [each.taken_at for each in shelf.complete(tmp_path)] == [days(-1)]
        monkeypatch.undo()
        assert [each.taken_at for each in back_up(tmp_path, now=NOW, keep=1).removed] == [days(-1)]
        assert [each.taken_at for each in shelf.complete(tmp_path)] == [NOW]

    def test_a_role_that_may_read_everything_and_write_nothing_makes_it(self, tmp_path, monkeypatch):
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE backup_{os.getpid()} LOGIN")
            cursor.execute(f'GRANT CONNECT ON DATABASE "{connection.settings_dict["NAME"]}" TO backup_{os.getpid()}')
        place = {**server.live(), "user": f"backup_{os.getpid()}"}
        monkeypatch.setattr("config.backups.taking.server.live", lambda: place)
        try:
            with pytest.raises(CannotBackUp, match="pg_read_all_data"):
                back_up(tmp_path, now=NOW)
            with connection.cursor() as cursor:
                cursor.execute(f"GRANT pg_read_all_data TO backup_{os.getpid()}")
            back_up(tmp_path, now=NOW)
            with psycopg.connect(**place) as reading, pytest.raises(psycopg.errors.InsufficientPrivilege):
                reading.execute("UPDATE registry_loghead SET size = 0")
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP OWNED BY backup_{os.getpid()}")
                cursor.execute(f"DROP ROLE backup_{os.getpid()}")


@pytest.mark.django_db
class TestHowOldItIs:
    @staticmethod
    def parts():
        return {each.name: each.state for each in readiness.look().parts if each.name in ("backup", "drill")}

    def test_where_no_folder_is_named_nothing_is_said(self, settings):
        settings.REGISTRY_BACKUPS = ""
        assert self.parts() == {}

    def test_without_any_it_is_down_and_the_drill_is_due(self, settings, tmp_path):
        for folder in (tmp_path, tmp_path / "away"):
            settings.REGISTRY_BACKUPS = str(folder)
            assert self.parts() == {"backup": State.DOWN, "drill": State.LATE}

    @pytest.mark.parametrize(("hours", "state"), [(25, State.OK), (27, State.LATE), (51, State.DOWN)])
    def test_it_gets_late_and_then_down(self, settings, tmp_path, hours, state):
        settings.REGISTRY_BACKUPS = str(tmp_path)
        empty(tmp_path, timezone.now() - timedelta(hours=hours))
        assert self.parts()["backup"] == state

    @pytest.mark.parametrize(("ago", "state"), [(99, State.OK), (101, State.LATE)])
    def test_a_drill_is_due_after_a_hundred_days(self, settings, tmp_path, ago, state):
        settings.REGISTRY_BACKUPS = str(tmp_path)
        at = timezone.now() - timedelta(days=ago)
        shelf.note_drill(tmp_path, json.dumps({"at": at.isoformat(), "green": True}))
        assert self.parts()["drill"] == state
