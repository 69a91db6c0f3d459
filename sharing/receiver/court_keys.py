"""The court's keys of messages as the court lists them, for a receiver that was given none: read at the start, once an hour,
and when no key fits what came. The last list that could be read is kept in the store, so a court that is silent stops nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from sharing.receiver.calling import Client, Registry, Unreachable, asked_to_wait, said, whole
from sharing.receiver.clock import now_ms
from sharing.receiver.verification import BadKey, KeyUnknown, Verifier, verifier
from sharing.receiver.writer import Closed, Writer

PATH = "/.well-known/webhook-keys.json"
EVERY_SECONDS = 3600
"""As long as the court says that the list may be kept."""
LEAST_SECONDS = 60
"""Between two readings, whoever asks: what is forged must not make this program call the court."""
_PATIENCE = 10
_LONGEST_LIST = 64 * 1024
_MOST_KEYS = 16
_log = logging.getLogger(__name__)


class NoKeyYet(Exception):
    """The court's keys were never read, so nothing can be called genuine, or forged."""


class CourtKeys(threading.Thread):
    """Verifies like a `Verifier`, with the keys that the court lists at its address; ``secrets`` as there."""

    def __init__(
        self,
        writer: Writer,
        client: Client,
        reader: Callable[[], sqlite3.Connection],
        secrets: tuple[str, ...],
    ) -> None:
        super().__init__(name="court-keys", daemon=True)
        self._writer = writer
        at_root = _at_root(client)
        self._registry = Registry(at_root)
        self._court = at_root.url
        self._secrets = secrets
        with closing(reader()) as store:
            self._texts = kept(store, at_root.url)
        self._verifier = verifier(list(secrets), self._texts)
        self._reading = threading.Lock()
        self._not_before = 0.0
        self._ending = threading.Event()

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotGenuine, and NoKeyYet as long as no list was read. May wait for one reading of it."""
        known = self._known()
        try:
            known.check(headers, body)
        except KeyUnknown:
            if self._read_again() is known:
                raise
            self._known().check(headers, body)

    def run(self) -> None:
        while not self._ending.is_set():
            self._read_again()
            self._ending.wait(EVERY_SECONDS if self._texts else LEAST_SECONDS)
        self._registry.close()

    def stop(self) -> None:
        self._ending.set()

    def _known(self) -> Verifier:
        """One without a public key would ask for the shared secret alone."""
        known = self._verifier if self._verifier.public_keys else self._read_again()
        if not known.public_keys:
            raise NoKeyYet
        return known

    def _read_again(self) -> Verifier:
        """What is known afterwards; another one than before where the list is another. Who comes while it is read waits."""
        if not self._reading.acquire(timeout=_PATIENCE):
            return self._verifier
        try:
            if time.monotonic() >= self._not_before:
                self._not_before = time.monotonic() + LEAST_SECONDS
                self._read()
        finally:
            self._reading.release()
        return self._verifier

    def _read(self) -> None:
        try:
            texts = read_list(self._registry)
            self._writer.run_in_store(partial(keep, court=self._court, texts=texts))
        except (Unreachable, Closed, TimeoutError, sqlite3.Error) as failure:
            _log.warning("the court's keys are not read: %s", said(failure))
            self._not_before = max(self._not_before, time.monotonic() + asked_to_wait(failure))
            return
        if texts == self._texts:
            return
        _log.warning("the court lists other keys than before: %s of them are new", len(set(texts) - set(self._texts)))
        self._texts, self._verifier = texts, verifier(list(self._secrets), texts)


def read_list(registry: Registry) -> list[str]:
    """The keys that sign at present, as ``whpk_…``: what is of another kind is passed over. Raises Unreachable."""
    reply = registry.read_public(PATH, partial(whole, longest=_LONGEST_LIST))
    if reply.status != 200:
        raise Unreachable(f"the registry answered {reply.said}")
    listed = reply.json()
    entries = listed.get("keys") if isinstance(listed, dict) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise Unreachable("the answer is not a list of keys")
    texts = list(dict.fromkeys(entry["whpk"] for entry in entries if _signs_messages(entry)))
    if not texts:
        raise Unreachable("the answer lists no key of messages")
    return texts


def kept(store: sqlite3.Connection, court: str) -> list[str]:
    """Of this court alone: a store may have been begun with another one."""
    rows = store.execute("SELECT whpk FROM court_keys WHERE court = ? ORDER BY place", (court,))
    return [row[0] for row in rows]


def keep(store: sqlite3.Connection, court: str, texts: Sequence[str]) -> None:
    """In place of the list before."""
    store.execute("DELETE FROM court_keys")
    now = now_ms()
    store.executemany(
        "INSERT INTO court_keys (court, whpk, place, read_at) VALUES (?, ?, ?, ?)",
        [(court, text, place, now) for place, text in enumerate(texts)],
    )


def _at_root(client: Client) -> Client:
    """What is well known stands at the root (RFC 8615), and a trial's address below it."""
    where = urlsplit(client.url)
    return replace(client, url=f"{where.scheme}://{where.netloc}")


def _signs_messages(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or not isinstance(entry.get("whpk"), str):
        return False
    try:
        verifier([], [entry["whpk"]])
    except BadKey:
        return False
    return True
