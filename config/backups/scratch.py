"""The database that a backup is restored into for a drill: made for it, marked as its own, and dropped however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from config.backups import server
from config.backups.server import CannotBackUp, Place
from config.child import undisturbed

MARK = "the scratch database of a drill of the register: it may be dropped"
MAINTENANCE = "postgres"
MARKED = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
NAME_MOST = 63


def name_beside(live: str) -> str:
    return f"{live[: NAME_MOST - 6]}_drill"


def refuse_live(place: Place, live: Place) -> None:
    """Wherever it is: a scratch database never bears the name of the one that is in use. CannotBackUp."""
    if place["dbname"] == live["dbname"]:
        raise CannotBackUp(f"{place['dbname']} is the database in use: give the scratch database another name.")


@contextmanager
def scratch(place: Place, through: Place) -> Iterator[None]:
    """``through``: a database of the same server from which it is made and dropped.

    CannotBackUp: there is one of this name which no drill made, or in which somebody is; or the role may make none.
    """
    name = place["dbname"]
    with server.connected(through, autocommit=True) as maintenance:
        is_made = False
        try:
            with undisturbed():
                _make(maintenance, name)
                is_made = True
            yield
        finally:
            if is_made:
                _drop(maintenance, name)


def _drop(maintenance: psycopg.Connection, name: str) -> None:
    with undisturbed():
        maintenance.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def is_marked(database: psycopg.Connection, name: str) -> bool:
    """Whether a drill made it."""
    found = database.execute(MARKED, [name]).fetchone()
    return found is not None and found[0] == MARK


def _make(maintenance: psycopg.Connection, name: str) -> None:
    called = sql.Identifier(name)
    try:
        _refuse_other(maintenance, name)
        maintenance.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(called))
        maintenance.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(called, sql.Literal(MARK)))
        maintenance.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(called))
    except psycopg.errors.InsufficientPrivilege:
        raise CannotBackUp("The role may make no database: ALTER ROLE … CREATEDB, or --into as one that may.") from None


def _refuse_other(maintenance: psycopg.Connection, name: str) -> None:
    """One that a killed drill left is dropped."""
    if maintenance.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        return
    if not is_marked(maintenance, name):
        raise CannotBackUp(f"There is a database {name}, and no drill made it: give another name by --into.")
    try:
        maintenance.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        raise CannotBackUp(f"Somebody is in {name}: is another drill at work?") from None
