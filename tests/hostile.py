"""A receiver that misbehaves on demand: the path of the request says how. For tests of whatever posts to it.

Every connection has a thread; the behaviours write raw bytes, so that wrong HTTP can be answered too. ``with
Hostile() as receiver`` listens on a free port of 127.0.0.1 and ends every hanging behaviour at the end.
"""

from __future__ import annotations

import gzip
import os
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

STEP = 0.02  # seconds between two bytes of a dripping reply


@dataclass(frozen=True)
class Request:
    """What the receiver was sent; header names are lower case. ``peer`` as in `Hostile.peers`."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    peer: str = ""


class Hostile:
    """The receiver. ``requests`` and ``connections`` tell what reached it; ``peers`` who was at the other end of each TLS
    connection, by the common name of its certificate, "" for none; ``resumed`` how many took up an earlier TLS session.

    ``banner``: what is said to whoever connects, before anything is read; after that nothing is.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, banner: bytes | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self.peers: list[str] = []
        self.resumed = 0
        self.banner = banner
        self.ending = threading.Event()
        self.open: set[socket.socket] = set()
        self._tls = tls
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls or self.banner is not None else 'http'}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        for connection in tuple(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    def wrapped(self, connection: socket.socket) -> socket.socket:
        if self._tls is None:
            return connection
        wrapped = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            wrapped.do_handshake()
        except ssl.SSLError:
            _linger(wrapped)
            raise
        self.peers.append(_peer(wrapped))
        self.resumed += bool(wrapped.session_reused)
        return wrapped


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    receiver: Hostile


class _Connection(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        receiver = self.server.receiver
        receiver.connections += 1
        # The sender breaking off is what many of these behaviours are for.
        with suppress(OSError):
            if receiver.banner is not None:
                self.request.sendall(receiver.banner)
                receiver.ending.wait()
                return
            connection = receiver.wrapped(self.request)
            receiver.open.add(connection)
            for request in _requests(connection):
                receiver.requests.append(request)
                if not BEHAVIOURS[request.path](connection, request, receiver.ending):
                    break
            connection.close()
            receiver.open.discard(connection)


def _requests(connection: socket.socket) -> Iterator[Request]:
    stream = connection.makefile("rb")
    while (line := stream.readline()).startswith(b"POST "):
        target = urlsplit(line.split()[1].decode())
        headers: dict[str, str] = {}
        while (header := stream.readline().strip()) != b"":
            name, _, value = header.decode().partition(":")
            headers[name.lower()] = value.strip()
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        body = stream.read(int(headers.get("content-length", 0)))
        yield Request(target.path, query, headers, body, _peer(connection))


def _linger(connection: socket.socket) -> None:
    """Take what still comes: closing over it would send a reset, which overtakes the alert that says what was wrong."""
    with socket.socket(fileno=os.dup(connection.fileno())) as raw, suppress(OSError):
        raw.settimeout(1)
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(4096):
            pass


def _peer(connection: socket.socket) -> str:
    shown: Any = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    named = dict(pair for part in (shown or {}).get("subject", ()) for pair in part)
    return str(named.get("commonName", ""))


# Behaviours: each answers one request and says whether the connection is kept.

Behaviour = Callable[[socket.socket, Request, threading.Event], bool]


def _answer(status: str, *lines: str, body: bytes = b"") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def _says(status: str, *lines: str, body: bytes = b"") -> Behaviour:
    def say(connection: socket.socket, request: Request, _ending: threading.Event) -> bool:
        more = [f"Retry-After: {request.query['after']}"] if "after" in request.query else []
        connection.sendall(_answer(status, *lines, *more, body=body))
        return True

    return say


def _sends(data: bytes) -> Behaviour:
    def send(connection: socket.socket, _request: Request, _ending: threading.Event) -> bool:
        connection.sendall(data)
        return False

    return send


def _drips(start: bytes) -> Behaviour:
    def drip(connection: socket.socket, _request: Request, ending: threading.Event) -> bool:
        connection.sendall(start)
        while not ending.wait(STEP):
            connection.sendall(b"x")
        return False

    return drip


def _repeats(start: bytes, again: bytes) -> Behaviour:
    """As fast as it is read."""

    def repeat(connection: socket.socket, _request: Request, ending: threading.Event) -> bool:
        connection.sendall(start)
        while not ending.is_set():
            connection.sendall(again * 100)
        return False

    return repeat


def _half_close(connection: socket.socket, _request: Request, ending: threading.Event) -> bool:
    """Says half of it, that nothing more will come, and keeps the connection."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
    connection.shutdown(socket.SHUT_WR)
    ending.wait()
    return False


def _reset_after(start: bytes) -> Behaviour:
    def reset(connection: socket.socket, request: Request, ending: threading.Event) -> bool:
        connection.sendall(start)
        ending.wait(STEP)
        return _reset(connection, request, ending)

    return reset


def _redirect(connection: socket.socket, request: Request, _ending: threading.Event) -> bool:
    connection.sendall(_answer("302 Found", f"Location: {request.query.get('to', '/ok')}"))
    return True


def _hang(_connection: socket.socket, _request: Request, ending: threading.Event) -> bool:
    ending.wait()
    return False


def _huge(connection: socket.socket, _request: Request, ending: threading.Event) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n")
    for _ in range(300):
        if ending.is_set():
            break
        connection.sendall(b"x" * 1_000_000)
    return False


def _reset(connection: socket.socket, _request: Request, _ending: threading.Event) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _sized(connection: socket.socket, request: Request, _ending: threading.Event) -> bool:
    connection.sendall(_answer("200 OK", body=b"x" * int(request.query["bytes"])))
    return True


BEHAVIOURS: dict[str, Any] = {
    "/ok": _says("200 OK", "Content-Type: application/json", body=b"{}"),
    "/204": _says("204 No Content"),
    "/500": _says("500 Internal Server Error"),
    "/410": _says("410 Gone"),
    "/429": _says("429 Too Many Requests"),
    "/503": _says("503 Service Unavailable"),
    "/odd-type": _says("200 OK", "Content-Type: text/\x1b[31m\xff"),
    "/long-type": _says("200 OK", "Content-Type: " + "t" * 5000),
    "/redirect": _redirect,
    "/hang": _hang,
    "/drip-header": _drips(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "/drip-body": _drips(b"HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n"),
    "/sized": _sized,
    "/huge": _huge,
    "/huge-header": _sends(b"HTTP/1.1 200 OK\r\nX-Huge: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    "/reset": _reset,
    "/nothing": _sends(b""),
    "/reset-in-reply": _reset_after(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"),
    "/reset-in-header": _reset_after(b"HTTP/1.1 200 OK\r\nX-Half: "),
    "/half-close": _half_close,
    "/drip-status": _drips(b""),
    "/endless-headers": _repeats(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 100 + b"\r\n"),
    "/endless-header": _repeats(b"HTTP/1.1 200 OK\r\nX-More: ", b"x" * 100),
    "/endless-status": _repeats(b"HTTP/1.1 200 ", b"x" * 100),
    "/endless-body": _repeats(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nxxxx\r\n"),
    "/endless-trailers": _repeats(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: x\r\n"),
    "/interim-flood": _repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "/bad-length": _sends(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
    "/bad-chunk": _sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "/bad-status": _sends(b"HTTP/1.1 OK\r\n\r\n"),
    "/nul-header": _sends(b"HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\n\r\n"),
    "/half": _sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"),
    "/interim-only": _sends(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "/garbage": _sends(b"this is no HTTP at all\r\n\r\n"),
    "/gzip-bomb": _says("200 OK", "Content-Encoding: gzip", body=gzip.compress(bytes(5_000_000))),
}
