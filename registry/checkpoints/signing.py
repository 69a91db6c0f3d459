"""Signing the log: a checkpoint within a second after a commit, and never two that contradict each other.

What is signed is committed and on the disk: the checkpoint's own row is committed, synchronously, before anybody is shown it,
and with it everything before it. Before that, the guard has it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction

from registry.checkpoints import growing, guard, origin, stored, vouched
from registry.checkpoints.growing import Grown
from registry.models import Checkpoint, Halt, LogHead
from registry.storing import store
from registry.tree import checkpoints as tree
from registry.tree.hashing import Frontier
from registry.tree.notes import Note
from registry.turns import Lock

MOST = 65_536  # events that one checkpoint is taken over; of more, several are taken in a row

_TURN = """
    SELECT pg_try_advisory_xact_lock(%s, 0), CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
        THEN set_config('synchronous_commit', 'on', true) END
"""

logger = logging.getLogger(__name__)


class Halted(Exception):
    """Nothing may be signed."""

    def __init__(self, reason: Halt) -> None:
        super().__init__(reason.value)
        self.reason = reason


def sign(*, now: datetime) -> Checkpoint | None:
    """A checkpoint over what was appended since the last one, `MOST` events at a time; None where there is nothing to sign.

    Where nothing may be signed, the log is halted; once the reason is gone, it goes on by itself.
    """
    with transaction.atomic():
        if not _alone():
            return None
        head = LogHead.objects.get()
        try:
            new = _taken_of(head, now)
        except Halted as halted:
            _note(head, halted.reason.value)
            return None
        _note(head, "")
        return new


def latest(epoch: int | None = None) -> Checkpoint | None:
    """The newest one, of this epoch or of any."""
    found = Checkpoint.objects.all() if epoch is None else Checkpoint.objects.filter(epoch=epoch)
    return found.order_by("-epoch", "-size").first()


def after(epoch: int, size: int) -> Checkpoint | None:
    """The first one of this epoch that is larger."""
    return Checkpoint.objects.filter(epoch=epoch, size__gt=size).order_by("size").first()


def take_all(head: LogHead, *, now: datetime) -> None:
    """Of an epoch that is being opened: over the whole log as it is. Inside the caller's transaction. Raises Halted."""
    base = latest()
    while base is None or (base.epoch, base.size) != (head.epoch, head.size):
        base = _taken(head, base, {}, now)


def seen_elsewhere(size: int) -> None:
    """A witness says that it has seen so much of this epoch's log: below that, nothing is signed. 0: none says so."""
    LogHead.objects.exclude(seen_elsewhere=size).update(seen_elsewhere=size)


def _alone() -> bool:
    """Whether it is our turn. What is committed with a checkpoint is on the disk, whatever the role's settings say, and with
    it everything that was committed before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [Lock.CHECKPOINTS])
        return bool(cursor.fetchone()[0])


def _taken_of(head: LogHead, now: datetime) -> Checkpoint | None:
    """None where all is signed, or witnesses are to be asked first. Raises Halted."""
    base = latest()
    expected = _expected(head, base)
    if base is not None and (base.epoch, base.size) == (head.epoch, head.size):
        _compare(expected, {base.size: bytes(base.root)})
        if not expected:
            guard.write(_signed(base.epoch, base.size, bytes(base.root)))
        return None
    if base is not None and vouched.is_awaited():
        _compare(expected, {size: _root_at(size) for size in expected})
        return None
    return _taken(head, base, expected, now)


def _expected(head: LogHead, base: Checkpoint | None) -> dict[int, bytes]:
    """Which root the tree must have, and at which size, for what was signed before; none where the guard is behind.

    Raises Halted.
    """
    kept = _kept(base)
    # What was done since on a database that came back makes it longer, and no more of what a witness has seen.
    if head.seen_elsewhere > max(base.size if base else 0, kept[1].size if kept else 0):
        raise Halted(Halt.ELSEWHERE)
    if kept is None:
        return {}
    epoch, signed = kept
    if epoch < head.epoch:
        raise Halted(Halt.BAD_GUARD)
    if epoch > head.epoch or signed.size > head.size or (base is not None and base.size > head.size):
        raise Halted(Halt.OLDER)
    if base is None or signed.size >= base.size:
        return {signed.size: signed.root}
    # Put back by somebody, or written late by a signer who was overtaken and never committed it: it changes nothing, as long
    # as this log is what was signed.
    _compare({signed.size: signed.root}, {signed.size: _root_at(signed.size)})
    return {}


def _root_at(size: int) -> bytes:
    """Of the log when it had that size. Raises Halted."""
    near = Checkpoint.objects.filter(size__lte=size).order_by("-size", "-epoch").first()
    frontier = growing.unpacked(near.size, bytes(near.frontier)) if near is not None else Frontier()
    return _grown(frontier, size, {}).frontier.root


def _kept(base: Checkpoint | None) -> tuple[int, tree.Checkpoint] | None:
    try:
        kept = guard.read()
    except guard.GuardUnreadable as error:
        logger.error("the guard of the log cannot be read: %s", error)
        raise Halted(Halt.BAD_GUARD) from None
    if kept is None and base is not None:
        raise Halted(Halt.NO_GUARD)
    return kept


def _compare(expected: dict[int, bytes], found: dict[int, bytes]) -> None:
    if any(found.get(size) != root for size, root in expected.items()):
        raise Halted(Halt.FORKED)


def _taken(head: LogHead, base: Checkpoint | None, expected: dict[int, bytes], now: datetime) -> Checkpoint:
    """Raises Halted; guard.Overtaken, or OSError where the guard cannot be written."""
    frontier = growing.unpacked(base.size, bytes(base.frontier)) if base is not None else Frontier()
    size = min(head.size, frontier.size + MOST)
    grown = _grown(frontier, size, expected)
    _compare(expected, grown.marks)
    note = _signed(head.epoch, size, grown.frontier.root)
    guard.write(note)
    store(grown.tiles)
    new = Checkpoint(
        epoch=head.epoch,
        size=size,
        root=grown.frontier.root,
        frontier=growing.packed(grown.frontier),
        note=note,
        signed_at=now,
    )
    new.save()
    return new


def _grown(frontier: Frontier, size: int, expected: dict[int, bytes]) -> Grown:
    try:
        return growing.grown(frontier, size, marked=frozenset(expected))
    except stored.LogBroken as broken:
        logger.error("%s", broken)
        raise Halted(Halt.BROKEN) from None


def _signed(epoch: int, size: int, root: bytes) -> str:
    text = tree.Checkpoint(origin.origin(epoch), size, root).text
    return str(Note(text, tuple(signer.sign(text) for signer in origin.signers(epoch))))


def _note(head: LogHead, reason: str) -> None:
    """On the record, and in the log of the process where it is news."""
    if head.halted == reason:
        return
    LogHead.objects.update(halted=reason)
    if reason:
        logger.error("the log is halted: %s; see docs/log.md", Halt(reason).value)
    else:
        logger.warning("the log goes on")
