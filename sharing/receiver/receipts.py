"""The department's word on what it did, delivered to the registry from the durable outbox, at least once.

A receipt is promised in the transaction that applied the event, so a crash at any moment loses none; the registry
takes a repetition as the same receipt, by (event, kind).
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sharing.receiver import onward
from sharing.receiver.calling import Registry, Reply, Unreachable, asked_to_wait, said, wait_asked_for
from sharing.receiver.clock import now_ms, utc_text
from sharing.receiver.onward import Onward
from sharing.receiver.verification import signed_headers
from sharing.receiver.writer import Closed, Writer

_WAITS = (1, 2, 5, 15, 60, 300, 900, 3600)
_LONGEST_PAUSE = 60
_BATCH = 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    """One promise in the outbox. ``at`` is unix milliseconds; ``kind`` is applied, purged or refused."""

    event: str
    kind: str
    at: int
    note: str
    copies: int
    attempts: int

    path = "/api/v1/receipts"

    @property
    def signing_id(self) -> str:
        return f"{self.event}_{self.kind}"

    def body(self) -> bytes:
        """What is posted. What was passed on is reported one by one (`onward.py`), so ``onward`` is empty."""
        said = {
            "event": self.event,
            "kind": self.kind,
            "at": utc_text(self.at),
            "note": self.note,
            "copies": self.copies,
            "onward": [],
        }
        return json.dumps(said, separators=(",", ":")).encode()

    def settle(self, store: sqlite3.Connection, status: int, accepted_at: int | None, due_at: int) -> None:
        store.execute(
            "UPDATE outbox SET attempts = attempts + 1, status = ?, accepted_at = ?, due_at = ?"
            " WHERE event = ? AND kind = ?",
            (status, accepted_at, due_at, self.event, self.kind),
        )


Letter = Receipt | Onward


def wait_after(attempts: int) -> int:
    """Seconds until the next try, after so many that failed."""
    return _WAITS[min(attempts, len(_WAITS)) - 1]


def due(store: sqlite3.Connection, now: int) -> list[Receipt]:
    """What may be sent now; purges first, because somebody waits for them."""
    rows = store.execute(
        "SELECT event, kind, at, note, copies, attempts FROM outbox"
        " WHERE accepted_at IS NULL AND ready AND due_at <= ? ORDER BY kind <> 'purged', rowid LIMIT ?",
        (now, _BATCH),
    )
    return [Receipt(*row) for row in rows]


class Sender(threading.Thread):
    """Sends until stopped. ``bell`` wakes it; otherwise it looks once a second for what has come due."""

    def __init__(
        self,
        writer: Writer,
        registry: Registry,
        bell: threading.Event,
        reader: Callable[[], sqlite3.Connection],
        key: Ed25519PrivateKey | None = None,
    ) -> None:
        super().__init__(name="receipts", daemon=True)
        self._writer = writer
        self._registry = registry
        self._bell = bell
        self._reader = reader
        self._key = key
        self._stopping = False
        self._unreached = 0
        self._paused_until = 0.0

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()

    def run(self) -> None:
        store = self._reader()
        while not self._stopping:
            self._bell.wait(timeout=1)
            self._bell.clear()
            try:
                self._send_due(store)
            except Closed:
                break
            except (sqlite3.Error, TimeoutError) as failure:
                _log.warning("receipts wait, the store does not answer: %s", type(failure).__name__)
            except Exception as failure:  # whatever it is: the court waits for these words
                self._pause(asked_to_wait(failure))
                _log.warning("receipts wait: %s", said(failure))
        store.close()
        self._registry.close()

    def _send_due(self, store: sqlite3.Connection) -> None:
        while time.monotonic() >= self._paused_until and (letters := _letters(store)):
            for letter in letters:
                if self._stopping or not self._send(letter):
                    return

    def _send(self, letter: Letter) -> bool:
        """False when the registry is not reached, or asks for a pause, so that the others need not try."""
        body = letter.body()
        headers = {"Content-Type": "application/json"}
        if self._key is not None:
            headers |= signed_headers(self._key, letter.signing_id, body, time.time())
        try:
            reply = self._registry.call("POST", letter.path, body, headers)
        except Unreachable as failure:
            self._pause(failure.wait)
            _log.warning("receipts wait, the registry is not reached: %s", failure)
            return False
        if _is_pause(reply):
            self._pause(wait_asked_for(reply.headers))
            _log.warning("receipts wait, the registry asks for a pause (%s)", reply.said)
            return False
        self._unreached = 0
        self._note(letter, reply)
        return True

    def _pause(self, asked: int) -> None:
        self._unreached += 1
        self._paused_until = time.monotonic() + max(min(wait_after(self._unreached), _LONGEST_PAUSE), asked)

    def _note(self, letter: Letter, reply: Reply) -> None:
        accepted_at = now_ms() if reply.is_success else None
        wait = max(wait_after(letter.attempts + 1), wait_asked_for(reply.headers))
        if accepted_at is None:
            _log.warning("a receipt was not taken (%s): %s", reply.said, letter.signing_id)
        due_at = now_ms() + wait * 1000
        self._writer.run_in_store(lambda store: letter.settle(store, reply.status, accepted_at, due_at))


def _is_pause(reply: Reply) -> bool:
    """Said of all calls and not of this letter, whose attempts are left alone."""
    return reply.status == 429 or (reply.status == 503 and "retry-after" in reply.headers)


def _letters(store: sqlite3.Connection) -> list[Letter]:
    return [*due(store, now_ms()), *onward.due(store, now_ms())]
