"""A database with all tables, laid out once while the tests are being collected; each process copies it.

`python -m tests.tables NAME` lays it out on the session's server. It has its name only when it is whole. The rows that
its tables begin with lie a second time in the schema `kept`: `restore` puts them back after a test that commits.
"""

from __future__ import annotations

import atexit
import gc
import os
import subprocess
import sys
import time
from functools import cache
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from config.zones.granting import settle

NAMED = "REGISTRY_TEST_TABLES"  # the environment's word for its name
ENDS_AFTER = 120


def begin() -> None:
    """Start laying it out, beside whatever else is done; it goes with this process."""
    name = f"tables_{os.getpid()}"
    os.environ[NAMED] = name
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "tests.tables", name])
    atexit.register(_end, process, name)


def ready() -> str:
    """Its name, once it is whole. Raises TimeoutError where it does not come."""
    name = os.environ[NAMED]
    deadline = time.monotonic() + ENDS_AFTER
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        while server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            if time.monotonic() > deadline:
                raise TimeoutError("The tables were not laid out; the lines above say why.")
            time.sleep(0.05)
    return name


def lay_out(name: str) -> None:
    unfinished, url = f"{name}_unfinished", os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        os.environ["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{unfinished}").geturl()
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        django.setup()
        gc.disable()  # every migration renders models anew; they go with the process
        call_command("migrate", verbosity=0)
        with transaction.atomic():
            settle()
        _keep()
        django.db.connections.close_all()
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
        )


def restore() -> None:
    """Make every table what it was when it was laid out. Only those that differ are touched: emptying all of them is a
    hundred times the work of most tests. The role of a replica, which needs a superuser, passes over foreign keys and
    over the triggers that keep insert-only tables whole; it is set for this one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_differing())
        names = [name for (name,) in cursor.fetchall()]
        if names:
            back = [f'INSERT INTO "{name}" TABLE kept."{name}"' for name in names if name in _kept()]
            emptied = [f'DELETE FROM "{name}"' for name in names]
            cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *emptied, *back]))


def _keep() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for name in _tables():
            cursor.execute(f'SELECT EXISTS (TABLE "{name}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE kept."{name}" AS TABLE "{name}"')


@cache
def _differing() -> str:
    """The statement that names the tables whose rows are not those they began with."""
    parts = []
    for name in _tables():
        rows = f'TABLE "{name}"'
        if name in _kept():
            before = f'TABLE kept."{name}"'
            rows = f"({rows} EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL {rows})"
        parts.append(f"SELECT '{name}' WHERE EXISTS ({rows})")
    return " UNION ALL ".join(parts)


@cache
def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


@cache
def _kept() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
        return {name for (name,) in cursor.fetchall()}


def _end(process: subprocess.Popen[bytes], name: str) -> None:
    process.terminate()
    process.wait()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        for each in (name, f"{name}_unfinished"):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(each)))


if __name__ == "__main__":
    lay_out(sys.argv[1])
