"""The drill: the newest backup restored into a scratch database, judged, and dropped. The installation is not touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from config.backups import facts, server, shelf
from config.backups.lines import Colour, Line, green, judged, not_tried, red
from config.backups.manifest import Manifest, ManifestUnreadable
from config.backups.scratch import MAINTENANCE, name_beside, refuse_live, scratch
from config.backups.server import CannotBackUp, Place
from config.backups.shelf import Backup
from config.redaction import redacted
from registry.keys import new_key

JOBS_MOST = 4  # connections that restore at a time
# What the judging process has of its own: no broker, witness, mail or collector, and the operator's role.
APART = {
    "BROKER_URL": "memory://",
    "REDIS_URL": "memory://",
    "EMAIL_URL": "dummymail://",
    "LOG_LEVEL": "CRITICAL",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    "REGISTRY_SERVICE_CERTIFICATES": "optional",
    "REGISTRY_ZONE": "owner",
    "SHARING_LOG_WITNESSES": "",
}


@dataclass
class Drill:
    """``dump_bytes``, ``database_bytes``, ``restore_seconds``: what may be promised; 0 where it did not come so far."""

    backup: Backup
    lines: list[Line] = field(default_factory=list)
    dump_bytes: int = 0
    database_bytes: int = 0
    restore_seconds: float = 0

    @property
    def is_green(self) -> bool:
        return all(line.colour != Colour.RED for line in self.lines)

    def as_json(self, at: datetime) -> str:
        told = {name: getattr(self, name) for name in ("dump_bytes", "database_bytes", "restore_seconds")}
        lines = [asdict(line) for line in self.lines]
        return json.dumps(
            {"at": at.isoformat(), "backup": self.backup.path.name, "green": self.is_green, **told, "lines": lines}
        )


@dataclass(frozen=True)
class Where:
    """``scratch`` is also given as an address, ``url``, for the process that judges; ``through``: a database beside it."""

    live: Place
    scratch: Place
    through: Place
    url: str


def drill(folder: Path, *, into: str | None, now: Callable[[], datetime], say: Callable[[Line], None]) -> Drill:
    """``into``: the address of the scratch database, beside the one in use unless given. What was found is put on record.

    CannotBackUp: there is no backup, or no scratch database may be made.
    """
    where = _where(into)
    if not folder.is_dir():
        raise CannotBackUp(f"{folder} is no folder.")
    with shelf.held(folder, "drill"):
        newest = shelf.newest(folder, now())
        if newest is None:
            raise CannotBackUp(f"{folder} holds no complete backup: make one with manage.py back_up.")
        done = Drill(newest)
        with closing(_looked_at(done, where)) as lines:
            for line in lines:
                done.lines.append(line)
                say(line)
        shelf.note_drill(folder, done.as_json(now()))
    return done


def _where(into: str | None) -> Where:
    live = server.live()
    if into is None:
        name = name_beside(live["dbname"])
        return Where(live, {**live, "dbname": name}, live, _beside(name))
    place = server.at(into)
    refuse_live(place, live)
    return Where(live, place, {**place, "dbname": MAINTENANCE}, into)


def _beside(name: str) -> str:
    """The address of a database of this name on the server in use."""
    address, mark, options = os.environ.get("DATABASE_URL", "postgres:///registry").partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"


def _looked_at(done: Drill, where: Where) -> Generator[Line]:
    """Ends at the first red line after which nothing could be told."""
    try:
        manifest = done.backup.manifest()
    except (ManifestUnreadable, OSError) as problem:
        yield red("manifest", str(problem))
        return
    files = _files(done.backup, manifest)
    yield files
    if files.colour == Colour.RED:
        return
    done.dump_bytes = sum(each.size for each in manifest.files.values())
    with scratch(where.scratch, where.through):
        begun = time.monotonic()
        try:
            _restore(done.backup, where)
        except (CannotBackUp, psycopg.Error) as problem:
            yield red("restored", redacted(str(problem)))
            return
        done.restore_seconds = round(time.monotonic() - begun, 3)
        yield from _compared(done, manifest, where)
        yield from _judged(where)


def _files(backup: Backup, manifest: Manifest) -> Line:
    wrong = []
    for name, expected in {shelf.DUMP: None, **manifest.files}.items():
        try:
            found = shelf.stored(backup.file(name))
        except OSError as error:
            wrong.append(f"{name}: {type(error).__name__}")
            continue
        if found != expected:
            of = (
                "the manifest knows none"
                if expected is None
                else f"{found.size:,} bytes, and not what the manifest says"
            )
            wrong.append(f"{name}: {of}")
    size = sum(each.size for each in manifest.files.values())
    return judged(
        "files",
        "; ".join(wrong),
        f"{size / 1e6:,.1f} MB of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, as the manifest says",
    )


def _restore(backup: Backup, where: Where) -> None:
    """As a real restore does it, grants to the installation's roles included."""
    jobs = min(JOBS_MOST, os.cpu_count() or 1)
    told = ["--exit-on-error", "--no-owner", f"--jobs={jobs}", f"--dbname={where.scratch['dbname']}", str(backup.dump)]
    with server.connected(where.scratch, autocommit=True) as database:
        server.run("pg_restore", told, where.scratch, at_least=server.version(database))
        database.execute("ANALYZE")


