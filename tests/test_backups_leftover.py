"""What cannot be removed from the folder of backups keeps nobody from making one, and is said."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.backups import shelf, taking
from config.backups.manifest import NAME
from tests.test_backups import MANIFEST

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)


@pytest.fixture
def of_root(monkeypatch):
    """What was put aside is another's: it is not removed."""
    remove = shutil.rmtree
    monkeypatch.setattr(taking, "_taken", lambda place, now: MANIFEST)

    def refusing(path, *args, **kwargs):
        if path.name.startswith(shelf.UNFINISHED) and path.exists():
            raise PermissionError(13, "Permission denied", str(path))
        remove(path, *args, **kwargs)

    monkeypatch.setattr(shutil, "rmtree", lambda path, ignore_errors=False: None if ignore_errors else refusing(path))


def test_a_leftover_that_stays_keeps_no_backup_from_being_made(tmp_path, of_root):
    left = tmp_path / f"{shelf.UNFINISHED}20261101T020000Z"
    left.mkdir()
    taken = taking.back_up(tmp_path, now=NOW)
    assert [each.taken_at for each in shelf.complete(tmp_path)] == [NOW]
    assert taken.stuck == [left]


def test_where_an_older_one_cannot_be_removed_the_command_says_that_one_was_made(tmp_path, of_root):
    with shelf.unfinished(tmp_path, NOW - timedelta(days=1)) as place:
        shelf.write(place / NAME, MANIFEST.as_json())
    out = StringIO()
    with pytest.raises(CommandError, match=r"The backup was made.*unfinished-20261126T020000Z") as told:
        call_command("back_up", to=tmp_path, keep=1, stdout=out)
    assert told.value.returncode == 2
    assert "read to its end" in out.getvalue()
    assert "removed" not in out.getvalue()


def test_one_that_cannot_be_put_aside_stays_a_backup_and_the_command_says_that_one_was_made(tmp_path, monkeypatch):
    monkeypatch.setattr(taking, "_taken", lambda place, now: MANIFEST)
    older = [NOW - timedelta(days=days) for days in (2, 1)]
    for moment in older:
        with shelf.unfinished(tmp_path, moment) as place:
            shelf.write(place / NAME, MANIFEST.as_json())
    rename = Path.rename

    def refusing(path, target):
        if path.name == "20261125T020000Z":
            raise PermissionError(1, "Operation not permitted", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refusing)
    out = StringIO()
    with pytest.raises(CommandError, match=r"The backup was made.*: [^,]*/20261125T020000Z$") as told:
        call_command("back_up", to=tmp_path, keep=1, stdout=out)
    assert told.value.returncode == 2
    assert "read to its end" in out.getvalue()
    assert f"removed {tmp_path / '20261126T020000Z'}" in out.getvalue()
    assert next(each.path.name for each in shelf.complete(tmp_path)) == "20261125T020000Z"


def test_a_folder_that_cannot_be_listed_once_the_backup_is_there_makes_no_lie_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(taking, "_taken", lambda place, now: MANIFEST)

    def refusing(folder):
        raise OSError(5, "Input/output error", str(folder))

    monkeypatch.setattr(shelf, "complete", refusing)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^The backup was made\. .*Input/output error") as told:
        call_command("back_up", to=tmp_path, keep=1, stdout=out)
    assert told.value.returncode == 2
    assert "read to its end" in out.getvalue()


def test_the_folder_that_it_makes_shows_the_group_when_and_nobody_else(tmp_path):
    """With zones apart the desk sees through the group how old the newest one is; the unit's mask hides it."""
    folder, before = tmp_path / "backups", os.umask(0o077)
    try:
        with shelf.held(folder, "backup"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o750
        folder.chmod(0o700)
        with shelf.held(folder, "backup"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700  # as somebody set it
    finally:
        os.umask(before)
