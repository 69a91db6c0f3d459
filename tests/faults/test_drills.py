"""A drill restores the newest backup, judges it with the guard in use, and touches nothing that is in use; damage makes it red."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config.backups import shelf
from config.backups.drilling import Drill, drill
from config.backups.lines import Colour, Line
from config.backups.manifest import NAME
from config.backups.scratch import MARK
from config.backups.server import CannotBackUp
from config.backups.taking import back_up
from registry import actions
from registry.checkpoints import guard, signing
from registry.models import Event, Flag, LogEpoch, LogHead
from tests import cast
from tests.faults.stack import own_database
from tests.receiving import receiver

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]
WAIVER = "tests: service in court is presumed, 2026-11-24"


@dataclass
class Court:
    """A listing in force of which a department is to be told, signed up to the first event."""

    folder: Path
    url: str
    begun: int = 0
    said: list[Line] = field(default_factory=list)

    def back_up(self) -> shelf.Backup:
        self.begun += 1
        return back_up(self.folder, now=cast.NOW + timedelta(minutes=self.begun)).backup

    def drill(self, into: str | None = None) -> Drill:
        return drill(self.folder, into=into, now=timezone.now, say=self.said.append)

    @property
    def scratch(self) -> str:
        return f"{connection.settings_dict['NAME']}_drill"


@pytest.fixture
def court(tmp_path, django_db_blocker) -> Iterator[Court]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", WAIVER)
        patch.setattr("django.conf.settings.REGISTRY_LOG_GUARD", str(tmp_path / "guard" / "log-guard"))
        patch.setattr("registry.bell.send", lambda task: None)
        with own_database() as url:
            cast.in_force()
            sign()
            yield Court(tmp_path / "backups", url)


def sign() -> None:
    while signing.sign(now=cast.NOW):
        pass


def act() -> None:
    """One more event, signed."""
    (listing,) = {event.listing for event in Event.objects.filter(listing__isnull=False).select_related("listing")}
    wanted = Flag.DISPUTED not in listing.flags
    actions.dispute(listing.pk, wanted=wanted, now=cast.NOW)
    sign()


def in_use() -> list[object]:
    """All that a drill must leave alone, of which it might do something."""
    counts = [list(model.objects.order_by("pk").values()) for model in (LogHead, LogEpoch)]
    path = Path(settings.REGISTRY_LOG_GUARD)
    return [*counts, Event.objects.count(), path.read_bytes(), path.stat().st_mtime_ns, list(path.parent.iterdir())]


def databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        return {name for (name,) in server.execute("SELECT datname FROM pg_database").fetchall()}


def colours(done: Drill) -> dict[str, Colour]:
    return {line.check: line.colour for line in done.lines}


def reds(done: Drill) -> set[str]:
    return {check for check, colour in colours(done).items() if colour == Colour.RED}


def messages() -> dict[bytes, object]:
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return {key: broker.dump(key) for key in broker.scan_iter()}


def test_a_restored_backup_knows_that_it_is_old_and_goes_on_in_a_new_epoch_and_nothing_in_use_is_touched(court):
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
        court.back_up()
        act()
        before, waiting = in_use(), messages()
        done = court.drill()
        assert (in_use(), messages(), inbox.requests) == (before, waiting, [])
    assert set(colours(done).values()) == {Colour.GREEN}, [str(line) for line in done.lines]
    assert list(colours(done)) == [
        "files", "restored", "rows", "migrations", "end of log", "same log", "release", "keys", "log", "deliveries",
        "halted", "act refused", "nothing signed", "new epoch", "act accepted",
    ]  # fmt: skip
    assert "R-388" in next(line.said for line in done.lines if line.check == "act refused")
    assert court.scratch not in databases()
    assert shelf.drilled_at(court.folder, timezone.now()) is not None
    (on_record,) = map(json.loads, (court.folder / shelf.DRILLS).read_text().splitlines())
    assert on_record["restore_seconds"] > 0
    assert on_record["database_bytes"] > on_record["dump_bytes"] > 0


def test_where_nothing_was_signed_since_there_is_nothing_to_be_found_older_than(court):
    court.back_up()
    done = court.drill()
    assert reds(done) == set()
    assert colours(done)["halted"] == colours(done)["new epoch"] == Colour.NOT_TRIED
    assert "act accepted" not in colours(done), "a second history was begun in the old epoch"


def truncated(backup: shelf.Backup, _older: shelf.Backup) -> None:
    with backup.dump.open("r+b") as file:
        file.truncate(backup.dump.stat().st_size // 2)


def with_a_changed_byte(backup: shelf.Backup, _older: shelf.Backup) -> None:
    with backup.dump.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        byte = file.read(1)
        file.seek(-100, os.SEEK_END)
        file.write(bytes([byte[0] ^ 1]))


def with_another_manifest(backup: shelf.Backup, older: shelf.Backup) -> None:
    backup.file(NAME).write_bytes(older.file(NAME).read_bytes())


def with_a_manifest_that_names_no_dump(backup: shelf.Backup, _older: shelf.Backup) -> None:
    told = json.loads(backup.file(NAME).read_bytes()) | {"files": {}}
    backup.file(NAME).write_text(json.dumps(told))


def test_a_damaged_backup_is_red_before_anything_is_restored(court):
    older = court.back_up()
    act()
    for damage in (truncated, with_a_changed_byte, with_another_manifest, with_a_manifest_that_names_no_dump):
        damage(court.back_up(), older)
        done = court.drill()
        assert colours(done) == {"files": Colour.RED}, damage.__name__
        assert court.scratch not in databases()
    backup = court.back_up()
    backup.file(NAME).write_text("{}")
    assert colours(court.drill()) == {"manifest": Colour.RED}
    assert shelf.drilled_at(court.folder, timezone.now()) is None, "a red drill counts as none"


def test_a_manifest_and_a_dump_that_do_not_belong_together_are_red_though_their_digests_fit(court):
    older = court.back_up()
    act()
    backup = court.back_up()
    told = json.loads(older.file(NAME).read_bytes())
    told["files"] = json.loads(backup.file(NAME).read_bytes())["files"]
    backup.file(NAME).write_text(json.dumps(told))
    assert {"rows", "end of log"} <= reds(court.drill())


def test_a_dump_that_cannot_be_restored_is_red_and_leaves_no_scratch(court):
    backup = court.back_up()
    backup.dump.write_bytes(backup.dump.read_bytes()[:-5000])
    told = json.loads(backup.file(NAME).read_bytes())
    kept = shelf.stored(backup.dump)
    told["files"] = {shelf.DUMP: {"size": kept.size, "sha256": kept.sha256}}
    backup.file(NAME).write_text(json.dumps(told))
    assert colours(court.drill()) == {"files": Colour.GREEN, "restored": Colour.RED}
    assert court.scratch not in databases()


@pytest.mark.parametrize("keys", ["", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="], ids=["none", "others"])
def test_without_the_keys_of_the_book_it_is_red(court, monkeypatch, keys):
    court.back_up()
    act()
    monkeypatch.setenv("REGISTRY_DATA_KEYS", keys)
    done = court.drill()
    assert reds(done) == {"keys"}
    assert colours(done)["new epoch"] == Colour.NOT_TRIED


def test_without_the_guard_it_is_red(court):
    court.back_up()
    act()
    Path(settings.REGISTRY_LOG_GUARD).unlink()
    done = court.drill()
    assert {"guard", "log", "halted"} <= reds(done)
    assert not Path(settings.REGISTRY_LOG_GUARD).exists()


def test_a_backup_of_a_forked_log_is_red(court):
    """One event was signed twice: in a copy that was backed up, and in the database that goes on."""
    name, kept = connection.settings_dict["NAME"], guard.text()
    connection.close()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}_before" TEMPLATE "{name}"')
        act()
        court.back_up()
        connection.close()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.execute(f'ALTER DATABASE "{name}_before" RENAME TO "{name}"')
    Path(settings.REGISTRY_LOG_GUARD).write_text(kept)
    act()
    act()
    done = court.drill()
    assert reds(done) == {"same log"}
    assert "forked" in next(line.said for line in done.lines if line.check == "same log")


def test_a_database_that_no_drill_made_is_left_alone_and_one_that_a_killed_drill_left_is_dropped(court):
    court.back_up()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{court.scratch}"')
        with pytest.raises(CannotBackUp, match="no drill made it"):
            court.drill()
        assert court.scratch in databases()
        server.execute(f"COMMENT ON DATABASE \"{court.scratch}\" IS '{MARK}'")
    assert reds(court.drill()) == set()
    assert court.scratch not in databases()


def test_the_database_in_use_is_never_the_scratch(court):
    court.back_up()
    with pytest.raises(CannotBackUp, match="database in use"):
        court.drill(into=court.url)
    assert Event.objects.count() == 1


def test_what_judges_does_nothing_to_a_database_that_is_no_scratch(court):
    before = in_use()
    for stage in ("as_it_is", "after_an_epoch"):
        with pytest.raises(CommandError, match="nothing was done"):
            call_command("judge_restored", stage)
    assert in_use() == before


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_stopped_leaves_no_scratch(court, told):
    court.back_up()
    connection.close()
    environment = {**os.environ, "DATABASE_URL": court.url, "REGISTRY_LOG_GUARD": settings.REGISTRY_LOG_GUARD}
    heeds = ["env", "--default-signal=INT"]  # which who was started in the background of a shell ignores
    command = [*heeds, sys.executable, "-W", "ignore", "manage.py", "drill_restore", "--from", str(court.folder)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        ends = time.monotonic() + 60
        while court.scratch not in databases():
            assert process.poll() is None
            assert time.monotonic() < ends
        os.killpg(process.pid, told)
    assert process.returncode != 0
    assert court.scratch not in databases()
