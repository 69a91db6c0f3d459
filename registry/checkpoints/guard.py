"""What was signed last, kept outside the database: a restored backup must not make the court sign another history.

One file (``REGISTRY_LOG_GUARD``) with the last signed note. It is written, and on the disk, before the checkpoint that it
holds is committed, so it is never behind what anybody was shown. All workers that sign must see the same file.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from registry.checkpoints import origin
from registry.tree.checkpoints import Checkpoint
from registry.tree.notes import Note, NoteMalformed

READABLE = 0o644  # a signed note is public


class GuardUnreadable(Exception):
    """It is no checkpoint of this log that one of its keys signed."""


class Overtaken(Exception):
    """Somebody else signed a longer log meanwhile: whoever stood still for too long lost his turn, and has not heard of it."""


def read() -> tuple[int, Checkpoint] | None:
    """Epoch and checkpoint; None where there is no file. Raises GuardUnreadable."""
    raw = _raw()
    return None if raw is None else _opened(raw)


def text() -> str:
    """As it lies there, for the record; "" where there is nothing to read."""
    return (_raw() or b"").decode(errors="replace")


def written_at() -> datetime | None:
    """When it was written, by the clock of its disk; None where there is none."""
    try:
        return datetime.fromtimestamp(_path().stat().st_mtime, UTC)
    except OSError:
        return None


def write(note: str) -> None:
    """Once this returns, it is on the disk. Raises OSError, or Overtaken: then nothing may be signed."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("wb") as file:
        os.fchmod(file.fileno(), READABLE)  # an operator's command may be root's, and workers read it afterwards
        file.write(note.encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        _refuse_older(note)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_older(note: str) -> None:
    """The last thing before: what is written within these microseconds all the same, signing finds and puts right."""
    try:
        kept = read()
    except GuardUnreadable:
        return
    epoch, new = _opened(note.encode())
    if kept is not None and (kept[0], kept[1].size) > (epoch, new.size):
        raise Overtaken(f"{kept[0]}/{kept[1].size} was signed meanwhile, which {epoch}/{new.size} would take back")


def _path() -> Path:
    return Path(settings.REGISTRY_LOG_GUARD)


def _raw() -> bytes | None:
    try:
        return _path().read_bytes()
    except FileNotFoundError:
        return None


def _opened(raw: bytes) -> tuple[int, Checkpoint]:
    try:
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
    except NoteMalformed as error:
        raise GuardUnreadable(str(error)) from None
    epoch = origin.epoch_of(checkpoint.origin)
    if epoch is None:
        raise GuardUnreadable(f"it is of the log {checkpoint.origin}")
    if not note.witnessed_by(origin.keys(epoch)):
        raise GuardUnreadable("no key of this log signed it")
    return epoch, checkpoint
