"""Where the running demonstration takes commands: a closed set of them, on loopback, from whoever knows the key.

One request a connection: mutual challenge (`multiprocessing.connection`), then JSON there and back. Nothing is pickled.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge
from types import TracebackType
from typing import Any, Self

from config.demo.playbill import Playbill
from config.valkey import LOOPBACK

POLL_SECONDS = 0.5
PATIENCE_SECONDS = 2  # with somebody who connects and says nothing
ANSWER_SECONDS = 20  # a receiver that starts again is waited for
LONGEST = 4096

# The standard library's challenge asserts; what answers may be no listener of ours at all.
BROKEN = (OSError, EOFError, ValueError, TypeError, KeyError, AssertionError, AuthenticationError)


class Command(StrEnum):
    STATUS = "status"
    STOP_RECEIVER = "stop_receiver"
    START_RECEIVER = "start_receiver"
    KILL_WORKER = "kill_worker"
    FLUSH_BROKER = "flush_broker"


class Word(StrEnum):
    """What became of a command. ``ALREADY``: it was so; ``NOT_OURS``: somebody else's server is left alone."""

    DONE = "done"
    ALREADY = "already"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NOT_LISTENING = "not_listening"


class Running(StrEnum):
    ON = "on"
    OFF = "off"
    STARTING_AGAIN = "starting_again"


@dataclass(frozen=True)
class Answer:
    """``running`` tells of each process and each department's receiver whether it runs after the command."""

    word: Word
    running: dict[str, Running] = field(default_factory=dict)

    @property
    def heard(self) -> bool:
        return self.word is not Word.NOT_LISTENING


Obey = Callable[[Command, str], Answer]


class Control:
    """The stage's end. The port is taken at once and answers from ``open`` on; before, a connection is refused."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._socket = socket.socket()
        self._socket.bind((LOOPBACK, 0))
        self._socket.settimeout(POLL_SECONDS)
        self.port = int(self._socket.getsockname()[1])

    def open(self) -> None:
        self._socket.listen()

    def answer_next(self, obey: Obey) -> None:
        """Answer one request, or return after half a second without one. Whatever comes in, this goes on."""
        try:
            accepted, _ = self._socket.accept()
        except TimeoutError:
            return
        with _connection(accepted, PATIENCE_SECONDS) as asking:
            request = self._request(asking)
            if request is not None:
                answer = _answer(request, obey)
                with suppress(OSError):  # whoever asked may have left
                    asking.send_bytes(json.dumps(asdict(answer)).encode())

    def _request(self, asking: Connection) -> bytes | None:
        """None from a stranger, from somebody who stays silent, and from somebody who left."""
        try:
            deliver_challenge(asking, self._key)
            answer_challenge(asking, self._key)
            return asking.recv_bytes(LONGEST)
        except BROKEN:
            return None

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ask(playbill: Playbill, command: Command, name: str = "") -> Answer:
    """Have the stage obey; ``name`` is a department's code. `Word.NOT_LISTENING` where nobody answers."""
    if not playbill.control_port:
        return Answer(Word.NOT_LISTENING)
    key = playbill.control_key.encode()
    try:
        reached = socket.create_connection((LOOPBACK, playbill.control_port), PATIENCE_SECONDS)
        with _connection(reached, PATIENCE_SECONDS if command is Command.STATUS else ANSWER_SECONDS) as stage:
            answer_challenge(stage, key)
            deliver_challenge(stage, key)
            stage.send_bytes(json.dumps({"command": command, "name": name}).encode())
            return _read(json.loads(stage.recv_bytes(LONGEST)))
    except BROKEN:
        return Answer(Word.NOT_LISTENING)


def _answer(request: bytes, obey: Obey) -> Answer:
    try:
        said = json.loads(request)
        command, name = Command(said["command"]), str(said["name"])
    except (ValueError, KeyError, TypeError):
        return Answer(Word.UNKNOWN)
    return obey(command, name)


def _read(said: dict[str, Any]) -> Answer:
    return Answer(Word(said["word"]), {name: Running(value) for name, value in said["running"].items()})


def _connection(opened: socket.socket, seconds: int) -> Connection:
    """Reads and writes give up after so long: a Connection has no time-out of its own."""
    opened.settimeout(None)
    patience = struct.pack("ll", seconds, 0)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
    return Connection(opened.detach())
