"""Wrong keys fail closed: no process talks to a book that was sealed with others.

Each connection to the database asks once, when it opens: whoever has another key under a version that is known, lacks one
that something may still need, or would write under one that is retired, is not let in. So a process that was not started
again, or that was started while the database was away, writes nothing, either. A book that knows no version of a keyring
takes those that are first shown to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from registry.keys import DigestKeys, Keyring, RingKey, digest_keys, keyring

SETTINGS = {"data": "REGISTRY_DATA_KEYS", "digest": "REGISTRY_DIGEST_KEYS"}
_KNOWN = "SELECT version, fingerprint, retired_at IS NOT NULL FROM registry_keyversion WHERE ring = %s"
_NEW = (
    "INSERT INTO registry_keyversion (ring, version, suite, fingerprint, seen_at) "
    "VALUES (%s, %s, %s, %s, clock_timestamp()) ON CONFLICT DO NOTHING"
)

logger = logging.getLogger(__name__)


class KeysOfAnotherBook(OperationalError):
    """The keys in the settings are not those of this book. What asks for the database then is told that it is away."""


def watch() -> None:
    """From now on every connection of this process asks."""
    connection_created.connect(_let_in, dispatch_uid="keys")


@contextmanager
def unwatched() -> Iterator[None]:
    """For whoever says that a key is lost, and compares by himself: until the block ends, connections are let in unasked."""
    connection_created.disconnect(dispatch_uid="keys")
    try:
        yield
    finally:
        watch()


def fingerprint(ring: str, version: int, found: RingKey) -> bytes:
    """Tells a key from another one under the same version, and says nothing of it. 32 bytes."""
    return found.suite.mac(found.key, f"registry key check:{ring}:{version}:{found.suite.name}".encode())


def compare(connection: BaseDatabaseWrapper) -> None:
    """Raises KeysOfAnotherBook, or KeyringShape where the settings cannot be read. Versions that are new are noted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('registry_keyversion')")
        if cursor.fetchone()[0] is None:
            return
        for ring, held in (("data", keyring()), ("digest", digest_keys())):
            _compare(cursor, ring, held)


def _compare(cursor: Any, ring: str, held: Keyring | DigestKeys) -> None:
    own = {version: fingerprint(ring, version, found) for version, found in held.keys.items()}
    known = _known(cursor, ring)
    wrong = _wrong(own, known, held.current)
    new = sorted(own.keys() - known.keys())
    if new and not wrong:
        for version in new:
            cursor.execute(_NEW, [ring, version, held.keys[version].suite.name, own[version]])
        wrong = _wrong(own, _known(cursor, ring), held.current)  # somebody else may have been first, with another key
    if wrong:
        raise KeysOfAnotherBook(f"{SETTINGS[ring]}: these are not the keys of this book: {wrong}. See docs/keys.md.")


def _known(cursor: Any, ring: str) -> dict[int, tuple[bytes, bool]]:
    cursor.execute(_KNOWN, [ring])
    return {version: (bytes(found), retired) for version, found, retired in cursor.fetchall()}


def _wrong(own: dict[int, bytes], known: dict[int, tuple[bytes, bool]], current: int) -> str:
    """What is wrong, or ""."""
    for version, (found, retired) in sorted(known.items()):
        if version in own and own[version] != found:
            return f"version {version} is another key"
        if version not in own and not retired:
            return f"version {version} is missing and not retired"
    if current in known and known[current][1]:
        return f"version {current} is retired and would be written under"
    return ""


def _let_in(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    try:
        compare(connection)
    except Exception as error:
        connection.close()  # or it would be used as it is the next time
        logger.error("%s", error)
        raise
