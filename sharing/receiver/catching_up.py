"""The pull: what a push did not bring is fetched from the same log, with the same ids and positions.

Five reasons to pull: the start of the program, a position still missing after the time allowed for arrivals out of
order, a heartbeat that names a later position, a new epoch, and silence: when nothing at all arrives, nobody else would
notice that pushes are cut. While it lasts, and with ``--pull-only`` always, it goes by the clock.

Two numbers say how far it got: the position, and the opening. What the registry opens for the department later (a measure
was widened, say) lies behind the position; it comes first to who asks with the last opening that he has.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sharing.receiver import applying, levelling, records, snapshot
from sharing.receiver.calling import Registry, Unreachable, asked_to_wait, said, wait_asked_for
from sharing.receiver.clock import now_ms
from sharing.receiver.events import Event, Json, Malformed, read_event, read_outline
from sharing.receiver.silence import Silence
from sharing.receiver.writer import Closed, Writer

PAGE = 200
RESTORED = frozenset({"R-458", "R-459"})  # it opened less, or told less, than is held here
_WAITS = (1, 2, 5, 15, 60)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """One answer of ``GET /api/v1/events``. ``unread`` holds events of which only the outline could be read; ``missing``:
    positions that the registry cannot open at present, and gives under a later opening.
    """

    events: list[Event]
    unread: list[Event]
    next: int
    head: int
    epoch: int
    opened: int
    missing: tuple[int, ...] = ()


class HeldMore(Exception):
    """The registry has not opened, or not told, as much as this store holds: it has restored a backup."""


def read_page(answer: object) -> Page:
    """Raises Unreachable when the answer is not a page at all."""
    try:
        return _page(answer)
    except (Malformed, KeyError, TypeError, ValueError):
        raise Unreachable("the answer is not a page of events") from None


@dataclass
class Needs:
    """Why a pull is needed now; set by the server's threads, taken by the puller's."""

    bell: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        self.bell.set()


class Puller(threading.Thread):
    """Pulls at the start, when asked, when a gap has lasted ``gap_seconds``, and every ``poll_seconds`` if given: while
    the silence lasts, or always where there is nothing to hear.
    """

    def __init__(
        self,
        writer: Writer,
        registry: Registry,
        needs: Needs,
        reader: Callable[[], sqlite3.Connection],
        *,
        gap_seconds: float = 30,
        poll_seconds: float | None = None,
        silence: Silence | None = None,
        trial: bool = False,
    ) -> None:
        super().__init__(name="catching-up", daemon=True)
        self._writer = writer
        self._registry = registry
        self._needs = needs
        self._reader = reader
        self._gap_seconds = gap_seconds
        self._poll_seconds = poll_seconds
        self._silence = silence
        self._trial = trial
        self._stopping = False
        self._etags: dict[str, str] = {}

    def stop(self) -> None:
        self._stopping = True
        self._needs.ask()

    def run(self) -> None:
        store = self._reader()
        self._needs.ask()
        failures, last = 0, 0.0
        while not self._stopping:
            asked = self._needs.bell.wait(timeout=min(1.0, self._gap_seconds / 3))
            self._needs.bell.clear()
            try:
                if asked or failures or self._is_time(store, last):
                    self._pull_and_level(store)
                    last, failures = time.monotonic(), 0
            except Closed:
                break
            except Exception as failure:  # whatever it is: who never pulls again looks as if he were level
                failures += 1
                _log.warning("catching up waits: %s", said(failure))
                self._rest(max(_WAITS[min(failures, len(_WAITS)) - 1], asked_to_wait(failure)))
        store.close()
        self._registry.close()

    def _pull_and_level(self, store: sqlite3.Connection) -> None:
        """What a restore lost is known only after a pull that began when it was due already."""
        turn = 0 if self._trial else records.levelling_due(store)
        if turn:
            self._etags = {}
        self.pull(store)
        if turn and not self._stopping:
            self._level(store, turn)
        if not self._trial and records.levelling_due(store):
            self._needs.ask()

    def _level(self, store: sqlite3.Connection, turn: int) -> None:
        known = snapshot.fetch(self._registry)
        if records.meta(store, "level") < known.position:
            self.pull(store)
        struck = self._writer.run_in_store(partial(levelling.level, turn=turn, snapshot=known))
        for number in struck or ():
            _log.warning("%s is struck: the court does not know it after its restore", number)
        if struck is not None:
            _log.warning("level with the court after its restore: see python -m sharing.receiver.lost")

    def pull(self, store: sqlite3.Connection) -> None:
        """Pulls page after page until level with the registry. Raises Unreachable; what was pulled stays."""
        after, opened = first_needed(store), records.meta(store, "opened")
        while not self._stopping:
            try:
                page = self._fetch(after, opened)
            except HeldMore:
                _log.warning("the registry has less than is held here: everything is asked for again")
                after = opened = 0
                continue
            if page is None:
                return
            if self._writer.run_in_store(partial(_take, page=page, after=after)):
                after = opened = 0
                continue
            if page.opened == opened and (page.next <= after or page.next >= page.head):
                return
            after, opened = page.next, page.opened

    def _fetch(self, after: int, opened: int) -> Page | None:
        """The page after a position and an opening; None when polling and it is the same as the last time (ETag)."""
        path = f"/api/v1/events?after={after}&opened={opened}&limit={PAGE}"
        polls_only = self._poll_seconds is not None and self._silence is None
        known = {"If-None-Match": self._etags[path]} if polls_only and path in self._etags else {}
        reply = self._registry.call("GET", path, headers=known)
        if reply.status == 304:
            return None
        if (after or opened) and reply.code in RESTORED:
            raise HeldMore
        if not reply.is_success:
            raise Unreachable(f"the registry answered {reply.said} to a pull", wait=wait_asked_for(reply.headers))
        page = read_page(reply.json())
        if any(event.trial != self._trial for event in (*page.events, *page.unread)):
            raise Unreachable("the one is of the trial and the other of production: see REGISTRY_URL and --trial")
        is_last = page.next >= page.head and page.opened == opened
        self._etags = {path: reply.headers["etag"]} if is_last and "etag" in reply.headers else {}
        return page

    def _is_time(self, store: sqlite3.Connection, last: float) -> bool:
        goes_by_the_clock = self._silence is None or self._silence.lasts
        if self._poll_seconds is not None and goes_by_the_clock and time.monotonic() - last >= self._poll_seconds:
            return True
        oldest = store.execute("SELECT min(since) FROM awaited").fetchone()[0]
        return oldest is not None and now_ms() - oldest >= self._gap_seconds * 1000

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.1)


def first_needed(store: sqlite3.Connection) -> int:
    """The position after which to pull: the level, or before the first position that is still missing."""
    awaited = store.execute("SELECT min(position) FROM awaited").fetchone()[0]
    level = records.meta(store, "level")
    return level if awaited is None else min(level, awaited - 1)


def _take(store: sqlite3.Connection, page: Page, after: int) -> bool:
    """Applies one page in one transaction; True when a new epoch means starting from 0."""
    if records.enter_epoch(store, page.epoch):
        return True
    now = now_ms()
    is_current = page.epoch == records.meta(store, "epoch")
    if is_current:
        for event in (*page.events, *page.unread):
            levelling.note_shown(store, event, page.epoch)
    for event in page.events:
        applying.apply(store, event, source="pull", now=now)
    for position in page.missing:
        _log.warning("the registry cannot open the event at position %s: it comes later", position)
    for event in page.unread:
        _log.warning("an event could not be read and is refused: position %s", event.position)
        applying.refuse(store, event, now=now)
    if is_current:  # an answer from before a restore says nothing of what is missing after it
        records.settle(store, after, page.next)
        if page.next >= records.meta(store, "level"):  # or what was opened between the two would be passed over
            records.set_meta(store, "opened", page.opened)
    return False


def _page(answer: object) -> Page:
    if not isinstance(answer, dict):
        raise Malformed("page")
    events, unread = _read_all(answer["events"])
    missing = tuple(int(position) for position in answer.get("unreadable", ()))
    return Page(
        events, unread, int(answer["next"]), int(answer["head"]), int(answer["epoch"]), int(answer["opened"]), missing
    )


def _read_all(bodies: list[Json]) -> tuple[list[Event], list[Event]]:
    events, unread = [], []
    for body in bodies:
        try:
            events.append(read_event(body))
        except Malformed:
            unread.append(read_outline(body))
    return events, unread
