"""Debian's PgBouncer between transactions, as docs/operating.md has it, in front of the database of a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from config.child import STAY, Child
from config.postgres import OWNER, UNPRIVILEGED
from config.valkey import LOOPBACK, free_port
from tests.programs import needed

SETTINGS = """\
[databases]
* = host={host} port={port} user={user}

[pgbouncer]
listen_addr = {address}
listen_port = {listens}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
max_prepared_statements = 200
ignore_startup_parameters = options
default_pool_size = 4
"""


@contextmanager
def pooler(folder: Path, database_url: str) -> Iterator[str]:
    """The database's URL through it."""
    command, listens = needed("pgbouncer"), free_port()
    server = conninfo_to_dict(database_url)
    at = {"host": server.get("host", ""), "port": server.get("port", 5432), "user": server.get("user", OWNER)}
    settings, users = folder / "pgbouncer.ini", folder / "users.txt"
    settings.write_text(SETTINGS.format(**at, address=LOOPBACK, listens=listens, folder=folder))
    users.write_text(f'"{at["user"]}" ""\n')
    url = f"postgres://{at['user']}@{LOOPBACK}:{listens}/{urlsplit(database_url).path.strip('/')}"
    child = Child(
        name="PgBouncer",
        command=[command, str(settings)],
        log=folder / "pgbouncer.log",
        folder=folder,
        environment={"PATH": os.environ["PATH"]},
        user=UNPRIVILEGED if os.geteuid() == 0 else STAY,
    )
    child.start()
    try:
        child.wait_until(lambda: _answers(url))
        yield url
    finally:
        child.kill()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True