def _compared(done: Drill, manifest: Manifest, where: Where) -> Iterator[Line]:
    with server.connected(where.scratch) as database:
        found = facts.read(database)
        (done.database_bytes,) = database.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    yield green("restored", f"{done.database_bytes / 1e6:,.1f} MB in {done.restore_seconds:.1f} s")
    rows = sum(found.counts.values())
    yield judged(
        "rows",
        "; ".join(facts.differing(manifest.facts, found)),
        f"{rows:,} in {len(found.counts)} tables, as they were",
    )
    wrong = sorted({*manifest.facts.migrations} ^ {*found.migrations})
    yield judged("migrations", ", ".join(wrong), f"{len(found.migrations)}, as they were")
    yield _end_of_the_log(manifest, found)
    if found.checkpoint is not None:
        yield _against_live(found.checkpoint, where.live)


def _end_of_the_log(manifest: Manifest, found: facts.Facts) -> Line:
    before, now = manifest.facts, found
    is_same = (before.epoch, before.head, before.checkpoint) == (now.epoch, now.head, now.checkpoint)
    wrong = "" if is_same else f"{before.epoch}/{before.head} was backed up, and {now.epoch}/{now.head} is restored"
    return judged("end of log", wrong, f"{now.epoch}/{now.head}, with the newest checkpoint")


def _against_live(checkpoint: facts.Signed, live: Place) -> Line:
    """A copy that was signed by itself somewhere else fits its own manifest; but not the log that goes on."""
    named = f"{checkpoint.epoch}/{checkpoint.size}"
    try:
        with server.connected(live) as database:
            root = facts.root_signed(database, checkpoint)
    except (CannotBackUp, psycopg.Error) as problem:
        return red("same log", f"the database in use cannot be asked: {redacted(str(problem))}")
    if root is None:
        return red("same log", f"the database in use has no checkpoint {named}: one of the two is of another history")
    wrong = "" if root == checkpoint.root else f"checkpoint {named} is another one in the database in use: a forked log"
    return judged("same log", wrong, f"checkpoint {named} is the one of the database in use")


def _judged(where: Where) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="registry-drill-") as folder:
        kept = Path(folder) / "log-guard"
        try:
            shutil.copyfile(settings.REGISTRY_LOG_GUARD, kept)
        except OSError as error:
            yield red("guard", f"there is no copy of it to judge by: {type(error).__name__}")
            yield from _asked("as_it_is", where, {"REGISTRY_LOG_GUARD": str(kept)})
            return
        is_halted = False
        for line in _asked("as_it_is", where, {"REGISTRY_LOG_GUARD": str(kept)}):
            is_halted = is_halted or (line.check == "halted" and line.colour == Colour.GREEN)
            yield line
        if not is_halted:
            yield not_tried("new epoch", "the log is not halted")
            return
        drawn = {"REGISTRY_LOG_KEYS": new_key(1), "REGISTRY_LOG_KEYS_FILE": ""}
        yield from _asked("after_an_epoch", where, {"REGISTRY_LOG_GUARD": str(kept), **drawn})


def _asked(stage: str, where: Where, apart: dict[str, str]) -> Iterator[Line]:
    """In a process of its own, which knows the scratch database alone."""
    process = subprocess.run(
        [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "judge_restored", stage],
        env={**os.environ, **APART, "DATABASE_URL": where.url, **apart},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    told = process.stdout.splitlines()
    yield from map(Line.of_json, told)
    if process.returncode and not any(Line.of_json(each).colour == Colour.RED for each in told):
        said = process.stderr.strip().splitlines()
        yield red("judging", redacted(said[-1]) if said else f"it ended with status {process.returncode}")
