"""The running demonstration's processes and receivers, stopped, killed and started on command.

For the main thread: children live as long as the thread that starts them (`config.child`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import redis

from config.child import CannotStart
from config.demo import inboxes
from config.demo.control import Answer, Command, Running, Word
from config.demo.inboxes import Inbox
from config.processes import Processes

START_AGAIN_SECONDS = 5.0  # as systemd's RestartSec would have it
BROKER_SECONDS = 3
LISTENS_SECONDS = 10.0
WORKER = "worker"


@dataclass
class Crew:
    """``receivers``: inbox and environment by the department's code. ``broker_url`` "" when the broker is not ours."""

    processes: Processes
    receivers: Mapping[str, tuple[Inbox, Mapping[str, str]]]
    folder: Path
    broker_url: str = ""
    start_again_seconds: float = START_AGAIN_SECONDS
    _names: tuple[str, ...] = ()
    _ended: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = tuple(self.processes.children)

    def obey(self, command: Command, name: str) -> Answer:
        """Never raises what a command can meet."""
        try:
            word = self._obey(command, name)
        except (CannotStart, OSError, redis.RedisError):
            word = Word.FAILED
        return Answer(word, self.running())

    def running(self) -> dict[str, Running]:
        processes = {name: Running.ON if self._is_alive(name) else Running.STARTING_AGAIN for name in self._names}
        receivers = {
            code: Running.ON if inbox.child is not None and inbox.child.alive else Running.OFF
            for code, (inbox, _) in self.receivers.items()
        }
        return processes | receivers

    def start_again(self) -> None:
        """Start each process that ended some seconds ago, whoever ended it. Receivers are their departments' own."""
        now = time.monotonic()
        for name in self._names:
            if self._is_alive(name):
                self._ended.pop(name, None)
            elif now - self._ended.setdefault(name, now) >= self.start_again_seconds:
                self._kill(name)  # of one that crashed, its own children may be left
                self.processes.begin(name)

    def _obey(self, command: Command, name: str) -> Word:
        match command:
            case Command.STATUS:
                return Word.DONE
            case Command.STOP_RECEIVER:
                return self._stop_receiver(name)
            case Command.START_RECEIVER:
                return self._start_receiver(name)
            case Command.KILL_WORKER:
                return self._kill_worker()
            case Command.FLUSH_BROKER:
                return self._flush_broker()

    def _stop_receiver(self, code: str) -> Word:
        if code not in self.receivers:
            return Word.UNKNOWN
        child = self.receivers[code][0].child
        if child is None or not child.alive:
            return Word.ALREADY
        child.stop()
        return Word.DONE

    def _start_receiver(self, code: str) -> Word:
        """On its former port, over its former store."""
        if code not in self.receivers:
            return Word.UNKNOWN
        inbox, environment = self.receivers[code]
        if inbox.child is not None and inbox.child.alive:
            return Word.ALREADY
        inboxes.start(inbox, self.folder, environment)
        inboxes.wait_until(partial(inboxes.listens, inbox), f"{inbox.name} listens", LISTENS_SECONDS)
        return Word.DONE

    def _kill_worker(self) -> Word:
        if not self._is_alive(WORKER):
            return Word.ALREADY
        self._kill(WORKER)
        self._ended[WORKER] = time.monotonic()
        return Word.DONE

    def _flush_broker(self) -> Word:
        if not self.broker_url:
            return Word.NOT_OURS
        with redis.Redis.from_url(
            self.broker_url, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
        ) as broker:
            broker.flushall()
        return Word.DONE

    def _is_alive(self, name: str) -> bool:
        child = self.processes.children.get(name)
        return child is not None and child.alive

    def _kill(self, name: str) -> None:
        if name in self.processes.children:
            self.processes.kill(name)
