"""The folder in which backups stand: each complete or not there, and nobody's but the operator's."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.backups.manifest import NAME, Manifest, Stored
from config.backups.server import CannotBackUp

DUMP = "registry.dump"
DRILLS = "drills.jsonl"
UNFINISHED = ".unfinished-"
_MOMENT = "%Y%m%dT%H%M%SZ"
LEEWAY = timedelta(
    minutes=5
)  # by which the clocks of two hosts may differ: what is dated later was dated by a wrong one


@dataclass(frozen=True)
class Backup:
    """A complete one; its folder is called by when it was begun, in UTC."""

    path: Path
    taken_at: datetime

    @property
    def dump(self) -> Path:
        return self.path / DUMP

    def manifest(self) -> Manifest:
        """Raises ManifestUnreadable, or OSError."""
        return Manifest.parse((self.path / NAME).read_bytes())

    def file(self, name: str) -> Path:
        return self.path / name


def complete(folder: Path) -> list[Backup]:
    """The oldest first. Raises OSError where the folder cannot be read."""
    found = [Backup(each, moment) for each in folder.iterdir() if (moment := _moment(each.name)) is not None]
    return sorted(found, key=lambda each: each.taken_at)


def newest(folder: Path, now: datetime) -> Backup | None:
    """Of those that are not dated ahead of now. Raises OSError."""
    return next((each for each in reversed(complete(folder)) if not _is_ahead(each.taken_at, now)), None)


def ahead(folder: Path, now: datetime) -> list[Backup]:
    """What was made while the clock was ahead: nobody knows how old it is. Raises OSError."""
    return [each for each in complete(folder) if _is_ahead(each.taken_at, now)]


def begun_at(folder: Path, now: datetime) -> Backup:
    """The one that is begun now, there or not yet."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    return Backup(folder / moment.strftime(_MOMENT), moment)


@contextmanager
def held(folder: Path, what: str) -> Iterator[None]:
    """One at a time in this folder, which is made where it is not there. CannotBackUp: another one is at it."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # As in docs/backup.md: the group sees when, which the unit's mask would hide; each backup is 0700.
        folder.chmod(0o750)
    descriptor = os.open(folder / f".{what}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, f"Another {what} is at work in {folder}: wait for its end.")
        yield
    finally:
        os.close(descriptor)


@contextmanager
def unfinished(folder: Path, now: datetime) -> Iterator[Path]:
    """A folder that has its name only when the block ended well; otherwise nothing of it is left.

    CannotBackUp: there is one of this second already.
    """
    final = begun_at(folder, now).path
    if final.exists():
        raise CannotBackUp(f"{final} is there already: no two backups begin in one second.")
    place = folder / f"{UNFINISHED}{final.name}"
    place.mkdir(mode=0o700)
    try:
        yield place
        _onto_the_disk(place)
        place.rename(final)
        _onto_the_disk(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path) -> list[Path]:
    """What a killed run left, for whoever holds the folder; what of it cannot be removed stays, and is returned."""
    return [each for each in sorted(folder.glob(f"{UNFINISHED}*")) if not _is_removed(each)]


def outlived(made: Backup, keep: int) -> list[Backup]:
    """All complete ones before this one but the newest, ``keep`` with it. What is dated after it stays, and counts for none: it was
    made while the clock was ahead. Raises OSError.
    """
    older = [each for each in complete(made.path.parent) if each.taken_at < made.taken_at]
    return older[: max(0, len(older) + 1 - max(1, keep))]


def remove_older(made: Backup, keep: int) -> list[Backup]:
    """Those that are outlived and were removed. What cannot be removed is no complete one any more, or stays one where it cannot even
    be put aside. Raises OSError where the folder cannot be read.
    """
    return [each for each in outlived(made, keep) if _is_put_aside(each) and _is_removed(_aside(each))]


def _aside(backup: Backup) -> Path:
    return backup.path.with_name(f"{UNFINISHED}{backup.path.name}")


def _is_put_aside(backup: Backup) -> bool:
    """What is half removed is not taken for a backup."""
    try:
        backup.path.rename(_aside(backup))
    except OSError:
        return False
    return True


def _is_removed(place: Path) -> bool:
    try:
        shutil.rmtree(place)
    except OSError:
        return False
    return True


def stored(file: Path) -> Stored:
    """Its size and SHA-256. Raises OSError."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
        return Stored(opened.tell(), digest.hexdigest())


def write(file: Path, text: str) -> None:
    """On the disk when this returns; the owner alone reads it."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


def note_drill(folder: Path, line: str) -> None:
    """One more line on record: JSON. The group reads it, for the desk says how old it is; the unit's mask would not let it."""
    with open(os.open(folder / DRILLS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as opened:
        os.fchmod(opened.fileno(), 0o640)
        opened.write(f"{line}\n")


def drilled_at(folder: Path, now: datetime) -> datetime | None:
    """When the last drill ended; None where something of it was red, whatever was green before, or where there is none. One that is
    dated ahead of now is none. Raises OSError.
    """
    try:
        lines = (folder / DRILLS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    held = [drilled for line in lines if (drilled := _drilled(line)) is not None and not _is_ahead(drilled[0], now)]
    if not held:
        return None
    moment, is_green = max(held)
    return moment if is_green else None


def _lock(descriptor: int, refusal: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotBackUp(refusal) from None


def _drilled(line: str) -> tuple[datetime, bool] | None:
    """When, and whether nothing was red; None: half a line, of one that was killed."""
    try:
        told = json.loads(line)
        return datetime.fromisoformat(told["at"]), told["green"] is True
    except (ValueError, KeyError, TypeError):
        return None


def _moment(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_ahead(moment: datetime, now: datetime) -> bool:
    return moment > now + LEEWAY


def _onto_the_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
