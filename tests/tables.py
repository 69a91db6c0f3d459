"""A database with all tables, laid out once while the tests are being collected; each process copies it.

`python -m tests.tables NAME` lays it out on the session's server. It has its name only when it is whole.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

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
        call_command("migrate", verbosity=0)
        django.db.connections.close_all()
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
        )


def _end(process: subprocess.Popen[bytes], name: str) -> None:
    process.terminate()
    process.wait()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        for each in (name, f"{name}_unfinished"):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(each)))


if __name__ == "__main__":
    lay_out(sys.argv[1])
