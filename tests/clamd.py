"""A double of ClamAV's daemon on 127.0.0.1 or a socket of this machine: clamd(8), PING and INSTREAM, and answers that are none.

``with Clamd() as scanner`` listens; ``scanner.address`` is what the setting names. It finds what holds `EICAR`, the string
that every scanner knows as a trial, and which stands nowhere in one piece.
"""

from __future__ import annotations

import socketserver
import threading
from pathlib import Path
from typing import Any, Self

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTI" + b"VIRUS-TEST-FILE!$H+H*"
NAME = "Eicar-Test-Signature"


class Clamd:
    """``files``: what it was sent. ``says``: its answer whatever it is sent; "" for none. ``hangs``: it never answers."""

    def __init__(self, *, path: Path | None = None, says: bytes | None = None, hangs: bool = False) -> None:
        self.files: list[bytes] = []
        self.says = says
        self.hangs = hangs
        self.ending = threading.Event()
        self._server: Any = _UnixServer(str(path), _Connection) if path else _Server(("127.0.0.1", 0), _Connection)
        self._server.scanner = self
        where: Any = self._server.server_address
        self.address = f"unix:{path}" if path else f"tcp:127.0.0.1:{where[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        scanner: Clamd = self.server.scanner  # type: ignore[attr-defined]
        command = self._command()
        said = (
            b"PONG\0"
            if command == b"zPING"
            else self._scanned(scanner)
            if command == b"zINSTREAM"
            else b"UNKNOWN COMMAND\0"
        )
        if scanner.hangs:
            scanner.ending.wait()
            return
        self.wfile.write(said if scanner.says is None else scanner.says)

    def _command(self) -> bytes:
        said = b""
        while not said.endswith(b"\0") and (each := self.rfile.read(1)):
            said += each
        return said.removesuffix(b"\0")

    def _scanned(self, scanner: Clamd) -> bytes:
        file = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            file += self.rfile.read(length)
        scanner.files.append(file)
        return f"stream: {NAME} FOUND\0".encode() if EICAR in file else b"stream: OK\0"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    scanner: Any = None


class _UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    scanner: Any = None
