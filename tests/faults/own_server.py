"""A PostgreSQL server that is one test's own, with the tables of the session's, and this process led to it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from config.postgres import OWNER, Postgres, find_programs
from tests import tables


@contextmanager
def server_of(folder: Path) -> Iterator[Postgres]:
    """One that keeps its data in that folder: not started yet, and stopped when the block ends."""
    server = Postgres(folder / "postgres", folder / "postgres.log", durable=False)
    try:
        yield server
    finally:
        server.stop()


def said(server: Postgres, question: str, *bound: object) -> object:
    """The first value of the first row; None where there is none."""
    with psycopg.connect(server.url, autocommit=True) as session:
        found = session.execute(question, bound).fetchone()
        return found[0] if found else None


def lay_out(postgres: Postgres) -> None:
    """Roles and tables as the test session's server has them."""
    programs, url = find_programs().bin, urlsplit(os.environ["DATABASE_URL"])
    session = url._replace(path=f"/{tables.ready()}").geturl()
    dumps: tuple[tuple[str, list[str]], ...] = (("pg_dumpall", ["--roles-only"]), ("pg_dump", []))
    for program, only in dumps:
        said = subprocess.run([str(programs / program), *only, "--dbname", session], capture_output=True, check=True)
        # Of the roles one is there already.
        strict = "0" if only else "1"
        command = [str(programs / "psql"), "--quiet", "--set", f"ON_ERROR_STOP={strict}", "--dbname", postgres.url]
        subprocess.run(command, input=said.stdout, capture_output=True, check=True)


@contextmanager
def led_to(socket: Path) -> Iterator[None]:
    """Whatever this process asks the database until the block ends, it asks the server whose socket lies in that folder."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(HOST=str(socket), PORT="", NAME=OWNER, USER=OWNER, PASSWORD="")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
