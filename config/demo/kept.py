"""The book of the published period, kept in our own server: entered through the acts once, copied for the demonstrations after.

Whatever changes in the code throws it away, so that what is shown is what the code does. No Django here: the settings are
read after the keys are known.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

import psycopg
from psycopg import sql

DATABASE, PERIOD = "registry", "registry_period"
# What the book is sealed with and found by. All other keys are new in each run, which signs a log of its own.
KEYS = ("REGISTRY_DATA_KEYS", "REGISTRY_DIGEST_KEYS")
ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("config", "registry", "sharing")
KINDS = (".py", ".json", ".csv", ".sql")


class Kept(NamedTuple):
    """``keys``: environment; ``code``: SHA-256 of what made the book, in hexadecimal."""

    keys: dict[str, str]
    code: str
    entered_at: datetime

    @classmethod
    def read(cls, path: Path, code: str) -> Self | None:
        """None where nothing is kept, or other code than this made it."""
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            keys = {name: str(said["keys"][name]) for name in KEYS}
            kept = cls(keys, said["code"], datetime.fromisoformat(said["entered_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept if kept.code == code else None

    def write(self, path: Path) -> None:
        """Readable by its user alone."""
        path.touch(mode=0o600)
        path.write_text(json.dumps({**self._asdict(), "entered_at": self.entered_at.isoformat()}), encoding="utf-8")


def begin(url: str, path: Path, *, kept: bool) -> None:
    """A new database in our own server, where each run begins with one: a copy of the kept book, or empty."""
    with _server(url) as connection:
        connection.execute(_statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", DATABASE))
        if kept and _is_there(connection):
            connection.execute(_statement("CREATE DATABASE {} TEMPLATE {}", DATABASE, PERIOD))
            return
        path.unlink(missing_ok=True)
        connection.execute(_statement("DROP DATABASE IF EXISTS {}", PERIOD))
        connection.execute(_statement("CREATE DATABASE {}", DATABASE))


def keep(url: str, path: Path, code: str) -> bool:
    """Copy the book as it is now. Not while somebody else is connected to it: then the next demonstration enters it anew."""
    try:
        with _server(url) as connection:
            connection.execute(_statement("CREATE DATABASE {} TEMPLATE {}", PERIOD, DATABASE))
    except psycopg.errors.ObjectInUse:
        return False
    keys = {name: os.environ[name] for name in KEYS}
    Kept(keys, code, datetime.now(UTC)).write(path)
    return True


def code_now() -> str:
    """SHA-256 of the product's code and of what it is installed with, in hexadecimal. To be asked before the code is loaded:
    what is written while the period is entered did not make the book.
    """
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    yield ROOT / "requirements.txt"
    for folder in CODE:
        yield from sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in KINDS)


def _server(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace(f"/{DATABASE}?", "/postgres?"), autocommit=True)


def _statement(words: str, *names: str) -> sql.Composed:
    return sql.SQL(words).format(*map(sql.Identifier, names))


def _is_there(connection: psycopg.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [PERIOD]).fetchone())
