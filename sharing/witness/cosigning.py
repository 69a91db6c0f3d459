"""When a checkpoint is cosigned and when not, in the order of C2SP tlog-witness."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from registry.tree.hashing import EMPTY
from registry.tree.notes import Key, Note, NoteUnverified, Signature, Signer
from registry.tree.proofs import ProofFails, verify_consistency
from sharing.witness.request import Request, RequestMalformed
from sharing.witness.store import PROOF_FAILS, TWO_ROOTS, Evidence, Latest, Store, advance, keep, latest

CLOCK_SECONDS = 60  # so far the clock may be behind our last signature: it was set right, and waiting would help nobody
_log = logging.getLogger(__name__)


class Refused(Exception):
    """Not cosigned. ``size``: the last one cosigned, where the log started from another one."""

    def __init__(self, status: HTTPStatus, reason: str, size: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.size = size


@dataclass(frozen=True)
class Fault:
    """``kept_as``: the reason to keep the request as evidence, "" where it says nothing about the log."""

    refused: Refused
    kept_as: str = ""


@dataclass(frozen=True)
class Witness:
    """``logs``: the keys of each by its origin; ``now``: seconds since 1970."""

    signer: Signer
    logs: Mapping[str, Sequence[Key]]
    store: Store
    now: Callable[[], int]

    def add(self, body: bytes) -> Signature:
        """Cosigns, once it is on the disk. Raises Refused; sqlite3.Error where the store fails."""
        try:
            request = Request.parse(body)
        except RequestMalformed as failure:
            raise Refused(HTTPStatus.BAD_REQUEST, str(failure)) from None
        trusted = self._trusted(request)
        if request.old > request.checkpoint.size:
            raise Refused(HTTPStatus.BAD_REQUEST, "the old size is beyond the checkpoint's")
        with self.store.changing() as store:
            held = latest(store, request.checkpoint.origin)
            fault = judged(request, held)
            if fault is None:
                return self._cosigned(store, request, trusted, held)
            if fault.kept_as and held is not None:
                self._keep(store, request, held, fault.kept_as)
        raise fault.refused

    def _trusted(self, request: Request) -> list[Signature]:
        """The log's signatures, all of which must hold. Raises Refused."""
        keys = self.logs.get(request.checkpoint.origin)
        if keys is None:
            raise Refused(HTTPStatus.NOT_FOUND, "a log of this origin is not witnessed here")
        by_key = {(key.name, key.key_id): key for key in keys}
        found = [each for each in request.note.signatures if each[:2] in by_key]
        try:
            for each in found:
                by_key[each[:2]].verify(request.note.text, each)
        except NoteUnverified as failure:
            raise Refused(HTTPStatus.FORBIDDEN, str(failure)) from None
        if not found:
            raise Refused(HTTPStatus.FORBIDDEN, "no signature of a key of this log")
        return found

    def _cosigned(
        self, store: sqlite3.Connection, request: Request, trusted: list[Signature], held: Latest | None
    ) -> Signature:
        checkpoint, text = request.checkpoint, request.note.text
        at = self._time(held)
        cosignature = self.signer.cosign(text, at)
        note = str(Note(text, (*trusted, cosignature)))
        now_latest = Latest(checkpoint.origin, checkpoint.size, checkpoint.root, note, at)
        if now_latest != held:
            advance(store, now_latest)
        return cosignature

    def _time(self, held: Latest | None) -> int:
        """Never before the last one that was given for this log. Raises Refused."""
        now, last = self.now(), 0 if held is None else held.at
        if last - now > CLOCK_SECONDS:
            _log.error("the clock is %d s behind the last cosignature: set it right", last - now)
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "the clock of the witness is wrong")
        return max(now, last)

    def _keep(self, store: sqlite3.Connection, request: Request, held: Latest, reason: str) -> None:
        checkpoint = request.checkpoint
        _log.critical(
            "REFUSED, and kept as evidence: %s: %s of size %d, cosigned was size %d; see docs/witness.md",
            reason, checkpoint.origin, checkpoint.size, held.size,
        )  # fmt: skip
        found = Evidence(
            origin=checkpoint.origin, reason=reason, size=checkpoint.size, root=checkpoint.root, held_size=held.size,
            held_root=held.root, held=held.note, request=request.raw, at=self.now(),
        )  # fmt: skip
        if not keep(store, found):
            _log.critical("no more evidence of this kind is kept: the store has enough of it")


def judged(request: Request, held: Latest | None) -> Fault | None:
    """What is wrong with it, given what was cosigned before; None if the log has merely grown."""
    new, size = request.checkpoint, 0 if held is None else held.size
    root = EMPTY if held is None else held.root
    is_fork = held is not None and new.size == size and new.root != root
    if request.old != size:
        refused = Refused(HTTPStatus.CONFLICT, "the old size is not the one that was cosigned last", size)
        return Fault(refused, TWO_ROOTS if is_fork else "")
    if is_fork:
        return _unproved(TWO_ROOTS, TWO_ROOTS)
    if new.size == 0 and new.root != EMPTY:
        return _unproved("an empty log has the root of the empty tree")
    if request.old == 0 or request.old == new.size:
        return _unproved("there is nothing to prove: the proof must be empty") if request.proof else None
    try:
        verify_consistency(request.old, root, new.size, new.root, request.proof)
    except ProofFails as failure:
        return _unproved(str(failure), PROOF_FAILS)
    return None


def _unproved(reason: str, kept_as: str = "") -> Fault:
    return Fault(Refused(HTTPStatus.UNPROCESSABLE_ENTITY, reason), kept_as)
