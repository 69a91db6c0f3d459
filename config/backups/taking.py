"""One consistent backup of the database: what pg_dump writes and what the manifest says are of one snapshot."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from config.backups import facts, server, shelf
from config.backups.facts import Facts
from config.backups.manifest import NAME, Manifest
from config.backups.server import CannotBackUp
from config.backups.shelf import Backup

READS = "The role needs pg_read_all_data, and CONNECT (docs/backup.md)."


@dataclass(frozen=True)
class Taken:
    backup: Backup
    manifest: Manifest
    removed: list[Backup] = field(default_factory=list)
    stuck: list[Path] = field(default_factory=list)  # what should have been removed, and is there
    unlisted: str = ""  # why nobody knows what else should have been


def back_up(folder: Path, *, now: datetime, keep: int | None = None) -> Taken:
    """``keep``: older complete ones but so many in all are removed, after the new one was read to its end. CannotBackUp."""
    with shelf.held(folder, "backup"):
        shelf.sweep(folder)
        with shelf.unfinished(folder, now) as place:
            manifest = _taken(place, now)
            shelf.write(place / NAME, manifest.as_json())
        return _tidied(Taken(shelf.begun_at(folder, now), manifest), folder, keep)


def _tidied(taken: Taken, folder: Path, keep: int | None) -> Taken:
    """The new one is there, whatever becomes of the older ones."""
    try:
        if keep is not None:
            taken.removed.extend(shelf.remove_older(taken.backup, keep))
        taken.stuck.extend(shelf.sweep(folder))
        if keep is not None:
            taken.stuck.extend(each.path for each in shelf.outlived(taken.backup, keep))
    except OSError as problem:
        return replace(taken, unlisted=str(problem))
    return taken


def _taken(place: Path, now: datetime) -> Manifest:
    begun = time.monotonic()
    live = server.live()
    file = place / shelf.DUMP
    with server.connected(live) as database:
        version = server.version(database)
        found = _dumped(database, live, file, version)
    server.run(
        "pg_restore", ["--file=/dev/null", str(file)], live, at_least=version
    )  # whether it can be read to its end
    return Manifest(
        taken_at=now,
        seconds=round(time.monotonic() - begun, 3),
        product=release(),
        server=version,
        database=live["dbname"],
        origin=settings.REGISTRY_LOG_ORIGIN,
        facts=found,
        files={file.name: shelf.stored(file)},
    )


def _dumped(database: psycopg.Connection, live: server.Place, file: Path, version: int) -> Facts:
    """The snapshot lives as long as this transaction."""
    database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    database.read_only = True
    try:
        (snapshot,) = database.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        found = facts.read(database)
    except psycopg.Error as error:
        raise CannotBackUp(f"The database cannot be read as a whole: {type(error).__name__}. {READS}") from None
    told = ["--format=custom", "--lock-wait-timeout=60000", f"--snapshot={snapshot}", f"--file={file}"]
    server.run("pg_dump", told, live, at_least=version)
    return found


def release() -> str:
    """The product's version."""
    with (Path(settings.BASE_DIR) / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
