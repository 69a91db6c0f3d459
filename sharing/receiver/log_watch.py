"""The watch over the court's log: it only grows, what it once was it still is, and what was told stands in it.

Every checkpoint is held against the last one that was verified, with a proof that is checked here; then every event that
came is looked for. What does not hold is a finding (`findings`); nothing else of the receiver waits for this thread.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby

from sharing.receiver import court_log, findings, log_records, proofs, records
from sharing.receiver.calling import Registry, Unreachable, said
from sharing.receiver.clock import now_ms
from sharing.receiver.findings import MEANING, NOT_INCLUDED
from sharing.receiver.log_records import Committed, Kept
from sharing.receiver.looking_up import Found, Lookup, bundle_of
from sharing.receiver.notes import BadNote, Checkpoint, LogKeys, read_checkpoint
from sharing.receiver.tiles import WIDTH
from sharing.receiver.writer import Closed, Writer

OVERDUE_MS = 3600 * 1000
"""How long an event may lie beyond the newest checkpoint; the court signs within a second, and stops after a restore."""

_BATCH = 4 * WIDTH
_OVERDUE_MOST = 100
_UNPROVED_MOST = 8
"""Bundles in one look: a tile that is wrong high up in the tree leaves all below it without proof."""
_HEARD_MOST = 16
_SHOUT_SECONDS = 3600
_log = logging.getLogger(__name__)


class LogWatch(threading.Thread):
    """Looks at the start, when a checkpoint is heard, and every ``log_seconds``.

    ``ask_for_pull`` is rung when a checkpoint shows a new epoch.
    """

    def __init__(
        self,
        writer: Writer,
        registry: Registry,
        reader: Callable[[], sqlite3.Connection],
        keys: LogKeys,
        ask_for_pull: Callable[[], None],
        *,
        log_seconds: float = 60,
    ) -> None:
        super().__init__(name="log-watch", daemon=True)
        self._writer = writer
        self._registry = registry
        self._reader = reader
        self._keys = keys
        self._ask_for_pull = ask_for_pull
        self._log_seconds = log_seconds
        self._bell = threading.Event()
        self._heard: deque[str] = deque(maxlen=_HEARD_MOST)
        self._shouted: dict[str, tuple[int, float]] = {}
        self._stopping = False

    def hear(self, note: str) -> None:
        """A checkpoint out of a heartbeat, not verified yet."""
        if note not in self._heard:
            self._heard.append(note)
            self._bell.set()

    def stop(self) -> None:
        self._stopping = True
        self._bell.set()

    def run(self) -> None:
        store, looked_at = self._reader(), time.monotonic()
        while not self._stopping:
            try:
                self._look(store)
                looked_at = time.monotonic()
            except Closed:
                break
            except Exception as failure:  # whatever it is: a watch that ended would find nothing any more
                is_long_ago = time.monotonic() - looked_at > _SHOUT_SECONDS
                level = logging.CRITICAL if is_long_ago else logging.WARNING
                _log.log(level, "the court's log is looked at later: %s", said(failure))
            self._shout(store)
            self._bell.wait(timeout=self._log_seconds)
            self._bell.clear()
        store.close()
        self._registry.close()

    def _look(self, store: sqlite3.Connection) -> None:
        """Raises Unreachable and BadNote; what was done until then stays done, the rest is tried again."""
        is_newest = self._take_newest(store) is not None
        while self._heard and not self._stopping:
            self._compare_next_heard(store)
        kept = log_records.newest(store)
        if kept is not None:
            self._check_events(store, kept)
        if kept is not None and is_newest:
            self._note_overdue(store, kept)

    def _take_newest(self, store: sqlite3.Connection) -> Checkpoint | None:
        """The court's newest checkpoint, once it is kept; None where it is a finding."""
        seen = read_checkpoint(court_log.newest(self._registry))
        epoch = self._epoch_signed(seen)
        if epoch is None:
            return None
        kept = log_records.newest(store)
        if kept is not None and (epoch, seen.size) < (kept.epoch, kept.size):
            self._find(findings.ROLLED_BACK, kept.epoch, seen.note, kept.note)
            return None
        if kept is not None and epoch == kept.epoch and not self._extends(kept, seen):
            self._find(findings.SPLIT_VIEW, epoch, seen.note, kept.note)
            return None
        self._keep(seen, epoch, kept)
        return seen

    def _compare_next_heard(self, store: sqlite3.Connection) -> None:
        note = self._heard.popleft()
        try:
            self._compare_heard(store, note)
        except Unreachable:
            self._heard.appendleft(note)
            raise

    def _compare_heard(self, store: sqlite3.Connection, note: str) -> None:
        """A heartbeat may come late, so a smaller log in it is no shrinking; but it must be the beginning of ours."""
        heard = _read_heard(note)
        epoch = None if heard is None else self._epoch_signed(heard)
        kept = log_records.newest(store)
        if heard is None or epoch is None or kept is None:
            return
        if (epoch, heard.size) > (kept.epoch, kept.size):
            if self._take_newest(store) is None:
                return
            kept = log_records.newest(store) or kept
        if (epoch, heard.size) > (kept.epoch, kept.size):
            self._find(findings.ROLLED_BACK, epoch, kept.note, heard.note)
        elif not self._is_before(store, heard, kept):
            self._find(findings.SPLIT_VIEW, epoch, heard.note, kept.note)

    def _is_before(self, store: sqlite3.Connection, heard: Checkpoint, kept: Kept) -> bool:
        same = log_records.of_size(store, heard.origin, heard.size)
        if same is not None:
            return same.root == heard.root
        if heard.origin != kept.origin:  # the log of a former epoch is closed: nobody proves anything of it any more
            return True
        return self._is_extended(heard.size, heard.root, kept.size, kept.root)

    def _extends(self, kept: Kept, seen: Checkpoint) -> bool:
        return self._is_extended(kept.size, kept.root, seen.size, seen.root)

    def _is_extended(self, old: int, old_root: bytes, new: int, new_root: bytes) -> bool:
        hashes = court_log.consistency(self._registry, old, new) if 0 < old < new else ()
        return proofs.extends(old, old_root, new, new_root, hashes)

    def _epoch_signed(self, seen: Checkpoint) -> int | None:
        """Which of the court's logs it is of, where the court signed it."""
        epoch = self._keys.epoch_of(seen.origin)
        if epoch is None:
            self._find(findings.UNKNOWN_ORIGIN, 0, seen.note)
        elif not seen.is_signed_by(self._keys.of(seen.origin)):
            self._find(findings.BAD_SIGNATURE, epoch, seen.note)
        else:
            return epoch
        return None

    def _keep(self, seen: Checkpoint, epoch: int, before: Kept | None) -> None:
        cosigned = seen.cosigned(self._keys.witnesses)
        is_new_epoch = before is not None and epoch > before.epoch
        if before is not None and is_new_epoch:
            _log.critical(
                "NEW EPOCH of the court's log after a restore: epoch %s had %s events, epoch %s has %s",
                *(before.epoch, before.size, epoch, seen.size),
            )

        def work(store: sqlite3.Connection) -> bool:
            log_records.keep_checkpoint(store, seen, epoch, cosigned, now_ms())
            if cosigned:
                records.set_meta(store, "cosigned_at", now_ms())
            if is_new_epoch:  # the court says itself why it was shorter
                findings.close_all(store, findings.ROLLED_BACK, [0], now_ms())
            return records.enter_epoch(store, epoch)

        if self._writer.run_in_store(work):
            self._ask_for_pull()

    def _check_events(self, store: sqlite3.Connection, kept: Kept) -> None:
        """What was found in one bundle is noted before the next is asked for."""
        lookup, unproved = Lookup(self._registry, kept), 0
        for number, asked in _bundles(store, kept):
            if self._stopping or unproved == _UNPROVED_MOST:
                return
            found = lookup.find(number, asked)
            self._writer.run_in_store(partial(_note_found, found=found, kept=kept))
            if found.unproved is None:
                continue
            if not unproved:
                missed = found.unproved
                self._find(NOT_INCLUDED, kept.epoch, kept.note, position=missed.event.position, proof=missed.proof)
            unproved += 1

    def _note_overdue(self, store: sqlite3.Connection, kept: Kept) -> None:
        late = log_records.overdue(store, kept.epoch, kept.size, now_ms() - OVERDUE_MS, _OVERDUE_MOST)
        for each in late:
            self._find(NOT_INCLUDED, kept.epoch, kept.note, position=each.position)

    def _find(
        self, kind: str, epoch: int, note: str, other_note: str = "", *, position: int = 0, proof: str = ""
    ) -> None:
        add = partial(findings.add, kind=kind, now=now_ms(), epoch=epoch, position=position)
        self._writer.run_in_store(partial(add, note=note, other_note=other_note, proof=proof))

    def _shout(self, store: sqlite3.Connection) -> None:
        """Once for each kind, again when there is more of it, and every hour."""
        numbers: dict[str, list[int]] = {}
        for each in findings.open_findings(store):
            numbers.setdefault(each.kind, []).append(each.number)
        for kind, found in numbers.items():
            latest, at = self._shouted.get(kind, (0, 0.0))
            if found[-1] > latest or time.monotonic() - at > _SHOUT_SECONDS:
                _log.critical("%s: %s (%s findings; see sharing.receiver.status)", kind, MEANING[kind], len(found))
                self._shouted[kind] = (found[-1], time.monotonic())


def _read_heard(note: str) -> Checkpoint | None:
    """None where it is no checkpoint at all, which is logged: the newest one is asked for anyway."""
    try:
        return read_checkpoint(note)
    except BadNote as failure:
        _log.warning("a heartbeat holds no checkpoint that can be read: %s", failure)
        return None


def _bundles(store: sqlite3.Connection, kept: Kept) -> Iterator[tuple[int, list[Committed]]]:
    """What is to be looked for, in order of position; each bundle's number with its events."""
    after = -1
    while asked := log_records.pending(store, kept.epoch, kept.size, _BATCH, after=after):
        for number, events in groupby(asked, bundle_of):
            yield number, list(events)
        after = asked[-1].position


def _note_found(store: sqlite3.Connection, found: Found, kept: Kept) -> None:
    log_records.note_checked(store, found.included, kept.epoch, kept.size)
    findings.close_all(store, NOT_INCLUDED, [each.position for each in found.included], now_ms())
    for missed in found.another:
        log_records.note_wrong(store, missed.event)
        findings.add(
            store,
            findings.ANOTHER_COMMITMENT,
            now_ms(),
            epoch=kept.epoch,
            position=missed.event.position,
            note=kept.note,
            proof=missed.proof,
        )
