"""What a benchmark stands on: a folder, the environment of its processes, the receiver, and a clock."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.child import CannotStart, Child
from config.processes import ROOT
from tests.benchmarks.receiver import HEAD_ENDS, HOST

POLL_SECONDS = 0.002


@dataclass(frozen=True)
class Stage:
    """``say`` tells the person at the terminal what runs now."""

    folder: Path
    say: Callable[[str], None]

    def environment(self, **more: str) -> dict[str, str]:
        """For the product's processes: ours, which names the servers and the keys."""
        return {**os.environ, **more}


@dataclass(frozen=True)
class Inbox:
    """A running receiver program, seen from outside."""

    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/webhooks"

    def seen(self) -> tuple[int, float]:
        """How many posts came, and when the last one did (`time.monotonic` of any process)."""
        found = json.loads(self._get("/seen"))
        return found["count"], found["at"]

    def last(self) -> tuple[dict[str, str], bytes]:
        """Headers and body of the last post."""
        head, _, body = self._get("/last").partition(HEAD_ENDS)
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        return {name.lower(): value for name, _, value in lines}, body

    def wait_for(self, count: int, seconds: float = 120) -> float:
        """Wait until so many posts have come in all; when the last one did. TimeoutError."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            seen, at = self.seen()
            if seen >= count:
                return at
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"{count} posts did not come in {seconds:.0f} s")

    def _get(self, path: str) -> bytes:
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=10)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read()


@contextmanager
def inbox(stage: Stage, name: str = "receiver") -> Iterator[Inbox]:
    """The receiver program in a process of its own."""
    child = Child(
        name=name,
        command=[sys.executable, "-m", "tests.benchmarks.receiver"],
        log=stage.folder / "log" / f"{name}.log",
        folder=ROOT,
        environment=stage.environment(),
    )
    child.start()
    try:
        child.wait_until(lambda: child.said().endswith("}\n"))
        yield Inbox(json.loads(child.said())["port"])
    finally:
        child.stop()


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def expect(condition: bool, what: str) -> None:
    """A figure counts only if the work was done. Raises CannotStart in words."""
    if not condition:
        raise CannotStart(f"The benchmark is void: {what}.")
