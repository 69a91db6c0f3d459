"""The court's virus scanner, if it has one (setting ``REGISTRY_SCANNER``): what it has not found clean is not taken.

Spoken is the protocol of ClamAV's daemon, clamd(8): "zINSTREAM", then pieces, each after its length in four bytes, and an
empty one; the answer is one line. It stands in the court's network: to a public address nothing is sent.
"""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import NamedTuple

from django.conf import settings

from registry.errors import FileInfected, ScannerAway

logger = logging.getLogger(__name__)

SECONDS = 20  # for one file, from the connection to the answer
HEALTH_SECONDS = 1
PIECE = 64 * 1024
ANSWER_MOST = 1024
SHAPE = re.compile(r"unix:(?P<path>/\S+)|tcp:\[?(?P<host>[^\s\[\]/]+)\]?:(?P<port>[0-9]{1,5})")
CLEAN = "stream: OK"
FOUND = re.compile(r"stream: (?P<name>[ -~]+) FOUND")
PLAIN = re.compile(r"[^A-Za-z0-9 ._:/-]")


class ScannerShape(ValueError):
    """The text says what is wrong with the setting."""


class Address(NamedTuple):
    """Of a socket: its path, or host and port."""

    path: str
    host: str
    port: int


def address(said: str) -> Address | None:
    """Where it listens, "unix:/run/clamav/clamd.ctl" or "tcp:scanner.internal:3310"; None for "". Raises ScannerShape."""
    if not said:
        return None
    found = SHAPE.fullmatch(said)
    if found is None or int(found["port"] or 1) not in range(1, 65536):
        raise ScannerShape("REGISTRY_SCANNER is neither unix:/path nor tcp:host:port.")
    return Address(found["path"] or "", found["host"] or "", int(found["port"] or 0))


def refuse_infected(file: bytes, *, field: str = "file") -> None:
    """FileInfected; ScannerAway, whatever it says or leaves unsaid that is not "clean". Without a scanner nothing is refused."""
    where = address(settings.REGISTRY_SCANNER)
    if where is None:
        return
    try:
        said = _ask(where, b"zINSTREAM\0", file, seconds=SECONDS)
    except OSError as error:
        logger.error("the scanner does not answer (%s): a file was refused", type(error).__name__)
        raise ScannerAway(field) from None
    if found := FOUND.fullmatch(said):
        logger.warning("the scanner found %s: a file was refused", _plain(found["name"]))
        raise FileInfected(field)
    if said != CLEAN:
        logger.error("the scanner said %r: a file was refused", _plain(said))
        raise ScannerAway(field)


def answers() -> bool | None:
    """Whether it is there now; None where there is none."""
    where = address(settings.REGISTRY_SCANNER)
    if where is None:
        return None
    try:
        return _ask(where, b"zPING\0", seconds=HEALTH_SECONDS) == "PONG"
    except OSError:
        return False


def _ask(where: Address, command: bytes, file: bytes | None = None, *, seconds: float) -> str:
    until = time.monotonic() + seconds
    with _connected(where, seconds) as connection:
        for each in _sent(command, file):
            connection.settimeout(_left(until))
            connection.sendall(each)
        said = b""
        while not said.endswith(b"\0") and len(said) <= ANSWER_MOST:
            connection.settimeout(_left(until))
            piece = connection.recv(ANSWER_MOST)
            if not piece:
                break
            said += piece
    return said.rstrip(b"\0\n").decode("ascii", "replace")


def _sent(command: bytes, file: bytes | None) -> Iterator[bytes]:
    yield command
    if file is None:
        return
    for at in range(0, len(file), PIECE):
        piece = file[at : at + PIECE]
        yield len(piece).to_bytes(4, "big") + piece
    yield bytes(4)


@contextmanager
def _connected(where: Address, seconds: float) -> Iterator[socket.socket]:
    if where.path:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    else:
        connection = socket.create_connection((where.host, where.port), timeout=seconds)
    with connection:
        connection.settimeout(seconds)
        if where.path:
            connection.connect(where.path)
        elif ip_address(connection.getpeername()[0].partition("%")[0]).is_global:
            raise ConnectionRefusedError("a public address")
        yield connection


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _plain(said: str) -> str:
    return PLAIN.sub("?", said)[:100]
