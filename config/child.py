"""One child process: started with a log of its own, tied to the life of its starter, stopped without leaving anything.

Children get their own session, so Ctrl-C reaches only the starter, which then stops them in its order.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

TIED = Path(__file__).with_name("tied.py")
STAY = -1
POLL_SECONDS = 0.02
TAIL_LINES = 15

logger = logging.getLogger(__name__)


class CannotStart(Exception):
    """A server or process did not start; the text says what to do."""


def tied(command: Sequence[str], *, orphaned: signal.Signals = signal.SIGKILL, user: int = STAY) -> list[str]:
    """The command line that runs `command` as `user` and sends it `orphaned` should this process die.

    Call it from the thread that lives longest: the kernel watches the starting thread.
    """
    return [sys.executable, "-I", "-S", str(TIED), str(os.getpid()), str(int(orphaned)), str(user), *command]


@dataclass
class Child:
    """A process to be started, watched and stopped. `farewell` asks it to end; after `patience` seconds it is killed.

    `orphaned` is what it gets when its starter dies without stopping it. `within` is the command line that puts it elsewhere
    before it becomes anybody, for example into another network namespace.
    """

    name: str
    command: Sequence[str]
    log: Path
    folder: Path
    environment: Mapping[str, str]
    farewell: signal.Signals = signal.SIGTERM
    orphaned: signal.Signals = signal.SIGKILL
    patience: float = 10
    user: int = STAY
    within: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    log_start: int = 0
    asked: bool = field(default=False, repr=False)

    def start(self) -> None:
        """Start it, its output appended to the log; returns at once."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.log_start = output.tell()
            self.process = subprocess.Popen(
                [*self.within, *tied(self.command, orphaned=self.orphaned, user=self.user)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def said(self) -> str:
        """What it has written to its log since the last start."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Return once `ready()` holds; raise CannotStart with the end of the log if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise CannotStart(f"{self.name} ended before it was ready. {self._last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"{self.name} was not ready after {seconds:.0f} s. {self._last_words()}")
            time.sleep(POLL_SECONDS)

    def ask_to_end(self) -> None:
        """Ask once, and return at once."""
        if self.process is not None and self.alive and not self.asked:
            self.process.send_signal(self.farewell)
            self.asked = True

    def stop(self) -> None:
        """Ask it to end, then make sure that neither it nor anything it started is left."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            logger.warning("%s did not end within %g s and is killed.", self.name, self.patience)
        self.kill()

    def kill(self) -> None:
        """`kill -9` it and whatever it started, as a crash would."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        self.asked = False

    def _last_words(self) -> str:
        tail = "\n".join(self.said().strip().splitlines()[-TAIL_LINES:])
        return f"Its log, {self.log}, ends:\n{tail}"


def stop_together(children: Sequence[Child]) -> None:
    """Stop those that do not need each other: all are asked before the first is waited for."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.stop()


@contextmanager
def ends_on_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, by KeyboardInterrupt. For the main thread."""
    with _handling({signal.SIGTERM, signal.SIGHUP}, _interrupt):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C, SIGTERM and SIGHUP while things are being stopped; KeyboardInterrupt follows if one came."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    with _handling({signal.SIGINT, signal.SIGTERM, signal.SIGHUP}, lambda number, frame: came.append(number)):
        yield
    if came:
        raise KeyboardInterrupt


@contextmanager
def _handling(numbers: set[signal.Signals], handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    # What the caller ignores (nohup does) stays ignored.
    before = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
