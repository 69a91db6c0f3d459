"""Finds and starts the database server and the broker: those of the environment, of wheels, or of the system.

`DATABASE_URL` and `REDIS_URL` given in the environment are used as they are, and nothing is started for them.
No Django here: the settings are read after this has run.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from config.child import CannotStart, undisturbed
from config.postgres import Postgres
from config.valkey import Valkey


@dataclass
class Servers:
    """The servers in use. `started` names those that are ours to stop, in the order of starting."""

    database_url: str
    redis_url: str
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    lock: BinaryIO | None = field(default=None, repr=False)

    @classmethod
    def start(cls, folder: Path, *, durable: bool, given: Mapping[str, str] = os.environ) -> Self:
        """Start what `given` does not name, with its files under `folder`; return when everything answers.

        `durable=False` trades safety after a power failure for speed: for tests. Works again on the same folder.
        Raises CannotStart, in words for the person at the terminal.
        """
        servers = cls.named(folder, durable=durable, given=given)
        servers.begin()
        return servers

    @classmethod
    def named(cls, folder: Path, *, durable: bool, given: Mapping[str, str] = os.environ) -> Self:
        """The same servers with their addresses, before `begin` starts them."""
        folder = folder.resolve()
        servers = cls(given.get("DATABASE_URL", ""), given.get("REDIS_URL", ""))
        try:
            if not (servers.database_url and servers.redis_url):
                servers.lock = _lock(folder)
            if not servers.database_url:
                servers.postgres = Postgres(folder / "postgres", folder / "log" / "postgres.log", durable=durable)
                servers.database_url = servers.postgres.url
            if not servers.redis_url:
                servers.valkey = Valkey(folder / "valkey", folder / "log" / "valkey.log")
                servers.redis_url = servers.valkey.url
        except BaseException:
            servers.stop()
            raise
        return servers

    def begin(self) -> None:
        """Start those that are ours; return when they answer. Raises CannotStart, with nothing left running."""
        try:
            for server in (self.postgres, self.valkey):
                if server:
                    server.start()
        except BaseException:
            self.stop()
            raise

    @property
    def started(self) -> list[str]:
        """The names of the servers that are ours."""
        return [server.child.name for server in (self.postgres, self.valkey) if server]

    @property
    def environment(self) -> dict[str, str]:
        """What the settings read."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def stop(self) -> None:
        """Stop what was started here, the last first. Calling it again does nothing."""
        with undisturbed():
            for server in (self.valkey, self.postgres):
                if server:
                    server.stop()
            if self.lock:
                self.lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _lock(folder: Path) -> BinaryIO:
    """Hold `folder` for this run; the kernel lets go when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CannotStart(f"Another run uses {folder}. Stop that one first.") from None
    return lock
