"""The four departments' receivers: separate processes of the reference receiver, each with a store of its own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from config.child import CannotStart, Child
from sharing.receiver import store
from sharing.receiver.status import log_status
from sharing.receiver.store import Seen

PROGRAM = "sharing.receiver"
POLL_SECONDS = 0.005
LOG_SECONDS = 0.5  # how often a receiver looks at the court's log; nobody would wait for a minute to see it
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Inbox:
    """One department's receiver as the demonstration watches it: from its own store, never from the registry."""

    code: str
    name: str
    path: Path
    child: Child | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks"

    def seen(self, number: str, type_: str) -> Seen | None:
        """The event of this type about this listing, as the receiver keeps it."""
        with closing(store.open_readonly(self.path)) as opened:
            events = store.events_since(opened)
        return next((event for event in events if event.number == number and event.type == type_), None)

    def version(self, number: str) -> int:
        """The version the receiver holds, 0 if none."""
        with closing(store.open_readonly(self.path)) as opened:
            held = store.listing(opened, number)
        return held.version if held else 0

    def flags(self, number: str) -> list[str]:
        """The flags of the listing that the receiver holds; none where it holds none."""
        with closing(store.open_readonly(self.path)) as opened:
            held = store.listing(opened, number)
        return held.flags if held else []

    def has_seen(self, number: str, type_: str) -> bool:
        return self.seen(number, type_) is not None

    def lacks(self, number: str) -> bool:
        return not self.holds(number)

    def has(self, count: int) -> bool:
        return self.count() == count

    def holds(self, number: str) -> bool:
        with closing(store.open_readonly(self.path)) as opened:
            return store.listing(opened, number) is not None

    def has_confirmed(self) -> bool:
        """Whether the registry took the receipt of everything that came."""
        with closing(store.open_readonly(self.path)) as opened:
            return store.condition(opened).receipts_waiting == 0

    def has_checked(self, number: str) -> bool:
        """Whether everything that it was told, up to the last event of this listing, is in what the court signed."""
        with closing(store.open_readonly(self.path)) as opened:
            last = max(event.position for event in store.events_since(opened) if event.number == number)
            said = log_status(opened)
        checkpoint, events = said["checkpoint"], said["events"]
        reached = checkpoint is not None and checkpoint["size"] >= last and not events["waiting"]
        return bool(reached and said["cosigned"] and not said["findings"])

    def count(self) -> int:
        with closing(store.open_readonly(self.path)) as opened:
            return store.count(opened)


def start(inbox: Inbox, folder: Path, environment: Mapping[str, str]) -> None:
    """Start the receiver; its log and store lie under ``folder``. Returns at once; ``wait`` says when it listens."""
    inbox.child = Child(
        name=f"receiver {inbox.code}",
        command=[sys.executable, "-m", PROGRAM, "--port", str(inbox.port), "--log-seconds", str(LOG_SECONDS)],
        log=folder / "log" / f"receiver-{inbox.code}.log",
        folder=ROOT,
        environment={
            "PATH": os.environ.get("PATH", ""),
            "RECEIVER_STORE": str(inbox.path),
            **environment,
        },
    )
    inbox.child.start()


def listens(inbox: Inbox) -> bool:
    """The receiver prints one JSON line with its port when it is ready."""
    return inbox.child is not None and json.dumps({"port": inbox.port}) in inbox.child.said()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Poll until it holds. Raises CannotStart in words when it does not."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise CannotStart(f"{what}: not within {seconds:.0f} seconds.")
        time.sleep(POLL_SECONDS)
