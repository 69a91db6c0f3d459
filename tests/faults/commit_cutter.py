"""A way to the database on which commits get lost: the answer to one, or the commit itself, and nobody can tell which.

Stands between processes and PostgreSQL's socket, as a socket of the same name in another folder. ``cuts``: how many of the
next commits end their connection, every second of them before PostgreSQL has heard of it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

NAME = ".s.PGSQL.5432"
COMMIT = b"COMMIT"
CHUNK = 65536


@dataclass
class Cutter:
    folder: Path
    server: Path
    cuts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_pass(self, data: bytes) -> bool:
        with self._lock:
            if not self.cuts or COMMIT not in data:
                return True
            self.cuts -= 1
            return False

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                ours, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(ours,), daemon=True).start()

    def _connect(self, ours: socket.socket) -> None:
        theirs = socket.socket(socket.AF_UNIX)
        try:
            theirs.connect(str(self.server / NAME))
        except OSError:
            ours.close()
            return
        threading.Thread(target=self._pass, args=(theirs, ours, False), daemon=True).start()
        self._pass(ours, theirs, True)

    def _pass(self, come: socket.socket, go: socket.socket, asking: bool) -> None:
        with suppress(OSError):
            while data := come.recv(CHUNK):
                if asking and not self.may_pass(data):
                    if self.cuts % 2:
                        go.sendall(data)
                        go.shutdown(socket.SHUT_WR)  # PostgreSQL carries it out, and finds nobody to tell
                    break
                go.sendall(data)
        for each in (come, go):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def cutter(folder: Path, server: Path) -> Iterator[Cutter]:
    """``folder``: a short path, where the socket is to be; ``server``: where PostgreSQL's is."""
    made = Cutter(folder, server)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / NAME))
        listening.listen(128)
        thread = threading.Thread(target=made.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
