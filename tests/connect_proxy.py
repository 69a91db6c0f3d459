"""A small HTTP proxy for tests: takes CONNECT (RFC 9110 §9.3.6) and nothing else, and keeps what it was asked.

``with ConnectProxy() as proxy`` listens on a free port of 127.0.0.1. ``answers``: what it says instead of connecting,
b"" to end the connection, None to say nothing. ``leads_to``: where every tunnel ends, whatever was asked for.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import threading
from contextlib import suppress
from typing import Self

CONNECTING = -1


class ConnectProxy:
    """``asked`` has each CONNECT line's target, ``heads`` the whole of each request."""

    def __init__(
        self, *, user: str = "", password: str = "", answers: bytes | int | None = CONNECTING, leads_to: int = 0
    ) -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.answers = answers
        self.leads_to = leads_to
        self.expected = base64.b64encode(f"{user}:{password}".encode()) if user else b""
        self.ending = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    proxy: ConnectProxy


class _Connection(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        proxy = self.server.proxy
        with suppress(OSError):
            head = _head(self.request)
            proxy.heads.append(head)
            target = head.split()[1].decode()
            proxy.asked.append(target)
            if proxy.answers != CONNECTING:
                self._say(proxy)
            elif proxy.expected and proxy.expected not in head:
                self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            else:
                self._tunnel(target, proxy)

    def _say(self, proxy: ConnectProxy) -> None:
        if proxy.answers is None:
            proxy.ending.wait()
        else:
            self.request.sendall(proxy.answers)

    def _tunnel(self, target: str, proxy: ConnectProxy) -> None:
        host, _, port = target.rpartition(":")
        place = ("127.0.0.1", proxy.leads_to) if proxy.leads_to else (host.strip("[]"), int(port))
        try:
            onward = socket.create_connection(place, 5)
        except OSError:
            self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pour, args=(onward, self.request), daemon=True)
        back.start()
        _pour(self.request, onward)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = connection.recv(1)
        if not more:
            raise OSError("no request")
        head += more
    return head


def _pour(source: socket.socket, into: socket.socket) -> None:
    """Until one side ends, by a reset or not; the other then ends too."""
    with suppress(OSError):
        while data := source.recv(65536):
            into.sendall(data)
    with suppress(OSError):
        into.shutdown(socket.SHUT_WR)
