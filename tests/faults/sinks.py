"""Everywhere that a value may lie after the whole system worked with it: read as bytes, place by place.

Sinks are those of a running `tests.faults.stack`: logs, database, broker, mails, files, processes, what receivers got.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

import psutil
import psycopg
import redis
import requests
from django.contrib.sessions.models import Session
from django.db import connection
from psycopg import sql

from tests.faults.stack import Stack
from tests.receiving import Receiver

LOOKS_EVERY = 0.02  # seconds
Places = dict[str, bytes]


@dataclass
class Watched:
    """What is only to be seen while it happens. ``began``: files older than that are no matter."""

    began: float
    monitored: list[bytes] = field(default_factory=list)
    activity: set[str] = field(default_factory=set)
    ending: threading.Event = field(default_factory=threading.Event)


@contextmanager
def watching(stack: Stack, database_url: str, began: float) -> Iterator[Watched]:
    """Until the block ends: each command that the broker is given, and each statement that the server shows of others."""
    watched = Watched(began)
    threads = [
        threading.Thread(target=_monitor, args=(stack.broker, watched)),
        threading.Thread(target=_look_at_statements, args=(database_url, watched)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield watched
    finally:
        watched.ending.set()
        for thread in threads:
            thread.join(10)


def _monitor(broker: str, watched: Watched) -> None:
    """Worker and beat give it something every moment, so nobody waits for the end."""
    with redis.Redis.from_url(broker, socket_timeout=None) as client, client.monitor() as monitor:
        while not watched.ending.is_set():
            watched.monitored.append(str(monitor.next_command()).encode())


def _look_at_statements(database_url: str, watched: Watched) -> None:
    with psycopg.connect(database_url, autocommit=True) as server:
        while not watched.ending.is_set():
            rows = server.execute("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()").fetchall()
            watched.activity.update(query for (query,) in rows if query)
            sleep(LOOKS_EVERY)


def logs(stack: Stack) -> Places:
    """Of web, worker and beat."""
    return {path.name: path.read_bytes() for path in (stack.processes.folder / "log").glob("*.log")}


def server_log() -> Places:
    """Of PostgreSQL; nothing where the server was given from outside."""
    data = _data_folder()
    log = data.parent.parent / "log" / "postgres.log" if data else None
    candidates = [log] if log and log.exists() else []
    return {path.name: path.read_bytes() for path in candidates}


def tables() -> Places:
    """Each table as a dump has it, with what is sealed in it, and the sessions as Django reads them."""
    places = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'kept')")
        for schema, table in cursor.fetchall():
            with cursor.copy(sql.SQL("COPY (TABLE {}) TO STDOUT").format(sql.Identifier(schema, table))) as copy:
                places[f"{schema}.{table}"] = b"".join(bytes(part) for part in copy)
    return places


def sessions() -> Places:
    return {"django_session": "\n".join(str(each.get_decoded()) for each in Session.objects.all()).encode()}


def database_files(began: float) -> Places:
    """The files of this database and the write-ahead log, as they are on the disk."""
    data = _data_folder()
    if data is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (oid,) = cursor.fetchone()
    return _read([*(data / "base" / str(oid)).iterdir(), *(data / "pg_wal").glob("0*")], began)


def _data_folder() -> Path | None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    try:
        return Path(folder) if (Path(folder) / "PG_VERSION").exists() else None
    except PermissionError:
        return None


def broker(stack: Stack) -> Places:
    """Every key of every numbered database, and what the server would write to a disk."""
    with redis.Redis.from_url(stack.broker) as client:
        places = {f"key {key!r}": key + b" " + _value(client, key) for key in client.scan_iter("*")}
        client.save()
        folder = client.config_get("dir")["dir"]
    return places | _read([Path(folder) / "dump.rdb"], 0)


def _value(client: redis.Redis, key: bytes) -> bytes:
    kind = client.type(key)
    read = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key),
        b"stream": lambda: client.xrange(key),
    }
    return repr(read[kind]()).encode() if kind in read else b""


def files(folders: list[Path], began: float) -> Places:
    """What was written since into these folders, at whatever depth."""
    return _read([path for folder in folders if folder.exists() for path in folder.rglob("*")], began)


def _read(paths: list[Path], began: float) -> Places:
    places = {}
    for path in paths:
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime >= began:
                places[str(path)] = path.read_bytes()
    return places


def processes() -> Places:
    """How each process that this one started was called, and the environment that it was given."""
    places = {}
    for process in psutil.Process().children(recursive=True):
        for kind in ("cmdline", "environ"):
            with suppress(OSError):
                places[f"{kind} of {process.name()} {process.pid}"] = Path(f"/proc/{process.pid}/{kind}").read_bytes()
    return places


def operators(address: str, token: str) -> Places:
    """What those who run the installation are told: health, readiness, and metrics with their labels."""
    answers = {
        path: requests.get(f"{address}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        for path in ("/health", "/health/ready", "/metrics")
    }
    return {path: answer.content + str(answer.headers).encode() for path, answer in answers.items()}


def received(inbox: Receiver, *, bodies: bool) -> Places:
    """What came over the wire; ``bodies``: of a receiver that is entitled to none of it, else headers and addresses."""
    return {
        f"{place} {each.path}": f"{each.path} {each.headers}".encode() + (each.body if bodies else b"")
        for place, each in enumerate(inbox.requests)
    }
