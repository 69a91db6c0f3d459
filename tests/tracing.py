"""Searching everything that a run left for words that were said of a person.

Whatever our keys open is opened, in whichever place it is bound to: AES-GCM encrypts by counting, and only its tag knows
the place. A word is looked for as it is written, escaped as in JSON and in addresses, and inside base64.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from celery.signals import before_task_publish
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.db import connection
from psycopg import sql

from registry.keys import HEADER_BYTES, keyring
from registry.suites import INTL, NONCE_BYTES, TAG_BYTES

FIRST_BLOCK = (2).to_bytes(4, "big")  # the counter that GCM begins its text with
LEAD = (0, 2, 3)  # characters of base64 that hold something of the bytes before, by how many these are
BASE64_LEAST = 8  # shorter pieces are found by chance

SERVER = "PostgreSQL"

Found = set[tuple[str, str]]
"""(word, where)."""


def in_content(words: Iterable[str], content: bytes) -> set[str]:
    return {word for word in words if any(form in content for form in _forms(word))}


def in_the_database(words: Sequence[str]) -> Found:
    """Where: table.column, of every column of every table, whether a model knows it or not."""
    return {
        (word, f"{table}.{column}")
        for table, column, value in _every_value()
        for word in in_content(words, _readable(table, column, value))
    }


def in_files(words: Sequence[str], folder: Path) -> Found:
    """Where: the file's path under the folder. Whoever writes there may remove a file meanwhile."""
    found = set()
    for path in sorted(folder.rglob("*")):
        found |= {(word, str(path.relative_to(folder))) for word in in_content(words, _written(path))}
    return found


def in_the_servers_files(words: Sequence[str], since: float) -> Found:
    """What PostgreSQL wrote since then, its write-ahead log and its own log among it; where: PostgreSQL.

    Only as it is written, for other tests write there, too, and much. Nothing, where the files are out of reach.
    """
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
    if not os.access(data, os.R_OK | os.X_OK):
        return set()
    server = (data / "postmaster.pid").read_text().split()[0]
    paths = [*data.rglob("*"), Path(f"/proc/{server}/fd/2").resolve()]
    written = (_written(path, since) for path in paths)
    return {(word, SERVER) for content in written for word in words if word.encode() in content}


def in_the_store(words: Sequence[str]) -> Found:
    """Where: the key in the numbered database that broker and cache share."""
    with redis.Redis.from_url(settings.REDIS_URL) as store:
        return {
            (word, key.decode(errors="replace"))
            for key in store.scan_iter()
            for word in in_content(words, b"\n".join([key, *_kept_under(store, key)]))
        }


def in_mails(words: Sequence[str], mails: Iterable[EmailMessage]) -> Found:
    """Where: the subject."""
    found = set()
    for mail in mails:
        content = "\n".join([str(mail.subject), str(mail.body), *mail.to]).encode() + mail.message().as_bytes()
        found |= {(word, str(mail.subject)) for word in in_content(words, content)}
    return found


@contextmanager
def messages() -> Iterator[list[str]]:
    """Every message that goes to the broker, whichever it is and whether somebody fetches it or not."""
    kept: list[str] = []

    def keep(sender: str = "", body: Any = None, headers: Any = None, properties: Any = None, **_more: Any) -> None:
        kept.append(json.dumps([sender, body, headers, properties], ensure_ascii=False, default=str))

    before_task_publish.connect(keep, weak=False)
    try:
        yield kept
    finally:
        before_task_publish.disconnect(keep)


def _written(path: Path, since: float = 0) -> bytes:
    with suppress(FileNotFoundError, PermissionError):
        return path.read_bytes() if path.is_file() and path.stat().st_mtime >= since else b""
    return b""


def _forms(word: str) -> Iterator[bytes]:
    said = word.encode()
    yield said
    yield json.dumps(word)[1:-1].encode()
    yield quote(word).encode()
    for before, lead in enumerate(LEAD):
        whole = (before + len(said)) * 8 // 6
        inside = base64.b64encode(bytes(before) + said)[lead:whole]
        if len(inside) >= BASE64_LEAST:
            yield inside
            yield inside.replace(b"+", b"-").replace(b"/", b"_")


def _every_value() -> Iterator[tuple[str, str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(sql.SQL("TABLE {}").format(sql.Identifier(schema, table)))  # type: ignore[arg-type]
            columns = [column.name for column in cursor.description or ()]
            for row in cursor.fetchall():
                yield from ((table, column, value) for column, value in zip(columns, row, strict=True))


def _readable(table: str, column: str, value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        return bytes(value) + b"\n" + _opened(bytes(value))
    if (table, column) == ("django_session", "session_data"):
        return json.dumps(SessionStore().decode(value), ensure_ascii=False, default=str).encode()
    return value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str).encode()


def _opened(value: bytes) -> bytes:
    """What our keys make of it; of what is not sealed, nothing or noise."""
    if len(value) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES or value[0] != INTL.number:
        return b""
    key = _data_keys().get(int.from_bytes(value[1:HEADER_BYTES], "big"))
    if key is None:
        return b""
    nonce = value[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
    counting = Cipher(AES(key), CTR(nonce + FIRST_BLOCK)).decryptor()
    return counting.update(value[HEADER_BYTES + NONCE_BYTES : -TAG_BYTES])


def _data_keys() -> Mapping[int, bytes]:
    return {version: each.key for version, each in keyring().keys.items()}


def _kept_under(store: Any, key: bytes) -> list[bytes]:
    match store.type(key):
        case b"string":
            return [store.get(key) or b""]
        case b"list":
            return list(store.lrange(key, 0, -1))
        case b"hash":
            return [each for pair in store.hgetall(key).items() for each in pair]
        case b"set":
            return list(store.smembers(key))
        case b"zset":
            return list(store.zrange(key, 0, -1))
        case kind:
            raise AssertionError(f"nobody reads a {kind!r} of the store")
